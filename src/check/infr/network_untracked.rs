//! Networks that no rule or panel shows. Rule: rules/infr/network-untracked.yaml

use crate::check::Case;
use crate::repo::coverage::{self, Area};

pub(super) fn check(case: &mut Case<'_>) {
    coverage_of(case, Area::Network);
}

/// Flags the first rules or dashboards, where nothing of them reads an area.
pub(super) fn coverage_of(case: &mut Case<'_>, area: Area) {
    let Some(anchor) = coverage::anchor(case.model) else { return case.skip() };
    if coverage::uses(case.model, area).next().is_none() {
        case.flag(anchor);
    }
}
