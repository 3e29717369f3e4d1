//! Containers that nothing watches. Rule: rules/infr/container-metrics-missing.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;

pub(super) fn check(case: &mut Case<'_>) {
    let runs = case.repo.own_containers().next().is_some();
    let Some(anchor) = case.repo.scraping_anchor().filter(|_| runs) else { return case.skip() };
    if !case.repo.watches_containers() {
        // The watching programs alone: what they watch runs elsewhere.
        let others = case.repo.runs_others();
        let flag = case.miss(anchor);
        if !others {
            flag.at_most(Severity::Warning);
        }
    }
}
