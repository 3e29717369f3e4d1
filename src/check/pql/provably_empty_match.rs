//! Operations whose sides can never match. Rule: rules/pql/provably-empty-match.yaml

use super::places;
use crate::check::Case;
use crate::lang::promql::ast::{Binary, Extent, Kind, NodeId, Op};
use crate::lang::promql::labels::{LabelSet, Presence};
use crate::lang::promql::types::{self, Type};
use crate::repo::queries::Query;

pub(super) fn check<'a>(query: &'a Query<'a>, case: &mut Case<'a>) {
    if !query.is_sound() {
        return case.skip();
    }
    let types = types::of(query.ast());
    let prints = case.model.fingerprints_of(query);
    let mut told: Vec<NodeId> = Vec::new();
    let mut found: Vec<Empty<'_>> = Vec::new();
    for place in places(query) {
        let Kind::Binary(binary) = place.kind() else { continue };
        let vectors =
            [binary.left, binary.right].iter().all(|side| types[side.index()] == Type::Vector);
        // What stands on an empty result is empty for the same reason.
        let first = place.get().first;
        let below = told.iter().any(|node| (first..place.node.0).contains(&node.0));
        if !vectors || binary.op == Op::Or || binary.fill.is_some() || below {
            continue;
        }
        let (left, right) = (place.at(binary.left), place.at(binary.right));
        let (left, right) = (case.model.labels(left), case.model.labels(right));
        let Some((label, difference)) = conflict(binary, left, right) else { continue };
        told.push(place.node);
        let print = prints[place.node.index()];
        match found.iter_mut().find(|one| one.print == print) {
            Some(one) => one.again.push(binary.op_extent),
            None => found.push(Empty { print, binary, label, difference, again: Vec::new() }),
        }
    }
    for one in found {
        let outcome = match one.binary.op {
            Op::Unless => "so `unless` never removes anything",
            _ => "so the result is always empty",
        };
        let again: Vec<_> = one.again.iter().map(|&extent| case.place(query, extent)).collect();
        let mut flag = case
            .flag(case.place(query, one.binary.op_extent))
            .with("label", one.label)
            .with("difference", one.difference)
            .with("outcome", outcome);
        for span in again {
            flag = flag.related(span, "the same operation again");
        }
    }
}

/// An operation that gives nothing; an expression may hold it more than once.
struct Empty<'r> {
    print: u64,
    binary: &'r Binary,
    label: &'r str,
    difference: String,
    /// Where it stands again.
    again: Vec<Extent>,
}

/// A label that is matched and certainly differs.
fn conflict<'r>(
    binary: &Binary,
    left: &LabelSet<'r>,
    right: &LabelSet<'r>,
) -> Option<(&'r str, String)> {
    let matched = |label: &str| match &binary.matching {
        None => true,
        Some(matching) => matching.on == matching.labels.iter().any(|known| &*known.text == label),
    };
    // A label in `on` that a side cannot have is the fault of the `on`.
    let on = binary.matching.as_ref().is_some_and(|matching| matching.on);
    left.named()
        .chain(right.named())
        .map(|(label, _)| label)
        .filter(|label| matched(label))
        .find_map(|label| {
            let difference = match (left.get(label), right.get(label)) {
                (Presence::Is(one), Presence::Is(other)) if one != other => {
                    format!("is `{one}` on the left and `{other}` on the right")
                }
                (one, Presence::Absent) if one.is_certain() && !on => {
                    "is on every series of the left and on none of the right".to_owned()
                }
                (Presence::Absent, other) if other.is_certain() && !on => {
                    "is on every series of the right and on none of the left".to_owned()
                }
                _ => return None,
            };
            Some((label, difference))
        })
}
