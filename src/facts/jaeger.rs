//! Jaeger: what runs it, configures it, and speaks to it by its own names.
//!
//! Version 1 is a set of programs with flags and variables, version 2 one program that reads a
//! collector's configuration; the operator's object stands for a whole installation of version 1.

pub mod chart;
pub mod flags;
pub mod links;
pub mod object;
pub mod strategies;
pub mod v2;

use super::deploy::Container;
use super::package::Package;
use super::scalar::{Credential, Scalar};
use super::subject::{Held, SubjectKind};
use super::{Document, DocumentId, FileFacts, Subject, configmap};
use crate::identify::Kind;
use crate::parse::tree::NodeRef;
use crate::source::Span;

pub use chart::ChartValues;
pub use object::JaegerObject;
pub use strategies::{Strategies, Strategy};
pub use v2::JaegerConfig;

/// A program of Jaeger.
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
pub enum Component {
    /// Everything of version 1 in one process.
    AllInOne,
    /// The agent of version 1.
    Agent,
    /// The collector of version 1.
    Collector,
    /// The query service and UI of version 1.
    Query,
    /// The reader of Kafka of version 1.
    Ingester,
    /// Version 2.
    V2,
    /// The operator, which runs version 1.
    Operator,
    /// A job or a tool beside them.
    Tool,
    /// A whole installation: a chart or an operator's object.
    Installation,
    /// Not Jaeger: a program that speaks to an agent, or wants one beside it.
    Client,
}

impl Component {
    /// Its name among the flags of version 1.
    pub fn name(self) -> &'static str {
        match self {
            Component::AllInOne => "all-in-one",
            Component::Agent => "agent",
            Component::Collector => "collector",
            Component::Query => "query",
            Component::Ingester => "ingester",
            Component::V2 => "jaeger",
            Component::Operator => "jaeger-operator",
            Component::Tool => "tool",
            Component::Installation => "jaeger",
            Component::Client => "client",
        }
    }

    /// Whether it is one of the programs of version 1, and nothing of version 2 has its name.
    pub fn is_v1(self) -> bool {
        matches!(
            self,
            Component::AllInOne
                | Component::Agent
                | Component::Collector
                | Component::Query
                | Component::Ingester
        )
    }
}

/// What shows a part of Jaeger.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum Form {
    /// A container.
    Container(Box<Container>),
    /// A chart.
    Chart(Package),
    /// Values of the chart.
    Values(Box<ChartValues>),
    /// An operator's object.
    Object(Box<JaegerObject>),
    /// A configuration of version 2.
    Config(Box<JaegerConfig>),
    /// An image that another is built from.
    Base,
    /// An annotation that has an agent put beside a workload.
    Sidecar,
    /// A variable of a program that speaks to an agent, and the agent's host where it is said.
    Variable(Option<Scalar>),
}

/// A part of Jaeger, or what wants one.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Part {
    /// Where it came from.
    pub document: DocumentId,
    /// What it is.
    pub component: Component,
    /// The token that shows it: the image, the chart's name, the annotation, the variable.
    pub name: Scalar,
    /// What shows it.
    pub form: Form,
}

impl Part {
    /// Its container.
    pub fn container(&self) -> Option<&Container> {
        match &self.form {
            Form::Container(container) => Some(container),
            _ => None,
        }
    }
}

/// The part of Jaeger that an image is.
pub fn component_of(image: &str) -> Option<Component> {
    let image = image.split('@').next().unwrap_or(image);
    let (path, last) = image.rsplit_once('/').unwrap_or(("", image));
    let name = last.split(':').next().unwrap_or(last);
    let own = path.split('/').any(|segment| segment == "jaegertracing");
    let first = last.split_once(':').is_some_and(|(_, tag)| tag.starts_with("1."));
    // Vendors add the release of their system: `jaeger-query-rhel8`.
    let name = name.split_once("-rhel").map_or(name, |(name, _)| name);
    let bare = name.strip_prefix("jaeger-").unwrap_or(name);
    if !own && bare == name && name != "jaeger" {
        return None;
    }
    Some(match bare {
        "all-in-one" | "opentelemetry-all-in-one" => Component::AllInOne,
        "agent" => Component::Agent,
        "collector" | "opentelemetry-collector" => Component::Collector,
        "query" => Component::Query,
        "ingester" => Component::Ingester,
        // Vendors call the whole of version 1 so too.
        "jaeger" if first => Component::AllInOne,
        "jaeger" => Component::V2,
        "operator" => Component::Operator,
        "es-index-cleaner" | "es-rollover" | "cassandra-schema" | "remote-storage" | "tracegen"
        | "anonymizer" => Component::Tool,
        _ => return None,
    })
}

/// Variables that name the host of the agent.
const AGENT_HOSTS: &[&str] = &["JAEGER_AGENT_HOST", "OTEL_EXPORTER_JAEGER_AGENT_HOST"];

/// Variables of clients that speak to an agent.
pub const AGENT_VARIABLES: &[&str] = &[
    "JAEGER_AGENT_HOST",
    "JAEGER_AGENT_PORT",
    "OTEL_EXPORTER_JAEGER_AGENT_HOST",
    "OTEL_EXPORTER_JAEGER_AGENT_PORT",
];

/// The annotation that has the operator put an agent beside a workload.
pub const INJECT: &str = "sidecar.jaegertracing.io/inject";

/// Reads what the facts of a document say of Jaeger: containers and charts read before.
pub fn read(root: NodeRef<'_>, id: DocumentId, facts: &mut FileFacts) {
    let document = &facts.documents[id.index as usize];
    let masked = document.masked;
    match document.kind {
        Kind::OtelCollector | Kind::JaegerConfig => v2::read(root, id, masked, facts),
        Kind::HelmValues => return chart::read(root, id, masked, facts),
        Kind::JaegerStrategies => strategies::read(root, id, masked, facts),
        Kind::Kubernetes => {
            object::read(root, id, masked, facts);
            sidecars(root, id, facts);
        }
        _ => {}
    }
    containers(id, facts);
    charts(id, facts);
    settings_of_maps(id, facts);
    links::read(id, facts);
}

/// Reads the images that a Dockerfile builds on, which were read before.
pub fn read_bases(id: DocumentId, facts: &mut FileFacts) {
    let bases = facts.base_images.iter().filter(|base| base.document == id);
    let parts = bases.filter_map(|base| {
        let name = base.image.clone();
        let component = component_of(name.known_text()?)?;
        Some(Part { document: id, component, name, form: Form::Base })
    });
    let parts: Vec<Part> = parts.collect();
    facts.jaeger_parts.extend(parts);
}

fn containers(id: DocumentId, facts: &mut FileFacts) {
    let mut parts = Vec::new();
    let mut credentials = Vec::new();
    for container in facts.containers.iter().filter(|container| container.document == id) {
        let image = container.image.as_ref();
        let component = image.and_then(|image| Some((image, component_of(&image.text)?)));
        if let Some((image, component)) = component {
            credentials.extend(secrets(container));
            parts.push(Part {
                document: id,
                component,
                name: image.clone(),
                form: Form::Container(Box::new(container.clone())),
            });
            continue;
        }
        let variable = AGENT_VARIABLES.iter().find_map(|name| container.env.key(name));
        if let Some(variable) = variable {
            let host = AGENT_HOSTS.iter().find_map(|name| container.env.get(name));
            parts.push(Part {
                document: id,
                component: Component::Client,
                name: variable.clone(),
                form: Form::Variable(host.cloned()),
            });
        }
    }
    facts.jaeger_parts.extend(parts);
    facts.credentials.extend(credentials);
}

fn charts(id: DocumentId, facts: &mut FileFacts) {
    let own = facts.packages.iter().filter(|package| package.document == id);
    let parts = own.filter_map(|package| {
        let component = match package.name.known_text()?.rsplit('/').next()? {
            "jaeger" => Component::Installation,
            "jaeger-operator" => Component::Operator,
            _ => return None,
        };
        let name = package.name.clone();
        Some(Part { document: id, component, name, form: Form::Chart(package.clone()) })
    });
    let parts: Vec<Part> = parts.collect();
    facts.jaeger_parts.extend(parts);
}

/// Annotations of a workload, its pods or a namespace that have an agent put beside them.
fn sidecars(root: NodeRef<'_>, id: DocumentId, facts: &mut FileFacts) {
    let places: [&[&str]; 2] =
        [&["metadata", "annotations"], &["spec", "template", "metadata", "annotations"]];
    for annotations in places.iter().filter_map(|place| root.at(place)) {
        let Some((key, value)) = annotations.entry(INJECT) else { continue };
        let off = Scalar::of(value).is_some_and(|value| value.boolean() == Some(false));
        if let Some(name) = Scalar::of(key).filter(|_| !off) {
            let part =
                Part { document: id, component: Component::Client, name, form: Form::Sidecar };
            facts.jaeger_parts.push(part);
        }
    }
}

/// Credentials in variables and flags of a container.
fn secrets(container: &Container) -> Vec<Credential> {
    let credential = |key: Scalar, value: Scalar| Credential {
        document: container.document,
        program: "jaeger",
        path: key.text.clone(),
        key,
        value,
    };
    let mut found = Vec::new();
    for (key, value) in &container.env.entries {
        if flags::is_secret(&key.text) && !value.text.is_empty() {
            found.push(credential(key.clone(), value.clone()));
        }
    }
    for (at, arg) in container.args.iter().enumerate() {
        let Some(flag) = arg.text.strip_prefix("--") else { continue };
        let (name, value) = match flag.split_once('=') {
            Some((name, value)) => (name, Some(arg.tail(arg.text.len() - value.len()))),
            None => (flag, container.args.get(at + 1).cloned()),
        };
        if let Some(value) = value.filter(|value| !value.text.is_empty())
            && flags::is_secret(name)
        {
            found.push(credential(Scalar { text: name.to_owned(), ..arg.clone() }, value));
        }
    }
    found
}

/// Credentials in a ConfigMap that holds settings of Jaeger.
fn settings_of_maps(id: DocumentId, facts: &mut FileFacts) {
    let mut found = Vec::new();
    let maps = facts.config_maps.iter().filter(|map| map.document == id);
    for map in maps.filter(|map| map.object.kind == "ConfigMap" && is_settings(map)) {
        let secret = map.data.entries.iter().filter(|(key, _)| flags::is_secret(&key.text));
        found.extend(secret.filter(|(_, value)| !value.text.is_empty()).map(|(key, value)| {
            let known = value.known && !crate::lang::placeholder::is_in(&value.text);
            Credential {
                document: id,
                program: "jaeger",
                path: format!("data.{}", key.text),
                key: key.clone(),
                value: Scalar { known, ..value.clone() },
            }
        }));
    }
    facts.credentials.extend(found);
}

/// Whether the keys of a map are settings of Jaeger 1: the type of its storage, or several of
/// its settings under a name that says Jaeger.
pub fn is_settings(map: &configmap::ConfigMap) -> bool {
    let known = map.data.keys().filter(|key| flags::is_setting(key)).count();
    let named = map.object.name.contains("jaeger");
    let storage = map.data.keys().any(|key| flags::variable(key) == "SPAN_STORAGE_TYPE");
    storage || (named && known >= 1) || known >= 4
}

/// Whether a document configures Jaeger 2 or a collector.
pub fn is_config(document: &Document) -> bool {
    matches!(document.kind, Kind::JaegerConfig | Kind::OtelCollector)
}

impl Subject for Part {
    fn kind(&self) -> SubjectKind {
        SubjectKind::JaegerPart
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        match &self.form {
            Form::Container(container) => format!("container {}", container.name.text),
            Form::Chart(package) => format!("chart {}", package.name.text),
            Form::Values(_) => "values of the chart jaeger".to_owned(),
            Form::Object(_) => format!("Jaeger {}", self.name.text),
            Form::Config(_) => "Jaeger configuration".to_owned(),
            Form::Sidecar | Form::Variable(_) | Form::Base => self.name.text.clone(),
        }
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.name.span)
    }
    fn field(&self, path: &str) -> Held<'_> {
        match path {
            "name" => self.name.held(),
            "component" => Held::Text(self.component.name()),
            _ => Held::Nothing,
        }
    }
    fn field_span(&self, path: &str) -> Option<Span> {
        (path == "name").then_some(self.name.span)
    }
}

#[cfg(test)]
mod tests {
    use super::{Component, component_of};

    #[test]
    fn images_are_parts_of_jaeger_or_none() {
        for (image, component) in [
            ("jaegertracing/all-in-one:1.50", Some(Component::AllInOne)),
            ("docker.io/jaegertracing/jaeger-collector", Some(Component::Collector)),
            ("registry.redhat.io/rhosdt/jaeger-query-rhel8@sha256:ab", Some(Component::Query)),
            ("jaegertracing/jaeger:2.20.0", Some(Component::V2)),
            ("cr.jaegertracing.io/jaegertracing/jaeger:2.1", Some(Component::V2)),
            ("jaegertracing/example-hotrod:1.60", None),
            ("acme/all-in-one:1", None),
            ("acme/agent:1", None),
        ] {
            assert_eq!(component_of(image), component, "{image}");
        }
    }
}
