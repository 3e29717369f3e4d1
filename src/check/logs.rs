//! LOGS: what code logs, how its loggers are set up, and what becomes of errors.

use super::Builtin;

mod argument_mismatch;
mod eager_interpolation;
mod error_without_cause;
mod field_collision;
mod personal_data_in_log;
mod secret_in_log;
mod stringified_map;
mod swallowed_exception;
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
];
