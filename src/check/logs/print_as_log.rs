//! Prints in place of records. Rule: rules/logs/print-as-log.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::code::logs::LogCall;
use crate::repo::services::Service;

pub(super) fn check(call: &LogCall, case: &mut Case<'_>) {
    let repo = case.repo;
    let numbers = repo.services_with(call.document);
    let all = || numbers.iter().map(|number| &repo.services()[*number]);
    // A page that another program serves prints in the browser.
    let mut owners = all().filter(|it| it.own_has(call.document)).peekable();
    let runs = match owners.peek() {
        Some(_) => owners.any(Service::runs),
        None => all().any(Service::runs),
    };
    if !runs || repo.is_errand(call.document) {
        return case.skip();
    }
    let counts = |call: &LogCall| call.printed && !call.aside;
    if !counts(call) {
        return;
    }
    let calls = case.repo.facts.log_calls.as_slice();
    let start = calls.partition_point(|one| one.document < call.document);
    let end = calls.partition_point(|one| one.document <= call.document);
    let own = &calls[start..end];
    let Some(first) = own.iter().find(|one| counts(one)) else { return };
    // Once for a file, and where the same function has a logger at hand.
    let logged = own.iter().find(|one| !one.printed && one.function.span == call.function.span);
    let is_first = std::ptr::eq(first, call);
    if !is_first && logged.is_none() {
        return;
    }
    let count = own.iter().filter(|one| counts(one)).count();
    let count =
        if is_first && count > 1 { format!(" ({count} in this file)") } else { String::new() };
    // What only shows how something is done is read by whoever runs it.
    let shows = repo.is_aside(call.document) && !repo.is_rehearsal(call.document);
    let severity = if shows { Severity::Info } else { Severity::Warning };
    let flag = case
        .flag(call.method.span)
        .with("method", call.method.text.clone())
        .with("count", count)
        .at_most(severity);
    if let Some(logged) = logged {
        flag.related(logged.method.span, "the same function has a logger");
    }
}
