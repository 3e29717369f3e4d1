//! Alerts that fire whenever one branch of an `or` has any series.
//! Rule: rules/pql/or-branch-unfiltered.yaml

use crate::check::Case;
use crate::lang::promql::ast::{Kind, NodeId, Op};
use crate::repo::model::Place;
use crate::repo::queries::Query;

pub(super) fn check<'a>(query: &'a Query<'a>, case: &mut Case<'a>) {
    let (Some(_), Some(root), true) = (query.alert(), query.ast().root(), query.is_sound()) else {
        return case.skip();
    };
    for branch in branches(query, root) {
        let place = Place { query, node: branch };
        if !case.model.is_filtered(place) {
            let span = case.at(place);
            let branch = case.model.shown(place);
            case.flag(span).with("branch", branch);
        }
    }
}

/// The branches of the `or`s at the top; none without an `or`.
fn branches(query: &Query<'_>, root: NodeId) -> Vec<NodeId> {
    let mut found = Vec::new();
    let mut stack = vec![root];
    while let Some(node) = stack.pop() {
        let node = query.ast().bare(node);
        match query.ast().kind(node) {
            Kind::Binary(binary) if binary.op == Op::Or => {
                stack.extend([binary.right, binary.left]);
            }
            _ => found.push(node),
        }
    }
    if found.len() > 1 { found } else { Vec::new() }
}
