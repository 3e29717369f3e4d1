//! The configuration of Jaeger 2: what it keeps traces in, and who reads and writes there.

use super::{Component, Form, Part};
use crate::facts::scalar::{Credential, Scalar};
use crate::facts::settings::Settings;
use crate::facts::subject::{Held, SubjectKind};
use crate::facts::telemetry::{Layer, Sampler, Share};
use crate::facts::{DocumentId, FileFacts, Subject};
use crate::parse::tree::NodeRef;
use crate::source::Span;

/// A collector's configuration with components of Jaeger 2.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct JaegerConfig {
    /// Where it came from.
    pub document: DocumentId,
    /// The key that makes it one.
    pub anchor: Span,
    /// `jaeger_storage` is defined.
    pub storage: Option<Span>,
    /// `jaeger_query` is defined.
    pub query: Option<Span>,
    /// Where traces can be kept.
    pub backends: Vec<Backend>,
    /// Names of `metric_backends`.
    pub metric_backends: Vec<Scalar>,
    /// Settings that name one of them.
    pub uses: Vec<BackendUse>,
    /// `remote_sampling`.
    pub sampling: Option<RemoteSampling>,
    /// The key `extensions` of `service`, and `service` itself.
    pub enabled_key: Option<Span>,
    /// The key `service`.
    pub service_key: Option<Span>,
    /// Names under `service.extensions`.
    pub enabled: Vec<Scalar>,
    /// Exporters and processors of Jaeger that a pipeline uses.
    pub used: Vec<Scalar>,
    /// Parts may be filled in elsewhere.
    pub open: bool,
}

/// A place for traces.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Backend {
    /// Its name.
    pub name: Scalar,
    /// What it is: `memory`, `badger`, `cassandra`, `elasticsearch`, `opensearch`, `clickhouse`,
    /// `grpc`; the key.
    pub kind: Option<Scalar>,
    /// Its settings.
    pub settings: Settings,
}

/// A setting that names a backend.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct BackendUse {
    /// Which: `jaeger_query.storage.traces`.
    pub setting: String,
    /// The name it gives.
    pub name: Scalar,
    /// It wants one of `metric_backends`.
    pub metrics: bool,
}

/// Where clients get their strategies.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct RemoteSampling {
    /// Its key.
    pub key: Scalar,
    /// `adaptive`.
    pub adaptive: Option<Span>,
    /// `file`.
    pub file: Option<Span>,
    /// `file.default_sampling_probability`.
    pub default_probability: Option<Scalar>,
}

/// The type of a component: what stands before the `/`.
pub fn type_of(id: &str) -> &str {
    id.split('/').next().unwrap_or(id).trim()
}

/// Reads a collector's configuration that has components of Jaeger.
pub(super) fn read(root: NodeRef<'_>, id: DocumentId, masked: bool, facts: &mut FileFacts) {
    let Some(mut config) = sections(root, id, masked) else { return };
    for (section, kind, field, metrics) in USES {
        for (key, value) in components(root, section, kind) {
            let path: Vec<&str> = field.split('.').collect();
            let Some(name) = value.at(&path).and_then(Scalar::of) else { continue };
            let text = key.scalar().unwrap_or(kind);
            if !name.text.is_empty() {
                let setting = format!("{text}.{field}");
                config.uses.push(BackendUse { setting, name, metrics: *metrics });
            }
        }
    }
    for backend in &config.backends {
        for setting in backend.settings.entries.iter().filter(|it| is_secret(&it.key)) {
            let Some(value) = setting.value.clone().filter(|it| !it.text.is_empty()) else {
                continue;
            };
            let text = last(&setting.key).to_owned();
            facts.credentials.push(Credential {
                document: id,
                program: "jaeger",
                path: format!("{}.{}", backend.name.text, setting.key),
                key: Scalar { text, span: setting.span, known: true, plain: true },
                value,
            });
        }
    }
    if let Some(sampling) = &config.sampling
        && let Some(value) = &sampling.default_probability
    {
        let share = value.known_text().and_then(|text| text.parse::<f64>().ok());
        facts.samplers.push(Sampler {
            document: id,
            layer: Layer::Remote,
            setting: sampling.key.clone(),
            value: value.clone(),
            share: share.filter(|it| (0.0..=1.0).contains(it)).map_or(Share::Unknown, Share::Of),
        });
    }
    let text = "configuration".to_owned();
    facts.jaeger_parts.push(Part {
        document: id,
        component: Component::V2,
        name: Scalar { text, span: config.anchor, known: true, plain: true },
        form: Form::Config(Box::new(config.clone())),
    });
    facts.jaeger_configs.push(config);
}

/// Settings that name a backend: section, component, field, and whether of `metric_backends`.
const USES: &[(&str, &str, &str, bool)] = &[
    ("extensions", "jaeger_query", "storage.traces", false),
    ("extensions", "jaeger_query", "storage.traces_archive", false),
    ("extensions", "jaeger_query", "storage.metrics", true),
    ("extensions", "remote_storage", "storage", false),
    ("extensions", "remote_sampling", "adaptive.sampling_store", false),
    ("exporters", "jaeger_storage_exporter", "trace_storage", false),
];

fn last(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

/// A password or key written in its place, not the path of a file with it.
fn is_secret(path: &str) -> bool {
    matches!(last(path), "password" | "token" | "api_key" | "secret" | "secret_key")
}

fn components<'t>(root: NodeRef<'t>, section: &str, kind: &str) -> Vec<(NodeRef<'t>, NodeRef<'t>)> {
    let entries = root.get(section).map(NodeRef::entries).unwrap_or_default();
    let wanted =
        |(key, _): &(NodeRef<'t>, NodeRef<'t>)| key.scalar().is_some_and(|id| type_of(id) == kind);
    entries.into_iter().filter(wanted).collect()
}

fn sections(root: NodeRef<'_>, document: DocumentId, masked: bool) -> Option<JaegerConfig> {
    let first = |section, kind| components(root, section, kind).into_iter().next();
    let storage = first("extensions", "jaeger_storage");
    let query = first("extensions", "jaeger_query");
    let remote = first("extensions", "remote_sampling");
    let exporter = first("exporters", "jaeger_storage_exporter");
    let adaptive = first("processors", "adaptive_sampling");
    let used = used(root);
    let marks = [storage, query, exporter, adaptive, first("extensions", "remote_storage")];
    let anchor = marks.iter().flatten().map(|(key, _)| key.span()).next();
    let anchor = anchor.or_else(|| used.first().map(|name| name.span))?;
    let service = root.entry("service");
    let extensions = service.and_then(|(_, service)| service.entry("extensions"));
    let held = |field| storage.and_then(|(_, storage)| storage.get(field));
    let backends = held("backends").map(|node| node.entries()).unwrap_or_default();
    let metrics = held("metric_backends").map(|node| node.entries()).unwrap_or_default();
    // Whole sections may come from another file: `${file:…}`.
    let filled = |node: Option<NodeRef<'_>>| {
        node.is_some_and(|node| node.is_unknown() || Scalar::of(node).is_some_and(|it| !it.known))
    };
    let open = masked
        || filled(held("backends"))
        || filled(held("metric_backends"))
        || filled(storage.map(|(_, value)| value))
        || filled(root.get("extensions"))
        || filled(extensions.map(|(_, value)| value));
    Some(JaegerConfig {
        document,
        anchor,
        storage: storage.map(|(key, _)| key.span()),
        query: query.map(|(key, _)| key.span()),
        backends: backends
            .into_iter()
            .filter_map(|(key, value)| backend(key, value, masked))
            .collect(),
        metric_backends: metrics.into_iter().filter_map(|(key, _)| Scalar::of(key)).collect(),
        uses: Vec::new(),
        sampling: remote.and_then(|(key, value)| sampling(key, value)),
        enabled_key: extensions.map(|(key, _)| key.span()),
        service_key: service.map(|(key, _)| key.span()),
        enabled: extensions
            .map(|(_, list)| list.items().filter_map(Scalar::of).collect())
            .unwrap_or_default(),
        used,
        open,
    })
}

/// Components of Jaeger in the pipelines.
fn used(root: NodeRef<'_>) -> Vec<Scalar> {
    let pipelines = root.at(&["service", "pipelines"]).map(NodeRef::entries).unwrap_or_default();
    let lists = pipelines.into_iter().flat_map(|(_, pipeline)| {
        ["processors", "exporters"].into_iter().filter_map(move |key| pipeline.get(key))
    });
    let names = lists.flat_map(|list| list.items().filter_map(Scalar::of).collect::<Vec<_>>());
    let own = |name: &Scalar| {
        matches!(type_of(&name.text), "jaeger_storage_exporter" | "adaptive_sampling")
    };
    names.filter(own).collect()
}

fn backend(key: NodeRef<'_>, value: NodeRef<'_>, masked: bool) -> Option<Backend> {
    let kind = value.entries().next().and_then(|(kind, _)| Scalar::of(kind));
    let inner = kind.as_ref().and_then(|kind| value.get(&kind.text));
    let settings = inner.map(|inner| Settings::of(inner, masked)).unwrap_or_default();
    Some(Backend { name: Scalar::of(key)?, kind, settings })
}

fn sampling(key: NodeRef<'_>, value: NodeRef<'_>) -> Option<RemoteSampling> {
    let span = |field| value.entry(field).map(|(key, _)| key.span());
    Some(RemoteSampling {
        key: Scalar::of(key)?,
        adaptive: span("adaptive"),
        file: span("file"),
        default_probability: value
            .at(&["file", "default_sampling_probability"])
            .and_then(Scalar::of),
    })
}

impl JaegerConfig {
    /// The backend of a name.
    pub fn backend(&self, name: &str) -> Option<&Backend> {
        self.backends.iter().find(|backend| backend.name.text == name)
    }

    /// The backends that traces are written to or read from, archives left out; all where nothing
    /// says which.
    pub fn stores(&self) -> Vec<&Backend> {
        let main = self.uses.iter().filter(|it| !it.metrics && !it.setting.ends_with("_archive"));
        let found: Vec<&Backend> =
            main.filter_map(|it| self.backend(it.name.known_text()?)).collect();
        let mut stores: Vec<&Backend> = self.backends.iter().collect();
        if !found.is_empty() {
            stores.retain(|one| found.iter().any(|other| std::ptr::eq(*one, *other)));
        }
        stores
    }

    /// Whether an extension of a type is listed.
    pub fn is_enabled(&self, kind: &str) -> bool {
        self.enabled.iter().any(|name| !name.known || type_of(&name.text) == kind)
    }
}

impl Subject for JaegerConfig {
    fn kind(&self) -> SubjectKind {
        SubjectKind::JaegerConfig
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        "Jaeger configuration".to_owned()
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.anchor)
    }
    fn field(&self, _path: &str) -> Held<'_> {
        Held::Nothing
    }
    fn field_span(&self, _path: &str) -> Option<Span> {
        None
    }
}
