//! Products that may stand in for those the standard names.

/// A product: the word of the configuration, and its name.
pub type Product = (&'static str, &'static str);

/// What the standard names.
pub(super) const NAMED: &[Product] = &[
    ("alertmanager", "Alertmanager"),
    ("elk", "ELK"),
    ("jaeger", "Jaeger"),
    ("kibana", "Kibana"),
    ("logstash", "Logstash"),
    ("node-exporter", "Node exporter"),
    ("prometheus", "Prometheus"),
];

/// What may stand in for it.
pub(super) const EQUIVALENTS: &[Product] = &[
    ("alloy", "Grafana Alloy"),
    ("clickhouse", "ClickHouse"),
    ("cortex", "Cortex"),
    ("datadog", "Datadog"),
    ("elastic-apm", "Elastic APM"),
    ("fluent-bit", "Fluent Bit"),
    ("fluentd", "Fluentd"),
    ("grafana", "Grafana"),
    ("graylog", "Graylog"),
    ("loki", "Loki"),
    ("mimir", "Mimir"),
    ("openobserve", "OpenObserve"),
    ("opensearch", "OpenSearch"),
    ("otel-collector", "OpenTelemetry Collector"),
    ("promtail", "Promtail"),
    ("quickwit", "Quickwit"),
    ("signoz", "SigNoz"),
    ("skywalking", "SkyWalking"),
    ("splunk", "Splunk"),
    ("telegraf", "Telegraf"),
    ("tempo", "Tempo"),
    ("thanos", "Thanos"),
    ("vector", "Vector"),
    ("victorialogs", "VictoriaLogs"),
    ("victoriametrics", "VictoriaMetrics"),
    ("zipkin", "Zipkin"),
];

/// The word of a product, from its name.
pub fn word(name: &str) -> Option<&'static str> {
    let mut all = NAMED.iter().chain(EQUIVALENTS);
    all.find(|(_, known)| *known == name).map(|(word, _)| *word)
}

/// The name of a product, from its word; the word itself where nothing is known by it.
pub fn shown(word: &str) -> &str {
    let mut all = NAMED.iter().chain(EQUIVALENTS);
    all.find(|(known, _)| *known == word).map_or(word, |(_, name)| name)
}
