//! Evidence of log delivery: from services to a store, protected.

use super::{Answer, Evidence, Holds};
use crate::repo::shippers::delivery::{Shipment, To};
use crate::verdict::scope::Scope;

fn shipments<'a>(scope: &Scope<'a>) -> Vec<&'a Shipment> {
    let all = scope.model.shipping().shipments.iter();
    all.filter(|shipment| scope.counts(shipment.document)).collect()
}

fn evidence<'s>(shipments: impl Iterator<Item = &'s Shipment>) -> Vec<Evidence> {
    let fact = |shipment: &Shipment| match shipment.to {
        To::Store(_, name) => format!("{} to {name}", shipment.by),
        To::Relay => format!("{} to a relay", shipment.by),
        To::Local => format!("{} to a file or the screen", shipment.by),
        To::Unknown => format!("{} to somewhere", shipment.by),
    };
    shipments.map(|shipment| Evidence { span: shipment.span, fact: fact(shipment) }).collect()
}

/// Whether the logs of every service reach a store.
pub(super) fn delivered(scope: &Scope<'_>) -> Answer {
    let all = shipments(scope);
    let stored: Vec<&Shipment> =
        all.iter().copied().filter(|it| matches!(it.to, To::Store(..))).collect();
    if stored.is_empty() {
        return undelivered(&all);
    }
    let found = evidence(stored.iter().copied());
    let proven = stored.iter().any(|it| it.proven);
    let everything = stored.iter().any(|it| it.proven && it.everything);
    let answer = match (proven, everything) {
        (false, _) => Answer::partly("the store that is written to is not here", found),
        (true, false) => Answer::partly("shown for a part of the services", found),
        (true, true) => Answer::found(found),
    };
    // One that the standard names is enough.
    let mut words: Vec<&str> = stored
        .iter()
        .filter_map(|it| match it.to {
            To::Store(word, _) => Some(word),
            _ => None,
        })
        .collect();
    words.sort_unstable();
    if words.contains(&"elk") {
        return answer;
    }
    match words.iter().find(|word| EQUIVALENTS.contains(word)) {
        Some(word) => answer.standing_in(scope, word, "elk"),
        None => Answer::partly(
            "a store that others run keeps them: declare it as managed",
            answer.evidence,
        ),
    }
}

/// Stores that may stand in for the one the standard names.
const EQUIVALENTS: &[&str] = &["clickhouse", "datadog", "graylog", "loki", "opensearch", "splunk"];

/// What to say where no store is written to.
fn undelivered(all: &[&Shipment]) -> Answer {
    let relayed: Vec<&Shipment> = all.iter().copied().filter(|it| it.to == To::Relay).collect();
    if !relayed.is_empty() {
        return Answer::partly(
            "handed on, and no store is written to here",
            evidence(relayed.into_iter()),
        );
    }
    match all.iter().any(|it| it.to == To::Unknown) {
        true => Answer::unknown("where logs are sent is filled in elsewhere".to_owned()),
        false => Answer::found(Vec::new()),
    }
}

/// Whether the way to the store is protected.
pub(super) fn secured(scope: &Scope<'_>) -> Answer {
    let sent: Vec<&Shipment> = shipments(scope)
        .into_iter()
        .filter(|it| matches!(it.to, To::Store(..) | To::Relay))
        .collect();
    let mut answer = Answer::found(evidence(sent.iter().copied()));
    let open = sent.iter().filter(|it| it.exposed).count();
    if open > 0 {
        answer.holds = Holds::Partly;
        answer.note = format!("{open} of {} ways are not protected", sent.len());
    }
    answer
}
