//! OBS-R04, R05, C2.1, C2.3, C8.1 to C8.5.

use super::assessed;

/// The verdict on one requirement, and why.
fn verdict_of(id: &str, files: &[(&str, &str)]) -> (&'static str, String) {
    let one = assessed(files, id);
    let clauses: Vec<String> = one
        .clauses
        .iter()
        .map(|it| format!("{}: {} ({})", it.clause.id, it.result.name(), it.reason))
        .collect();
    (one.verdict.name(), format!("{}\n  {}", one.reason, clauses.join("\n  ")))
}

/// Asserts a verdict, showing the clauses where it differs.
#[track_caller]
fn holds(id: &str, files: &[(&str, &str)], expected: &str) {
    let (verdict, why) = verdict_of(id, files);
    assert_eq!(verdict, expected, "{id}: {why}");
}

type Files = Vec<(&'static str, &'static str)>;

const SERVER: (&str, &str) = (
    "prometheus.yml",
    "global: {scrape_interval: 15s, evaluation_interval: 15s}\nrule_files: [rules.yml]\nalerting:\n  alertmanagers:\n    - static_configs: [{targets: [\"alertmanager:9093\"]}]\nscrape_configs:\n  - job_name: prometheus\n    static_configs: [{targets: [\"localhost:9090\"]}]\n  - job_name: shop\n    sample_limit: 5000\n    static_configs: [{targets: [\"shop:80\"]}]\n  - job_name: node\n    static_configs: [{targets: [\"node-exporter:9100\"]}]\n  - job_name: cadvisor\n    static_configs: [{targets: [\"cadvisor:8080\"]}]\n",
);
const COMPOSE: (&str, &str) = (
    "compose.yaml",
    "services:\n  prometheus:\n    image: prom/prometheus:v3.5.0\n  shop:\n    image: shop:1\n  cadvisor:\n    image: gcr.io/cadvisor/cadvisor:v0.52.1\n  node-exporter:\n    image: prom/node-exporter:v1.9.1\n    command: [\"--path.rootfs=/host\"]\n    volumes: [\"/:/host:ro\"]\n    network_mode: host\n    pid: host\n",
);
const RECORDS: (&str, &str) = (
    "rules.yml",
    "groups:\n  - name: g\n    rules:\n      - record: job:http_requests:rate5m\n        expr: sum by (job) (rate(http_requests_total[5m]))\n      - record: job:http_errors:ratio5m\n        expr: sum by (job) (rate(http_requests_total{code=~\"5..\"}[5m])) / sum by (job) (rate(http_requests_total[5m]))\n      - record: job:http_latency:p95\n        expr: histogram_quantile(0.95, sum by (job, le) (rate(http_request_duration_seconds_bucket[5m])))\n      - record: instance:node_cpu:ratio\n        expr: 1 - avg by (instance) (rate(node_cpu_seconds_total{mode=\"idle\"}[5m]))\n      - alert: Down\n        expr: up == 0\n        labels: {severity: critical, team: shop}\n        annotations: {summary: down, description: down}\n",
);

/// A rule file with these rules.
fn rules(body: &str) -> (&'static str, &'static str) {
    ("rules.yml", Box::leak(format!("groups:\n  - name: g\n    rules:\n{body}").into_boxed_str()))
}

fn edited(
    file: (&'static str, &'static str),
    from: &str,
    to: &str,
) -> (&'static str, &'static str) {
    assert!(file.1.contains(from), "{from}");
    (file.0, Box::leak(file.1.replace(from, to).into_boxed_str()))
}

fn all() -> Files {
    vec![SERVER, COMPOSE, RECORDS]
}

#[test]
fn r04_and_c2_1_ask_for_a_whole_server() {
    holds("OBS-R04", &all(), "met");
    holds("OBS-C2.1", &all(), "met");
    let no_rules = edited(SERVER, "rule_files: [rules.yml]\n", "");
    holds("OBS-R04", &[no_rules, COMPOSE, RECORDS], "partly");
    let no_workload = edited(COMPOSE, "  prometheus:\n    image: prom/prometheus:v3.5.0\n", "");
    holds("OBS-C2.1", &[SERVER, no_workload, RECORDS], "partly");
    holds("OBS-R04", &[COMPOSE], "not-met");
    holds(
        "OBS-R04",
        &[("src/lib.rs", "pub fn a() {}\n"), ("Cargo.toml", "[package]\n")],
        "not-applicable",
    );
}

#[test]
fn r05_and_c2_3_ask_for_four_families() {
    holds("OBS-R05", &all(), "met");
    holds("OBS-C2.3", &all(), "met");
    let families = edited(RECORDS, "job:http_latency:p95", "job:x:y");
    let families = edited(families, "http_request_duration_seconds_bucket", "x_bucket");
    holds("OBS-R05", &[SERVER, COMPOSE, families], "partly");
    // A ratio of each series with itself.
    let faulty = rules(
        "      - record: job:http_requests:rate5m\n        expr: sum by (job) (rate(http_requests_total[5m]))\n      - record: job:http_errors:ratio5m\n        expr: rate(http_requests_total{code=~\"5..\"}[5m]) / rate(http_requests_total[5m])\n      - record: job:http_latency:p95\n        expr: histogram_quantile(0.95, sum by (job, le) (rate(http_request_duration_seconds_bucket[5m])))\n      - record: instance:node_cpu:ratio\n        expr: 1 - avg by (instance) (rate(node_cpu_seconds_total{mode=\"idle\"}[5m]))\n",
    );
    holds("OBS-R05", &[SERVER, COMPOSE, faulty], "partly");
    let none = rules("      - alert: Down\n        expr: up == 0\n");
    holds("OBS-R05", &[SERVER, COMPOSE, none], "not-met");
    // An object that the operator's server does not select.
    let server = (
        "p.yaml",
        "apiVersion: monitoring.coreos.com/v1\nkind: Prometheus\nmetadata: {name: k8s, namespace: m}\nspec:\n  ruleSelector: {matchLabels: {role: rules}}\n",
    );
    let object = |role: &str| {
        let body = RECORDS.1.replace('\n', "\n  ");
        let head = "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\n";
        let text = format!(
            "{head}metadata: {{name: r, namespace: m, labels: {{role: {role}}}}}\nspec:\n  {body}"
        );
        ("r.yaml", &*Box::leak(text.into_boxed_str()))
    };
    holds("OBS-R05", &[server, COMPOSE, object("rules")], "met");
    holds("OBS-R05", &[server, COMPOSE, object("other")], "not-met");
    // Recorded, and loaded by nobody.
    let elsewhere = ("other.yml", RECORDS.1);
    holds("OBS-R05", &[SERVER, COMPOSE, none, elsewhere], "not-met");
}

#[test]
fn c8_1_asks_for_a_workload_and_its_scrape() {
    holds("OBS-C8.1", &all(), "met");
    let bare = edited(COMPOSE, "    network_mode: host\n    pid: host\n", "");
    holds("OBS-C8.1", &[SERVER, bare, RECORDS], "partly");
    let undeployed = edited(COMPOSE, "prom/node-exporter:v1.9.1", "busybox:1");
    holds("OBS-C8.1", &[SERVER, undeployed, RECORDS], "partly");
    let neither = edited(
        SERVER,
        "  - job_name: node\n    static_configs: [{targets: [\"node-exporter:9100\"]}]\n",
        "",
    );
    holds(
        "OBS-C8.1",
        &[neither, ("compose.yaml", "services:\n  shop:\n    image: shop:1\n")],
        "not-met",
    );
}

#[test]
fn c8_2_asks_for_objects_and_nodes() {
    let namespace = ("ns.yaml", "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n");
    let jobs = |body: &str| {
        let text = format!("global: {{scrape_interval: 15s}}\nscrape_configs:\n{body}");
        ("prometheus.yml", &*Box::leak(text.into_boxed_str()))
    };
    let objects = "  - job_name: kube-state-metrics\n    static_configs: [{targets: [\"kube-state-metrics:8080\"]}]\n";
    let nodes = "  - job_name: kubelet\n    scheme: https\n    authorization: {credentials_file: /token}\n    kubernetes_sd_configs: [{role: node}]\n";
    holds("OBS-C8.2", &[jobs(&format!("{objects}{nodes}")), namespace], "met");
    holds("OBS-C8.2", &[jobs(nodes), namespace], "partly");
    let shop = "  - job_name: shop\n    static_configs: [{targets: [\"shop:80\"]}]\n";
    holds("OBS-C8.2", &[jobs(shop), namespace], "not-met");
    holds("OBS-C8.2", &[jobs(shop)], "not-applicable");
}

#[test]
fn c8_3_asks_for_a_source_and_a_use() {
    let used = rules(
        "      - record: pod:memory:sum\n        expr: sum by (pod) (container_memory_working_set_bytes)\n",
    );
    holds("OBS-C8.3", &[SERVER, COMPOSE, used], "met");
    holds("OBS-C8.3", &all(), "partly");
    let server = edited(
        SERVER,
        "  - job_name: cadvisor\n    static_configs: [{targets: [\"cadvisor:8080\"]}]\n",
        "",
    );
    holds("OBS-C8.3", &[server, COMPOSE, RECORDS], "not-met");
}

#[test]
fn c8_4_asks_for_traffic_and_errors() {
    let both = rules(
        "      - record: instance:net:rate5m\n        expr: sum by (instance) (rate(node_network_receive_bytes_total[5m]))\n      - alert: Errors\n        expr: rate(node_network_receive_errs_total[5m]) > 1\n",
    );
    holds("OBS-C8.4", &[SERVER, COMPOSE, both], "met");
    let traffic = rules(
        "      - record: instance:net:rate5m\n        expr: sum by (instance) (rate(node_network_receive_bytes_total[5m]))\n",
    );
    holds("OBS-C8.4", &[SERVER, COMPOSE, traffic], "partly");
    holds("OBS-C8.4", &all(), "partly");
    let neither = edited(
        SERVER,
        "  - job_name: node\n    static_configs: [{targets: [\"node-exporter:9100\"]}]\n  - job_name: cadvisor\n    static_configs: [{targets: [\"cadvisor:8080\"]}]\n",
        "",
    );
    holds("OBS-C8.4", &[neither, RECORDS], "not-met");
}

#[test]
fn c8_5_asks_for_an_alert_on_space() {
    let alert = rules(
        "      - alert: Full\n        expr: node_filesystem_avail_bytes{fstype=\"ext4\"} / node_filesystem_size_bytes < 0.1\n",
    );
    holds("OBS-C8.5", &[SERVER, COMPOSE, alert], "met");
    let record = rules(
        "      - record: instance:disk:free\n        expr: min by (instance) (node_filesystem_avail_bytes)\n",
    );
    holds("OBS-C8.5", &[SERVER, COMPOSE, record], "partly");
    // An alert that reads a record of it.
    let through = rules(
        "      - record: instance:disk:free\n        expr: min by (instance) (node_filesystem_avail_bytes)\n      - alert: Full\n        expr: instance:disk:free < 1e9\n",
    );
    holds("OBS-C8.5", &[SERVER, COMPOSE, through], "met");
    let neither = edited(
        SERVER,
        "  - job_name: node\n    static_configs: [{targets: [\"node-exporter:9100\"]}]\n  - job_name: cadvisor\n    static_configs: [{targets: [\"cadvisor:8080\"]}]\n",
        "",
    );
    holds("OBS-C8.5", &[neither, RECORDS], "not-met");
}

#[test]
fn c2_4_and_c2_5_say_what_is_known() {
    let alert = rules("      - alert: Growth\n        expr: scrape_samples_scraped > 10000\n");
    let (verdict, why) = verdict_of("OBS-C2.5", &[SERVER, COMPOSE, alert]);
    assert!(why.contains("growth-alert: met") && why.contains("guard: "), "{verdict}: {why}");
    let used = rules("      - alert: Orders\n        expr: rate(orders_completed_total[5m]) < 1\n");
    let (verdict, why) = verdict_of("OBS-C2.4", &[SERVER, COMPOSE, used]);
    assert!(why.contains("defined: not-met"), "{verdict}: {why}");
    let declared = (
        "shop.py",
        "from prometheus_client import Counter\nO = Counter('orders_completed_total', 'Orders')\n",
    );
    let (verdict, why) = verdict_of("OBS-C2.4", &[SERVER, COMPOSE, used, declared]);
    assert!(!why.contains("not-met"), "{verdict}: {why}");
}

#[test]
fn targets_in_a_file_are_those_of_the_job() {
    let from = "    static_configs: [{targets: [\"node-exporter:9100\"]}]\n";
    let listed = edited(SERVER, from, "    file_sd_configs: [{files: [\"targets/*.yml\"]}]\n");
    let listed = edited(listed, "job_name: node\n", "job_name: machines\n");
    let file = |host: &str| {
        let text = format!("- targets: [\"{host}\"]\n");
        ("targets/a.yml", &*Box::leak(text.into_boxed_str()))
    };
    holds("OBS-C8.1", &[listed, COMPOSE, RECORDS, file("node-exporter:9100")], "met");
    holds("OBS-C8.1", &[listed, COMPOSE, RECORDS, file("shop:8080")], "partly");
}

#[test]
fn what_the_values_of_a_chart_switch_off_does_not_run() {
    let chart = (
        "Chart.yaml",
        "apiVersion: v2\nname: stack\nversion: 1.0.0\ndependencies:\n  - {name: kube-prometheus-stack, version: 60.0.0, alias: kps, condition: kps.enabled}\n",
    );
    let values = |text: &str| {
        let text = format!("kps:\n  grafana: {{enabled: false}}\n{text}");
        ("values.yaml", &*Box::leak(text.into_boxed_str()))
    };
    let on = "  nodeExporter: {enabled: true}\n  kubeStateMetrics: {enabled: true}\n";
    holds("OBS-C8.1", &[chart, values(on)], "met");
    let unwatched = on.replacen("true", "false", 1);
    holds("OBS-C8.1", &[chart, values(&unwatched)], "not-met");
    holds("OBS-C8.2", &[chart, values(&unwatched)], "met");
    let unlisted = on.replace("Metrics: {enabled: true}", "Metrics: {enabled: false}");
    holds("OBS-C8.1", &[chart, values(&unlisted)], "met");
    holds("OBS-C8.2", &[chart, values(&unlisted)], "partly");
    holds("OBS-C8.1", &[chart, values(&format!("  enabled: false\n{on}"))], "not-met");
}
