//! Evidence of logging: store, pipeline, interface, security, templates and retention.

use super::alerting::log_failures;
use super::{Answer, Evidence, Holds, MOST};
use crate::facts::elastic::Endpoint;
use crate::facts::elastic::template::Form;
use crate::facts::scalar::Scalar;
use crate::identify::Kind;
use crate::repo::logstores::{Login, planned};
use crate::repo::pillars::Part;
use crate::source::Span;
use crate::verdict::scope::Scope;

/// What shows a product, by the words of evidence: the product's word in the configuration.
const STORES: &[(&str, &str)] = &[
    ("Elasticsearch", "elk"),
    ("elasticsearch-config", "elk"),
    ("OpenSearch", "opensearch"),
    ("OpenSearchCluster", "opensearch"),
    ("opensearch-config", "opensearch"),
    ("Loki", "loki"),
    ("LokiStack", "loki"),
    ("loki-config", "loki"),
    ("Graylog", "graylog"),
    ("VictoriaLogs", "victorialogs"),
    ("OpenObserve", "openobserve"),
    ("Seq", "seq"),
];
/// Shippers beside those of ELK and EFK.
const SHIPPERS: &[(&str, &str)] = &[
    ("Vector", "vector"),
    ("vector-config", "vector"),
    ("Promtail", "promtail"),
    ("promtail-config", "promtail"),
    ("Alloy", "alloy"),
    ("Grafana Agent", "alloy"),
    ("collector pipeline", "otel-collector"),
    ("otel-collector", "otel-collector"),
    ("OpenTelemetry Collector", "otel-collector"),
    ("OTLP exporter", "otel-collector"),
];

/// Pieces of evidence for a part, with what each shows.
fn shown(scope: &Scope<'_>, part: Part) -> Vec<(Evidence, String)> {
    let list = scope.repo.evidence_of(part).filter(|evidence| scope.counts(evidence.document));
    list.map(|it| (Evidence { span: it.span, fact: it.what.clone() }, it.what.clone())).collect()
}

fn product(table: &'static [(&str, &str)], what: &str) -> Option<&'static str> {
    table.iter().find(|(known, _)| *known == what).map(|(_, word)| *word)
}

fn found(pieces: Vec<(Evidence, String)>) -> Answer {
    Answer::found(pieces.into_iter().map(|(evidence, _)| evidence).collect())
}

/// A store of logs.
pub(super) fn store(scope: &Scope<'_>) -> Answer {
    let pieces = shown(scope, Part::LogStore);
    let mut words = pieces.iter().filter_map(|(_, what)| product(STORES, what));
    let named = words.clone().any(|word| word == "elk");
    let other = words.find(|word| *word != "elk").filter(|_| !named);
    match other {
        Some(word) => found(pieces).standing_in(scope, word, "elk"),
        None => found(pieces),
    }
}

/// What feeds it.
pub(super) fn pipeline(scope: &Scope<'_>) -> Answer {
    let pieces = shown(scope, Part::LogPipeline);
    let named = pieces.iter().any(|(_, what)| product(SHIPPERS, what).is_none());
    let other = pieces.iter().find_map(|(_, what)| product(SHIPPERS, what)).filter(|_| !named);
    match other {
        Some(word) => found(pieces).standing_in(scope, word, "logstash"),
        None => found(pieces),
    }
}

/// Where people read logs.
pub(super) fn interface(scope: &Scope<'_>) -> Answer {
    let pieces = shown(scope, Part::LogView);
    let content = |what: &str| matches!(what, "kibana-objects" | "log-query");
    if pieces.iter().any(|(_, what)| !content(what)) {
        return found(pieces);
    }
    let sources =
        scope.repo.facts.data_sources.iter().filter(|source| scope.counts(source.document));
    let of_logs = sources.filter_map(|source| source.plugin.as_ref()).filter(|plugin| {
        let kind = plugin.text.as_str();
        kind == "loki"
            || kind.contains("elasticsearch")
            || kind.contains("opensearch")
            || kind.contains("victorialogs")
    });
    let grafana: Vec<Evidence> = of_logs
        .map(|plugin| Evidence { span: plugin.span, fact: format!("data source {}", plugin.text) })
        .collect();
    match (grafana.is_empty(), pieces.is_empty()) {
        (false, _) => Answer::found(grafana).standing_in(scope, "grafana", "kibana"),
        (true, true) => Answer::found(Vec::new()),
        (true, false) => {
            let evidence = pieces.into_iter().map(|(evidence, _)| evidence).collect();
            Answer::partly("content for Kibana, and nothing that configures it", evidence)
        }
    }
}

/// Whether whoever asks a store must say who it is.
pub(super) fn secured(scope: &Scope<'_>) -> Answer {
    let mut asked: Vec<Evidence> = Vec::new();
    let (mut open, mut unknown) = (0, 0);
    for store in scope.repo.log_stores().iter().filter(|store| scope.counts(store.document)) {
        match store.login {
            Login::Asked(span) => asked.push(Evidence {
                span: span.unwrap_or(store.span),
                // Loki calls a tenant's name in a header its authentication.
                fact: match store.product {
                    "loki" => "loki asks for the name of a tenant".to_owned(),
                    product => format!("{product} asks who it is"),
                },
            }),
            Login::Open(_) => open += 1,
            Login::Unknown => unknown += 1,
        }
    }
    asked.truncate(MOST);
    if asked.is_empty() && open == 0 && unknown == 0 && shown(scope, Part::LogStore).is_empty() {
        return Answer::found(asked);
    }
    match (asked.is_empty(), open > 0) {
        (false, true) => Answer::partly("one of the stores asks nobody to log in", asked),
        (true, true) => Answer::found(asked),
        (false, false) if unknown == 0 => Answer::found(asked),
        _ => {
            Answer { evidence: asked, ..Answer::unknown("nothing says who may log in".to_owned()) }
        }
    }
}

/// Templates that give fields their types.
pub(super) fn template(scope: &Scope<'_>) -> Answer {
    let templates = scope.repo.facts.index_templates.iter().filter(|it| scope.counts(it.document));
    let typed = templates.filter(|it| {
        !it.in_node_file
            && it.form != Form::Index
            && (!it.fields.is_empty() || it.dynamic_templates.is_some())
    });
    let mut evidence: Vec<Evidence> = typed
        .map(|it| Evidence {
            span: it.mappings.unwrap_or(it.anchor),
            fact: "a template types fields".to_owned(),
        })
        .collect();
    // Beats send a template of their own; stores by labels have none.
    let brought = scope.repo.facts.documents.iter().filter(|document| {
        scope.counts(document.id) && matches!(document.kind, Kind::BeatConfig | Kind::LokiConfig)
    });
    evidence.extend(brought.map(|document| Evidence {
        span: document.anchor,
        fact: format!("{} brings its own", document.kind.name()),
    }));
    let lokis = scope.repo.facts.lokis.iter().filter(|loki| scope.counts(loki.document));
    evidence.extend(
        lokis.map(|loki| Evidence { span: loki.anchor, fact: "Loki needs none".to_owned() }),
    );
    Answer::found(evidence)
}

/// What deletes logs after a stated time.
pub(super) fn lifecycle(scope: &Scope<'_>) -> Answer {
    let facts = &scope.repo.facts;
    let mut evidence: Vec<Evidence> = Vec::new();
    let mut first: Option<Span> = None;
    for policy in facts.lifecycle_policies.iter().filter(|it| scope.counts(it.document)) {
        first = first.or(Some(policy.anchor));
        if let Some((span, age)) = policy.deletion() {
            let after = age.map_or_else(String::new, |age| format!(" after {}", age.text));
            evidence.push(Evidence { span, fact: format!("deletes{after}") });
        }
    }
    for store in scope.repo.log_stores().iter().filter(|store| scope.counts(store.document)) {
        let Some(kept) = &store.kept else { continue };
        first = first.or(Some(kept.span));
        if kept.seconds.is_some() {
            evidence.push(Evidence { span: kept.span, fact: kept.step.clone() });
        }
    }
    evidence.extend(
        scope.repo.cleaner().map(|span| Evidence { span, fact: "a job deletes".to_owned() }),
    );
    match (evidence.is_empty(), first) {
        (true, Some(span)) => {
            let evidence = vec![Evidence { span, fact: "a policy".to_owned() }];
            Answer::partly("a policy, and none that deletes", evidence)
        }
        _ => Answer::found(evidence),
    }
}

/// Whether what deletes logs does so when the strategy says.
pub(super) fn agrees(scope: &Scope<'_>) -> Answer {
    let deletes = lifecycle(scope);
    if deletes.holds == Holds::No {
        return deletes;
    }
    let pillars = scope.repo.facts.pillars.iter().filter(|it| scope.counts(it.document));
    let plan = pillars
        .filter(|pillar| pillar.name.text == "logs")
        .find_map(|pillar| pillar.retention().filter(|value: &&Scalar| planned(value).is_some()));
    let Some(plan) = plan else {
        return Answer { note: "no strategy to compare with".to_owned(), ..deletes };
    };
    // That they differ is a finding; it stands against this clause.
    let mut evidence = vec![Evidence { span: plan.span, fact: format!("planned: {}", plan.text) }];
    evidence.extend(deletes.evidence);
    Answer { evidence, ..Answer::found(Vec::new()) }.held()
}

/// Copies of the logs elsewhere, or an answer when they are lost.
pub(super) fn safeguards(scope: &Scope<'_>) -> Answer {
    let requests = scope.repo.facts.engine_requests.iter().filter(|it| scope.counts(it.document));
    let snapshots: Vec<Evidence> = requests
        .filter(|request| request.endpoint() == Endpoint::Snapshot && request.method != "GET")
        .map(|request| Evidence { span: request.path.span, fact: "snapshots".to_owned() })
        .collect();
    match snapshots.is_empty() {
        true => log_failures(scope),
        false => Answer::found(snapshots),
    }
}

impl Answer {
    fn held(mut self) -> Answer {
        self.holds = Holds::Yes;
        self.note = format!("{} found", self.evidence.len());
        self.evidence.truncate(MOST);
        self
    }
}
