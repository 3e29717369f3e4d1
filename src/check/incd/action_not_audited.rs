//! An action that leaves no record. Rule: rules/incd/action-not-audited.yaml

use super::{above, below, is_certain_part, is_outermost, name_of};
use crate::check::Case;
use crate::facts::code::incidents::{IncidentAction, Says};
use crate::lang::duties::Duty;

pub(super) fn check(action: &IncidentAction, case: &mut Case<'_>) {
    const CHANGES: &[Duty] = &[Duty::Create, Duty::Assign, Duty::Update, Duty::Note, Duty::Resolve];
    let remedies = action.has(Duty::Remediate) && is_outermost(action, Duty::Remediate, case);
    let changes =
        action.says(Says::Mutates) && action.duties.iter().any(|duty| CHANGES.contains(duty));
    // What calls nothing changes nothing: a method of a double, a hook that is not used.
    let idle = action.stub.is_some() || (action.steps.is_empty() && !action.says(Says::Mutates));
    if !(remedies || changes) || idle || !is_certain_part(action, case) {
        return case.skip();
    }
    let repo = case.repo;
    // What changes a store is often far below the code that says why.
    let wrapped = match remedies {
        true => {
            let callers = repo.automation().callers(action).iter();
            let mut callers = callers.map(|number| &repo.facts.incident_actions[*number]);
            callers.any(|caller| caller.says(Says::Logs))
        }
        false => above(action, case).any(|one| one.says(Says::Logs)),
    };
    if wrapped || below(action, case).any(|one| one.says(Says::Logs)) {
        return;
    }
    case.flag(action.name.span).with("action", name_of(action));
}
