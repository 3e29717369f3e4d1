//! Which configurations a collector loads together, and what they mean laid over each other:
//! mappings merge, everything else replaces.

use super::Repo;
use super::paths;
use super::runs::{COLLECTOR, JAEGER};
use crate::components::Distribution;
use crate::facts::DocumentId;
use crate::facts::collector::{Collector, Component, Names, Pipeline, Section, normal};
use crate::facts::deploy::Container;
use crate::facts::flat::Settings;
use crate::identify::Kind;
use crate::lang::path::folder;
use crate::source::Span;
use std::collections::{BTreeMap, BTreeSet};

mod builds;
mod load;
mod ports;

pub use builds::Builds;

/// All sets, and which of them a document is part of.
#[derive(Debug, Default)]
pub struct Collectors {
    /// What is loaded together.
    pub sets: Vec<LoadSet>,
    of_document: BTreeMap<DocumentId, Vec<usize>>,
    /// Configurations by the folder of their file.
    folders: BTreeMap<String, Vec<DocumentId>>,
    /// Ids that are defined, by folder and section: another file there may be a layer.
    defined: BTreeMap<(String, Section, String), BTreeSet<DocumentId>>,
}

/// What the collector's own chart defines below the values.
const CHART: &[(Section, &str)] = &[
    (Section::Receivers, "otlp"),
    (Section::Receivers, "jaeger"),
    (Section::Receivers, "prometheus"),
    (Section::Receivers, "zipkin"),
    (Section::Processors, "batch"),
    (Section::Processors, "memory_limiter"),
    (Section::Exporters, "debug"),
    (Section::Extensions, "health_check"),
    // What its presets add.
    (Section::Receivers, "filelog"),
    (Section::Receivers, "hostmetrics"),
    (Section::Receivers, "kubeletstats"),
    (Section::Receivers, "k8s_cluster"),
    (Section::Receivers, "k8sobjects"),
    (Section::Processors, "k8sattributes"),
    (Section::Processors, "k8s_attributes"),
    (Section::Receivers, "receiver_creator/logs"),
    (Section::Receivers, "receiver_creator/metrics"),
    (Section::Receivers, "k8s_events"),
    (Section::Receivers, "profiling"),
    (Section::Extensions, "k8s_observer"),
    (Section::Processors, "resourcedetection"),
    (Section::Extensions, "file_storage"),
];

/// Documents that a collector loads, one over the other.
#[derive(Debug, Default)]
pub struct LoadSet {
    /// In the order of loading.
    pub documents: Vec<DocumentId>,
    /// The program that loads them, where the repository shows it.
    pub loader: Option<Span>,
    /// Values of a chart, which has a configuration of its own below them.
    pub values: bool,
    /// Values of the collector's own chart, whose configuration is known.
    pub chart: bool,
    /// The container of it, by its number among the facts.
    pub container: Option<usize>,
    /// Whether these and nothing else are loaded.
    pub known: bool,
    /// Parts may be missing: masked, or filled in elsewhere.
    pub open: bool,
    components: BTreeMap<(Section, String), Vec<usize>>,
    pipelines: BTreeMap<String, Effective>,
    extensions: Option<usize>,
    /// Pipelines that take an id, with the list that does.
    users: BTreeMap<String, Vec<(String, Section)>>,
}

/// A pipeline after all layers: for each of its lists the fact whose list holds.
#[derive(Clone, Copy, Debug, Default)]
pub struct Effective {
    /// The last layer that names the pipeline.
    pub last: usize,
    receivers: Option<usize>,
    processors: Option<usize>,
    exporters: Option<usize>,
}

/// Whether something is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum There {
    /// It is.
    Yes,
    /// Nobody can know.
    Maybe,
    /// It certainly is not.
    No,
}

impl Collectors {
    pub(super) fn of(repo: &Repo) -> Collectors {
        let mut all = Collectors { sets: load::sets(repo), ..Collectors::default() };
        for (number, set) in all.sets.iter_mut().enumerate() {
            set.fill(repo);
            set.index(repo);
            for document in &set.documents {
                all.of_document.entry(*document).or_default().push(number);
            }
        }
        for collector in &repo.facts.collectors {
            let folder = folder(&repo.source(collector.document.source).path).to_owned();
            all.folders.entry(folder).or_default().push(collector.document);
        }
        for component in &repo.facts.components {
            let folder = folder(&repo.source(component.document.source).path).to_owned();
            let key = (folder, component.section, normal(&component.id.text));
            all.defined.entry(key).or_default().insert(component.document);
        }
        all
    }

    /// The sets that a document is part of.
    pub fn of_document(&self, document: DocumentId) -> impl Iterator<Item = &LoadSet> {
        let numbers = self.of_document.get(&document).into_iter().flatten();
        numbers.filter_map(|number| self.sets.get(*number))
    }

    /// Configurations in other files of the same folder.
    pub fn neighbours<'s>(
        &'s self,
        repo: &Repo,
        document: DocumentId,
    ) -> impl Iterator<Item = DocumentId> + 's {
        let folder = folder(&repo.source(document.source).path);
        let all = self.folders.get(folder).map(Vec::as_slice).unwrap_or_default();
        all.iter().copied().filter(move |one| one.source != document.source)
    }

    /// Whether another file of the same folder defines a component.
    pub fn beside(&self, repo: &Repo, document: DocumentId, section: Section, id: &str) -> bool {
        let folder = folder(&repo.source(document.source).path).to_owned();
        let found = self.defined.get(&(folder, section, normal(id)));
        found.is_some_and(|documents| documents.iter().any(|one| one.source != document.source))
    }
}

impl LoadSet {
    fn fill(&mut self, repo: &Repo) {
        for document in &self.documents {
            let Some(at) = repo.collector_at(*document) else { continue };
            let collector = &repo.facts.collectors[at];
            self.open |= collector.open;
            if collector.extensions.key.is_some() {
                self.extensions = Some(at);
            }
            for (number, component) in repo.components_at(*document) {
                let key = (component.section, normal(&component.id.text));
                self.components.entry(key).or_default().push(number);
            }
            for (number, pipeline) in repo.pipelines_at(*document) {
                let effective = self.pipelines.entry(normal(&pipeline.name.text)).or_default();
                effective.last = number;
                let lists = [
                    (&pipeline.receivers, &mut effective.receivers),
                    (&pipeline.processors, &mut effective.processors),
                    (&pipeline.exporters, &mut effective.exporters),
                ];
                for (list, holds) in lists {
                    if list.key.is_some() {
                        *holds = Some(number);
                    }
                }
            }
        }
    }

    /// Whether a component is defined.
    pub fn defines(&self, section: Section, id: &str) -> There {
        let id = normal(id);
        let of_chart = self.brings(section, &id);
        match (self.components.contains_key(&(section, id)), self.open && !self.values) {
            (true, _) => There::Yes,
            _ if of_chart => There::Maybe,
            (false, true) => There::Maybe,
            (false, false) => There::No,
        }
    }

    /// Whether the chart below the values defines a component, which its own pipelines take.
    pub fn brings(&self, section: Section, id: &str) -> bool {
        self.values && CHART.contains(&(section, normal(id).as_str()))
    }

    /// The definitions of a component, in the order of the layers.
    pub fn layers<'r>(&self, repo: &'r Repo, section: Section, id: &str) -> Vec<&'r Component> {
        let numbers = self.components.get(&(section, normal(id))).into_iter().flatten();
        numbers.filter_map(|number| repo.facts.components.get(*number)).collect()
    }

    /// The settings of a component after all layers.
    pub fn settings(&self, repo: &Repo, section: Section, id: &str) -> Option<Settings> {
        let layers = self.layers(repo, section, id);
        let (first, rest) = layers.split_first()?;
        let merged = rest.iter().fold(first.settings.clone(), |one, it| one.merged(&it.settings));
        Some(merged)
    }

    /// All components, by section and id: the last definition of each.
    pub fn components<'r>(&self, repo: &'r Repo) -> impl Iterator<Item = &'r Component> {
        let lasts = self.components.values().filter_map(|numbers| numbers.last());
        lasts.filter_map(|number| repo.facts.components.get(*number))
    }

    /// The pipelines after all layers, by name.
    pub fn pipelines(&self) -> impl Iterator<Item = (&str, Effective)> {
        self.pipelines.iter().map(|(name, effective)| (name.as_str(), *effective))
    }

    /// A pipeline after all layers.
    pub fn pipeline(&self, name: &str) -> Option<Effective> {
        self.pipelines.get(&normal(name)).copied()
    }

    /// The extensions that start, and the configuration that says so.
    pub fn extensions<'r>(&self, repo: &'r Repo) -> Option<&'r Collector> {
        self.extensions.and_then(|at| repo.facts.collectors.get(at))
    }

    /// The ids of a section.
    pub fn ids(&self, section: Section) -> impl Iterator<Item = &str> {
        let own = self.components.keys().filter(move |(known, _)| *known == section);
        own.map(|(_, id)| id.as_str())
    }

    /// Whether the list of a pipeline is the one that holds.
    pub fn holds(&self, repo: &Repo, pipeline: &Pipeline, section: Section) -> bool {
        let effective = self.pipeline(&pipeline.name.text);
        let list = effective.and_then(|effective| effective.list(repo, section));
        list.is_some_and(|(holder, _)| std::ptr::eq(holder, pipeline))
    }

    /// Names of the pipelines that take a component, with the list that does.
    pub fn users<'s>(
        &'s self,
        section: Section,
        id: &str,
    ) -> impl Iterator<Item = (&'s str, Section)> {
        let fits = move |list: Section| match section {
            Section::Connectors => list != Section::Processors,
            Section::Extensions => false,
            own => own == list,
        };
        let all = self.users.get(&normal(id)).map(Vec::as_slice).unwrap_or_default();
        all.iter().filter(move |(_, list)| fits(*list)).map(|(name, list)| (name.as_str(), *list))
    }

    /// Notes which pipelines take what.
    fn index(&mut self, repo: &Repo) {
        for (name, effective) in &self.pipelines {
            for section in [Section::Receivers, Section::Processors, Section::Exporters] {
                let mut ids: Vec<String> =
                    effective.ids(repo, section).into_iter().map(normal).collect();
                ids.sort_unstable();
                ids.dedup();
                for id in ids {
                    self.users.entry(id).or_default().push((name.clone(), section));
                }
            }
        }
    }

    /// Whether an extension starts.
    pub fn starts(&self, repo: &Repo, id: &str) -> There {
        let Some(collector) = self.extensions(repo) else {
            return if self.open { There::Maybe } else { There::No };
        };
        let named = collector.extensions.items.iter().any(|it| normal(&it.text) == normal(id));
        match (named, self.open || collector.extensions.open) {
            (true, _) => There::Yes,
            (false, true) => There::Maybe,
            (false, false) => There::No,
        }
    }
}

impl Effective {
    /// The list that holds, and the pipeline it stands in.
    pub fn list<'r>(&self, repo: &'r Repo, section: Section) -> Option<(&'r Pipeline, &'r Names)> {
        let at = match section {
            Section::Receivers => self.receivers?,
            Section::Processors => self.processors?,
            Section::Exporters => self.exporters?,
            Section::Connectors | Section::Extensions => return None,
        };
        let pipeline = repo.facts.pipelines.get(at)?;
        Some((pipeline, pipeline.list(section)?))
    }

    /// The ids of the list that holds.
    pub fn ids<'r>(&self, repo: &'r Repo, section: Section) -> Vec<&'r str> {
        let list = self.list(repo, section);
        list.into_iter()
            .flat_map(|(_, names)| names.items.iter().map(|item| item.text.as_str()))
            .collect()
    }
}

impl Repo {
    /// What collectors load together.
    pub fn collectors(&self) -> &Collectors {
        self.collectors.get_or_init(|| Collectors::of(self))
    }

    /// Builds of the collector that the repository describes.
    pub fn builds(&self) -> &Builds {
        self.builds.get_or_init(|| Builds::of(self))
    }

    fn collector_at(&self, document: DocumentId) -> Option<usize> {
        self.facts.collectors.binary_search_by_key(&document, |it| it.document).ok()
    }

    /// The configuration that a document holds.
    pub fn collector(&self, document: DocumentId) -> Option<&Collector> {
        self.collector_at(document).and_then(|at| self.facts.collectors.get(at))
    }

    fn components_at(&self, document: DocumentId) -> impl Iterator<Item = (usize, &Component)> {
        let start = self.facts.components.partition_point(|it| it.document < document);
        let all = self.facts.components.iter().enumerate().skip(start);
        all.take_while(move |(_, it)| it.document == document)
    }

    /// The components that a document defines.
    pub fn components_of(&self, document: DocumentId) -> impl Iterator<Item = &Component> {
        self.components_at(document).map(|(_, component)| component)
    }

    /// The pipelines that a document names.
    pub fn pipelines_of(&self, document: DocumentId) -> impl Iterator<Item = &Pipeline> {
        self.pipelines_at(document).map(|(_, pipeline)| pipeline)
    }

    fn pipelines_at(&self, document: DocumentId) -> impl Iterator<Item = (usize, &Pipeline)> {
        let start = self.facts.pipelines.partition_point(|it| it.document < document);
        let all = self.facts.pipelines.iter().enumerate().skip(start);
        all.take_while(move |(_, it)| it.document == document)
    }

    /// Containers that run a collector, or a Jaeger of release 2, with a document.
    pub fn collectors_with(&self, document: DocumentId) -> Vec<&Container> {
        let sets = self.collectors().of_document(document);
        let numbers = sets.filter_map(|set| set.container);
        let loading: Vec<&Container> =
            numbers.filter_map(|number| self.facts.containers.get(number)).collect();
        if !loading.is_empty() {
            return loading;
        }
        let jaeger = self.document(document).kind == Kind::JaegerConfig;
        let (first, second) = if jaeger { (JAEGER, COLLECTOR) } else { (COLLECTOR, JAEGER) };
        let found = self.runs_with(document, first);
        if !found.is_empty() {
            return found;
        }
        let others = self.runs_with(document, second);
        others.into_iter().filter(|container| self.mounts(container, document)).collect()
    }

    /// Whether a container certainly loads a document.
    pub fn is_loading(&self, container: &Container, document: DocumentId) -> bool {
        let mut sets = self.collectors().of_document(document);
        let loads = sets.any(|set| {
            let own = set.container.and_then(|number| self.facts.containers.get(number));
            own.is_some_and(|own| std::ptr::eq(own, container))
        });
        loads || self.mounts(container, document)
    }

    /// The distributions that load a document: `None` in it for a build that nobody publishes.
    pub fn distributions(&self, document: DocumentId) -> BTreeSet<Option<Distribution>> {
        let containers = self.collectors_with(document);
        let certain = containers.iter().any(|container| self.is_loading(container, document));
        let mut found: BTreeSet<Option<Distribution>> = BTreeSet::new();
        for container in containers {
            let base = self.base_image(container).map(|base| &base.image);
            if let Some(image) = base.or(container.image.as_ref()) {
                let image = self.filled(container, &image.text);
                found.insert(Distribution::of_image(&image));
            }
        }
        // What merely stands near says which build it is only where it is one build.
        if !certain && found.len() > 1 {
            found.clear();
        }
        found
    }
}

/// Whether two ids name one component.
pub fn is_same(one: &str, other: &str) -> bool {
    normal(one) == normal(other)
}

/// What a container finds at a path, as documents of a collector.
fn loaded(repo: &Repo, container: &Container, at: &str) -> Vec<DocumentId> {
    let found = paths::mounted(repo, container, at);
    let mut documents: Vec<DocumentId> = found.documents().collect();
    for path in found.files(repo) {
        let at = repo.sources.binary_search_by(|source| source.path.as_str().cmp(path));
        let Ok(at) = at else { continue };
        let source = crate::source::SourceId(u32::try_from(at).unwrap_or(u32::MAX));
        let own = repo.documents_in(source).iter();
        documents
            .extend(own.filter(|it| it.host.is_none() && it.stream_index == 0).map(|it| it.id));
    }
    let is_config = |id: &DocumentId| {
        matches!(repo.document(*id).kind, Kind::OtelCollector | Kind::JaegerConfig)
    };
    documents.retain(is_config);
    // A volume may give the key of a map another name: then the map's only configuration counts.
    let map = paths::mount_at(container, at).and_then(|it| it.source.strip_prefix("configMap:"));
    if let (Some(map), true) = (map, documents.is_empty()) {
        let inside = repo.path_index().inside(map).iter().copied();
        let inside: Vec<DocumentId> = inside.filter(is_config).collect();
        documents = if inside.len() == 1 { inside } else { Vec::new() };
    }
    documents
}
