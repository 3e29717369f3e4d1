//! Rates of gauges. Rule: rules/pql/rate-on-gauge.yaml

use super::places;
use crate::check::Case;
use crate::lang::promql::ast::Kind;
use crate::metrics::MetricKind;
use crate::repo::model::leaf::RATES;
use crate::repo::model::metric::{Metric, Origin};
use crate::repo::queries::Query;

pub(super) fn check<'a>(query: &'a Query<'a>, case: &mut Case<'a>) {
    for place in places(query) {
        let Kind::Call(call) = place.kind() else { continue };
        let Some(function) = call.function.filter(|known| RATES.contains(&known.name)) else {
            continue;
        };
        let Some(arg) = call.args.first() else { continue };
        let Kind::Range { inner, .. } = query.ast().kind(query.ast().bare(*arg)) else { continue };
        let Kind::Selector(selector) = query.ast().kind(*inner) else { continue };
        let (Some(name), Some(extent)) = (selector.metric(), selector.metric_extent()) else {
            continue;
        };
        let metric = case.model.metric(name);
        let gauge = matches!(metric.kind(), Some(MetricKind::Gauge | MetricKind::Info));
        if !gauge || is_moment(name) || is_mirrored(name, &metric) {
            continue;
        }
        let instead = if function.name == "increase" { "delta" } else { "deriv" };
        let span = case.place(query, extent);
        case.flag(span)
            .with("metric", name)
            .with("function", function.name)
            .with("instead", instead)
            .with("provider", super::providers(&metric));
    }
}

/// Whether a gauge holds a point in time: these only grow, like counters.
fn is_moment(name: &str) -> bool {
    ["_timestamp", "_timestamp_seconds", "_time_seconds", "_last_seen", "_timestamp_ms"]
        .iter()
        .any(|ending| name.ends_with(ending))
}

/// Whether the code here sets a gauge to a total that is counted elsewhere, as its name says: it only grows.
fn is_mirrored(name: &str, metric: &Metric<'_, '_>) -> bool {
    name.ends_with("_total")
        && metric.providers.iter().all(|it| matches!(it.origin, Origin::Code(_)))
}
