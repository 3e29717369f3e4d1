//! Traced services whose records name no trace. Rule: rules/logs/no-trace-ids-in-logs.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::repo::services::Service;

pub(super) fn check(service: &Service, case: &mut Case<'_>) {
    if !service.runs() || service.rehearsal {
        return case.skip();
    }
    let Some(ids) = case.repo.correlation_of(service) else { return case.skip() };
    let Some(logs) = ids.logs.filter(|_| ids.traced && service.is_readable()) else {
        return case.skip();
    };
    if !ids.trace && !ids.bridged && !ids.settings {
        let flag = case.flag(service.anchor).related(logs, "it writes records here");
        // Settings may do more than their words say.
        if ids.plain_settings {
            flag.severity(Severity::Warning);
        }
    }
}
