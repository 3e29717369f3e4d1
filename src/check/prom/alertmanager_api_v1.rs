//! The first Alertmanager API is gone. Rule: rules/prom/alertmanager-api-v1.yaml

use crate::catalogue::model::Severity;
use crate::check::{Case, refusal};
use crate::facts::Document;
use crate::facts::prometheus::{PrometheusConfig, ServerForm};
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
        let edit = repo.text(issue.span).contains("v1").then(|| newer(issue.span, "v2", case));
        let flag = case
            .flag(issue.span)
            .with("field", "api_version")
            .with("outcome", "Prometheus 3 refuses the configuration")
            .severity(severity);
        if let Some(edit) = edit {
            flag.fix(true, "Write `v2`", vec![edit]);
        }
    }
}

/// A server object of the operator, which leaves the field out for Prometheus 3.
pub(super) fn check_object(config: &PrometheusConfig, case: &mut Case<'_>) {
    if config.form != ServerForm::Operator {
        return case.skip();
    }
    let versions = config.alertmanagers.iter().filter_map(|target| target.api_version.as_ref());
    for version in versions.filter(|it| it.known && it.text.eq_ignore_ascii_case("v1")) {
        let text = if version.text == "V1" { "V2" } else { "v2" };
        let edit = newer(version.span, text, case);
        case.flag(version.span)
            .with("field", "apiVersion")
            .with("outcome", "Prometheus 3 does not have it")
            .severity(Severity::Warning)
            .fix(true, format!("Write `{text}`"), vec![edit]);
    }
}

/// The version in place of another, its quotes kept.
fn newer(span: Span, text: &str, case: &Case<'_>) -> Edit {
    let quote = u32::from(case.repo.text(span).starts_with(['"', '\'']));
    let span = Span { start: span.start + quote, end: span.end - quote, ..span };
    Edit { span, text: text.to_owned() }
}
