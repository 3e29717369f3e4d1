//! Components and settings that current collectors no longer have. Rule: rules/otcl/removed-component.yaml

use super::model;
use crate::catalogue::model::Severity;
use crate::check::{Case, Flag};
use crate::components;
use crate::facts::DocumentId;
use crate::facts::collector::{Collector, Component};
use crate::finding::Edit;
use crate::lang::version::Version;
use crate::repo::Repo;

/// The release that no longer took `service.telemetry.metrics.address`.
const ADDRESS: Version = Version::new(0, 128, 0);

pub(super) fn check(collector: &Collector, case: &mut Case<'_>) {
    let repo = case.repo;
    let document = collector.document;
    for component in repo.components_of(document).filter(|component| component.id.known) {
        let (section, kind) = (component.section, component.kind());
        let Some(row) = components::find(section.key(), kind) else { continue };
        let Some(last) = row.last().filter(|_| !repo.builds().has(section, kind)) else { continue };
        let first_without = Version::new(last.major, last.minor + 1, 0);
        let Some(severity) = severity(repo, document, first_without) else { continue };
        let instead = row.instead.map(|it| format!("; use {it}")).unwrap_or_default();
        let what = format!(
            "{} `{kind}` left the collector after release {}.{}{instead}",
            section.one(),
            last.major,
            last.minor
        );
        let edits = row.instead.and_then(|instead| renamed(repo, component, instead));
        let flag = case.flag(component.id.span).with("what", what).severity(severity);
        if let Some(edits) = edits {
            flag.fix(false, "name the component that took its place", edits);
        }
    }
    let address = collector.telemetry.at("metrics.address");
    if let Some(address) = address
        && let Some(severity) = severity(repo, document, ADDRESS)
    {
        let what = format!(
            "`service.telemetry.metrics.address` is refused from release {}.{} on; \
             list a `readers` entry with a `pull` exporter",
            ADDRESS.major, ADDRESS.minor
        );
        speak(case.flag(address.key).with("what", what), severity);
    }
}

/// The new name, where one took the place of another and the old one had no settings of its own
/// that the new one could refuse.
fn renamed(repo: &Repo, component: &Component, instead: &str) -> Option<Vec<Edit>> {
    let new = instead.strip_prefix('`')?.strip_suffix('`').filter(|name| !name.contains('`'))?;
    let plain = component.settings.entries.iter().all(|it| it.path == "verbosity");
    if plain { model::renamed(repo, component, new) } else { None }
}

/// How bad it is: certain for a release that lacks it, a warning where the release is not known,
/// nothing for an older one.
fn severity(repo: &Repo, document: DocumentId, first_without: Version) -> Option<Severity> {
    match model::reaches(repo, document, first_without) {
        Some(true) => Some(Severity::Error),
        Some(false) => None,
        None => Some(Severity::Warning),
    }
}

fn speak(flag: Flag<'_>, severity: Severity) {
    flag.severity(severity);
}
