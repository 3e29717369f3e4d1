//! Attestations that do not count, and those that end soon.

mod ending;
mod incomplete;
mod link_changed;
mod overdue;

use super::Builtin;

pub(super) const BUILTINS: &[(&str, Builtin)] = &[
    ("ATTE001", Builtin::Attestation(incomplete::check)),
    ("ATTE002", Builtin::Attestation(overdue::check)),
    ("ATTE003", Builtin::Attestation(link_changed::check)),
    ("ATTE004", Builtin::Attestation(ending::check)),
];
