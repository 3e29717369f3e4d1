//! Evidence of what is measured: records and alerts by what they watch, exporters as they run
//! and are scraped, and the use of their metrics.

use super::alerting::alert_evidence;
use super::running::container_evidence;
use super::{Answer, Evidence, Holds};
use crate::facts::code::MetricDefinition;
use crate::facts::prometheus::{JobForm, ScrapeJob};
use crate::facts::slo::SloDialect;
use crate::facts::{DocumentId, Subject};
use crate::identify::Kind;
use crate::metrics;
use crate::repo::classes::{self, Class};
use crate::repo::coverage::{self, Area};
use crate::repo::exporters::{Reads, kubelet};
use crate::repo::queries::Query;
use crate::verdict::scope::Scope;

/// Charts that bring the node exporter, kube-state-metrics and the jobs for them.
const STACKS: &[&str] = &["kube-prometheus-stack", "kube-prometheus", "prometheus"];

/// Queries of loaded rules, and of panels and objectives that count here.
fn counted<'s>(scope: &'s Scope<'_>) -> impl Iterator<Item = &'s Query<'s>> {
    scope.model.queries().iter().filter(|query| {
        query.document().is_some_and(|document| match query.rule() {
            Some(_) => scope.loads(document),
            None => scope.counts(document),
        })
    })
}

fn watches(scope: &Scope<'_>, query: &Query<'_>, wanted: &[Class]) -> bool {
    wanted.iter().any(|class| scope.model.classes()[query.index].contains(*class))
}

/// Recording rules that give a figure of one of these classes.
pub(super) fn recorded(scope: &Scope<'_>, wanted: &[Class]) -> Answer {
    let found = counted(scope).filter(|query| watches(scope, query, wanted));
    let records = found.filter_map(|query| query.record());
    let evidence = records
        .map(|rule| Evidence { span: rule.name.span, fact: format!("records {}", rule.name.text) });
    Answer::found(evidence.collect())
}

/// Recording rules whose expressions can be read.
pub(super) fn recorded_soundly(scope: &Scope<'_>) -> Answer {
    let records =
        counted(scope).filter(|query| query.is_sound()).filter_map(|query| query.record());
    let evidence = records
        .map(|rule| Evidence { span: rule.name.span, fact: format!("records {}", rule.name.text) });
    Answer::found(evidence.collect())
}

/// Alerts that watch a class.
pub(super) fn alerted(scope: &Scope<'_>, class: Class) -> Answer {
    let found = counted(scope).filter(|query| watches(scope, query, &[class]));
    let mut evidence: Vec<Evidence> =
        found.filter_map(|query| query.raises()).map(alert_evidence).collect();
    // The steps of an alert follow each other.
    evidence.dedup_by_key(|it| it.span);
    if evidence.is_empty() && class == Class::Slo {
        // Generators make alerts on the budgets of their objectives.
        evidence = generators(scope);
    }
    if evidence.is_empty() && class.is_of_hosts() && scope.repo.is_serverless() {
        let note = "nothing here runs on hosts of its own".to_owned();
        return Answer::new(Holds::Yes, note, evidence);
    }
    Answer::found(evidence)
}

/// Documents of objectives from which tools make records and alerts.
pub(super) fn generators(scope: &Scope<'_>) -> Vec<Evidence> {
    let slos = scope.repo.facts.slos.iter().filter(|slo| scope.counts(slo.document));
    let generated = slos.filter(|slo| matches!(slo.dialect, SloDialect::Sloth | SloDialect::Pyrra));
    generated.map(|slo| Evidence { span: slo.anchor, fact: slo.title() }).collect()
}

/// Alerts on the alerting itself.
pub(super) fn meta_alerts(scope: &Scope<'_>) -> Answer {
    let alerts = scope.model.meta_alerts().filter_map(|query| query.raises());
    let counted = alerts.filter(|alert| scope.loads(alert.document));
    Answer::found(counted.map(alert_evidence).collect())
}

/// Uses of metrics that code here declares, in what is loaded.
/// Metrics that code declares.
pub(super) fn declared(scope: &Scope<'_>) -> Answer {
    let definitions = scope.repo.facts.metric_definitions.iter();
    let counted = definitions.filter(|definition| scope.counts(definition.document));
    let named = |definition: &MetricDefinition| Evidence {
        span: definition.name.span,
        fact: format!("metric {}", definition.exposed),
    };
    Answer::found(counted.map(named).collect())
}

pub(super) fn declared_uses(scope: &Scope<'_>) -> Answer {
    if scope.repo.definitions().is_empty() && scope.repo.has_unread_code() {
        return Answer::unknown("not yet analysed: source code".to_owned());
    }
    let mut evidence = Vec::new();
    for query in counted(scope) {
        for (_, selector) in query.ast().selectors() {
            let (Some(name), Some(extent)) = (selector.metric(), selector.metric_extent()) else {
                continue;
            };
            let declared = scope.model.metric(name).providers.iter().any(|it| it.is_of_code());
            if declared {
                let span = scope.repo.place(query.scalar, extent.range());
                evidence.push(Evidence { span, fact: format!("reads {name}") });
            }
        }
    }
    Answer::found(evidence)
}

/// Business metrics that code declares.
pub(super) fn business_declared(scope: &Scope<'_>) -> Answer {
    let lexicon = scope.model.lexicon();
    let definitions = scope.repo.facts.metric_definitions.iter();
    let evidence: Vec<Evidence> = definitions
        .filter(|it| scope.counts(it.document) && classes::is_business(&it.exposed, lexicon))
        .map(|it| Evidence { span: it.name.span, fact: format!("declares {}", it.exposed) })
        .collect();
    if evidence.is_empty() && scope.repo.has_unread_code() {
        return Answer::unknown("not yet analysed: source code".to_owned());
    }
    Answer::found(evidence)
}

/// Rules, panels and objectives that read a business metric.
pub(super) fn business_used(scope: &Scope<'_>) -> Answer {
    let found = counted(scope).filter(|query| watches(scope, query, &[Class::Business]));
    let evidence = found.map(|query| Evidence { span: query.scalar.span, fact: query.title() });
    Answer::found(evidence.collect())
}

/// Alerts on the growth of the number of series.
pub(super) fn growth_alerts(scope: &Scope<'_>) -> Answer {
    let alerts = scope.model.growth_alerts().filter_map(|query| query.raises());
    let counted = alerts.filter(|alert| scope.loads(alert.document));
    Answer::found(counted.map(alert_evidence).collect())
}

/// Where metrics of an area are read: by alerts only, or by anything.
pub(super) fn used(scope: &Scope<'_>, area: Area, alerts_only: bool) -> Answer {
    let uses = coverage::uses(scope.model, area).map(|it| scope.model.used_at(it));
    let mut evidence = Vec::new();
    for place in uses {
        let counts = |document: DocumentId| match place.query.rule() {
            Some(_) => scope.loads(document),
            None => scope.counts(document),
        };
        let wanted = place.query.raises().is_some() || !alerts_only;
        if wanted && place.query.document().is_some_and(counts) {
            let span = scope.repo.place(place.query.scalar, place.get().extent.range());
            evidence.push(Evidence { span, fact: place.query.title() });
        }
    }
    // Records of the area that alerts read under another name.
    if alerts_only {
        let indirect = counted(scope).filter(|query| query.raises().is_some()).filter(|query| {
            let sources = scope.model.sources(query.index);
            sources.iter().any(|it| it.metric().is_some_and(|name| area.holds(name)))
        });
        evidence.extend(indirect.filter_map(|query| query.raises()).map(alert_evidence));
    }
    evidence.dedup_by_key(|it| it.span);
    Answer::found(evidence)
}

/// Containers and charts that run an exporter.
pub(super) fn deployed(scope: &Scope<'_>, keys: &[&str], charts: &[&str]) -> Answer {
    let exporters: Vec<_> = keys.iter().filter_map(|key| metrics::exporter(key)).collect();
    let containers = scope.repo.facts.containers.iter().filter(|container| {
        scope.counts(container.document) && exporters.iter().any(|it| it.runs_in(container))
    });
    let mut evidence: Vec<Evidence> = containers.map(container_evidence).collect();
    evidence.extend(packages(scope, &[charts, STACKS].concat(), keys));
    Answer::found(evidence)
}

/// Charts of these names that run, with their parts for these exporters.
fn packages(scope: &Scope<'_>, names: &[&str], keys: &[&str]) -> Vec<Evidence> {
    let packages = scope.repo.facts.packages.iter().filter(|it| scope.counts(it.document));
    let named = packages.filter(|it| names.contains(&it.name.text.as_str()));
    let parts: Vec<&str> = keys.iter().flat_map(|key| parts_of(key)).copied().collect();
    let named = named.filter(|it| !scope.repo.is_switched_off(it, &parts));
    named
        .map(|it| Evidence { span: it.name.span, fact: format!("chart {}", it.name.text) })
        .collect()
}

/// What the values of a stack call its part for an exporter.
fn parts_of(key: &str) -> &'static [&'static str] {
    match key {
        "node_exporter" => &["nodeExporter", "prometheus-node-exporter"],
        "kube-state-metrics" => &["kubeStateMetrics", "kube-state-metrics"],
        _ => &[],
    }
}

/// Jobs, receivers of collectors and charts that bring the metrics of exporters.
pub(super) fn scraped(
    scope: &Scope<'_>,
    keys: &[&str],
    receivers: &[&str],
    also: impl Fn(&ScrapeJob) -> bool,
) -> Answer {
    let exporters: Vec<_> = keys.iter().filter_map(|key| metrics::exporter(key)).collect();
    let jobs = scope.repo.facts.scrape_jobs.iter().filter(|job| {
        scope.counts(job.document)
            && (exporters.iter().any(|it| scope.repo.reads(job, it) == Reads::Yes) || also(job))
    });
    let mut evidence: Vec<Evidence> = jobs
        .map(|job| Evidence {
            span: job.name.as_ref().map_or(job.span, |name| name.span),
            fact: format!("scrape job {}", job.label()),
        })
        .collect();
    let plain = |name: &str| name.split('/').next().unwrap_or(name).replace('_', "");
    for pipeline in scope.repo.facts.pipelines.iter().filter(|it| scope.counts(it.document)) {
        let found = pipeline
            .receivers
            .items
            .iter()
            .find(|it| receivers.contains(&plain(&it.text).as_str()));
        evidence.extend(
            found.map(|it| Evidence { span: it.span, fact: format!("receiver {}", it.text) }),
        );
    }
    evidence.extend(packages(scope, STACKS, keys));
    Answer::found(evidence)
}

/// Whether a job is named like the node exporter, right or wrong.
pub(super) fn says_node_exporter(job: &ScrapeJob) -> bool {
    job.speaks_of(&["node-exporter", "nodeexporter"])
}

/// Whether a job reads the kubelet or the API server.
pub(super) fn reads_nodes(job: &ScrapeJob) -> bool {
    let name = job.label().to_ascii_lowercase();
    let server = job.addresses().iter().any(|it| it.is_api_server());
    kubelet(job).is_some() || server || ["kubelet", "apiserver"].iter().any(|it| name.contains(it))
}

/// Whether a job reads the containers of a node.
pub(super) fn reads_containers(job: &ScrapeJob) -> bool {
    let path = job.path().is_some_and(|(path, _)| path.contains("cadvisor"));
    path || job.label().to_ascii_lowercase().contains("cadvisor")
        || (job.form != JobForm::Job && job.label().to_ascii_lowercase().contains("kubelet"))
}

/// Recording rules, or what tools record from objectives.
pub(super) fn recording_rules(scope: &Scope<'_>) -> Answer {
    let answer = super::alerting::recording_rules(scope);
    let generated = generators(scope);
    let slo = |scope: &Scope<'_>| {
        scope.repo.facts.documents.iter().any(|it| it.kind == Kind::Slo && scope.counts(it.id))
    };
    match answer.holds {
        Holds::No if slo(scope) && !generated.is_empty() => {
            Answer::partly("records are made from objectives only", generated)
        }
        _ => answer,
    }
}
