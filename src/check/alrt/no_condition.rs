//! An alert that fires as long as there is data. Rule: rules/alrt/no-condition.yaml

use super::alert_of;
use crate::check::Case;
use crate::lang::promql::ast::{Aggregator, Ast, Kind, Matcher, NodeId, Op, Selector};
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

/// What is known of a part of an expression.
#[derive(Clone, Copy, Default)]
struct Part {
    /// It picks series by what they tell: that there is one may be the condition, as in
    /// `info{state="broken"}`.
    selects: bool,
    /// It reads nothing but information, whose value is always 1.
    info: bool,
}

/// Whether that there is a series may be the condition, counted or not.
fn selects(ast: &Ast, node: NodeId) -> bool {
    let first = ast.node(node).first as usize;
    let mut parts: Vec<Part> = Vec::with_capacity(node.index() + 1 - first);
    for (_, one) in ast.subtree(node) {
        let of = |id: NodeId| parts.get(id.index() - first).copied().unwrap_or_default();
        let part = match &one.kind {
            Kind::Selector(selector) => of_selector(selector),
            Kind::Paren(inner) => of(*inner),
            Kind::Binary(binary) => {
                let (left, right) = (of(binary.left), of(binary.right));
                let selects = left.selects && right.selects;
                match binary.op {
                    // What runs there is on a machine of that sort:
                    // `x_info{…} * on (node) role{role="control-plane"}`.
                    Op::Mul => Part { selects: selects && (left.info || right.info), info: false },
                    // Whichever of them is there.
                    Op::Or => Part { selects, info: left.info && right.info },
                    _ => Part::default(),
                }
            }
            Kind::Aggregate(aggregate) => {
                let inner = aggregate.inner.map(of).unwrap_or_default();
                let selects = match aggregate.op {
                    Aggregator::Count | Aggregator::Group => inner.selects,
                    // An information is 1: the greatest of several says no more than that one is there.
                    Aggregator::Max | Aggregator::Min => inner.selects && inner.info,
                    _ => false,
                };
                Part { selects, info: false }
            }
            _ => Part::default(),
        };
        parts.push(part);
    }
    parts.last().is_some_and(|part| part.selects)
}

fn of_selector(selector: &Selector) -> Part {
    let ends = |ending| selector.metric().is_some_and(|name| name.ends_with(ending));
    let told = |matcher: &Matcher| !TARGET.contains(&&*matcher.label.text);
    // Exporters of searches give such a count for each group that something was found in.
    Part { selects: ends("_doc_count") || selector.labels().any(told), info: ends("_info") }
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
