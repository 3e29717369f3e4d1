//! A critical ratio that one request at night can raise. Rule: rules/alrt/low-traffic-ratio.yaml

use super::alert_of;
use crate::check::Case;
use crate::lang::promql::ast::{Kind, Op};
use crate::repo::model::leaf::{Leaf, RATES};
use crate::repo::model::{Model, Place};
use crate::repo::queries::Query;

pub(super) fn check<'a>(query: &'a Query<'a>, case: &mut Case<'a>) {
    let Some((alert, root)) = alert_of(query) else { return case.skip() };
    let severity = alert.label(&case.settings().severity_label);
    let critical = severity
        .and_then(|value| value.known_text())
        .is_some_and(|value| matches!(value, "critical" | "page"));
    let model = case.model;
    if !critical || has_floor(model, root) {
        return;
    }
    if let Some(place) = event_ratio(model, model.value_of(root)) {
        let Kind::Binary(binary) = place.kind() else { return };
        let span = match std::ptr::eq(place.query, query) {
            true => case.place(query, binary.op_extent),
            false => case.at(root),
        };
        case.flag(span);
    }
}

/// Whether a further condition has to hold: `… and sum(rate(x[5m])) > 1`.
fn has_floor<'r>(model: &Model<'r>, root: Place<'_, 'r>) -> bool {
    let followed = model.follow(root);
    followed.ast().subtree(followed.node).any(|(_, node)| {
        matches!(&node.kind, Kind::Binary(binary) if matches!(binary.op, Op::And | Op::Unless))
    })
}

/// The division of one rate by another at the bottom of multiplications by constants.
fn event_ratio<'q, 'r>(model: &'q Model<'r>, place: Place<'q, 'r>) -> Option<Place<'q, 'r>> {
    let mut place = place;
    for _ in 0..16 {
        place = model.follow(place);
        let Kind::Binary(binary) = place.kind() else { return None };
        let (left, right) = (place.at(binary.left), place.at(binary.right));
        let rates = |side| {
            Leaf::of(model, side)
                .is_some_and(|leaf| leaf.function.is_some_and(|function| RATES.contains(&function)))
        };
        if binary.op == Op::Div && rates(left) && rates(right) {
            return Some(place);
        }
        place = match (model.constant(left), model.constant(right)) {
            (Some(_), None) => right,
            (None, Some(_)) => left,
            _ => return None,
        };
    }
    None
}
