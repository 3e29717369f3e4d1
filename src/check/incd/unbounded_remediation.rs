//! A remedy without a limit. Rule: rules/incd/unbounded-remediation.yaml

use super::{above, below, is_certain_part, is_outermost, name_of};
use crate::check::Case;
use crate::facts::code::incidents::{IncidentAction, Says};
use crate::lang::duties::{Duty, squeezed};

pub(super) fn check(action: &IncidentAction, case: &mut Case<'_>) {
    let acts = action.has(Duty::Remediate) && action.stub.is_none();
    if !acts || !is_certain_part(action, case) || !is_outermost(action, Duty::Remediate, case) {
        return case.skip();
    }
    let bounds = |one: &IncidentAction| one.says(Says::Bounds);
    // A controller compares what is with what should be, and waits between tries by itself.
    let controls = |one: &IncidentAction| {
        squeezed(&one.name.text).contains("reconcil") || squeezed(&one.class).contains("reconcil")
    };
    if below(action, case).any(bounds)
        || above(action, case).any(|one| bounds(one) || controls(one))
    {
        return;
    }
    case.flag(action.name.span).with("action", name_of(action));
}
