//! Declarations that do not count, or speak of what is not there.

mod critical_service_missing;
mod expired;
mod incomplete;
mod role_declared_twice;
mod self_approved;

use super::Builtin;

pub(super) const BUILTINS: &[(&str, Builtin)] = &[
    ("DECL001", Builtin::Declaration(incomplete::check)),
    ("DECL002", Builtin::Declaration(expired::check)),
    ("DECL003", Builtin::Declaration(self_approved::check)),
    ("DECL004", Builtin::Declaration(role_declared_twice::check)),
    ("DECL005", Builtin::Declaration(critical_service_missing::check)),
];
