//! Types that no build of the collector has. Rule: rules/otcl/unknown-type.yaml

use super::model;
use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::components::{self, ComponentType, Distribution};
use crate::facts::collector::{Component, Section};
use crate::facts::schema::table::{Schema, Type};
use crate::identify::Kind;
use crate::lang::version::Version;

pub(super) fn check(component: &Component, case: &mut Case<'_>) {
    let repo = case.repo;
    let kind = component.kind();
    if !component.id.known || kind.is_empty() {
        return case.skip();
    }
    let section = component.section;
    if repo.builds().has(section, kind) || model::is_values(repo, component.document) {
        return;
    }
    match components::find(section.key(), kind) {
        None => unknown(component, case),
        // What is gone everywhere is another rule's.
        Some(row) if row.last().is_some() => {}
        Some(row) => left_out(component, row, case),
    }
}

fn unknown(component: &Component, case: &mut Case<'_>) {
    let repo = case.repo;
    let (section, kind) = (component.section, component.kind());
    let own = components::of_section(section.key());
    let names = own.iter().flat_map(|row| [Some(row.name), row.now]).flatten();
    let near = model::hint(kind, names);
    let elsewhere = Section::ALL
        .into_iter()
        .find(|other| *other != section && components::find(other.key(), kind).is_some());
    // A published image that merely stands near loads what a slip made, not what several files have.
    let published = model::distributions(repo, component.document).is_some()
        && (is_loaded(component, case) || !is_elsewhere(component, case))
        && !stands_by_own_build(component, case);
    // Somebody else's build has types of its own, and old ones under other names.
    let foreign = repo.distributions(component.document).contains(&None)
        || stands_by_own_build(component, case);
    let slid = slid(component, case);
    // Without a trace of a slip, another build may well have it.
    let certain = published
        || slid.is_some()
        || !(foreign || is_elsewhere(component, case)) && (!near.is_empty() || elsewhere.is_some());
    let hint = match elsewhere {
        _ if slid.is_some() => {
            format!(": it is {}, look at its indentation", slid.unwrap_or_default())
        }
        Some(other) if near.is_empty() => {
            format!(": it belongs under `{}`", other.key())
        }
        _ if near.is_empty() && !certain => ": a custom build?".to_owned(),
        _ => near,
    };
    let what = format!("is no {} of any published collector{hint}", section.one());
    let flag = case.flag(component.id.span).with("kind", kind).with("what", what);
    if !certain || repo.builds().any {
        flag.severity(Severity::Warning);
    }
}

/// What a key is that slid in among the components: a section, or a setting of the component above it.
fn slid(component: &Component, case: &Case<'_>) -> Option<String> {
    let kind = component.kind();
    if kind == "service" || Section::ALL.into_iter().any(|it| it.key() == kind) {
        return Some("a section".to_owned());
    }
    let place = component.id.span.start;
    let beside = case.repo.components_of(component.document);
    let above = beside
        .filter(|it| it.section == component.section && it.id.span.start < place)
        .max_by_key(|it| it.id.span.start)?;
    let schema = Schema::named("otel-collector")?;
    let root = schema.root(&format!("{}/{}", above.section.key(), above.kind()))?;
    let Type::Named(table) = root.ty else { return None };
    schema.types.get(table)?.field(kind)?;
    Some(format!("a setting of `{}`", above.id.text))
}

/// Whether a container certainly loads the file.
fn is_loaded(component: &Component, case: &Case<'_>) -> bool {
    let (repo, document) = (case.repo, component.document);
    repo.collectors_with(document).into_iter().any(|it| repo.is_loading(it, document))
}

/// Whether the same file runs a collector of an image that nobody publishes.
fn stands_by_own_build(component: &Component, case: &Case<'_>) -> bool {
    let beside = case.repo.facts.containers.iter();
    let mut beside = beside.filter(|it| it.document.source == component.document.source);
    beside.any(|container| {
        let image = container.image.as_ref().and_then(|it| it.known_text()).unwrap_or_default();
        let name = image.rsplit('/').next().unwrap_or(image);
        ["otel", "opentelemetry"].iter().any(|word| name.contains(word))
            && name.contains("col")
            && Distribution::of_image(image).is_none()
    })
}

/// Whether another file has the type as well: a slip of the pen is made once.
fn is_elsewhere(component: &Component, case: &Case<'_>) -> bool {
    case.repo.facts.components.iter().any(|other| {
        other.document.source != component.document.source
            && other.section == component.section
            && other.kind() == component.kind()
    })
}

/// A type that the distribution in use does not have, or not in this release.
fn left_out(component: &Component, row: &ComponentType, case: &mut Case<'_>) {
    let repo = case.repo;
    let document = component.document;
    let Some(used) = model::distributions(repo, document).filter(|_| !repo.builds().any) else {
        return;
    };
    let certain = repo
        .collectors_with(document)
        .into_iter()
        .find(|container| repo.is_loading(container, document));
    let Some(container) = certain else { return };
    let image = container.image.as_ref().map_or(container.name.span, |image| image.span);
    let lacking = |of: &Distribution| row.part(*of).is_none();
    if used.iter().all(lacking) {
        let names: Vec<&str> = used.iter().map(|of| of.name()).collect();
        let what = format!("is not part of {}", names.join(" or "));
        case.flag(component.id.span)
            .with("kind", component.kind())
            .with("what", what)
            .related(image, "the image that loads this file");
        return;
    }
    // Releases of Jaeger are counted otherwise.
    if repo.document(document).kind == Kind::JaegerConfig || used.contains(&Distribution::Jaeger) {
        return;
    }
    let first: Option<Version> = match row.now == Some(component.kind()) {
        true => row.renamed,
        false => used.iter().filter_map(|of| row.part(*of)).map(|part| part.first).max(),
    };
    let Some(first) = first.filter(|first| first.minor > 0) else { return };
    if model::reaches(repo, document, first) == Some(false) {
        let what = format!(
            "came with release {}.{}, and an older one loads this file",
            first.major, first.minor
        );
        case.flag(component.id.span)
            .with("kind", component.kind())
            .with("what", what)
            .related(image, "the release in use");
    }
}
