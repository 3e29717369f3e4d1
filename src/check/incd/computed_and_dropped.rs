//! A message that is built and not sent. Rule: rules/incd/computed-and-dropped.yaml

use super::{is_part, name_of};
use crate::check::Case;
use crate::facts::code::incidents::IncidentAction;

pub(super) fn check(action: &IncidentAction, case: &mut Case<'_>) {
    if !is_part(action, case) {
        return case.skip();
    }
    for built in &action.dropped {
        case.flag(built.span).with("built", built.text.clone()).with("action", name_of(action));
    }
}
