//! A bound of latency between two buckets. Rule: rules/metr/slo-edge-missing.yaml

use crate::check::Case;
use crate::facts::code::{MetricDefinition, MetricType};
use crate::lang::matcher::MatchOp;
use crate::lang::promql::Extent;
use crate::lang::promql::ast::{Ast, Kind, NodeId, Op};
use crate::repo::queries::Query;
use crate::source::Origin;

pub(super) fn check<'a>(query: &'a Query<'a>, case: &mut Case<'a>) {
    // Of objectives another rule speaks; panels and what is not ours are left alone.
    let ours = case.repo.origin(query.scalar.span.source) != Origin::Vendored;
    if !ours || query.sli().is_some() || query.panel().is_some() || !query.is_sound() {
        return case.skip();
    }
    let mut asked: Vec<(String, f64, Extent)> = Vec::new();
    for (_, selector) in query.ast().selectors() {
        let metric = selector.metric().and_then(|name| name.strip_suffix("_bucket"));
        let le = selector.matchers.iter().find(|matcher| &*matcher.label.text == "le");
        if let (Some(metric), Some(le)) = (metric, le.filter(|le| le.op == MatchOp::Equal))
            && let Ok(value) = le.value.parse::<f64>()
        {
            asked.push((metric.to_owned(), value, le.value_extent));
        }
    }
    asked.extend(compared(query.ast()));
    let mut examined = false;
    for (metric, bound, extent) in asked {
        let known: Vec<(&MetricDefinition, &Vec<f64>)> = case
            .repo
            .definitions_of(&metric)
            .filter(|one| one.kind == MetricType::Histogram)
            .filter_map(|one| Some((one, one.buckets.as_ref()?)))
            .collect();
        let all = case.repo.definitions_of(&metric).count();
        let Some((first, edges)) = known.first().filter(|_| known.len() == all) else { continue };
        examined = true;
        let is_edge =
            |edges: &Vec<f64>| edges.iter().any(|edge| (edge - bound).abs() <= 1e-9 * bound.abs());
        if bound.is_infinite() || known.iter().any(|(_, edges)| is_edge(edges)) {
            continue;
        }
        let below = edges.iter().copied().filter(|edge| *edge < bound).reduce(f64::max);
        let above = edges.iter().copied().filter(|edge| *edge > bound).reduce(f64::min);
        let between = match (below, above) {
            (Some(below), Some(above)) => format!("lies between its edges {below} and {above}"),
            (None, Some(above)) => format!("lies below its first edge {above}"),
            _ => "lies above its last edge".to_owned(),
        };
        let at = case.place(query, extent);
        case.flag(at)
            .with("bound", bound.to_string())
            .with("metric", metric)
            .with("between", between)
            .related(first.buckets_span.unwrap_or(first.name.span), "its buckets");
    }
    if !examined {
        case.skip();
    }
}

/// Numbers that a percentile of a histogram is compared with.
fn compared(ast: &Ast) -> Vec<(String, f64, Extent)> {
    let mut found = Vec::new();
    for node in &ast.nodes {
        let Kind::Binary(binary) = &node.kind else { continue };
        if !matches!(binary.op, Op::Greater | Op::GreaterEqual | Op::Less | Op::LessEqual) {
            continue;
        }
        for (side, other) in [(binary.left, binary.right), (binary.right, binary.left)] {
            let number = ast.node(inner(ast, other));
            if let (Kind::Number { value, duration: false }, Some(metric)) =
                (&number.kind, percentile(ast, inner(ast, side)))
            {
                found.push((metric, *value, number.extent));
            }
        }
    }
    found
}

fn inner(ast: &Ast, mut node: NodeId) -> NodeId {
    while let Kind::Paren(id) = &ast.node(node).kind {
        node = *id;
    }
    node
}

/// The histogram whose percentile a node is.
fn percentile(ast: &Ast, node: NodeId) -> Option<String> {
    let Kind::Call(call) = &ast.node(node).kind else { return None };
    if call.function.is_none_or(|function| function.name != "histogram_quantile") {
        return None;
    }
    ast.subtree(node).find_map(|(_, node)| match &node.kind {
        Kind::Selector(selector) => selector.metric()?.strip_suffix("_bucket").map(str::to_owned),
        _ => None,
    })
}
