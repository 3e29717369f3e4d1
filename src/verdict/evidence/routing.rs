//! Evidence that alerts reach somebody.

use super::alerting::alert_evidence;
use super::{Answer, Evidence, Holds};
use crate::repo::alerts::{Alert, Labels, Value};
use crate::repo::routing::paging::{Loudness, is_heartbeat};
use crate::repo::routing::{Answer as Certainty, Manager};
use crate::verdict::scope::Scope;

/// Whether every critical alert certainly pages.
pub(super) fn critical_paged(scope: &Scope<'_>) -> Answer {
    let model = scope.model;
    let loaded = |alert: &&Alert<'_>| scope.loads(alert.rule.document);
    let critical: Vec<&Alert<'_>> = model
        .alerts()
        .iter()
        .filter(loaded)
        .filter(|alert| scope.repo.is_critical(alert) && !is_heartbeat(&alert.rule.name.text))
        .collect();
    if critical.is_empty() {
        return without_alerts(scope, model.alerts().iter().any(|alert| loaded(&alert)));
    }
    let mut paged = Vec::new();
    let (mut open, total) = (0, critical.len());
    for alert in critical {
        match loudness(scope, alert) {
            Loudness::Pages => paged.push(alert_evidence(alert.rule)),
            Loudness::Unknown => open += 1,
            Loudness::Writes | Loudness::Muted | Loudness::Silent => {}
        }
    }
    let note = format!("{} of {total} critical alerts certainly page", paged.len());
    match paged.len() {
        all if all == total => Answer::found(paged),
        0 if open == total => {
            Answer::unknown(format!("{note}: what their receivers do is not shown"))
        }
        0 if open == 0 => Answer::new(Holds::No, note, Vec::new()),
        count if count + open == total => Answer::new(Holds::Unknown, note, paged),
        _ => Answer::partly(note, paged),
    }
}

/// The loudest an alert certainly becomes here; unknown if it may become louder.
fn loudness(scope: &Scope<'_>, alert: &Alert<'_>) -> Loudness {
    if let Some(receiver) = &alert.rule.direct {
        let defined = scope.repo.receiver_named(alert.rule.document, &receiver.text);
        return defined.map_or(Loudness::Unknown, |receiver| scope.repo.loudness(receiver));
    }
    let mut sure = Loudness::Silent;
    let mut possible = Loudness::Silent;
    for reached in scope.model.routing().reached(alert.index) {
        if reached.tree.documents().first().is_some_and(|document| !scope.counts(*document)) {
            continue;
        }
        let loudness = reached.loudness(scope.repo);
        possible = possible.max(loudness);
        if reached.sure == Certainty::Yes {
            sure = sure.max(loudness);
        }
    }
    match (sure, possible) {
        (Loudness::Pages, _) => Loudness::Pages,
        (_, Loudness::Pages | Loudness::Unknown) => Loudness::Unknown,
        (sure, _) => sure,
    }
}

/// Without a critical alert: what would happen to one, if an Alertmanager is here.
fn without_alerts(scope: &Scope<'_>, others: bool) -> Answer {
    let managers = scope.model.routing().managers.iter();
    let here: Vec<&Manager<'_>> = managers
        .filter(|manager| manager.tree.documents().iter().all(|document| scope.counts(*document)))
        .collect();
    if here.is_empty() {
        let note = "nothing found".to_owned();
        return Answer::new(Holds::No, note, Vec::new());
    }
    let label = scope.repo.settings.severity_label.as_str();
    let mut labels = Labels::default();
    labels.learn(label, Value::Is("critical"));
    let mut evidence = Vec::new();
    for manager in &here {
        let tree = &manager.tree;
        let walk = tree.walk(&tree.look(&labels), Certainty::Yes);
        let pages = walk.taken.iter().find_map(|taken| {
            let (document, name) = tree.receiver(taken.node)?;
            let receiver = scope.repo.receiver_named(document, &name.text)?;
            let sure = taken.sure == Certainty::Yes;
            let loud = scope.repo.loudness(receiver) == Loudness::Pages;
            (sure && loud).then_some(name.span)
        });
        match pages {
            Some(span) => {
                evidence.push(Evidence { span, fact: "a critical alert would page".to_owned() })
            }
            None if others => {}
            None => return Answer::unknown("no critical alert is here to follow".to_owned()),
        }
    }
    match evidence.len() {
        count if count == here.len() => Answer::found(evidence),
        _ => Answer::unknown("no alert here is critical, and one might page nobody".to_owned()),
    }
}

/// Monitors of hosted services; `told`: those that tell somebody.
fn monitors(scope: &Scope<'_>, told: bool) -> Vec<Evidence> {
    let own = scope.repo.facts.monitors.iter().filter(|monitor| scope.counts(monitor.document));
    own.filter(|monitor| !told || !monitor.targets.is_empty())
        .map(|monitor| Evidence {
            span: monitor.name.span,
            fact: format!("{} monitor {}", monitor.service, monitor.name.text),
        })
        .collect()
}

/// What is found, or, where nothing is, monitors of hosted services as a part.
pub(super) fn or_monitors(scope: &Scope<'_>, found: Answer) -> Answer {
    or_part(found, monitors(scope, false), "alerts")
}

/// The same for routing: monitors that tell somebody.
pub(super) fn or_told_monitors(scope: &Scope<'_>, found: Answer) -> Answer {
    or_part(found, monitors(scope, true), "routing")
}

fn or_part(found: Answer, monitors: Vec<Evidence>, what: &str) -> Answer {
    match (found.holds, monitors.is_empty()) {
        (Holds::No, false) => {
            Answer::partly(format!("{what} as monitors of a hosted service"), monitors)
        }
        _ => found,
    }
}
