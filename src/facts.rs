//! Typed facts with spans: what every later stage works with.
//!
//! In: trees and texts of one file. Out: [`FileFacts`]. This is the last stage that knows
//! YAML; scalars stay raw here and are typed by whoever asks, as the real reader would.

pub mod alertmanager;
pub mod annotation;
pub mod beat;
pub mod bucket;
pub mod ci;
pub mod code;
pub mod collector;
pub mod comment;
pub mod configmap;
pub mod counted;
pub mod dashboard;
pub mod deploy;
mod dialect;
mod document;
pub mod elastic;
mod embedded;
pub mod expression;
pub mod flat;
pub mod grafana;
pub mod jaeger;
mod kept;
pub mod kibana;
pub mod logging;
pub mod logstash;
pub mod loki;
pub mod manifest;
pub mod markdown;
pub mod mentions;
pub mod mimir;
pub mod monitor;
mod named;
mod needed;
pub mod oncall;
pub mod owners;
pub mod package;
pub mod permissions;
pub mod prometheus;
pub mod query;
pub mod read;
pub mod rules;
pub mod scalar;
pub mod schema;
pub mod selector;
pub mod settings;
pub mod shipper;
pub mod skip;
pub mod slo;
pub mod strategy;
pub mod subject;
pub mod telemetry;
pub mod tempo;
pub mod terraform;

pub use dialect::Dialect;
pub use document::{Document, DocumentId, ObjectName, TextIssue};

use crate::source::Span;
use subject::{Held, SubjectKind};

/// A fact that rules examine.
pub trait Subject: Sync {
    /// Its kind.
    fn kind(&self) -> SubjectKind;
    /// The document it came from; `None` for the repository.
    fn document(&self) -> Option<DocumentId>;
    /// How output names it: `alert HighErrorRate`.
    fn title(&self) -> String;
    /// The token to point at: the shortest that names it.
    fn anchor(&self) -> Option<Span>;
    /// What a field holds (see [`subject::SUBJECTS`]).
    fn field(&self, _path: &str) -> Held<'_> {
        Held::Nothing
    }
    /// Where a field stands.
    fn field_span(&self, _path: &str) -> Option<Span> {
        None
    }
}

/// Takes a list out of each file, where it is not empty: most lists of most files are.
fn taken<T>(files: &mut [FileFacts], list: impl Fn(&mut FileFacts) -> &mut Vec<T>) -> Vec<Vec<T>> {
    let lists = files.iter_mut().map(list).filter(|list| !list.is_empty());
    lists.map(std::mem::take).collect()
}

/// One list of many.
fn join<T>(mut lists: Vec<Vec<T>>) -> Vec<T> {
    if lists.len() < 2 {
        return lists.pop().unwrap_or_default();
    }
    let mut joined = Vec::with_capacity(lists.iter().map(Vec::len).sum());
    lists.into_iter().for_each(|list| joined.extend(list));
    joined
}

macro_rules! file_facts {
    ($($(#[$doc:meta])* $field:ident: $fact:ty,)*) => {
        /// All facts of one file.
        #[derive(Debug, Default)]
        pub struct FileFacts {
            $($(#[$doc])* pub $field: Vec<$fact>,)*
        }

        impl FileFacts {
            /// Whether there is none.
            pub fn is_empty(&self) -> bool {
                $(self.$field.is_empty())&&*
            }

            /// Writes the lists that are not empty, each after its number from 1.
            fn write<W: borsh::io::Write>(&self, out: &mut W) -> borsh::io::Result<()> {
                let mut number: u8 = 0;
                $(
                    number += 1;
                    if !self.$field.is_empty() {
                        borsh::BorshSerialize::serialize(&(number, &self.$field), out)?;
                    }
                )*
                borsh::BorshSerialize::serialize(&0_u8, out)
            }

            /// Reads the lists.
            fn read(bytes: &mut &[u8]) -> borsh::io::Result<FileFacts> {
                let mut facts = FileFacts::default();
                let mut next = <u8 as borsh::BorshDeserialize>::deserialize(bytes)?;
                let mut number: u8 = 0;
                $(
                    number += 1;
                    if next == number {
                        facts.$field = borsh::BorshDeserialize::deserialize(bytes)?;
                        next = borsh::BorshDeserialize::deserialize(bytes)?;
                    }
                )*
                if next == 0 && number > 0 { Ok(facts) } else { Err(crate::kept::damaged()) }
            }

            /// The facts of all these files, in their order.
            pub(crate) fn joined(mut files: Vec<FileFacts>) -> FileFacts {
                FileFacts { $($field: join(taken(&mut files, |file| &mut file.$field)),)* }
            }

            /// The same, lists side by side: some are long.
            pub(crate) fn joined_at_once(mut files: Vec<FileFacts>) -> FileFacts {
                let mut all = FileFacts::default();
                rayon::scope(|scope| {
                    $(
                        let lists = taken(&mut files, |file| &mut file.$field);
                        let joined = &mut all.$field;
                        if !lists.is_empty() {
                            scope.spawn(|_| *joined = join(lists));
                        }
                    )*
                });
                all
            }
        }
    };
}

file_facts! {
    /// The documents, hosts before the documents embedded in them.
    documents: Document,
    /// Prometheus server configurations and the operator's `Prometheus` objects.
    prometheus: prometheus::PrometheusConfig,
    /// Servers that charts of the operator make.
    chart_servers: prometheus::ChartServer,
    /// Scrape jobs of configurations, fragments and monitor objects.
    scrape_jobs: prometheus::ScrapeJob,
    /// `remote_write` and `remote_read` endpoints.
    remote_endpoints: prometheus::RemoteEndpoint,
    /// Fields that hold credentials.
    credentials: scalar::Credential,
    /// Rule groups.
    rule_groups: rules::RuleGroup,
    /// Alerting rules.
    alert_rules: rules::AlertRule,
    /// Recording rules.
    recording_rules: rules::RecordingRule,
    /// Dashboards.
    dashboards: dashboard::Dashboard,
    /// Panels of dashboards.
    panels: dashboard::Panel,
    /// Variables of dashboards.
    dashboard_variables: dashboard::Variable,
    /// Folders that Grafana reads dashboards from.
    dashboard_providers: dashboard::Provider,
    /// Data sources that Grafana is given.
    data_sources: dashboard::DataSource,
    /// Rule unit tests.
    rule_tests: rules::RuleTest,
    /// Alertmanager configurations.
    alertmanagers: alertmanager::AlertmanagerConfig,
    /// Routes, parents before children.
    routes: alertmanager::Route,
    /// Named times at which routes are quiet, or speak.
    time_intervals: alertmanager::interval::TimeInterval,
    /// Receivers.
    receivers: alertmanager::Receiver,
    /// Integrations of receivers.
    integrations: alertmanager::Integration,
    /// Files of notification templates.
    template_files: alertmanager::TemplateFile,
    /// Inhibition rules.
    inhibit_rules: alertmanager::InhibitRule,
    /// Three-pillar strategies.
    strategies: strategy::Strategy,
    /// Pillars of strategies.
    pillars: strategy::Pillar,
    /// Configurations of OpenTelemetry Collectors, or layers of them.
    collectors: collector::Collector,
    /// Components that collectors define.
    components: collector::Component,
    /// Pipelines of OpenTelemetry Collectors.
    pipelines: collector::Pipeline,
    /// How often things run.
    scales: deploy::Scale,
    /// Collectors that an operator runs.
    operated_collectors: collector::Operated,
    /// Modules that own builds of the collector take in.
    builder_modules: collector::BuilderModule,
    /// Service level objectives.
    slos: slo::Slo,
    /// OpenSLO objects that objectives refer to.
    slo_parts: slo::SloPart,
    /// Places of programs that read objectives.
    slo_readers: slo::evaluator::SloReader,
    /// Entries of SLO files that are no objectives.
    misshapen_slos: slo::Misshapen,
    /// Charts that are deployed.
    packages: package::Package,
    /// Jobs of pipelines.
    ci_jobs: ci::CiJob,
    /// Scripts of load tests.
    load_tests: ci::LoadTest,
    /// Source code that watches performance.
    analyses: ci::Analysis,
    /// Sections of log shippers' configurations.
    shipper_sections: shipper::Section,
    /// Files that they take in.
    shipper_includes: shipper::Include,
    /// Containers of workloads and compose services.
    containers: deploy::Container,
    /// Kubernetes services and their ports.
    services: deploy::Service,
    /// What leads to services from outside.
    entrances: deploy::Entrance,
    /// What Dockerfiles start from.
    base_images: deploy::BaseImage,
    /// Programs that supervisord starts.
    supervised: deploy::Supervised,
    /// Lines of scripts that start something under an agent.
    agent_lines: deploy::AgentLine,
    /// Lines of environment files.
    env_values: deploy::EnvValue,
    /// Releases that documents state.
    releases: deploy::StatedRelease,
    /// Settings files of Elasticsearch and OpenSearch nodes.
    node_configs: elastic::node::NodeConfig,
    /// Index templates and bodies of indices.
    index_templates: elastic::template::IndexTemplate,
    /// Lifecycle policies of indices and data streams.
    lifecycle_policies: elastic::policy::LifecyclePolicy,
    /// Declarations of whole clusters.
    engine_objects: elastic::object::EngineObject,
    /// What Curator does to indices.
    curator_actions: elastic::curator::CuratorAction,
    /// Configurations of Loki.
    lokis: loki::LokiConfig,
    /// Patterns of files for grok.
    grok_patterns: logstash::patterns::GrokPattern,
    /// Configurations of Mimir and Cortex.
    mimirs: mimir::MimirConfig,
    /// What deletes the objects of buckets.
    bucket_rules: bucket::BucketRule,
    /// Roles of an engine.
    engine_roles: elastic::role::EngineRole,
    /// Requests to an engine that are written down.
    engine_requests: elastic::EngineRequest,
    /// Schedules and escalation policies.
    on_call: oncall::OnCall,
    /// Source files as parts of programs.
    modules: code::Module,
    /// Code that waits for requests, messages or times.
    listeners: code::Listener,
    /// Manifests of packages.
    manifests: manifest::Manifest,
    /// Lines of `CODEOWNERS`.
    owner_lines: owners::OwnerLine,
    /// Components of a Backstage catalogue.
    catalog_entries: owners::CatalogEntry,
    /// Constants that other files may name.
    constants: code::Constant,
    /// Names that programs give themselves in records and labels.
    own_identities: code::identities::OwnName,
    /// Metrics that code declares.
    metric_definitions: code::MetricDefinition,
    /// Uses of metrics.
    metric_uses: code::MetricUse,
    /// Places where metrics are served, or changed as a whole.
    metric_servings: code::MetricServing,
    /// Code that evaluates objectives.
    slo_evaluators: code::Evaluator,
    /// Code that may evaluate objectives, and was not parsed.
    unread_evaluators: DocumentId,
    /// Words of code that may name groups of objectives.
    slo_mentions: String,
    /// Burn rates that code computes.
    burn_formulas: code::BurnFormula,
    /// Code that handles alerts.
    alert_handlers: code::AlertHandler,
    /// Functions of code that answers incidents.
    incident_actions: code::incidents::IncidentAction,
    /// Incidents that processes keep in their memory.
    incident_stores: code::incidents::IncidentStore,
    /// Tables from severities of alerts to those of incidents.
    severity_maps: code::incidents::SeverityMap,
    /// Scales of severity in code.
    severity_scales: code::incidents::SeverityScale,
    /// Members of them that code produces.
    severity_values: code::incidents::SeverityValue,
    /// Files whose code outside of functions asks who calls.
    guarded_files: DocumentId,
    /// Names that files have to define themselves.
    own_names: code::undefined::OwnNames,
    /// Names of classes that others extend.
    extended_classes: String,
    /// Credentials that code names.
    code_secrets: code::secrets::CodeSecret,
    /// Spans that code starts.
    span_scopes: code::spans::SpanScope,
    /// Names of called functions that speak of spans, by file.
    span_calls: String,
    /// Functions whose names speak of spans.
    span_functions: code::spans::SpanFunction,
    /// Calls that may be calls of functions that start spans.
    wrapped_spans: code::spans::WrappedSpan,
    /// Errors that handlers of requests record in the current span and pass on.
    passed_errors: code::spans::PassedError,
    /// Attributes that code sets on spans.
    span_attributes: code::spans::SpanAttribute,
    /// Spans of Rust that are entered for a block.
    span_guards: code::spans::SpanGuard,
    /// Code that takes the current span.
    current_spans: code::spans::CurrentSpan,
    /// Measured times that telemetry is given.
    measured: code::clocks::Measured,
    /// Blocks that always run last and write telemetry.
    clean_ups: code::cleanup::CleanUp,
    /// Logstash pipelines, or parts of them.
    logstash_pipelines: logstash::Pipeline,
    /// Settings of Logstash itself.
    logstash_nodes: logstash::node::Node,
    /// Entries of lists of pipelines.
    logstash_entries: logstash::node::Entry,
    /// Plugins that images and scripts install, by the name of their package.
    logstash_installs: String,
    /// Their plugins, parents before children.
    logstash_plugins: logstash::Plugin,
    /// Markdown pages.
    pages: markdown::Page,
    /// Monitors of hosted services.
    monitors: monitor::Monitor,
    /// NIST control annotations.
    annotations: annotation::Annotation,
    /// Inline allows.
    allows: annotation::Allow,
    /// Settings of Kibana and OpenSearch Dashboards.
    kibanas: kibana::KibanaConfig,
    /// Objects of Kibana.
    saved_objects: query::SavedObject,
    /// Searches on logs.
    log_queries: query::LogQuery,
    /// Caught and ignored errors.
    handlers: code::handlers::Handler,
    /// Records that code writes.
    log_calls: code::logs::LogCall,
    /// What is said of loggers.
    logger_setups: code::loggers::LoggerSetup,
    /// Modes that files of logs are given.
    file_modes: permissions::FileMode,
    /// What every record says.
    record_parts: code::records::RecordParts,
    /// Fields that are passed by name.
    field_passes: code::logs::FieldPass,
    /// Places that ask for the error being handled.
    tracebacks: code::logs::Traceback,
    /// What files say of ids of requests.
    id_words: code::correlation::IdWords,
    /// What programs do with ids of requests.
    id_uses: code::correlation::IdUse,
    /// Ids of requests that are made and kept.
    correlation_ids: code::correlation::CorrelationId,
    /// Answers to requests.
    responses: code::responses::Response,
    /// Files that set up what counts requests from outside.
    counted: counted::Counted,
    /// Functions that answer on routers of those who run a program.
    operator_routes: code::responses::OperatorRoute,
    /// Pages that take the place of answers, and show nothing.
    error_pages: code::responses::ErrorPage,
    /// Classes of errors that code defines, or gives the text of another.
    own_errors: code::errors::OwnError,
    /// Functions that give only errors whose texts are fixed.
    plain_functions: code::errors::PlainFunction,
    /// Records for auditors.
    audit_records: code::audits::AuditRecord,
    /// Handlers of what auditors want to know of.
    security_handlers: code::audits::SecurityHandler,
    /// Named code, by whether it writes records.
    tellers: code::audits::Teller,
    /// What hears of requests without the handlers' help.
    listenings: code::audits::Listening,
    /// Configurations of Beats.
    beats: beat::Beat,
    /// Inputs of Filebeat.
    beat_inputs: beat::BeatInput,
    /// Outputs of Beats.
    beat_outputs: beat::BeatOutput,
    /// Parts of charts that values switch off.
    switched_off: package::SwitchedOff,
    /// Files of targets that jobs discover.
    target_lists: prometheus::TargetList,
    /// What resources of Terraform are called where others refer to them.
    resource_names: terraform::ResourceName,
    /// ConfigMaps, and the texts of Secrets.
    config_maps: configmap::ConfigMap,
    /// Places that name a ConfigMap or a Secret.
    map_references: configmap::MapReference,
    /// Parts of Jaeger, and what wants one.
    jaeger_parts: jaeger::Part,
    /// Objects of Jaeger's operator.
    jaeger_objects: jaeger::JaegerObject,
    /// Configurations of Jaeger 2.
    jaeger_configs: jaeger::JaegerConfig,
    /// Sampling strategies of Jaeger.
    sampling_strategies: jaeger::Strategies,
    /// Configurations of Tempo.
    tempos: tempo::Tempo,
    /// Ends of connections that carry telemetry.
    telemetry_ports: telemetry::TelemetryPort,
    /// Addresses of stores that Jaeger is given.
    storage_links: jaeger::links::StorageLink,
    /// Source code and other texts that speak of tracing.
    trace_mentions: telemetry::TraceMention,
    /// Decisions of which traces to keep.
    samplers: telemetry::Sampler,
    /// Calls of other services in code.
    outbound_calls: code::outbound::OutboundCall,
    /// Places where the context of a trace is read from a request.
    extractions: code::propagation::Extraction,
    /// Places where it is written into one.
    injections: code::propagation::Injection,
    /// What instruments libraries.
    instrumentations: code::propagation::Instrumentation,
    /// Code that makes a provider of spans.
    span_providers: DocumentId,
    /// Places where code records an error in a span.
    span_errors: (DocumentId, Span),
    /// Work that is handed to other threads.
    handoffs: code::workers::Handoff,
    /// Functions that trace or time others.
    wrappers: code::workers::Wrapper,
    /// Code that looks into traces.
    trace_analyses: code::analysis::TraceAnalysis,
    /// Sums over measured values.
    sums: code::analysis::Sum,
    /// Functions that must be waited for, given to others.
    async_uses: code::workers::AsyncUse,
    /// Code with functions that must be waited for.
    async_files: DocumentId,
    /// Names in code that say that they read context, by document.
    context_mentions: (DocumentId, String),
    /// Variables of OpenTelemetry's SDKs.
    otel_variables: telemetry::OtelVariable,
    /// Names of such variables in source code.
    variable_mentions: (DocumentId, String),
    /// What files mention, whatever their format.
    mentions: mentions::Mentions,
    /// Steps by which code sets up an SDK.
    sdk_setups: code::setup::SdkSetup,
    /// Modules that are loaded before what would instrument them.
    early_imports: code::setup::EarlyImport,
    /// Imports of retired telemetry libraries, and of bridges to them.
    library_imports: code::setup::LibraryImport,
    /// Keys of attributes that code sets.
    attribute_keys: code::conventions::AttributeKey,
    /// Constants of the semantic conventions that code takes.
    convention_constants: code::conventions::ConventionConstant,
    /// What could not be analysed, and why.
    skips: skip::Skip,
}
