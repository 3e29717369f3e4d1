//! Ids that end at a service. Rule: rules/logs/correlation-not-forwarded.yaml

use crate::check::Case;
use crate::facts::code::correlation::{CorrelationId, IdForm};
use crate::repo::services::Service;

pub(super) fn check(id: &CorrelationId, case: &mut Case<'_>) {
    let IdForm::Made { timed, sent, .. } = id.form else { return case.skip() };
    if timed || sent {
        return;
    }
    let repo = case.repo;
    let Some(service) = repo.service_of(id.document).filter(|one| Service::is_readable(one)) else {
        return case.skip();
    };
    let Some(ids) = repo.correlation_of(service) else { return };
    let Some(asks) = ids.asks.filter(|_| !ids.outbound && !ids.traced) else { return };
    case.flag(id.name.span).related(asks, "another service is asked here, without it");
}
