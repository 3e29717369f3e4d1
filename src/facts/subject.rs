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

/// The fact kinds that rules examine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SubjectKind {
    /// A Prometheus server configuration, a fragment of one, or an operator object of that side.
    PrometheusDocument,
    /// A file or object that holds rule groups.
    RuleDocument,
    /// A file or object that holds a dashboard.
    DashboardDocument,
    /// An Alertmanager configuration or an `AlertmanagerConfig` object.
    AlertmanagerDocument,
    /// A whole Prometheus server: its configuration read as facts.
    PrometheusConfig,
    /// One scrape job or monitor object.
    ScrapeJob,
    /// A `remote_write` or `remote_read` endpoint.
    RemoteEndpoint,
    /// A field that holds a credential.
    Credential,
    /// A rule group.
    RuleGroup,
    /// An alerting rule.
    AlertRule,
    /// A recording rule.
    RecordingRule,
    /// A PromQL expression of a rule, an objective or a panel.
    Expression,
    /// A Grafana dashboard.
    Dashboard,
    /// A panel of a dashboard.
    Panel,
    /// A folder that Grafana reads dashboards from.
    DashboardProvider,
    /// An Alertmanager configuration read as facts.
    AlertmanagerConfig,
    /// A node of the routing tree.
    Route,
    /// A receiver.
    Receiver,
    /// One integration of a receiver.
    Integration,
    /// A text that a notification is made of: a setting, a template file, a pattern of files.
    NotificationTemplate,
    /// An inhibition rule.
    InhibitRule,
    /// A three-pillar strategy.
    Strategy,
    /// One pillar of a strategy.
    Pillar,
    /// A document that holds objectives, or what they refer to.
    SloDocument,
    /// A service level objective.
    Slo,
    /// A container of a Kubernetes workload or a compose service.
    Container,
    /// A schedule or an escalation policy.
    OnCall,
    /// A metric that code declares.
    MetricDefinition,
    /// Code that evaluates objectives.
    Evaluator,
    /// A burn rate that code computes.
    BurnFormula,
    /// Code that handles alerts.
    AlertHandler,
    /// A Markdown page.
    Page,
    /// A NIST control annotation.
    Annotation,
    /// An inline allow.
    Allow,
    /// The repository as a whole.
    Repository,
}

/// Name in rule files, and the fields that predicates, `at` and messages may name there.
/// A field that ends in `.*` takes any key.
pub const SUBJECTS: &[(SubjectKind, &str, &[&str])] = &[
    (SubjectKind::PrometheusDocument, "prometheus_document", &[]),
    (SubjectKind::RuleDocument, "rule_document", &[]),
    (SubjectKind::DashboardDocument, "dashboard_document", &[]),
    (SubjectKind::AlertmanagerDocument, "alertmanager_document", &[]),
    (SubjectKind::PrometheusConfig, "prometheus_config", &[]),
    (
        SubjectKind::ScrapeJob,
        "scrape_job",
        &[
            "name",
            "scheme",
            "metrics_path",
            "scrape_interval",
            "scrape_timeout",
            "honor_labels",
            "sample_limit",
            "label_limit",
            "target_limit",
        ],
    ),
    (SubjectKind::RemoteEndpoint, "remote_endpoint", &["url", "name", "direction"]),
    (SubjectKind::Credential, "credential", &["key", "path"]),
    (
        SubjectKind::RuleGroup,
        "rule_group",
        &["name", "interval", "query_offset", "limit", "labels.*"],
    ),
    (
        SubjectKind::AlertRule,
        "alert_rule",
        &["name", "expr", "for", "keep_firing_for", "labels.*", "annotations.*", "group"],
    ),
    (SubjectKind::RecordingRule, "recording_rule", &["name", "expr", "labels.*", "group"]),
    (SubjectKind::Expression, "expression", &["name"]),
    (SubjectKind::Dashboard, "dashboard", &["title", "uid"]),
    (SubjectKind::Panel, "panel", &["title", "type"]),
    (SubjectKind::DashboardProvider, "dashboard_provider", &["name", "path"]),
    (SubjectKind::AlertmanagerConfig, "alertmanager_config", &[]),
    (
        SubjectKind::Route,
        "route",
        &["receiver", "group_wait", "group_interval", "repeat_interval", "continue"],
    ),
    (SubjectKind::Receiver, "receiver", &["name"]),
    (SubjectKind::Integration, "integration", &["kind", "receiver", "settings.*"]),
    (SubjectKind::NotificationTemplate, "notification_template", &[]),
    (SubjectKind::InhibitRule, "inhibit_rule", &[]),
    (SubjectKind::Strategy, "strategy", &["strategy"]),
    (
        SubjectKind::Pillar,
        "pillar",
        &["name", "retention", "structured_format", "sampling_rate", "collection_interval"],
    ),
    (SubjectKind::SloDocument, "slo_document", &[]),
    (SubjectKind::Slo, "slo", &["name", "service", "objective", "window", "error_budget"]),
    (SubjectKind::Container, "container", &["name", "image", "workload"]),
    (SubjectKind::OnCall, "on_call", &["name"]),
    (SubjectKind::MetricDefinition, "metric_definition", &["name"]),
    (SubjectKind::Evaluator, "slo_evaluator", &[]),
    (SubjectKind::BurnFormula, "burn_formula", &["name"]),
    (SubjectKind::AlertHandler, "alert_handler", &["name"]),
    (SubjectKind::Page, "page", &["title"]),
    (SubjectKind::Annotation, "annotation", &["tag", "control", "text"]),
    (SubjectKind::Allow, "allow", &["codes", "reason", "until"]),
    (SubjectKind::Repository, "repository", &[]),
];

impl SubjectKind {
    /// The kind with this name in rule files.
    pub fn named(name: &str) -> Option<Self> {
        SUBJECTS.iter().find(|(_, known, _)| *known == name).map(|(kind, ..)| *kind)
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
