//! A unit that is missing, or no base unit. Rule: rules/metr/unit-suffix.yaml

use crate::check::Case;
use crate::facts::code::{MetricDefinition, MetricType};

/// Endings of units that are no base units, and what Prometheus counts in.
const SCALED: &[(&[&str], &str)] = &[
    (
        &[
            "ms",
            "msec",
            "msecs",
            "millis",
            "millisecond",
            "milliseconds",
            "us",
            "usec",
            "micros",
            "microseconds",
            "ns",
            "nanos",
            "nanoseconds",
            "mins",
            "minutes",
            "hours",
            "days",
        ],
        "seconds",
    ),
    (
        &[
            "kb",
            "kib",
            "kilobytes",
            "kibibytes",
            "mb",
            "mib",
            "megabytes",
            "mebibytes",
            "gb",
            "gib",
            "gigabytes",
        ],
        "bytes",
    ),
    (&["percent", "percentage", "pct"], "ratio"),
];
/// Last words of names of histograms that count time.
const TIMES: &[&str] = &["duration", "latency", "elapsed"];
/// Words before `time` and `size` that say of what.
const TIMED: &[&str] = &["response", "request", "processing", "execution", "wait", "query"];
const SIZED: &[&str] = &["body", "response", "request", "payload", "message", "file", "object"];

pub(super) fn check(definition: &MetricDefinition, case: &mut Case<'_>) {
    let system = definition.says("system");
    let name = definition.exposed.as_str();
    // Micrometer and StatsD have units of their own; an instrument may be told its unit.
    let own = !matches!(system, Some("prometheus" | "opentelemetry" | "metrics"));
    if name.is_empty() || own || definition.unit.is_some() || definition.unit_open {
        return case.skip();
    }
    let base = name.trim_end_matches("_total");
    let words: Vec<&str> = base.split('_').collect();
    let Some((last, before)) = words.split_last() else { return };
    if before.is_empty() {
        return;
    }
    let scaled = SCALED.iter().find(|(units, _)| units.contains(last));
    if let Some((_, wanted)) = scaled {
        let what = format!("counts in `{last}`; Prometheus and its dashboards expect `{wanted}`");
        case.flag(definition.name.span).with("name", name).with("what", what);
        return;
    }
    let timed = TIMES.contains(last) || (*last == "time" && ends(before, TIMED));
    let sized = *last == "size" && ends(before, SIZED);
    if definition.kind == MetricType::Histogram && (timed || sized) {
        let what = match timed {
            true => "measures time and does not say in what: end it with `_seconds`",
            false => "measures a size and does not say in what: end it with `_bytes`",
        };
        case.flag(definition.name.span).with("name", name).with("what", what);
    }
}

fn ends(words: &[&str], with: &[&str]) -> bool {
    words.last().is_some_and(|last| with.contains(last))
}
