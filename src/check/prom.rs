//! PROM: Prometheus server configuration.

use super::Builtin;

mod alertmanager_api_v1;
mod bad_auth_combination;
mod bad_duration;
mod bad_relabel;
mod bad_target;
mod job_name;
mod parse;
mod timeout_over_interval;
mod unknown_field;

pub(super) const BUILTINS: &[(&str, Builtin)] = &[
    ("PROM001", Builtin::Document(parse::check)),
    ("PROM002", Builtin::Document(unknown_field::check)),
    ("PROM003", Builtin::Document(bad_duration::check)),
    ("PROM004", Builtin::Document(timeout_over_interval::check)),
    ("PROM005", Builtin::Document(job_name::check)),
    ("PROM006", Builtin::Document(bad_relabel::check)),
    ("PROM009", Builtin::Document(bad_auth_combination::check)),
    ("PROM010", Builtin::PrometheusConfig(bad_target::check)),
    ("PROM011", Builtin::Document(alertmanager_api_v1::check)),
];
