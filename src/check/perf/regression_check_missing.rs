//! No performance test in any pipeline. Rule: rules/perf/regression-check-missing.yaml

use crate::check::Case;
use crate::check::strat::strategy_file_missing::applicable;
use crate::repo::loadtests;

pub(super) fn check(case: &mut Case<'_>) {
    let repo = case.repo;
    let Some(first) = applicable(repo) else { return case.skip() };
    // A test without a limit has a rule of its own, and what is not read may be one.
    if loadtests::perf_runs(repo).is_empty() && !loadtests::may_run_elsewhere(repo) {
        let job = repo.facts.ci_jobs.first().map(|job| repo.document(job.document).anchor);
        case.flag(job.unwrap_or(first.anchor));
    }
}
