//! What answers when logs cannot be delivered: what keeps them, and who is told.

use crate::facts::grafana::Step;
use crate::facts::logstash::Role as LogstashRole;
use crate::facts::rules::AlertRule;
use crate::facts::shipper::{Program, Role, Section};
use crate::facts::{Dialect, DocumentId, collector};
use crate::lang::promql::Ast;
use crate::repo::Repo;
use crate::repo::runs::LOGSTASH;
use crate::source::Span;
use std::collections::BTreeMap;

/// Something that keeps what a store does not take, or sends it again.
#[derive(Clone, Copy, Debug)]
pub struct Buffer {
    /// Where it came from.
    pub document: DocumentId,
    /// The setting.
    pub span: Span,
    /// What it does.
    pub fact: &'static str,
}

/// What begins the names of metrics of programs that ship or keep logs.
const METRICS: &[&str] = &[
    "fluentbit_",
    "fluentd_",
    "filebeat_",
    "libbeat_",
    "logstash_",
    "promtail_",
    "loki_write_",
    "loki_distributor_",
    "vector_",
    "otelcol_exporter_send_failed_log_records",
    "otelcol_exporter_enqueue_failed_log_records",
    "otelcol_receiver_refused_log_records",
];

/// Programs that ship logs, by parts of their names.
const SHIPPERS: &[&str] =
    &["fluent", "filebeat", "logstash", "promtail", "vector", "alloy", "otel", "logging"];

/// Outputs and inputs whose other end keeps records until they are taken.
const BROKERS: &[&str] = &[
    "kafka",
    "kafka2",
    "rdkafka2",
    "kafka_buffered",
    "kinesis",
    "kinesis_streams",
    "kinesis_firehose",
    "redis",
    "rabbitmq",
    "sqs",
    "s3",
    "azure_event_hubs",
    "pulsar",
    "aws_s3",
    "aws_kinesis_streams",
    "aws_sqs",
    "gcp_pubsub",
    "nats",
    "jms",
];

impl Repo {
    /// What keeps logs that could not be delivered, in the order of the documents.
    pub fn log_buffers(&self) -> Vec<Buffer> {
        let mut found: Vec<Buffer> =
            self.facts.shipper_sections.iter().filter_map(of_section).collect();
        of_beats(self, &mut found);
        of_logstash(self, &mut found);
        of_collectors(self, &mut found);
        found.sort_by_key(|buffer| (buffer.document, buffer.span));
        found
    }
}

fn of_section(section: &Section) -> Option<Buffer> {
    let found =
        |span: Span, fact: &'static str| Some(Buffer { document: section.document, span, fact });
    // Flows of an operator are kept on disk unless told otherwise.
    if section.structured && section.program == Program::Fluentd {
        return found(section.name_span(), "a queue of the operator");
    }
    let broker = section.role == Role::Output
        && section.plugin_name().is_some_and(|name| BROKERS.contains(&name.as_str()));
    if broker {
        return found(section.name_span(), "a broker");
    }
    if section.header.text == "secondary" {
        return found(section.header.span, "a second output");
    }
    let on_disk = section.header.text == "buffer"
        && section.plugin.as_ref().is_some_and(|plugin| plugin.known_text() != Some("memory"));
    if on_disk {
        return found(section.name_span(), "a queue on disk");
    }
    for property in &section.properties {
        let key = property.key.text.to_ascii_lowercase();
        let value = property.value.text.to_ascii_lowercase();
        let stored = matches!(&*key, "storage.type" | "buffer.type" | "buffer_type")
            && value != "memory"
            && value != "memrb";
        let kept = key == "storage.keep.rejected" || key.starts_with("wal.") || key == "wal";
        if (stored || kept) && !is_off(&value) {
            return found(property.value.span, "a queue on disk");
        }
        let again = ["retry", "backoff", "max_backoff_retries"]
            .iter()
            .any(|word| key.contains(word) && !key.starts_with("scheduler."));
        // `Retry_Limit False` sends again for ever.
        let never = is_off(&value) || value == "1" || (value == "false" && key != "retry_limit");
        if again && !never {
            return found(property.value.span, "retries");
        }
    }
    None
}

/// Whether a value says that nothing is kept and nothing is sent again.
fn is_off(value: &str) -> bool {
    matches!(value, "off" | "no" | "0" | "no_retries")
}

/// A Beat that reads files knows how far it got, and sends again until it is told that all is kept.
fn of_beats(repo: &Repo, found: &mut Vec<Buffer>) {
    let reading = repo
        .facts
        .beats
        .iter()
        .filter(|beat| !matches!(beat.name, Some("metricbeat" | "heartbeat" | "packetbeat")));
    found.extend(reading.map(|beat| Buffer {
        document: beat.document,
        span: beat.anchor,
        fact: "a place in the files that is kept until all before it is taken",
    }));
}

fn of_logstash(repo: &Repo, found: &mut Vec<Buffer>) {
    const KEPT: &[&str] = &["queue.type", "dead_letter_queue.enable"];
    let nodes = repo.facts.logstash_nodes.iter().map(|node| (node.document, &node.settings));
    let entries = repo.facts.logstash_entries.iter().map(|one| (one.document, &one.settings));
    for (document, settings) in nodes.chain(entries) {
        let kept = KEPT
            .iter()
            .filter_map(|key| settings.scalar(key))
            .find(|value| !value.known || matches!(value.text.as_str(), "persisted" | "true"));
        found.extend(kept.map(|value| Buffer {
            document,
            span: value.span,
            fact: "a queue on disk",
        }));
    }
    for container in repo.containers_of(LOGSTASH) {
        let kept = ["QUEUE_TYPE", "DEAD_LETTER_QUEUE_ENABLE"]
            .iter()
            .filter_map(|name| container.env.get(name))
            .find(|value| !matches!(value.text.as_str(), "memory" | "false"));
        found.extend(kept.map(|value| Buffer {
            document: container.document,
            span: value.span,
            fact: "a queue on disk",
        }));
    }
    let brokers = repo.facts.logstash_plugins.iter().filter(|plugin| {
        matches!(plugin.role, LogstashRole::Input | LogstashRole::Output)
            && BROKERS.contains(&plugin.name.text.as_str())
    });
    found.extend(brokers.map(|plugin| Buffer {
        document: plugin.document,
        span: plugin.name.span,
        fact: "a broker",
    }));
}

/// What exporters of pipelines for logs are told to keep or to send again.
fn of_collectors(repo: &Repo, found: &mut Vec<Buffer>) {
    let mut exporters: BTreeMap<(DocumentId, String), &collector::Component> = BTreeMap::new();
    for one in &repo.facts.components {
        if one.section == collector::Section::Exporters {
            exporters.insert((one.document, collector::normal(&one.id.text)), one);
        }
    }
    for pipeline in repo.facts.pipelines.iter().filter(|pipeline| pipeline.signal() == "logs") {
        for name in &pipeline.exporters.items {
            if BROKERS.contains(&collector::kind_of(&name.text)) {
                let document = pipeline.document;
                found.push(Buffer { document, span: name.span, fact: "a broker" });
                continue;
            }
            let Some(one) = exporters.get(&(pipeline.document, collector::normal(&name.text)))
            else {
                continue;
            };
            for (key, fact) in [("sending_queue", "a queue"), ("retry_on_failure", "retries")] {
                let on = one.settings.get(&format!("{key}.enabled")).and_then(|it| it.boolean());
                let set = one.settings.entries.iter().find(|it| it.path == key);
                if let Some(set) = set.filter(|_| on != Some(false)) {
                    found.push(Buffer { document: one.document, span: set.key, fact });
                }
            }
        }
    }
}

/// Whether an alert certainly tells that logs are not delivered, or that none come.
pub fn tells_of_delivery(repo: &Repo, alert: &AlertRule) -> bool {
    let Some(expr) = &alert.expr else { return false };
    if repo.document(alert.document).dialect == Some(Dialect::Loki) {
        return expr.scalar.text.contains("absent_over_time(");
    }
    expr.parsed.as_ref().is_some_and(|parsed| reads_shippers(&parsed.ast))
}

fn reads_shippers(ast: &Ast) -> bool {
    ast.selectors().any(|(_, selector)| {
        let metric = selector.metric().unwrap_or_default();
        let of_one = || {
            selector.matchers.iter().any(|matcher| {
                let value = matcher.value.to_ascii_lowercase();
                SHIPPERS.iter().any(|word| value.contains(word))
            })
        };
        METRICS.iter().any(|prefix| metric.starts_with(prefix))
            || (matches!(metric, "up" | "kube_daemonset_status_number_unavailable") && of_one())
    })
}

/// Whether an alert may tell of it: it names a shipper, or asks a store of logs.
pub fn may_tell(repo: &Repo, alert: &AlertRule) -> bool {
    let names = |text: &str| {
        let text = text.to_ascii_lowercase();
        SHIPPERS.iter().any(|word| text.contains(word))
    };
    let asks = |step: &Step| {
        let source = step.source.as_ref().map_or("", |source| source.text.as_str());
        let source = source.to_ascii_lowercase();
        ["loki", "elastic", "opensearch"].iter().any(|word| source.contains(word))
    };
    tells_of_delivery(repo, alert)
        || names(&alert.name.text)
        || alert.expr.as_ref().is_some_and(|expr| !expr.scalar.known || names(&expr.scalar.text))
        || alert.steps.iter().any(asks)
}
