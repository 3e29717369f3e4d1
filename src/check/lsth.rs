//! LSTH: Logstash.

use super::Builtin;

mod stdout_in_prod;
mod syntax_error;

pub(super) const BUILTINS: &[(&str, Builtin)] = &[
    ("LSTH001", Builtin::LogstashPipeline(syntax_error::check)),
    ("LSTH012", Builtin::LogstashPlugin(stdout_in_prod::check)),
];
