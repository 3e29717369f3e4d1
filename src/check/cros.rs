//! CROS: what several files say of one thing.

use super::Builtin;

mod exporter_target_missing;
mod field_vocabulary_drift;
mod log_retention_disagrees;
mod per_service_signal_matrix;
mod sampling_disagrees;
mod service_identity_drift;
mod trace_retention_disagrees;

pub(super) const BUILTINS: &[(&str, Builtin)] = &[
    ("CROS001", Builtin::Sampler(sampling_disagrees::check)),
    ("CROS002", Builtin::Pillar(log_retention_disagrees::check)),
    ("CROS003", Builtin::Pillar(trace_retention_disagrees::check)),
    ("CROS006", Builtin::Service(per_service_signal_matrix::check)),
    ("CROS007", Builtin::Service(service_identity_drift::check)),
    ("CROS004", Builtin::LogQuery(field_vocabulary_drift::check)),
    ("CROS005", Builtin::TelemetryPort(exporter_target_missing::check)),
];
