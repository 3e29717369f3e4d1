//! Sums and averages of quantiles. Rule: rules/pql/aggregate-of-quantile.yaml

use super::places;
use crate::check::Case;
use crate::lang::promql::ast::{Aggregator, Kind};
use crate::repo::queries::Query;

pub(super) fn check<'a>(query: &'a Query<'a>, case: &mut Case<'a>) {
    for place in places(query) {
        let Kind::Aggregate(aggregate) = place.kind() else { continue };
        let (Aggregator::Sum | Aggregator::Avg, Some(inner)) = (aggregate.op, aggregate.inner)
        else {
            continue;
        };
        let inner = case.model.follow(place.at(inner));
        let quantile = match inner.kind() {
            Kind::Call(call) => {
                call.function.is_some_and(|function| function.name == "histogram_quantile")
            }
            Kind::Selector(selector) => selector
                .labels()
                .any(|matcher| &*matcher.label.text == "quantile" && !matcher.value.is_empty()),
            _ => false,
        };
        if quantile {
            let span = case.place(query, aggregate.op_extent);
            case.flag(span).with("op", aggregate.op.name());
        }
    }
}
