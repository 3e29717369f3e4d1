//! A part of one alert read from the whole message. Rule: rules/incd/wrong-webhook-shape.yaml

use crate::check::Case;
use crate::facts::code::incidents::{IncidentAction, Says};

pub(super) fn check(action: &IncidentAction, case: &mut Case<'_>) {
    if !action.says(Says::Receives) && action.misreads.is_empty() {
        return case.skip();
    }
    let repo = case.repo;
    let automation = repo.automation();
    // Whoever calls may hand over one alert of the list.
    let called = || !automation.callers(action).is_empty() || !action.exported;
    let listed = || {
        let actions = repo.facts.incident_actions.iter();
        actions
            .filter(|other| automation.is_same_program(other.number, action.number))
            .any(|other| other.says(Says::Lists))
    };
    for misread in &action.misreads {
        if misread.certain || !(called() || listed()) {
            case.flag(misread.key.span).with("key", misread.key.text.clone());
        }
    }
}
