//! One name from two libraries of a process. Rule: rules/metr/two-libraries-one-name.yaml

use crate::check::Case;
use crate::facts::code::{MetricDefinition, Registry, ServeForm};

pub(super) fn check(definition: &MetricDefinition, case: &mut Case<'_>) {
    if !definition.telemetry || definition.exposed.is_empty() {
        return case.skip();
    }
    let repo = case.repo;
    // Only a reader that is scraped puts instruments beside the metrics of a client.
    let mut readers = repo.servings(definition.document, ServeForm::Served);
    let Some(reader) = readers.find(|one| one.of == Some("opentelemetry")) else { return };
    let program = |one: &MetricDefinition| repo.program(repo.path(one.name.span));
    let other = repo.definitions_of(&definition.exposed).find(|other| {
        other.is_native()
            && other.registry == Registry::Default
            && other.language == definition.language
            && program(other) == program(definition)
    });
    if let Some(other) = other {
        case.flag(definition.name.span)
            .with("name", definition.exposed.clone())
            .related(other.name.span, "declared with the client library here")
            .related(reader.at, "both are served here");
    }
}
