//! Clusters whose objects nothing counts. Rule: rules/infr/kube-state-metrics-missing.yaml

use crate::check::Case;

pub(super) fn check(case: &mut Case<'_>) {
    let repo = case.repo;
    let Some(anchor) = repo.scraping_anchor().filter(|_| repo.has_cluster()) else {
        return case.skip();
    };
    let ours = repo.declared_managed("platform").is_none();
    if ours && !repo.watches_objects() {
        case.miss(anchor);
    }
}
