//! A key that no supported version knows there. Rule: rules/prom/unknown-field.yaml

use crate::check::{Case, refusal};
use crate::facts::Document;
use crate::facts::schema::{Refusal, SchemaIssue};

pub(super) fn takes(issue: &SchemaIssue) -> bool {
    // Promxy reads the format with a section of its own.
    matches!(issue.refusal, Refusal::UnknownField) && issue.path != "promxy"
}

pub(super) fn check(document: &Document, case: &mut Case<'_>) {
    refusal::report(document, case, takes);
}
