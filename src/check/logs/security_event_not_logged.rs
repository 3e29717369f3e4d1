//! Security-relevant handlers without a record. Rule: rules/logs/security-event-not-logged.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::code::audits::SecurityHandler;

pub(super) fn check(handler: &SecurityHandler, case: &mut Case<'_>) {
    if !case.repo.is_silent(handler) {
        return;
    }
    let listener = case.repo.audit_listener();
    let found = case
        .flag(handler.name.span)
        .with("handler", &handler.name.text)
        .with("event", handler.event);
    if let Some(listener) = listener {
        found.severity(Severity::Info).related(listener, "a listener hears of some of it here");
    }
}
