//! Services whose telemetry has no name. Rule: rules/otel/missing-service-name.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::code::setup::SdkSetup;
use crate::repo::services::{Certainty, Service, Signal};

pub(super) fn check<'a>(service: &'a Service, case: &mut Case<'a>) {
    let repo = case.repo;
    let Some(provider) = first_provider(service, case) else { return case.skip() };
    if feeds_sentry(provider, case) {
        return;
    }
    let identity = repo.identity_of(service);
    if !identity.open && !identity.has(&["service.name"]) {
        // Where it is started, or a package of the house, may name it.
        let certain = service.certainty_of(Signal::Resource) == Certainty::Certain;
        let severity = if certain { Severity::Error } else { Severity::Warning };
        case.flag(provider.name.span).with("name", &service.name).severity(severity);
    }
}

/// Whether all spans of a provider become transactions of Sentry, whose project says whose they are.
fn feeds_sentry(provider: &SdkSetup, case: &Case<'_>) -> bool {
    let text = case.repo.source(provider.document.source).look();
    text.contains("SentrySpanProcessor")
        && !case.repo.setups_around(provider.document).iter().any(|it| it.exporter().is_some())
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
