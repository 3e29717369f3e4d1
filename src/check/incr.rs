//! INCR: what happens after an alert fires.

use super::Builtin;

mod escalation_single_step;

pub(super) const BUILTINS: &[(&str, Builtin)] =
    &[("INCR012", Builtin::OnCall(escalation_single_step::check))];
