//! A scrape may not take longer than the time to the next. Rule: rules/prom/timeout-over-interval.yaml

use crate::check::{Case, refusal};
use crate::facts::Document;
use crate::facts::schema::{Refusal, SchemaIssue};

pub(super) fn takes(issue: &SchemaIssue) -> bool {
    issue.refusal == Refusal::Conflict && issue.field == "scrape_timeout"
}

pub(super) fn check(document: &Document, case: &mut Case<'_>) {
    refusal::report(document, case, takes);
}
