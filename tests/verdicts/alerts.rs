//! OBS-R15 and OBS-C6.1: what rests on the alerts themselves.

use super::verdict;

const ALERTS: &str = r#"groups:
  - name: a
    rules:
      - alert: Down
        expr: up == 0
        for: 2m
        labels: {severity: critical, team: shop}
        annotations: {summary: down, description: "{{ $labels.instance }}", runbook_url: "https://wiki.shop.dev/down"}
"#;

const SERVER: &str = r#"global: {scrape_interval: 15s, evaluation_interval: 15s}
rule_files: [alerts.yml]
scrape_configs:
  - job_name: shop
    static_configs: [{targets: ["shop:8080"]}]
"#;

const ROUTES: &str = r#"route:
  receiver: a
  group_by: [alertname]
  routes:
    - matchers: [team="shop"]
      receiver: shop
receivers:
  - name: a
  - name: shop
    pagerduty_configs: [{routing_key_file: /run/key}]
"#;

/// What became of one clause.
fn clause(requirement: &str, clause: &str, files: &[(&str, &str)]) -> &'static str {
    super::clause(files, requirement, clause).name()
}

fn alert(change: (&str, &str)) -> String {
    assert!(ALERTS.contains(change.0));
    ALERTS.replace(change.0, change.1)
}

#[test]
fn without_alerts_neither_is_met() {
    let files = [("prometheus.yml", "global: {}\nscrape_configs: [{job_name: a}]\n")];
    for id in ["OBS-R15", "OBS-C6.1"] {
        assert_eq!(verdict(&files, id).name(), "not-met", "{id}");
    }
}

#[test]
fn one_good_alert_is_a_part() {
    let files = [("prometheus.yml", SERVER), ("alerts.yml", ALERTS), ("alertmanager.yml", ROUTES)];
    assert_eq!(verdict(&files, "OBS-R15").name(), "partly");
}

#[test]
fn sound_alerts_are_those_that_can_fire_and_say_the_truth() {
    let sound = |alerts: &str| {
        clause("OBS-R15", "sound", &[("prometheus.yml", SERVER), ("alerts.yml", alerts)])
    };
    assert_eq!(sound(ALERTS), "met");
    for change in [
        ("up == 0", "rate(up[5m])"),
        ("up == 0", "up == bool 0"),
        ("team: shop}", "team: shop, v: '{{ $value }}'}"),
    ] {
        let change = if change.1.contains("$value") {
            alert(change).replace("up == 0", "up < 1")
        } else {
            alert(change)
        };
        assert!(["partly", "not-met"].contains(&sound(&change)), "{change}");
    }
}

#[test]
fn a_template_that_prometheus_refuses_breaks_the_rules() {
    let rules = |alerts: &str| {
        clause("OBS-R15", "rules", &[("prometheus.yml", SERVER), ("alerts.yml", alerts)])
    };
    assert_eq!(rules(ALERTS), "met");
    assert_ne!(rules(&alert(("{{ $labels.instance }}", "{{ $lables.instance }}"))), "met");
}

#[test]
fn alerts_are_routed_where_a_route_is_meant_for_them() {
    let routed = |files: &[(&str, &str)]| clause("OBS-R15", "routed", files);
    let all = [("prometheus.yml", SERVER), ("alerts.yml", ALERTS), ("alertmanager.yml", ROUTES)];
    assert_eq!(routed(&all), "met");
    assert_ne!(routed(&all[..2]), "met");
}

#[test]
fn the_loss_of_a_job_is_noticed_where_an_alert_reads_up() {
    let watched = |alerts: &str| {
        clause("OBS-C6.1", "every-job", &[("prometheus.yml", SERVER), ("alerts.yml", alerts)])
    };
    assert_eq!(watched(ALERTS), "met");
    assert_ne!(watched(&alert(("up == 0", "shop_errors > 1"))), "met");
    assert_ne!(watched(&alert(("up == 0", "up{job='other'} == 0"))), "met");
}

#[test]
fn an_alert_on_a_log_shipper_covers_log_delivery() {
    let covers = |alerts: &str| {
        clause("OBS-C6.1", "log-failure", &[("prometheus.yml", SERVER), ("alerts.yml", alerts)])
    };
    assert_eq!(covers(ALERTS), "not-met");
    let shipped = alert(("up == 0", "rate(fluentbit_output_dropped_records_total[5m]) > 0"));
    assert_eq!(covers(&shipped), "met");
    let kept = alert(("up == 0", "rate(otelcol_exporter_send_failed_spans[5m]) > 0"));
    assert_eq!(covers(&kept), "not-met");
}

#[test]
fn alerts_of_grafana_count_by_what_their_steps_read() {
    let rule = |expr: &str| {
        format!(
            "apiVersion: 1\ngroups:\n  - orgId: 1\n    name: g\n    folder: f\n    interval: 1m\n    rules:\n      - uid: r1\n        title: Slow\n        condition: C\n        for: 5m\n        labels: {{severity: critical, team: shop}}\n        data:\n          - refId: A\n            relativeTimeRange: {{from: 600, to: 0}}\n            datasourceUid: prom\n            model: {{refId: A, expr: '{expr}', datasource: {{type: prometheus, uid: prom}}}}\n          - refId: C\n            datasourceUid: __expr__\n            model: {{refId: C, type: threshold, expression: A, conditions: [{{evaluator: {{type: gt, params: [5]}}}}]}}\n"
        )
    };
    let path = "provisioning/alerting/rules.yaml";
    let slow = rule(
        "histogram_quantile(0.95, sum by (le) (rate(http_server_request_duration_seconds_bucket[5m])))",
    );
    assert_eq!(clause("OBS-C6.1", "latency", &[(path, &slow)]), "met");
    assert_eq!(clause("OBS-C6.1", "cpu", &[(path, &slow)]), "not-met");
    let busy = rule("1 - avg by (instance) (rate(node_cpu_seconds_total{mode=\"idle\"}[5m]))");
    assert_eq!(clause("OBS-C6.1", "cpu", &[(path, &busy)]), "met");
    assert_eq!(clause("OBS-C6.1", "latency", &[(path, &busy)]), "not-met");
}

#[test]
fn a_name_makes_no_figure_of_the_business_of_an_exporter() {
    let named =
        |expr: &str| alert(("expr: up == 0", expr)).replace("alert: Down", "alert: OrdersLost");
    let own = named("expr: rate(orders_failed_total[5m]) > 1");
    let files = [("prometheus.yml", SERVER), ("alerts.yml", &*own)];
    assert_eq!(clause("OBS-C6.1", "business", &files), "met");
    let other = named("expr: rate(prometheus_target_scrapes_sample_out_of_order_total[5m]) > 1");
    let files = [("prometheus.yml", SERVER), ("alerts.yml", &*other)];
    assert_eq!(clause("OBS-C6.1", "business", &files), "not-met");
}
