//! Performance tests that cannot fail. Rule: rules/perf/perf-test-without-limit.yaml

use crate::check::Case;
use crate::repo::loadtests::{self, Limit};

pub(super) fn check(case: &mut Case<'_>) {
    let runs = loadtests::perf_runs(case.repo);
    if runs.is_empty() {
        return case.skip();
    }
    for run in runs.iter().filter(|run| run.limit == Limit::Missing) {
        let flag = case
            .flag(run.span)
            .with("tool", run.tool)
            .with("job", run.job.name.as_str())
            .subject(format!("job {}", run.job.name));
        if let Some(script) = run.script {
            flag.related(script.span, "this script sets no limit");
        }
    }
}
