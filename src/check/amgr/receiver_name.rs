//! Receivers without a name of their own. Rule: rules/amgr/receiver-name.yaml

use crate::check::{Case, refusal};
use crate::facts::Document;
use std::collections::BTreeMap;

pub(super) fn check(document: &Document, case: &mut Case<'_>) {
    let receivers = case.repo.receivers(document.id);
    if !refusal::is_read(document) || receivers.is_empty() {
        return case.skip();
    }
    let mut first = BTreeMap::new();
    for receiver in receivers {
        match &receiver.name {
            Some(name) if !name.known => {}
            Some(name) if !name.text.is_empty() => {
                if let Some(earlier) = first.get(name.text.as_str()).copied() {
                    let what = format!("a second receiver is called `{}`", name.text);
                    case.flag(name.span)
                        .with("what", what)
                        .related(earlier, "the first of that name");
                } else {
                    first.insert(name.text.as_str(), name.span);
                }
            }
            None if document.masked => {}
            other => {
                let span = other.as_ref().map_or(receiver.span, |name| name.span);
                case.flag(span).with("what", "a receiver has no name");
            }
        }
    }
}
