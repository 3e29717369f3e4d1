//! Durations Alertmanager refuses. Rule: rules/amgr/bad-duration.yaml

use crate::check::{Case, refusal};
use crate::facts::Document;
use crate::facts::alertmanager::Route;
use crate::facts::schema::{Refusal, SchemaIssue};
use crate::lang::duration;

pub(super) fn takes(issue: &SchemaIssue) -> bool {
    issue.refusal == Refusal::BadDuration
}

pub(super) fn check(document: &Document, case: &mut Case<'_>) {
    refusal::report(document, case, takes);
    if !refusal::is_read(document) {
        return;
    }
    for route in case.repo.routing(document.id).routes() {
        for field in ["group_interval", "repeat_interval"] {
            let value = route.timing.get(field);
            let zero = |value: &&crate::facts::scalar::Scalar| {
                value.known_text().and_then(duration::prometheus) == Some(0)
            };
            if let Some(value) = value.filter(zero) {
                let who = refusal::who(case);
                case.flag(value.span)
                    .with("who", who)
                    .with("field", field)
                    .with("what", "must not be zero");
            }
        }
    }
}

/// A policy of Grafana, which reads lengths of time as Alertmanager does.
pub(super) fn check_policy(route: &Route, case: &mut Case<'_>) {
    if !case.repo.is_grafana(route.document) {
        return case.skip();
    }
    let who = refusal::who(case);
    for (field, value) in &route.timing.entries {
        let Some(text) = value.known_text().filter(|text| !text.contains('$')) else { continue };
        let what = match duration::prometheus(text) {
            _ if text.is_empty() => continue,
            None => format!("takes a duration such as 30s, not `{text}`"),
            Some(0) if field.text != "group_wait" => "must not be zero".to_owned(),
            Some(_) => continue,
        };
        case.flag(value.span).with("who", who).with("field", &field.text).with("what", what);
    }
}
