//! Prometheus configurations, fragments and operator objects to facts.

mod monitors;

use super::{
    AlertmanagerTarget, ChartServer, Discovery, JobForm, PrometheusConfig, Relabel, RemoteEndpoint,
    ScrapeJob, ServerForm, TargetList,
};
use crate::facts::scalar::{Pairs, Scalar};
use crate::facts::schema::{chart_table, is_chart_server};
use crate::facts::selector::{LabelSelector, Namespaces, ObjectSelector};
use crate::facts::{Document, DocumentId, FileFacts};
use crate::parse::tree::NodeRef;
use crate::source::Span;
use monitors::{read_endpoint_job, read_monitor};

/// Limits on what one scrape may bring.
const LIMITS: &[&str] = &[
    "sample_limit",
    "label_limit",
    "label_name_length_limit",
    "label_value_length_limit",
    "target_limit",
    "body_size_limit",
    "keep_dropped_targets",
];

/// Reads a `prometheus.yml`, a `scrape_configs` file or a bare list of jobs.
pub fn read_config(
    node: NodeRef<'_>,
    document: DocumentId,
    masked: bool,
    fragment: bool,
    facts: &mut FileFacts,
) {
    if node.is_sequence() {
        for job in node.items() {
            facts.scrape_jobs.push(read_job(job, document, masked));
        }
    }
    for job in items(node, "scrape_configs") {
        facts.scrape_jobs.push(read_job(job, document, masked));
    }
    for direction in ["remote_write", "remote_read"] {
        for entry in items(node, direction) {
            facts.remote_endpoints.push(read_endpoint(entry, document, direction));
        }
    }
    let form = if fragment || node.is_sequence() { ServerForm::Fragment } else { ServerForm::File };
    let global = node.get("global");
    let setting = |key: &str| global.and_then(|global| Scalar::under(global, key));
    let alerting = node.entry("alerting");
    facts.prometheus.push(PrometheusConfig {
        document,
        anchor: facts.documents[document.index as usize].anchor,
        form,
        open: masked,
        scrape_interval: setting("scrape_interval"),
        scrape_timeout: setting("scrape_timeout"),
        evaluation_interval: setting("evaluation_interval"),
        external_labels: global
            .and_then(|global| global.get("external_labels"))
            .map(|node| Pairs::of(node, masked)),
        limits: LIMITS.iter().filter_map(|&name| Some((name.to_owned(), setting(name)?))).collect(),
        rule_files: items(node, "rule_files").filter_map(Scalar::of).collect(),
        rule_files_key: key(node, "rule_files"),
        scrape_config_files: items(node, "scrape_config_files").filter_map(Scalar::of).collect(),
        alerting_key: alerting.map(|(key, _)| key.span()),
        alertmanagers: alerting
            .map(|(_, alerting)| items(alerting, "alertmanagers").map(read_alertmanager).collect())
            .unwrap_or_default(),
        alert_relabels: alerting.map(|(_, alerting)| alert_relabels(alerting)).unwrap_or_default(),
        alert_relabels_elsewhere: alerting.is_some_and(|(_, alerting)| alerting.is_unknown()),
        retention: node.at(&["storage", "tsdb", "retention", "time"]).and_then(Scalar::of),
        otlp_key: key(node, "otlp"),
        scrape_configs_key: key(node, "scrape_configs"),
        global_key: key(node, "global"),
        lookback: None,
        agent: false,
        rule_selector: None,
        job_selectors: Vec::new(),
    });
}

/// Reads an operator object: the server, or one of the objects that become scrape jobs.
pub fn read_object(node: NodeRef<'_>, document: DocumentId, masked: bool, facts: &mut FileFacts) {
    let kind =
        facts.documents[document.index as usize].object.as_ref().map(|object| object.kind.clone());
    if is_chart_server(&facts.documents[document.index as usize]) {
        for (name, direction) in [("remoteWrite", "remote_write"), ("remoteRead", "remote_read")] {
            let entries = items(node, name);
            facts
                .remote_endpoints
                .extend(entries.map(|entry| read_endpoint(entry, document, direction)));
        }
        facts.chart_servers.push(ChartServer {
            scrape_interval: Scalar::under(node, "scrapeInterval"),
            scrape_timeout: Scalar::under(node, "scrapeTimeout"),
            document,
            anchor: facts.documents[document.index as usize].anchor,
            rule_selector: object_selector(node, "ruleSelector", "ruleNamespaceSelector", masked),
            takes_release: Scalar::under(node, "ruleSelectorNilUsesHelmValues")
                .is_none_or(|it| it.boolean() == Some(true)),
            open: masked,
        });
    }
    if let Some((form, endpoints)) = chart_monitor(&facts.documents[document.index as usize]) {
        return read_monitor(node, node, endpoints, form, document, masked, facts);
    }
    let Some(spec) = node.get("spec") else { return };
    match kind.as_deref() {
        Some(kind @ ("Prometheus" | "PrometheusAgent")) => {
            read_server(spec, kind == "PrometheusAgent", document, masked, facts);
        }
        Some("ServiceMonitor") => {
            read_monitor(node, spec, "endpoints", JobForm::ServiceMonitor, document, masked, facts)
        }
        Some("PodMonitor") => read_monitor(
            node,
            spec,
            "podMetricsEndpoints",
            JobForm::PodMonitor,
            document,
            masked,
            facts,
        ),
        Some("Probe") => {
            facts.scrape_jobs.push(read_endpoint_job(node, spec, JobForm::Probe, document, masked))
        }
        Some("ScrapeConfig") => facts.scrape_jobs.push(read_endpoint_job(
            node,
            spec,
            JobForm::ScrapeConfig,
            document,
            masked,
        )),
        _ => {}
    }
}

/// Whether a document is a monitor that a chart of the operator makes from its values, and the key
/// of its endpoints.
fn chart_monitor(document: &Document) -> Option<(JobForm, &'static str)> {
    Some(match chart_table(document)? {
        "ServiceMonitorSpec" => (JobForm::ServiceMonitor, "endpoints"),
        "PodMonitorSpec" => (JobForm::PodMonitor, "podMetricsEndpoints"),
        _ => return None,
    })
}

/// Where an operator object's jobs come from.
const JOB_SOURCES: &[&str] = &[
    "serviceMonitorSelector",
    "podMonitorSelector",
    "probeSelector",
    "scrapeConfigSelector",
    "additionalScrapeConfigs",
];

fn read_server(
    spec: NodeRef<'_>,
    agent: bool,
    document: DocumentId,
    masked: bool,
    facts: &mut FileFacts,
) {
    for (name, direction) in [("remoteWrite", "remote_write"), ("remoteRead", "remote_read")] {
        for entry in items(spec, name) {
            facts.remote_endpoints.push(read_endpoint(entry, document, direction));
        }
    }
    let alerting = spec.entry("alerting");
    let limits = [
        ("enforcedSampleLimit", "sample_limit"),
        ("enforcedLabelLimit", "label_limit"),
        ("enforcedTargetLimit", "target_limit"),
        ("sampleLimit", "sample_limit"),
    ];
    facts.prometheus.push(PrometheusConfig {
        document,
        anchor: facts.documents[document.index as usize].anchor,
        form: ServerForm::Operator,
        open: masked,
        scrape_interval: Scalar::under(spec, "scrapeInterval"),
        scrape_timeout: Scalar::under(spec, "scrapeTimeout"),
        evaluation_interval: Scalar::under(spec, "evaluationInterval"),
        external_labels: spec.get("externalLabels").map(|node| Pairs::of(node, masked)),
        limits: limits
            .iter()
            .filter_map(|(key, name)| Some(((*name).to_owned(), Scalar::under(spec, key)?)))
            .collect(),
        rule_files: Vec::new(),
        rule_files_key: key(spec, "ruleSelector"),
        scrape_config_files: Vec::new(),
        alerting_key: alerting.map(|(key, _)| key.span()),
        alertmanagers: alerting
            .into_iter()
            .flat_map(|(_, alerting)| items(alerting, "alertmanagers"))
            .chain(spec.get("additionalAlertManagerConfigs"))
            .map(read_alertmanager)
            .collect(),
        alert_relabels: Vec::new(),
        alert_relabels_elsewhere: key(spec, "additionalAlertRelabelConfigs").is_some(),
        retention: Scalar::under(spec, "retention"),
        otlp_key: key(spec, "otlp"),
        scrape_configs_key: JOB_SOURCES.iter().find_map(|name| key(spec, name)),
        global_key: None,
        lookback: spec.at(&["query", "lookbackDelta"]).and_then(Scalar::of),
        agent,
        rule_selector: object_selector(spec, "ruleSelector", "ruleNamespaceSelector", masked),
        job_selectors: MONITORS
            .iter()
            .filter_map(|(form, labels, namespaces)| {
                Some((*form, object_selector(spec, labels, namespaces, masked)?))
            })
            .collect(),
    });
}

/// Kinds of objects that become jobs, and the keys that select them.
const MONITORS: &[(JobForm, &str, &str)] = &[
    (JobForm::ServiceMonitor, "serviceMonitorSelector", "serviceMonitorNamespaceSelector"),
    (JobForm::PodMonitor, "podMonitorSelector", "podMonitorNamespaceSelector"),
    (JobForm::Probe, "probeSelector", "probeNamespaceSelector"),
    (JobForm::ScrapeConfig, "scrapeConfigSelector", "scrapeConfigNamespaceSelector"),
];

fn object_selector(
    spec: NodeRef<'_>,
    labels: &str,
    namespaces: &str,
    masked: bool,
) -> Option<ObjectSelector> {
    let (key, node) = spec.entry(labels).filter(|(_, node)| !node.is_null())?;
    Some(ObjectSelector {
        key: key.span(),
        labels: LabelSelector::of(node, masked),
        namespaces: Namespaces::of_server(spec.get(namespaces), masked),
    })
}

/// Steps that rewrite alerts before they are sent.
fn alert_relabels(alerting: NodeRef<'_>) -> Vec<Relabel> {
    let mut steps = relabels(alerting, "alert_relabel_configs");
    for target in items(alerting, "alertmanagers") {
        steps.extend(relabels(target, "alert_relabel_configs"));
    }
    steps
}

fn read_alertmanager(node: NodeRef<'_>) -> AlertmanagerTarget {
    AlertmanagerTarget {
        span: first_key(node),
        api_version: Scalar::under(node, "api_version")
            .or_else(|| Scalar::under(node, "apiVersion")),
        scheme: Scalar::under(node, "scheme"),
        targets: static_targets(node),
        relabels: relabels(node, "relabel_configs"),
        discovery: discoveries(node).into_iter().map(|discovery| discovery.kind).collect(),
        skip_verify: skip_verify(node),
    }
}

fn read_endpoint(
    node: NodeRef<'_>,
    document: DocumentId,
    direction: &'static str,
) -> RemoteEndpoint {
    RemoteEndpoint {
        document,
        direction,
        span: first_key(node),
        url: Scalar::under(node, "url"),
        name: Scalar::under(node, "name"),
        skip_verify: skip_verify(node),
    }
}

fn read_job(job: NodeRef<'_>, document: DocumentId, masked: bool) -> ScrapeJob {
    ScrapeJob {
        document,
        form: JobForm::Job,
        name: Scalar::under(job, "job_name"),
        job_name: None,
        span: first_key(job),
        settings: scalars(job, masked),
        credentials: credentials(job),
        skip_verify: skip_verify(job),
        params: params(job),
        targets: static_targets(job),
        prober: None,
        labels: static_labels(items(job, "static_configs"), masked),
        discovery: discoveries(job),
        relabels: relabels(job, "relabel_configs"),
        metric_relabels: relabels(job, "metric_relabel_configs"),
        selects: None,
        target_labels: Vec::new(),
    }
}

fn relabels(node: NodeRef<'_>, name: &str) -> Vec<Relabel> {
    items(node, name)
        .map(|step| Relabel {
            span: first_key(step),
            source_labels: items(step, "source_labels").filter_map(Scalar::template).collect(),
            action: Scalar::under(step, "action"),
            regex: template(step, "regex"),
            target_label: template(step, "target_label"),
            replacement: template(step, "replacement"),
            separator: template(step, "separator"),
        })
        .collect()
}

/// `$1` and `${1}` are relabelling's own language: no placeholders.
fn template(node: NodeRef<'_>, key: &str) -> Option<Scalar> {
    node.get(key).filter(|value| !value.is_null()).and_then(Scalar::template)
}

/// The scalar settings of a job by their keys.
fn scalars(job: NodeRef<'_>, masked: bool) -> Pairs {
    let entries = job
        .entries()
        .filter(|(_, value)| value.scalar().is_some() && !value.is_null())
        .filter_map(|(key, value)| Some((Scalar::of(key)?, Scalar::of(value)?)))
        .collect();
    Pairs { entries, open: masked }
}

/// Keys that authenticate: settings of the client, and its certificate.
fn credentials(job: NodeRef<'_>) -> Vec<Scalar> {
    let own =
        ["basic_auth", "authorization", "oauth2", "bearer_token", "bearer_token_file", "sigv4"];
    let certificate = job.get("tls_config").and_then(|tls| {
        tls.entry("cert_file").or_else(|| tls.entry("cert")).or_else(|| tls.entry("cert_ref"))
    });
    own.iter()
        .filter_map(|name| job.entry(name))
        .filter(|(_, value)| !value.is_null())
        .chain(certificate)
        .filter_map(|(key, _)| Scalar::template(key))
        .collect()
}

fn skip_verify(node: NodeRef<'_>) -> Option<Scalar> {
    let (key, value) =
        node.get("tls_config").or_else(|| node.get("tlsConfig")).and_then(|tls| {
            tls.entry("insecure_skip_verify").or_else(|| tls.entry("insecureSkipVerify"))
        })?;
    let set = Scalar::of(value).and_then(|value| value.boolean()) == Some(true);
    Scalar::template(key).filter(|_| set)
}

fn params(node: NodeRef<'_>) -> Vec<(Scalar, Vec<Scalar>)> {
    let Some(params) = node.get("params") else { return Vec::new() };
    params
        .entries()
        .filter_map(|(key, values)| {
            Some((Scalar::of(key)?, values.items().filter_map(Scalar::of).collect()))
        })
        .collect()
}

fn static_targets(node: NodeRef<'_>) -> Vec<Scalar> {
    items(node, "static_configs")
        .flat_map(|config| items(config, "targets"))
        .filter_map(Scalar::of)
        .collect()
}

/// Reads a file of targets that jobs discover.
pub fn read_targets(node: NodeRef<'_>, document: DocumentId, facts: &mut FileFacts) {
    let groups = node.items().filter_map(|group| group.get("targets"));
    let targets = groups.flat_map(NodeRef::items).filter_map(Scalar::of).collect();
    facts.target_lists.push(TargetList { document, targets });
}

/// The labels that groups of literal targets carry.
fn static_labels<'t>(groups: impl Iterator<Item = NodeRef<'t>>, masked: bool) -> Pairs {
    let labels = groups.filter_map(|group| group.get("labels"));
    let entries = labels.flat_map(|labels| Pairs::of(labels, masked).entries).collect();
    Pairs { entries, open: masked }
}

/// Service discoveries by kind: every `*_sd_configs` that holds at least one entry.
fn discoveries(node: NodeRef<'_>) -> Vec<Discovery> {
    node.entries()
        .filter_map(|(key, entries)| {
            let name = key.scalar()?;
            let kind = name.strip_suffix("_sd_configs").or_else(|| name.strip_suffix("SDConfigs"));
            let kind = kind?.to_ascii_lowercase();
            Some(entries.items().map(move |entry| Discovery {
                kind: kind.clone(),
                key: key.span(),
                role: Scalar::under(entry, "role"),
                files: items(entry, "files").filter_map(Scalar::of).collect(),
            }))
        })
        .flatten()
        .collect()
}

fn items<'t>(node: NodeRef<'t>, name: &str) -> impl Iterator<Item = NodeRef<'t>> + use<'t> {
    node.get(name).into_iter().flat_map(NodeRef::items)
}

fn key(node: NodeRef<'_>, name: &str) -> Option<Span> {
    node.entry(name).map(|(key, _)| key.span())
}

fn first_key(node: NodeRef<'_>) -> Span {
    node.pairs().next().map_or(node.span(), |(key, _)| key.span())
}
