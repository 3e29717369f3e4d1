//! Where the outputs of shippers lead, and whether the way there is protected.

use crate::facts::scalar::Scalar;
use crate::facts::shipper::{Program, Role, Section};
use crate::repo::Repo;
use crate::repo::scrape::{host_of, is_inside};
use crate::source::Span;

/// What an output does with records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Sends them to another program.
    Central,
    /// Keeps them on its own machine, shows or drops them.
    Local,
    /// Hands them to other outputs of the same program.
    Inner,
    /// Nobody can know.
    Unknown,
}

/// Outputs that leave records where they are, or lose them.
const LOCAL: &[&str] = &[
    "stdout",
    "null",
    "file",
    "counter",
    "exit",
    "flowcounter",
    "plot",
    "lib",
    "retry",
    "console",
    "blackhole",
    "secondary_file",
    "stream",
    "prometheus_exporter",
    "prometheus",
    "unit_test",
    "test",
    "dummy",
    "nullout",
    "vivo_exporter",
];
/// Outputs that hand records to other outputs.
const INNER: &[&str] = &[
    "copy",
    "copy_ex",
    "roundrobin",
    "relabel",
    "rewrite_tag_filter",
    "retag",
    "route",
    "record_reformer",
    "detect_exceptions",
    "concat",
    "exec_filter",
    "forest",
    "label_router",
    "multi",
    "record_modifier",
    "parser",
    "grepcounter",
    "datacounter",
    "rewrite",
    "key_picker",
    "map",
    "numeric_counter",
    "none",
];
/// Outputs that speak to one service of a cloud, protected by default and without an address.
const CLOUD: &[&str] = &[
    "s3",
    "cloudwatch",
    "cloudwatch_logs",
    "kinesis",
    "kinesis_streams",
    "kinesis_firehose",
    "firehose",
    "stackdriver",
    "bigquery",
    "gcs",
    "google_cloud",
    "azure",
    "azure_blob",
    "azure_kusto",
    "azure_logs_ingestion",
    "azure_monitor_logs",
    "datadog",
    "nrlogs",
    "newrelic",
    "logdna",
    "loggly",
    "sumologic",
    "slack",
    "td",
    "oracle_log_analytics",
    "chronicle",
    "honeycomb",
    "axiom",
    "papertrail",
    "kafka",
    "kafka2",
    "kafka_buffered",
    "rdkafka",
    "rdkafka2",
    "pgsql",
    "exec",
    "mongo",
    "redis",
];

/// What the output of a section does with records.
pub fn reach(section: &Section) -> Reach {
    if matches!(section.program, Program::Promtail) {
        return Reach::Central;
    }
    let Some(plugin) = section.plugin_name() else { return Reach::Unknown };
    match plugin.as_str() {
        name if LOCAL.contains(&name) => Reach::Local,
        name if INNER.contains(&name) => Reach::Inner,
        _ => Reach::Central,
    }
}

/// An address that an output writes to.
#[derive(Clone, Copy, Debug)]
pub struct Address<'r> {
    /// The host.
    pub host: &'r str,
    /// The whole value, and the property's key.
    pub value: &'r Scalar,
    /// The scheme, where the address has one.
    pub scheme: Option<&'r str>,
}

/// Properties that hold an address, by the last part of their names.
const ADDRESSES: &[&str] =
    &["host", "hosts", "url", "urls", "endpoint", "endpoints", "endpoint_url", "uri", "address"];

/// The addresses of an output, those of servers inside it included.
pub fn addresses<'r>(repo: &'r Repo, section: &'r Section) -> Vec<Address<'r>> {
    let inner = repo.inside(section).filter(|it| it.header.text == "server");
    let mut found = Vec::new();
    for property in std::iter::once(section).chain(inner).flat_map(|it| &it.properties) {
        let name = property.key.text.to_ascii_lowercase();
        let last = name.rsplit('.').next().unwrap_or(&name);
        // Of Fluent Bit and of an HTTP output, `uri` is a path.
        if !ADDRESSES.contains(&last)
            || !property.value.known
            || property.value.text.starts_with('/')
        {
            continue;
        }
        for one in property.value.text.split(',').map(str::trim).filter(|one| !one.is_empty()) {
            let scheme = one.split_once("://").map(|(scheme, _)| scheme);
            found.push(Address { host: host_of(one), value: &property.value, scheme });
        }
    }
    found
}

/// Whether records leave for hosts outside the cluster, the Compose network and this machine.
pub fn leaves(repo: &Repo, section: &Section) -> bool {
    addresses(repo, section).iter().any(|address| !is_inside(repo, address.host))
}

/// A way on which records can be read or changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exposed {
    /// The other side is not checked: where it says so.
    Unchecked(Span),
    /// Nothing is encrypted: where it says so, or the address.
    Plain(Span),
}

/// Settings that turn the check of the other side off, with the value that does.
const UNCHECKED: &[(&str, bool)] = &[
    ("tls.verify", false),
    ("tls.verify_certificate", false),
    ("tls.verify_hostname", false),
    ("ssl_verify", false),
    ("tls_verify", false),
    ("verify_ssl", false),
    ("ssl_verify_peer", false),
    ("tls_verify_hostname", false),
    ("tls_insecure_mode", true),
    ("insecure_tls", true),
    ("insecure_ssl", true),
    ("tls_allow_self_signed_cert", true),
    ("tls_config.insecure_skip_verify", true),
    ("endpoint.tls_config.insecure_skip_verify", true),
    ("client.tls.insecure_skip_verify", true),
];

/// Faults of the way that an output sends on, in the order of their settings.
pub fn exposed(repo: &Repo, section: &Section) -> Vec<Exposed> {
    let mut found = Vec::new();
    let off = section.switch("tls") == Some(false) || section.switch("tls.enabled") == Some(false);
    for (name, bad) in UNCHECKED {
        // Fluent Bit leaves names unchecked by default: saying so weakens nothing.
        let default = section.program == Program::FluentBit && *name == "tls.verify_hostname";
        if !off && !default && section.switch(name) == Some(*bad) {
            found.extend(section.value(name).map(|value| Exposed::Unchecked(value.span)));
        }
    }
    if let Some(mode) =
        section.value("tls_verify_mode").filter(|mode| mode.known_text() == Some("none"))
    {
        found.push(Exposed::Unchecked(mode.span));
    }
    found.extend(plain(repo, section).map(Exposed::Plain));
    found
}

/// Where an output says that nothing is encrypted on the way to another network.
fn plain(repo: &Repo, section: &Section) -> Option<Span> {
    let plugin = section.plugin_name().unwrap_or_default();
    if section.role != Role::Output
        || CLOUD.contains(&plugin.as_str())
        || reach(section) != Reach::Central
    {
        return None;
    }
    let far: Vec<Address<'_>> =
        addresses(repo, section).into_iter().filter(|it| !is_inside(repo, it.host)).collect();
    if let Some(http) = far.iter().find(|it| matches!(it.scheme, Some("http" | "ws" | "tcp"))) {
        return Some(http.value.span);
    }
    let bare = far.iter().find(|address| address.scheme.is_none())?;
    let encrypted =
        |name: &str| section.property(name).is_some() && section.switch(name) != Some(false);
    match section.program {
        Program::FluentBit => {
            let own = matches!(plugin.as_str(), "gelf" | "syslog")
                && section.value("mode").is_some_and(|mode| mode.text != "tcp");
            let datagram = plugin == "udp"
                || (matches!(plugin.as_str(), "gelf" | "syslog")
                    && section.property("mode").is_none());
            match section.value("tls") {
                _ if own || datagram || section.open => None,
                Some(tls) if section.switch("tls") == Some(false) => Some(tls.span),
                Some(_) => None,
                None => Some(bare.value.span),
            }
        }
        Program::Fluentd => match plugin.as_str() {
            "elasticsearch"
            | "elasticsearch_dynamic"
            | "opensearch"
            | "elasticsearch_data_stream"
            | "opensearch_data_stream" => match section.value("scheme") {
                Some(scheme) => (scheme.known_text() == Some("http")).then_some(scheme.span),
                None => (!section.open).then_some(bare.value.span),
            },
            "forward" => match section.value("transport") {
                Some(transport) => {
                    (transport.known_text() == Some("tcp")).then_some(transport.span)
                }
                None => (!section.open).then_some(bare.value.span),
            },
            _ => None,
        },
        Program::Vector => {
            let speaks = matches!(plugin.as_str(), "vector" | "socket" | "logstash");
            let datagram = section.value("mode").is_some_and(|mode| mode.text != "tcp");
            (speaks && !datagram && !encrypted("tls.enabled") && !section.open)
                .then_some(bare.value.span)
        }
        Program::Promtail | Program::Alloy => None,
    }
}
