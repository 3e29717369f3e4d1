//! Counters read as they stand. Rule: rules/pql/counter-raw.yaml

use super::{constant, places};
use crate::check::Case;
use crate::lang::promql::ast::{Aggregator, Ast, Binary, Kind, NodeId, Op};
use crate::metrics::MetricKind;
use crate::repo::model::Place;
use crate::repo::queries::Query;
use std::cell::OnceCell;

/// Functions that see how a counter moves, or only that it is there.
const MOVING: &[&str] = &[
    "rate",
    "irate",
    "increase",
    "delta",
    "idelta",
    "deriv",
    "changes",
    "resets",
    "predict_linear",
    "absent",
    "absent_over_time",
    "present_over_time",
    "count_over_time",
    "timestamp",
    "start_timestamp",
    // Buckets without a rate are another rule's.
    "histogram_quantile",
    "histogram_quantiles",
    "histogram_fraction",
];

pub(super) fn check<'a>(query: &'a Query<'a>, case: &mut Case<'a>) {
    // A generator puts the rates into an objective; a panel may show a total.
    if !query.is_sound() || query.rule().is_none() {
        return case.skip();
    }
    let above = OnceCell::new();
    for place in places(query) {
        let Kind::Selector(selector) = place.kind() else { continue };
        let Some(name) = selector.metric() else { continue };
        let metric = case.model.metric(name);
        let known = metric.kind() == Some(MetricKind::Counter);
        let by_name = !metric.is_known() && name.ends_with("_total") && !is_of_state(name);
        if !(known || by_name) {
            continue;
        }
        let parents = above.get_or_init(|| parents(query.ast()));
        if is_moved(query.ast(), parents, place.node) {
            continue;
        }
        let compared = compared_with(query, case, parents, place);
        // A recording rule may rename a counter, or add up what is rated later.
        if query.record().is_some() && !is_calculated(query.ast(), parents, place.node) {
            continue;
        }
        // Without the catalogue a gauge of that name is as likely, unless a limit is set to it.
        if !known && compared.is_none_or(|limit| limit == 0.0) {
            continue;
        }
        // What only grows is not asked whether it is small: this is a gauge.
        if !known && is_below(query.ast()) {
            continue;
        }
        let Some(extent) = selector.metric_extent() else { continue };
        let span = case.place(query, extent);
        let reason = if known { "is a counter" } else { "is named like a counter" };
        case.flag(span).with("metric", name).with("reason", reason);
    }
}

/// Whether a name speaks of what is there now, so that its `_total` is the sum of it:
/// `worker_pending_task_total`. So does what begins again with each day or month.
fn is_of_state(name: &str) -> bool {
    const NOW: &[&str] = &[
        "active",
        "alive",
        "available",
        "current",
        "daily",
        "free",
        "idle",
        "inflight",
        "monthly",
        "pending",
        "queued",
        "remaining",
        "running",
        "unhealthy",
        "used",
        "waiting",
        "weekly",
        "yearly",
    ];
    name.split('_').any(|word| NOW.contains(&word))
}

/// The parent of every node; the root is its own.
fn parents(ast: &Ast) -> Vec<NodeId> {
    let mut parents: Vec<NodeId> = ast.all().map(|(id, _)| id).collect();
    for (id, node) in ast.all() {
        // Children stand before their parents: those not yet claimed below this node are its own.
        let mut at = id.index();
        while at > node.first as usize {
            let child = at - 1;
            parents[child] = id;
            at = ast.nodes[child].first as usize;
        }
    }
    parents
}

/// Whether something between a selector and the root looks at its movement or existence only.
fn is_moved(ast: &Ast, parents: &[NodeId], selector: NodeId) -> bool {
    let mut at = selector;
    loop {
        let parent = parents[at.index()];
        if parent == at {
            return false;
        }
        let moved = match ast.kind(parent) {
            Kind::Call(call) => {
                call.function.is_none_or(|function| MOVING.contains(&function.name))
            }
            Kind::Aggregate(aggregate) => matches!(
                aggregate.op,
                Aggregator::Count | Aggregator::Group | Aggregator::CountValues
            ),
            Kind::Binary(binary) => match binary.op {
                Op::Unless => binary.right == at,
                // `x_count > 0 and …` asks whether there were any at all.
                Op::And => binary.right == at || is_seen(ast, at),
                // The difference of two counters is what is between them.
                Op::Sub => reads_series(ast, binary.left) && reads_series(ast, binary.right),
                // Compared with its own past, or with another counter.
                op if op.is_comparison() => {
                    reads_series(ast, binary.left) && reads_series(ast, binary.right)
                }
                _ => false,
            },
            Kind::Invalid => true,
            _ => false,
        };
        if moved {
            return true;
        }
        at = parent;
    }
}

/// `counter > 0`.
fn is_seen(ast: &Ast, node: NodeId) -> bool {
    match ast.kind(ast.bare(node)) {
        Kind::Binary(binary) if matches!(binary.op, Op::Greater | Op::NotEqual) => {
            matches!(ast.kind(ast.bare(binary.right)), Kind::Number { value, .. } if *value == 0.0)
        }
        _ => false,
    }
}

/// Whether something between a selector and the root computes with its value or compares it.
fn is_calculated(ast: &Ast, parents: &[NodeId], selector: NodeId) -> bool {
    let mut at = selector;
    while parents[at.index()] != at {
        at = parents[at.index()];
        // A product with `group_left` takes labels over, and what is rated later is the same.
        let joins = |binary: &Binary| {
            binary.op == Op::Mul && binary.matching.as_ref().is_some_and(|it| it.group.is_some())
        };
        if matches!(ast.kind(at), Kind::Binary(it) if !it.op.is_set() && !joins(it)) {
            return true;
        }
    }
    false
}

fn reads_series(ast: &Ast, node: NodeId) -> bool {
    ast.subtree(node).any(|(_, node)| matches!(node.kind, Kind::Selector(_)))
}

/// Whether the whole asks for values below a number.
fn is_below(ast: &Ast) -> bool {
    ast.root().is_some_and(|root| {
        matches!(ast.kind(ast.bare(root)), Kind::Binary(it)
            if matches!(it.op, Op::Less | Op::LessEqual))
    })
}

/// The number that a selector, perhaps aggregated, is compared with.
fn compared_with(
    query: &Query<'_>,
    case: &Case<'_>,
    parents: &[NodeId],
    place: Place<'_, '_>,
) -> Option<f64> {
    let ast = query.ast();
    let mut at = place.node;
    loop {
        let parent = parents[at.index()];
        if parent == at {
            return None;
        }
        match ast.kind(parent) {
            Kind::Paren(_) | Kind::Aggregate(_) => at = parent,
            Kind::Binary(binary) if binary.op.is_comparison() => {
                let other = if binary.left == at { binary.right } else { binary.left };
                return constant(case.model, query, other);
            }
            _ => return None,
        }
    }
}
