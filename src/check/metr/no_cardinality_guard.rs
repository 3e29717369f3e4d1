//! Metrics whose number nothing bounds. Rule: rules/metr/no-cardinality-guard.yaml

use crate::check::Case;

pub(super) fn check(case: &mut Case<'_>) {
    let repo = case.repo;
    let running = repo.facts.metric_definitions.iter().find(|one| {
        !repo.is_rehearsal(one.document) && repo.running_with(one.document).next().is_some()
    });
    let Some(first) = running else { return case.skip() };
    if repo.cardinality_guard().is_none() {
        case.flag(first.name.span);
    }
}
