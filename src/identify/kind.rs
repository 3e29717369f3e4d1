//! The kinds of documents.

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $plural:literal;)*) => {
        /// What a document is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[derive(borsh::BorshSerialize, borsh::BorshDeserialize)]
        pub enum Kind {
            $($(#[$doc])* $variant,)*
        }

        impl Kind {
            /// All kinds.
            pub const ALL: &[Kind] = &[$(Kind::$variant,)*];

            /// Its name in output.
            pub fn name(self) -> &'static str {
                match self { $(Kind::$variant => $name,)* }
            }

            /// Its name for a summary: "57 rule files".
            pub fn plural(self) -> &'static str {
                match self { $(Kind::$variant => $plural,)* }
            }
        }
    };
}

kinds! {
    /// A Prometheus server configuration.
    PrometheusConfig = "prometheus-config", "Prometheus";
    /// Part of one: a list of jobs or a `scrape_configs` file.
    PrometheusFragment = "prometheus-fragment", "scrape fragments";
    /// Targets for file-based discovery.
    PrometheusTargets = "prometheus-targets", "target files";
    /// A rule file.
    PrometheusRules = "prometheus-rules", "rule files";
    /// A rule unit test.
    PrometheusRuleTest = "prometheus-rule-test", "rule tests";
    /// An object of the Prometheus operator.
    PrometheusOperator = "prometheus-operator", "operator objects";
    /// An Alertmanager configuration.
    AlertmanagerConfig = "alertmanager-config", "Alertmanager";
    /// An Alertmanager notification template file.
    AlertmanagerTemplate = "alertmanager-template", "notification templates";
    /// The three-pillar strategy.
    Strategy = "observability-strategy", "strategies";
    /// An SLO in any of the known dialects.
    Slo = "slo", "SLO files";
    /// Rules, templates and Alertmanager configuration of one tenant of Cortex, in one document.
    CortexTenant = "cortex-tenant", "Cortex tenants";
    /// A Grafana dashboard.
    GrafanaDashboard = "grafana-dashboard", "dashboards";
    /// Grafana provisioning: data sources, providers, alerting.
    GrafanaProvisioning = "grafana-provisioning", "Grafana provisioning";
    /// A CloudFormation template.
    CloudFormation = "cloudformation", "CloudFormation templates";
    /// An OpenTelemetry Collector configuration.
    OtelCollector = "otel-collector", "collectors";
    /// A manifest of the collector builder.
    OtelBuilder = "otel-builder", "collector builds";
    /// A Jaeger v2 configuration.
    JaegerConfig = "jaeger-config", "Jaeger";
    /// Jaeger sampling strategies.
    JaegerStrategies = "jaeger-strategies", "sampling strategies";
    /// Elasticsearch node settings.
    ElasticsearchConfig = "elasticsearch-config", "Elasticsearch";
    /// OpenSearch node settings.
    OpensearchConfig = "opensearch-config", "OpenSearch";
    /// An index or component template.
    IndexTemplate = "index-template", "index templates";
    /// An index lifecycle policy.
    LifecyclePolicy = "lifecycle-policy", "lifecycle policies";
    /// Requests to Elasticsearch or OpenSearch, as its console takes them.
    ElasticRequests = "elastic-requests", "request files";
    /// What Curator does to indices.
    CuratorActions = "curator-actions", "Curator actions";
    /// A role of Elasticsearch or OpenSearch.
    EngineRole = "engine-role", "roles";
    /// A log query in the query DSL.
    LogQuery = "log-query", "log queries";
    /// A Logstash pipeline.
    LogstashPipeline = "logstash-pipeline", "Logstash pipelines";
    /// Patterns for grok, one a line.
    GrokPatterns = "grok-patterns", "grok patterns";
    /// Logstash node settings.
    LogstashConfig = "logstash-config", "Logstash";
    /// Logstash `pipelines.yml`.
    LogstashPipelines = "logstash-pipelines", "Logstash pipeline lists";
    /// Kibana settings.
    KibanaConfig = "kibana-config", "Kibana";
    /// Kibana saved objects.
    KibanaObjects = "kibana-objects", "Kibana objects";
    /// A Beat's configuration.
    BeatConfig = "beat-config", "Beats";
    /// A Fluentd configuration.
    FluentdConfig = "fluentd-config", "Fluentd";
    /// A Fluent Bit configuration, classic or YAML.
    FluentBitConfig = "fluent-bit-config", "Fluent Bit";
    /// A Vector configuration.
    VectorConfig = "vector-config", "Vector";
    /// A Loki configuration.
    LokiConfig = "loki-config", "Loki";
    /// A Promtail or Alloy configuration.
    PromtailConfig = "promtail-config", "Promtail";
    /// A Tempo configuration.
    TempoConfig = "tempo-config", "Tempo";
    /// A Mimir or Cortex configuration.
    MimirConfig = "mimir-config", "Mimir";
    /// Settings of an application's loggers: Logback, Log4j, Spring, .NET, nginx.
    LoggingConfig = "logging-config", "logger settings";
    /// A Compose file.
    Compose = "compose", "compose files";
    /// A Kubernetes object.
    Kubernetes = "kubernetes", "manifests";
    /// Values of a Helm chart.
    HelmValues = "helm-values", "Helm values";
    /// A chart's `Chart.yaml`.
    HelmChart = "helm-chart", "charts";
    /// A Dockerfile.
    Dockerfile = "dockerfile", "Dockerfiles";
    /// A file of environment variables.
    EnvFile = "env-file", "environment files";
    /// Who owns which paths.
    CodeOwners = "codeowners", "owner files";
    /// A manifest of a package: `package.json`, `go.mod`, `pom.xml`.
    Manifest = "package-manifest", "package manifests";
    /// Terraform.
    Terraform = "terraform", "Terraform";
    /// An on-call schedule or escalation policy.
    OnCall = "on-call", "on-call schedules";
    /// A pipeline of continuous integration.
    CiPipeline = "ci-pipeline", "pipelines";
    /// Markdown.
    Markdown = "markdown", "documents";
    /// Python source.
    Python = "python", "Python";
    /// Go source.
    Go = "go", "Go";
    /// Java source.
    Java = "java", "Java";
    /// JavaScript source.
    Javascript = "javascript", "JavaScript";
    /// TypeScript source.
    Typescript = "typescript", "TypeScript";
    /// Rust source.
    Rust = "rust", "Rust";
    /// C# source.
    Csharp = "csharp", "C#";
    /// Other text that can hold annotations: shell, Terraform, Dockerfiles.
    Text = "text", "other texts";
}

impl Kind {
    /// The kind with this name in output.
    pub fn named(name: &str) -> Option<Kind> {
        Kind::ALL.iter().copied().find(|kind| kind.name() == name)
    }

    /// Whether this is source code in a language the tool knows.
    pub fn is_code(self) -> bool {
        matches!(
            self,
            Kind::Python
                | Kind::Go
                | Kind::Java
                | Kind::Javascript
                | Kind::Typescript
                | Kind::Rust
                | Kind::Csharp
        )
    }

    /// Whether rules ask facts of it, and its text only to show a finding.
    pub fn is_read_once(self) -> bool {
        self.is_code() || matches!(self, Kind::Markdown | Kind::Manifest)
    }
}
