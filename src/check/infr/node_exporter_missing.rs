//! Hosts that nothing watches. Rule: rules/infr/node-exporter-missing.yaml

use crate::check::Case;

pub(super) fn check(case: &mut Case<'_>) {
    let Some(anchor) = case.repo.scraping_anchor() else { return case.skip() };
    let ours = case.repo.declared_managed("platform").is_none();
    if ours && !case.repo.watches_hosts() {
        case.miss(anchor);
    }
}
