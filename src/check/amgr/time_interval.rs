//! Time intervals that are not defined or not read. Rule: rules/amgr/time-interval.yaml

use super::model;
use crate::check::{Case, refusal};
use crate::facts::Document;
use crate::facts::alertmanager::refuse;
use crate::facts::scalar::Scalar;
use crate::facts::schema::{Refusal, SchemaIssue};
use std::collections::BTreeMap;

pub(super) fn takes(issue: &SchemaIssue) -> bool {
    issue.context == refuse::TIME
        || (matches!(issue.context, "TimeInterval" | "TimeRange")
            && matches!(issue.refusal, Refusal::BadValue | Refusal::Missing))
}

pub(super) fn check(document: &Document, case: &mut Case<'_>) {
    if case.repo.alertmanager(document.id).is_none() {
        return case.skip();
    }
    // Both look at one text; the loader's own words come from here.
    let mine: Vec<_> =
        document.schema_issues.iter().filter(|issue| issue.context == refuse::TIME).collect();
    refusal::report(document, case, |issue| {
        takes(issue)
            && (issue.context == refuse::TIME
                || !mine.iter().any(|own| own.span == issue.span || own.field == issue.field))
    });
    if !refusal::is_read(document) {
        return;
    }
    let mut first = BTreeMap::new();
    let all = &case.repo.facts.time_intervals;
    let own: Vec<&Scalar> =
        all.iter().filter(|it| it.document == document.id).map(|it| &it.name).collect();
    for name in own.iter().filter(|name| name.known) {
        if let Some(earlier) = first.get(name.text.as_str()).copied() {
            case.flag(name.span)
                .with("field", &name.text)
                .with("what", "is the name of two time intervals")
                .related(earlier, "the first of that name");
        } else {
            first.insert(name.text.as_str(), name.span);
        }
    }
    let open = model::is_open(case, document.id) || own.iter().any(|name| !name.known);
    if open {
        return;
    }
    let routes = case.repo.routing(document.id).routes();
    for used in routes.iter().flat_map(|route| route.mutes.iter().chain(&route.actives)) {
        if used.known && !first.contains_key(used.text.as_str()) {
            case.flag(used.span)
                .with("field", &used.text)
                .with("what", "is no time interval of this file");
        }
    }
}
