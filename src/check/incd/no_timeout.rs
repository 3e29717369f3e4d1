//! A request that waits for ever. Rule: rules/incd/no-timeout.yaml

use crate::check::Case;
use crate::facts::code::outbound::{OutboundCall, Protocol, Timeout};

pub(super) fn check(call: &OutboundCall, case: &mut Case<'_>) {
    let automation = case.repo.automation();
    if call.protocol != Protocol::Http || !call.function.is_some_and(|name| automation.holds(name))
    {
        return case.skip();
    }
    if call.timeout == Timeout::Missing {
        case.flag(call.name.span).with("library", call.library);
    }
}
