//! Clusters whose objects nothing counts. Rule: rules/infr/kube-state-metrics-missing.yaml

use crate::check::Case;

pub(super) fn check(case: &mut Case<'_>) {
    let Some(anchor) = case.repo.scraping_anchor().filter(|_| case.repo.has_cluster()) else {
        return case.skip();
    };
    if !case.repo.watches_objects() {
        case.flag(anchor);
    }
}
