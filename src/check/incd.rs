//! INCD: the code of automation that answers incidents.

use super::{Builtin, Case};
use crate::facts::code::incidents::IncidentAction;
use crate::lang::duties::Duty;

mod action_not_audited;
mod automation_missing;
mod colliding_id;
mod computed_and_dropped;
mod fresh_id;
mod lifecycle_incomplete;
mod no_dedup_or_resolve;
mod no_timeout;
mod one_failure_stops_all;
mod open_webhook;
mod secret_literal;
mod severity_gap;
mod silent_no_op;
mod stub_action;
mod unbounded_remediation;
mod undefined_member;
mod volatile_state;
mod wrong_webhook_shape;

pub(super) const BUILTINS: &[(&str, Builtin)] = &[
    ("INCD001", Builtin::Repository(automation_missing::check)),
    ("INCD002", Builtin::IncidentAction(stub_action::check)),
    ("INCD003", Builtin::IncidentAction(wrong_webhook_shape::check)),
    ("INCD004", Builtin::IncidentAction(colliding_id::check)),
    ("INCD005", Builtin::IncidentAction(no_dedup_or_resolve::check)),
    ("INCD006", Builtin::OutboundCall(no_timeout::check)),
    ("INCD007", Builtin::CodeSecret(secret_literal::check)),
    ("INCD008", Builtin::IncidentAction(open_webhook::check)),
    ("INCD009", Builtin::IncidentAction(action_not_audited::check)),
    ("INCD010", Builtin::IncidentAction(unbounded_remediation::check)),
    ("INCD011", Builtin::OwnNames(undefined_member::check)),
    ("INCD012", Builtin::IncidentStore(volatile_state::check)),
    ("INCD013", Builtin::SeverityMap(severity_gap::check)),
    ("INCD014", Builtin::IncidentAction(one_failure_stops_all::check)),
    ("INCD015", Builtin::IncidentAction(lifecycle_incomplete::check)),
    ("INCD016", Builtin::IncidentAction(silent_no_op::check)),
    ("INCD017", Builtin::IncidentAction(computed_and_dropped::check)),
];

/// Whether an alert leads to an action.
fn is_part(action: &IncidentAction, case: &Case<'_>) -> bool {
    case.repo.automation().is_reached(action)
}

/// Whether an alert certainly leads to an action.
fn is_certain_part(action: &IncidentAction, case: &Case<'_>) -> bool {
    case.repo.automation().is_certain(action)
}

/// An action and all that leads to it.
fn above<'r>(action: &IncidentAction, case: &Case<'r>) -> impl Iterator<Item = &'r IncidentAction> {
    let repo = case.repo;
    repo.automation().above(action).into_iter().map(|number| &repo.facts.incident_actions[number])
}

/// An action and all that it leads to.
fn below<'r>(action: &IncidentAction, case: &Case<'r>) -> impl Iterator<Item = &'r IncidentAction> {
    let repo = case.repo;
    repo.automation().below(action).into_iter().map(|number| &repo.facts.incident_actions[number])
}

/// Whether nothing with the same duty calls an action: one fault is told once.
fn is_outermost(action: &IncidentAction, duty: Duty, case: &Case<'_>) -> bool {
    let repo = case.repo;
    let automation = repo.automation();
    automation.callers(action).iter().all(|number| {
        let caller = &repo.facts.incident_actions[*number];
        !(automation.is_reached(caller) && caller.has(duty))
    })
}

/// How messages name an action.
fn name_of(action: &IncidentAction) -> String {
    action.name.text.clone()
}
