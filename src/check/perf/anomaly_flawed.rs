//! Comparisons with the usual that compare two things. Rule: rules/perf/anomaly-flawed.yaml

use crate::check::Case;
use crate::lang::promql::ast::{Binary, Kind, Matcher, NodeId, Op, Selector};
use crate::repo::model::Place;
use crate::repo::model::leaf::{Leaf, RATES, same_matcher};
use crate::repo::model::performance::{DAY, deviates, offset};
use crate::repo::queries::Query;

pub(super) fn check<'a>(query: &'a Query<'a>, case: &mut Case<'a>) {
    if query.sli().is_some() || !query.is_sound() {
        return case.skip();
    }
    for (node, kind) in query.ast().all().map(|(id, node)| (id, &node.kind)) {
        let Kind::Binary(binary) = kind else { continue };
        let place = Place { query, node };
        if binary.op == Op::Div && deviates(query.ast(), binary.right) {
            deviation(place, binary, case);
        } else if binary.op.is_comparison() || matches!(binary.op, Op::Div | Op::Sub) {
            days(place, binary, case);
        }
    }
}

/// Now against an earlier day: one range, one selection, and no division by nothing.
fn days<'a>(place: Place<'a, 'a>, binary: &'a Binary, case: &mut Case<'a>) {
    let query = place.query;
    let sides = [binary.left, binary.right]
        .map(|side| Leaf::of(case.model, place.at(unguarded(query, side))));
    let [Some(now), Some(then)] = sides else { return };
    let (Some(near), Some(far)) = (offset(now.selector), offset(then.selector)) else { return };
    if now.metric().is_none() || now.metric() != then.metric() || (near - far).abs() < DAY {
        return;
    }
    let earlier = if far > near { binary.right } else { binary.left };
    let Some((range, selector)) = range_of(query, earlier) else { return };
    if now.function == then.function
        && now.window.is_some()
        && then.window.is_some()
        && now.window != then.window
    {
        let span =
            range.map_or_else(|| case.at(place.at(earlier)), |extent| case.place(query, extent));
        case.flag(span)
            .with("what", "the two sides have different ranges, so they differ on any day");
    } else if !same_selection(now.selector, then.selector) {
        let at = selector.metric_extent();
        let span =
            at.map_or_else(|| case.at(place.at(earlier)), |extent| case.place(query, extent));
        case.flag(span)
            .with("what", "the two sides select different series, so they differ on any day");
    } else if binary.op == Op::Div
        && query.rule().is_some()
        && earlier == binary.right
        && then.function.is_some_and(|name| RATES.contains(&name))
        && !is_guarded(query, binary.right, then.selector)
    {
        let span = case.at(place.at(binary.right));
        case.flag(span).with("what", "where nothing happened on the earlier day this divides by 0, and one event is infinitely many times as much");
    }
}

/// A deviation of another series than the one that deviates.
fn deviation<'a>(place: Place<'a, 'a>, binary: &'a Binary, case: &mut Case<'a>) {
    let query = place.query;
    let (left, right) = (selectors(query, binary.left), selectors(query, binary.right));
    let [divisor] = *right else { return };
    let (Some(_), false) = (divisor.metric(), left.is_empty()) else { return };
    // A deviation may be recorded under a name of its own.
    let recorded = divisor.metric().is_some_and(|name| name.contains(':'));
    let known = left.iter().all(|one| one.metric().is_some_and(|name| !name.contains(':')));
    let shared =
        left.iter().any(|one| one.metric() == divisor.metric() && same_selection(one, divisor));
    if !recorded && known && !shared {
        let at = divisor.metric_extent();
        let span =
            at.map_or_else(|| case.at(place.at(binary.right)), |extent| case.place(query, extent));
        case.flag(span)
            .with("what", "the deviation is that of other series than the value it divides");
    }
}

fn selectors<'a>(query: &Query<'a>, node: NodeId) -> Vec<&'a Selector> {
    let parts = query.ast().subtree(node);
    parts
        .filter_map(|(_, node)| match &node.kind {
            Kind::Selector(selector) => Some(&**selector),
            _ => None,
        })
        .collect()
}

/// The range and the selector of a side, where they stand in this expression.
fn range_of<'a>(
    query: &Query<'a>,
    node: NodeId,
) -> Option<(Option<crate::lang::promql::Extent>, &'a Selector)> {
    let range = query.ast().subtree(node).find_map(|(_, node)| match &node.kind {
        Kind::Range { window, .. } => Some(window.extent),
        _ => None,
    });
    Some((range, *selectors(query, node).first()?))
}

fn same_selection(one: &Selector, other: &Selector) -> bool {
    let within = |one: &Selector, other: &Selector| {
        let has = |wanted: &Matcher| other.labels().any(|known| same_matcher(known, wanted));
        one.labels().all(has)
    };
    within(one, other) && within(other, one)
}

/// The side without its factor, and without the filter that keeps zeros out.
fn unguarded(query: &Query<'_>, node: NodeId) -> NodeId {
    let number =
        |node: NodeId| matches!(query.ast().kind(query.ast().bare(node)), Kind::Number { .. });
    let bare = query.ast().bare(node);
    match query.ast().kind(bare) {
        Kind::Binary(product) if product.op == Op::Mul && number(product.left) => product.right,
        Kind::Binary(product) if product.op == Op::Mul && number(product.right) => product.left,
        Kind::Binary(filter) if filter.op.is_comparison() && filter.returns_bool.is_none() => {
            filter.left
        }
        Kind::Call(call) => match (call.function.map_or("", |function| function.name), &*call.args)
        {
            ("clamp_min", [arg, _]) => *arg,
            _ => node,
        },
        _ => node,
    }
}

/// Whether something keeps the divisor from being 0: a filter on it, or on the same series
/// elsewhere in the expression.
fn is_guarded(query: &Query<'_>, divisor: NodeId, selector: &Selector) -> bool {
    let bare = query.ast().bare(divisor);
    unguarded(query, divisor) != divisor && bare != unguarded(query, divisor)
        || query.ast().nodes.iter().any(|node| match &node.kind {
            Kind::Binary(filter) if filter.op.is_comparison() => {
                [filter.left, filter.right].iter().any(|side| {
                    let read = selectors(query, *side);
                    matches!(*read, [one] if one.metric() == selector.metric() && offset(one) == offset(selector))
                })
            }
            _ => false,
        })
}
