//! Services whose telemetry has no name. Rule: rules/otel/missing-service-name.yaml

use crate::check::Case;
use crate::facts::code::setup::SdkSetup;
use crate::repo::services::Service;

pub(super) fn check<'a>(service: &'a Service, case: &mut Case<'a>) {
    let repo = case.repo;
    let Some(provider) = first_provider(service, case) else { return case.skip() };
    let identity = repo.identity_of(service);
    if !identity.open && !identity.has(&["service.name"]) {
        case.flag(provider.name.span).with("name", &service.name);
    }
}

/// The first provider in a service's own code, if it is one that runs.
pub(super) fn first_provider<'r>(service: &'r Service, case: &Case<'r>) -> Option<&'r SdkSetup> {
    if !service.runs() || service.rehearsal {
        return None;
    }
    let own = service.own.iter().flat_map(|document| case.repo.setups_of(*document));
    let mut own = own.filter(|setup| setup.provider().is_some());
    own.next()
}
