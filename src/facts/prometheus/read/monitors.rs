//! Objects of the operator that say what is scraped: monitors, probes, `ScrapeConfig`.

use super::{discoveries, first_key, items, params, static_labels, template};
use crate::facts::DocumentId;
use crate::facts::FileFacts;
use crate::facts::prometheus::{JobForm, Relabel, ScrapeJob};
use crate::facts::scalar::{Pairs, Scalar};
use crate::facts::selector::{LabelSelector, Namespaces};
use crate::parse::tree::NodeRef;

/// Settings of the operator's objects by the names of the configuration file.
const CAMEL: &[(&str, &str)] = &[
    ("path", "metrics_path"),
    ("metricsPath", "metrics_path"),
    ("interval", "scrape_interval"),
    ("scrapeInterval", "scrape_interval"),
    ("scrapeTimeout", "scrape_timeout"),
    ("honorLabels", "honor_labels"),
    ("honorTimestamps", "honor_timestamps"),
    ("sampleLimit", "sample_limit"),
    ("targetLimit", "target_limit"),
    ("labelLimit", "label_limit"),
    ("scheme", "scheme"),
    ("port", "port"),
    ("targetPort", "target_port"),
];

/// A monitor has one scrape job for each endpoint; the monitor's limits hold for all.
pub(super) fn read_monitor(
    node: NodeRef<'_>,
    spec: NodeRef<'_>,
    endpoints: &str,
    form: JobForm,
    document: DocumentId,
    masked: bool,
    facts: &mut FileFacts,
) {
    for endpoint in items(spec, endpoints) {
        let mut job = read_endpoint_job(node, endpoint, form, document, masked);
        let of_monitor = camel_settings(spec, masked);
        job.settings.entries.extend(of_monitor.entries);
        facts.scrape_jobs.push(job);
    }
}

pub(super) fn read_endpoint_job(
    node: NodeRef<'_>,
    endpoint: NodeRef<'_>,
    form: JobForm,
    document: DocumentId,
    masked: bool,
) -> ScrapeJob {
    let found = |name: &str| -> Option<Scalar> {
        endpoint
            .entry(name)
            .filter(|(_, value)| !value.is_null())
            .and_then(|(key, _)| Scalar::template(key))
    };
    let credentials =
        ["basicAuth", "authorization", "oauth2", "bearerTokenFile", "bearerTokenSecret"];
    ScrapeJob {
        document,
        form,
        name: match node.get("spec") {
            Some(_) => node.at(&["metadata", "name"]).and_then(Scalar::of),
            None => Scalar::under(node, "name"),
        },
        job_name: match form {
            JobForm::Probe | JobForm::ScrapeConfig => Scalar::under(endpoint, "jobName"),
            JobForm::ServiceMonitor | JobForm::PodMonitor => labelled_job(node),
            JobForm::Job => None,
        },
        span: first_key(endpoint),
        settings: camel_settings(endpoint, masked),
        credentials: credentials
            .into_iter()
            .filter_map(found)
            .chain(endpoint.get("tlsConfig").and_then(|tls| {
                let certificate = tls.entry("cert").or_else(|| tls.entry("certFile"));
                certificate.and_then(|(key, _)| Scalar::template(key))
            }))
            .collect(),
        skip_verify: endpoint
            .at(&["tlsConfig"])
            .and_then(|tls| tls.entry("insecureSkipVerify"))
            .filter(|(_, value)| value.scalar() == Some("true"))
            .and_then(|(key, _)| Scalar::template(key)),
        params: params(endpoint),
        targets: static_targets_of(endpoint),
        prober: endpoint.get("prober").and_then(|prober| Scalar::under(prober, "url")),
        labels: match form {
            JobForm::ServiceMonitor | JobForm::PodMonitor => spec_of(node)
                .at(&["selector", "matchLabels"])
                .map_or_else(Pairs::default, |labels| Pairs::of(labels, masked)),
            _ => static_labels(items(endpoint, "staticConfigs"), masked),
        },
        discovery: discoveries(endpoint),
        relabels: camel_relabels(endpoint, &["relabelings", "relabelConfigs"]),
        metric_relabels: camel_relabels(endpoint, &["metricRelabelings", "metricRelabelConfigs"]),
        selects: selects(node, form, masked),
        target_labels: ["targetLabels", "podTargetLabels"]
            .iter()
            .flat_map(|name| items(spec_of(node), name))
            .filter_map(Scalar::of)
            .collect(),
    }
}

/// What an object specifies; values of the operator's chart have it beside the name.
fn spec_of(node: NodeRef<'_>) -> NodeRef<'_> {
    node.get("spec").unwrap_or(node)
}

/// The label of what is selected that becomes `job`, where the selector says its value.
fn labelled_job(monitor: NodeRef<'_>) -> Option<Scalar> {
    let spec = spec_of(monitor);
    let label = Scalar::under(spec, "jobLabel").filter(|label| label.known)?;
    Scalar::under(spec.at(&["selector", "matchLabels"])?, &label.text)
}

fn selects(node: NodeRef<'_>, form: JobForm, masked: bool) -> Option<(LabelSelector, Namespaces)> {
    let spec = spec_of(node);
    let monitor = matches!(form, JobForm::ServiceMonitor | JobForm::PodMonitor);
    let selector = spec.get("selector").filter(|_| monitor)?;
    let namespaces = Namespaces::of_monitor(spec.get("namespaceSelector"), masked);
    Some((LabelSelector::of(selector, masked), namespaces))
}

fn camel_settings(node: NodeRef<'_>, masked: bool) -> Pairs {
    let entries = CAMEL
        .iter()
        .filter_map(|(camel, name)| {
            let (key, value) = node.entry(camel)?;
            let mut key = Scalar::template(key)?;
            (*name).clone_into(&mut key.text);
            Some((key, Scalar::of(value)?))
        })
        .collect();
    Pairs { entries, open: masked }
}

/// Literal targets of a `ScrapeConfig` or a `Probe`.
fn static_targets_of(node: NodeRef<'_>) -> Vec<Scalar> {
    let configs = items(node, "staticConfigs").flat_map(|config| items(config, "targets"));
    let probe = node
        .at(&["targets", "staticConfig"])
        .into_iter()
        .flat_map(|config| items(config, "static"));
    configs.chain(probe).filter_map(Scalar::of).collect()
}

fn camel_relabels(node: NodeRef<'_>, names: &[&str]) -> Vec<Relabel> {
    names
        .iter()
        .flat_map(|name| items(node, name))
        .map(|step| Relabel {
            span: first_key(step),
            source_labels: items(step, "sourceLabels").filter_map(Scalar::template).collect(),
            action: Scalar::under(step, "action"),
            regex: template(step, "regex"),
            target_label: template(step, "targetLabel"),
            replacement: template(step, "replacement"),
            separator: template(step, "separator"),
        })
        .collect()
}
