//! Providers that send nothing. Rule: rules/otel/provider-without-export.yaml

use crate::check::Case;
use crate::facts::code::setup::{SdkSetup, Step};

pub(super) fn check(setup: &SdkSetup, case: &mut Case<'_>) {
    let Some(provider) = setup.provider() else { return case.skip() };
    let repo = case.repo;
    let own = matches!(provider.signal, "traces" | "metrics" | "logs");
    if !own || provider.automatic || provider.exports || provider.open {
        return;
    }
    if repo.service_of(setup.document).is_some_and(|service| !service.complete) {
        return;
    }
    let signal = provider.signal;
    let is = |other: &str| other == signal || matches!(other, "given" | "all");
    let around = repo.setups_around(setup.document);
    let exported = around.iter().any(|other| match &other.step {
        Step::Processor(processor) => is(processor.signal),
        Step::Provider(provider) => provider.automatic || (provider.exports && is(provider.signal)),
        // Where exporters are given without a processor, the call makes one.
        Step::Exporter(exporter) => is(exporter.signal) && exporter.kind != "pull",
        _ => false,
    });
    let pulled = around.iter().any(|other| {
        signal == "metrics" && other.exporter().is_some_and(|exporter| exporter.kind == "pull")
    });
    let registered = around.iter().find(|other| match other.step {
        Step::Registered(known, "built") => is(known) && other.name.span == setup.name.span,
        Step::Registered(known, _) => is(known),
        _ => false,
    });
    // A host of .NET is put together over several projects: one of them may add the exporter.
    let elsewhere = repo.path(setup.name.span).ends_with(".cs")
        && repo.facts.sdk_setups.iter().any(|other| match &other.step {
            Step::Exporter(exporter) => is(exporter.signal),
            _ => false,
        });
    if let (Some(registered), false, false) = (registered, exported || elsewhere, pulled) {
        case.flag(setup.name.span)
            .with("name", &setup.name.text)
            .with("signal", signal)
            .related(registered.name.span, "everybody is given it here");
    }
}
