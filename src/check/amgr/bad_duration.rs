//! Durations Alertmanager refuses. Rule: rules/amgr/bad-duration.yaml

use crate::check::{Case, refusal};
use crate::facts::Document;
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
