//! Evidence that alerts become incidents which code, or a product, carries to their end.

use super::running::container_evidence;
use super::{Answer, Evidence, Holds, Scope};
use crate::facts::Subject;
use crate::facts::code::Payload;
use crate::facts::code::incidents::{IncidentAction, Says};
use crate::facts::oncall::Role;
use crate::lang::duties::Duty;
use crate::repo::automation;

/// Code that opens incidents, or a product that does.
pub(super) fn receiver(scope: &Scope<'_>) -> Answer {
    let opened = stage(scope, &[Duty::Create], "opens incidents");
    if opened.holds != Holds::No {
        return opened;
    }
    let handlers = scope.repo.facts.alert_handlers.iter();
    let received: Vec<Evidence> = handlers
        .filter(|handler| handler.payload != Payload::Unknown && scope.counts(handler.document))
        .map(|handler| Evidence { span: handler.name.span, fact: handler.title() })
        .collect();
    match received.is_empty() {
        true => opened,
        false => Answer::partly("alerts are received, and no incident is opened", received),
    }
}

/// Code that tells people.
pub(super) fn notify(scope: &Scope<'_>) -> Answer {
    let found = stage(scope, &[Duty::Notify, Duty::Escalate, Duty::StatusPage], "tells people");
    if found.holds == Holds::Yes {
        return found;
    }
    // Clients of others tell as well.
    let telling = actions(scope).filter(|action| action.says(Says::Tells) && action.has_body());
    match Answer::found(telling.map(evidence_of).collect()) {
        told if told.holds == Holds::Yes && found.holds == Holds::No => told,
        _ => found,
    }
}

/// Code that finds and sets who answers, or a schedule that says it.
pub(super) fn assign(scope: &Scope<'_>) -> Answer {
    let found = stage(scope, &[Duty::Assign], "assigns");
    if found.holds != Holds::No {
        return found;
    }
    let entries = scope.repo.facts.on_call.iter();
    let counted = entries.filter(|entry| entry.role != Role::Step && scope.counts(entry.document));
    let schedules: Vec<Evidence> =
        counted.map(|entry| Evidence { span: entry.name.span, fact: entry.title() }).collect();
    match schedules.is_empty() {
        true => found,
        false => Answer::partly("a schedule exists, and no code asks it", schedules),
    }
}

/// Code that updates incidents, and ends them.
pub(super) fn lifecycle(scope: &Scope<'_>) -> Answer {
    let updated = stage(scope, &[Duty::Update, Duty::Resolve, Duty::Note], "updates incidents");
    let ends = actions(scope).any(|action| {
        action.stub.is_none() && (action.has(Duty::Resolve) || action.says(Says::Resolves))
    });
    match (updated.holds, ends) {
        (Holds::Yes, false) => {
            Answer::partly("incidents are updated, and none is resolved", updated.evidence)
        }
        _ => updated,
    }
}

/// Code that repairs.
pub(super) fn remediation(scope: &Scope<'_>) -> Answer {
    let (acting, hollow) = of_duties(scope, &[Duty::Remediate]);
    match (acting.is_empty(), hollow.is_empty()) {
        (true, false) => Answer::partly("only without a body", hollow),
        _ => Answer::found(acting),
    }
}

/// Changes that leave a record.
pub(super) fn audited(scope: &Scope<'_>) -> Answer {
    const CHANGES: &[Duty] =
        &[Duty::Create, Duty::Assign, Duty::Update, Duty::Note, Duty::Resolve, Duty::Remediate];
    let repo = scope.repo;
    let all = &repo.facts.incident_actions;
    let automation = repo.automation();
    let changing: Vec<&IncidentAction> = actions(scope)
        .filter(|action| action.stub.is_none())
        .filter(|action| action.duties.iter().any(|duty| CHANGES.contains(duty)))
        .collect();
    let logs = |action: &&&IncidentAction| {
        let callers = automation.callers(action).iter().copied();
        callers.chain(automation.below(action)).any(|number| all[number].says(Says::Logs))
    };
    let evidence: Vec<Evidence> = changing.iter().filter(logs).map(|it| evidence_of(it)).collect();
    match (evidence.len(), changing.len()) {
        (_, 0) => nothing(scope),
        (0, _) => Answer::new(Holds::No, "no action writes a record", evidence),
        (some, all) if some < all => Answer::partly(format!("{some} of {all} actions"), evidence),
        _ => Answer::found(evidence),
    }
}

/// Functions that an alert leads to.
fn actions<'s>(scope: &'s Scope<'_>) -> impl Iterator<Item = &'s IncidentAction> {
    let repo = scope.repo;
    let parts = repo.automation().parts.iter().flatten();
    let reached = parts.map(|number| &repo.facts.incident_actions[*number]);
    reached.filter(|action| scope.counts(action.document))
}

fn evidence_of(action: &IncidentAction) -> Evidence {
    Evidence { span: action.name.span, fact: action.title() }
}

/// Functions of these duties: those that act, and those without a body.
fn of_duties(scope: &Scope<'_>, duties: &[Duty]) -> (Vec<Evidence>, Vec<Evidence>) {
    let meant = actions(scope).filter(|action| duties.iter().any(|duty| action.has(*duty)));
    let (hollow, acting): (Vec<_>, Vec<_>) = meant.partition(|action| action.stub.is_some());
    let list = |actions: Vec<&IncidentAction>| actions.into_iter().map(evidence_of).collect();
    (list(acting), list(hollow))
}

/// A part of the answer to an incident: by code, or in part by a product.
fn stage(scope: &Scope<'_>, duties: &[Duty], does: &str) -> Answer {
    let (acting, hollow) = of_duties(scope, duties);
    if !acting.is_empty() {
        return Answer::found(acting);
    }
    if !hollow.is_empty() {
        return Answer::partly("only without a body", hollow);
    }
    let products = products(scope);
    match products.is_empty() {
        true => nothing(scope),
        false => Answer::partly(format!("a product {does}; a person confirms how"), products),
    }
}

/// Receivers and programs that keep incidents by themselves.
fn products(scope: &Scope<'_>) -> Vec<Evidence> {
    let facts = &scope.repo.facts;
    let receivers = facts.integrations.iter().filter(|one| {
        matches!(one.kind.as_str(), "pagerduty" | "opsgenie" | "victorops" | "incidentio" | "jira")
    });
    let counted = receivers.filter(|one| scope.counts(one.document));
    let receivers = counted.map(|one| Evidence { span: one.key, fact: one.title() });
    let containers = facts.containers.iter().filter(|one| scope.counts(one.document));
    let programs = containers
        .filter(|one| one.image.as_ref().is_some_and(|image| automation::is_program(&image.text)));
    receivers.chain(programs.map(container_evidence)).collect()
}

/// Nothing found: what is written in a language that is not read may hold it.
fn nothing(scope: &Scope<'_>) -> Answer {
    let unread = scope.repo.standing_services().find(|(_, service)| !service.is_readable());
    match unread {
        Some((_, service)) => Answer::unknown(service.unread_reason()),
        None => Answer::new(Holds::No, "nothing found", Vec::new()),
    }
}
