//! METR: metrics that code declares and uses.

use super::Builtin;

mod bad_buckets;
mod client_errors_as_failures;
mod counter_goes_down;
mod counter_without_total;
mod duplicate_registration;
mod emitted_not_used;
mod exception_text_label;
mod finally_reads_unbound;
mod illegal_name_or_label;
mod label_arity;
mod metrics_not_exposed;
mod no_app_metrics;
mod no_business_metric;
mod no_cardinality_guard;
mod otel_seconds_default_buckets;
mod quantile_summary_in_fleet;
mod raw_path_label;
mod referenced_not_emitted;
mod request_signals_incomplete;
mod slo_edge_missing;
mod total_on_non_counter;
mod two_libraries_one_name;
mod unbounded_label;
mod unit_mismatch_observe;
mod unit_suffix;
mod wall_clock_duration;

pub(super) const BUILTINS: &[(&str, Builtin)] = &[
    ("METR001", Builtin::Service(no_app_metrics::check)),
    ("METR002", Builtin::MetricDefinition(counter_without_total::check)),
    ("METR003", Builtin::MetricDefinition(total_on_non_counter::check)),
    ("METR004", Builtin::MetricDefinition(unit_suffix::check)),
    ("METR005", Builtin::MetricDefinition(illegal_name_or_label::check)),
    ("METR006", Builtin::MetricDefinition(unbounded_label::check)),
    ("METR007", Builtin::MetricUse(raw_path_label::check)),
    ("METR008", Builtin::MetricUse(label_arity::check)),
    ("METR009", Builtin::MetricDefinition(duplicate_registration::check)),
    ("METR010", Builtin::MetricDefinition(two_libraries_one_name::check)),
    ("METR011", Builtin::MetricDefinition(metrics_not_exposed::check)),
    ("METR012", Builtin::MetricDefinition(otel_seconds_default_buckets::check)),
    ("METR013", Builtin::Expression(slo_edge_missing::check)),
    ("METR014", Builtin::MetricDefinition(bad_buckets::check)),
    ("METR015", Builtin::Measured(wall_clock_duration::check)),
    ("METR016", Builtin::MetricUse(unit_mismatch_observe::check)),
    ("METR017", Builtin::MetricUse(client_errors_as_failures::check)),
    ("METR018", Builtin::Service(request_signals_incomplete::check)),
    ("METR019", Builtin::Service(no_business_metric::check)),
    ("METR020", Builtin::Expression(referenced_not_emitted::check)),
    ("METR021", Builtin::MetricDefinition(emitted_not_used::check)),
    ("METR022", Builtin::MetricUse(exception_text_label::check)),
    ("METR023", Builtin::MetricUse(counter_goes_down::check)),
    ("METR024", Builtin::CleanUp(finally_reads_unbound::check)),
    ("METR025", Builtin::MetricDefinition(quantile_summary_in_fleet::check)),
    ("METR026", Builtin::Repository(no_cardinality_guard::check)),
];
