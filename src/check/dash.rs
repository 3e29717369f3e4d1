//! DASH: dashboards and where Grafana finds them.

use super::Builtin;

mod bad_promql;
mod invalid;
mod no_target;
mod provider_path_empty;
mod uid;
mod undefined_variable;

pub(super) const BUILTINS: &[(&str, Builtin)] = &[
    ("DASH001", Builtin::Document(invalid::check)),
    ("DASH002", Builtin::Expression(bad_promql::check)),
    ("DASH004", Builtin::Dashboard(uid::check)),
    ("DASH007", Builtin::Panel(undefined_variable::check)),
    ("DASH008", Builtin::Panel(no_target::check)),
    ("DASH011", Builtin::DashboardProvider(provider_path_empty::check)),
];
