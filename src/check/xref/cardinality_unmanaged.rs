//! Nothing bounds the number of series. Rule: rules/xref/cardinality-unmanaged.yaml

use crate::check::Case;

pub(super) fn check(case: &mut Case<'_>) {
    let Some(anchor) = case.repo.scraping_anchor() else { return case.skip() };
    // Whether labels in code are bounded, its own rules say.
    if case.repo.has_source_code() {
        return;
    }
    if case.repo.limits_series().is_none() && !case.model.watches_growth() {
        case.flag(anchor);
    }
}
