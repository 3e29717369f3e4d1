//! Buckets that do not grow. Rule: rules/metr/bad-buckets.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::code::{MetricDefinition, MetricType};

pub(super) fn check(definition: &MetricDefinition, case: &mut Case<'_>) {
    let histogram = definition.kind == MetricType::Histogram;
    let written = definition.buckets_span.filter(|_| histogram);
    let (Some(span), Some(edges)) = (written, &definition.buckets) else { return case.skip() };
    // What the library does with an order that is wrong, with two that are equal, with none.
    let rows = definition.says("buckets-wrong").unwrap_or_default();
    let does = |what: &str| rows.split(' ').any(|word| word == what);
    let falls = edges.windows(2).any(|pair| pair[1] < pair[0]);
    let equal = edges.windows(2).any(|pair| pair[1] == pair[0]);
    let (what, refused) = if edges.is_empty() {
        if does("defaults-for-none") {
            return;
        }
        ("hold no edge", does("refuses-none"))
    } else if edges.iter().any(|edge| edge.is_nan()) {
        ("hold an edge that is no number", false)
    } else if falls {
        if does("sorts") {
            return;
        }
        ("do not grow from edge to edge", does("refuses-order"))
    } else if equal {
        if does("sorts") {
            return;
        }
        ("hold an edge twice", does("refuses-equal"))
    } else {
        return;
    };
    let then = match refused {
        true => "the library refuses them when the metric is made",
        false if does("ignores") => "the library ignores them, and counts into its own",
        false => "the library takes them, and counts into the wrong buckets",
    };
    let severity = if refused { Severity::Error } else { Severity::Warning };
    case.flag(span)
        .severity(severity)
        .with("what", what)
        .with("then", then)
        .related(definition.name.span, "the metric");
}
