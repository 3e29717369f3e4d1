//! Alerts that reach people only. Rule: rules/incr/automation-missing.yaml

use super::alerting_here;
use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::config::World;
use crate::facts::alertmanager::Integration;
use crate::repo::automation;

pub(in crate::check) fn check(case: &mut Case<'_>) {
    let repo = case.repo;
    let Some(first) = alerting_here(case) else { return case.skip() };
    // What is filled in elsewhere may call anything.
    if !repo.holds_all(World::Routes) || repo.facts.receivers.iter().any(|one| one.open) {
        return case.skip();
    }
    let acts = |one: &Integration| {
        matches!(
            one.kind.as_str(),
            "webhook" | "sns" | "pagerduty" | "opsgenie" | "victorops" | "incidentio" | "jira"
        )
    };
    let mut images = repo.facts.containers.iter().filter_map(|one| one.image.as_ref());
    let found = repo.facts.integrations.iter().any(acts)
        || repo.facts.alert_handlers.iter().any(|one| !repo.is_rehearsal(one.document))
        || !repo.facts.on_call.is_empty()
        || images.any(|image| automation::is_program(&image.text));
    if !found {
        let flag = case.flag(first);
        // Receivers that tell nobody are filled in by whoever takes them.
        let hollow = repo.facts.integrations.is_empty() && !repo.is_configured();
        if hollow || repo.is_shown() || repo.is_for_others() {
            flag.severity(Severity::Warning);
        }
    }
}
