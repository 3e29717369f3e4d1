//! What the rules on collectors share: what is certain of a document that may be one layer of
//! several.

use crate::check::Case;
use crate::components::Distribution;
use crate::config::{Profile, profile};
use crate::facts::DocumentId;
use crate::facts::collector::{Collector, Component, Names, Pipeline, Section, kind_of};
use crate::facts::deploy::Container;
use crate::facts::flat::Settings;
use crate::finding::Edit;
use crate::identify::Kind;
use crate::lang::distance::nearest;
use crate::lang::path::last;
use crate::lang::version::Version;
use crate::repo::Repo;
use crate::repo::collectors::{LoadSet, There};
use crate::repo::runs::COLLECTOR;
use crate::source::Span;
use std::collections::BTreeSet;

/// Something that is not there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Missing {
    /// Whether nothing else is loaded that could have it.
    pub(super) certain: bool,
    /// The program that loads these files.
    pub(super) loader: Option<Span>,
}

/// Whether something is missing from what is loaded with a document: in one of the sets that the
/// repository shows, else in the document itself.
pub(super) fn missing(
    repo: &Repo,
    document: DocumentId,
    test: impl Fn(&LoadSet) -> There,
) -> Option<Missing> {
    let sets: Vec<&LoadSet> = repo.collectors().of_document(document).collect();
    let known: Vec<&&LoadSet> = sets.iter().filter(|set| set.known).collect();
    if !known.is_empty() {
        let found = known.into_iter().find(|set| test(set) == There::No)?;
        return Some(Missing { certain: true, loader: found.loader });
    }
    let all = sets.iter().all(|set| test(set) == There::No);
    let certain = || {
        let whole = is_whole(repo, document) && !sets.iter().any(|set| set.open);
        whole || sets.iter().all(|set| set.chart)
    };
    (all && !sets.is_empty()).then(|| Missing { certain: certain(), loader: None })
}

/// Whether a key of a configuration in the values of a chart is the chart's own, for what is laid over
/// the configuration that it brings: `extraReceivers`. No key of a collector is written so.
pub(super) fn is_of_chart(repo: &Repo, document: DocumentId, key: &str) -> bool {
    let host = repo.document(document).host;
    let in_values = match host {
        Some(host) => repo.document(host).kind == Kind::HelmValues,
        // Values may have the collector's sections beside their own keys.
        None => last(&repo.source(document.source).path).contains("values"),
    };
    let own = key.strip_prefix("extra").is_some_and(|rest| rest.starts_with(char::is_uppercase));
    in_values && own
}

/// Whether a document is the values of a chart, by its name, and no configuration: it has sections, and
/// nothing that runs them.
pub(super) fn is_values(repo: &Repo, document: DocumentId) -> bool {
    let path = &repo.source(document.source).path;
    let own = |it: &&Collector| it.document == document;
    let runs = repo.facts.collectors.iter().find(own).is_some_and(|it| it.service.is_some());
    repo.document(document).host.is_none() && last(path).contains("values") && !runs
}

/// Whether something holds in every set that a document is part of.
pub(super) fn in_all(repo: &Repo, document: DocumentId, test: impl Fn(&LoadSet) -> bool) -> bool {
    let mut sets = repo.collectors().of_document(document).peekable();
    sets.peek().is_some() && sets.all(test)
}

/// Whether a document that nothing loads is a configuration by itself, not a layer of one.
pub(super) fn is_whole(repo: &Repo, document: DocumentId) -> bool {
    let Some(collector) = repo.collector(document) else { return false };
    let has = |section: Section| collector.sections.iter().any(|(known, _)| *known == section);
    let piped = collector.pipelines.is_some() && has(Section::Receivers);
    piped && (has(Section::Exporters) || has(Section::Connectors))
}

/// Whether nothing more is laid over or under a document, as far as the repository shows.
pub(super) fn is_complete(repo: &Repo, document: DocumentId) -> bool {
    let mut sets = repo.collectors().of_document(document).peekable();
    sets.peek().is_some() && sets.all(|set| !set.open && (set.known || is_whole(repo, document)))
}

/// The settings of a component after all layers, in each set that holds it.
pub(super) fn settings(repo: &Repo, component: &Component) -> Vec<Settings> {
    let sets = repo.collectors().of_document(component.document);
    let id = &component.id.text;
    sets.filter_map(|set| set.settings(repo, component.section, id)).collect()
}

/// Whether a later layer, in every set, has a definition of its own: it speaks for the component.
pub(super) fn is_laid_over(repo: &Repo, component: &Component) -> bool {
    in_all(repo, component.document, |set| {
        let layers = set.layers(repo, component.section, &component.id.text);
        layers.last().is_some_and(|last| !std::ptr::eq(*last, component))
    })
}

/// Whether a pipeline takes a component in one of the sets; of a connector on either side.
pub(super) fn is_used(repo: &Repo, component: &Component) -> bool {
    repo.collectors()
        .of_document(component.document)
        .any(|set| set.users(component.section, &component.id.text).next().is_some())
}

/// Whether a path is one of tests, demos or documentation.
pub(super) fn is_dev(case: &Case<'_>, document: DocumentId) -> bool {
    let path = &case.repo.source(document.source).path;
    profile(&case.repo.settings, path) == Profile::Dev
}

/// The nearest word, with the hint that messages add.
pub(super) fn hint<'w>(word: &str, words: impl Iterator<Item = &'w str>) -> String {
    let limit = if word.len() <= 3 { 1 } else { 2 };
    let near = nearest(word, words.filter(|known| *known != word), limit);
    near.map(|near| format!(" (did you mean `{near}`?)")).unwrap_or_default()
}

/// Whether a type is one of these, by its old or its new name.
pub(super) fn is_kind(id: &str, kinds: &[&str]) -> bool {
    let own = kind_of(id);
    kinds.iter().any(|kind| letters(own).eq(letters(kind)))
}

/// The bytes of a type that every spelling of it has.
fn letters(kind: &str) -> impl Iterator<Item = u8> {
    kind.bytes().filter(|byte| *byte != b'_')
}

/// Whether the collector that loads a document is of this release or a later one; `None` where
/// that is not certain.
pub(super) fn reaches(repo: &Repo, document: DocumentId, release: Version) -> Option<bool> {
    if repo.document(document).kind == Kind::JaegerConfig {
        return None;
    }
    let sets = repo.collectors().of_document(document);
    let loading: Vec<&Container> = sets
        .filter_map(|set| set.container)
        .filter_map(|number| repo.facts.containers.get(number))
        .collect();
    if loading.is_empty() {
        return repo.releases(document, COLLECTOR).reach(release);
    }
    let releases: Option<Vec<Version>> =
        loading.into_iter().map(|it| Some(repo.release_of(it)?.version)).collect();
    let releases = releases?;
    match (releases.iter().all(|it| *it >= release), releases.iter().all(|it| *it < release)) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    }
}

/// The published distributions that load a document; `None` if another build may.
pub(super) fn distributions(repo: &Repo, document: DocumentId) -> Option<BTreeSet<Distribution>> {
    let all: Option<BTreeSet<Distribution>> = repo.distributions(document).into_iter().collect();
    all.filter(|all| !all.is_empty())
}

/// Exporters that send nothing over a network.
pub(super) const LOCAL: &[&str] = &["debug", "logging", "nop", "file"];

/// The pipelines of a document.
pub(super) fn pipelines(repo: &Repo, document: DocumentId) -> Vec<&Pipeline> {
    repo.pipelines_of(document).collect()
}

/// A component and all that names it, under another type; `None` where another layer or a component
/// of that name speaks against it.
pub(super) fn renamed(repo: &Repo, component: &Component, new: &str) -> Option<Vec<Edit>> {
    let old = component.id.text.as_str();
    let id = match old.split_once('/') {
        Some((_, name)) => format!("{new}/{name}"),
        None => new.to_owned(),
    };
    let document = component.document;
    let taken = repo
        .components_of(document)
        .any(|other| other.section == component.section && other.id.text == id);
    if taken || !component.id.plain {
        return None;
    }
    let lists: Vec<&Names> = match component.section {
        Section::Extensions => {
            repo.collector(document).map(|it| &it.extensions).into_iter().collect()
        }
        Section::Connectors => {
            repo.pipelines_of(document).flat_map(|it| [&it.receivers, &it.exporters]).collect()
        }
        section => repo.pipelines_of(document).filter_map(|it| it.list(section)).collect(),
    };
    let names = lists.into_iter().flat_map(|list| &list.items).filter(|item| item.text == old);
    let spans = std::iter::once(component.id.span).chain(names.map(|item| item.span));
    Some(spans.map(|span| Edit { span, text: id.clone() }).collect())
}

/// The anchor of a collector: its pipelines, its service, or what names it.
pub(super) fn anchor(collector: &Collector) -> Span {
    collector.pipelines.or(collector.service).unwrap_or(collector.anchor)
}

/// Whether comments below a key that holds nothing ask its reader to fill it in.
pub(super) fn is_left_to_fill(repo: &Repo, key: Span) -> bool {
    let text = repo.source(key.source).text();
    let below = text.get(key.end as usize..).unwrap_or_default().lines().skip(1);
    let mut comments = below.map(str::trim_start).take_while(|line| line.starts_with('#'));
    comments.any(|line| {
        let line = line.to_ascii_lowercase();
        ["add ", "configure ", "insert ", "put "].iter().any(|it| line.contains(it))
            && ["your", " here"].iter().any(|it| line.contains(it))
    })
}
