//! DASH: dashboards and where Grafana finds them.

use super::Builtin;
use crate::repo::Repo;

mod bad_promql;
mod fixed_datasource;
mod invalid;
mod missing_unit;
mod no_target;
mod provider_path_empty;
mod slo_dashboard_incomplete;
mod slo_dashboard_missing;
mod slo_threshold_drift;
mod uid;
mod undefined_variable;
mod unit_scale;
mod unknown_record;

pub(super) const BUILTINS: &[(&str, Builtin)] = &[
    ("DASH001", Builtin::Document(invalid::check)),
    ("DASH002", Builtin::Expression(bad_promql::check)),
    ("DASH003", Builtin::Expression(unknown_record::check)),
    ("DASH004", Builtin::Dashboard(uid::check)),
    ("DASH005", Builtin::Panel(fixed_datasource::check)),
    ("DASH006", Builtin::Expression(unit_scale::check)),
    ("DASH007", Builtin::Panel(undefined_variable::check)),
    ("DASH008", Builtin::Panel(no_target::check)),
    ("DASH009", Builtin::Panel(missing_unit::check)),
    ("DASH010", Builtin::Expression(slo_threshold_drift::check)),
    ("DASH011", Builtin::DashboardProvider(provider_path_empty::check)),
    ("DASH020", Builtin::Repository(slo_dashboard_missing::check)),
    ("DASH021", Builtin::Repository(slo_dashboard_incomplete::check)),
];

/// Whether every dashboard there may be could be read.
fn is_readable(repo: &Repo) -> bool {
    repo.facts.dashboards.iter().all(|board| !board.open)
        && !repo.paths.iter().any(|path| {
            [".jsonnet", ".libsonnet", ".cue"].iter().any(|ending| path.ends_with(ending))
        })
}
