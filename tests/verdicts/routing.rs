//! OBS-R16 and OBS-C6.2.

use super::verdict;

type Files = Vec<(&'static str, &'static str)>;

const SERVER: (&str, &str) = (
    "prometheus.yml",
    "global: {scrape_interval: 15s}\nrule_files: [rules.yml]\nalerting: {alertmanagers: [{static_configs: [{targets: ['alertmanager:9093']}]}]}\nscrape_configs:\n  - job_name: api\n    static_configs: [{targets: ['api:80']}]\n",
);
const SERVICE: (&str, &str) = (
    "compose.yaml",
    "services:\n  api:\n    build: ./api\n    ports: ['80:80']\n  prometheus:\n    image: prom/prometheus:v3.5.0\n",
);
const RULES: (&str, &str) = (
    "rules.yml",
    "groups:\n  - name: api\n    rules:\n      - alert: ApiDown\n        expr: up{job=\"api\"} == 0\n        for: 2m\n        labels: {severity: critical, team: api}\n      - alert: ApiSlow\n        expr: up{job=\"api\"} < 1\n        for: 2m\n        labels: {severity: warning, team: api}\n",
);
/// Every part the standard asks for.
const WHOLE: &str = "\
route:
  receiver: chat
  group_by: [alertname, team]
  group_wait: 30s
  group_interval: 5m
  repeat_interval: 4h
  routes:
    - receiver: pager
      matchers: ['severity=\"critical\"']
      continue: true
    - receiver: chat
      matchers: ['team=\"api\"']
inhibit_rules:
  - source_matchers: ['severity=\"critical\"']
    target_matchers: ['severity=\"warning\"']
    equal: [team]
receivers:
  - name: chat
    slack_configs: [{api_url_file: /etc/slack, channel: '#api', send_resolved: true}]
  - name: pager
    pagerduty_configs: [{routing_key_file: /etc/key}]
";

#[track_caller]
fn holds(id: &str, files: &[(&str, &str)], expected: &str) {
    assert_eq!(verdict(files, id).name(), expected, "{id}");
}

fn with(alertmanager: &'static str) -> Files {
    vec![SERVICE, SERVER, RULES, ("alertmanager.yml", alertmanager)]
}

#[track_caller]
fn both(files: &[(&str, &str)], expected: &str) {
    holds("OBS-R16", files, expected);
    holds("OBS-C6.2", files, expected);
}

fn edited(from: &str, to: &str) -> &'static str {
    assert!(WHOLE.contains(from), "{from}");
    Box::leak(WHOLE.replace(from, to).into_boxed_str())
}

#[test]
fn everything_the_standard_asks_for_is_met() {
    both(&with(WHOLE), "met");
}

#[test]
fn an_invalid_file_is_there_but_would_be_rejected() {
    both(&with(edited("receiver: pager\n", "receiver: nobody\n")), "partly");
}

#[test]
fn critical_alerts_that_page_nobody_are_a_gap() {
    both(
        &with(edited(
            "severity=\"critical\"']\n      continue",
            "severity=\"page\"']\n      continue",
        )),
        "partly",
    );
    both(
        &with(edited(
            "pagerduty_configs: [{routing_key_file: /etc/key}]",
            "email_configs: [{to: a@acme.io, from: b@acme.io, smarthost: 'mail:25'}]",
        )),
        "partly",
    );
}

#[test]
fn one_flat_receiver_is_a_part() {
    both(
        &with(
            "route: {receiver: chat}\nreceivers:\n  - name: chat\n    slack_configs: [{api_url_file: /etc/slack, channel: '#api'}]\n",
        ),
        "partly",
    );
}

#[test]
fn alerts_without_an_alertmanager_are_not_met() {
    both(&[SERVICE, RULES], "not-met");
}

#[test]
fn monitors_of_a_hosted_service_are_a_part() {
    let monitor = "resource \"datadog_monitor\" \"down\" {\n  name = \"api down\"\n  type = \"metric alert\"\n  message = \"down @pagerduty\"\n  query = \"avg(last_5m):x > 1\"\n  priority = 1\n}\n";
    both(&[SERVICE, ("monitors.tf", monitor)], "partly");
    holds("OBS-R15", &[SERVICE, ("monitors.tf", monitor)], "partly");
}

#[test]
fn alarms_of_a_template_are_a_part_and_route_where_they_tell_somebody() {
    let template = |actions: &str| {
        format!(
            "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  Down:\n    Type: AWS::CloudWatch::Alarm\n    Properties:\n      AlarmName: !Sub '${{Stack}}-down'\n{actions}"
        )
    };
    let told = template("      AlarmActions: [!Ref Topic]\n");
    both(&[SERVICE, ("stack.yaml", &told)], "partly");
    holds("OBS-R15", &[SERVICE, ("stack.yaml", &told)], "partly");
    let silent = template("");
    both(&[SERVICE, ("stack.yaml", &silent)], "not-met");
    holds("OBS-R15", &[SERVICE, ("stack.yaml", &silent)], "partly");
    let json = r#"{"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"Down": {"Type": "AWS::CloudWatch::Alarm", "Properties": {"AlarmActions": [{"Ref": "Topic"}]}}}}"#;
    both(&[SERVICE, ("stack.json", json)], "partly");
}

#[test]
fn policies_of_grafana_route_too() {
    let points = "apiVersion: 1\ncontactPoints:\n  - orgId: 1\n    name: mail\n    receivers: [{uid: m, type: email, settings: {addresses: a@acme.io}}]\npolicies:\n  - orgId: 1\n    receiver: mail\n";
    both(&[SERVICE, ("grafana/alerting.yaml", points)], "partly");
}
