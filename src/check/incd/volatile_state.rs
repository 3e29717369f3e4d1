//! Incidents that a restart forgets. Rule: rules/incd/volatile-state.yaml

use crate::check::Case;
use crate::facts::code::incidents::IncidentStore;

pub(super) fn check(store: &IncidentStore, case: &mut Case<'_>) {
    let repo = case.repo;
    let automation = repo.automation();
    let actions = &repo.facts.incident_actions;
    let used = actions
        .iter()
        .any(|action| action.document == store.document && automation.is_reached(action));
    if !used {
        return case.skip();
    }
    if store.backed || repo.is_rehearsal(store.document) {
        return;
    }
    case.flag(store.name.span);
}
