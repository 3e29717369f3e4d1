//! Metrics whose number nothing bounds. Rule: rules/metr/no-cardinality-guard.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::code::MetricDefinition;

pub(super) fn check(case: &mut Case<'_>) {
    let repo = case.repo;
    let runs = |one: &&MetricDefinition| {
        !repo.is_rehearsal(one.document) && repo.running_with(one.document).next().is_some()
    };
    let mut running = repo.facts.metric_definitions.iter().filter(runs);
    let Some(first) = running.next() else { return case.skip() };
    if repo.cardinality_guard().is_some() {
        return;
    }
    // What has no labels is one series; what is declared through OpenTelemetry gets them where it is used.
    let open = |one: &&MetricDefinition| {
        one.telemetry || one.labels.as_ref().is_none_or(|labels| !labels.is_empty())
    };
    let grows = std::iter::once(first).chain(running).find(open);
    let flag = case.flag(grows.unwrap_or(first).name.span);
    if grows.is_none() {
        flag.severity(Severity::Info);
    }
}
