//! Log stores and their retention (R11, C4.3).

use super::{assessed, assessed_with, clause, is_built};
use obsproof::config;
use obsproof::verdict::Verdict;

const NODE: (&str, &str) = (
    "elasticsearch.yml",
    "cluster.name: logs\nnetwork.host: 0.0.0.0\ndiscovery.type: single-node\nxpack.security.enabled: true\nxpack.security.http.ssl.enabled: true\n",
);
const INDICES: (&str, &str) = (
    "indices.console",
    "PUT _ilm/policy/app-logs\n{\"policy\": {\"phases\": {\"hot\": {\"actions\": {\"rollover\": {\"max_age\": \"1d\"}}}, \"delete\": {\"min_age\": \"30d\", \"actions\": {\"delete\": {}}}}}}\n\nPUT _index_template/app-logs\n{\"index_patterns\": [\"app-logs-*\"], \"data_stream\": {}, \"template\": {\"settings\": {\"index.lifecycle.name\": \"app-logs\", \"number_of_replicas\": 0}, \"mappings\": {\"properties\": {\"@timestamp\": {\"type\": \"date\"}, \"level\": {\"type\": \"keyword\"}, \"service\": {\"type\": \"keyword\"}, \"trace_id\": {\"type\": \"keyword\"}, \"request_id\": {\"type\": \"keyword\"}, \"message\": {\"type\": \"text\"}}}}}\n",
);
const SHIPPER: (&str, &str) = (
    "filebeat.yml",
    "filebeat.inputs:\n  - type: filestream\n    id: app\n    paths: [/var/log/app.log]\n    parsers:\n      - ndjson: {target: \"\"}\noutput.elasticsearch:\n  hosts: [\"https://es.example.org:9200\"]\n  api_key: ${API_KEY}\n",
);
const KIBANA: (&str, &str) = (
    "kibana.yml",
    "server.host: localhost\nserver.publicBaseUrl: https://logs.example.org\nelasticsearch.hosts: [\"https://es.example.org:9200\"]\nelasticsearch.serviceAccountToken: ${TOKEN}\n",
);
const LOKI: (&str, &str) = (
    "loki.yml",
    "auth_enabled: true\nschema_config:\n  configs: [{from: 2024-01-01, store: tsdb, object_store: s3, schema: v13}]\nlimits_config: {retention_period: 30d}\ncompactor: {retention_enabled: true}\n",
);
const STRATEGY: (&str, &str) = (
    "strategy.yml",
    "observability: {metrics: {retention: 15d}, logs: {retention: 30d}, traces: {retention: 7d}}\n",
);
const SERVICE: (&str, &str) = ("compose.yml", "services:\n  api: {image: \"example/api:1.0\"}\n");

fn is(requirement: &str, expected: &str, files: &[(&str, &str)]) {
    let found = assessed(files, requirement);
    let clauses: Vec<String> = found
        .clauses
        .iter()
        .map(|it| format!("{}: {:?} {}", it.clause.id, it.result, it.reason))
        .collect();
    assert_eq!(found.verdict.name(), expected, "{requirement}: {}\n{clauses:#?}", found.reason);
}

/// `met`, once every rule that the requirement rests on is there to be broken.
fn met(requirement: &str) -> &'static str {
    if is_built(requirement) { "met" } else { "unknown" }
}

#[test]
fn a_store_with_all_it_needs() {
    is("OBS-R11", met("OBS-R11"), &[NODE, INDICES, SHIPPER, KIBANA]);
}

#[test]
fn a_part_is_missing_or_open() {
    is("OBS-R11", "partly", &[NODE, INDICES, SHIPPER]);
    is("OBS-R11", "partly", &[NODE, INDICES, KIBANA]);
    is("OBS-R11", "partly", &[NODE, SHIPPER, KIBANA]);
    is("OBS-R11", "partly", &[NODE]);
    let open = NODE.1.replace("security.enabled: true", "security.enabled: false");
    is("OBS-R11", "partly", &[("elasticsearch.yml", &open), INDICES, SHIPPER, KIBANA]);
    let refused = format!("{}index.number_of_shards: 3\n", NODE.1);
    is("OBS-R11", "partly", &[("elasticsearch.yml", &refused), INDICES, SHIPPER, KIBANA]);
    let forever = INDICES
        .1
        .replace(", \"delete\": {\"min_age\": \"30d\", \"actions\": {\"delete\": {}}}", "");
    is("OBS-R11", "partly", &[NODE, ("indices.console", &forever), SHIPPER, KIBANA]);
    let untyped = INDICES.1.replace("keyword", "keywrd");
    is("OBS-R11", "partly", &[NODE, ("indices.console", &untyped), SHIPPER, KIBANA]);
}

#[test]
fn nothing_keeps_logs() {
    is("OBS-R11", "not-met", &[SERVICE]);
    is("OBS-C4.3", "not-met", &[SERVICE]);
    is("OBS-C4.3", "not-met", &[STRATEGY, NODE]);
}

#[test]
fn each_clause_for_itself() {
    let of = |name: &str, files: &[(&str, &str)]| clause(files, "OBS-R11", name);
    assert_eq!(of("store", &[NODE]), Verdict::Met);
    let open = NODE.1.replace("security.enabled: true", "security.enabled: false");
    assert_eq!(of("secured", &[("elasticsearch.yml", &open)]), Verdict::NotMet);
    assert_eq!(of("template", &[NODE, INDICES]), Verdict::Met);
    assert_eq!(of("template", &[NODE]), Verdict::NotMet);
    assert_eq!(of("lifecycle", &[NODE, INDICES]), Verdict::Met);
    assert_eq!(of("lifecycle", &[NODE]), Verdict::NotMet);
    assert_eq!(of("ui", &[NODE]), Verdict::NotMet);
    let grafana = (
        "datasources.yml",
        "apiVersion: 1\ndatasources: [{name: Loki, type: loki, access: proxy, url: \"http://loki:3100\"}]\n",
    );
    assert_eq!(of("ui", &[LOKI, grafana]), Verdict::Partly);
}

#[test]
fn loki_stands_in_where_that_is_approved() {
    assert_eq!(clause(&[LOKI], "OBS-R11", "store"), Verdict::Partly);
    is("OBS-R11", "partly", &[LOKI, SERVICE]);
    let toml = "[[declare]]\nequivalent = \"loki\"\nfor = \"elk\"\nowner = \"Platform\"\nreason = \"decision 7\"\napprover = \"Ada Byron\"\nexpires = 2999-01-01\n";
    let settings =
        config::read("obsproof.toml", toml.to_owned(), "2026-11-26").expect("a configuration");
    let found = assessed_with(&[LOKI, SERVICE], "OBS-R11", settings);
    let store = found.clauses.iter().find(|one| one.clause.id == "store").expect("the clause");
    assert_eq!(store.result, Verdict::Met, "{}", store.reason);
}

#[test]
fn retention_of_logs() {
    is("OBS-C4.3", met("OBS-C4.3"), &[NODE, INDICES, STRATEGY]);
    is("OBS-C4.3", met("OBS-C4.3"), &[LOKI, STRATEGY]);
    let later = INDICES.1.replace("30d", "90d");
    is("OBS-C4.3", "partly", &[NODE, ("indices.console", &later), STRATEGY]);
    let forever = INDICES
        .1
        .replace(", \"delete\": {\"min_age\": \"30d\", \"actions\": {\"delete\": {}}}", "");
    is("OBS-C4.3", "partly", &[NODE, ("indices.console", &forever), STRATEGY]);
    let kept = LOKI.1.replace("retention_enabled: true", "retention_enabled: false");
    is("OBS-C4.3", "partly", &[("loki.yml", &kept), STRATEGY]);
}
