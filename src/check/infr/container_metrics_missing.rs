//! Containers that nothing watches. Rule: rules/infr/container-metrics-missing.yaml

use crate::check::Case;

pub(super) fn check(case: &mut Case<'_>) {
    let runs = case.repo.own_containers().next().is_some();
    let Some(anchor) = case.repo.scraping_anchor().filter(|_| runs) else { return case.skip() };
    if !case.repo.watches_containers() {
        case.miss(anchor);
    }
}
