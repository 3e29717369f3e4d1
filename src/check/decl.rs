//! Declarations that do not count.

mod expired;
mod incomplete;
mod self_approved;

use super::Builtin;

pub(super) const BUILTINS: &[(&str, Builtin)] = &[
    ("DECL001", Builtin::Declaration(incomplete::check)),
    ("DECL002", Builtin::Declaration(expired::check)),
    ("DECL003", Builtin::Declaration(self_approved::check)),
];
