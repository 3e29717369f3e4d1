//! Components that nothing takes. Rule: rules/otcl/defined-not-used.yaml

use super::model;
use crate::check::{Case, mend};
use crate::facts::collector::{Component, Section, normal};
use crate::facts::flat::Value;
use crate::facts::jaeger::v2::type_of;
use crate::finding::Edit;
use crate::repo::Repo;
use crate::repo::collectors::{LoadSet, There};

pub(super) fn check(component: &Component, case: &mut Case<'_>) {
    let repo = case.repo;
    let document = component.document;
    if !component.id.known || is_anchor(repo, component) {
        return case.skip();
    }
    let found = model::missing(repo, document, |set| used(repo, set, component));
    let Some(missing) = found.filter(|found| found.certain) else { return };
    if missing.loader.is_none() && named_beside(repo, component) || is_missed(repo, component) {
        return;
    }
    let (key, users) = match component.section {
        Section::Extensions => ("extension", "`service.extensions` does not list it"),
        section => (section.one(), "no pipeline takes it"),
    };
    let lines = mend::block(repo, component.id.span).filter(|_| missing.loader.is_none());
    let mut flag = case.flag(component.id.span).with("section", key).with("what", users);
    if let Some(loader) = missing.loader {
        flag = flag.related(loader, "loads this file");
    }
    if let Some(span) = lines {
        flag.fix(false, "remove it", vec![Edit { span, text: String::new() }]);
    }
}

/// Whether a part of Jaeger stands on an extension: then that is told as a fault of its own.
fn is_missed(repo: &Repo, component: &Component) -> bool {
    const USERS: &[(&str, &str)] =
        &[("jaeger_storage", "jaeger_storage_exporter"), ("remote_sampling", "adaptive_sampling")];
    let user = USERS.iter().find(|(extension, _)| *extension == component.id.text);
    let mut configs = repo.facts.jaeger_configs.iter();
    component.section == Section::Extensions
        && user.is_some_and(|(_, user)| {
            configs.any(|config| {
                config.document == component.document
                    && config.used.iter().any(|name| type_of(&name.text) == *user)
            })
        })
}

fn used(repo: &Repo, set: &LoadSet, component: &Component) -> There {
    let id = component.id.text.as_str();
    let taken = match component.section {
        Section::Extensions => set.starts(repo, id),
        section if set.users(section, id).next().is_some() => There::Yes,
        // What the pipelines of the collector's own chart take is known.
        section if set.chart && set.brings(section, id) => There::Maybe,
        _ if set.open && !set.chart || set.pipelines().any(|(_, it)| is_open(repo, it)) => {
            There::Maybe
        }
        _ => There::No,
    };
    if taken != There::No {
        return taken;
    }
    let id = normal(id);
    let mut others = set.components(repo).filter(|other| other.id.text != component.id.text);
    let named = others.any(|other| {
        other.settings.entries.iter().any(|setting| match &setting.value {
            Value::Scalar(scalar) => normal(&scalar.text) == id,
            _ => setting.name() == id,
        })
    });
    if named { There::Yes } else { There::No }
}

fn is_open(repo: &Repo, pipeline: crate::repo::collectors::Effective) -> bool {
    [Section::Receivers, Section::Processors, Section::Exporters]
        .iter()
        .any(|section| pipeline.list(repo, *section).is_some_and(|(_, names)| names.open))
}

/// Whether the definition is there to be taken over elsewhere by its anchor.
fn is_anchor(repo: &Repo, component: &Component) -> bool {
    let source = repo.source(component.id.span.source);
    let rest = source.text().get(component.id.span.end as usize..).unwrap_or_default();
    rest.lines()
        .next()
        .is_some_and(|line| line.trim_start_matches([':', ' ', '"', '\'']).starts_with('&'))
}

/// Whether a pipeline of another file in the folder takes it: that file may be a layer.
fn named_beside(repo: &Repo, component: &Component) -> bool {
    let id = normal(&component.id.text);
    let mut others = repo.collectors().neighbours(repo, component.document);
    let takes = |document| {
        let lists = repo.pipelines_of(document);
        let mut lists = lists.flat_map(|it| [&it.receivers, &it.processors, &it.exporters]);
        lists.any(|list| list.items.iter().any(|item| normal(&item.text) == id))
    };
    others.any(|document| takes(document) && !model::is_whole(repo, document))
}
