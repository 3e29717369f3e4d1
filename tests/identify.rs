//! Every kind is found by content alone: under any name, with a key misspelt, a line lost, or
//! text that does not parse; ordinary files are of no kind.

use obsproof::facts::{FileFacts, read};
use obsproof::identify::{Kind, Reading, is_candidate, reading};
use obsproof::source::{Encoding, Source, SourceId};

fn facts(text: &str) -> FileFacts {
    read::read(SourceId(0), &Source::new("file.bin", text.to_owned(), Encoding::Utf8))
}

/// The kind of a text's first document.
fn kind(text: &str) -> Option<Kind> {
    facts(text).documents.first().map(|document| document.kind)
}

const KINDS: &[(Kind, &str)] = &[
    (
        Kind::PrometheusConfig,
        "global:\n  scrape_interval: 15s\nrule_files:\n  - rules.yml\nscrape_configs:\n  - job_name: api\n    static_configs:\n      - targets: ['api:80']\n",
    ),
    (
        Kind::PrometheusRules,
        "groups:\n  - name: a\n    rules:\n      - alert: Down\n        expr: up == 0\n        for: 5m\n",
    ),
    (
        Kind::PrometheusRules,
        "groups:\n- name: a\n  rules:\n  - record: job:up:sum\n    expr: sum(up)\n",
    ),
    (
        Kind::PrometheusRuleTest,
        "rule_files:\n  - rules.yml\ntests:\n  - interval: 1m\n    input_series:\n      - series: up\n        values: '0 0'\n    alert_rule_test:\n      - alertname: Down\n        eval_time: 5m\n",
    ),
    (
        Kind::AlertmanagerConfig,
        "route:\n  receiver: team\n  group_by: [alertname]\nreceivers:\n  - name: team\n    webhook_configs:\n      - url: http://hook/\n",
    ),
    (
        Kind::Strategy,
        "observability:\n  metrics:\n    collection_interval: 15s\n  logs:\n    retention: 30d\n    structured_format: json\n  traces:\n    sampling_rate: 0.1\n",
    ),
    (
        Kind::PromtailConfig,
        "server:\n  http_listen_port: 9080\npositions:\n  filename: /tmp/positions.yaml\nclients:\n  - url: http://loki:3100/loki/api/v1/push\nscrape_configs:\n  - job_name: system\n    static_configs:\n      - targets: [localhost]\n        labels:\n          __path__: /var/log/*log\n",
    ),
    (
        Kind::LokiConfig,
        "auth_enabled: false\nserver:\n  http_listen_port: 3100\ncommon:\n  path_prefix: /loki\nschema_config:\n  configs:\n    - from: 2020-10-24\nlimits_config:\n  retention_period: 30d\n",
    ),
    (
        Kind::Compose,
        "services:\n  web:\n    image: nginx\n    ports: ['80:80']\n    depends_on: [db]\n  db:\n    image: postgres\n    restart: always\n",
    ),
    (
        Kind::OtelCollector,
        "receivers:\n  otlp:\n    protocols:\n      grpc:\nexporters:\n  debug:\nservice:\n  pipelines:\n    traces:\n      receivers: [otlp]\n      exporters: [debug]\n",
    ),
    (
        Kind::Slo,
        "slos:\n  user_service:\n    availability:\n      objective: 99.9%\n      measurement_window: 30d\n      sli_definition: up\n",
    ),
    (
        Kind::Slo,
        "version: prometheus/v1\nservice: api\nslos:\n  - name: a\n    objective: 99.9\n    sli:\n      events:\n        error_query: e\n        total_query: t\n",
    ),
    (
        Kind::Terraform,
        "{\n  \"terraform\": {\n    \"required_version\": \">= 1.0\"\n  },\n  \"provider\": {\n    \"pagerduty\": {}\n  },\n  \"resource\": {\n    \"pagerduty_team\": {\n      \"db\": {\n        \"name\": \"db\"\n      }\n    }\n  }\n}\n",
    ),
    (
        Kind::Kubernetes,
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  selector: {}\n",
    ),
    (
        Kind::PrometheusOperator,
        "apiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\nmetadata:\n  name: web\nspec:\n  selector: {}\n",
    ),
    (
        Kind::GrafanaDashboard,
        "{\n  \"title\": \"x\",\n  \"schemaVersion\": 39,\n  \"panels\": [\n    {\n      \"gridPos\": {},\n      \"targets\": []\n    }\n  ]\n}\n",
    ),
    (
        Kind::HelmValues,
        "replicaCount: 1\nimage:\n  repository: nginx\n  tag: '1'\n  pullPolicy: Always\nnodeSelector: {}\n",
    ),
    (
        Kind::HelmChart,
        "apiVersion: v2\nname: x\nversion: 1.0.0\nappVersion: '1'\ntype: application\n",
    ),
    (
        Kind::ElasticsearchConfig,
        "cluster.name: x\nnetwork.host: 0.0.0.0\ndiscovery.type: single-node\nxpack.security.enabled: true\n",
    ),
    (
        Kind::JaegerStrategies,
        "{\n  \"default_strategy\": {\n    \"type\": \"probabilistic\",\n    \"param\": 0.1\n  },\n  \"service_strategies\": [\n    {\n      \"service\": \"a\",\n      \"param\": 1\n    }\n  ]\n}\n",
    ),
];

#[test]
fn kinds_are_known_by_content() {
    for (expected, text) in KINDS {
        assert_eq!(kind(text), Some(*expected), "{text}");
        assert!(is_candidate(text), "{text}");
    }
}

#[test]
fn terraform_is_known_by_its_blocks() {
    let text = "resource \"pagerduty_schedule\" \"db\" {\n  name = \"db\"\n}\n";
    assert_eq!(kind(text), Some(Kind::Terraform));
    assert_eq!(kind(&text.replace("resource", "resorce")), Some(Kind::Terraform));
    assert_eq!(kind("module \"vpc\" {\n  source = \"./vpc\"\n}\n"), Some(Kind::Terraform));
    assert_ne!(kind("job \"docs\" {\n  group \"web\" {\n  }\n}\n"), Some(Kind::Terraform));
}

/// Every key of `text` with one letter changed, doubled, or swapped with the next.
fn misspellings(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut line_start = 0;
    for line in text.split_inclusive('\n') {
        let body = line.trim_start_matches([' ', '-', '"']);
        let start = line_start + line.len() - body.len();
        line_start += line.len();
        let Some(len) = body.find([':', '"']).filter(|len| *len > 3) else { continue };
        let key = &text[start..start + len];
        let (head, tail) = (&text[..start], &text[start + len..]);
        let at = len / 2;
        let doubled = format!("{}{}", &key[..=at], &key[at..]);
        let lost = format!("{}{}", &key[..at], &key[at + 1..]);
        for wrong in [doubled, lost] {
            found.push(format!("{head}{wrong}{tail}"));
        }
    }
    found
}

#[test]
fn one_misspelt_key_changes_nothing() {
    for (expected, text) in KINDS {
        for wrong in misspellings(text) {
            assert_eq!(kind(&wrong), Some(*expected), "{wrong}");
        }
    }
}

#[test]
fn one_lost_line_changes_nothing() {
    // Objects are what their `kind` and `apiVersion` say; short rule files are tried as well.
    for (expected, text) in KINDS {
        for lost in 0..text.lines().count() {
            let left: String = text
                .split_inclusive('\n')
                .enumerate()
                .filter(|(number, _)| *number != lost)
                .map(|(_, line)| line)
                .collect();
            assert_eq!(kind(&left), Some(*expected), "without line {}:\n{left}", lost + 1);
        }
    }
}

#[test]
fn a_text_that_does_not_parse_is_known_by_its_lines() {
    for (expected, text) in KINDS.iter().filter(|(_, text)| !text.starts_with('{')) {
        let broken = format!("{text}  broken: [\n");
        assert_eq!(kind(&broken), Some(*expected), "{broken}");
    }
}

#[test]
fn pipelines_are_told_from_compose_files() {
    for text in [
        "name: ci\non: [push]\njobs:\n  test:\n    runs-on: ubuntu-latest\n    services:\n      db:\n        image: postgres\n    steps:\n      - uses: actions/checkout@v4\n",
        "stages: [build]\nbuild:\n  image: node\n  services: [postgres]\n  script: [make]\n",
    ] {
        assert_eq!(kind(text), Some(Kind::CiPipeline), "{text}");
    }
}

#[test]
fn ordinary_files_are_of_no_kind() {
    for text in [
        "openapi: 3.0.0\ninfo:\n  title: x\n  version: 1.0.0\npaths:\n  /a:\n    get:\n      responses: {}\n",
        "{\"name\": \"x\", \"version\": \"1.0.0\", \"scripts\": {\"test\": \"jest\"}, \"dependencies\": {\"a\": \"1\"}}",
        "{\"metrics\": \"Metrics\", \"logs\": \"Logs\", \"route\": \"Route\", \"alerts\": {\"title\": \"Alerts\"}}",
        "- hosts: all\n  become: true\n  tasks:\n    - name: x\n      apt:\n        name: y\n  handlers: []\n",
        "site_name: x\nnav:\n  - Home: index.md\ntheme:\n  name: material\nplugins: [search]\n",
        "{\"$schema\": \"http://json-schema.org/draft-07/schema#\", \"type\": \"object\", \"properties\": {\"groups\": {\"type\": \"array\"}, \"scrape_configs\": {\"type\": \"array\"}}}",
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: x\nspec:\n  group: y\n",
        "groups:\n  - name: Basic\n    services:\n      - name: Host\n        exporters:\n          - rules:\n              - name: a\n                description: b\n                query: up\n",
        "language: go\ngo: ['1.20']\nscript: make test\nservices:\n  - docker\n",
        "spring:\n  application:\n    name: x\nserver:\n  port: 8080\nmanagement:\n  endpoints: {}\n",
        "log-level: warn\nhttp.host: 0.0.0.0\napi.enabled: false\nssh.host: 0.0.0.0\nldap.url: ldap://x\n",
        "<?xml version='1.0'?>\n<fontconfig>\n <match target=\"font\">\n </match>\n</fontconfig>\n",
        "suricata-version: \"7.0\"\nstats:\n  enabled: no\noutputs:\n  - fast:\n      enabled: no\ndefault-rule-path: /var/lib/suricata\nrule-files:\n  - suricata.rules\n",
        "akka {\n  loglevel = \"INFO\"\n}\ninput {\n  kafka { bootstrap = \"x:9092\" }\n}\n",
        "input {\n  kafka {\n    topic = a\n  }\n}\nplay.filters {\n  hosts { allowed: [\".\"] }\n}\n",
        "--[[\n  [INPUT]\n    Name tail\n  [OUTPUT]\n    Name stdout\n]]\nfunction f(tag, ts, record)\n  return 1, ts, record\nend\n",
        "processors:\n  - batch:\n      exporter:\n        otlp: {protocol: http/protobuf}\n  - simple:\n      exporter: {console: {}}\n",
        "buildinfo: {command: otelcol}\nreceivers:\n  - name: otlp\n    module: example.com/otlp v1\nexporters:\n  - name: otlp\n    module: example.com/otlp v1\n",
        "version: 2\nupdates:\n  - package-ecosystem: npm\n    directory: /\n    schedule:\n      interval: daily\n",
    ] {
        assert_eq!(kind(text), None, "{text}");
    }
}

#[test]
fn other_programs_of_the_stack_are_no_kibana() {
    let search = "ent_search.listen_host: 0.0.0.0\nkibana.host: http://localhost:5601\nelasticsearch.host: https://es:9200\nelasticsearch.username: elastic\nelasticsearch.password: ${PW}\n";
    assert_eq!(kind(search), None);
    let apm = "apm-server:\n  host: \"0.0.0.0:8200\"\nelasticsearch.hosts: [a]\nelasticsearch.username: a\n";
    assert_ne!(kind(apm), Some(Kind::KibanaConfig));
}

#[test]
fn neighbours_are_told_apart() {
    let cases = [
        (Kind::PrometheusFragment, "- job_name: a\n  static_configs:\n    - targets: [a]\n"),
        (Kind::PrometheusFragment, "scrape_configs:\n  - job_name: a\n    static_configs: []\n"),
        (Kind::PrometheusTargets, "- targets: ['a:80']\n  labels:\n    env: x\n"),
        (Kind::PrometheusTargets, "[{\"targets\": [\"a:80\"], \"labels\": {}}]"),
        (
            Kind::GrafanaProvisioning,
            "apiVersion: 1\ngroups:\n  - orgId: 1\n    name: a\n    folder: b\n    rules:\n      - uid: x\n        title: t\n        condition: A\n        data: []\n",
        ),
        (Kind::LogstashPipeline, "input {\n  beats { port => 5044 }\n}\noutput { stdout {} }\n"),
        (
            Kind::FluentdConfig,
            "<source>\n  @type forward\n</source>\n<match **>\n  @type stdout\n</match>\n",
        ),
        (Kind::LogstashConfig, "http.host: 0.0.0.0\npipeline.workers: 2\nlog.level: info\n"),
        (Kind::FluentBitConfig, "[INPUT]\n    Name tail\n    Path /x\n[OUTPUT]\n    Name stdout\n"),
        (
            Kind::VectorConfig,
            "[sources.a]\ntype = \"file\"\n[sinks.b]\ntype = \"console\"\ninputs = [\"a\"]\n",
        ),
        (
            Kind::AlertmanagerTemplate,
            "{{ define \"slack.title\" }}{{ .Alerts.Firing | len }}{{ end }}\n",
        ),
        (
            Kind::CortexTenant,
            "id: 1\nrule_format_version: '2'\nrules_files:\n  a.yml: |\n    groups: []\nalertmanager_config: |\n  route: {receiver: a}\n",
        ),
        (
            Kind::CloudFormation,
            "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  A:\n    Type: AWS::SNS::Topic\n",
        ),
        (Kind::Python, "#!/usr/bin/env python3\nprint(1)\n"),
    ];
    for (expected, text) in cases {
        assert_eq!(kind(text), Some(expected), "{text}");
    }
    assert_eq!(reading("a.rs", "fn main() {}\n"), Reading::Whole(Kind::Rust));
    assert_eq!(reading("notes.md", "# Title\n\nroute: x\n"), Reading::Whole(Kind::Markdown));
    let rules = "groups:\n- name: a\n  rules:\n  - alert: A\n    expr: up\n";
    assert_eq!(reading("x.py", rules), Reading::Structured);
}
