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
