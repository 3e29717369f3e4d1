//! An identifier that two incidents can share. Rule: rules/incd/colliding-id.yaml

use super::is_part;
use crate::check::Case;
use crate::facts::code::incidents::IncidentAction;
use crate::lang::duties::Duty;

pub(super) fn check(action: &IncidentAction, case: &mut Case<'_>) {
    if !is_part(action, case) || (action.weak_ids.is_empty() && !action.has(Duty::Create)) {
        return case.skip();
    }
    for (source, what) in &action.weak_ids {
        case.flag(source.span).with("what", *what);
    }
}
