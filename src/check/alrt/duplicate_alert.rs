//! Two alerts that cannot be told apart. Rule: rules/alrt/duplicate-alert.yaml

use crate::check::Case;
use crate::lang::matcher::MatchOp;
use crate::lang::promql::ast::{Kind, Matcher, Node, Op, Selector};
use crate::lang::quick;
use crate::repo::model::leaf::{same_matcher, same_time};
use crate::repo::model::{Model, Place};
use crate::repo::queries::Query;
use std::collections::BTreeMap;

/// Alerts of one name and one set of labels beyond this number are compared with the first ones.
const MOST: usize = 16;

pub(super) fn check(case: &mut Case<'_>) {
    let model = case.model;
    let named = model
        .queries()
        .iter()
        .filter_map(|query| Some((quick::number(&query.alert()?.name.text), query.index, query)));
    let mut twins: BTreeMap<Key<'_>, Vec<&Query<'_>>> = BTreeMap::new();
    for query in quick::alike(named.collect()).into_iter().flatten() {
        let Some(key) = key(query) else { continue };
        twins.entry(key).or_default().push(query);
    }
    for alerts in twins.values() {
        for (index, query) in alerts.iter().enumerate().skip(1) {
            let earlier = alerts[..index.min(MOST)]
                .iter()
                .find(|earlier| together(case, earlier, query) && overlap(model, earlier, query));
            if let Some(earlier) = earlier {
                report(query, earlier, case);
            }
        }
    }
}

/// Name and labels.
type Key<'r> = (&'r str, Vec<(&'r str, &'r str)>);

fn key<'r>(query: &Query<'r>) -> Option<Key<'r>> {
    let alert = query.alert().filter(|_| query.is_sound())?;
    let mut labels = BTreeMap::new();
    for pairs in [&alert.group_labels, &alert.labels] {
        if pairs.open {
            return None;
        }
        for (name, value) in &pairs.entries {
            labels.insert(name.text.as_str(), value.known_text()?);
        }
    }
    Some((alert.name.known_text()?, labels.into_iter().collect()))
}

/// Whether one server certainly loads both.
fn together(case: &Case<'_>, one: &Query<'_>, other: &Query<'_>) -> bool {
    let (Some(one), Some(other)) = (one.alert(), other.alert()) else { return false };
    let repo = case.repo;
    one.document == other.document
        || repo
            .loadings()
            .iter()
            .any(|server| server.holds(repo, one.document) && server.holds(repo, other.document))
}

/// Whether one series can make both fire: different expressions over the same selection.
fn overlap<'r>(model: &Model<'r>, one: &Query<'r>, other: &Query<'r>) -> bool {
    // Another rule speaks of equal expressions.
    if model.fingerprint(one) == model.fingerprint(other) {
        return false;
    }
    let (Some(left), Some(right)) = (one.ast().root(), other.ast().root()) else { return false };
    let (left, right) = (Place { query: one, node: left }, Place { query: other, node: right });
    let compatible = model.labels(left).named().all(|(label, presence)| {
        use crate::lang::promql::labels::Presence;
        match (presence, model.labels(right).get(label)) {
            (Presence::Is(a), Presence::Is(b)) => a == b,
            (Presence::Absent, known) | (known, Presence::Absent) => !known.is_certain(),
            _ => true,
        }
    });
    let values = (model.value_of(left), model.value_of(right));
    // What a further condition leaves cannot be told.
    let plain = [left, right].iter().all(|place| {
        !place
            .ast()
            .subtree(place.node)
            .any(|(_, node)| matches!(&node.kind, Kind::Binary(binary) if binary.op.is_set()))
    });
    compatible
        && plain
        && !disjoint(model, left, right)
        && shape(values.0) == shape(values.1)
        && same_series(values.0, values.1)
}

/// What an expression computes, whatever it reads.
fn shape(place: Place<'_, '_>) -> Vec<String> {
    let named = |(_, node): (_, &Node)| match &node.kind {
        Kind::Binary(binary) => binary.op.sign().to_owned(),
        Kind::Call(call) => call.function.map_or("?", |function| function.name).to_owned(),
        Kind::Aggregate(aggregate) => {
            let grouping = aggregate.grouping.as_ref();
            let labels: Vec<&str> = grouping
                .map(|grouping| grouping.labels.iter().map(|label| &*label.text).collect())
                .unwrap_or_default();
            format!("{} {:?} {labels:?}", aggregate.op.name(), grouping.map(|one| one.without))
        }
        Kind::Number { value, .. } => value.to_string(),
        Kind::Paren(_) => String::new(),
        kind => format!("{:?}", std::mem::discriminant(kind)),
    };
    place.ast().subtree(place.node).map(named).filter(|name| !name.is_empty()).collect()
}

/// Whether both read one selection, or one of them a part of the other's, in the same shape.
fn same_series(left: Place<'_, '_>, right: Place<'_, '_>) -> bool {
    let selectors = |place: Place<'_, '_>| -> Vec<Selector> {
        place
            .ast()
            .subtree(place.node)
            .filter_map(|(_, node)| match &node.kind {
                Kind::Selector(selector) => Some((**selector).clone()),
                _ => None,
            })
            .collect()
    };
    let (left, right) = (selectors(left), selectors(right));
    left.len() == right.len()
        && !left.is_empty()
        && left.iter().zip(&right).all(|(left, right)| contains(left, right))
}

fn contains(left: &Selector, right: &Selector) -> bool {
    let all = |some: &Selector, others: &Selector| {
        some.labels().all(|one| others.labels().any(|other| same_matcher(one, other)))
    };
    let contradicts = |one: &Matcher| {
        right.labels().any(|other| {
            one.label.text == other.label.text
                && one.op == MatchOp::Equal
                && other.op == MatchOp::Equal
                && one.value != other.value
        })
    };
    left.metric().is_some()
        && left.metric() == right.metric()
        && same_time(&left.modifiers, &right.modifiers)
        && !left.labels().any(contradicts)
        && (all(left, right) || all(right, left))
}

/// Whether no value fulfils both comparisons at the top.
fn disjoint<'r>(model: &Model<'r>, left: Place<'_, 'r>, right: Place<'_, 'r>) -> bool {
    let range = |place: Place<'_, 'r>| {
        let place = model.follow(place);
        let Kind::Binary(binary) = place.kind() else { return None };
        let bound = model.constant(place.at(binary.right))?;
        match binary.op {
            Op::Greater | Op::GreaterEqual => Some((bound, f64::INFINITY)),
            Op::Less | Op::LessEqual => Some((f64::NEG_INFINITY, bound)),
            Op::Equal => Some((bound, bound)),
            _ => None,
        }
    };
    match (range(left), range(right)) {
        (Some(left), Some(right)) => left.1 < right.0 || right.1 < left.0,
        _ => false,
    }
}

fn report(query: &Query<'_>, earlier: &Query<'_>, case: &mut Case<'_>) {
    let (Some(alert), Some(first)) = (query.alert(), earlier.alert()) else { return };
    case.flag(alert.name.span)
        .subject(format!("alert {}", alert.name.text))
        .with("name", &alert.name.text)
        .related(first.name.span, "the other one, which the same series can raise");
}
