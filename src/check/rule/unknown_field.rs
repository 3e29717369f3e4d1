//! Fields the rule loader does not know or cannot read. Rule: rules/rule/unknown-field.yaml

use crate::check::{Case, refusal};
use crate::facts::Document;
use crate::facts::rules::refuse;
use crate::facts::schema::{Refusal, SchemaIssue};
use crate::lang::path::folder;

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
    list && (part || path.match_indices("/files/").any(chart) || is_habit(document, case))
}

/// Whether all rule files of a folder, three and more, are lists of groups, and no server here loads
/// them: what does puts the key above them.
fn is_habit(document: &Document, case: &Case<'_>) -> bool {
    let home = |one: &Document| folder(&case.repo.source(one.id.source).path);
    let beside = |one: &&Document| {
        one.kind == document.kind && one.host.is_none() && home(one) == home(document)
    };
    let listed = |one: &Document| one.schema_issues.iter().any(|it| it.span == one.span);
    let mut all = case.repo.facts.documents.iter().filter(beside);
    case.repo.own_servers().next().is_none() && all.clone().count() > 2 && all.all(listed)
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
