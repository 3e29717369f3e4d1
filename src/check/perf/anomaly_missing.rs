//! Only fixed thresholds. Rule: rules/perf/anomaly-missing.yaml

use super::watched;
use crate::check::Case;

pub(super) fn check(case: &mut Case<'_>) {
    let Some(first) = watched(case.repo) else { return case.skip() };
    let code = case.repo.facts.analyses.iter().any(|analysis| !analysis.recommends);
    let learned = code || case.repo.learned_jobs().next().is_some();
    if case.model.performance().anomalies.is_empty() && !learned {
        case.flag(first.anchor);
    }
}
