//! The evidence queries: named questions that clauses put to the repo model.

use super::scope::Scope;
use crate::facts::alertmanager::{Integration, MatchOp, Route};
use crate::facts::deploy::Container;
use crate::facts::prometheus::{PrometheusConfig, ScrapeJob, ServerForm};
use crate::facts::rules::AlertRule;
use crate::facts::{Document, DocumentId};
use crate::identify::Kind;
use crate::repo::images;
use crate::source::Span;

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
}

/// Most pieces of evidence that one clause names.
const MOST: usize = 20;

impl Answer {
    pub(super) fn unknown(note: String) -> Answer {
        Answer { holds: Holds::Unknown, note, evidence: Vec::new() }
    }

    /// Yes with this evidence, no without any.
    fn found(mut evidence: Vec<Evidence>) -> Answer {
        evidence.truncate(MOST);
        match evidence.len() {
            0 => Answer { holds: Holds::No, note: "nothing found".to_owned(), evidence },
            count => Answer { holds: Holds::Yes, note: format!("{count} found"), evidence },
        }
    }

    fn partly(note: impl Into<String>, mut evidence: Vec<Evidence>) -> Answer {
        evidence.truncate(MOST);
        Answer { holds: Holds::Partly, note: note.into(), evidence }
    }
}

type Query = fn(&Scope<'_>) -> Answer;

const QUERIES: &[(&str, Query)] = &[
    ("strategy.file", |scope| documents(scope, &[Kind::Strategy])),
    ("strategy.pillars", strategy_pillars),
    ("prometheus.config", prometheus_config),
    ("prometheus.scrape_interval", |scope| {
        setting(scope, "scrape interval", |config| {
            config.scrape_interval.as_ref().map(|value| value.span)
        })
    }),
    ("prometheus.evaluation_interval", |scope| {
        setting(scope, "evaluation interval", |config| {
            config.evaluation_interval.as_ref().map(|value| value.span)
        })
    }),
    ("prometheus.rule_files", |scope| {
        setting(scope, "rule files", |config| config.rule_files.first().map(|file| file.span))
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
    ("rules.alerting", alerting_rules),
    ("rules.alert_texts", alert_texts),
    ("alertmanager.config", |scope| {
        documents_or_object(scope, Kind::AlertmanagerConfig, "AlertmanagerConfig")
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
    ("oncall.schedule", |scope| documents(scope, &[Kind::OnCall])),
    ("slo.document", |scope| documents(scope, &[Kind::Slo])),
    ("dashboard.document", |scope| documents(scope, &[Kind::GrafanaDashboard])),
    ("node_exporter.workload", |scope| {
        containers(scope, &["node-exporter", "node_exporter", "windows-exporter"])
    }),
    ("node_exporter.scraped", |scope| {
        jobs(scope, |job| {
            mentions(job, &["node-exporter", "node_exporter", "nodeexporter"], &["9100"])
        })
    }),
    ("kube_state_metrics.workload", |scope| containers(scope, &["kube-state-metrics"])),
    ("kube_state_metrics.scraped", |scope| {
        jobs(scope, |job| mentions(job, &["kube-state-metrics"], &[]))
    }),
    ("kubelet.scraped", |scope| {
        jobs(scope, |job| {
            mentions(job, &["kubelet"], &["10250"]) || pinned_path(job, "/proxy/metrics")
        })
    }),
    ("container_metrics.scraped", |scope| {
        jobs(scope, |job| mentions(job, &["cadvisor"], &[]) || pinned_path(job, "cadvisor"))
    }),
    ("logs.pipeline", |scope| {
        documents(
            scope,
            &[
                Kind::LogstashPipeline,
                Kind::FluentdConfig,
                Kind::FluentBitConfig,
                Kind::VectorConfig,
                Kind::BeatConfig,
                Kind::PromtailConfig,
            ],
        )
    }),
    ("logs.store", |scope| {
        documents(scope, &[Kind::ElasticsearchConfig, Kind::OpensearchConfig, Kind::LokiConfig])
    }),
    ("traces.backend", |scope| {
        either(
            documents(scope, &[Kind::JaegerConfig, Kind::TempoConfig]),
            containers(
                scope,
                &["jaeger", "all-in-one", "jaeger-collector", "jaeger-query", "tempo", "zipkin"],
            ),
        )
    }),
    ("otel.collector", |scope| documents(scope, &[Kind::OtelCollector])),
    ("kubernetes.objects", |scope| documents(scope, &[Kind::Kubernetes, Kind::PrometheusOperator])),
    ("containers.present", |scope| all_containers(scope)),
    ("services.present", |scope| services(scope)),
];

/// Whether there is a query of this name.
pub fn is_query(name: &str) -> bool {
    QUERIES.iter().any(|(known, _)| *known == name)
}

/// Puts a query to the repository.
pub(super) fn ask(name: &str, scope: &Scope<'_>) -> Answer {
    match QUERIES.iter().find(|(known, _)| *known == name) {
        Some((_, query)) => query(scope),
        None => Answer::unknown(format!("not yet analysed: {name}")),
    }
}

fn either(first: Answer, second: Answer) -> Answer {
    let mut evidence = first.evidence;
    evidence.extend(second.evidence);
    Answer::found(evidence)
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

fn documents_or_object(scope: &Scope<'_>, kind: Kind, object: &str) -> Answer {
    let evidence = counted(scope)
        .filter(|document| {
            document.kind == kind
                || (document.kind == Kind::PrometheusOperator
                    && document.object.as_ref().is_some_and(|name| name.kind == object))
        })
        .map(|document| Evidence { span: document.anchor, fact: document.kind.name().to_owned() })
        .collect();
    Answer::found(evidence)
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

fn servers<'a>(scope: &'a Scope<'_>) -> impl Iterator<Item = &'a PrometheusConfig> {
    scope.repo.facts.prometheus.iter().filter(|config| scope.counts(config.document))
}

fn prometheus_config(scope: &Scope<'_>) -> Answer {
    let evidence: Vec<Evidence> = servers(scope)
        .filter(|config| config.form != ServerForm::Fragment)
        .map(|config| Evidence { span: config.anchor, fact: "Prometheus configuration".to_owned() })
        .collect();
    if !evidence.is_empty() {
        return Answer::found(evidence);
    }
    let fragments: Vec<Evidence> = servers(scope)
        .map(|config| Evidence {
            span: config.anchor,
            fact: "part of a Prometheus configuration".to_owned(),
        })
        .collect();
    match fragments.is_empty() {
        true => Answer::found(fragments),
        false => Answer::partly("only part of a configuration is here", fragments),
    }
}

fn setting(scope: &Scope<'_>, what: &str, place: fn(&PrometheusConfig) -> Option<Span>) -> Answer {
    let whole: Vec<&PrometheusConfig> =
        servers(scope).filter(|config| config.form != ServerForm::Fragment).collect();
    let evidence: Vec<Evidence> = whole
        .iter()
        .filter_map(|config| Some(Evidence { span: place(config)?, fact: what.to_owned() }))
        .collect();
    if evidence.is_empty() && whole.iter().any(|config| config.open) {
        return Answer::unknown(format!("the {what} may be filled in elsewhere"));
    }
    Answer::found(evidence)
}

fn limits(scope: &Scope<'_>) -> Answer {
    let is_limit = |name: &str| matches!(name, "sample_limit" | "label_limit" | "target_limit");
    let global = servers(scope).flat_map(|config| &config.limits);
    let mut evidence: Vec<Evidence> = global
        .filter(|(name, value)| is_limit(name) && value.text != "0")
        .map(|(name, value)| Evidence { span: value.span, fact: name.clone() })
        .collect();
    for job in scope.repo.facts.scrape_jobs.iter().filter(|job| scope.counts(job.document)) {
        for (key, value) in &job.settings.entries {
            if is_limit(&key.text) && value.text != "0" {
                evidence.push(Evidence { span: key.span, fact: key.text.clone() });
            }
        }
    }
    Answer::found(evidence)
}

fn jobs(scope: &Scope<'_>, wanted: impl Fn(&ScrapeJob) -> bool) -> Answer {
    let evidence = scope
        .repo
        .facts
        .scrape_jobs
        .iter()
        .filter(|job| scope.counts(job.document) && wanted(job))
        .map(|job| Evidence {
            span: job.name.as_ref().map_or(job.span, |name| name.span),
            fact: format!("scrape job {}", job.label()),
        })
        .collect();
    Answer::found(evidence)
}

/// Job and target names of well-known infrastructure: what is left is the application.
const INFRASTRUCTURE: &[&str] = &[
    "prometheus",
    "alertmanager",
    "grafana",
    "node",
    "cadvisor",
    "kubelet",
    "kube-state-metrics",
    "kube",
    "kubernetes-nodes",
    "kubernetes-apiservers",
    "apiserver",
    "blackbox",
    "pushgateway",
    "loki",
    "promtail",
    "tempo",
    "jaeger",
    "etcd",
    "coredns",
    "nginx-exporter",
    "postgres-exporter",
    "redis-exporter",
    "mysqld-exporter",
    "snmp",
    "docker",
    "otel-collector",
    "otelcol",
    "thanos",
    "mimir",
    "cortex",
    "victoriametrics",
    "traefik",
    "federate",
];

fn is_infrastructure(job: &ScrapeJob) -> bool {
    let name = job.label().to_ascii_lowercase().replace('_', "-");
    INFRASTRUCTURE.iter().any(|known| {
        name == *known
            || name.strip_prefix(known).is_some_and(|rest| rest.starts_with(['-', ' ']))
            || name.ends_with("-exporter")
            || name.ends_with("exporter")
    })
}

fn mentions(job: &ScrapeJob, names: &[&str], ports: &[&str]) -> bool {
    let name = job.label().to_ascii_lowercase();
    let named = |text: &str| names.iter().any(|wanted| text.contains(wanted));
    named(&name)
        || job.targets.iter().any(|target| {
            named(&target.text.to_ascii_lowercase())
                || ports.iter().any(|port| target.text.ends_with(&format!(":{port}")))
        })
}

/// Whether a job's path is pinned to one that contains `part`.
fn pinned_path(job: &ScrapeJob, part: &str) -> bool {
    let set = job.settings.get("metrics_path").is_some_and(|path| path.text.contains(part));
    set || job.relabels.iter().any(|relabel| {
        relabel.target_label.as_ref().is_some_and(|label| label.text == "__metrics_path__")
            && relabel.replacement.as_ref().is_some_and(|path| path.text.contains(part))
    })
}

fn containers(scope: &Scope<'_>, images: &[&str]) -> Answer {
    let is_wanted =
        |container: &&Container| container.image_name().is_some_and(|name| images.contains(&name));
    let evidence = scope
        .repo
        .facts
        .containers
        .iter()
        .filter(|container| scope.counts(container.document))
        .filter(is_wanted)
        .map(container_evidence)
        .collect();
    Answer::found(evidence)
}

fn container_evidence(container: &Container) -> Evidence {
    let span = container.image.as_ref().map_or(container.name.span, |image| image.span);
    Evidence { span, fact: format!("container {}", container.name.text) }
}

fn all_containers(scope: &Scope<'_>) -> Answer {
    let containers = scope.repo.facts.containers.iter();
    Answer::found(
        containers
            .filter(|container| scope.counts(container.document))
            .map(container_evidence)
            .collect(),
    )
}

fn services(scope: &Scope<'_>) -> Answer {
    let own = scope.repo.facts.containers.iter().filter(|container| {
        scope.counts(container.document)
            && (container.build.is_some() || !images::is_known(container.image_name()))
    });
    let evidence: Vec<Evidence> = own.map(container_evidence).collect();
    if evidence.is_empty() && super::role::code(scope.repo).is_some() {
        return Answer::unknown("not yet analysed: source code".to_owned());
    }
    Answer::found(evidence)
}

fn recording_rules(scope: &Scope<'_>) -> Answer {
    let rules =
        scope.repo.facts.recording_rules.iter().filter(|rule| is_loaded(scope, rule.document));
    Answer::found(
        rules
            .map(|rule| Evidence {
                span: rule.name.span,
                fact: format!("records {}", rule.name.text),
            })
            .collect(),
    )
}

fn alerts<'a>(scope: &'a Scope<'_>) -> impl Iterator<Item = &'a AlertRule> {
    scope.repo.facts.alert_rules.iter().filter(|alert| is_loaded(scope, alert.document))
}

/// Counted, and loaded where the repository shows what loads it.
fn is_loaded(scope: &Scope<'_>, document: DocumentId) -> bool {
    scope.counts(document) && crate::repo::paths::is_loaded(scope.repo, document)
}

fn alert_evidence(alert: &AlertRule) -> Evidence {
    Evidence { span: alert.name.span, fact: format!("alert {}", alert.name.text) }
}

fn alerting_rules(scope: &Scope<'_>) -> Answer {
    Answer::found(alerts(scope).map(alert_evidence).collect())
}

fn alert_texts(scope: &Scope<'_>) -> Answer {
    let settings = &scope.repo.settings;
    let annotated = |alert: &AlertRule, names: &[&str]| {
        names.iter().any(|name| alert.annotations.get(name).is_some()) || alert.annotations.open
    };
    let complete = |alert: &&AlertRule| {
        let labelled = |name: &str| alert.label(name).is_some() || alert.labels.open;
        labelled(&settings.severity_label)
            && settings.owner_labels.iter().any(|owner| labelled(owner))
            && annotated(alert, &["summary"])
            && annotated(alert, &["description", "message"])
    };
    share(alerts(scope).collect(), complete, "alerts have severity, owner and text")
}

fn runbooks_linked(scope: &Scope<'_>) -> Answer {
    let severity = &scope.repo.settings.severity_label;
    let critical = |alert: &&AlertRule| {
        alert
            .label(severity)
            .is_some_and(|value| matches!(value.text.as_str(), "critical" | "page"))
    };
    let linked = |alert: &&AlertRule| {
        alert.annotations.open
            || ["runbook_url", "runbook"].iter().any(|name| alert.annotations.get(name).is_some())
    };
    share(alerts(scope).filter(critical).collect(), linked, "critical alerts link a runbook")
}

/// All of them, some, or none.
fn share(alerts: Vec<&AlertRule>, wanted: impl Fn(&&AlertRule) -> bool, what: &str) -> Answer {
    let total = alerts.len();
    let evidence: Vec<Evidence> = alerts.into_iter().filter(wanted).map(alert_evidence).collect();
    match evidence.len() {
        0 => Answer { holds: Holds::No, note: format!("0 of {total} {what}"), evidence },
        count if count == total => Answer::found(evidence),
        count => Answer::partly(format!("{count} of {total} {what}"), evidence),
    }
}

fn routes(scope: &Scope<'_>, wanted: impl Fn(&Route) -> bool) -> Answer {
    let evidence = scope
        .repo
        .facts
        .routes
        .iter()
        .filter(|route| scope.counts(route.document) && wanted(route))
        .map(|route| Evidence {
            span: route.receiver.as_ref().map_or(route.span, |receiver| receiver.span),
            fact: crate::facts::Subject::title(route),
        })
        .collect();
    Answer::found(evidence)
}

fn names_label(route: &Route, labels: &[String]) -> bool {
    route.parent.is_some()
        && route.matchers.iter().any(|matcher| {
            labels.contains(&matcher.label) && matches!(matcher.op, MatchOp::Equal | MatchOp::Regex)
        })
}

fn grouping(scope: &Scope<'_>) -> Answer {
    routes(scope, |route| {
        route.parent.is_none() && route.group_by.as_ref().is_some_and(|by| !by.is_empty())
    })
}

fn integrations(scope: &Scope<'_>, wanted: fn(&Integration) -> bool) -> Answer {
    let evidence = scope
        .repo
        .facts
        .integrations
        .iter()
        .filter(|integration| scope.counts(integration.document) && wanted(integration))
        .map(|integration| Evidence {
            span: integration.key,
            fact: crate::facts::Subject::title(integration),
        })
        .collect();
    Answer::found(evidence)
}

fn inhibition(scope: &Scope<'_>) -> Answer {
    let rules = scope.repo.facts.inhibit_rules.iter().filter(|rule| scope.counts(rule.document));
    Answer::found(
        rules
            .map(|rule| Evidence { span: rule.span, fact: "inhibition rule".to_owned() })
            .collect(),
    )
}
