//! A change that is dropped in silence. Rule: rules/incd/silent-no-op.yaml

use super::{is_part, name_of};
use crate::check::Case;
use crate::facts::code::incidents::{IncidentAction, Says};
use crate::lang::duties::Duty;

pub(super) fn check(action: &IncidentAction, case: &mut Case<'_>) {
    const CHANGES: &[Duty] = &[Duty::Assign, Duty::Update, Duty::Note, Duty::Resolve];
    let changes = action.duties.iter().any(|duty| CHANGES.contains(duty));
    if !changes || !is_part(action, case) {
        return case.skip();
    }
    let Some(test) = action.silent.as_ref().filter(|_| !action.says(Says::Logs)) else { return };
    case.flag(test.span).with("action", name_of(action));
}
