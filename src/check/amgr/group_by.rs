//! Groupings Alertmanager refuses. Rule: rules/amgr/group-by.yaml

use super::model;
use crate::check::{Case, refusal};
use crate::facts::alertmanager::Route;
use std::collections::BTreeMap;

pub(super) fn check(route: &Route, case: &mut Case<'_>) {
    let Some(labels) = route.group_by.as_ref().filter(|_| model::is_read(case)) else {
        return case.skip();
    };
    let who = refusal::who(case);
    let all = labels.iter().find(|label| label.known && label.text == "...");
    let other = labels.iter().find(|label| label.known && label.text != "...");
    if let (Some(all), Some(other)) = (all, other) {
        case.flag(all.span)
            .with("what", "has `...` (every label) beside other labels")
            .with("who", who)
            .related(other.span, "another label");
    }
    let mut first = BTreeMap::new();
    for label in labels.iter().filter(|label| label.known && label.text != "...") {
        if label.text.is_empty() {
            case.flag(label.span).with("what", "has an empty label name").with("who", who);
        } else if let Some(earlier) = first.get(label.text.as_str()).copied() {
            case.flag(label.span)
                .with("what", format!("names `{}` twice", label.text))
                .with("who", who)
                .related(earlier, "the first time");
        } else {
            first.insert(label.text.as_str(), label.span);
        }
    }
}
