//! Fields the rule loader does not know or cannot read. Rule: rules/rule/unknown-field.yaml

use crate::check::{Case, refusal};
use crate::facts::Document;
use crate::facts::rules::refuse;
use crate::facts::schema::{Refusal, SchemaIssue};

pub(super) fn check(document: &Document, case: &mut Case<'_>) {
    if is_included(document, case) {
        return;
    }
    refusal::report(document, case, |issue| {
        !matches!(issue.context, refuse::SHAPE | refuse::NAME)
            && issue.refusal != Refusal::BadDuration
            && !is_spoken_of(issue)
    });
}

/// Whether a chart's template puts the list of groups under `groups`: a list in the chart's files, or
/// in a template of its own.
fn is_included(document: &Document, case: &Case<'_>) -> bool {
    let path = &case.repo.source(document.id.source).path;
    let list = document.schema_issues.iter().any(|it| it.span == document.span);
    let chart = |(at, _): (usize, &str)| case.repo.has_path(&format!("{}/Chart.yaml", &path[..at]));
    // Helm renders nothing of a file whose name begins so: others include it.
    let part = path.rsplit('/').next().is_some_and(|name| name.starts_with('_'));
    list && (part
        || path.match_indices("/files/").any(chart)
        || case.repo.holds_bare_groups(document))
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
