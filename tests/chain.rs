//! The signal chain of a repository: what leads where, what is broken, what nobody can tell.

use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

fn record(root: &Path, more: &[&str]) -> Value {
    let output = assert_cmd::Command::cargo_bin("obsproof")
        .expect("the program")
        .arg("report")
        .arg(root)
        .args(["--format", "json", "--clock", "2026-11-01"])
        .args(more)
        .output()
        .expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn chain(files: &[(&str, &str)]) -> Value {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, text).expect("written");
    }
    record(folder.path(), &[])["chain"].take()
}

fn node<'c>(chain: &'c Value, layer: &str, name: &str) -> &'c Value {
    let nodes = chain["nodes"].as_array().expect("nodes");
    let found = nodes.iter().find(|node| node["layer"] == layer && node["name"] == name);
    found.unwrap_or_else(|| panic!("no {layer} {name} in {chain:#}"))
}

/// State and reason of the link between two nodes.
fn link<'c>(chain: &'c Value, from: &Value, to: &Value) -> Option<(&'c str, &'c str)> {
    let links = chain["links"].as_array().expect("links");
    let found = links.iter().find(|link| link["from"] == from["id"] && link["to"] == to["id"])?;
    Some((found["state"].as_str()?, found["why"].as_str()?))
}

const RULES: &str = "groups:
  - name: shop
    rules:
      - alert: HighErrorRate
        expr: rate(http_requests_total[5m]) > 1
        labels: {severity: critical, team: shop}
      - alert: Quiet
        expr: up == 0
        labels: {severity: info, team: none}
";

const PROMETHEUS: &str = "rule_files: [rules/*.yml]
alerting:
  alertmanagers:
    - static_configs: [{targets: ['alertmanager:9093']}]
scrape_configs:
  - job_name: node
    static_configs: [{targets: ['node-exporter:9100']}]
";

const ALERTMANAGER: &str = "route:
  receiver: chat
  routes:
    - matchers: ['severity=\"critical\"']
      receiver: pager
    - matchers: ['team=\"none\"']
      receiver: gone
receivers:
  - name: chat
    slack_configs: [{channel: '#ops', api_url_file: /etc/slack}]
  - name: pager
    pagerduty_configs: [{routing_key_file: /etc/key}]
";

fn whole() -> Value {
    chain(&[
        ("prometheus.yml", PROMETHEUS),
        ("rules/shop.yml", RULES),
        (
            "rules-old/old.yml",
            &RULES.replace("HighErrorRate", "Old").replace("name: shop", "name: old"),
        ),
        ("alertmanager.yml", ALERTMANAGER),
    ])
}

#[test]
fn an_alert_leads_through_its_route_to_the_people_it_tells() {
    let chain = whole();
    let group = node(&chain, "rules", "shop");
    let alert = node(&chain, "alert", "HighErrorRate");
    let route = node(&chain, "route", "severity=\"critical\"");
    let pager = node(&chain, "person", "pager");
    let server = node(&chain, "store", "Prometheus (prometheus.yml)");
    assert_eq!(link(&chain, server, group), Some(("whole", "loaded by")));
    assert_eq!(link(&chain, group, alert), Some(("whole", "raises")));
    assert_eq!(link(&chain, alert, route), Some(("whole", "taken by")));
    assert_eq!(link(&chain, route, pager), Some(("whole", "tells")));
    assert_eq!(pager["note"], "pagerduty");
    assert_eq!(alert["path"], "rules/shop.yml");
    assert_eq!(alert["line"], 4);
}

#[test]
fn exporters_lead_through_their_jobs_to_the_server() {
    let chain = whole();
    let job = node(&chain, "pipeline", "node");
    let server = node(&chain, "store", "Prometheus (prometheus.yml)");
    assert_eq!(link(&chain, job, server), Some(("whole", "run by")));
    let exporters: Vec<&Value> = chain["nodes"]
        .as_array()
        .expect("nodes")
        .iter()
        .filter(|it| it["kind"] == "exporter" && link(&chain, it, job).is_some())
        .collect();
    assert_eq!(exporters.len(), 1, "{exporters:?}");
}

#[test]
fn a_receiver_that_does_not_exist_breaks_the_chain() {
    let chain = whole();
    let route = node(&chain, "route", "team=\"none\"");
    let gone = node(&chain, "person", "gone");
    let (state, why) = link(&chain, route, gone).expect("a link");
    assert_eq!((state, why), ("broken", "this receiver does not exist"));
    let codes = route["findings"].as_array().expect("findings");
    assert!(!codes.is_empty(), "the route leads to its finding");
}

#[test]
fn a_rule_file_that_no_server_loads_is_a_gap() {
    let chain = whole();
    let old = node(&chain, "rules", "old");
    assert_eq!(old["gap"]["state"], "broken");
    assert_eq!(old["gap"]["why"], "no server here loads this file");
    let shop = node(&chain, "rules", "shop");
    assert!(shop["gap"].is_null());
}

#[test]
fn what_is_not_here_is_unknown_and_not_broken() {
    let chain = chain(&[("rules/shop.yml", RULES)]);
    let group = node(&chain, "rules", "shop");
    assert_eq!(group["gap"]["state"], "unknown");
    let alert = node(&chain, "alert", "HighErrorRate");
    assert_eq!(alert["gap"]["state"], "unknown");
    assert_eq!(chain["links_and_gaps"]["broken"], 0);
}

#[test]
fn a_collector_that_only_prints_is_a_gap_and_a_store_ends_the_way() {
    let collector = "receivers: {otlp: {protocols: {grpc: {}}}}
exporters:
  debug: {}
  otlp/jaeger: {endpoint: 'jaeger:4317', tls: {insecure: true}}
service:
  pipelines:
    traces: {receivers: [otlp], exporters: [otlp/jaeger]}
    metrics: {receivers: [otlp], exporters: [debug]}
";
    let compose = "services:
  jaeger: {image: 'jaegertracing/all-in-one:1.60'}
  collector: {image: 'otel/opentelemetry-collector:0.120.0', volumes: ['./otel.yaml:/etc/otelcol/config.yaml']}
";
    let chain = chain(&[("otel.yaml", collector), ("compose.yaml", compose)]);
    let metrics = node(&chain, "pipeline", "metrics");
    assert_eq!(metrics["gap"]["state"], "broken");
    let traces = node(&chain, "pipeline", "traces");
    assert!(traces["gap"].is_null());
    let store = node(&chain, "store", "Jaeger (compose.yaml)");
    assert_eq!(link(&chain, traces, store), Some(("whole", "kept")));
}

#[test]
fn a_connector_hands_on_from_pipeline_to_pipeline() {
    let collector = "receivers: {otlp: {protocols: {grpc: {}}}}
connectors: {spanmetrics: {}, forward: {}}
exporters:
  otlp/jaeger: {endpoint: 'jaeger:4317', tls: {insecure: true}}
  prometheus: {endpoint: '0.0.0.0:8889'}
service:
  pipelines:
    traces: {receivers: [otlp], exporters: [spanmetrics, otlp/jaeger]}
    metrics: {receivers: [spanmetrics], exporters: [prometheus]}
    logs: {receivers: [otlp], exporters: [otlp/jaeger]}
";
    let chain = chain(&[("otel.yaml", collector)]);
    let (traces, metrics) =
        (node(&chain, "pipeline", "traces"), node(&chain, "pipeline", "metrics"));
    assert_eq!(link(&chain, traces, metrics), Some(("whole", "handed on by spanmetrics")));
    assert_eq!(link(&chain, metrics, traces), None);
    assert_eq!(link(&chain, node(&chain, "pipeline", "logs"), metrics), None);
}

#[test]
fn a_layer_that_only_prints_is_not_broken() {
    let base = "receivers: {otlp: {protocols: {grpc: {}}}}
exporters: {debug: {}}
service:
  pipelines:
    traces: {receivers: [otlp], exporters: [debug]}
";
    let chain = chain(&[("otel.yaml", base)]);
    assert_eq!(node(&chain, "pipeline", "traces")["gap"]["state"], "unknown");
}

#[test]
fn what_a_vendors_library_gives_is_unknown() {
    let server = "const express = require('express');
const app = express();
app.get('/', (req, res) => res.send('ok'));
app.listen(8080);
";
    let compose = "services: {cart: {build: ./cart, ports: ['8080:8080']}}\n";
    let docker = "FROM node:22\nCMD [\"node\", \"server.js\"]\n";
    let plain = "{\"name\": \"cart\", \"dependencies\": {\"express\": \"4\"}}";
    let watched = plain.replace("\"express\"", "\"@instana/collector\": \"4\", \"express\"");
    let state = |package: &str| {
        let chain = chain(&[
            ("compose.yaml", compose),
            ("cart/Dockerfile", docker),
            ("cart/package.json", package),
            ("cart/server.js", server),
        ]);
        let service = node(&chain, "service", "cart");
        let traces = node(&chain, "signal", "traces of cart");
        link(&chain, service, traces).expect("a link").0.to_owned()
    };
    assert_eq!(state(plain), "broken");
    assert_eq!(state(&watched), "unknown");
}

#[test]
fn every_link_and_finding_has_its_end() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    for name in ["shop", "standard"] {
        let record = record(&root.join(name), &[]);
        let chain = &record["chain"];
        let nodes = chain["nodes"].as_array().expect("nodes");
        let ids: BTreeSet<&str> = nodes.iter().filter_map(|it| it["id"].as_str()).collect();
        assert_eq!(ids.len(), nodes.len(), "ids are unique");
        for link in chain["links"].as_array().expect("links") {
            for end in ["from", "to"] {
                assert!(ids.contains(link[end].as_str().expect("an id")), "{link}");
            }
            assert_ne!(link["from"], link["to"]);
            assert!(!link["why"].as_str().expect("a text").is_empty());
        }
        let findings = record["findings"].as_array().expect("findings");
        let known: BTreeSet<&str> =
            findings.iter().filter_map(|it| it["fingerprint"].as_str()).collect();
        let at: Vec<&str> = nodes
            .iter()
            .flat_map(|node| node["findings"].as_array().expect("findings"))
            .filter_map(Value::as_str)
            .collect();
        assert!(at.iter().all(|finding| known.contains(finding)));
        let once: BTreeSet<&&str> = at.iter().collect();
        assert_eq!(once.len(), at.len(), "a finding hangs on one node");
    }
}

#[test]
fn the_chain_is_the_same_for_any_number_of_threads() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/shop");
    let one = record(&root, &["--threads", "1"]);
    let four = record(&root, &["--threads", "4"]);
    assert_eq!(one["chain"].to_string(), four["chain"].to_string());
}

#[test]
fn dashboards_remote_stores_and_schedules_are_on_the_way() {
    let prometheus = format!(
        "{PROMETHEUS}remote_write:\n  - url: https://mimir.example.org/api/v1/push\n  - url: http://thanos:19291/api/v1/receive\n"
    );
    let board = r#"{"title": "Shop", "uid": "shop", "schemaVersion": 39, "panels": [{"id": 1, "type": "timeseries", "title": "Load", "datasource": {"type": "prometheus", "uid": "p"}, "targets": [{"refId": "A", "expr": "job:load:avg + rate(node_cpu_seconds_total[5m])"}]}]}"#;
    let plan = r#"
resource "pagerduty_schedule" "first" {
  name = "Shop first"
  layer { users = ["A"] }
}
resource "pagerduty_escalation_policy" "shop" {
  name = "Shop"
  rule {
    escalation_delay_in_minutes = 10
    target {
      type = "schedule_reference"
      id   = pagerduty_schedule.first.id
    }
  }
}
resource "opsgenie_schedule" "other" {
  name = "Other"
}
"#;
    let chain = chain(&[
        ("prometheus.yml", &prometheus),
        (
            "rules/a.yml",
            &format!(
                "{RULES}      - record: job:load:avg\n        expr: avg by (job) (node_load1)\n"
            ),
        ),
        ("alertmanager.yml", ALERTMANAGER),
        ("compose.yml", "services:\n  thanos: {image: 'quay.io/thanos/thanos:v0.39.2'}\n"),
        ("dashboards/shop.json", board),
        ("oncall.tf", plan),
    ]);
    let server = node(&chain, "store", "Prometheus (prometheus.yml)");
    let away = node(&chain, "store", "mimir.example.org");
    assert_eq!(link(&chain, server, away), Some(("whole", "sends samples on")));
    assert_eq!(away["note"], "not in this repository");
    let here = node(&chain, "store", "thanos");
    assert_eq!(link(&chain, server, here), Some(("whole", "sends samples on")));
    assert_eq!(
        (&here["path"], &here["note"]),
        (&"compose.yml".into(), &"quay.io/thanos/thanos:v0.39.2".into())
    );

    let board = node(&chain, "alert", "Shop");
    assert_eq!(board["kind"], "dashboard");
    assert_eq!(link(&chain, server, board), Some(("whole", "shown")));
    let rules = node(&chain, "rules", "shop");
    assert_eq!(link(&chain, rules, board), Some(("whole", "shown: job:load:avg")));

    let policy = node(&chain, "person", "Shop");
    let first = node(&chain, "person", "Shop first");
    assert_eq!(policy["kind"], "escalation policy");
    assert_eq!(link(&chain, policy, first), Some(("whole", "calls")));
    let pager = node(&chain, "person", "pager");
    let (state, why) = link(&chain, pager, policy).expect("what a receiver wakes");
    assert_eq!((state, why), ("unknown", "PagerDuty decides by the key whom it wakes"));
    // What an escalation calls is not woken by itself; another product is not meant.
    assert_eq!(link(&chain, pager, first), None);
    assert_eq!(link(&chain, pager, node(&chain, "person", "Other")), None);
}
