//! A key that no supported version knows there. Rule: rules/prom/unknown-field.yaml

use crate::check::{Case, refusal};
use crate::facts::Document;
use crate::facts::schema::{Refusal, SchemaIssue};

pub(super) fn takes(issue: &SchemaIssue) -> bool {
    matches!(issue.refusal, Refusal::UnknownField)
}

/// Whether a key is the section that promxy has beside those of the format.
fn is_of_promxy(issue: &SchemaIssue) -> bool {
    issue.path == "promxy"
}

pub(super) fn check(document: &Document, case: &mut Case<'_>) {
    refusal::report(document, case, |issue| takes(issue) && !is_of_promxy(issue));
}
