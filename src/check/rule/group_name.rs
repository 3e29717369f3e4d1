//! Groups without a name of their own. Rule: rules/rule/group-name.yaml

use crate::check::{Case, refusal};
use crate::facts::Document;
use std::collections::BTreeMap;

pub(super) fn check(document: &Document, case: &mut Case<'_>) {
    let groups = case.repo.groups(document.id);
    if !refusal::is_read(document) || groups.is_empty() {
        return case.skip();
    }
    let mut first = BTreeMap::new();
    for group in groups {
        match &group.name {
            Some(name) if !name.known => {}
            Some(name) if !name.text.is_empty() => {
                if let Some(earlier) = first.get(name.text.as_str()).copied() {
                    case.flag(name.span)
                        .with(
                            "what",
                            format!("a second group of this file is called `{}`", name.text),
                        )
                        .related(earlier, "the first group of that name");
                } else {
                    first.insert(name.text.as_str(), name.span);
                }
            }
            None if document.masked => {}
            other => {
                let span = other.as_ref().map_or(group.span, |name| name.span);
                case.flag(span).with("what", "a group has no name");
            }
        }
    }
}
