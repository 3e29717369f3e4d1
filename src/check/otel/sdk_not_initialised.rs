//! Services without OpenTelemetry. Rule: rules/otel/sdk-not-initialised.yaml

use crate::check::Case;
use crate::repo::services::Service;

pub(super) fn check(service: &Service, case: &mut Case<'_>) {
    let repo = case.repo;
    if !service.runs() || service.rehearsal {
        return case.skip();
    }
    if service.is_readable() && repo.is_instrumented(service) == Some(false) {
        case.flag(service.anchor).with("name", &service.name);
    }
}
