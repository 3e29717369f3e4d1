//! Alerts for somebody, and no word about who is on call. Rule: rules/incr/on-call-missing.yaml

use super::alerting_here;
use crate::check::Case;
use crate::facts::alertmanager::Integration;

pub(super) fn check(case: &mut Case<'_>) {
    let repo = case.repo;
    let Some(first) = alerting_here(case) else { return case.skip() };
    let paged = repo.facts.integrations.iter().any(Integration::pages);
    let critical = repo.facts.alert_rules.iter().any(|alert| repo.is_urgent(alert));
    if !paged && !critical {
        return case.skip();
    }
    if repo.facts.on_call.is_empty() && !repo.hides_schedules() {
        case.flag(first);
    }
}
