//! A critical alert on a single sample. Rule: rules/alrt/no-for.yaml

use super::alert_of;
use crate::check::Case;
use crate::lang::duration;
use crate::lang::promql::ast::{Kind, Modifiers};
use crate::metrics::MetricKind;
use crate::repo::model::{Model, Place, scale};
use crate::repo::queries::Query;

/// Endings of counters, and of the parts of histograms.
const COUNTERS: &[&str] = &["_total", "_count", "_sum", "_bucket", "_created"];
/// Parts of names of what moves slowly: dates of expiry, ages, times.
const SLOW: &[&str] =
    &["expir", "not_after", "timestamp", "_time", "_age", "days", "ALERTS", "absent", ":"];

pub(super) fn check<'a>(query: &'a Query<'a>, case: &mut Case<'a>) {
    let Some((alert, root)) = alert_of(query) else { return case.skip() };
    let critical = alert
        .label(&case.settings().severity_label)
        .and_then(|value| value.known_text())
        .is_some_and(|value| matches!(value, "critical" | "page"));
    if !critical {
        return case.skip();
    }
    let masked = case.document().is_some_and(|document| document.masked);
    let waits = match &alert.hold {
        None => masked,
        Some(hold) => hold.known_text().and_then(duration::prometheus) != Some(0),
    };
    if let Some(metric) = threshold(case.model, root).filter(|_| !waits) {
        case.flag(alert.name.span).with("metric", metric);
    }
}

/// What a gauge, a share of gauges or `up` is called, if one sample of it is compared with a
/// number.
fn threshold<'r>(model: &Model<'r>, root: Place<'_, 'r>) -> Option<String> {
    let top = root.at(root.ast().bare(root.node));
    let Kind::Binary(binary) = top.kind() else { return None };
    if !binary.op.is_comparison() || binary.returns_bool.is_some() {
        return None;
    }
    let sides = [(binary.left, binary.right), (binary.right, binary.left)];
    let (value, _) =
        sides.into_iter().find(|(_, number)| model.constant(top.at(*number)).is_some())?;
    let value = top.at(value);
    if let Kind::Selector(selector) = top.ast().kind(top.ast().bare(value.node)) {
        let metric = selector.metric()?;
        let named = |parts: &[&str], fits: fn(&str, &str) -> bool| {
            parts.iter().any(|part| fits(metric, part))
        };
        let slow = named(SLOW, |metric, part| metric.contains(part));
        let counter = match model.metric(metric).kind() {
            Some(kind) => kind != MetricKind::Gauge,
            None => named(COUNTERS, |metric, part| metric.ends_with(part)),
        };
        let now = selector.modifiers == Modifiers::default();
        return (!slow && !counter && now).then(|| metric.to_owned());
    }
    // A rate looks back over many samples by itself.
    let looks_back = top.ast().subtree(value.node).any(|(_, node)| {
        matches!(node.kind, Kind::Range { .. } | Kind::Subquery(_))
            || matches!(&node.kind, Kind::Selector(selector) if selector.metric().is_none_or(|name| name.contains(':')))
    });
    let share = scale::of(model, value).whole().is_some();
    (share && !looks_back).then(|| model.shown(value))
}
