//! An action that does nothing. Rule: rules/incd/stub-action.yaml

use super::{is_part, name_of};
use crate::check::Case;
use crate::facts::code::incidents::IncidentAction;

pub(super) fn check(action: &IncidentAction, case: &mut Case<'_>) {
    if !is_part(action, case) || action.duties.is_empty() {
        return case.skip();
    }
    let Some(what) = action.stub else { return };
    let caller = case.repo.automation().callers(action).first().copied();
    let caller = caller.map(|number| case.repo.facts.incident_actions[number].name.span);
    let flag = case.flag(action.name.span).with("action", name_of(action)).with("what", what);
    if let Some(caller) = caller {
        flag.related(caller, "called from here as if it acted");
    }
}
