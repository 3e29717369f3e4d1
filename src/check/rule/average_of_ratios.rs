//! Means of ratios of events. Rule: rules/rule/average-of-ratios.yaml

use crate::check::Case;
use crate::lang::promql::ast::{Aggregator, Kind, Op};
use crate::repo::model::Place;
use crate::repo::model::leaf::{Leaf, RATES};
use crate::repo::queries::Query;

/// Shares of a resource: their mean over machines is what is wanted.
const RESOURCES: &[&str] =
    &["cpu", "memory", "filesystem", "disk", "network", "_bytes", "usage", "throttled"];

pub(super) fn check<'a>(query: &'a Query<'a>, case: &mut Case<'a>) {
    if query.alert().is_none() && query.record().is_none() {
        return case.skip();
    }
    for (node, kind) in query.ast().all().map(|(id, node)| (id, &node.kind)) {
        let Kind::Aggregate(aggregate) = kind else { continue };
        let (Aggregator::Sum | Aggregator::Avg, Some(inner)) = (aggregate.op, aggregate.inner)
        else {
            continue;
        };
        let inner = case.model.follow(Place { query, node }.at(inner));
        let Kind::Binary(division) = inner.kind() else { continue };
        let sides =
            [division.left, division.right].map(|side| Leaf::of(case.model, inner.at(side)));
        let [Some(left), Some(right)] = sides else { continue };
        if division.op == Op::Div && is_of_events(&left) && is_of_events(&right) {
            let span = case.place(query, aggregate.op_extent);
            let op = aggregate.op.name();
            case.flag(span).with("op", op);
        }
    }
}

fn is_of_events(leaf: &Leaf<'_>) -> bool {
    leaf.function.is_some_and(|name| RATES.contains(&name))
        && leaf.metric().is_some_and(|name| !RESOURCES.iter().any(|word| name.contains(word)))
}
