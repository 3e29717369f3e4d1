//! The evidence queries: named questions that clauses put to the repo model.

mod alerting;
mod automation;
mod boards;
mod correlated;
mod each;
mod equivalent;
mod instruments;
mod logstores;
mod matrix;
mod measured;
mod pending;
mod performance;
mod records;
mod response;
mod routing;
mod running;
mod scraping;
mod searches;
mod shipping;
mod slo;
mod spans;
mod telemetry;
mod tracing;

use super::scope::Scope;
use crate::facts::Document;
use crate::facts::alertmanager::Integration;
use crate::facts::prometheus::{PrometheusConfig, ServerForm};
use crate::facts::scalar::Scalar;
use crate::identify::Kind;
use crate::repo::classes::Class;
use crate::repo::coverage::Area;
use crate::repo::logfields::Purpose;
use crate::repo::model::performance::Quantity;
use crate::repo::pillars::{self, Part};
use crate::repo::scrape::is_infrastructure;
use crate::source::Span;
use alerting::{
    alert_texts, alerting_rules, alerts_on_log_delivery, alerts_on_logs, alerts_read,
    alerts_read_up, grouping, inhibition, integrations, log_failures, names_label, recording_rules,
    routes, runbooks_linked,
};
pub use equivalent::Equivalent;
pub(super) use pending::{is_moot, pending};
use running::{all_containers, containers, services};
use scraping::{jobs, limits, prometheus_config, setting};

/// Whether the evidence is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// Yes.
    Yes,
    /// For a part of what is asked.
    Partly,
    /// Nothing found.
    No,
    /// Nobody can tell.
    Unknown,
}

/// One piece of evidence: a place and what stands there.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// Where.
    pub span: Span,
    /// The fact, in a few words.
    pub fact: String,
}

/// The answer to a query.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Whether it holds.
    pub holds: Holds,
    /// In a few words.
    pub note: String,
    /// What it rests on, the first of each kind.
    pub evidence: Vec<Evidence>,
    /// Products in it that stand in for those the standard names.
    pub equivalents: Vec<Equivalent>,
    /// Of questions put to every service: the answer of each, by its number.
    pub by_service: Vec<(usize, Holds)>,
}

/// Most pieces of evidence that one clause names.
const MOST: usize = 20;

impl Answer {
    pub(super) fn unknown(note: String) -> Answer {
        Answer::new(Holds::Unknown, note, Vec::new())
    }

    /// An answer in its parts.
    fn new(holds: Holds, note: impl Into<String>, mut evidence: Vec<Evidence>) -> Answer {
        evidence.truncate(MOST);
        let (equivalents, by_service) = (Vec::new(), Vec::new());
        Answer { holds, note: note.into(), evidence, equivalents, by_service }
    }

    /// Yes with this evidence, no without any.
    fn found(evidence: Vec<Evidence>) -> Answer {
        let count = evidence.len();
        match count {
            0 => Answer::new(Holds::No, "nothing found", evidence),
            count => Answer::new(Holds::Yes, format!("{count} found"), evidence),
        }
    }

    fn partly(note: impl Into<String>, evidence: Vec<Evidence>) -> Answer {
        Answer::new(Holds::Partly, note, evidence)
    }
}

type Query = fn(&Scope<'_>) -> Answer;

const QUERIES: &[(&str, Query)] = &[
    ("logs.correlation", correlated::named),
    ("logs.correlation_inbound", correlated::inbound),
    ("logs.correlation_outbound", correlated::outbound),
    ("logs.trace_ids", correlated::traced),
    ("logs.structured", records::structured),
    ("logs.fields", records::fields),
    ("logs.audit", records::audit),
    ("logs.errors", records::errors),
    ("strategy.file", |scope| documents(scope, &[Kind::Strategy])),
    ("strategy.pillars", strategy_pillars),
    ("strategy.log_retention", log_retention),
    ("prometheus.config", prometheus_config),
    ("prometheus.scrape_interval", |scope| {
        setting(scope, "scrape interval", |config| {
            config.scrape_interval.as_ref().map(|value| value.span).or(of_operator(config))
        })
    }),
    ("prometheus.evaluation_interval", |scope| {
        setting(scope, "evaluation interval", |config| {
            config.evaluation_interval.as_ref().map(|value| value.span).or(of_operator(config))
        })
    }),
    ("prometheus.rule_files", |scope| {
        setting(scope, "rule files", |config| {
            let selector = config.rule_files_key.filter(|_| config.form == ServerForm::Operator);
            config.rule_files.first().map(|file| file.span).or(selector)
        })
    }),
    ("prometheus.alertmanagers", |scope| {
        setting(scope, "Alertmanagers", |config| {
            config.alertmanagers.first().map(|target| target.span)
        })
    }),
    ("prometheus.scrape_jobs", |scope| jobs(scope, |_| true)),
    ("prometheus.app_job", |scope| jobs(scope, |job| !is_infrastructure(job))),
    ("prometheus.workload", |scope| containers(scope, &["prometheus"])),
    ("prometheus.limits", limits),
    ("rules.recording", recording_rules),
    ("rules.alerting", |scope| routing::or_monitors(scope, alerting_rules(scope))),
    ("rules.alert_texts", alert_texts),
    ("alertmanager.config", |scope| routing::or_told_monitors(scope, alertmanagers(scope))),
    ("alerts.critical_paged", routing::critical_paged),
    ("alertmanager.automation", |scope| {
        integrations(scope, |one| one.pages() || one.kind == "webhook")
    }),
    ("alertmanager.grouping", grouping),
    ("alertmanager.severity_route", |scope| {
        routes(scope, |route| {
            names_label(route, std::slice::from_ref(&scope.repo.settings.severity_label))
        })
    }),
    ("alertmanager.owner_route", |scope| {
        routes(scope, |route| names_label(route, &scope.repo.settings.owner_labels))
    }),
    ("alertmanager.paging_receiver", |scope| integrations(scope, Integration::pages)),
    ("alertmanager.human_receiver", |scope| integrations(scope, Integration::reaches_people)),
    ("alertmanager.inhibition", inhibition),
    ("alerts.runbook_linked", runbooks_linked),
    ("alerts.read", alerts_read),
    ("alerts.runbook_pages", response::runbook_pages),
    ("oncall.schedule", response::schedules),
    ("oncall.owners", response::owners),
    ("automation.receiver", automation::receiver),
    ("automation.notify", automation::notify),
    ("automation.assign", automation::assign),
    ("automation.lifecycle", automation::lifecycle),
    ("automation.remediation", automation::remediation),
    ("automation.audited", automation::audited),
    ("automation.wired", response::wired),
    ("incident.plan", response::plan),
    ("slo.document", slo::documents),
    ("slo.objectives", slo::objectives),
    ("slo.windows", slo::windows),
    ("slo.indicators", slo::indicators),
    ("slo.budgets", slo::budgets),
    ("slo.alert_settings", slo::alert_settings),
    ("slo.critical_services", slo::critical_services),
    ("slo.evaluation", slo::evaluation),
    ("slo.all_evaluated", slo::all_evaluated),
    ("slo.scheduled", slo::scheduled),
    ("slo.burn_alerts", slo::burn_alerts),
    ("slo.multi_window", slo::multi_window),
    ("slo.alerts_routed", slo::alerts_routed),
    ("alerts.read_up", alerts_read_up),
    ("alerts.log_delivery", alerts_on_log_delivery),
    ("alertmanager.meant_route", |scope| {
        routes(scope, |route| route.parent.is_some() && !route.matchers.is_empty())
    }),
    ("dashboard.document", boards::dashboards),
    ("dashboard.slo_panels", boards::slo_panels),
    ("dashboard.budget_panels", boards::budget_panels),
    ("dashboard.objectives_shown", boards::objectives_shown),
    ("performance.latency_baseline", performance::latency_baseline),
    ("performance.resource_baseline", performance::resource_baseline),
    ("performance.anomaly_detection", performance::anomaly_detection),
    ("performance.anomaly_routed", performance::anomaly_routed),
    ("performance.cpu", |scope| performance::tracked(scope, Quantity::Cpu)),
    ("performance.memory", |scope| performance::tracked(scope, Quantity::Memory)),
    ("performance.disk", |scope| performance::tracked(scope, Quantity::Disk)),
    ("performance.forecast", performance::forecast),
    ("performance.test_limit", performance::test_limit),
    ("performance.test_trigger", performance::test_trigger),
    ("performance.recommender", performance::recommender),
    ("performance.recommender_trigger", performance::recommender_trigger),
    ("node_exporter.workload", |scope| {
        let charts = ["prometheus-node-exporter", "node-exporter", "prometheus-windows-exporter"];
        measured::deployed(scope, &["node_exporter", "windows_exporter"], &charts)
    }),
    ("node_exporter.scraped", |scope| {
        let keys = ["node_exporter", "windows_exporter"];
        measured::scraped(scope, &keys, &["hostmetrics"], measured::says_node_exporter)
    }),
    ("kube_state_metrics.workload", |scope| {
        measured::deployed(scope, &["kube-state-metrics"], &["kube-state-metrics"])
    }),
    ("kube_state_metrics.scraped", |scope| {
        measured::scraped(scope, &["kube-state-metrics"], &["k8scluster"], |_| false)
    }),
    ("kubelet.scraped", |scope| {
        measured::scraped(scope, &["kubelet"], &["kubeletstats"], measured::reads_nodes)
    }),
    ("container_metrics.scraped", |scope| {
        let receivers = ["kubeletstats", "dockerstats", "podmanstats"];
        measured::scraped(scope, &["cadvisor"], &receivers, measured::reads_containers)
    }),
    ("logs.queries", |scope| documents(scope, &[Kind::LogQuery, Kind::KibanaObjects])),
    ("logs.mapping", |scope| documents(scope, &[Kind::IndexTemplate])),
    ("logs.alerted", alerts_on_logs),
    ("logs.delivered", shipping::delivered),
    ("logs.secured", shipping::secured),
    ("traces.any", tracing::any),
    ("traces.store", tracing::store),
    ("traces.storage", tracing::storage),
    ("traces.query", tracing::query),
    ("traces.retention", tracing::retention),
    ("traces.credentials", tracing::credentials),
    ("traces.sampling", tracing::sampling),
    ("spans.serving", spans::serving),
    ("spans.errors", spans::errors),
    ("spans.automated", spans::automated),
    ("spans.patterns", spans::patterns),
    ("spans.hops", spans::hops),
    ("spans.made", spans::made),
    ("traces.figures", spans::figures),
    ("traces.baseline", spans::baseline),
    ("traces.scheduled", spans::scheduled),
    ("traces.slowest", spans::slowest),
    ("logs.pipeline", logstores::pipeline),
    ("logs.store", logstores::store),
    ("logs.ui", logstores::interface),
    ("log_stores.secured", logstores::secured),
    ("logs.template", logstores::template),
    ("logs.lifecycle", logstores::lifecycle),
    ("logs.retention_agrees", logstores::agrees),
    ("logs.safeguards", logstores::safeguards),
    ("logs.failures", log_failures),
    ("traces.backend", |scope| parts(scope, &[Part::TraceBackend])),
    ("otel.collector", |scope| parts(scope, &[Part::Collector])),
    ("searches.errors", |scope| searches::serving(scope, Purpose::Errors)),
    ("searches.slow", |scope| searches::serving(scope, Purpose::Slow)),
    ("searches.trace", |scope| searches::serving(scope, Purpose::Trace)),
    ("searches.user", |scope| searches::serving(scope, Purpose::User)),
    ("searches.any", searches::any),
    ("recorded.any", measured::recording_rules),
    ("recorded.request_rate", |scope| measured::recorded(scope, &[Class::RequestRate])),
    ("recorded.errors", |scope| measured::recorded(scope, &[Class::Errors])),
    ("recorded.latency", |scope| measured::recorded(scope, &[Class::Latency])),
    ("recorded.infrastructure", |scope| {
        measured::recorded(scope, &[Class::Cpu, Class::Memory, Class::Disk])
    }),
    ("recorded.business", |scope| measured::recorded(scope, &[Class::Business])),
    ("recorded.soundly", measured::recorded_soundly),
    ("alerted.target_down", |scope| measured::alerted(scope, Class::TargetDown)),
    ("alerted.errors", |scope| measured::alerted(scope, Class::Errors)),
    ("alerted.latency", |scope| measured::alerted(scope, Class::Latency)),
    ("alerted.slo", |scope| measured::alerted(scope, Class::Slo)),
    ("alerted.cpu", |scope| measured::alerted(scope, Class::Cpu)),
    ("alerted.memory", |scope| measured::alerted(scope, Class::Memory)),
    ("alerted.disk", |scope| measured::alerted(scope, Class::Disk)),
    ("alerted.business", |scope| measured::alerted(scope, Class::Business)),
    ("alerted.alerting", measured::meta_alerts),
    ("alerted.growth", measured::growth_alerts),
    ("metrics.declared", measured::declared),
    ("metrics.declared_used", measured::declared_uses),
    ("metrics.business_declared", measured::business_declared),
    ("metrics.business_used", measured::business_used),
    ("metrics.business_measured", instruments::business),
    ("metrics.labelled", instruments::labelled),
    ("metrics.counted_labels", instruments::counted_labels),
    ("metrics.bounded", instruments::bounded),
    ("services.metrics", instruments::declared),
    ("services.metrics_exposed", instruments::exposed),
    ("services.signals", instruments::signals),
    ("network.scraped", |scope| {
        let keys =
            ["node_exporter", "blackbox_exporter", "cadvisor", "windows_exporter", "snmp_exporter"];
        measured::scraped(scope, &keys, &["hostmetrics"], measured::says_node_exporter)
    }),
    ("network.traffic_used", |scope| measured::used(scope, Area::Network, false)),
    ("network.errors_used", |scope| measured::used(scope, Area::NetworkErrors, false)),
    ("storage.scraped", |scope| {
        let keys = ["node_exporter", "kubelet", "cadvisor", "windows_exporter"];
        measured::scraped(scope, &keys, &["hostmetrics"], measured::says_node_exporter)
    }),
    ("storage.space_alerted", |scope| measured::used(scope, Area::Space, true)),
    ("storage.inodes_alerted", |scope| measured::used(scope, Area::Inodes, true)),
    ("container_metrics.used", |scope| measured::used(scope, Area::Containers, false)),
    ("kubernetes.objects", |scope| documents(scope, &[Kind::Kubernetes, Kind::PrometheusOperator])),
    ("containers.present", |scope| all_containers(scope)),
    ("services.pillars", matrix::signals),
    ("services.present", |scope| services(scope)),
    ("sdk.started", telemetry::started),
    ("sdk.exporter", telemetry::exporter),
    ("sdk.resource", telemetry::resource),
    ("sdk.propagator", telemetry::propagator),
    ("sdk.sampler", telemetry::sampler),
    ("sdk.sound", telemetry::sound),
    ("sdk.automatic", telemetry::automatic),
    ("sdk.named", telemetry::named),
    ("context.outbound", telemetry::outbound),
    ("context.inbound", telemetry::inbound),
    ("context.ways", telemetry::remote),
];

/// The operator sets the intervals that its object leaves out.
fn of_operator(config: &PrometheusConfig) -> Option<Span> {
    (config.form == ServerForm::Operator).then_some(config.anchor)
}

/// Whether there is a query of this name.
pub fn is_query(name: &str) -> bool {
    QUERIES.iter().any(|(known, _)| *known == name)
}

/// Puts a query to the repository.
pub(super) fn ask(name: &str, scope: &Scope<'_>) -> Answer {
    match QUERIES.iter().find(|(known, _)| *known == name) {
        Some((name, query)) => scope.answer(name, query),
        None => Answer::unknown(format!("not yet analysed: {name}")),
    }
}

fn counted<'a>(scope: &'a Scope<'_>) -> impl Iterator<Item = &'a Document> {
    scope.repo.facts.documents.iter().filter(|document| scope.counts(document.id))
}

fn documents(scope: &Scope<'_>, kinds: &[Kind]) -> Answer {
    let evidence = counted(scope)
        .filter(|document| kinds.contains(&document.kind))
        .map(|document| Evidence { span: document.anchor, fact: document.kind.name().to_owned() })
        .collect();
    Answer::found(evidence)
}

fn parts(scope: &Scope<'_>, wanted: &[Part]) -> Answer {
    let list = scope.repo.evidence().iter().filter(|evidence| scope.counts(evidence.document));
    let found = list.filter(|evidence| wanted.contains(&evidence.part));
    let named = |it: &pillars::Evidence| Evidence { span: it.span, fact: it.what.clone() };
    Answer::found(found.map(named).collect())
}

/// Configurations of Alertmanager, objects of its operator, and policies of Grafana.
fn alertmanagers(scope: &Scope<'_>) -> Answer {
    let policies = |document: &Document| scope.repo.alertmanager(document.id).is_some();
    let object = |document: &Document| {
        document.object.as_ref().is_some_and(|name| name.kind == "AlertmanagerConfig")
    };
    let evidence = counted(scope)
        .filter(|document| match document.kind {
            Kind::AlertmanagerConfig => true,
            Kind::PrometheusOperator => object(document),
            Kind::GrafanaProvisioning | Kind::Terraform => policies(document),
            _ => false,
        })
        .map(|document| Evidence { span: document.anchor, fact: document.kind.name().to_owned() })
        .collect();
    Answer::found(evidence)
}

/// How long a strategy keeps logs.
fn log_retention(scope: &Scope<'_>) -> Answer {
    let pillars = scope.repo.facts.pillars.iter().filter(|pillar| scope.counts(pillar.document));
    let logs = pillars.filter(|pillar| pillar.name.text == "logs");
    let retention = logs.filter_map(|pillar| pillar.settings.get("retention"));
    let named = |value: &Scalar| Evidence {
        span: value.span,
        fact: format!("logs are kept {}", value.text),
    };
    Answer::found(retention.map(named).collect())
}

fn strategy_pillars(scope: &Scope<'_>) -> Answer {
    let mut evidence = Vec::new();
    let mut bare = 0;
    for pillar in scope.repo.facts.pillars.iter().filter(|pillar| scope.counts(pillar.document)) {
        let retained =
            pillar.settings.keys().any(|key| key == "retention" || key.starts_with("retention."));
        if matches!(pillar.name.text.as_str(), "metrics" | "logs" | "traces") {
            bare += usize::from(!retained);
            evidence.push(Evidence {
                span: pillar.name.span,
                fact: format!("pillar {}", pillar.name.text),
            });
        }
    }
    match (evidence.len(), bare) {
        (0, _) => Answer::found(evidence),
        (3.., 0) => Answer::found(evidence),
        _ => Answer::partly("not every pillar is there with its retention", evidence),
    }
}

#[cfg(test)]
mod tests {
    use super::QUERIES;
    use std::collections::BTreeSet;

    #[test]
    fn no_query_hides_another() {
        let names: BTreeSet<&str> = QUERIES.iter().map(|(name, _)| *name).collect();
        assert_eq!(names.len(), QUERIES.len());
    }
}
