//! Services whose records name no request. Rule: rules/logs/no-correlation-id.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::repo::services::{Certainty, Service, Signal};

pub(super) fn check(service: &Service, case: &mut Case<'_>) {
    if !service.runs() || service.rehearsal {
        return case.skip();
    }
    let Some(ids) = case.repo.correlation_of(service) else { return case.skip() };
    let Some(logs) = ids.logs.filter(|_| service.is_readable()) else { return case.skip() };
    // What starts and ends a program belongs to no request.
    let calls = &case.repo.facts.log_calls;
    let of = |document: &crate::facts::DocumentId| {
        let start = calls.partition_point(|it| it.document < *document);
        let end = calls.partition_point(|it| it.document <= *document);
        &calls[start..end]
    };
    let mut all = service.documents.iter().flat_map(of).peekable();
    if all.peek().is_some() && all.all(|it| it.function.text == "main") {
        return;
    }
    if !ids.request && !ids.trace && !ids.bridged && !ids.settings {
        let flag = case.flag(service.anchor).related(logs, "it writes records here");
        // The id of a message or a session may tell what the id of a request would; settings may do
        // more than their words say.
        // A job or an operator gets no requests.
        let asked = service.certainty_of(Signal::Propagation) == Certainty::Certain;
        if ids.piece || ids.plain_settings || !asked && service.is_certain() {
            flag.severity(Severity::Warning);
        }
    }
}
