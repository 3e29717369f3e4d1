//! OTEL: how programs set up OpenTelemetry, in code and in their environment.

use super::Builtin;

mod bad_otel_env;
mod bad_sampler_value;
mod missing_service_name;
mod no_flush_on_exit;
mod non_w3c_propagation;
mod plaintext_otlp;
mod propagator_missing;
mod protocol_port_mismatch;
mod provider_set_twice;
mod provider_without_export;
mod pull_reader_not_served;
mod ratio_not_parent_based;
mod renamed_attribute;
mod resource_incomplete;
mod retired_api;
mod retired_jaeger_exporter;
mod sample_everything_in_prod;
mod sdk_attr_overridden;
mod sdk_not_initialised;
mod sdk_started_late;
mod simple_processor;
mod unknown_semconv_constant;

pub(super) const BUILTINS: &[(&str, Builtin)] = &[
    ("OTEL001", Builtin::Service(sdk_not_initialised::check)),
    ("OTEL002", Builtin::Service(missing_service_name::check)),
    ("OTEL003", Builtin::Service(resource_incomplete::check)),
    ("OTEL004", Builtin::LibraryImport(retired_jaeger_exporter::import)),
    ("OTEL004", Builtin::OtelVariable(retired_jaeger_exporter::variable)),
    ("OTEL004", Builtin::Service(retired_jaeger_exporter::manifest)),
    ("OTEL005", Builtin::AttributeKey(renamed_attribute::check)),
    ("OTEL006", Builtin::ConventionConstant(unknown_semconv_constant::check)),
    ("OTEL007", Builtin::SdkSetup(simple_processor::check)),
    ("OTEL008", Builtin::SdkSetup(provider_without_export::check)),
    ("OTEL009", Builtin::SdkSetup(provider_set_twice::check)),
    ("OTEL010", Builtin::SdkSetup(sample_everything_in_prod::setup)),
    ("OTEL010", Builtin::OtelVariable(sample_everything_in_prod::variable)),
    ("OTEL011", Builtin::SdkSetup(ratio_not_parent_based::setup)),
    ("OTEL011", Builtin::OtelVariable(ratio_not_parent_based::variable)),
    ("OTEL012", Builtin::SdkSetup(bad_sampler_value::setup)),
    ("OTEL012", Builtin::OtelVariable(bad_sampler_value::variable)),
    ("OTEL013", Builtin::OtelVariable(bad_otel_env::check)),
    ("OTEL014", Builtin::SdkSetup(protocol_port_mismatch::setup)),
    ("OTEL014", Builtin::OtelVariable(protocol_port_mismatch::variable)),
    ("OTEL015", Builtin::SdkSetup(plaintext_otlp::setup)),
    ("OTEL015", Builtin::OtelVariable(plaintext_otlp::variable)),
    ("OTEL016", Builtin::SdkSetup(no_flush_on_exit::check)),
    ("OTEL017", Builtin::SdkSetup(propagator_missing::check)),
    ("OTEL018", Builtin::SdkSetup(non_w3c_propagation::setup)),
    ("OTEL018", Builtin::OtelVariable(non_w3c_propagation::variable)),
    ("OTEL019", Builtin::SdkSetup(pull_reader_not_served::check)),
    ("OTEL020", Builtin::SdkSetup(sdk_attr_overridden::check)),
    ("OTEL021", Builtin::EarlyImport(sdk_started_late::check)),
    ("OTEL022", Builtin::LibraryImport(retired_api::check)),
];
