//! Ids that nothing defines. Rule: rules/otcl/undefined-reference.yaml

use super::model::{self, Missing};
use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::collector::{Collector, Component, Section, normal};
use crate::facts::flat::Setting;
use crate::facts::scalar::Scalar;
use crate::repo::Repo;
use crate::repo::collectors::{LoadSet, There};

pub(super) fn check(collector: &Collector, case: &mut Case<'_>) {
    let repo = case.repo;
    let document = collector.document;
    for pipeline in model::pipelines(repo, document) {
        for section in [Section::Receivers, Section::Processors, Section::Exporters] {
            let Some(list) = pipeline.list(section) else { continue };
            for item in list.items.iter().filter(|item| is_id(item)) {
                let found = model::missing(repo, document, |set| {
                    if set.holds(repo, pipeline, section) {
                        defined(set, section, &item.text)
                    } else {
                        // A later layer has another list.
                        There::Yes
                    }
                });
                if let Some(missing) = found {
                    undefined(case, collector, section, item, missing);
                }
            }
        }
    }
    for item in collector.extensions.items.iter().filter(|item| is_id(item)) {
        let found = model::missing(repo, document, |set| {
            let holds = set.extensions(repo).is_some_and(|it| it.document == document);
            if holds { set.defines(Section::Extensions, &item.text) } else { There::Yes }
        });
        if let Some(missing) = found {
            undefined(case, collector, Section::Extensions, item, missing);
        }
    }
    for component in repo.components_of(document) {
        idle_extensions(component, case);
    }
}

fn is_id(item: &Scalar) -> bool {
    item.known && !item.text.is_empty()
}

/// Receivers and exporters may be connectors too.
fn defined(set: &LoadSet, section: Section, id: &str) -> There {
    let own = set.defines(section, id);
    match section {
        Section::Receivers | Section::Exporters if own == There::No => {
            set.defines(Section::Connectors, id)
        }
        _ => own,
    }
}

fn undefined(
    case: &mut Case<'_>,
    collector: &Collector,
    section: Section,
    item: &Scalar,
    missing: Missing,
) {
    let repo = case.repo;
    let beside = [section, Section::Connectors]
        .iter()
        .any(|section| repo.collectors().beside(repo, collector.document, *section, &item.text));
    let certain = missing.certain && (missing.loader.is_some() || !beside);
    let sets = repo.collectors().of_document(collector.document);
    let words: Vec<&str> = sets.flat_map(|set| set.ids(section)).collect();
    let hint = model::hint(&normal(&item.text), words.iter().copied());
    let what = match certain {
        true => format!("is not defined under `{}`{hint}", section.key()),
        false => {
            format!(
                "is not defined under `{}` here, nor seen in a layer below{hint}",
                section.key()
            )
        }
    };
    let flag = case.flag(item.span).with("id", &item.text).with("what", what);
    let flag = match missing.loader {
        Some(loader) => flag.related(loader, "loads this file"),
        None => flag,
    };
    if !certain {
        flag.severity(Severity::Info);
    }
}

/// Extensions that a component needs and that do not start.
fn idle_extensions(component: &Component, case: &mut Case<'_>) {
    let repo = case.repo;
    for setting in component.settings.entries.iter().filter(|it| needs_extension(component, it)) {
        let Some(id) = setting.scalar().filter(|id| is_id(id)) else { continue };
        let found =
            model::missing(repo, component.document, |set| match runs(repo, set, component) {
                true => set.starts(repo, &id.text),
                false => There::Yes,
            });
        let Some(missing) = found.filter(|found| found.certain) else { continue };
        let what = "is an extension that `service.extensions` does not start".to_owned();
        let flag = case.flag(id.span).with("id", &id.text).with("what", what);
        if let Some(loader) = missing.loader {
            flag.related(loader, "loads this file");
        }
    }
}

/// Whether a component is part of a pipeline, or starts as an extension.
fn runs(repo: &Repo, set: &LoadSet, component: &Component) -> bool {
    match component.section {
        Section::Extensions => set.starts(repo, &component.id.text) == There::Yes,
        section => set.users(section, &component.id.text).next().is_some(),
    }
}

/// Settings whose value names an extension.
fn needs_extension(component: &Component, setting: &Setting) -> bool {
    let path = setting.path.as_str();
    let stored = component.section != Section::Extensions
        && (path == "storage" || path.ends_with("sending_queue.storage"));
    path == "auth.authenticator"
        || path.ends_with(".auth.authenticator")
        || stored
        || (path.contains("middlewares[") && path.ends_with("].id"))
}
