//! Prometheus: server configurations, scrape jobs, remote endpoints, and the operator's objects.

pub mod read;

use super::scalar::{Pairs, Scalar, held};
use super::selector::{LabelSelector, Namespaces, ObjectSelector};
use super::subject::{Held, SubjectKind};
use super::{DocumentId, Subject};
use crate::source::Span;

/// How a server configuration is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum ServerForm {
    /// A `prometheus.yml`.
    File,
    /// Part of one: a list of jobs, a `scrape_configs` file.
    Fragment,
    /// An operator object (`Prometheus`, `PrometheusAgent`): its operator adds the rest.
    Operator,
}

/// The server that a chart of the operator makes from its values: how it scrapes, and which rules it
/// takes.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct ChartServer {
    /// The values.
    pub document: DocumentId,
    /// The key that holds them.
    pub anchor: Span,
    /// `scrapeInterval`.
    pub scrape_interval: Option<Scalar>,
    /// `scrapeTimeout`.
    pub scrape_timeout: Option<Scalar>,
    /// `ruleSelector`.
    pub rule_selector: Option<ObjectSelector>,
    /// Without a selector it takes what has the label of its release.
    pub takes_release: bool,
    /// Parts may be filled in elsewhere.
    pub open: bool,
}

/// A Prometheus server configuration.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct PrometheusConfig {
    /// Where it came from.
    pub document: DocumentId,
    /// The defining key.
    pub anchor: Span,
    /// File, fragment or operator object.
    pub form: ServerForm,
    /// Parts may be filled in elsewhere: nothing may be concluded from what is absent.
    pub open: bool,
    /// `global.scrape_interval`.
    pub scrape_interval: Option<Scalar>,
    /// `global.scrape_timeout`.
    pub scrape_timeout: Option<Scalar>,
    /// `global.evaluation_interval`.
    pub evaluation_interval: Option<Scalar>,
    /// `global.external_labels`.
    pub external_labels: Option<Pairs>,
    /// `sample_limit`, `label_limit`, `target_limit` and their kin under `global`.
    pub limits: Vec<(String, Scalar)>,
    /// `rule_files`, or `ruleSelector` of an operator object as one unknown entry.
    pub rule_files: Vec<Scalar>,
    /// The `rule_files` key.
    pub rule_files_key: Option<Span>,
    /// `scrape_config_files`.
    pub scrape_config_files: Vec<Scalar>,
    /// The `alerting` key.
    pub alerting_key: Option<Span>,
    /// Entries of `alerting.alertmanagers`.
    pub alertmanagers: Vec<AlertmanagerTarget>,
    /// `alert_relabel_configs`, of all Alertmanagers and of single ones.
    pub alert_relabels: Vec<Relabel>,
    /// Alerts are relabelled by steps that stand elsewhere.
    pub alert_relabels_elsewhere: bool,
    /// `storage.tsdb.retention.time` in the file, or `retention` of the object.
    pub retention: Option<Scalar>,
    /// The `otlp` key: samples are pushed to this server.
    pub otlp_key: Option<Span>,
    /// `scrape_configs` key, if there is one.
    pub scrape_configs_key: Option<Span>,
    /// The `global` key.
    pub global_key: Option<Span>,
    /// `spec.query.lookbackDelta` of an operator object.
    pub lookback: Option<Scalar>,
    /// `PrometheusAgent`: scrapes and sends on, evaluates nothing.
    pub agent: bool,
    /// `ruleSelector` of an operator object: absent, it selects nothing.
    pub rule_selector: Option<ObjectSelector>,

    /// `serviceMonitorSelector`, `podMonitorSelector`, `probeSelector`, `scrapeConfigSelector`.
    pub job_selectors: Vec<(JobForm, ObjectSelector)>,
}

/// One entry of `alerting.alertmanagers`.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct AlertmanagerTarget {
    /// The entry's first key.
    pub span: Span,
    /// `api_version`.
    pub api_version: Option<Scalar>,
    /// `scheme`.
    pub scheme: Option<Scalar>,
    /// Literal targets.
    pub targets: Vec<Scalar>,
    /// Service discovery kinds.
    pub discovery: Vec<String>,
    /// `insecure_skip_verify: true`, at its key.
    pub skip_verify: Option<Scalar>,
    /// `relabel_configs`.
    pub relabels: Vec<Relabel>,
}

/// Where a scrape job is defined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum JobForm {
    /// An entry of `scrape_configs`.
    Job,
    /// `ServiceMonitor`.
    ServiceMonitor,
    /// `PodMonitor`.
    PodMonitor,
    /// `Probe`.
    Probe,
    /// The operator's `ScrapeConfig`.
    ScrapeConfig,
}

/// One scrape job.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct ScrapeJob {
    /// Where it came from.
    pub document: DocumentId,
    /// Job or monitor object.
    pub form: JobForm,
    /// `job_name`, or the object's name.
    pub name: Option<Scalar>,
    /// `jobName` of a `Probe` or a `ScrapeConfig`, or what the label that a monitor takes for it
    /// must be: what its series say.
    pub job_name: Option<Scalar>,
    /// First key of the job, for a job without a name.
    pub span: Span,
    /// Fields by their configuration name: `scheme`, `metrics_path`, `scrape_interval`,
    /// `scrape_timeout`, `honor_labels`, and the limits.
    pub settings: Pairs,
    /// Spans of the settings' keys are in `settings`; these are authentication keys present
    /// (`basic_auth`, `authorization`, `oauth2`, `bearer_token`, `bearer_token_file`, `tls_config.cert_file`).
    pub credentials: Vec<Scalar>,
    /// `insecure_skip_verify: true`, at its key.
    pub skip_verify: Option<Scalar>,
    /// `params`, keys and first values.
    pub params: Vec<(Scalar, Vec<Scalar>)>,
    /// Literal targets of `static_configs`.
    pub targets: Vec<Scalar>,
    /// `prober.url` of a `Probe`: what its requests go to.
    pub prober: Option<Scalar>,
    /// Labels that `static_configs` give to their targets, or a monitor's selector asks for.
    pub labels: Pairs,
    /// Service discoveries: kind (`kubernetes`), its key, `role` if it has one.
    pub discovery: Vec<Discovery>,
    /// `relabel_configs`.
    pub relabels: Vec<Relabel>,
    /// `metric_relabel_configs`.
    pub metric_relabels: Vec<Relabel>,
    /// What a `ServiceMonitor` or `PodMonitor` selects, and where.
    pub selects: Option<(LabelSelector, Namespaces)>,
    /// Labels of the object that become labels of its series: `targetLabels`, `podTargetLabels`.
    pub target_labels: Vec<Scalar>,
}

/// A service discovery of a job.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Discovery {
    /// `kubernetes`, `consul`, `file`, …
    pub kind: String,
    /// The key, such as `kubernetes_sd_configs`.
    pub key: Span,
    /// `role`.
    pub role: Option<Scalar>,
    /// `files`.
    pub files: Vec<Scalar>,
}

/// A file of targets that jobs discover.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct TargetList {
    /// Where it came from.
    pub document: DocumentId,
    /// Targets of all its groups.
    pub targets: Vec<Scalar>,
}

/// A relabelling step.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Relabel {
    /// First key of the step.
    pub span: Span,
    /// `source_labels`.
    pub source_labels: Vec<Scalar>,
    /// `action`.
    pub action: Option<Scalar>,
    /// `regex`.
    pub regex: Option<Scalar>,
    /// `target_label`.
    pub target_label: Option<Scalar>,
    /// `replacement`.
    pub replacement: Option<Scalar>,
    /// `separator`.
    pub separator: Option<Scalar>,
}

/// A `remote_write` or `remote_read` endpoint.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct RemoteEndpoint {
    /// Where it came from.
    pub document: DocumentId,
    /// `remote_write` or `remote_read`.
    #[borsh(deserialize_with = "crate::kept::word")]
    pub direction: &'static str,
    /// First key of the entry.
    pub span: Span,
    /// `url`.
    pub url: Option<Scalar>,
    /// `name`.
    pub name: Option<Scalar>,
    /// `insecure_skip_verify: true`, at its key.
    pub skip_verify: Option<Scalar>,
}

impl ScrapeJob {
    /// How messages name it.
    pub fn label(&self) -> &str {
        match &self.name {
            Some(name) if name.known => &name.text,
            Some(_) => "…",
            None => "without a name",
        }
    }
}

impl Subject for PrometheusConfig {
    fn kind(&self) -> SubjectKind {
        SubjectKind::PrometheusConfig
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        "Prometheus configuration".to_owned()
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.anchor)
    }
}

impl Subject for ScrapeJob {
    fn kind(&self) -> SubjectKind {
        SubjectKind::ScrapeJob
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        format!("scrape job {}", self.label())
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.name.as_ref().map_or(self.span, |name| name.span))
    }
    fn field(&self, path: &str) -> Held<'_> {
        match path {
            "name" => held(self.name.as_ref()),
            _ => self.settings.held(path),
        }
    }
    fn field_span(&self, path: &str) -> Option<Span> {
        match path {
            "name" => self.name.as_ref().map(|name| name.span),
            _ => self.settings.get(path).map(|value| value.span),
        }
    }
}

impl Subject for RemoteEndpoint {
    fn kind(&self) -> SubjectKind {
        SubjectKind::RemoteEndpoint
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        match &self.name {
            Some(name) => format!("{} {}", self.direction, name.text),
            None => self.direction.to_owned(),
        }
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.url.as_ref().map_or(self.span, |url| url.span))
    }
    fn field(&self, path: &str) -> Held<'_> {
        match path {
            "url" => held(self.url.as_ref()),
            "name" => held(self.name.as_ref()),
            "direction" => Held::Text(self.direction),
            _ => Held::Nothing,
        }
    }
    fn field_span(&self, path: &str) -> Option<Span> {
        match path {
            "url" => self.url.as_ref().map(|url| url.span),
            "name" => self.name.as_ref().map(|name| name.span),
            _ => None,
        }
    }
}
