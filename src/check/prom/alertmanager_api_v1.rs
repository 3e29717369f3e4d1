//! The first Alertmanager API is gone. Rule: rules/prom/alertmanager-api-v1.yaml

use crate::catalogue::model::Severity;
use crate::check::{Case, refusal};
use crate::facts::Document;
use crate::facts::schema::{Refusal, SchemaIssue};
use crate::finding::Edit;
use crate::source::Span;

pub(super) fn takes(issue: &SchemaIssue) -> bool {
    issue.field == "api_version"
        && matches!(issue.refusal, Refusal::Removed | Refusal::Conflict)
        && issue.context == "AlertmanagerConfig"
}

pub(super) fn check(document: &Document, case: &mut Case<'_>) {
    if !refusal::is_read(document) {
        return case.skip();
    }
    if !document.schema_issues.iter().any(takes) {
        return;
    }
    let repo = case.repo;
    // Where every server that runs here is older, the field still works.
    let majors: Vec<&str> = repo
        .facts
        .containers
        .iter()
        .filter(|container| container.image_name() == Some("prometheus"))
        .filter_map(|container| container.image_tag())
        .map(|tag| tag.trim_start_matches('v').split('.').next().unwrap_or_default())
        .filter(|major| major.bytes().all(|byte| byte.is_ascii_digit()) && !major.is_empty())
        .collect();
    let refused = majors.iter().any(|major| major.parse::<u32>().is_ok_and(|major| major >= 3));
    for issue in document.schema_issues.iter().filter(|issue| takes(issue)) {
        let severity = if refused { Severity::Error } else { Severity::Warning };
        let text = repo.text(issue.span);
        let quote = u32::from(text.starts_with(['"', '\'']));
        let span =
            Span { start: issue.span.start + quote, end: issue.span.end - quote, ..issue.span };
        let edit = Edit { span, text: "v2".to_owned() };
        let is_value = text.contains("v1");
        let flag = case.flag(issue.span).severity(severity);
        if is_value {
            flag.fix(true, "Write `v2`", vec![edit]);
        }
    }
}
