//! Sums over several currencies or units. Rule: rules/pql/sum-across-units.yaml

use super::places;
use crate::check::Case;
use crate::lang::promql::ast::{Aggregator, Kind};
use crate::lang::promql::labels::Presence;
use crate::repo::model::leaf::Leaf;
use crate::repo::queries::Query;

const UNITS: &[&str] = &["currency", "unit"];

pub(super) fn check<'a>(query: &'a Query<'a>, case: &mut Case<'a>) {
    if !query.is_sound() {
        return case.skip();
    }
    for place in places(query) {
        let Kind::Aggregate(aggregate) = place.kind() else { continue };
        let adds = matches!(
            aggregate.op,
            Aggregator::Sum
                | Aggregator::Avg
                | Aggregator::Min
                | Aggregator::Max
                | Aggregator::Quantile
        );
        let Some(inner) = aggregate.inner.filter(|_| adds) else { continue };
        let Some(leaf) = Leaf::of(case.model, place.at(inner)) else { continue };
        let Some(name) = leaf.metric() else { continue };
        let metric = case.model.metric(name);
        for unit in UNITS.iter().filter(|unit| metric.has_certainly(unit)) {
            let before = case.model.labels(place.at(inner));
            let after = case.model.labels(place);
            let dropped = after.get(unit) == Presence::Absent
                && before.get(unit) != Presence::Absent
                && !matches!(before.get(unit), Presence::Is(_));
            // The resource decides its unit.
            let decided = metric.has_certainly("resource")
                && (leaf.is_pinned("resource") || after.get("resource") != Presence::Absent);
            if dropped && !decided {
                let span = match &aggregate.grouping {
                    Some(grouping) => case.place(query, grouping.extent),
                    None => case.place(query, aggregate.op_extent),
                };
                case.flag(span).with("label", *unit).with("metric", name);
            }
        }
    }
}
