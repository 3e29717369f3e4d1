//! Dashboards of objectives (C5.4) and performance monitoring (C7.1–C7.5).

use super::assessed;

const SERVICE: (&str, &str) = ("compose.yml", "services:\n  api: {image: \"example/api:1.0\"}\n");
const SERVER: (&str, &str) = (
    "prometheus.yml",
    "global: {scrape_interval: 15s}\nrule_files: [rules.yml]\nscrape_configs: [{job_name: a, static_configs: [{targets: [\"a:80\"]}]}]\n",
);
const ROUTES: (&str, &str) = (
    "alertmanager.yml",
    "route: {receiver: page, group_by: [alertname]}\nreceivers: [{name: page, pagerduty_configs: [{routing_key_file: /k}]}]\n",
);

fn is(requirement: &str, expected: &str, files: &[(&str, &str)]) {
    let found = assessed(files, requirement);
    assert_eq!(found.verdict.name(), expected, "{requirement}: {}\n{files:?}", found.reason);
}

fn rules(items: &[(&str, &str, &str)]) -> String {
    let mut text = "groups:\n  - name: a\n    rules:\n".to_owned();
    for (kind, name, expr) in items {
        text.push_str(&format!("      - {kind}: {name}\n        expr: '{expr}'\n"));
    }
    text
}

fn board(title: &str, exprs: &[&str]) -> String {
    let panels: Vec<String> = exprs
        .iter()
        .enumerate()
        .map(|(at, expr)| {
            let expr = expr.replace('"', "\\\"");
            format!(
                "{{\"type\": \"stat\", \"title\": \"P{at}\", \"targets\": [{{\"expr\": \"{expr}\"}}]}}"
            )
        })
        .collect();
    format!(
        "{{\"uid\": \"u\", \"title\": \"{title}\", \"schemaVersion\": 39, \"panels\": [{}]}}",
        panels.join(", ")
    )
}

const SLOS: (&str, &str) = (
    "slos.yml",
    "slos:\n  api:\n    availability:\n      objective: 99.9\n      measurement_window: 30d\n      error_budget: 0.1\n      sli_definition: sum(rate(x{service=\"api\",code!~\"5..\"}[30d])) / sum(rate(x{service=\"api\"}[30d]))\n  search:\n    availability:\n      objective: 99.5\n      measurement_window: 30d\n      error_budget: 0.5\n      sli_definition: sum(rate(x{service=\"search\",code!~\"5..\"}[30d])) / sum(rate(x{service=\"search\"}[30d]))\n",
);
const EACH: &str = "sum(rate(x{service=~\"$s\",code!~\"5..\"}[$__range])) / sum(rate(x{service=~\"$s\"}[$__range]))";
const ONE: &str = "sum(rate(x{service=\"api\",code!~\"5..\"}[$__range])) / sum(rate(x{service=\"api\"}[$__range]))";
const LEFT: &str = "service:error_budget:remaining";

#[test]
fn dashboards_of_objectives() {
    let with_variable = |exprs: &[&str]| {
        board("SLOs", exprs).replacen(
            "\"panels\"",
            "\"templating\": {\"list\": [{\"name\": \"s\", \"type\": \"custom\", \"query\": \"api,search\"}]}, \"panels\"",
            1,
        )
    };
    let files = |text: String| text;
    let all = files(with_variable(&[EACH, LEFT]));
    is("OBS-C5.4", "met", &[SERVICE, SLOS, ("board.json", &all)]);
    let no_budget = files(with_variable(&[EACH]));
    is("OBS-C5.4", "partly", &[SERVICE, SLOS, ("board.json", &no_budget)]);
    let some = board("SLOs", &[ONE, "service:error_budget:remaining{service=\"api\"}"]);
    is("OBS-C5.4", "partly", &[SERVICE, SLOS, ("board.json", &some)]);
    let broken = all.replacen("sum(rate", "sum(raet", 1);
    is("OBS-C5.4", "partly", &[SERVICE, SLOS, ("board.json", &broken)]);
    let made = ("dashboards/slo.libsonnet", "{ grafanaDashboards+:: { 'slo.json': {} } }\n");
    is("OBS-C5.4", "partly", &[SERVICE, SLOS, made]);
    let cpu = board("Nodes", &["rate(node_cpu_seconds_total[5m])"]);
    is("OBS-C5.4", "not-met", &[SERVICE, SLOS, ("board.json", &cpu)]);
    is("OBS-C5.4", "not-met", &[SERVICE, SLOS]);
    is("OBS-C5.4", "not-applicable", &[SERVER]);
}

#[test]
fn baselines() {
    let latency = ("record", "\"job:latency:p95_avg7d\"", "avg_over_time(job:latency:p95[7d])");
    let cpu = ("record", "\"job:cpu:avg7d\"", "avg_over_time(job:cpu:rate5m[7d])");
    let none = ("record", "\"job:x:rate5m\"", "sum by (job) (rate(x[5m]))");
    for (items, expected) in [
        (&[latency, cpu][..], "met"),
        (&[latency], "partly"),
        (&[cpu], "partly"),
        (&[none], "not-met"),
    ] {
        is("OBS-C7.1", expected, &[SERVER, ("rules.yml", &rules(items))]);
    }
    // Not loaded: the server reads other files.
    let both = rules(&[latency, cpu]);
    is("OBS-C7.1", "not-met", &[SERVER, ("rules.yml", &rules(&[none])), ("old/more.yml", &both)]);
}

#[test]
fn anomalies() {
    let alert =
        rules(&[("alert", "A", "(x - avg_over_time(x[1d])) / stddev_over_time(x[1d]) > 3")]);
    is("OBS-C7.2", "met", &[SERVER, ROUTES, ("rules.yml", &alert)]);
    is("OBS-C7.2", "partly", &[SERVER, ("rules.yml", &alert)]);
    let fixed = rules(&[("alert", "A", "x > 80")]);
    let code = ("analysis.py", "def detect_anomalies(traces):\n    return []\n");
    is("OBS-C7.2", "partly", &[SERVER, ROUTES, ("rules.yml", &fixed), code]);
    is("OBS-C7.2", "not-met", &[SERVER, ROUTES, ("rules.yml", &fixed)]);
}

#[test]
fn capacity() {
    let cpu = ("record", "\"a:cpu:rate5m\"", "sum(rate(node_cpu_seconds_total[5m]))");
    let memory = ("record", "\"a:memory:sum\"", "sum(node_memory_MemAvailable_bytes)");
    let disk = ("record", "\"a:disk:sum\"", "sum(node_filesystem_avail_bytes)");
    let ahead = ("alert", "A", "predict_linear(node_filesystem_avail_bytes[6h], 14400) < 0");
    is("OBS-C7.3", "met", &[SERVER, ("rules.yml", &rules(&[cpu, memory, disk, ahead]))]);
    is("OBS-C7.3", "partly", &[SERVER, ("rules.yml", &rules(&[cpu, memory, disk]))]);
    is("OBS-C7.3", "partly", &[SERVER, ("rules.yml", &rules(&[ahead]))]);
    is("OBS-C7.3", "not-met", &[SERVER, ("rules.yml", &rules(&[("alert", "A", "x > 80")]))]);
}

fn workflow(on: &str, command: &str) -> String {
    format!(
        "on: {on}\njobs:\n  load:\n    runs-on: ubuntu-latest\n    steps:\n      - run: {command}\n"
    )
}

#[test]
fn regressions() {
    let script = |limit: &str| {
        format!("import http from 'k6/http';\nexport const options = {{ {limit} }};\n")
    };
    let limited = script("thresholds: { http_req_duration: ['p(95)<200'] }");
    let path = ".github/workflows/load.yml";
    let merge = workflow("[pull_request]", "k6 run load/test.js");
    let nightly = workflow("{schedule: [{cron: \"0 1 * * *\"}]}", "k6 run load/test.js");
    let by_hand = workflow("[workflow_dispatch]", "k6 run load/test.js");
    let open = script("vus: 1");
    for (flow, script, expected) in [
        (&merge, &limited, "met"),
        (&nightly, &limited, "met"),
        (&by_hand, &limited, "partly"),
        (&merge, &open, "partly"),
    ] {
        is("OBS-C7.4", expected, &[SERVER, (path, flow), ("load/test.js", script)]);
    }
    is("OBS-C7.4", "not-met", &[SERVER, (path, &workflow("[push]", "go test ./..."))]);
    is("OBS-C7.4", "not-met", &[SERVER]);
}

#[test]
fn recommendations() {
    let vpa = (
        "vpa.yaml",
        "apiVersion: autoscaling.k8s.io/v1\nkind: VerticalPodAutoscaler\nmetadata: {name: a}\nspec: {targetRef: {kind: Deployment, name: a}, updatePolicy: {updateMode: \"Off\"}}\n",
    );
    is("OBS-C7.5", "met", &[SERVER, vpa]);
    let code = ("tools/analysis.py", "def recommend_limits(usage):\n    return {}\n");
    is("OBS-C7.5", "partly", &[SERVER, code]);
    let nightly = workflow("[schedule]", "python tools/analysis.py");
    is("OBS-C7.5", "met", &[SERVER, code, (".github/workflows/tune.yml", &nightly)]);
    is("OBS-C7.5", "needs-attestation", &[SERVER]);
}
