//! Traces that end at this service. Rule: rules/otel/propagator-missing.yaml

use crate::check::Case;
use crate::facts::code::setup::{SdkSetup, Step};
use crate::identify::Kind;

pub(super) fn check(setup: &SdkSetup, case: &mut Case<'_>) {
    let Some(provider) = setup.provider() else { return case.skip() };
    let repo = case.repo;
    let asked = matches!(repo.document(setup.document).kind, Kind::Go | Kind::Rust);
    if !asked || !matches!(provider.signal, "traces" | "all") {
        return case.skip();
    }
    if repo.service_of(setup.document).is_some_and(|service| !service.complete) {
        return;
    }
    let around = repo.setups_around(setup.document);
    let traces = |other: &&&SdkSetup| {
        other.provider().is_some_and(|it| matches!(it.signal, "traces" | "all"))
    };
    if around.iter().find(traces).is_none_or(|first| first.name.span != setup.name.span) {
        return case.skip();
    }
    let connected = around.iter().find(|other| match other.step {
        Step::Instrument(_, side) => matches!(side, "server" | "client" | "both"),
        _ => false,
    });
    let chosen = around.iter().any(|other| {
        other.propagators().is_some() || other.provider().is_some_and(|it| it.automatic)
    });
    if let (Some(connected), false) = (connected, chosen) {
        case.flag(setup.name.span)
            .with("name", &setup.name.text)
            .related(connected.name.span, "this reads or writes nothing without a propagator");
    }
}
