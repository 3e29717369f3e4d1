//! METR: metrics that code declares and feeds.

use super::Builtin;

mod finally_reads_unbound;
mod wall_clock_duration;

pub(super) const BUILTINS: &[(&str, Builtin)] = &[
    ("METR015", Builtin::Measured(wall_clock_duration::check)),
    ("METR024", Builtin::CleanUp(finally_reads_unbound::check)),
];
