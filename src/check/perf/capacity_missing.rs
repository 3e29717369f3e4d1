//! Nothing that says what runs out. Rule: rules/perf/capacity-missing.yaml

use super::watched;
use crate::check::Case;

pub(super) fn check(case: &mut Case<'_>) {
    let Some(first) = watched(case.repo) else { return case.skip() };
    let performance = case.model.performance();
    if performance.forecasts.is_empty() && performance.saturations.is_empty() {
        case.flag(first.anchor);
    }
}
