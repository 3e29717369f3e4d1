//! Which evidence of metrics, logs and traces a repository holds, and where.
//!
//! Verdicts and rules ask the same list ([`Repo::evidence`]); each entry is a place that a
//! person can open.

mod code;

use super::Repo;
use super::images::{Class, known_as};
use super::logstores::keeps_logs;
use crate::facts::deploy::Container;
use crate::facts::jaeger::Form;
use crate::facts::scalar::Scalar;
use crate::facts::{Dialect, Document, DocumentId};
use crate::identify::Kind;
use crate::source::{Origin, Span};

/// What a piece of evidence shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// Metrics are scraped, or pushed on by a collector.
    Metrics,
    /// A store or sender that keeps metrics longer than Prometheus, or downsamples them.
    LongTermMetrics,
    /// Logs are shipped.
    LogPipeline,
    /// Logs are kept.
    LogStore,
    /// Logs are shown or queried.
    LogView,
    /// Traces are taken, kept or shown.
    TraceBackend,
    /// Traces are sent: an OTLP endpoint or an agent on a container.
    TraceExport,
    /// An OpenTelemetry Collector.
    Collector,
    /// A pipeline for traces in a collector.
    TracePipeline,
    /// Dashboards.
    Dashboards,
    /// Alerts are routed.
    Alerting,
}

/// One piece of evidence.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// What it shows.
    pub part: Part,
    /// Where it came from.
    pub document: DocumentId,
    /// The token that shows it.
    pub span: Span,
    /// What it is, for output: `Loki`, `fluent-bit-config`.
    pub what: String,
}

/// The parts that prove a pillar.
pub fn parts_of(pillar: &str) -> &'static [Part] {
    match pillar {
        "metrics" => &[Part::Metrics, Part::LongTermMetrics],
        "logs" => &[Part::LogPipeline, Part::LogStore],
        "traces" => &[Part::TraceBackend, Part::TraceExport, Part::TracePipeline],
        _ => &[],
    }
}

impl Repo {
    /// The evidence for a part.
    pub fn evidence_of(&self, part: Part) -> impl Iterator<Item = &Evidence> {
        self.evidence().iter().filter(move |evidence| evidence.part == part)
    }

    /// The evidence that a pillar (`metrics`, `logs`, `traces`) is more than a plan.
    pub fn evidence_of_pillar<'a>(&'a self, pillar: &str) -> impl Iterator<Item = &'a Evidence> {
        let parts = parts_of(pillar);
        self.evidence().iter().filter(move |evidence| parts.contains(&evidence.part))
    }

    /// Whether the repository has source code: instrumentation may stand there.
    pub fn has_source_code(&self) -> bool {
        self.facts.documents.iter().any(|document| document.kind.is_code())
            || self.paths.iter().any(|path| is_source_path(path))
    }
}

/// Endings of source code, beyond the languages that are read: any of them can instrument.
const SOURCE_ENDINGS: &[&str] = &[
    "py", "go", "java", "js", "jsx", "mjs", "cjs", "ts", "tsx", "rs", "cs", "kt", "scala", "php",
    "rb", "swift", "cpp", "cc", "ex", "exs", "clj", "fs", "vb", "dart",
];

pub(super) fn is_source_path(path: &str) -> bool {
    const FOREIGN: &[&str] = &["vendor", "node_modules", "third_party", "site-packages"];
    let (folders, file) = path.rsplit_once('/').unwrap_or(("", path));
    let ending = file.rsplit_once('.').map_or("", |(_, ending)| ending);
    SOURCE_ENDINGS.contains(&ending) && !folders.split('/').any(|part| FOREIGN.contains(&part))
}

/// Collects all evidence, in the order of the files.
pub(super) fn gather(repo: &Repo) -> Vec<Evidence> {
    let mut found = Gather { repo, list: Vec::new() };
    for document in &repo.facts.documents {
        found.document(document);
    }
    for endpoint in &repo.facts.remote_endpoints {
        if endpoint.direction == "remote_write" {
            let span = endpoint.url.as_ref().map_or(endpoint.span, |url| url.span);
            found.add(Part::LongTermMetrics, endpoint.document, span, "remote_write");
        }
    }
    for pipeline in &repo.facts.pipelines {
        let part = match pipeline.signal() {
            "metrics" => Part::Metrics,
            "logs" => Part::LogPipeline,
            "traces" => Part::TracePipeline,
            _ => continue,
        };
        found.add(part, pipeline.document, pipeline.name.span, "collector pipeline");
        if pipeline.exports_to("prometheusremotewrite") {
            let (document, span) = (pipeline.document, pipeline.name.span);
            found.add(Part::LongTermMetrics, document, span, "prometheusremotewrite");
        }
    }
    for container in &repo.facts.containers {
        found.container(container);
    }
    // Values of charts that run a store.
    for loki in &repo.facts.lokis {
        found.add(Part::LogStore, loki.document, loki.anchor, "Loki");
    }
    for tempo in &repo.facts.tempos {
        found.add(Part::TraceBackend, tempo.document, tempo.anchor, "Tempo");
    }
    for part in &repo.facts.jaeger_parts {
        if matches!(part.form, Form::Values(_)) {
            found.add(Part::TraceBackend, part.document, part.name.span, "Jaeger");
        }
    }
    // What deletes logs shows a store of them.
    for policy in repo.facts.lifecycle_policies.iter().filter(|it| keeps_logs(repo, it)) {
        found.add(Part::LogStore, policy.document, policy.anchor, "lifecycle policy");
    }
    for package in &repo.facts.packages {
        if let Some(known) = package.name.known_text().and_then(known_as) {
            found.class(known.class, package.document, package.name.span, known.name);
        }
    }
    let mut list = found.list;
    list.sort_by_key(|evidence| (evidence.document, evidence.span, evidence.part));
    list.dedup_by_key(|evidence| (evidence.part, evidence.span));
    list
}

struct Gather<'r> {
    repo: &'r Repo,
    list: Vec<Evidence>,
}

impl Gather<'_> {
    fn add(&mut self, part: Part, document: DocumentId, span: Span, what: &str) {
        // What a vendored chart could deploy proves nothing about this repository.
        if self.repo.origin(document.source) != Origin::Vendored {
            self.list.push(Evidence { part, document, span, what: what.to_owned() });
        }
    }

    fn document(&mut self, document: &Document) {
        let (id, span) = (document.id, document.anchor);
        let name = document.kind.name();
        match document.kind {
            Kind::OtelCollector => {
                self.add(Part::Collector, id, span, name);
                // A configuration whose pipelines cannot be read may hold any of them.
                let parsed = self.repo.facts.pipelines.iter().any(|it| it.document == id);
                if !parsed {
                    for part in [Part::Metrics, Part::LogPipeline, Part::TracePipeline] {
                        self.add(part, id, span, name);
                    }
                }
            }
            Kind::PrometheusOperator | Kind::Kubernetes => self.object(document),
            Kind::PromtailConfig => {
                self.add(Part::LogPipeline, id, span, name);
                // Alloy sends what its components take.
                let text = self.repo.source(id.source).text();
                if ["prometheus.scrape \"", "prometheus.remote_write \""]
                    .iter()
                    .any(|it| text.contains(it))
                {
                    self.add(Part::Metrics, id, span, name);
                    self.add(Part::LongTermMetrics, id, span, name);
                }
            }
            kind => {
                for &part in parts_of_kind(kind) {
                    self.add(part, id, span, name);
                }
            }
        }
        if matches!(
            document.dialect,
            Some(Dialect::Thanos | Dialect::Mimir | Dialect::Cortex | Dialect::VictoriaMetrics)
        ) {
            self.add(Part::LongTermMetrics, id, span, name);
        }
    }

    /// Objects of operators.
    fn object(&mut self, document: &Document) {
        let Some(object) = &document.object else { return };
        let group = object.api_version.split('/').next().unwrap_or_default();
        let row = OBJECTS.iter().find(|(known, ending, _)| {
            *known == object.kind && (group.ends_with(ending) || group.is_empty())
        });
        for &part in row.map_or(&[][..], |row| row.2) {
            self.add(part, document.id, document.anchor, &object.kind);
        }
    }

    fn container(&mut self, container: &Container) {
        let id = container.document;
        if let Some(image) = &container.image
            && let Some(known) = image.known_text().and_then(known_as)
        {
            self.class(known.class, id, image.span, known.name);
        } else if let Some(base) = self.repo.base_image(container)
            && let Some(known) = base.image.known_text().and_then(known_as)
            && known.class.observes()
        {
            // Built here, on what is known.
            self.class(known.class, id, container.name.span, known.name);
        }
        self.environment(container);
        for (key, value) in container.annotations.entries.iter().chain(&container.labels.entries) {
            if key.text == "prometheus.io/scrape" && value.boolean() == Some(true) {
                self.add(Part::Metrics, id, key.span, "scrape annotation");
            }
            let injects = key.text.starts_with("instrumentation.opentelemetry.io/inject-");
            if injects && value.boolean() != Some(false) {
                self.add(Part::TraceExport, id, key.span, "instrumentation annotation");
            }
        }
    }

    /// `OTEL_*` and its kin: a container that sends its signals somewhere.
    fn environment(&mut self, container: &Container) {
        let value = |name: &str| container.env.get(name).filter(|value| !value.text.is_empty());
        if value("OTEL_SDK_DISABLED").and_then(Scalar::boolean) == Some(true) {
            return;
        }
        let off = |name: &str| value(name).is_some_and(|value| value.text == "none");
        for (part, signal) in
            [(Part::TraceExport, "TRACES"), (Part::Metrics, "METRICS"), (Part::LogPipeline, "LOGS")]
        {
            let own = format!("OTEL_EXPORTER_OTLP_{signal}_ENDPOINT");
            // Only traces are sent by every SDK once the shared endpoint is set.
            let shared = if part == Part::TraceExport { "OTEL_EXPORTER_OTLP_ENDPOINT" } else { "" };
            let endpoint = value(&own).or_else(|| value(shared));
            let exporter = format!("OTEL_{signal}_EXPORTER");
            let named = value(&exporter).filter(|value| value.text != "none");
            let found = if off(&exporter) { None } else { endpoint.or(named) };
            if let Some(found) = found {
                self.add(part, container.document, found.span, "OTLP exporter");
            }
        }
        for name in ["JAEGER_AGENT_HOST", "JAEGER_ENDPOINT", "ZIPKIN_ENDPOINT", "DD_AGENT_HOST"] {
            if let Some(found) = value(name) {
                self.add(Part::TraceExport, container.document, found.span, "trace exporter");
            }
        }
        let agent = value("JAVA_TOOL_OPTIONS")
            .filter(|options| options.text.contains("opentelemetry-javaagent"));
        if let Some(agent) = agent {
            self.add(Part::TraceExport, container.document, agent.span, "Java agent");
        }
    }

    fn class(&mut self, class: Class, document: DocumentId, span: Span, what: &str) {
        let parts: &[Part] = match class {
            Class::MetricsServer | Class::Exporter => &[Part::Metrics],
            Class::LongTermMetrics => &[Part::Metrics, Part::LongTermMetrics],
            Class::Alerting => &[Part::Alerting],
            Class::Dashboards => &[Part::Dashboards],
            Class::LogShipper => &[Part::LogPipeline],
            Class::LogStore => &[Part::LogStore],
            Class::LogView => &[Part::LogView],
            Class::Traces => &[Part::TraceBackend],
            // Which signals it handles is in its configuration; without one it may be any.
            Class::Collector if !self.repo.facts.pipelines.is_empty() => &[Part::Collector],
            Class::Collector => {
                &[Part::Collector, Part::Metrics, Part::LogPipeline, Part::TracePipeline]
            }
            Class::Agent => AGENT,
            Class::Profiles | Class::Database | Class::Broker | Class::Proxy | Class::Support => {
                &[]
            }
        };
        for &part in parts {
            self.add(part, document, span, what);
        }
    }
}

fn parts_of_kind(kind: Kind) -> &'static [Part] {
    match kind {
        Kind::PrometheusConfig | Kind::PrometheusFragment => &[Part::Metrics],
        Kind::MimirConfig => &[Part::Metrics, Part::LongTermMetrics],
        Kind::AlertmanagerConfig => &[Part::Alerting],
        Kind::GrafanaDashboard | Kind::GrafanaProvisioning => &[Part::Dashboards],
        Kind::LogstashPipeline
        | Kind::LogstashConfig
        | Kind::LogstashPipelines
        | Kind::BeatConfig
        | Kind::FluentdConfig
        | Kind::FluentBitConfig
        | Kind::VectorConfig
        | Kind::PromtailConfig => &[Part::LogPipeline],
        Kind::LokiConfig
        | Kind::ElasticsearchConfig
        | Kind::OpensearchConfig
        | Kind::IndexTemplate => &[Part::LogStore],
        Kind::KibanaConfig | Kind::KibanaObjects | Kind::LogQuery => &[Part::LogView],
        Kind::JaegerConfig | Kind::TempoConfig => &[Part::TraceBackend],
        // Sampling strategies are read by a Jaeger that stands elsewhere.
        Kind::JaegerStrategies => &[Part::TraceExport],
        _ => &[],
    }
}

/// Objects of operators: kind, ending of the API group, parts.
const OBJECTS: &[(&str, &str, &[Part])] = &[
    ("Prometheus", "monitoring.coreos.com", &[Part::Metrics]),
    ("PrometheusAgent", "monitoring.coreos.com", &[Part::Metrics]),
    ("ServiceMonitor", "monitoring.coreos.com", &[Part::Metrics]),
    ("PodMonitor", "monitoring.coreos.com", &[Part::Metrics]),
    ("Probe", "monitoring.coreos.com", &[Part::Metrics]),
    ("ScrapeConfig", "monitoring.coreos.com", &[Part::Metrics]),
    ("ThanosRuler", "monitoring.coreos.com", &[Part::LongTermMetrics]),
    ("Alertmanager", "monitoring.coreos.com", &[Part::Alerting]),
    ("AlertmanagerConfig", "monitoring.coreos.com", &[Part::Alerting]),
    ("PodMonitoring", "monitoring.googleapis.com", &[Part::Metrics, Part::LongTermMetrics]),
    ("VMAgent", "victoriametrics.com", &[Part::Metrics, Part::LongTermMetrics]),
    ("VMSingle", "victoriametrics.com", &[Part::Metrics, Part::LongTermMetrics]),
    ("VMCluster", "victoriametrics.com", &[Part::Metrics, Part::LongTermMetrics]),
    ("VMServiceScrape", "victoriametrics.com", &[Part::Metrics]),
    ("VMPodScrape", "victoriametrics.com", &[Part::Metrics]),
    ("VMNodeScrape", "victoriametrics.com", &[Part::Metrics]),
    ("VMStaticScrape", "victoriametrics.com", &[Part::Metrics]),
    ("VMScrapeConfig", "victoriametrics.com", &[Part::Metrics]),
    ("VMAlertmanager", "victoriametrics.com", &[Part::Alerting]),
    ("VMAlertmanagerConfig", "victoriametrics.com", &[Part::Alerting]),
    ("GrafanaAgent", "grafana.com", &[Part::Metrics, Part::LongTermMetrics]),
    ("DatadogAgent", "datadoghq.com", AGENT),
    ("OpenTelemetryCollector", "opentelemetry.io", COLLECTOR),
    ("Instrumentation", "opentelemetry.io", &[Part::TraceExport]),
    ("Jaeger", "jaegertracing.io", &[Part::TraceBackend]),
    ("TempoStack", "grafana.com", &[Part::TraceBackend]),
    ("TempoMonolithic", "grafana.com", &[Part::TraceBackend]),
    ("LokiStack", "grafana.com", &[Part::LogStore]),
    ("Elasticsearch", "elastic.co", &[Part::LogStore]),
    ("Kibana", "elastic.co", &[Part::LogView]),
    ("Logstash", "elastic.co", &[Part::LogPipeline]),
    ("Beat", "elastic.co", &[Part::LogPipeline]),
    ("OpenSearchCluster", "opensearch.opster.io", &[Part::LogStore]),
    ("ClusterLogForwarder", "openshift.io", &[Part::LogPipeline]),
    ("ClusterOutput", "fluentd.fluent.io", &[Part::LogPipeline]),
    ("FluentBit", "fluent.io", &[Part::LogPipeline]),
    ("Fluentd", "fluent.io", &[Part::LogPipeline]),
    ("Logging", "banzaicloud.io", &[Part::LogPipeline]),
];

/// What sends all of them to whoever hosts it.
const AGENT: &[Part] =
    &[Part::Metrics, Part::LongTermMetrics, Part::LogPipeline, Part::TraceExport];

const COLLECTOR: &[Part] =
    &[Part::Collector, Part::Metrics, Part::LogPipeline, Part::TracePipeline];
