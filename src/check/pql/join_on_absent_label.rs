//! Joins and groupings by labels that are not there. Rule: rules/pql/join-on-absent-label.yaml

use super::places;
use crate::catalogue::model::Severity;
use crate::check::{Case, Flag};
use crate::lang::matcher::MatchOp;
use crate::lang::placeholder;
use crate::lang::promql::ast::{Aggregate, Binary, Kind, Name};
use crate::lang::promql::labels::Presence;
use crate::repo::model::Place;
use crate::repo::queries::Query;

pub(super) fn check<'a>(query: &'a Query<'a>, case: &mut Case<'a>) {
    if !query.is_sound() {
        return case.skip();
    }
    for place in places(query) {
        match place.kind() {
            Kind::Binary(binary) => join(place, binary, case),
            Kind::Aggregate(aggregate) => grouping(place, aggregate, case),
            _ => {}
        }
    }
}

fn join<'a>(place: Place<'a, 'a>, binary: &Binary, case: &mut Case<'a>) {
    let Some(matching) = &binary.matching else { return };
    let (left, right) = (place.at(binary.left), place.at(binary.right));
    let joins = |label: &Name| !lacks(left, label, case) || !lacks(right, label, case);
    let joined = matching.on && matching.labels.iter().any(joins);
    for label in matching.labels.iter().filter(|_| matching.on) {
        let side = match (lacks(left, label, case), lacks(right, label, case)) {
            (false, false) => continue,
            (true, false) => "the left side has",
            (false, true) => "the right side has",
            (true, true) => "neither side has",
        };
        // What neither side has joins nothing and parts nothing, where other labels join.
        let harmless = joined && side.starts_with("neither");
        let severity = if harmless { Severity::Warning } else { Severity::Error };
        report(place, label, "on", side, case).severity(severity);
    }
    let Some(group) = &matching.group else { return };
    let (one, word) = if group.left { (right, "group_left") } else { (left, "group_right") };
    for label in group.labels.iter().filter(|label| lacks(one, label, case)).collect::<Vec<_>>() {
        if is_asked_away(one, label) {
            continue;
        }
        let flag = report(place, label, word, "the side it is taken from has", case);
        if is_dropped(place, label) {
            flag.severity(Severity::Warning);
        }
    }
}

/// Whether the next aggregation around a join drops the label anyway: what it lacks changes nothing.
fn is_dropped(place: Place<'_, '_>, label: &Name) -> bool {
    let at = place.node.index();
    let around = place.query.ast().all().find_map(|(id, node)| match &node.kind {
        Kind::Aggregate(it) if id.index() > at && node.first as usize <= at => Some(it),
        _ => None,
    });
    around.is_some_and(|aggregate| {
        let names = |list: &[Name]| list.iter().any(|it| it.text == label.text);
        aggregate.grouping.as_ref().is_none_or(|it| it.without == names(&it.labels))
    })
}

fn grouping<'a>(place: Place<'a, 'a>, aggregate: &Aggregate, case: &mut Case<'a>) {
    let Some(grouping) = aggregate.grouping.as_ref().filter(|grouping| !grouping.without) else {
        return;
    };
    let Some(inner) = aggregate.inner.map(|inner| place.at(inner)) else { return };
    for label in
        grouping.labels.iter().filter(|label| lacks(inner, label, case)).collect::<Vec<_>>()
    {
        if is_asked_away(inner, label) {
            continue;
        }
        report(place, label, "by", "what is aggregated has", case);
    }
}

/// Whether a selector below asks that the label be absent: who wrote it knows, and what has none is
/// meant.
fn is_asked_away(side: Place<'_, '_>, label: &Name) -> bool {
    side.query.ast().subtree(side.node).any(|(_, node)| {
        let Kind::Selector(selector) = &node.kind else { return false };
        let mut labels = selector.labels();
        labels
            .any(|it| it.op == MatchOp::Equal && it.value.is_empty() && it.label.text == label.text)
    })
}

fn lacks<'a>(side: Place<'a, 'a>, label: &Name, case: &Case<'a>) -> bool {
    case.model.labels(side).get(&label.text) == Presence::Absent
        && !placeholder::is_in(&label.text)
        && !(is_of_server(&label.text) && reads_record(side, case))
}

/// Whether servers put a label on all that leaves them: the external labels by which a store of several,
/// or a ruler on it, tells them apart.
fn is_of_server(label: &str) -> bool {
    const PLACES: &[&str] =
        &["cluster", "datacenter", "dc", "env", "environment", "region", "tenant_id"];
    PLACES.contains(&label) || label == "prometheus" || label.ends_with("replica")
}

/// Whether a side reads what another rule recorded: it may have come through such a store.
fn reads_record<'a>(side: Place<'a, 'a>, case: &Case<'a>) -> bool {
    let records = case.model.records();
    side.query.ast().subtree(side.node).any(|(_, node)| match &node.kind {
        Kind::Selector(selector) => selector.metric().is_some_and(|name| records.contains(name)),
        _ => false,
    })
}

fn report<'c>(
    place: Place<'_, '_>,
    label: &Name,
    word: &str,
    side: &str,
    case: &'c mut Case<'_>,
) -> Flag<'c> {
    let span = case.place(place.query, label.extent);
    let never = if side.starts_with("neither") { "" } else { "never " };
    let side = if never.is_empty() { side.to_owned() } else { side.replace("has", "never has") };
    case.flag(span).with("word", word).with("label", &*label.text).with("side", side)
}
