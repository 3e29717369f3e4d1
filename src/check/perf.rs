//! PERF: baselines, anomalies, capacity, regressions.

use super::Builtin;
use super::strat::strategy_file_missing::applicable;
use crate::facts::Document;
use crate::identify::Kind;
use crate::repo::Repo;

mod anomaly_flawed;
mod anomaly_missing;
mod baseline_missing;
mod capacity_missing;
mod perf_test_without_limit;
mod predict_misuse;
mod recommendations_missing;
mod regression_check_missing;

pub(super) const BUILTINS: &[(&str, Builtin)] = &[
    ("PERF001", Builtin::Repository(baseline_missing::check)),
    ("PERF002", Builtin::Repository(anomaly_missing::check)),
    ("PERF003", Builtin::Expression(anomaly_flawed::check)),
    ("PERF004", Builtin::Repository(capacity_missing::check)),
    ("PERF005", Builtin::Expression(predict_misuse::check)),
    ("PERF006", Builtin::Repository(regression_check_missing::check)),
    ("PERF007", Builtin::Repository(perf_test_without_limit::check)),
    ("PERF008", Builtin::Repository(recommendations_missing::check)),
];

/// The document that makes watching performance applicable, where every rule and dashboard
/// that there may be could be read.
fn watched(repo: &Repo) -> Option<&Document> {
    let unread = |document: &Document| {
        let rules = matches!(document.kind, Kind::PrometheusRules | Kind::GrafanaDashboard);
        rules && (document.masked || document.broken)
    };
    let made = |path: &String| {
        [".jsonnet", ".libsonnet", ".cue"].iter().any(|ending| path.ends_with(ending))
    };
    // A chart may bring rules and dashboards of its own.
    let whole = repo.facts.packages.is_empty()
        && !repo.facts.documents.iter().any(unread)
        && !repo.paths.iter().any(made);
    whole.then(|| applicable(repo))?
}
