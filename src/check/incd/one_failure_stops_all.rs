//! One way to people that blocks the others. Rule: rules/incd/one-failure-stops-all.yaml

use super::is_part;
use crate::check::Case;
use crate::facts::code::incidents::{IncidentAction, Says};

pub(super) fn check(action: &IncidentAction, case: &mut Case<'_>) {
    let tells = action.chain.is_some() || !action.duties.is_empty();
    if !tells || !is_part(action, case) {
        return case.skip();
    }
    let Some(chain) = action.chain.as_ref().filter(|_| !action.says(Says::Queues)) else { return };
    case.flag(chain.first.span)
        .with("first", chain.first.text.clone())
        .with("next", chain.next.text.clone())
        .related(chain.next.span, "not reached when the first fails");
}
