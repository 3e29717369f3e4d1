//! Policies of tail sampling that decide nothing. Rule: rules/otcl/tail-policy.yaml

use super::model::{self, is_kind};
use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::collector::{Component, Section};
use crate::facts::flat::{Settings, Value};

const TYPES: &[&str] = &[
    "always_sample",
    "latency",
    "numeric_attribute",
    "probabilistic",
    "status_code",
    "string_attribute",
    "rate_limiting",
    "bytes_limiting",
    "composite",
    "and",
    "not",
    "drop",
    "span_count",
    "trace_state",
    "boolean_attribute",
    "ottl_condition",
    "trace_flags",
];

pub(super) fn check(component: &Component, case: &mut Case<'_>) {
    let repo = case.repo;
    let sampler =
        component.section == Section::Processors && is_kind(&component.id.text, &["tail_sampling"]);
    if !sampler || !component.id.known || model::is_laid_over(repo, component) {
        return case.skip();
    }
    let all = model::settings(repo, component);
    let Some(settings) = all.first() else { return };
    let complete = model::is_complete(repo, component.document) && !settings.open;
    let policies = settings.at("policies");
    let none = match policies.map(|setting| &setting.value) {
        None | Some(Value::Null) => true,
        Some(Value::List(len)) => *len == 0,
        Some(_) => false,
    };
    if none {
        // One that no pipeline takes is never built.
        if complete && model::is_used(repo, component) {
            let span = policies.map_or(component.id.span, |setting| setting.key);
            case.flag(span).with("what", "has no policy, and the collector does not start");
        }
        return;
    }
    if policies.is_some_and(|setting| matches!(setting.value, Value::List(_))) {
        each(settings, case);
        if complete && !keeps_errors(settings) {
            let span = policies.map_or(component.id.span, |setting| setting.key);
            let what = "has no policy that keeps traces with errors";
            case.flag(span).with("what", what).severity(Severity::Info);
        }
    }
}

/// Whether a setting stands in a policy: at the top, or inside `and`, `composite`, `not`, `drop`.
fn of_policy(path: &str) -> bool {
    path.starts_with("policies[")
}

fn each(settings: &Settings, case: &mut Case<'_>) {
    for setting in settings.entries.iter().filter(|setting| of_policy(&setting.path)) {
        let Some(owner) = setting.path.strip_suffix(".type").filter(|path| path.ends_with(']'))
        else {
            continue;
        };
        let Some(kind) = setting.scalar().and_then(|kind| kind.known_text()) else { continue };
        if !TYPES.contains(&kind) {
            let hint = model::hint(kind, TYPES.iter().copied());
            let what = format!("has a policy of the unknown type `{kind}`{hint}");
            case.flag(setting.span()).with("what", what);
        }
        if kind == "latency"
            && settings.at(&format!("{owner}.latency.threshold_ms")).is_none()
            && !settings.open
        {
            let what = "has a latency policy without `threshold_ms`, which takes every trace";
            case.flag(setting.span()).with("what", what);
        }
        let percentage = settings.get(&format!("{owner}.probabilistic.sampling_percentage"));
        if let Some(value) = percentage.filter(|_| kind == "probabilistic")
            && let Some(number) = value.known_text().and_then(|text| text.parse::<f64>().ok())
            && !(0.0..=100.0).contains(&number)
        {
            let what =
                format!("has a percentage of {}, which is not between 0 and 100", value.text);
            case.flag(value.span).with("what", what);
        }
    }
}

fn keeps_errors(settings: &Settings) -> bool {
    settings.entries.iter().filter(|setting| of_policy(&setting.path)).any(|setting| {
        let Some(text) = setting.scalar().map(|scalar| &scalar.text) else { return false };
        let codes = setting.path.contains("status_codes[") && text.eq_ignore_ascii_case("ERROR");
        let condition =
            setting.path.contains("ottl_condition") && text.to_ascii_uppercase().contains("ERROR");
        let everything = setting.path.ends_with("].type") && text == "always_sample";
        let attribute =
            setting.path.contains("_attribute.") && text.to_ascii_lowercase().contains("error");
        codes || condition || everything || attribute
    })
}
