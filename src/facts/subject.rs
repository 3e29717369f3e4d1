//! What rules can look at, and which fields of it a rule file may name.

/// What a field of a fact holds.
#[derive(Clone, Copy, Debug)]
pub enum Held<'a> {
    /// The field is not there, or empty.
    Nothing,
    /// Nobody can know: a placeholder, masked text, or a fact that may be completed elsewhere.
    Unknown,
    /// Its text.
    Text(&'a str),
}

/// Every kind of subject, named once: hands its rows to the macro `$with`, so that the list of
/// kinds, their names and fields in rule files, and the loops over them in `check` agree.
///
/// A row of `facts` is `Kind field_of_FileFacts: module::Type "name in rule files" [its fields];`.
/// A field that ends in `.*` takes any key.
macro_rules! subjects {
    ($with:ident) => {
        $with! {
            // Whole documents: `check::reads` says which.
            documents {
                /// A Prometheus server configuration, a fragment of one, or an operator object of
                /// that side.
                PrometheusDocument "prometheus_document" [];
                /// A file or object that holds rule groups.
                RuleDocument "rule_document" [];
                /// A file or object that holds a dashboard.
                DashboardDocument "dashboard_document" [];
                /// An Alertmanager configuration or an `AlertmanagerConfig` object.
                AlertmanagerDocument "alertmanager_document" [];
                /// Searches on logs, or exported objects of Kibana.
                KibanaContent "kibana_content" [];
                /// A document that holds objectives, or what they refer to.
                SloDocument "slo_document" [];
                /// A configuration of an OpenTelemetry Collector, or a layer of one.
                CollectorDocument "collector_document" [];
                /// A Fluent Bit configuration.
                FluentBitDocument "fluent_bit_document" [];
                /// A Fluentd configuration.
                FluentdDocument "fluentd_document" [];
                /// A Vector configuration.
                VectorDocument "vector_document" [];
            }
            // Facts that a rule sees one by one.
            facts {
                /// A whole Prometheus server: its configuration read as facts.
                PrometheusConfig prometheus: prometheus::PrometheusConfig "prometheus_config" [];
                /// One scrape job or monitor object.
                ScrapeJob scrape_jobs: prometheus::ScrapeJob "scrape_job" [
                    "name", "scheme", "metrics_path", "scrape_interval", "scrape_timeout",
                    "honor_labels", "sample_limit", "label_limit", "target_limit",
                ];
                /// A `remote_write` or `remote_read` endpoint.
                RemoteEndpoint remote_endpoints: prometheus::RemoteEndpoint "remote_endpoint" [
                    "url", "name", "direction",
                ];
                /// A field that holds a credential.
                Credential credentials: scalar::Credential "credential" ["key", "path"];
                /// A rule group.
                RuleGroup rule_groups: rules::RuleGroup "rule_group" [
                    "name", "interval", "query_offset", "limit", "labels.*",
                ];
                /// An alerting rule.
                AlertRule alert_rules: rules::AlertRule "alert_rule" [
                    "name", "expr", "for", "keep_firing_for", "labels.*", "annotations.*", "group",
                ];
                /// A recording rule.
                RecordingRule recording_rules: rules::RecordingRule "recording_rule" [
                    "name", "expr", "labels.*", "group",
                ];
                /// A Grafana dashboard.
                Dashboard dashboards: dashboard::Dashboard "dashboard" ["title", "uid"];
                /// A panel of a dashboard.
                Panel panels: dashboard::Panel "panel" ["title", "type"];
                /// A folder that Grafana reads dashboards from.
                DashboardProvider dashboard_providers: dashboard::Provider "dashboard_provider" [
                    "name", "path",
                ];
                /// An Alertmanager configuration read as facts.
                AlertmanagerConfig alertmanagers: alertmanager::AlertmanagerConfig "alertmanager_config" [

                ];
                /// A node of the routing tree.
                Route routes: alertmanager::Route "route" [
                    "receiver", "group_wait", "group_interval", "repeat_interval", "continue",
                ];
                /// A receiver.
                Receiver receivers: alertmanager::Receiver "receiver" ["name"];
                /// One integration of a receiver.
                Integration integrations: alertmanager::Integration "integration" [
                    "kind", "receiver", "settings.*",
                ];
                /// An inhibition rule.
                InhibitRule inhibit_rules: alertmanager::InhibitRule "inhibit_rule" [];
                /// A three-pillar strategy.
                Strategy strategies: strategy::Strategy "strategy" ["strategy"];
                /// One pillar of a strategy.
                Pillar pillars: strategy::Pillar "pillar" [
                    "name", "retention", "structured_format", "sampling_rate", "collection_interval",
                ];
                /// A service level objective.
                Slo slos: slo::Slo "slo" ["name", "service", "objective", "window", "error_budget"];
                /// A configuration of a collector read as facts.
                Collector collectors: collector::Collector "collector" [];
                /// A component that a collector defines.
                CollectorComponent components: collector::Component "collector_component" [
                    "id", "section", "settings.*",
                ];
                /// A collector that an operator runs.
                OperatedCollector operated_collectors: collector::Operated "operated_collector" [];
                /// A pipeline of a collector.
                CollectorPipeline pipelines: collector::Pipeline "collector_pipeline" ["name"];
                /// A container of a Kubernetes workload or a compose service.
                Container containers: deploy::Container "container" ["name", "image", "workload"];
                /// The settings file of an Elasticsearch or OpenSearch node.
                NodeConfig node_configs: elastic::node::NodeConfig "node_config" ["settings.*"];
                /// An index template, or the body of an index.
                IndexTemplate index_templates: elastic::template::IndexTemplate "index_template" [];
                /// A lifecycle policy of indices or data streams.
                LifecyclePolicy lifecycle_policies: elastic::policy::LifecyclePolicy "lifecycle_policy" [];
                /// What one plugin of a log shipper is given.
                ShipperSection shipper_sections: shipper::Section "shipper_section" [
                    "name", "program", "role",
                ];
                /// A schedule or an escalation policy.
                OnCall on_call: oncall::OnCall "on_call" ["name"];
                /// A metric that code declares.
                MetricDefinition metric_definitions: code::MetricDefinition "metric_definition" [
                    "name", "type",
                ];
                /// A use of a metric.
                MetricUse metric_uses: code::MetricUse "metric_use" ["method"];
                /// Code that evaluates objectives.
                Evaluator slo_evaluators: code::Evaluator "slo_evaluator" [];
                /// A burn rate that code computes.
                BurnFormula burn_formulas: code::BurnFormula "burn_formula" ["name"];
                /// Code that handles alerts.
                AlertHandler alert_handlers: code::AlertHandler "alert_handler" ["name"];
                /// A place where the id of a request is made or kept.
                CorrelationId correlation_ids: code::correlation::CorrelationId "correlation_id" [
                    "name",
                ];
                /// An answer to a request.
                HttpResponse responses: code::responses::Response "http_response" ["name"];
                /// A record for auditors.
                AuditRecord audit_records: code::audits::AuditRecord "audit_record" ["name"];
                /// A handler of something that auditors want to know of.
                SecurityHandler security_handlers: code::audits::SecurityHandler "security_handler" ["name"];
                /// A caught or ignored error.
                Handler handlers: code::handlers::Handler "handler" ["name"];
                /// A function of code that answers incidents.
                IncidentAction incident_actions: code::incidents::IncidentAction "incident_action" ["name"];
                /// Incidents that a process keeps in its memory.
                IncidentStore incident_stores: code::incidents::IncidentStore "incident_store" ["name"];
                /// A table from severities of alerts to those of incidents.
                SeverityMap severity_maps: code::incidents::SeverityMap "severity_map" ["name"];
                /// Names that a file has to define itself.
                OwnNames own_names: code::undefined::OwnNames "own_names" [];
                /// A credential that code names.
                CodeSecret code_secrets: code::secrets::CodeSecret "code_secret" ["what"];
                /// A span that code starts.
                SpanScope span_scopes: code::spans::SpanScope "span_scope" ["name"];
                /// An attribute that code sets on a span.
                SpanAttribute span_attributes: code::spans::SpanAttribute "span_attribute" ["key"];
                /// A span that is entered for a block of Rust.
                SpanGuard span_guards: code::spans::SpanGuard "span_guard" [];
                /// An error that a handler of requests records and passes on.
                PassedError passed_errors: code::spans::PassedError "passed_error" [];
                /// Code that takes the current span.
                CurrentSpan current_spans: code::spans::CurrentSpan "current_span" [];
                /// A measured time that telemetry is given.
                Measured measured: code::clocks::Measured "measured_time" [];
                /// A block that always runs last and writes telemetry.
                CleanUp clean_ups: code::cleanup::CleanUp "clean_up" [];
                /// A record that code writes to its log, or prints.
                LogCall log_calls: code::logs::LogCall "log_call" ["method", "function"];
                /// A source file as part of programs.
                CodeModule modules: code::Module "code_module" [];
                /// What is said of a logger: how records look, where they go, which clock they show.
                LoggerSetup logger_setups: code::loggers::LoggerSetup "logger_setup" ["name"];
                /// A mode that a file of logs is given.
                FileMode file_modes: permissions::FileMode "file_mode" ["name"];
                /// Fields of records that are passed by name.
                FieldPass field_passes: code::logs::FieldPass "field_pass" ["name"];
                /// A place that asks for the error being handled.
                Traceback tracebacks: code::logs::Traceback "traceback" ["name"];
                /// A Logstash pipeline, or a part of one.
                LogstashPipeline logstash_pipelines: logstash::Pipeline "logstash_pipeline" [];
                /// Settings of Logstash itself.
                LogstashNode logstash_nodes: logstash::node::Node "logstash_node" [];
                /// An entry of a list of Logstash pipelines.
                LogstashEntry logstash_entries: logstash::node::Entry "logstash_entry" [];
                /// A plugin or codec of a Logstash pipeline.
                LogstashPlugin logstash_plugins: logstash::Plugin "logstash_plugin" [
                    "name", "role", "options.*",
                ];
                /// A pattern of a file for grok.
                GrokPattern grok_patterns: logstash::patterns::GrokPattern "grok_pattern" ["name"];
                /// A Markdown page.
                Page pages: markdown::Page "page" ["title"];
                /// Settings of a Kibana or of OpenSearch Dashboards at one place.
                KibanaConfig kibanas: kibana::KibanaConfig "kibana_config" [];
                /// A search on logs.
                LogQuery log_queries: query::LogQuery "log_query" ["name"];
                /// The configuration of a Beat.
                Beat beats: beat::Beat "beat" [];
                /// An input of Filebeat.
                BeatInput beat_inputs: beat::BeatInput "beat_input" ["type"];
                /// An output of a Beat.
                BeatOutput beat_outputs: beat::BeatOutput "beat_output" ["name"];
                /// A ConfigMap, or the texts of a Secret.
                ConfigMap config_maps: configmap::ConfigMap "config_map" ["name", "kind"];
                /// A part of Jaeger, or what wants one.
                JaegerPart jaeger_parts: jaeger::Part "jaeger_part" ["name", "component"];
                /// An object of Jaeger's operator.
                JaegerObject jaeger_objects: jaeger::JaegerObject "jaeger_object" [
                    "name", "strategy", "storage",
                ];
                /// A configuration of Jaeger 2.
                JaegerConfig jaeger_configs: jaeger::JaegerConfig "jaeger_config" [];
                /// Sampling strategies of Jaeger.
                SamplingStrategies sampling_strategies: jaeger::Strategies "sampling_strategies" [];
                /// One end of a connection that carries telemetry.
                TelemetryPort telemetry_ports: telemetry::TelemetryPort "telemetry_port" [
                    "setting", "value",
                ];
                /// The address of a store that Jaeger is given.
                StorageLink storage_links: jaeger::links::StorageLink "storage_link" [
                    "setting", "urls",
                ];
                /// A decision of which traces to keep.
                Sampler samplers: telemetry::Sampler "sampler" ["setting", "value"];
                /// A call of another service in code.
                OutboundCall outbound_calls: code::outbound::OutboundCall "outbound_call" [
                    "name", "library",
                ];
                /// A place where the context of a trace is read from a request.
                Extraction extractions: code::propagation::Extraction "extraction" ["name"];
                /// A place where the context of a trace is written into a request.
                Injection injections: code::propagation::Injection "injection" ["name"];
                /// Work that code hands to another thread or task.
                Handoff handoffs: code::workers::Handoff "handoff" ["name"];
                /// Code that looks into traces.
                TraceAnalysis trace_analyses: code::analysis::TraceAnalysis "trace_analysis" ["name"];
                /// A sum over measured values.
                Sum sums: code::analysis::Sum "sum" ["name"];
                /// A function that traces or times a function it is given.
                Wrapper wrappers: code::workers::Wrapper "wrapper" ["name"];
                /// A variable of OpenTelemetry's SDKs.
                OtelVariable otel_variables: telemetry::OtelVariable "otel_variable" ["name", "value"];
                /// A step by which code sets up an SDK.
                SdkSetup sdk_setups: code::setup::SdkSetup "sdk_setup" ["name"];
                /// A module that can only be instrumented before it is loaded.
                EarlyImport early_imports: code::setup::EarlyImport "early_import" ["module"];
                /// An import of a retired telemetry library, or of a bridge to one.
                LibraryImport library_imports: code::setup::LibraryImport "library_import" [
                    "path", "library",
                ];
                /// A key of an attribute that code sets.
                AttributeKey attribute_keys: code::conventions::AttributeKey "attribute_key" ["key"];
                /// A constant of the semantic conventions.
                ConventionConstant convention_constants: code::conventions::ConventionConstant
                    "convention_constant" ["name", "class"];
                /// A NIST control annotation.
                Annotation annotations: annotation::Annotation "annotation" ["tag", "control", "text"];
            }
            // What `check` goes through in a way of its own.
            other {
                /// A PromQL expression of a rule, an objective or a panel.
                Expression "expression" ["name"];
                /// A text that a notification is made of: a setting, a template file, a pattern of files.
                NotificationTemplate "notification_template" [];
                /// A cluster of Elasticsearch or OpenSearch nodes.
                EngineCluster "engine_cluster" [];
                /// A deployable unit, or a library.
                Service "service" ["name", "kind", "root", "certainty", "certainty.logs", "certainty.metrics", "certainty.traces"];
                /// An inline allow.
                Allow "allow" ["codes", "reason", "until"];
                /// A declaration of the configuration.
                Declaration "declaration" ["owner", "reason", "approver", "expires"];
                /// A waiver of a finding or of a requirement.
                Waiver "waiver" ["owner", "approver", "expires", "reason"];
                /// A person's answer for what no file shows.
                Attestation "attestation" ["who", "role", "statement"];
                /// The repository as a whole.
                Repository "repository" [];
            }
        }
    };
}
pub(crate) use subjects;

macro_rules! kinds {
    (
        documents { $($(#[$document_doc:meta])* $document:ident $document_name:literal [];)* }
        facts { $(
            $(#[$fact_doc:meta])* $fact:ident $field:ident: $($path:ident)::+ $fact_name:literal
            [$($fact_field:literal),* $(,)?];
        )* }
        other { $(
            $(#[$other_doc:meta])* $other:ident $other_name:literal [$($other_field:literal),* $(,)?];
        )* }
    ) => {
        /// The fact kinds that rules examine.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum SubjectKind {
            $($(#[$document_doc])* $document,)*
            $($(#[$fact_doc])* $fact,)*
            $($(#[$other_doc])* $other,)*
        }

        /// Name in rule files, and the fields that predicates, `at` and messages may name there.
        /// A field that ends in `.*` takes any key.
        pub const SUBJECTS: &[(SubjectKind, &str, &[&str])] = &[
            $((SubjectKind::$document, $document_name, &[]),)*
            $((SubjectKind::$fact, $fact_name, &[$($fact_field),*]),)*
            $((SubjectKind::$other, $other_name, &[$($other_field),*]),)*
        ];
    };
}
subjects!(kinds);

impl SubjectKind {
    /// The kind with this name in rule files.
    pub fn named(name: &str) -> Option<Self> {
        SUBJECTS.iter().find(|(_, known, _)| *known == name).map(|(kind, ..)| *kind)
    }

    /// All names, in the order of the table.
    pub fn names() -> impl Iterator<Item = &'static str> {
        SUBJECTS.iter().map(|(_, name, _)| *name)
    }

    /// Its name in rule files.
    pub fn name(self) -> &'static str {
        SUBJECTS.iter().find(|(kind, ..)| *kind == self).map_or("", |(_, name, _)| name)
    }

    /// Whether a rule file may name this field of the fact.
    pub fn has_field(self, path: &str) -> bool {
        let fields = SUBJECTS.iter().find(|(kind, ..)| *kind == self).map_or(&[][..], |row| row.2);
        fields.iter().any(|field| match field.strip_suffix('*') {
            Some(prefix) => path.strip_prefix(prefix).is_some_and(|key| !key.is_empty()),
            None => *field == path,
        })
    }
}
