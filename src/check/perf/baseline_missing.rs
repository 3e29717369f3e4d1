//! Nothing to hold the present against. Rule: rules/perf/baseline-missing.yaml

use super::watched;
use crate::check::Case;

pub(super) fn check(case: &mut Case<'_>) {
    let Some(first) = watched(case.repo) else { return case.skip() };
    let committed = case.repo.benchmark_baselines().next().is_some();
    let limits = case.repo.facts.load_tests.iter().any(|test| test.limit.is_some());
    if case.model.performance().baselines.is_empty() && !committed && !limits {
        case.flag(first.anchor);
    }
}
