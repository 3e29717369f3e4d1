//! Resources that leave out release or environment. Rule: rules/otel/resource-incomplete.yaml

use super::missing_service_name::first_provider;
use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::repo::sdk::ENVIRONMENT;
use crate::repo::services::Service;

pub(super) fn check<'a>(service: &'a Service, case: &mut Case<'a>) {
    let repo = case.repo;
    if first_provider(service, case).is_none() {
        return case.skip();
    }
    let identity = repo.identity_of(service);
    let Some(named) = identity.keys.get("service.name").filter(|_| !identity.open) else {
        return case.skip();
    };
    let mut missing = Vec::new();
    if !identity.has(&["service.version"]) {
        missing.push("`service.version`");
    }
    if !identity.has(ENVIRONMENT) {
        missing.push("`deployment.environment.name`");
    }
    if missing.is_empty() {
        return;
    }
    let flag = case.flag(*named).with("name", &service.name).with("what", missing.join(" and "));
    if let Some(place) = repo.adds_attributes() {
        flag.severity(Severity::Info).related(place, "a collector may add them here");
    }
}
