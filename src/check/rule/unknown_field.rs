//! Fields the rule loader does not know or cannot read. Rule: rules/rule/unknown-field.yaml

use crate::check::{Case, refusal};
use crate::facts::Document;
use crate::facts::rules::refuse;
use crate::facts::schema::{Refusal, SchemaIssue};

pub(super) fn check(document: &Document, case: &mut Case<'_>) {
    refusal::report(document, case, |issue| {
        !matches!(issue.context, refuse::SHAPE | refuse::NAME)
            && issue.refusal != Refusal::BadDuration
            && !is_spoken_of(issue)
    });
}

/// What RULE003, RULE005 and RULE007 say from the facts.
fn is_spoken_of(issue: &SchemaIssue) -> bool {
    let absent = matches!(issue.refusal, Refusal::Missing | Refusal::Conflict);
    match issue.context {
        "RuleFile" => issue.refusal == Refusal::Conflict,
        "RuleGroup" => absent && issue.field == "name",
        "Rule" => absent,
        _ => false,
    }
}
