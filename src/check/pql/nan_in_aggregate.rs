//! Sums over divisions by zero. Rule: rules/pql/nan-in-aggregate.yaml

use super::{is_constant, places};
use crate::check::Case;
use crate::lang::promql::ast::{Aggregator, Kind, NodeId, Op};
use crate::repo::model::leaf::{Leaf, RATES};
use crate::repo::queries::Query;

/// Words in names of metrics that are never zero where they are exposed.
const NEVER_ZERO: &[&str] = &[
    "size",
    "capacity",
    "limit",
    "_max",
    "MemTotal",
    "SwapTotal",
    "maximum",
    "allocatable",
    "_info",
];

pub(super) fn check<'a>(query: &'a Query<'a>, case: &mut Case<'a>) {
    for place in places(query) {
        let Kind::Aggregate(aggregate) = place.kind() else { continue };
        let (Aggregator::Sum | Aggregator::Avg, Some(inner)) = (aggregate.op, aggregate.inner)
        else {
            continue;
        };
        let inner = query.ast().bare(inner);
        let Kind::Binary(division) = query.ast().kind(inner) else { continue };
        // Of rates, the mean of ratios is the fault.
        let rates = [division.left, division.right].iter().all(|side| {
            Leaf::of(case.model, place.at(*side))
                .is_some_and(|leaf| leaf.function.is_some_and(|name| RATES.contains(&name)))
        });
        if division.op == Op::Div
            && !rates
            && !is_constant(case.model, query, division.right)
            && can_be_zero(query, division.right)
        {
            let span = case.at(place.at(division.right));
            case.flag(span).with("op", aggregate.op.name());
        }
    }
}

/// Whether a divisor has neither a filter nor a name that says it is not zero.
fn can_be_zero(query: &Query<'_>, divisor: NodeId) -> bool {
    query.ast().subtree(divisor).all(|(_, node)| match &node.kind {
        Kind::Binary(binary) => binary.op.is_arithmetic(),
        Kind::Call(call) => call.function.is_none_or(|function| {
            !matches!(function.name, "clamp_min" | "vector" | "scalar" | "time")
        }),
        Kind::Selector(selector) => {
            selector.metric().is_some_and(|name| !NEVER_ZERO.iter().any(|word| name.contains(word)))
        }
        Kind::Aggregate(aggregate) => aggregate.op != Aggregator::Count,
        _ => true,
    })
}
