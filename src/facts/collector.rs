//! Configurations of an OpenTelemetry Collector, as written in one document: components,
//! pipelines, `service`. What several documents mean together is asked of the repo model.

use super::flat::Settings;
use super::subject::{Held, SubjectKind};
use super::{DocumentId, FileFacts, Subject};
use crate::facts::scalar::Scalar;
use crate::identify::Kind;
use crate::parse::tree::NodeRef;
use crate::source::Span;

mod credentials;

/// A section that defines components.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    borsh::BorshSerialize,
    borsh::BorshDeserialize,
)]
pub enum Section {
    /// `receivers`
    Receivers,
    /// `processors`
    Processors,
    /// `exporters`
    Exporters,
    /// `connectors`
    Connectors,
    /// `extensions`
    Extensions,
}

impl Section {
    /// All of them, in the order in which the collector looks at them.
    pub const ALL: [Section; 5] = [
        Section::Receivers,
        Section::Exporters,
        Section::Processors,
        Section::Connectors,
        Section::Extensions,
    ];

    /// Its key.
    pub fn key(self) -> &'static str {
        match self {
            Section::Receivers => "receivers",
            Section::Processors => "processors",
            Section::Exporters => "exporters",
            Section::Connectors => "connectors",
            Section::Extensions => "extensions",
        }
    }

    /// One of its components, as messages call it.
    pub fn one(self) -> &'static str {
        let key = self.key();
        &key[..key.len() - 1]
    }
}

/// One configuration, or one layer of it.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Collector {
    /// Where it came from.
    pub document: DocumentId,
    /// The token that names it.
    pub anchor: Span,
    /// Sections that are there, at their keys.
    pub sections: Vec<(Section, Span)>,
    /// The key `service`.
    pub service: Option<Span>,
    /// The key `service.pipelines`.
    pub pipelines: Option<Span>,
    /// `service.extensions`.
    pub extensions: Names,
    /// `service.telemetry`.
    pub telemetry: Settings,
    /// Keys at the top that are no section of a collector.
    pub extra: Vec<Scalar>,
    /// Parts may be missing here: masked, or filled in elsewhere.
    pub open: bool,
}

/// A component that a section defines.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Component {
    /// Where it came from.
    pub document: DocumentId,
    /// Where it is defined.
    pub section: Section,
    /// Its key: `otlp`, `otlp/backup`.
    pub id: Scalar,
    /// Its configuration.
    pub settings: Settings,
}

/// A module that a build of the collector takes in.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct BuilderModule {
    /// The manifest.
    pub document: DocumentId,
    /// What its components are.
    pub section: Section,
    /// Its path, without the release.
    pub path: String,
}

/// A collector that an operator runs.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Operated {
    /// The object.
    pub document: DocumentId,
    /// `apiVersion`.
    pub version: Scalar,
    /// The key `config`, and whether its value is a text.
    pub config: Option<(Span, bool)>,
}

/// A list of component ids.
#[derive(Clone, Debug, Default, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Names {
    /// The key that holds the list; `None` without one.
    pub key: Option<Span>,
    /// The ids.
    pub items: Vec<Scalar>,
    /// More may stand here: masked, or a placeholder.
    pub open: bool,
}

/// An entry of `service.pipelines`.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Pipeline {
    /// Where it came from.
    pub document: DocumentId,
    /// Its key: `traces`, `metrics/host`.
    pub name: Scalar,
    /// `receivers`.
    pub receivers: Names,
    /// `processors`.
    pub processors: Names,
    /// `exporters`.
    pub exporters: Names,
}

impl Component {
    /// The type: what stands before the `/` of its id.
    pub fn kind(&self) -> &str {
        kind_of(&self.id.text)
    }
}

impl Pipeline {
    /// The signal: `traces`, `metrics`, `logs` or `profiles`.
    pub fn signal(&self) -> &str {
        kind_of(&self.name.text)
    }

    /// Whether it exports to a component of this type.
    pub fn exports_to(&self, kind: &str) -> bool {
        self.exporters.items.iter().any(|exporter| kind_of(&exporter.text) == kind)
    }

    /// The list of a section; connectors and extensions have none.
    pub fn list(&self, section: Section) -> Option<&Names> {
        match section {
            Section::Receivers => Some(&self.receivers),
            Section::Processors => Some(&self.processors),
            Section::Exporters => Some(&self.exporters),
            Section::Connectors | Section::Extensions => None,
        }
    }
}

/// The type of a component or pipeline: what stands before the `/` of its name, without blanks.
pub fn kind_of(name: &str) -> &str {
    name.split('/').next().unwrap_or(name).trim()
}

/// An id as the collector compares it: blanks around type and name do not count.
pub fn normal(id: &str) -> String {
    match id.split_once('/') {
        Some((kind, name)) => format!("{}/{}", kind.trim(), name.trim()),
        None => id.trim().to_owned(),
    }
}

impl Subject for Collector {
    fn kind(&self) -> SubjectKind {
        SubjectKind::Collector
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        "collector configuration".to_owned()
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.anchor)
    }
}

impl Subject for Component {
    fn kind(&self) -> SubjectKind {
        SubjectKind::CollectorComponent
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        format!("{} {}", self.section.one(), self.id.text)
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.id.span)
    }
    fn field(&self, path: &str) -> Held<'_> {
        match path {
            "id" => self.id.held(),
            "section" => Held::Text(self.section.one()),
            _ => match path.strip_prefix("settings.") {
                Some(path) => self.settings.held(path),
                None => Held::Nothing,
            },
        }
    }
    fn field_span(&self, path: &str) -> Option<Span> {
        match path {
            "id" => Some(self.id.span),
            _ => {
                let setting =
                    path.strip_prefix("settings.").and_then(|path| self.settings.at(path));
                setting.map(|setting| setting.key)
            }
        }
    }
}

impl Subject for Pipeline {
    fn kind(&self) -> SubjectKind {
        SubjectKind::CollectorPipeline
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        format!("pipeline {}", self.name.text)
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.name.span)
    }
    fn field(&self, path: &str) -> Held<'_> {
        match path {
            "name" => self.name.held(),
            _ => Held::Nothing,
        }
    }
    fn field_span(&self, path: &str) -> Option<Span> {
        (path == "name").then_some(self.name.span)
    }
}

impl Subject for Operated {
    fn kind(&self) -> SubjectKind {
        SubjectKind::OperatedCollector
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        "collector object".to_owned()
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.config.map_or(self.version.span, |(key, _)| key))
    }
}

/// Reads an object of the collector's operator.
pub fn read_object(root: NodeRef<'_>, document: DocumentId, facts: &mut FileFacts) {
    let is_collector = root.get("kind").and_then(NodeRef::scalar) == Some("OpenTelemetryCollector");
    let Some(version) = Scalar::under(root, "apiVersion").filter(|_| is_collector) else { return };
    let entry = root.get("spec").and_then(|spec| spec.entry("config"));
    let config = entry
        .filter(|(_, value)| !value.is_null() && !value.is_unknown())
        .map(|(key, value)| (key.span(), !value.is_mapping()));
    facts.operated_collectors.push(Operated { document, version, config });
}

/// Whether a document of this kind is read here.
pub fn reads(kind: Kind) -> bool {
    matches!(kind, Kind::OtelCollector | Kind::JaegerConfig | Kind::OtelBuilder)
}

/// Reads a collector's configuration, or a manifest of the collector builder.
pub fn read(root: NodeRef<'_>, document: DocumentId, facts: &mut FileFacts) {
    let it = &facts.documents[document.index as usize];
    if it.kind == Kind::OtelBuilder {
        return read_build(root, document, facts);
    }
    let (masked, anchor) = (it.masked, it.anchor);
    let mut collector = Collector {
        document,
        anchor,
        sections: Vec::new(),
        service: None,
        pipelines: None,
        extensions: Names::default(),
        telemetry: Settings::default(),
        extra: Vec::new(),
        open: masked || root.is_unknown(),
    };
    for (key, value) in root.entries() {
        let name = key.scalar().unwrap_or_default();
        let section = Section::ALL.into_iter().find(|section| section.key() == name);
        match (section, name) {
            (Some(section), _) => {
                collector.sections.push((section, key.span()));
                collector.open |= value.is_unknown() || is_placeholder(value);
                for (id, config) in value.entries() {
                    let Some(id) = Scalar::of(id) else { continue };
                    collector.open |= !id.known;
                    let settings = Settings::of(config, masked);
                    let component = Component { document, section, id, settings };
                    facts.credentials.extend(credentials::of(&component));
                    facts.components.push(component);
                }
            }
            (None, "service") => {
                collector.service = Some(key.span());
                service(value, &mut collector, facts);
            }
            (None, _) => collector.extra.extend(Scalar::of(key)),
        }
    }
    facts.collectors.push(collector);
}

fn service(node: NodeRef<'_>, collector: &mut Collector, facts: &mut FileFacts) {
    collector.open |= node.is_unknown() || is_placeholder(node);
    for (key, value) in node.entries() {
        match key.scalar().unwrap_or_default() {
            "extensions" => collector.extensions = names(key, value),
            "telemetry" => collector.telemetry = Settings::of(value, collector.open),
            "pipelines" => {
                collector.pipelines = Some(key.span());
                collector.open |= value.is_unknown() || is_placeholder(value);
                for (name, pipeline) in value.entries() {
                    let Some(name) = Scalar::of(name) else { continue };
                    collector.open |= !name.known;
                    let list = |field: &str| {
                        let entry = pipeline.entry(field);
                        entry.map(|(key, value)| names(key, value)).unwrap_or_default()
                    };
                    let open = pipeline.is_unknown() || is_placeholder(pipeline);
                    let within = |mut names: Names| {
                        names.open |= open || (collector.open && names.key.is_none());
                        names
                    };
                    facts.pipelines.push(Pipeline {
                        document: collector.document,
                        name,
                        receivers: within(list("receivers")),
                        processors: within(list("processors")),
                        exporters: within(list("exporters")),
                    });
                }
            }
            _ => {}
        }
    }
}

fn names(key: NodeRef<'_>, value: NodeRef<'_>) -> Names {
    let items: Vec<Scalar> = value.items().filter_map(Scalar::of).collect();
    let open = value.is_unknown() || is_placeholder(value) || items.iter().any(|item| !item.known);
    Names { key: Some(key.span()), items, open }
}

/// Whether a text stands where a collection belongs that something else fills in.
fn is_placeholder(value: NodeRef<'_>) -> bool {
    value.scalar().is_some_and(crate::lang::placeholder::is_in)
}

/// Reads a manifest of the collector builder.
fn read_build(root: NodeRef<'_>, document: DocumentId, facts: &mut FileFacts) {
    for section in Section::ALL {
        for item in root.get(section.key()).into_iter().flat_map(NodeRef::items) {
            let text = ["import", "gomod"].iter().find_map(|key| item.get(key)?.scalar());
            let path = text.and_then(|text| text.split_whitespace().next());
            if let Some(path) = path.map(str::to_owned) {
                facts.builder_modules.push(BuilderModule { document, section, path });
            }
        }
    }
}
