//! Hosts that nothing watches. Rule: rules/infr/node-exporter-missing.yaml

use crate::check::Case;

pub(super) fn check(case: &mut Case<'_>) {
    let Some(anchor) = case.repo.scraping_anchor() else { return case.skip() };
    if !case.repo.watches_hosts() {
        case.flag(anchor);
    }
}
