//! Levels in recorded names that nothing aggregates to.
//! Rule: rules/rule/level-claims-aggregation.yaml

use crate::check::Case;
use crate::finding::Edit;
use crate::lang::promql::ast::{Ast, Kind, NodeId};
use crate::lang::promql::labels::Presence;
use crate::repo::classes::tokens;
use crate::repo::model::Place;
use crate::repo::model::leaf::RATES;
use crate::repo::queries::Query;

/// Labels of targets: a level may leave them unsaid.
const TARGET: &[&str] = &[
    "job",
    "instance",
    "namespace",
    "pod",
    "node",
    "nodename",
    "cluster",
    "endpoint",
    "service",
    "container",
    "le",
];

/// Prefixes that say that something is recorded, and not to what level.
const SAYS_ONLY_THAT: &[&str] = &["aggregation", "aggregate", "aggregated", "recorded"];

pub(super) fn check<'a>(query: &'a Query<'a>, case: &mut Case<'a>) {
    let (Some(record), Some(root)) = (query.record(), query.ast().root()) else {
        return case.skip();
    };
    let level = record.name.text.split_once(':').map_or("", |(level, _)| level);
    if !record.name.known || !query.is_sound() {
        return case.skip();
    }
    let aggregated = |node: &crate::lang::promql::ast::Node| {
        matches!(node.kind, Kind::Aggregate(_) | Kind::Invalid)
    };
    if level.is_empty()
        || SAYS_ONLY_THAT.contains(&level)
        || query.ast().nodes.iter().any(aggregated)
    {
        return;
    }
    let set = case.model.labels(Place { query, node: root });
    let mut extra: Vec<&str> = Vec::new();
    let mut source = None;
    let lenders = lenders(query.ast());
    for (id, selector) in query.ast().selectors() {
        // Of the side that has one series for many only what `group_left` names comes along.
        if lenders.get(id.index()).is_some_and(|lends| *lends) {
            continue;
        }
        let Some(name) = selector.metric() else { return };
        // Recorded names say by themselves what they carry.
        let metric = case.model.metric(name);
        if metric.record.is_some() || name.contains(':') || metric.providers.is_empty() {
            return;
        }
        for label in metric.certain_labels() {
            let kept = matches!(set.get(label), Presence::Possible | Presence::Present);
            if kept && !TARGET.contains(&label) && !is_in(level, label) && !extra.contains(&label) {
                extra.push(label);
                source = source.or(Some(name));
            }
        }
    }
    if let Some(source) = source {
        let labels: Vec<String> = extra.iter().map(|label| format!("`{label}`")).collect();
        let fix = by_level(query, root, level, case);
        let flag = case
            .flag(record.name.span)
            .with("level", level)
            .with("metric", source)
            .with("labels", labels.join(", "));
        if let Some(edits) = fix {
            flag.fix(false, format!("aggregate to `{level}`"), edits);
        }
    }
}

/// For each node whether it stands on the side of a join that gives labels to many series of the
/// other; empty without such a join.
fn lenders(ast: &Ast) -> Vec<bool> {
    let mut lenders = Vec::new();
    // From above: what stands inside of such a side needs no second look.
    for (at, node) in ast.all().collect::<Vec<_>>().into_iter().rev() {
        let Kind::Binary(binary) = &node.kind else { continue };
        let group = binary.matching.as_ref().and_then(|matching| matching.group.as_ref());
        let Some(group) = group else { continue };
        lenders.resize(ast.nodes.len(), false);
        if lenders[at.index()] {
            continue;
        }
        let one = if group.left { binary.right } else { binary.left };
        for (inner, _) in ast.subtree(one) {
            lenders[inner.index()] = true;
        }
    }
    lenders
}

/// Whether a level names a label: `instance_device` names `device`.
fn is_in(level: &str, label: &str) -> bool {
    level == label
        || level.match_indices(label).any(|(at, _)| {
            let before = level[..at].ends_with('_') || at == 0;
            let rest = &level[at + label.len()..];
            before && (rest.is_empty() || rest.starts_with('_'))
        })
}

/// `sum by (level) (…)` around a rate that is the whole expression.
fn by_level(query: &Query<'_>, root: NodeId, level: &str, case: &Case<'_>) -> Option<Vec<Edit>> {
    let Kind::Call(call) = query.ast().kind(query.ast().bare(root)) else { return None };
    let rated = call.function.is_some_and(|function| RATES.contains(&function.name));
    if !rated || tokens(level).len() != 1 {
        return None;
    }
    let extent = query.ast().node(root).extent;
    let span = case.place(query, extent);
    let text = format!("sum by ({level}) ({})", query.node_text(root));
    (case.repo.text(span) == query.node_text(root)).then(|| vec![Edit { span, text }])
}
