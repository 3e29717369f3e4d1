//! What ships which logs from where to where, and whether the way is protected.

use super::destinations::{Reach, addresses, exposed, reach};
use crate::facts::DocumentId;
use crate::facts::beat::Place;
use crate::facts::collector::{self, Component};
use crate::facts::logstash;
use crate::facts::scalar::Scalar;
use crate::facts::settings::Settings;
use crate::facts::shipper::{Program, Role, Section};
use crate::repo::Repo;
use crate::repo::scrape::{host_of, is_inside, is_loopback};
use crate::source::Span;
use std::collections::{BTreeMap, BTreeSet};

/// Where logs are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum To {
    /// A store, by its word in a configuration and its name.
    Store(&'static str, &'static str),
    /// Something that hands them on.
    Relay,
    /// Nowhere: a file, the screen.
    Local,
    /// Nobody can know.
    Unknown,
}

/// One way out of a shipper.
#[derive(Clone, Debug)]
pub struct Shipment {
    /// Where it came from.
    pub document: DocumentId,
    /// The output.
    pub span: Span,
    /// Who ships.
    pub by: &'static str,
    /// Where to.
    pub to: To,
    /// Records can be read or changed on the way.
    pub exposed: bool,
    /// The other end is in the repository, or outside of what it could show.
    pub proven: bool,
    /// The logs of all containers are taken.
    pub everything: bool,
    /// It takes what other shippers send.
    pub receives: bool,
}

/// Stores by plugin, component or output.
const STORES: &[(&str, &str, &str)] = &[
    ("es", "elk", "Elasticsearch"),
    ("elasticsearch", "elk", "Elasticsearch"),
    ("elasticsearch_dynamic", "elk", "Elasticsearch"),
    ("elasticsearch_data_stream", "elk", "Elasticsearch"),
    ("opensearch", "opensearch", "OpenSearch"),
    ("opensearch_data_stream", "opensearch", "OpenSearch"),
    ("loki", "loki", "Loki"),
    ("loki.write", "loki", "Loki"),
    ("grafana-loki", "loki", "Loki"),
    ("clickhouse", "clickhouse", "ClickHouse"),
    ("gelf", "graylog", "Graylog"),
    ("splunk", "splunk", "Splunk"),
    ("splunk_hec", "splunk", "Splunk"),
    ("splunk_hec_logs", "splunk", "Splunk"),
    ("cloudwatch", "cloudwatch", "CloudWatch"),
    ("cloudwatch_logs", "cloudwatch", "CloudWatch"),
    ("aws_cloudwatch_logs", "cloudwatch", "CloudWatch"),
    ("awscloudwatchlogs", "cloudwatch", "CloudWatch"),
    ("stackdriver", "google", "Google Cloud Logging"),
    ("google_cloud", "google", "Google Cloud Logging"),
    ("googlecloud", "google", "Google Cloud Logging"),
    ("gcp_stackdriver_logs", "google", "Google Cloud Logging"),
    ("azure", "azure", "Azure Monitor"),
    ("azure_logs_ingestion", "azure", "Azure Monitor"),
    ("azure_monitor_logs", "azure", "Azure Monitor"),
    ("azuremonitor", "azure", "Azure Monitor"),
    ("datadog", "datadog", "Datadog"),
    ("datadog_logs", "datadog", "Datadog"),
    ("nrlogs", "newrelic", "New Relic"),
    ("new_relic", "newrelic", "New Relic"),
    ("logdna", "logdna", "LogDNA"),
    ("loggly", "loggly", "Loggly"),
    ("sumologic", "sumologic", "Sumo Logic"),
    ("bigquery", "bigquery", "BigQuery"),
];

/// All shipments, in the order of the documents.
pub fn shipments(repo: &Repo) -> Vec<Shipment> {
    let places = Places::of(repo);
    let everything = takers(repo, takes_all);
    let receivers = takers(repo, |input| {
        let plugin = input.plugin_name().unwrap_or_default();
        matches!(
            plugin.as_str(),
            "forward" | "kafka" | "tcp" | "http" | "vector" | "fluent" | "logstash" | "beats"
        )
    });
    let mut found: Vec<Shipment> = Vec::new();
    for section in repo.facts.shipper_sections.iter().filter(|section| section.role == Role::Output)
    {
        let key = key(repo, section.document, section.program);
        let takes = (everything.contains(&key), receivers.contains(&key));
        found.extend(of_section(repo, section, &places, takes));
    }
    of_collectors(repo, &places, &mut found);
    of_beats(repo, &places, &mut found);
    of_logstash(repo, &places, &mut found);
    // What a relay is given by one that takes everything, it has.
    let given = found.iter().any(|shipment| shipment.everything && shipment.to == To::Relay);
    for shipment in found.iter_mut().filter(|shipment| given && shipment.receives) {
        shipment.everything = true;
    }
    found.sort_by_key(|shipment| (shipment.document, shipment.span));
    found
}

/// Names that are offered in the repository.
struct Places<'r>(BTreeSet<&'r str>);

impl<'r> Places<'r> {
    fn of(repo: &'r Repo) -> Places<'r> {
        let mut names: BTreeSet<&str> = BTreeSet::new();
        for container in &repo.facts.containers {
            names.insert(&container.name.text);
            names.insert(&container.owner.name);
            names.extend(container.aliases.iter().map(|alias| alias.text.as_str()));
        }
        names.extend(repo.facts.services.iter().map(|service| service.object.name.as_str()));
        Places(names)
    }

    /// Whether a host is there, or lies outside of what the repository could show.
    fn have(&self, repo: &Repo, host: &str) -> bool {
        let first = host.split('.').next().unwrap_or(host);
        !is_inside(repo, host)
            || is_loopback(host)
            || self.0.is_empty()
            || self.0.contains(first)
            || repo.is_external_service(host)
    }
}

/// What stands for the process that loads a document.
type Key = (Program, Option<usize>, Option<DocumentId>);

fn key(repo: &Repo, document: DocumentId, program: Program) -> Key {
    match repo.shippers().number(document) {
        Some(number) => (program, Some(number), None),
        None => match program {
            // Objects of one operator are read together.
            Program::Fluentd | Program::FluentBit => (program, None, None),
            _ => (program, None, Some(document)),
        },
    }
}

/// The processes that have an input of this kind.
fn takers(repo: &Repo, is_one: impl Fn(&Section) -> bool) -> BTreeSet<Key> {
    let inputs = repo.facts.shipper_sections.iter();
    let inputs = inputs.filter(|section| section.role == Role::Input && is_one(section));
    inputs.map(|section| key(repo, section.document, section.program)).collect()
}

/// Whether an input takes the logs of all containers of a machine.
fn takes_all(section: &Section) -> bool {
    const FOLDERS: &[&str] =
        &["/var/log/containers/", "/var/log/pods/", "/var/lib/docker/containers/"];
    let plugin = section.plugin_name().unwrap_or_default();
    let known = [
        "kubernetes_logs",
        "docker_logs",
        "loki.source.kubernetes",
        "loki.source.docker",
        "loki.source.podlogs",
    ];
    let found = known.contains(&plugin.as_str());
    let discovers = section.properties.iter().any(|property| {
        let key = property.key.text.as_str();
        ["kubernetes_sd_configs", "docker_sd_configs", "pipelineRef"]
            .iter()
            .any(|name| key.starts_with(name))
    });
    let files = section.properties.iter().any(|property| {
        let value = property.value.text.as_str();
        let left_out = property.key.text.to_ascii_lowercase().contains("exclude");
        !left_out && FOLDERS.iter().any(|folder| value.contains(folder)) && value.contains('*')
    });
    // A flow of an operator has no plugin: it takes what its namespace logs.
    found
        || discovers
        || files
        || (section.structured && plugin.is_empty() && section.program == Program::Fluentd)
}

fn of_section(
    repo: &Repo,
    section: &Section,
    places: &Places<'_>,
    (everything, receives): (bool, bool),
) -> Option<Shipment> {
    let plugin = match section.program {
        Program::Promtail => "loki".to_owned(),
        _ => section.plugin_name().unwrap_or_default(),
    };
    let store = STORES.iter().find(|(name, ..)| *name == plugin);
    let to = match (store, reach(section)) {
        (Some((_, word, name)), _) => To::Store(word, name),
        (None, Reach::Central) => To::Relay,
        (None, Reach::Local) => To::Local,
        (None, Reach::Unknown) => To::Unknown,
        (None, Reach::Inner) => return None,
    };
    Some(Shipment {
        document: section.document,
        span: section.name_span(),
        by: section.program.name(),
        to,
        exposed: !exposed(repo, section).is_empty(),
        proven: addresses(repo, section).iter().all(|address| places.have(repo, address.host)),
        everything,
        receives,
    })
}

/// Pipelines for logs of an OpenTelemetry Collector.
fn of_collectors(repo: &Repo, places: &Places<'_>, found: &mut Vec<Shipment>) {
    let mut components: BTreeMap<(DocumentId, String), &Component> = BTreeMap::new();
    for component in &repo.facts.components {
        if component.section == collector::Section::Exporters {
            components
                .insert((component.document, collector::normal(&component.id.text)), component);
        }
    }
    for pipeline in repo.facts.pipelines.iter().filter(|pipeline| pipeline.signal() == "logs") {
        let everything = pipeline.receivers.items.iter().any(|it| {
            // Services send theirs themselves, or their files are read.
            matches!(collector::kind_of(&it.text), "otlp" | "filelog" | "file_log")
        });
        for exporter in &pipeline.exporters.items {
            let kind = collector::kind_of(&exporter.text);
            let store = STORES.iter().find(|(name, ..)| *name == kind);
            let to = match (store, kind) {
                (Some((_, word, name)), _) => To::Store(word, name),
                (None, "debug" | "logging" | "file" | "nop") => To::Local,
                (None, _) if !exporter.known => To::Unknown,
                (None, _) => To::Relay,
            };
            let component = components.get(&(pipeline.document, collector::normal(&exporter.text)));
            let endpoint =
                component.and_then(|it| it.settings.get("endpoint")).and_then(|it| it.known_text());
            let host = endpoint.map(host_of);
            let off = |path: &str| {
                component.and_then(|it| it.settings.get(path)).and_then(|it| it.boolean())
                    == Some(true)
            };
            let far = host.is_some_and(|host| !is_inside(repo, host));
            let plain = far
                && (off("tls.insecure") || endpoint.is_some_and(|it| it.starts_with("http://")));
            found.push(Shipment {
                document: pipeline.document,
                span: exporter.span,
                by: "OpenTelemetry Collector",
                to,
                exposed: plain || off("tls.insecure_skip_verify"),
                proven: host.is_none_or(|host| places.have(repo, host)),
                everything,
                receives: false,
            });
        }
    }
}

/// What Beats send.
fn of_beats(repo: &Repo, places: &Places<'_>, found: &mut Vec<Shipment>) {
    let all: BTreeSet<DocumentId> = repo
        .facts
        .beat_inputs
        .iter()
        .filter(|input| {
            let folders = ["/var/log/containers", "/var/log/pods", "/var/lib/docker/containers"];
            let mut texts = input.settings.entries.iter().flat_map(|it| it.values());
            input.place != Place::List
                || matches!(input.kind.text.as_str(), "container" | "docker")
                || texts.any(|text| folders.iter().any(|folder| text.text.starts_with(folder)))
        })
        .map(|input| input.document)
        .collect();
    for output in repo.facts.beat_outputs.iter().filter(|output| output.enabled() != Some(false)) {
        let hosts: Vec<&Scalar> = hosts(&output.settings);
        let unchecked = output.settings.get("ssl.verification_mode");
        found.push(Shipment {
            document: output.document,
            span: output.anchor,
            by: "Beats",
            to: match output.name.as_str() {
                "elasticsearch" => To::Store("elk", "Elasticsearch"),
                "file" | "console" | "discard" => To::Local,
                _ => To::Relay,
            },
            exposed: unchecked.is_some_and(|mode| mode.text() == Some("none"))
                || hosts.iter().any(|host| is_plain(repo, host)),
            proven: hosts.iter().all(|host| !host.known || places.have(repo, host_of(&host.text))),
            everything: all.contains(&output.document),
            receives: false,
        });
    }
}

/// `hosts`, a list or one.
fn hosts(settings: &Settings) -> Vec<&Scalar> {
    settings.entries.iter().filter(|it| it.key == "hosts").flat_map(|it| it.values()).collect()
}

/// An address on another network that says that nothing is encrypted.
fn is_plain(repo: &Repo, address: &Scalar) -> bool {
    address.known && address.text.starts_with("http://") && !is_inside(repo, host_of(&address.text))
}

/// What pipelines of Logstash send.
fn of_logstash(repo: &Repo, places: &Places<'_>, found: &mut Vec<Shipment>) {
    for output in
        repo.facts.logstash_plugins.iter().filter(|plugin| plugin.role == logstash::Role::Output)
    {
        let option = |name: &str| {
            let found = output.options.iter().find(|option| option.name.text == name);
            found.map(|option| option.value.scalars()).unwrap_or_default()
        };
        let hosts = option("hosts");
        let unchecked = option("ssl_verification_mode").iter().any(|mode| mode.text == "none");
        let store = STORES.iter().find(|(name, ..)| *name == output.name.text);
        found.push(Shipment {
            document: output.document,
            span: output.name.span,
            by: "Logstash",
            to: match (store, output.name.text.as_str()) {
                (Some((_, word, name)), _) => To::Store(word, name),
                (None, "stdout" | "file" | "null" | "sink" | "csv") => To::Local,
                // One pipeline to the next.
                (None, "pipeline") => continue,
                (None, _) => To::Relay,
            },
            exposed: unchecked || hosts.iter().any(|host| is_plain(repo, host)),
            proven: hosts.iter().all(|host| !host.known || places.have(repo, host_of(&host.text))),
            everything: false,
            receives: true,
        });
    }
}
