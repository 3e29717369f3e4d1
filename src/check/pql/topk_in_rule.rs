//! Rankings in rules. Rule: rules/pql/topk-in-rule.yaml

use super::{constant, places};
use crate::check::Case;
use crate::lang::promql::ast::{Aggregator, Kind};
use crate::repo::queries::Query;

pub(super) fn check<'a>(query: &'a Query<'a>, case: &mut Case<'a>) {
    if query.raises().is_none() && query.record().is_none() {
        return case.skip();
    }
    for place in places(query) {
        let Kind::Aggregate(aggregate) = place.kind() else { continue };
        if !matches!(aggregate.op, Aggregator::Topk | Aggregator::Bottomk | Aggregator::Limitk) {
            continue;
        }
        // One series of each group: the way to make one side of a join unique.
        let one = aggregate.param.and_then(|param| constant(case.model, query, param));
        let grouped = aggregate
            .grouping
            .as_ref()
            .is_some_and(|grouping| grouping.without || !grouping.labels.is_empty());
        if !(grouped && one == Some(1.0)) {
            let span = case.place(query, aggregate.op_extent);
            case.flag(span).with("op", aggregate.op.name());
        }
    }
}
