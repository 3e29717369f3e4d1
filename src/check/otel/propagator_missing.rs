//! Traces that end at this service. Rule: rules/otel/propagator-missing.yaml

use crate::check::{Case, mend};
use crate::facts::code::setup::{SdkSetup, Step};
use crate::finding::Edit;
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
        Step::Instrument(_, side) => matches!(side, "server" | "client" | "both" | "spans"),
        _ => false,
    });
    let chosen = around.iter().any(|other| {
        other.propagators().is_some() || other.provider().is_some_and(|it| it.automatic)
    });
    if let (Some(connected), false) = (connected, chosen) {
        let edits = edits(setup, case);
        let flag = case
            .flag(setup.name.span)
            .with("name", &setup.name.text)
            .related(connected.name.span, "this reads or writes nothing without a propagator");
        if let Some(edits) = edits {
            flag.fix(false, "set the propagator of W3C", edits);
        }
    }
}

/// The propagator of W3C, set behind the provider in the same file.
fn edits(setup: &SdkSetup, case: &Case<'_>) -> Option<Vec<Edit>> {
    const GO: &str = "otel.SetTextMapPropagator(propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, propagation.Baggage{}))";
    const RUST: &str = "opentelemetry::global::set_text_map_propagator(opentelemetry_sdk::propagation::TraceContextPropagator::new());";
    let repo = case.repo;
    let at = setup.name.span;
    let text = repo.source(at.source).text();
    let whole = |name: &str, end: &str| {
        // A statement of one line, and the only one of its kind.
        let found = text.find(name).filter(|found| !text[found + name.len()..].contains(name))?;
        let line = text[found..].lines().next()?.trim_end();
        line.ends_with(end).then_some(())
    };
    match repo.document(setup.document).kind {
        Kind::Go => {
            whole("otel.SetTracerProvider(", ")")?;
            let set = mend::line_after(repo, at, "otel.SetTracerProvider(", GO)?;
            let import = "\"go.opentelemetry.io/otel\"\n";
            let known = text.contains("\"go.opentelemetry.io/otel/propagation\"");
            let more =
                mend::line_after(repo, at, import, "\"go.opentelemetry.io/otel/propagation\"");
            if known { Some(vec![set]) } else { Some(vec![more?, set]) }
        }
        Kind::Rust => {
            whole("global::set_tracer_provider(", ");")?;
            Some(vec![mend::line_after(repo, at, "global::set_tracer_provider(", RUST)?])
        }
        _ => None,
    }
}
