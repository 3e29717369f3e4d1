//! A value in another unit than its metric. Rule: rules/metr/unit-mismatch-observe.yaml

use crate::check::Case;
use crate::facts::code::{Does, MetricDefinition, MetricUse, TimeUnit};

pub(super) fn check(one: &MetricUse, case: &mut Case<'_>) {
    let takes = matches!(one.does, Does::Observe | Does::Set | Does::Add);
    let Some(amount) = one.amount.as_ref().filter(|_| takes) else { return case.skip() };
    let Some(unit) = amount.unit else { return case.skip() };
    let Some(metric) = case.repo.metric_of(one) else { return case.skip() };
    let Some(wanted) = wanted(metric) else { return case.skip() };
    if unit == wanted || case.repo.is_rehearsal(one.document) {
        return;
    }
    case.flag(amount.span)
        .with("metric", metric.name.text.clone())
        .with("unit", unit.name())
        .with("wanted", wanted.name())
        .related(metric.name.span, "the metric");
}

/// What a metric says it counts in, by its unit or by its name.
fn wanted(metric: &MetricDefinition) -> Option<TimeUnit> {
    let of = |word: &str| {
        Some(match word {
            "s" | "seconds" | "sec" | "secs" => TimeUnit::Seconds,
            "ms" | "milliseconds" | "millis" => TimeUnit::Millis,
            "us" | "microseconds" | "micros" => TimeUnit::Micros,
            "ns" | "nanoseconds" | "nanos" => TimeUnit::Nanos,
            _ => return None,
        })
    };
    if let Some(unit) = &metric.unit {
        return of(&unit.text);
    }
    let known = !metric.unit_open && !metric.exposed.is_empty();
    let name = metric.exposed.trim_end_matches("_total");
    let last = name.rsplit('_').next().filter(|_| known && name.contains('_'))?;
    // A time as such is no length of time: `last_success_timestamp_seconds`.
    let moment = name.contains("timestamp") || name.ends_with("_time_seconds");
    of(last).filter(|_| !moment)
}
