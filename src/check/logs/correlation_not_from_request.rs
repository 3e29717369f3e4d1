//! Ids that no request brings. Rule: rules/logs/correlation-not-from-request.yaml

use crate::check::Case;
use crate::facts::code::correlation::{CorrelationId, IdForm};
use crate::repo::services::ServiceKind;

/// Words in names of services that requests come to first.
const EDGES: &[&str] = &["gateway", "edge", "ingress", "proxy", "bff"];

pub(super) fn check(id: &CorrelationId, case: &mut Case<'_>) {
    let IdForm::Made { at_start, instead, timed, .. } = id.form else { return case.skip() };
    let repo = case.repo;
    let service = repo.service_of(id.document);
    if service.is_some_and(|one| one.kind == ServiceKind::Cli) {
        // Its run is what the id names.
        return;
    }
    if at_start {
        case.flag(id.name.span)
            .with("what", "made once, when the program starts: all requests share it");
        return;
    }
    let edge = |name: &str| EDGES.iter().any(|word| name.to_ascii_lowercase().contains(word));
    let Some(service) = service.filter(|one| one.kind == ServiceKind::Server && !edge(&one.name))
    else {
        return;
    };
    // The request brought none, or whatever was asked first; or there is no request.
    if instead || timed {
        return;
    }
    let read = repo.correlations_with(id.document).any(|it| it.inbound || it.traced || it.bridged);
    if !read && service.is_readable() {
        case.flag(id.name.span).with("what", "made anew although the request may bring one");
    }
}
