//! Divisions of a series by itself. Rule: rules/pql/self-ratio-constant.yaml

use super::places;
use crate::check::{Case, mend};
use crate::finding::Edit;
use crate::lang::promql::Ast;
use crate::lang::promql::ast::{Binary, Grouping, Kind, Matcher, NodeId, Op};
use crate::repo::model::Place;
use crate::repo::model::leaf::Leaf;
use crate::repo::queries::Query;
use std::cell::OnceCell;
use std::collections::BTreeSet;

pub(super) fn check<'a>(query: &'a Query<'a>, case: &mut Case<'a>) {
    let prints = case.model.fingerprints_of(query);
    let joined = OnceCell::new();
    for place in places(query) {
        let Kind::Binary(binary) = place.kind() else { continue };
        if binary.op != Op::Div || binary.matching.is_some() || binary.fill.is_some() {
            continue;
        }
        // `x / x` in a join is the way to write 1 for each series.
        let same = prints[binary.left.index()] == prints[binary.right.index()];
        if same && joined.get_or_init(|| joined_parts(query.ast())).contains(&place.node) {
            continue;
        }
        let sides = [binary.left, binary.right].map(|side| Leaf::of(case.model, place.at(side)));
        let [Some(left), Some(right)] = sides else { continue };
        if divides_by_itself(&left, &right) {
            let edits = apart(case, place, binary, &left, &right);
            report(query, binary, &left, edits, case);
        }
    }
}

/// What stands, on its own or added up, as a factor of a product that says what it joins on.
fn joined_parts(ast: &Ast) -> BTreeSet<NodeId> {
    let core = |mut at: NodeId| loop {
        at = ast.bare(at);
        match ast.kind(at) {
            Kind::Aggregate(aggregate) => match aggregate.inner {
                Some(inner) => at = inner,
                None => return at,
            },
            _ => return at,
        }
    };
    let factors = ast.all().filter_map(|(_, node)| match &node.kind {
        Kind::Binary(product) if product.op == Op::Mul && product.matching.is_some() => {
            Some([product.left, product.right])
        }
        _ => None,
    });
    factors.flatten().map(core).collect()
}

fn report(
    query: &Query<'_>,
    binary: &Binary,
    leaf: &Leaf<'_>,
    edits: Option<Vec<Edit>>,
    case: &mut Case<'_>,
) {
    let span = case.place(query, binary.op_extent);
    let flag = case.flag(span).with("metric", leaf.metric().unwrap_or_default());
    if let Some(edits) = edits {
        flag.fix(false, "add the series up on both sides", edits);
    }
}

/// Sums on both sides, without the labels that one side chooses by.
fn apart(
    case: &Case<'_>,
    place: Place<'_, '_>,
    binary: &Binary,
    left: &Leaf<'_>,
    right: &Leaf<'_>,
) -> Option<Vec<Edit>> {
    let mut labels: Vec<&str> =
        left.narrows(right)?.iter().map(|matcher| &*matcher.label.text).collect();
    labels.dedup();
    if labels.is_empty() || !left.aggregations.is_empty() {
        return None;
    }
    let sum = format!("sum without ({}) (", labels.join(", "));
    let mut edits = Vec::new();
    for side in [binary.left, binary.right] {
        edits.extend(mend::around(mend::exact_node(case, place, side)?, &sum, ")"));
    }
    Some(edits)
}

/// Whether every pair of series that matches is one series twice.
fn divides_by_itself(left: &Leaf<'_>, right: &Leaf<'_>) -> bool {
    if !left.reads_like(right) || !left.is_aggregated_like(right) {
        return false;
    }
    // Ranking chooses series on each side for itself.
    let Some(extra) = left.narrows(right) else { return false };
    !left.aggregations.iter().any(|(op, _)| op.keeps_series())
        && left
            .aggregations
            .iter()
            .all(|(_, grouping)| extra.iter().all(|matcher| keeps(*grouping, matcher)))
}

/// Whether series that differ in the matcher's label stay apart.
fn keeps(grouping: Option<&Grouping>, matcher: &Matcher) -> bool {
    grouping.is_some_and(|grouping| {
        let named = grouping.labels.iter().any(|label| label.text == matcher.label.text);
        named != grouping.without
    })
}
