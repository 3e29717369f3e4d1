//! LOGS: what code writes to its logs, and what becomes of errors.

use super::Builtin;

mod error_without_cause;
mod swallowed_exception;

pub(super) const BUILTINS: &[(&str, Builtin)] = &[
    ("LOGS010", Builtin::Handler(swallowed_exception::check)),
    ("LOGS011", Builtin::Handler(error_without_cause::check)),
];
