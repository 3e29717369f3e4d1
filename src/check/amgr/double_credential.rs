//! Credentials that exclude each other. Rule: rules/amgr/double-credential.yaml

use crate::check::{Case, refusal};
use crate::facts::Document;
use crate::facts::alertmanager::refuse;
use crate::facts::schema::{Refusal, SchemaIssue};

pub(super) fn takes(issue: &SchemaIssue) -> bool {
    let elsewhere = matches!(
        issue.context,
        "Config"
            | "Route"
            | "Receiver"
            | "InhibitRule"
            | "NamedTimeInterval"
            | "TimeInterval"
            | "TimeRange"
    );
    issue.context == refuse::CREDENTIAL
        || (issue.refusal == Refusal::Conflict
            && !elsewhere
            && issue.context != refuse::INTEGRATION)
}

pub(super) fn check(document: &Document, case: &mut Case<'_>) {
    refusal::report(document, case, takes);
}
