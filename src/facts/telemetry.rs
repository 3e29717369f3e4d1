//! Where programs send their traces, metrics and logs, and which share of traces they keep.

use super::deploy::Container;
use super::jaeger::v2::type_of;
use super::scalar::Scalar;
use super::subject::{Held, SubjectKind};
use super::{DocumentId, FileFacts, Subject, configmap, jaeger, mimir, tempo};
use crate::identify::Kind;
use crate::parse::tree::NodeRef;
use crate::source::Span;

pub(super) mod environment;
mod samplers;

pub use environment::OtelVariable;
pub use samplers::{Layer, Sampler, Share};

/// One end of a connection that carries telemetry.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct TelemetryPort {
    /// Where it came from.
    pub document: DocumentId,
    /// The variable, flag or field.
    pub setting: Scalar,
    /// An address that is dialled, or the switch of a receiver.
    pub value: Scalar,
    /// What it does.
    pub role: Role,
    /// The container it is set on, by its name's place.
    pub container: Option<Span>,
}

/// What an end of a connection does.
#[derive(Clone, Debug, PartialEq, Eq, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum Role {
    /// It dials the address; the port stands elsewhere, or is the protocol's own.
    Dials {
        /// Its port, where the address has none.
        port: Option<u16>,
    },
    /// It listens on these ports.
    Listens(Vec<u16>),
}

/// Variables that hold an address, with the port that is meant where they have none.
const ADDRESSES: &[(&str, Option<u16>)] = &[
    ("OTEL_EXPORTER_OTLP_ENDPOINT", None),
    ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", None),
    ("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", None),
    ("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", None),
    ("OTEL_EXPORTER_JAEGER_ENDPOINT", None),
    ("OTEL_EXPORTER_ZIPKIN_ENDPOINT", None),
    ("MANAGEMENT_OTLP_TRACING_ENDPOINT", None),
    ("MANAGEMENT_ZIPKIN_TRACING_ENDPOINT", None),
    ("SPRING_ZIPKIN_BASE_URL", None),
    ("ZIPKIN_ENDPOINT", None),
    ("JAEGER_ENDPOINT", None),
    ("JAEGER_SAMPLER_MANAGER_HOST_PORT", None),
    ("REPORTER_GRPC_HOST_PORT", None),
];

/// Variables that hold a host, those that hold its port, and the port that is meant.
const HOSTS: &[(&str, &str, u16)] = &[
    ("JAEGER_AGENT_HOST", "JAEGER_AGENT_PORT", 6831),
    ("OTEL_EXPORTER_JAEGER_AGENT_HOST", "OTEL_EXPORTER_JAEGER_AGENT_PORT", 6831),
];

/// Exporters of a collector that dial one address.
const EXPORTERS: &[&str] =
    &["otlp", "otlp_grpc", "otlphttp", "otlp_http", "jaeger", "jaeger_thrift", "zipkin"];

/// Ports on which a Jaeger collector takes OTLP.
const OTLP_PORTS: [u16; 2] = [4317, 4318];

/// Reads what a document says of tracing; its containers and charts were read before.
pub fn read(root: NodeRef<'_>, id: DocumentId, facts: &mut FileFacts) {
    let kind = facts.documents[id.index as usize].kind;
    if kind == Kind::Kubernetes {
        configmap::read(root, id, facts);
    }
    if matches!(
        kind,
        Kind::Kubernetes
            | Kind::Compose
            | Kind::OtelCollector
            | Kind::JaegerConfig
            | Kind::JaegerStrategies
            | Kind::HelmChart
            | Kind::Terraform
    ) {
        jaeger::read(root, id, facts);
        ports(root, id, facts);
    }
    if kind == Kind::HelmValues {
        jaeger::read(root, id, facts);
        mimir::read_values(root, id, facts);
    }
    if matches!(kind, Kind::Kubernetes | Kind::Compose | Kind::HelmValues) {
        environment::read(root, id, facts);
    }
    if matches!(kind, Kind::Kubernetes | Kind::TempoConfig | Kind::HelmValues) {
        tempo::read(root, id, facts);
    }
}

/// A text that speaks of tracing: source code, or what sets the environment of programs.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct TraceMention {
    /// Where.
    pub document: DocumentId,
    /// It speaks of sampling too.
    pub samples: bool,
}

/// Words by which source code is known to send traces.
const WORDS: &[&str] =
    &["opentelemetry", "OpenTelemetry", "opentracing", "jaeger", "zipkin", "ddtrace", "otel"];

/// Notes that a text speaks of tracing, by a literal search.
pub(super) fn mention(kind: Kind, text: &str, document: DocumentId, facts: &mut FileFacts) {
    let has = |word: &str| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some();
    let traces = kind.is_code() && WORDS.iter().any(|word| has(word));
    let samples = has("TRACES_SAMPLER")
        || has("traces.sampler")
        || (traces && (has("ampler") || has("ampling")));
    if traces || samples {
        facts.trace_mentions.push(TraceMention { document, samples });
    }
    if kind.is_code() {
        environment::mentions(text, document, facts);
    }
}

/// Endpoints and samplers.
fn ports(root: NodeRef<'_>, id: DocumentId, facts: &mut FileFacts) {
    match facts.documents[id.index as usize].kind {
        Kind::OtelCollector | Kind::JaegerConfig => {
            exporters(root, id, facts);
            samplers::collector(root, id, facts);
        }
        Kind::Kubernetes => object(root, id, facts),
        _ => {}
    }
    let mut ports = Vec::new();
    for container in facts.containers.iter().filter(|container| container.document == id) {
        variables(container, &mut ports);
        flags(container, &mut ports);
        receivers(container, &mut ports);
    }
    facts.telemetry_ports.extend(ports);
    samplers::containers(id, facts);
}

fn exporters(root: NodeRef<'_>, document: DocumentId, facts: &mut FileFacts) {
    for (key, exporter) in root.get("exporters").map(NodeRef::entries).unwrap_or_default() {
        let Some(setting) = Scalar::of(key) else { continue };
        if !EXPORTERS.contains(&type_of(&setting.text)) {
            continue;
        }
        for field in ["endpoint", "traces_endpoint"] {
            if let Some(value) = Scalar::under(exporter, field) {
                let role = Role::Dials { port: None };
                let setting = setting.clone();
                let port = TelemetryPort { document, setting, value, role, container: None };
                facts.telemetry_ports.push(port);
            }
        }
    }
}

/// Objects that say for others where to send and what to keep.
fn object(root: NodeRef<'_>, document: DocumentId, facts: &mut FileFacts) {
    let kind = root.get("kind").and_then(NodeRef::scalar).unwrap_or_default();
    if kind == "Instrumentation" {
        let exporter = root.at(&["spec", "exporter"]);
        let endpoint = exporter.and_then(|exporter| exporter.entry("endpoint"));
        if let Some((setting, value)) = endpoint
            && let (Some(setting), Some(value)) = (Scalar::of(setting), Scalar::of(value))
        {
            let role = Role::Dials { port: None };
            let port = TelemetryPort { document, setting, value, role, container: None };
            facts.telemetry_ports.push(port);
        }
    }
    samplers::object(root, kind, document, facts);
}

fn variables(container: &Container, ports: &mut Vec<TelemetryPort>) {
    let mut push = |setting: &Scalar, value: &Scalar, port: Option<u16>| {
        if !value.text.is_empty() {
            ports.push(TelemetryPort {
                document: container.document,
                setting: setting.clone(),
                value: value.clone(),
                role: Role::Dials { port },
                container: Some(container.name.span),
            });
        }
    };
    for (key, value) in &container.env.entries {
        if let Some((_, port)) = ADDRESSES.iter().find(|(name, _)| *name == key.text) {
            push(key, value, *port);
        } else if let Some((_, port, meant)) = HOSTS.iter().find(|(name, ..)| *name == key.text) {
            let port = match container.env.get(port) {
                Some(port) => port.known_text().and_then(|text| text.parse().ok()),
                None => Some(*meant),
            };
            push(key, value, port);
        }
    }
}

/// `--reporter.grpc.host-port=…` of an agent.
fn flags(container: &Container, ports: &mut Vec<TelemetryPort>) {
    const FLAG: &str = "reporter.grpc.host-port";
    for (at, arg) in container.args.iter().enumerate() {
        let Some(rest) = arg.text.trim_start_matches('-').strip_prefix(FLAG) else { continue };
        let value = match rest.strip_prefix('=') {
            Some(value) => Some(arg.tail(arg.text.len() - value.len())),
            None if rest.is_empty() => container.args.get(at + 1).cloned(),
            None => None,
        };
        if let Some(value) = value {
            ports.push(TelemetryPort {
                document: container.document,
                setting: Scalar { text: FLAG.to_owned(), ..arg.clone() },
                value,
                role: Role::Dials { port: None },
                container: Some(container.name.span),
            });
        }
    }
}

/// OTLP that is switched on in a Jaeger collector.
fn receivers(container: &Container, ports: &mut Vec<TelemetryPort>) {
    let image = container.image.as_ref().and_then(|image| jaeger::component_of(&image.text));
    let takes = matches!(image, Some(jaeger::Component::Collector | jaeger::Component::AllInOne));
    let switch = container.env.key("COLLECTOR_OTLP_ENABLED");
    let value = container.env.get("COLLECTOR_OTLP_ENABLED");
    if let (true, Some(setting), Some(value)) = (takes, switch, value)
        && value.boolean() == Some(true)
    {
        ports.push(TelemetryPort {
            document: container.document,
            setting: setting.clone(),
            value: value.clone(),
            role: Role::Listens(OTLP_PORTS.to_vec()),
            container: Some(container.name.span),
        });
    }
}

impl TelemetryPort {
    /// Host and port of what is dialled, if both the text and what it means can be known.
    pub fn address(&self) -> Option<(&str, Option<u16>)> {
        let Role::Dials { port } = &self.role else { return None };
        let text = self.value.known_text()?;
        // gRPC's own schemes name more than a host.
        let rest = text.strip_prefix("dns:///").unwrap_or(text);
        let rest = rest.split_once("://").map_or(rest, |(_, rest)| rest);
        let authority = rest.split(['/', '?', '#', ',']).next().unwrap_or_default();
        let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        let (host, own) = match authority.rsplit_once(':') {
            Some((host, own)) if !host.contains(':') => (host, own.parse().ok()),
            Some(_) => return None,
            None => (authority, None),
        };
        (!host.is_empty() && !text.starts_with("unix:")).then_some((host, own.or(*port)))
    }

    /// Whether it speaks Jaeger's own protocols, or to a host of that name.
    pub fn is_jaeger(&self) -> bool {
        let setting = &self.setting.text;
        setting.contains("JAEGER")
            || setting.starts_with("REPORTER_")
            || setting.starts_with("reporter.")
            || type_of(setting).starts_with("jaeger")
            || self.address().is_some_and(|(host, _)| host.contains("jaeger"))
    }
}

impl Subject for TelemetryPort {
    fn kind(&self) -> SubjectKind {
        SubjectKind::TelemetryPort
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        self.setting.text.clone()
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.value.span)
    }
    fn field(&self, path: &str) -> Held<'_> {
        match path {
            "setting" => self.setting.held(),
            "value" => self.value.held(),
            _ => Held::Nothing,
        }
    }
    fn field_span(&self, path: &str) -> Option<Span> {
        match path {
            "setting" => Some(self.setting.span),
            "value" => Some(self.value.span),
            _ => None,
        }
    }
}
