//! What the loader refuses and no sharper rule names. Rule: rules/prom/parse.yaml

use super::{
    alertmanager_api_v1, bad_auth_combination, bad_duration, bad_relabel, job_name,
    timeout_over_interval, unknown_field,
};
use crate::check::{Case, refusal};
use crate::facts::Document;
use crate::facts::schema::SchemaIssue;

pub(super) fn check(document: &Document, case: &mut Case<'_>) {
    if !refusal::is_read(document) {
        return case.skip();
    }
    let who = refusal::who(case);
    for issue in &document.text_issues {
        let flag = case.flag(issue.span).with("what", &issue.message).with("who", who);
        if let Some(first) = issue.first {
            flag.related(first, "the first of the two");
        }
    }
    for issue in document.schema_issues.iter().filter(|issue| !is_sharper(issue)) {
        let what = format!("`{}` {}", issue.field, issue.message);
        refusal::flag(issue, case).with("what", what);
    }
}

/// Whether another rule speaks of this refusal.
fn is_sharper(issue: &SchemaIssue) -> bool {
    unknown_field::takes(issue)
        || bad_duration::takes(issue)
        || timeout_over_interval::takes(issue)
        || job_name::takes(issue)
        || bad_relabel::takes(issue)
        || bad_auth_combination::takes(issue)
        || alertmanager_api_v1::takes(issue)
}
