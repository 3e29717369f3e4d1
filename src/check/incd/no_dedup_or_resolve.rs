//! A new incident for each notification. Rule: rules/incd/no-dedup-or-resolve.yaml

use super::{above, below, is_outermost, is_part, name_of};
use crate::check::Case;
use crate::facts::code::incidents::{IncidentAction, Says};
use crate::lang::duties::Duty;

pub(super) fn check(action: &IncidentAction, case: &mut Case<'_>) {
    let opens = action.has(Duty::Create) && action.stub.is_none();
    if !opens || !is_part(action, case) || !is_outermost(action, Duty::Create, case) {
        return case.skip();
    }
    let asks = |one: &IncidentAction| {
        one.says(Says::LooksUp) || one.says(Says::Resolves) || one.says(Says::Dedups)
    };
    // A product that is sent a key knows repetitions by it.
    let keyed = below(action, case).any(|one| one.says(Says::Dedups) || one.says(Says::Product));
    if keyed || above(action, case).any(asks) {
        return;
    }
    case.flag(action.name.span).with("action", name_of(action));
}
