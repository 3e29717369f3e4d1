//! Known infrastructure by image or chart name: what a container is for, whoever runs it.

use crate::lang::placeholder;

/// What a known program does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Scrapes and keeps metrics.
    MetricsServer,
    /// Keeps metrics for long, behind `remote_write` or an object store.
    LongTermMetrics,
    /// Shows the metrics of something else.
    Exporter,
    /// Takes and routes alerts.
    Alerting,
    /// Shows dashboards.
    Dashboards,
    /// Ships logs.
    LogShipper,
    /// Keeps logs.
    LogStore,
    /// Shows logs.
    LogView,
    /// Takes, keeps or shows traces.
    Traces,
    /// An OpenTelemetry Collector.
    Collector,
    /// An agent that sends all signals to a store elsewhere.
    Agent,
    /// Keeps profiles.
    Profiles,
    /// A database or a cache.
    Database,
    /// A message broker.
    Broker,
    /// A proxy, ingress or mesh.
    Proxy,
    /// Identity, secrets, administration, build: infrastructure without data of its own here.
    Support,
}

impl Class {
    /// Whether such a container observes others and is no service of the repository.
    pub fn observes(self) -> bool {
        !matches!(self, Class::Database | Class::Broker | Class::Proxy | Class::Support)
    }
}

/// A known program.
#[derive(Debug)]
pub struct Known {
    /// How output names it.
    pub name: &'static str,
    /// What it does.
    pub class: Class,
    /// Last path segments of its images, and names of its charts; a final `*` takes any rest.
    names: &'static [&'static str],
    /// Path segments one of which must stand before the name, because the name alone is an
    /// everyday word; an image without any path counts too if `""` is listed.
    owners: &'static [&'static str],
}

const fn known(name: &'static str, class: Class, names: &'static [&'static str]) -> Known {
    Known { name, class, names, owners: &[] }
}

const fn owned(
    name: &'static str,
    class: Class,
    names: &'static [&'static str],
    owners: &'static [&'static str],
) -> Known {
    Known { name, class, names, owners }
}

const GRAFANA: &[&str] = &["grafana", "bitnami", "bitnamilegacy", ""];

/// All of them; the first that fits counts.
pub const KNOWN: &[Known] = &[
    // Metrics.
    known(
        "Prometheus",
        Class::MetricsServer,
        &[
            "prometheus",
            "prometheus-operator",
            "prom",
            "kube-prometheus-stack",
            "kube-prometheus",
            "prometheus-agent",
            "prometheus-distroless",
        ],
    ),
    known(
        "node exporter",
        Class::Exporter,
        &["node-exporter", "node_exporter", "prometheus-node-exporter"],
    ),
    known("kube-state-metrics", Class::Exporter, &["kube-state-metrics"]),
    known("cAdvisor", Class::Exporter, &["cadvisor"]),
    known(
        "blackbox exporter",
        Class::Exporter,
        &["blackbox-exporter", "blackbox_exporter", "prometheus-blackbox-exporter"],
    ),
    known("exporter", Class::Exporter, &["*-exporter", "*_exporter"]),
    known("Pushgateway", Class::Exporter, &["pushgateway", "prometheus-pushgateway"]),
    known("Prometheus adapter", Class::Exporter, &["prometheus-adapter", "k8s-prometheus-adapter"]),
    known("StatsD", Class::Exporter, &["statsd"]),
    known("Telegraf", Class::MetricsServer, &["telegraf"]),
    known(
        "Alertmanager",
        Class::Alerting,
        &["alertmanager", "karma", "prometheus-alertmanager", "vmalert", "victoria-metrics-alert"],
    ),
    known(
        "Grafana",
        Class::Dashboards,
        &["grafana", "grafana-oss", "grafana-enterprise", "grafana-image-renderer", "k8s-sidecar"],
    ),
    known("Perses", Class::Dashboards, &["perses"]),
    known("Thanos", Class::LongTermMetrics, &["thanos", "thanos-*"]),
    owned("Mimir", Class::LongTermMetrics, &["mimir", "mimir-distributed"], GRAFANA),
    owned("Cortex", Class::LongTermMetrics, &["cortex"], &["cortexproject", ""]),
    known(
        "VictoriaMetrics",
        Class::LongTermMetrics,
        &[
            "victoria-metrics",
            "victoria-metrics-single",
            "victoria-metrics-cluster",
            "victoria-metrics-k8s-stack",
            "victoria-metrics-operator",
            "victoria-metrics-agent",
            "vmsingle",
            "vmagent",
            "vmstorage",
            "vminsert",
            "vmselect",
            "vmauth",
        ],
    ),
    known("M3", Class::LongTermMetrics, &["m3dbnode", "m3coordinator", "m3aggregator"]),
    // Logs.
    owned(
        "Loki",
        Class::LogStore,
        &["loki", "loki-stack", "loki-distributed", "loki-simple-scalable", "enterprise-logs"],
        GRAFANA,
    ),
    known("VictoriaLogs", Class::LogStore, &["victoria-logs", "victoria-logs-single"]),
    known(
        "Elasticsearch",
        Class::LogStore,
        &[
            "elasticsearch",
            "elasticsearch-oss",
            "elasticsearch-wolfi",
            "eck-stack",
            "eck-elasticsearch",
            "opendistro-for-elasticsearch",
        ],
    ),
    known("OpenSearch", Class::LogStore, &["opensearch", "opensearch-operator"]),
    known("Graylog", Class::LogStore, &["graylog", "graylog-enterprise"]),
    known("Seq", Class::LogStore, &["datalust-seq"]),
    owned("Seq", Class::LogStore, &["seq"], &["datalust"]),
    known("OpenObserve", Class::LogStore, &["openobserve", "openobserve-enterprise"]),
    known("Promtail", Class::LogShipper, &["promtail"]),
    known(
        "Logstash",
        Class::LogShipper,
        &["logstash", "logstash-oss", "logstash-oss-with-opensearch-output-plugin", "eck-logstash"],
    ),
    known(
        "Fluentd",
        Class::LogShipper,
        &[
            "fluentd",
            "fluentd-kubernetes-daemonset",
            "fluentd-kubernetes",
            "fluentd-elasticsearch",
            "logging-operator",
        ],
    ),
    known(
        "Fluent Bit",
        Class::LogShipper,
        &[
            "fluent-bit",
            "fluent-bit-plugin-loki",
            "fluentbit",
            "aws-for-fluent-bit",
            "fluent-operator",
        ],
    ),
    owned("Vector", Class::LogShipper, &["vector"], &["timberio", "vectordotdev", ""]),
    known("Filebeat", Class::LogShipper, &["filebeat", "filebeat-oss", "eck-beats"]),
    known("Metricbeat", Class::MetricsServer, &["metricbeat", "metricbeat-oss"]),
    known("logspout", Class::LogShipper, &["logspout", "logspout-*"]),
    known("syslog", Class::LogShipper, &["syslog-ng", "rsyslog"]),
    known(
        "Kibana",
        Class::LogView,
        &["kibana", "kibana-oss", "eck-kibana", "opensearch-dashboards"],
    ),
    // Traces.
    known("Jaeger", Class::Traces, &["jaeger", "jaeger-*", "jaegertracing"]),
    owned("Jaeger", Class::Traces, &["all-in-one", "spark-dependencies"], &["jaegertracing"]),
    owned(
        "Tempo",
        Class::Traces,
        &["tempo", "tempo-distributed", "tempo-query", "tempo-vulture"],
        GRAFANA,
    ),
    known("Zipkin", Class::Traces, &["zipkin", "zipkin-slim", "zipkin-*"]),
    known("VictoriaTraces", Class::Traces, &["victoria-traces", "victoria-traces-single"]),
    known("SkyWalking", Class::Traces, &["skywalking-oap-server", "skywalking-ui"]),
    known("Elastic APM", Class::Traces, &["apm-server"]),
    known("Aspire dashboard", Class::Traces, &["aspire-dashboard"]),
    known(
        "OpenTelemetry Collector",
        Class::Collector,
        &[
            "opentelemetry-collector*",
            "otel-collector*",
            "otelcol*",
            "otelcontribcol",
            "aws-otel-collector",
            "splunk-otel-collector",
            "opentelemetry-operator",
            "opentelemetry-kube-stack",
            "elastic-otel-collector",
            "signoz-otel-collector",
        ],
    ),
    owned("Alloy", Class::Agent, &["alloy", "k8s-monitoring", "grafana-agent"], GRAFANA),
    owned("Grafana Agent", Class::Agent, &["agent", "agent-operator"], &["grafana"]),
    known("OpenTelemetry LGTM", Class::Agent, &["otel-lgtm", "lgtm-distributed"]),
    // Agents of vendors.
    owned(
        "Datadog agent",
        Class::Agent,
        &["agent", "cluster-agent", "datadog-operator"],
        &["datadog", "datadoghq", "gcr.io/datadoghq"],
    ),
    known("Datadog agent", Class::Agent, &["datadog", "datadog-agent"]),
    known(
        "New Relic agent",
        Class::Agent,
        &["nri-bundle", "newrelic-infrastructure", "newrelic-infra"],
    ),
    known("Dynatrace", Class::Agent, &["oneagent", "dynatrace-operator", "dynatrace-oneagent"]),
    known("Elastic Agent", Class::Agent, &["elastic-agent"]),
    known("SigNoz", Class::Agent, &["signoz"]),
    known("Netdata", Class::MetricsServer, &["netdata"]),
    // Profiles.
    known("Pyroscope", Class::Profiles, &["pyroscope"]),
    known("Parca", Class::Profiles, &["parca", "parca-agent"]),
    // Databases and caches.
    known(
        "PostgreSQL",
        Class::Database,
        &[
            "postgres",
            "postgresql",
            "postgis",
            "timescaledb",
            "timescaledb-ha",
            "pgvector",
            "pgbouncer",
            "spilo-*",
            "postgresql-ha",
        ],
    ),
    known(
        "MySQL",
        Class::Database,
        &[
            "mysql",
            "mysql-server",
            "mariadb",
            "mariadb-galera",
            "percona",
            "percona-server",
            "azure-sql-edge",
        ],
    ),
    owned("SQL Server", Class::Database, &["server"], &["mssql"]),
    known("SQL Server", Class::Database, &["mssql-server-linux"]),
    known(
        "MongoDB",
        Class::Database,
        &["mongo", "mongodb", "mongodb-community-server", "percona-server-mongodb"],
    ),
    known(
        "Redis",
        Class::Database,
        &[
            "redis",
            "redis-stack",
            "redis-stack-server",
            "redis-cluster",
            "redis-sentinel",
            "valkey",
            "valkey-cluster",
            "keydb",
            "dragonfly",
        ],
    ),
    known("Memcached", Class::Database, &["memcached"]),
    known("Cassandra", Class::Database, &["cassandra", "scylla"]),
    known("InfluxDB", Class::Database, &["influxdb", "influxdb2"]),
    known("ClickHouse", Class::Database, &["clickhouse", "clickhouse-server", "clickhouse-keeper"]),
    known("CockroachDB", Class::Database, &["cockroach", "cockroachdb", "cockroach-operator"]),
    known("etcd", Class::Database, &["etcd"]),
    known("Neo4j", Class::Database, &["neo4j"]),
    known("CouchDB", Class::Database, &["couchdb", "couchbase"]),
    known("DynamoDB", Class::Database, &["dynamodb-local"]),
    known("MinIO", Class::Database, &["minio", "mc"]),
    known("Vector store", Class::Database, &["qdrant", "weaviate", "milvus"]),
    known("Oracle", Class::Database, &["oracle-xe", "oracle-free"]),
    known("Solr", Class::Database, &["solr"]),
    // Brokers.
    known(
        "Kafka",
        Class::Broker,
        &[
            "kafka",
            "cp-kafka",
            "cp-server",
            "kafka-native",
            "strimzi-*",
            "redpanda",
            "cp-schema-registry",
            "cp-kafka-connect",
        ],
    ),
    known("ZooKeeper", Class::Broker, &["zookeeper", "cp-zookeeper"]),
    known("RabbitMQ", Class::Broker, &["rabbitmq", "rabbitmq-cluster-operator"]),
    owned("NATS", Class::Broker, &["nats", "nats-streaming"], &["", "library", "bitnami"]),
    known("ActiveMQ", Class::Broker, &["activemq", "activemq-artemis", "activemq-classic"]),
    owned("Pulsar", Class::Broker, &["pulsar", "pulsar-all"], &["apachepulsar"]),
    known("Mosquitto", Class::Broker, &["eclipse-mosquitto", "emqx"]),
    // Proxies.
    known(
        "nginx",
        Class::Proxy,
        &["nginx", "nginx-unprivileged", "ingress-nginx", "nginx-ingress", "nginx-proxy"],
    ),
    known("Traefik", Class::Proxy, &["traefik"]),
    known("HAProxy", Class::Proxy, &["haproxy", "haproxy-*"]),
    known("Envoy", Class::Proxy, &["envoy", "envoy-*", "proxyv2"]),
    owned("Istio", Class::Proxy, &["pilot"], &["istio"]),
    known("Caddy", Class::Proxy, &["caddy"]),
    known("Apache", Class::Proxy, &["httpd"]),
    known("Kong", Class::Proxy, &["kong", "kong-gateway"]),
    // Support.
    known("Docker", Class::Support, &["docker"]),
    known("Keycloak", Class::Support, &["keycloak", "*-keycloak"]),
    owned(
        "Vault",
        Class::Support,
        &["vault", "openbao"],
        &["", "bitnami", "hashicorp", "library", "openbao"],
    ),
    known("Consul", Class::Support, &["consul"]),
    known(
        "shell",
        Class::Support,
        &[
            "busybox",
            "alpine",
            "curl",
            "pause",
            "wait-for-it",
            "docker-compose-wait",
            "git-sync",
            "dockerize",
        ],
    ),
    known(
        "administration",
        Class::Support,
        &[
            "adminer",
            "pgadmin4",
            "phpmyadmin",
            "mongo-express",
            "redis-commander",
            "kafka-ui",
            "akhq",
            "kafdrop",
            "portainer",
            "portainer-ce",
            "watchtower",
            "cerebro",
        ],
    ),
    known(
        "config reloader",
        Class::Support,
        &["prometheus-config-reloader", "configmap-reload", "kube-rbac-proxy"],
    ),
    known("mail catcher", Class::Support, &["mailhog", "mailpit", "maildev"]),
    known("flagd", Class::Support, &["flagd", "flagd-ui"]),
    known("cloud emulator", Class::Support, &["localstack", "azurite"]),
];

/// The known program behind an image (`quay.io/prometheus/prometheus:v3`) or a chart.
pub fn known_as(image: &str) -> Option<&'static Known> {
    let image = image.split('@').next().unwrap_or(image);
    let (path, last) = image.rsplit_once('/').unwrap_or(("", image));
    let last = last.split(':').next().unwrap_or(last);
    let exact = KNOWN.iter().find(|known| known.fits(path, last, false));
    exact.or_else(|| KNOWN.iter().find(|known| known.fits(path, last, true)))
}

/// The name of an image, where at most its release is put in from elsewhere.
pub fn named(image: &str) -> Option<&str> {
    let name = image.split('@').next().unwrap_or_default();
    let at = name.rfind('/').map_or(0, |at| at + 1);
    let end = name[at..].find(':').map_or(name.len(), |it| at + it);
    let name = &name[..end];
    (!placeholder::is_in(name)).then_some(name)
}

/// Whether an image is well-known software and no service of the repository; an unknown name is
/// not.
pub fn is_known(image: Option<&str>) -> bool {
    image.is_some_and(|image| known_as(image).is_some())
}

impl Known {
    /// Whether it is there for others to run what they bring, or to run a command.
    pub fn is_shell(&self) -> bool {
        self.name == "shell"
    }

    fn fits(&self, path: &str, last: &str, wild: bool) -> bool {
        let named = self.names.iter().any(|name| match (name.strip_suffix('*'), wild) {
            (Some(prefix), true) => last.starts_with(prefix),
            (None, true) => name.strip_prefix('*').is_some_and(|rest| last.ends_with(rest)),
            (_, false) => last == *name,
        });
        let mut segments = path.split('/');
        named && (self.owners.is_empty() || segments.any(|segment| self.owners.contains(&segment)))
    }
}

#[cfg(test)]
mod tests {
    use super::{Class, known_as};

    #[test]
    fn images_are_known_by_their_last_segment() {
        for (image, class) in [
            ("prom/prometheus:v3.1.0", Class::MetricsServer),
            ("quay.io/prometheus/node-exporter@sha256:ab", Class::Exporter),
            ("oliver006/redis_exporter", Class::Exporter),
            ("localhost:5000/mirror/grafana/tempo", Class::Traces),
            ("jaegertracing/all-in-one:1.60", Class::Traces),
            ("jaegertracing/jaeger-collector:1.50", Class::Traces),
            ("otel/opentelemetry-collector-contrib:0.120.0", Class::Collector),
            ("docker.elastic.co/elasticsearch/elasticsearch:9.0.0", Class::LogStore),
            ("fluent/fluentd-kubernetes-daemonset:v1", Class::LogShipper),
            ("timberio/vector:0.40-alpine", Class::LogShipper),
            ("quay.io/thanos/thanos", Class::LongTermMetrics),
            ("kube-prometheus-stack", Class::MetricsServer),
            ("grafana/agent:v0.40", Class::Agent),
            ("postgres:17", Class::Database),
        ] {
            assert_eq!(known_as(image).map(|known| known.class), Some(class), "{image}");
        }
    }

    #[test]
    fn services_with_everyday_names_are_not_known() {
        for image in ["acme/vector", "acme/tempo:1", "ghcr.io/acme/agent", "acme/shop", "acme/seq"]
        {
            assert!(known_as(image).is_none(), "{image}");
        }
    }
}
