//! JAEG: Jaeger of both versions: what runs, where traces rest, who may read them.

use super::Builtin;

mod agent_in_use;
mod bad_strategies_file;
mod configmap_non_string;
mod configmap_unused;
mod crd_problems;
mod credential_in_clear;
mod extension_missing;
mod floating_or_unprobed;
mod memory_storage_in_prod;
mod no_query_component;
mod no_sampling_configured;
mod no_trace_retention;
mod port_not_offered;
mod service_name_unresolvable;
mod storage_unprotected;
mod ui_exposed;
mod undefined_backend;
mod unknown_setting;
mod v1_end_of_life;
mod v1_env_on_v2_image;

pub(super) const BUILTINS: &[(&str, Builtin)] = &[
    ("JAEG001", Builtin::JaegerPart(v1_end_of_life::check)),
    ("JAEG002", Builtin::JaegerPart(agent_in_use::check)),
    ("JAEG003", Builtin::ConfigMap(configmap_non_string::check)),
    ("JAEG004", Builtin::Credential(credential_in_clear::check)),
    ("JAEG005", Builtin::ConfigMap(configmap_unused::check)),
    ("JAEG006", Builtin::JaegerPart(unknown_setting::check)),
    ("JAEG007", Builtin::JaegerPart(memory_storage_in_prod::check)),
    ("JAEG008", Builtin::StorageLink(storage_unprotected::check)),
    ("JAEG009", Builtin::JaegerPart(no_query_component::check)),
    ("JAEG010", Builtin::TelemetryPort(port_not_offered::check)),
    ("JAEG011", Builtin::TelemetryPort(service_name_unresolvable::check)),
    ("JAEG012", Builtin::JaegerPart(no_trace_retention::check)),
    ("JAEG013", Builtin::Repository(no_sampling_configured::check)),
    ("JAEG014", Builtin::JaegerConfig(undefined_backend::check)),
    ("JAEG015", Builtin::JaegerConfig(extension_missing::check)),
    ("JAEG016", Builtin::SamplingStrategies(bad_strategies_file::check)),
    ("JAEG017", Builtin::JaegerObject(crd_problems::check)),
    ("JAEG018", Builtin::JaegerPart(v1_env_on_v2_image::check)),
    ("JAEG019", Builtin::JaegerPart(ui_exposed::check)),
    ("JAEG020", Builtin::JaegerPart(floating_or_unprobed::check)),
];
