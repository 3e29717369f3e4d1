//! LOGS: what code logs, how its loggers are set up, and what becomes of errors.

use super::Builtin;
mod argument_mismatch;
mod correlation_not_forwarded;
mod correlation_not_from_request;
mod eager_interpolation;
mod error_without_cause;
mod field_collision;
mod internals_to_client;
mod mdc_leak;
mod no_correlation_id;
mod no_failure_response;
mod no_trace_ids_in_logs;
mod personal_data_in_log;
mod secret_in_log;
mod stringified_map;
mod swallowed_exception;
mod thread_local_in_async;
mod traceback_outside_handler;

pub(super) const BUILTINS: &[(&str, Builtin)] = &[
    ("LOGS002", Builtin::LogCall(stringified_map::check)),
    ("LOGS007", Builtin::LogCall(secret_in_log::check)),
    ("LOGS008", Builtin::LogCall(personal_data_in_log::check)),
    ("LOGS010", Builtin::Handler(swallowed_exception::check)),
    ("LOGS011", Builtin::Handler(error_without_cause::check)),
    ("LOGS012", Builtin::LogCall(argument_mismatch::check)),
    ("LOGS013", Builtin::LogCall(eager_interpolation::check)),
    ("LOGS015", Builtin::FieldPass(field_collision::check)),
    ("LOGS016", Builtin::Traceback(traceback_outside_handler::check)),
    ("LOGS017", Builtin::Service(no_correlation_id::check)),
    ("LOGS018", Builtin::CorrelationId(correlation_not_from_request::check)),
    ("LOGS019", Builtin::CorrelationId(correlation_not_forwarded::check)),
    ("LOGS020", Builtin::CorrelationId(thread_local_in_async::check)),
    ("LOGS021", Builtin::CorrelationId(mdc_leak::check)),
    ("LOGS029", Builtin::HttpResponse(internals_to_client::check)),
    ("LOGS030", Builtin::Repository(no_failure_response::check)),
    ("LOGS033", Builtin::Service(no_trace_ids_in_logs::check)),
];
