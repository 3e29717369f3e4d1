//! Metrics that nobody can read. Rule: rules/metr/metrics-not-exposed.yaml

use crate::check::Case;
use crate::facts::code::{MetricDefinition, MetricServing, ServeForm};
use crate::repo::services::Service;

pub(super) fn check(definition: &MetricDefinition, case: &mut Case<'_>) {
    if !definition.is_native() || case.repo.is_rehearsal(definition.document) {
        return case.skip();
    }
    let repo = case.repo;
    let first = |mut all: Box<dyn Iterator<Item = &MetricDefinition> + '_>| {
        all.next().is_some_and(|first| std::ptr::eq(first, definition))
    };
    let services: Vec<&Service> = repo.running_with(definition.document).collect();
    let hidden = |service: &Service| {
        let mut servings = repo.facts.metric_servings.iter();
        service.is_readable()
            && !servings.any(|one| serves(one) && service.has(one.document))
            && repo.automatic_metrics(service).is_none()
            && !repo.may_serve_metrics(service)
    };
    let program = |one: &MetricDefinition| repo.program(repo.path(one.name.span));
    if let Some(service) = services.first().filter(|_| services.iter().all(|it| hidden(it))) {
        let all = repo.metrics_of(service).filter(|one| one.is_native());
        if first(Box::new(all)) {
            case.flag(definition.name.span)
                .with("what", format!("`{}` declares metrics", service.name));
        }
        return;
    }
    if !services.is_empty() {
        return;
    }
    // What would serve them was meant to be used, and nothing else of the program does it.
    let served = repo.servings(definition.document, ServeForm::Served).any(serves);
    let mut unused = repo.servings(definition.document, ServeForm::Unused);
    let all = repo.facts.metric_definitions.iter();
    let here = program(definition);
    let all =
        all.filter(move |one| one.is_native() && repo.program(repo.path(one.name.span)) == here);
    if let Some(import) = unused.next().filter(|_| !served && first(Box::new(all))) {
        let what = format!("`{}` is imported and never used", repo.text(import.at));
        case.flag(import.at).with("what", what).related(definition.name.span, "the first metric");
    }
}

/// Whether it serves or sends what a client library holds; readers of instruments do not.
fn serves(one: &MetricServing) -> bool {
    matches!(one.form, ServeForm::Served | ServeForm::Automatic) && one.of != Some("opentelemetry")
}
