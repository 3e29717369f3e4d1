//! Automation that leaves a part out. Rule: rules/incd/lifecycle-incomplete.yaml

use super::is_part;
use crate::check::Case;
use crate::facts::code::incidents::{IncidentAction, Says};
use crate::lang::duties::Duty;

/// What an incident needs besides being opened.
const NEEDED: &[Duty] =
    &[Duty::Notify, Duty::Assign, Duty::Severity, Duty::Update, Duty::Note, Duty::Resolve];

pub(super) fn check(action: &IncidentAction, case: &mut Case<'_>) {
    if !action.has(Duty::Create) || !is_part(action, case) {
        return case.skip();
    }
    let repo = case.repo;
    let actions = &repo.facts.incident_actions;
    let part = repo.automation().parts.iter().find(|part| part.contains(&action.number));
    let part: Vec<&IncidentAction> =
        part.into_iter().flatten().map(|number| &actions[*number]).collect();
    let first = part.iter().find(|one| one.has(Duty::Create));
    if first.is_none_or(|first| first.number != action.number) {
        return case.skip();
    }
    // A product that is told of the incident does the rest.
    if part.iter().any(|one| one.says(Says::Product)) {
        return;
    }
    let documents = || part.iter().map(|one| one.document);
    let maps =
        || repo.facts.severity_maps.iter().any(|map| documents().any(|it| it == map.document));
    let has = |duty: Duty| part.iter().any(|one| one.has(duty));
    let covered = |duty: Duty| match duty {
        Duty::Notify => {
            has(Duty::Notify) || has(Duty::Escalate) || part.iter().any(|one| one.says(Says::Tells))
        }
        Duty::Severity => {
            has(Duty::Severity) || maps() || part.iter().any(|one| one.says(Says::Grades))
        }
        Duty::Update => has(Duty::Update) || has(Duty::Resolve),
        Duty::Resolve => {
            has(Duty::Resolve)
                || has(Duty::Update)
                || part.iter().any(|one| one.says(Says::Resolves))
        }
        duty => has(duty),
    };
    let mut lacks: Vec<&str> =
        NEEDED.iter().filter(|duty| !covered(**duty)).map(|duty| duty.lack()).collect();
    if !part.iter().any(|one| one.says(Says::Logs)) {
        lacks.push("writes an audit record");
    }
    if lacks.is_empty() {
        return;
    }
    case.flag(action.name.span).with("lacks", lacks.join(", "));
}
