//! A counter that is set or lowered. Rule: rules/metr/counter-goes-down.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::code::{Does, MetricType, MetricUse};

pub(super) fn check(one: &MetricUse, case: &mut Case<'_>) {
    let Some(metric) = case.repo.metric_of(one) else { return case.skip() };
    if metric.kind != MetricType::Counter || one.does == Does::Labels {
        return case.skip();
    }
    let negative = one.amount.as_ref().filter(|amount| amount.negative);
    let (span, what) = match (one.does, negative) {
        (Does::Subtract, _) => (one.method.span, "is lowered"),
        (Does::Set, _) => (one.method.span, "is set"),
        (Does::Add, Some(amount)) => (amount.span, "is given a number below zero"),
        _ => return,
    };
    // What a client refuses breaks the caller; an SDK drops it with a warning.
    let (severity, then) = match metric.says("falls") {
        Some("dropped") => (Severity::Warning, "the library drops it"),
        Some("kept") => (Severity::Warning, "the library lets it fall"),
        _ => (Severity::Error, "the library refuses it"),
    };
    case.flag(span)
        .severity(severity)
        .with("metric", metric.name.text.clone())
        .with("what", what)
        .with("then", then)
        .related(metric.name.span, "declared as a counter");
}
