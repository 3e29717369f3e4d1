//! An alert that fires as long as there is data. Rule: rules/alrt/no-condition.yaml

use super::alert_of;
use crate::check::Case;
use crate::lang::promql::ast::{Aggregator, Ast, Kind, NodeId, Op};
use crate::repo::queries::Query;

/// Alerts that are meant to fire always, by parts of their names.
const HEARTBEATS: &[&str] = &["watchdog", "deadman", "heartbeat", "alwaysfiring"];

pub(super) fn check<'a>(query: &'a Query<'a>, case: &mut Case<'a>) {
    let Some((alert, root)) = alert_of(query) else { return case.skip() };
    let model = case.model;
    let top = root.at(root.ast().bare(root.node));
    let elsewhere = match top.kind() {
        // Other rules speak of these.
        Kind::Binary(binary) => binary.op == Op::Or || binary.returns_bool.is_some(),
        _ => false,
    };
    if elsewhere || !alert.name.known || model.is_filtered(root) {
        return;
    }
    let name: String = alert.name.text.to_ascii_lowercase().split(['_', '-', ' ', '\'']).collect();
    let severity = alert.labels.get(&case.settings().severity_label);
    // What only holds others back is meant to be there as long as its series are.
    let heartbeat = HEARTBEATS.iter().any(|part| name.contains(part))
        || severity.is_some_and(|severity| severity.text == "none");
    let constant = model.constant(root).is_some() || is_constant_vector(model, root);
    if heartbeat || constant || selects(top.ast(), top.node) {
        return;
    }
    let span = case.at(root);
    // A long expression is named by the alert: no part of it is wrong.
    let one_line = !case.repo.text(span).contains('\n');
    let shown = model.shown(root);
    case.flag(if one_line { span } else { alert.name.span }).with("expression", shown);
}

/// Labels that say where a series comes from, not what it tells.
const TARGET: &[&str] =
    &["job", "instance", "namespace", "cluster", "environment", "env", "service", "team", "region"];

/// A selector, counted or not, that picks series by what they tell: that there is one may be
/// the condition, as in `info{state="broken"}`.
fn selects(ast: &Ast, node: NodeId) -> bool {
    match ast.kind(ast.bare(node)) {
        Kind::Selector(selector) => {
            // Exporters of searches give such a count for each group that something was found in.
            selector.metric().is_some_and(|name| name.ends_with("_doc_count"))
                || selector.labels().any(|matcher| !TARGET.contains(&&*matcher.label.text))
        }
        // What runs there is on a machine of that sort: `x_info{…} * on (node) role{role="control-plane"}`.
        Kind::Binary(binary) if binary.op == Op::Mul => {
            let sides = [binary.left, binary.right];
            sides.iter().any(|side| is_info(ast, *side))
                && sides.iter().all(|side| selects(ast, *side))
        }
        // Whichever of them is there.
        Kind::Binary(binary) if binary.op == Op::Or => {
            selects(ast, binary.left) && selects(ast, binary.right)
        }
        Kind::Aggregate(aggregate) => aggregate.inner.is_some_and(|inner| match aggregate.op {
            Aggregator::Count | Aggregator::Group => selects(ast, inner),
            // An information is 1: the greatest of several says no more than that one is there.
            Aggregator::Max | Aggregator::Min => is_info(ast, inner) && selects(ast, inner),
            _ => false,
        }),
        _ => false,
    }
}

/// Whether a part reads nothing but information, whose value is always 1.
fn is_info(ast: &Ast, node: NodeId) -> bool {
    match ast.kind(ast.bare(node)) {
        Kind::Selector(selector) => selector.metric().is_some_and(|name| name.ends_with("_info")),
        Kind::Binary(binary) if binary.op == Op::Or => {
            is_info(ast, binary.left) && is_info(ast, binary.right)
        }
        _ => false,
    }
}

/// `vector(1)`: a heartbeat, whatever its name.
fn is_constant_vector<'r>(
    model: &crate::repo::model::Model<'r>,
    root: crate::repo::model::Place<'_, 'r>,
) -> bool {
    let place = model.follow(root);
    match place.kind() {
        Kind::Call(call) => {
            call.function.is_some_and(|function| function.name == "vector")
                && call.args.first().is_some_and(|arg| model.constant(place.at(*arg)).is_some())
        }
        _ => false,
    }
}
