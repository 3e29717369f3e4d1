//! Seconds in buckets made for milliseconds. Rule: rules/metr/otel-seconds-default-buckets.yaml

use crate::check::Case;
use crate::facts::code::{MetricDefinition, MetricType, ServeForm, TimeUnit};
use crate::repo::services::ServiceKind;

/// Whether something may count into the buckets: a program of Go that gives everybody a provider of
/// traces and none of metrics counts into nothing.
fn counts(definition: &MetricDefinition, case: &Case<'_>) -> bool {
    let repo = case.repo;
    if !repo.path(definition.name.span).ends_with(".go") {
        return true;
    }
    let setups = repo.setups_around(definition.document);
    let mut providers = setups.iter().filter_map(|it| it.provider()).peekable();
    providers.peek().is_none() || providers.any(|it| it.signal != "traces" || it.automatic)
}

pub(super) fn check(definition: &MetricDefinition, case: &mut Case<'_>) {
    let repo = case.repo;
    let histogram = definition.kind == MetricType::Histogram && definition.telemetry;
    if !histogram || repo.is_rehearsal(definition.document) {
        return case.skip();
    }
    if definition.native || definition.buckets_span.is_some() || definition.unit_open {
        return;
    }
    let told = definition.unit.as_ref().map(|unit| unit.text.as_str());
    let recorded = repo.uses_of(definition).find_map(|one| {
        let amount = one.amount.as_ref()?;
        (amount.unit == Some(TimeUnit::Seconds)).then_some(amount.span)
    });
    let seconds = match told {
        Some(unit) => unit == "s",
        None => definition.exposed.ends_with("_seconds") || recorded.is_some(),
    };
    // A view, or the SDK's settings, may give other buckets.
    let viewed = repo.servings(definition.document, ServeForm::Viewed).next().is_some();
    // Whoever builds a library in gives buckets by names that stand elsewhere.
    let elsewhere = !definition.name.known
        && repo
            .service_of(definition.document)
            .is_some_and(|service| service.kind == ServiceKind::Library);
    if !seconds || viewed || elsewhere || repo.chooses_histograms() || !counts(definition, case) {
        return;
    }
    let name = match definition.name.known_text() {
        Some(name) if !name.is_empty() => format!("histogram `{name}`"),
        _ => "histogram".to_owned(),
    };
    let flag = case.flag(definition.name.span).with("name", name);
    if let Some(span) = recorded.filter(|_| told.is_none()) {
        flag.related(span, "seconds are recorded here");
    }
}
