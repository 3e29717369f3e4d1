//! Integrations that cannot send. Rule: rules/amgr/integration-incomplete.yaml

use crate::check::{Case, refusal};
use crate::facts::Document;
use crate::facts::alertmanager::refuse;
use crate::facts::schema::{Refusal, SchemaIssue};

pub(super) fn takes(issue: &SchemaIssue) -> bool {
    issue.context == refuse::INTEGRATION
        || (issue.refusal == Refusal::Missing && is_integration(issue))
}

/// Whether the table's type is one of an integration or of what stands inside one.
fn is_integration(issue: &SchemaIssue) -> bool {
    !matches!(
        issue.context,
        "Config"
            | "Route"
            | "Receiver"
            | "InhibitRule"
            | "NamedTimeInterval"
            | "TimeInterval"
            | "TimeRange"
    )
}

pub(super) fn check(document: &Document, case: &mut Case<'_>) {
    refusal::report(document, case, takes);
}
