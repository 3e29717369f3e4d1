//! A name that says another type. Rule: rules/metr/total-on-non-counter.yaml

use crate::check::Case;
use crate::facts::code::{MetricDefinition, MetricType};

/// Endings that libraries give parts of histograms, summaries and counters.
const PARTS: &[&str] = &["_bucket", "_count", "_sum", "_created", "_info"];

pub(super) fn check(definition: &MetricDefinition, case: &mut Case<'_>) {
    let name = definition.exposed.as_str();
    if name.is_empty() || definition.kind == MetricType::Any {
        return case.skip();
    }
    let stateful =
        matches!(definition.kind, MetricType::Gauge | MetricType::Histogram | MetricType::Summary);
    let ending = match stateful && name.ends_with("_total") {
        true => Some("_total"),
        false => PARTS.iter().copied().find(|part| name.ends_with(part)),
    };
    let Some(ending) = ending else { return };
    let info = matches!(definition.kind, MetricType::Gauge | MetricType::Info);
    // A gauge that is always one carries its message in labels.
    if ending == "_info" && info {
        return;
    }
    case.flag(definition.name.span)
        .with("name", name)
        .with("type", definition.kind.name())
        .with("ending", ending);
}
