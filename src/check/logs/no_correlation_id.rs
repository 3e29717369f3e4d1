//! Services whose records name no request. Rule: rules/logs/no-correlation-id.yaml

use crate::check::Case;
use crate::repo::services::Service;

pub(super) fn check(service: &Service, case: &mut Case<'_>) {
    if !service.runs() || service.rehearsal {
        return case.skip();
    }
    let Some(ids) = case.repo.correlation_of(service) else { return case.skip() };
    let Some(logs) = ids.logs.filter(|_| service.is_readable()) else { return case.skip() };
    if !ids.request && !ids.trace && !ids.bridged && !ids.settings {
        case.flag(service.anchor).related(logs, "it writes records here");
    }
}
