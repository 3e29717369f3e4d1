//! OBS-R13, OBS-R14, OBS-C5.1, C5.2, C5.3, C5.5.

use super::assessed_with;
use obsproof::catalogue::by_code;
use obsproof::config::Settings;

fn with_settings(id: &str, files: &[(&str, &str)], settings: Settings) -> (&'static str, String) {
    let one = assessed_with(files, id, settings);
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
    let (verdict, why) = with_settings(id, files, Settings::default());
    assert_eq!(verdict, expected, "{id}: {why}");
}

type Files = Vec<(&'static str, &'static str)>;

const SERVICE: (&str, &str) = (
    "compose.yaml",
    "services:\n  api:\n    build: ./api\n    ports: [\"80:80\"]\n  prometheus:\n    image: prom/prometheus:v3.5.0\n    command: [\"--config.file=/etc/prometheus/prometheus.yml\", \"--storage.tsdb.retention.time=90d\"]\n",
);
const SERVER: (&str, &str) = (
    "prometheus.yml",
    "global: {scrape_interval: 15s}\nrule_files: [rules.yml]\nscrape_configs:\n  - job_name: api\n    static_configs: [{targets: [\"api:80\"]}]\n",
);
const WHOLE: (&str, &str) = (
    "slos.yml",
    "slos:\n  api:\n    availability:\n      objective: 99.9%\n      measurement_window: 30d\n      error_budget: 0.1%\n      sli_definition: sum(rate(requests_total{service=\"api\",code!~\"5..\"}[30d])) / sum(rate(requests_total{service=\"api\"}[30d])) * 100\n      alerting_threshold: 50%\n",
);
/// Budget records, and an alert over two windows.
const RULES: (&str, &str) = (
    "rules.yml",
    "groups:\n  - name: slo\n    rules:\n      - record: service:slo_errors:ratio_rate1h\n        expr: sum by (service) (rate(requests_total{code=~\"5..\"}[1h])) / sum by (service) (rate(requests_total[1h]))\n      - record: service:slo_errors:ratio_rate5m\n        expr: sum by (service) (rate(requests_total{code=~\"5..\"}[5m])) / sum by (service) (rate(requests_total[5m]))\n      - record: service:error_budget:ratio_rate30d\n        expr: sum by (service) (rate(requests_total{code=~\"5..\"}[30d])) / sum by (service) (rate(requests_total[30d]))\n      - alert: ErrorBudgetBurn\n        expr: service:slo_errors:ratio_rate1h{service=\"api\"} > (14.4 * 0.001) and service:slo_errors:ratio_rate5m{service=\"api\"} > (14.4 * 0.001)\n        for: 2m\n        labels: {severity: critical, team: api}\n        annotations: {summary: burning, description: burning, runbook_url: \"https://example.com/runbook\"}\n",
);
const THRESHOLD: (&str, &str) = (
    "rules.yml",
    "groups:\n  - name: slo\n    rules:\n      - alert: Errors\n        expr: sum(rate(requests_total{service=\"api\",code=~\"5..\"}[5m])) > 10\n        labels: {severity: critical, team: api}\n",
);
const RECEIVER: (&str, &str) = (
    "alertmanager.yml",
    "route: {receiver: people}\nreceivers:\n  - name: people\n    pagerduty_configs: [{routing_key_file: /etc/key}]\n",
);
const SLOTH: (&str, &str) = (
    "sloth.yml",
    "version: prometheus/v1\nservice: api\nslos:\n  - name: availability\n    objective: 99.9\n    sli:\n      events:\n        error_query: sum(rate(requests_total{service=\"api\",code=~\"5..\"}[{{.window}}]))\n        total_query: sum(rate(requests_total{service=\"api\"}[{{.window}}]))\n    alerting: {name: ApiErrors}\n",
);
const READER: (&str, &str) = (
    "evaluate.py",
    "import yaml\n\n\ndef evaluate(client, path):\n    slos = yaml.safe_load(open(path))['slos']\n    for service, entries in slos.items():\n        for name, slo in entries.items():\n            query = slo['sli_definition']\n            print(service, name, client.query(query), slo['objective'], slo['measurement_window'])\n            print(slo['error_budget'], slo['alerting_threshold'])\n",
);

fn with(files: &[(&'static str, &'static str)]) -> Files {
    [&[SERVICE, SERVER], files].concat()
}

fn edited(
    file: (&'static str, &'static str),
    from: &str,
    to: &str,
) -> (&'static str, &'static str) {
    assert!(file.1.contains(from), "{from}");
    (file.0, Box::leak(file.1.replace(from, to).into_boxed_str()))
}

/// What nobody has looked up yet leaves a verdict open.
fn met_with_metrics() -> &'static str {
    if by_code("XREF002").is_some() { "met" } else { "unknown" }
}

#[test]
fn r13_is_met_by_whole_objectives() {
    holds("OBS-R13", &with(&[WHOLE, RULES, RECEIVER]), met_with_metrics());
    holds("OBS-R13", &with(&[SLOTH]), met_with_metrics());
}

#[test]
fn r13_is_partly_met_with_a_field_missing_or_at_fault() {
    let missing = edited(WHOLE, "      measurement_window: 30d\n", "");
    holds("OBS-R13", &with(&[missing, RULES]), "partly");
    let wrong = edited(WHOLE, "error_budget: 0.1%", "error_budget: 1%");
    holds("OBS-R13", &with(&[wrong, RULES]), "partly");
    let silent = edited(WHOLE, "      alerting_threshold: 50%\n", "");
    holds("OBS-R13", &with(&[silent, RULES]), "partly");
    // Burn rates alone show that there are objectives elsewhere.
    holds("OBS-R13", &with(&[RULES]), "partly");
}

#[test]
fn r13_is_not_met_without_objectives_and_needs_a_service() {
    holds("OBS-R13", &with(&[THRESHOLD]), "not-met");
    holds("OBS-R13", &[SERVER, THRESHOLD], "not-applicable");
}

#[test]
fn r14_is_met_by_a_generator_by_budget_rules_or_an_evaluator() {
    holds("OBS-R14", &with(&[SLOTH]), "met");
    holds("OBS-R14", &with(&[WHOLE, RULES]), "met");
    holds("OBS-R14", &with(&[WHOLE, READER]), "met");
}

#[test]
fn r14_is_partly_met_where_the_window_is_ignored() {
    let short = edited(WHOLE, "[30d]", "[5m]");
    holds("OBS-R14", &with(&[short, READER]), "partly");
}

#[test]
fn r14_is_not_met_by_a_file_that_nothing_reads() {
    holds("OBS-R14", &with(&[WHOLE]), "not-met");
}

#[test]
fn c5_1_asks_for_the_list_of_critical_services() {
    holds("OBS-C5.1", &with(&[WHOLE, RULES]), "partly");
    holds("OBS-C5.1", &with(&[THRESHOLD]), "not-met");
    let listed = |services: &[&str]| {
        let critical = services.iter().map(|it| (*it).to_owned()).collect();
        let settings = Settings { critical_services: critical, ..Settings::default() };
        with_settings("OBS-C5.1", &with(&[WHOLE, RULES]), settings)
    };
    let (met, why) = listed(&["api"]);
    assert_eq!(met, "met", "{why}");
    let (partly, why) = listed(&["api", "billing"]);
    assert_eq!(partly, "partly", "{why}");
}

#[test]
fn c5_2_asks_for_sound_queries() {
    let metrics = "app.py";
    let source = "from prometheus_client import Counter\n\nREQUESTS = Counter('requests_total', 'Requests', ['service', 'code'])\n";
    holds("OBS-C5.2", &with(&[WHOLE, RULES, (metrics, source)]), met_with_metrics());
    let vanishing = edited(WHOLE, "[30d])) * 100", "[30d])) * 100 > 99");
    holds("OBS-C5.2", &with(&[vanishing, RULES]), "partly");
    let lopsided = edited(WHOLE, "service=\"api\"}[30d]", "service=\"web\"}[30d]");
    holds("OBS-C5.2", &with(&[lopsided, RULES]), "partly");
    holds("OBS-C5.2", &with(&[THRESHOLD]), "not-met");
}

#[test]
fn c5_3_asks_for_a_budget_that_is_counted_on_its_own() {
    holds("OBS-C5.3", &with(&[SLOTH]), "met");
    holds("OBS-C5.3", &with(&[WHOLE, RULES]), "met");
    // An evaluator that nothing starts.
    holds("OBS-C5.3", &with(&[WHOLE, READER]), "partly");
    let job = "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: slo}\nspec:\n  schedule: \"*/5 * * * *\"\n  jobTemplate:\n    spec:\n      template:\n        spec:\n          containers:\n            - name: slo\n              image: example.com/slo:1\n              args: [python, evaluate.py]\n";
    holds("OBS-C5.3", &with(&[WHOLE, READER, ("job.yaml", job)]), "met");
    let short = edited(WHOLE, "[30d]", "[5m]");
    holds("OBS-C5.3", &with(&[short, READER, ("job.yaml", job)]), "partly");
    holds("OBS-C5.3", &with(&[THRESHOLD]), "not-met");
}

#[test]
fn c5_5_asks_for_burn_alerts_over_two_windows() {
    holds("OBS-C5.5", &with(&[SLOTH]), "met");
    holds("OBS-C5.5", &with(&[WHOLE, RULES, RECEIVER]), "met");
    holds("OBS-C5.5", &with(&[WHOLE, THRESHOLD, RECEIVER]), "partly");
    holds("OBS-C5.5", &with(&[WHOLE]), "not-met");
    let off = edited(
        SLOTH,
        "{name: ApiErrors}",
        "{page_alert: {disable: true}, ticket_alert: {disable: true}}",
    );
    holds("OBS-C5.5", &with(&[off]), "not-met");
}
