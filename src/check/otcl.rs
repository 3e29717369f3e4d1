//! OTCL: OpenTelemetry Collector, and Jaeger 2, which shares its engine.

use super::Builtin;

mod batch_before_context;
mod crd_shape;
mod credential_in_clear;
mod debug_only_or_verbose;
mod defined_not_used;
mod delivery_disabled;
mod deprecated_alias;
mod env_syntax;
mod layer_drops_exporter;
mod memory_limiter_late;
mod memory_limiter_missing;
mod memory_limiter_values;
mod model;
mod no_batching;
mod no_health_or_self_telemetry;
mod not_loadable;
mod open_receiver;
mod pillar_pipeline_missing;
mod pipeline_shape;
mod port_clash;
mod relabel_dollar;
mod removed_component;
mod sampling_percentage_unit;
mod signal_mismatch;
mod spanmetrics_cardinality;
mod tail_policy;
mod tail_sampling_sharded;
mod tls_verify_off;
mod undefined_reference;
mod unknown_type;

pub(super) const BUILTINS: &[(&str, Builtin)] = &[
    ("OTCL001", Builtin::Collector(undefined_reference::check)),
    ("OTCL002", Builtin::CollectorComponent(defined_not_used::check)),
    ("OTCL003", Builtin::CollectorComponent(unknown_type::check)),
    ("OTCL004", Builtin::Collector(removed_component::check)),
    ("OTCL005", Builtin::CollectorComponent(deprecated_alias::check)),
    ("OTCL006", Builtin::Collector(pipeline_shape::check)),
    ("OTCL007", Builtin::CollectorPipeline(memory_limiter_late::check)),
    ("OTCL008", Builtin::CollectorPipeline(memory_limiter_missing::check)),
    ("OTCL009", Builtin::CollectorComponent(memory_limiter_values::check)),
    ("OTCL010", Builtin::CollectorPipeline(no_batching::check)),
    ("OTCL011", Builtin::CollectorPipeline(batch_before_context::check)),
    ("OTCL012", Builtin::CollectorComponent(tail_sampling_sharded::check)),
    ("OTCL013", Builtin::CollectorComponent(open_receiver::check)),
    ("OTCL014", Builtin::CollectorComponent(tls_verify_off::check)),
    ("OTCL015", Builtin::Credential(credential_in_clear::check)),
    ("OTCL016", Builtin::Collector(env_syntax::check)),
    ("OTCL017", Builtin::ScrapeJob(relabel_dollar::check)),
    ("OTCL018", Builtin::Collector(debug_only_or_verbose::check)),
    ("OTCL019", Builtin::CollectorComponent(delivery_disabled::check)),
    ("OTCL020", Builtin::CollectorPipeline(signal_mismatch::check)),
    ("OTCL021", Builtin::Collector(port_clash::check)),
    ("OTCL022", Builtin::Repository(pillar_pipeline_missing::check)),
    ("OTCL023", Builtin::CollectorComponent(sampling_percentage_unit::check)),
    ("OTCL024", Builtin::CollectorComponent(tail_policy::check)),
    ("OTCL025", Builtin::CollectorComponent(spanmetrics_cardinality::check)),
    ("OTCL026", Builtin::OperatedCollector(crd_shape::check)),
    ("OTCL027", Builtin::CollectorPipeline(layer_drops_exporter::check)),
    ("OTCL028", Builtin::Collector(no_health_or_self_telemetry::check)),
    ("OTCL029", Builtin::Document(not_loadable::check)),
];
