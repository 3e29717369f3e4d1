//! Durations that Prometheus does not read. Rule: rules/prom/bad-duration.yaml

use crate::check::{Case, refusal};
use crate::facts::Document;
use crate::facts::schema::{Refusal, SchemaIssue};

pub(super) fn takes(issue: &SchemaIssue) -> bool {
    issue.refusal == Refusal::BadDuration
}

pub(super) fn check(document: &Document, case: &mut Case<'_>) {
    refusal::report(document, case, takes);
}
