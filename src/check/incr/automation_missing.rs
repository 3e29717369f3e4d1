//! Alerts that reach people only. Rule: rules/incr/automation-missing.yaml

use super::alerting_here;
use crate::check::Case;
use crate::config::World;
use crate::facts::alertmanager::Integration;

/// Programs that act on alerts, by parts of their images' names.
const PROGRAMS: &[&str] = &[
    "robusta",
    "keephq",
    "stackstorm",
    "rundeck",
    "webhook",
    "alerta",
    "botkube",
    "iris",
    "oncall",
    "am-executor",
    "argo-events",
    "cachet",
    "incident",
];

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
    let program = |image: &str| PROGRAMS.iter().any(|part| image.contains(part));
    let mut images = repo.facts.containers.iter().filter_map(|one| one.image.as_ref());
    let found = repo.facts.integrations.iter().any(acts)
        || repo.facts.alert_handlers.iter().any(|one| !repo.is_rehearsal(one.document))
        || !repo.facts.on_call.is_empty()
        || images.any(|image| program(&image.text));
    if !found {
        case.flag(first);
    }
}
