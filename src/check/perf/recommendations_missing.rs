//! Nothing recommends anything. Rule: rules/perf/recommendations-missing.yaml

use crate::check::Case;
use crate::check::strat::strategy_file_missing::applicable;

pub(super) fn check(case: &mut Case<'_>) {
    let repo = case.repo;
    let Some(first) = applicable(repo) else { return case.skip() };
    let code = repo.facts.analyses.iter().any(|analysis| analysis.recommends);
    if repo.recommenders().is_empty() && !code {
        case.flag(first.anchor);
    }
}
