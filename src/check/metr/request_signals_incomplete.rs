//! A service of whose requests something is not measured.
//! Rule: rules/metr/request-signals-incomplete.yaml

use crate::check::Case;
use crate::repo::services::Service;

pub(super) fn check(service: &Service, case: &mut Case<'_>) {
    let repo = case.repo;
    if !service.runs() || service.rehearsal || !service.is_readable() {
        return case.skip();
    }
    // No metric at all is another matter.
    let Some(first) = repo.metrics_of(service).next() else { return case.skip() };
    let missing = repo.missing_signals(service);
    if missing.is_empty() {
        return;
    }
    case.flag(first.name.span)
        .with("service", service.name.clone())
        .with("missing", missing.join(", "));
}
