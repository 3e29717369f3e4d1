//! Templates that leave fields of logs to chance. Rule: rules/elas/mapping-incomplete.yaml

use crate::check::Case;
use crate::facts::elastic::template::{Field, Form, IndexTemplate};

/// What each field is, its names, and the types that serve.
const WANTED: &[(&str, &[&str], &[&str])] = &[
    (
        "a date for the time",
        &["@timestamp", "timestamp", "time", "ts", "date", "datetime"],
        &["date", "date_nanos"],
    ),
    (
        "a keyword for the level",
        &["level", "log.level", "severity", "loglevel", "log_level", "severity_text"],
        KEYWORD,
    ),
    (
        "a keyword for the service",
        &[
            "service",
            "service.name",
            "service_name",
            "app",
            "application",
            "app_name",
            "application_name",
            "kubernetes.labels.app",
            "container.name",
        ],
        KEYWORD,
    ),
    (
        "a keyword for the trace id",
        &["trace_id", "trace.id", "traceid", "traceId", "trace"],
        KEYWORD,
    ),
    (
        "a keyword for the correlation id",
        &[
            "correlation_id",
            "correlation.id",
            "correlationid",
            "correlationId",
            "request_id",
            "requestId",
            "request.id",
            "http.request.id",
            "transaction.id",
            "x_request_id",
        ],
        KEYWORD,
    ),
    (
        "text for the message",
        &["message", "msg", "log", "log.message", "body"],
        &["text", "match_only_text", "annotated_text", "pattern_text", "wildcard"],
    ),
];
const KEYWORD: &[&str] = &["keyword", "constant_keyword", "wildcard", "counted_keyword", "alias"];

pub(super) fn check(template: &IndexTemplate, case: &mut Case<'_>) {
    let of_logs = !matches!(template.form, Form::Component)
        && template.composed_of.is_empty()
        && !template.open
        && !template.patterns.is_empty()
        && case.repo.is_ours(template.document)
        && case.repo.holds_logs(template);
    // One without mappings adds settings to those of another.
    let Some(mappings) = template.mappings.filter(|_| of_logs) else { return case.skip() };
    let strings = template.dynamic_templates.is_some();
    let missing: Vec<&str> = WANTED
        .iter()
        .filter(|(_, names, types)| {
            let found = names.iter().filter_map(|name| template.field(name));
            let keyword = types.contains(&"keyword");
            let typed = found.into_iter().any(|field| serves(field, types));
            !(typed || (strings && keyword))
        })
        .map(|(what, ..)| *what)
        .collect();
    if !missing.is_empty() {
        case.flag(mappings).with("missing", missing.join(", "));
    }
}

fn serves(field: &Field, types: &[&str]) -> bool {
    let own = match &field.kind {
        Some(kind) => !kind.known || types.contains(&kind.text.as_str()),
        None => false,
    };
    own || field.subfields.iter().any(|kind| types.contains(&kind.as_str()))
}
