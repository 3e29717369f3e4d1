//! The Jaeger exporter of SDKs. Rule: rules/otel/retired-jaeger-exporter.yaml

use crate::check::Case;
use crate::facts::code::setup::LibraryImport;
use crate::facts::manifest::{Ecosystem, Manifest};
use crate::facts::telemetry::OtelVariable;
use crate::libraries::Table;
use crate::parse::code::Language;
use crate::repo::services::Service;

pub(super) fn import(import: &LibraryImport, case: &mut Case<'_>) {
    if import.library == "jaeger-exporter" {
        case.flag(import.path.span).with("what", &import.path.text);
    }
}

/// A dependency, where nothing in the code says that it is used.
pub(super) fn manifest(service: &Service, case: &mut Case<'_>) {
    let repo = case.repo;
    let imported = repo
        .facts
        .library_imports
        .iter()
        .any(|import| import.library == "jaeger-exporter" && service.has(import.document));
    // Of services that share a manifest the first speaks.
    let first = |number: &usize| {
        let holder = repo.services().iter().find(|one| one.manifests.contains(number));
        holder.is_some_and(|holder| std::ptr::eq(holder, service))
    };
    let manifests = service.manifests.iter().copied().filter(first);
    let manifests = manifests.map(|number| &repo.facts.manifests[number]);
    // In these nothing loads a package that the code does not name.
    let named = |it: &&Manifest| matches!(it.ecosystem, Ecosystem::Cargo | Ecosystem::Npm);
    let mut retired = manifests
        .filter(|it| !named(it))
        .flat_map(|manifest| &manifest.dependencies)
        .filter(|it| !it.development && !it.indirect && is_retired(&it.name.text))
        .peekable();
    if imported || service.rehearsal || retired.peek().is_none() {
        return case.skip();
    }
    for dependency in retired {
        case.flag(dependency.name.span).with("what", &dependency.name.text);
    }
}

/// Whether a package is one of the exporter, in any language.
fn is_retired(name: &str) -> bool {
    let languages = [
        Language::Python,
        Language::Go,
        Language::Java,
        Language::Javascript,
        Language::Rust,
        Language::Csharp,
    ];
    let libraries = languages.into_iter().flat_map(|language| Table::of(language).libraries);
    let mut exporters = libraries.filter(|library| library.name == "jaeger-exporter");
    exporters.any(|library| library.packages.iter().any(|known| known.eq_ignore_ascii_case(name)))
}

pub(super) fn variable(variable: &OtelVariable, case: &mut Case<'_>) {
    if variable.name.text != "OTEL_TRACES_EXPORTER" {
        return case.skip();
    }
    let Some(value) = variable.value.known_text() else { return };
    if value.split(',').any(|exporter| exporter.trim() == "jaeger") {
        case.flag(variable.value.span).with("what", "jaeger");
    }
}
