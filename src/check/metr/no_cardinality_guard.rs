//! Metrics whose number nothing bounds. Rule: rules/metr/no-cardinality-guard.yaml

use crate::check::Case;
use crate::facts::code::MetricDefinition;

pub(super) fn check(case: &mut Case<'_>) {
    let repo = case.repo;
    let mut running = repo
        .facts
        .metric_definitions
        .iter()
        .filter(|one| {
            !repo.is_rehearsal(one.document) && repo.running_with(one.document).next().is_some()
        })
        .peekable();
    if running.peek().is_none() {
        return case.skip();
    }
    // What has no labels is one series; what is declared through OpenTelemetry gets them where it is used.
    let bounded = |one: &MetricDefinition| {
        !one.telemetry && one.labels.as_ref().is_some_and(|labels| labels.is_empty())
    };
    let Some(first) = running.find(|one| !bounded(one)) else { return };
    if repo.cardinality_guard().is_none() {
        case.flag(first.name.span);
    }
}
