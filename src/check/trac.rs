//! TRAC: spans in code, and the context that joins them.

use super::Builtin;

mod advanced_patterns_incomplete;
mod analysis_never_runs;
mod anomaly_divide_by_baseline;
mod async_unaware_wrapper;
mod client_kind;
mod context_lost_in_worker;
mod duplicate_signal_names;
mod end_not_in_finally;
mod exception_recorded_twice;
mod extract_discarded;
mod first_or_crash;
mod go_context_dropped;
mod inject_lost;
mod naive_time_window;
mod no_trace_analysis;
mod null_attribute;
mod outbound_without_context;
mod percentile_on_tiny_sample;
mod personal_data_in_span;
mod query_text_with_values;
mod rust_guard_across_await;
mod service_not_instrumented;
mod span_not_ended;
mod swallowed_in_span;
mod unbounded_span_name;
mod wrong_span_kind;
mod zero_trace_id;

pub(super) const BUILTINS: &[(&str, Builtin)] = &[
    ("TRAC001", Builtin::SpanScope(span_not_ended::check)),
    ("TRAC002", Builtin::SpanScope(end_not_in_finally::check)),
    ("TRAC003", Builtin::SpanScope(exception_recorded_twice::check)),
    ("TRAC003", Builtin::PassedError(exception_recorded_twice::passed)),
    ("TRAC004", Builtin::SpanScope(swallowed_in_span::check)),
    ("TRAC005", Builtin::OutboundCall(outbound_without_context::check)),
    ("TRAC005", Builtin::SpanScope(outbound_without_context::check_span)),
    ("TRAC006", Builtin::Extraction(extract_discarded::check)),
    ("TRAC007", Builtin::Injection(inject_lost::check)),
    ("TRAC008", Builtin::SpanScope(wrong_span_kind::check)),
    ("TRAC009", Builtin::SpanAttribute(null_attribute::check)),
    ("TRAC010", Builtin::SpanScope(unbounded_span_name::check)),
    ("TRAC011", Builtin::SpanAttribute(query_text_with_values::check)),
    ("TRAC012", Builtin::SpanAttribute(personal_data_in_span::check)),
    ("TRAC013", Builtin::Handoff(context_lost_in_worker::check)),
    ("TRAC014", Builtin::SpanGuard(rust_guard_across_await::check)),
    ("TRAC015", Builtin::SpanScope(go_context_dropped::check)),
    ("TRAC016", Builtin::CurrentSpan(zero_trace_id::check)),
    ("TRAC017", Builtin::Wrapper(async_unaware_wrapper::check)),
    ("TRAC018", Builtin::SpanAttribute(duplicate_signal_names::check)),
    ("TRAC019", Builtin::Service(advanced_patterns_incomplete::check)),
    ("TRAC020", Builtin::Service(service_not_instrumented::check)),
    ("TRAC021", Builtin::Repository(no_trace_analysis::check)),
    ("TRAC022", Builtin::Sum(percentile_on_tiny_sample::check)),
    ("TRAC023", Builtin::Sum(naive_time_window::check)),
    ("TRAC024", Builtin::TraceAnalysis(analysis_never_runs::check)),
    ("TRAC025", Builtin::Sum(anomaly_divide_by_baseline::check)),
    ("TRAC026", Builtin::Sum(first_or_crash::check)),
];
