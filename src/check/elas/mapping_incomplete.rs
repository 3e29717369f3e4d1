//! Templates that leave fields of logs to chance. Rule: rules/elas/mapping-incomplete.yaml

use crate::check::Case;
use crate::facts::elastic::template::{Field, Form, IndexTemplate};
use crate::facts::scalar::Scalar;

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
    // Of templates of the old form for the same indices the engine lays one over the other.
    let beside = |other: &&IndexTemplate| {
        template.form == Form::Legacy
            && other.form == Form::Legacy
            && other.document != template.document
            && template
                .patterns
                .iter()
                .all(|own| other.patterns.iter().any(|it| it.known && covers(&it.text, &own.text)))
    };
    let layers: Vec<&IndexTemplate> =
        case.repo.facts.index_templates.iter().filter(beside).collect();
    let same = |other: &IndexTemplate| {
        template.patterns.iter().all(|own| other.patterns.iter().any(|it| it.text == own.text))
    };
    // Of what is missing in all of them the first speaks, and the widest.
    let first = layers
        .iter()
        .all(|other| other.mappings.is_none() || same(other) && template.document < other.document);
    // What the engine's own audit writes has the fields that the engine gives it.
    let own_audit = |it: &Scalar| it.text.contains("security-audit");
    let of_logs = of_logs && first && !template.patterns.iter().any(own_audit);
    // One without mappings adds settings to those of another.
    let Some(mappings) = template.mappings.filter(|_| of_logs) else { return case.skip() };
    let all = || layers.iter().copied().chain([template]);
    let strings = all().any(|it| it.dynamic_templates.is_some());
    let missing: Vec<&str> = WANTED
        .iter()
        .filter(|(_, names, types)| {
            let found = names.iter().flat_map(|name| all().filter_map(|it| it.field(name)));
            let keyword = types.contains(&"keyword");
            let typed = found.into_iter().any(|field| serves(field, types));
            let by_template = all().flat_map(|it| &it.dynamic_fields).any(|(name, kind)| {
                names.contains(&name.as_str()) && types.contains(&kind.as_str())
            });
            !(typed || by_template || (strings && keyword))
        })
        .map(|(what, ..)| *what)
        .collect();
    if !missing.is_empty() {
        case.flag(mappings).with("missing", missing.join(", "));
    }
}

/// Whether whatever fits one pattern of indices fits the other: `logs-*` covers `logs-app-*`.
fn covers(wide: &str, narrow: &str) -> bool {
    wide == narrow || wide.strip_suffix('*').is_some_and(|head| narrow.starts_with(head))
}

fn serves(field: &Field, types: &[&str]) -> bool {
    let own = match &field.kind {
        Some(kind) => !kind.known || types.contains(&kind.text.as_str()),
        None => false,
    };
    own || field.subfields.iter().any(|kind| types.contains(&kind.as_str()))
}
