//! Quantiles beyond 0 to 1. Rule: rules/pql/quantile-range.yaml

use super::{constant, places};
use crate::check::Case;
use crate::lang::promql::ast::{Aggregator, Kind};
use crate::repo::queries::Query;

pub(super) fn check<'a>(query: &'a Query<'a>, case: &mut Case<'a>) {
    for place in places(query) {
        let ranks = match place.kind() {
            Kind::Aggregate(aggregate) if aggregate.op == Aggregator::Quantile => {
                aggregate.param.as_slice()
            }
            Kind::Call(call) => match call.function.map(|function| function.name) {
                Some("histogram_quantile" | "quantile_over_time") => {
                    call.args.get(..1).unwrap_or_default()
                }
                Some("histogram_quantiles") => call.args.get(2..).unwrap_or_default(),
                _ => continue,
            },
            _ => continue,
        };
        for rank in ranks {
            let Some(value) = constant(case.model, query, *rank) else { continue };
            if !(0.0..=1.0).contains(&value) {
                let outcome = if value > 1.0 {
                    "+Inf"
                } else if value < 0.0 {
                    "-Inf"
                } else {
                    "NaN"
                };
                let span = case.at(place.at(*rank));
                case.flag(span).with("rank", query.node_text(*rank)).with("outcome", outcome);
            }
        }
    }
}
