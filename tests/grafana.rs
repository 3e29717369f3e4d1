//! Grafana's own alerting is the same to the rules as Prometheus' and Alertmanager's, where the
//! question is the same.

use obsproof::catalogue::rules;
use obsproof::repo::Repo;
use obsproof::repo::model::Model;
use obsproof::repo::routing::Answer;
use obsproof::source::{Encoding, Source};
use obsproof::{check, scan};

fn repo(files: &[(&str, &str)]) -> Repo {
    let mut files = files.to_vec();
    files.sort_unstable();
    let source = |(path, text): &(&str, &str)| {
        Source::new((*path).to_owned(), (*text).to_owned(), Encoding::Utf8)
    };
    let paths = files.iter().map(|(path, _)| (*path).to_owned()).collect();
    scan::model(files.iter().map(source).collect(), paths)
}

/// Codes, lines and texts of all findings in these families.
fn findings(repo: &Repo, families: &[&str]) -> Vec<String> {
    let rules: Vec<_> =
        rules().iter().filter(|rule| families.contains(&rule.family()) && !rule.absence).collect();
    let outcomes = check::check(repo, &rules);
    assert!(outcomes.iter().all(|outcome| outcome.panics.is_empty()));
    let mut found: Vec<String> = outcomes
        .iter()
        .flat_map(|outcome| &outcome.findings)
        .map(|finding| {
            let place = finding.span.map_or(".".to_owned(), |span| {
                format!("{}:{} {}", repo.path(span), repo.line(span), repo.text(span))
            });
            format!("{} {place}", finding.rule.code)
        })
        .collect();
    found.sort();
    found
}

const RULES: &str = "\
apiVersion: 1
groups:
  - orgId: 1
    name: shop
    folder: shop
    interval: 1m
    rules:
      - uid: a1
        title: CheckoutFails
        condition: C
        for: 5m
        data:
          - refId: A
            datasourceUid: prom
            model: {expr: 'sum(rate(checkout_errors_total[5m]))', refId: A}
          - refId: C
            datasourceUid: __expr__
            model: {expression: A, type: threshold}
        labels: {severity: critical, team: pay}
        annotations:
          summary: '{{ $values.A.Value }} checkouts fail'
          description: humanizeNothing {{ humanizeNothing 1 }}
          runbook_url: https://runbooks.acme.io/checkout
      - uid: a2
        title: QueueLong
        condition: A
        data: []
";

const POLICIES: &str = "\
apiVersion: 1
policies:
  - orgId: 1
    receiver: chat
    group_by: [alertname]
    routes:
      - receiver: mail
        object_matchers: [[team, '=', pay]]
      - receiver: pager
        object_matchers: [[team, =, pay], [severity, =, critical]]
";

const POINTS: &str = "\
apiVersion: 1
contactPoints:
  - orgId: 1
    name: chat
    receivers: [{uid: c, type: slack, settings: {url: $URL}}]
  - orgId: 1
    name: mail
    receivers: [{uid: m, type: email, settings: {addresses: a@acme.io}}]
  - orgId: 1
    name: pager
    receivers: [{uid: p, type: pagerduty, settings: {integrationKey: $KEY}}]
";

#[test]
fn provisioned_alerts_are_walked_and_judged() {
    let files = [
        ("provisioning/alerting/points.yaml", POINTS),
        ("provisioning/alerting/policies.yaml", POLICIES),
        ("provisioning/alerting/rules.yaml", RULES),
    ];
    let repo = repo(&files);
    let model = Model::new(&repo);
    let names: Vec<&str> =
        model.alerts().iter().map(|alert| alert.rule.name.text.as_str()).collect();
    assert_eq!(names, ["CheckoutFails", "QueueLong"]);
    let reached: Vec<_> = model.routing().reached(0).collect();
    assert_eq!(reached.len(), 1);
    assert_eq!(reached[0].sure, Answer::Yes);
    assert_eq!(reached[0].receiver.map(|(_, name)| name.text.as_str()), Some("mail"));
    assert!(reached[0].defined(&repo).is_some(), "a contact point of another file");

    let found = findings(&repo, &["ALRT", "AMGR", "RULE", "PQL", "PROM"]);
    let at = |code: &str| found.iter().filter(|line| line.starts_with(code)).collect::<Vec<_>>();
    assert_eq!(
        at("AMGR"),
        [
            "AMGR025 provisioning/alerting/policies.yaml:10 object_matchers",
            "AMGR029 provisioning/alerting/policies.yaml:7 mail"
        ]
    );
    for code in ["ALRT001", "ALRT003", "ALRT004", "ALRT005"] {
        assert_eq!(at(code), [&format!("{code} provisioning/alerting/rules.yaml:25 QueueLong")]);
    }
    let others: Vec<&String> = found
        .iter()
        .filter(|line| !line.starts_with("AMGR") && !line.starts_with("ALRT0"))
        .collect();
    assert!(others.is_empty(), "{others:?}");
}

#[test]
fn an_alert_that_names_its_receiver_takes_no_route() {
    let direct = RULES.replace(
        "        annotations:\n",
        "        notification_settings: {receiver: mail}\n        annotations:\n",
    );
    let files = [("points.yaml", POINTS), ("policies.yaml", POLICIES), ("rules.yaml", &direct)];
    let repo = repo(&files);
    let model = Model::new(&repo);
    assert_eq!(model.routing().reached(0).count(), 0);
    assert!(!findings(&repo, &["AMGR"]).iter().any(|line| line.starts_with("AMGR029")));
}

#[test]
fn alerts_of_prometheus_take_no_policy_of_grafana() {
    let files = [
        (
            "alerts.yml",
            "groups: [{name: a, rules: [{alert: A, expr: up == 0, labels: {team: pay}}]}]",
        ),
        ("policies.yaml", POLICIES),
    ];
    let repo = repo(&files);
    assert_eq!(Model::new(&repo).routing().reached(0).count(), 0);
}

#[test]
fn terraform_says_the_same() {
    let text = r#"
resource "grafana_rule_group" "shop" {
  name = "shop"
  folder_uid = "x"
  interval_seconds = 60
  rule {
    name = "CheckoutFails"
    condition = "C"
    for = "5m"
    labels = {
      severity = "critical"
      team = "pay"
    }
    annotations = {
      summary = "checkouts fail"
    }
  }
}

resource "grafana_contact_point" "mail" {
  name = "mail"
  email {
    addresses = ["a@acme.io"]
  }
}

resource "grafana_notification_policy" "all" {
  contact_point = "mail"
  group_by = ["alertname"]
  policy {
    contact_point = "mail"
    matcher {
      label = "team"
      match = "="
      value = "pay"
    }
    policy {
      contact_point = "mail"
      matcher {
        label = "severity"
        match = "=~"
        value = "critical|page"
      }
    }
  }
}
"#;
    let repo = repo(&[("alerting.tf", text)]);
    let model = Model::new(&repo);
    let reached: Vec<_> = model.routing().reached(0).collect();
    assert_eq!(reached.len(), 1);
    assert_eq!((reached[0].node, reached[0].sure), (2, Answer::Yes));
    let found = findings(&repo, &["AMGR"]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("AMGR029 alerting.tf:"), "{found:?}");
}

/// One provisioned alert with these steps.
fn stepped(steps: &str) -> String {
    format!(
        "apiVersion: 1\ngroups:\n  - name: g\n    folder: f\n    interval: 1m\n    rules:\n      - uid: a\n        title: A\n        condition: C\n        data:\n{steps}        labels: {{severity: critical, team: pay}}\n"
    )
}

fn step(source: &str, model: &str) -> String {
    format!(
        "          - refId: A\n            datasourceUid: {source}\n            model: {model}\n"
    )
}

fn pql(steps: &str) -> Vec<String> {
    let text = stepped(steps);
    findings(&repo(&[("rules.yaml", &text)]), &["PQL", "RULE"])
}

#[test]
fn queries_of_alerts_are_judged_as_those_of_rules() {
    let odd = "{expr: 'irate(a_total{job=~\"$job\"}[$__rate_interval])', instant: true}";
    assert_eq!(pql(&step("prom", odd)), ["PQL012 rules.yaml:13 irate"]);
    let broken = "{expr: 'sum(rate(a_total[5m])'}";
    assert_eq!(pql(&step("prometheus", broken)).len(), 1, "RULE006");
    // Other languages, and expressions over steps, are none of PromQL's.
    let logs = "{datasource: {type: loki, uid: x}, expr: 'irate({a=\"b\"}[5m])'}";
    assert!(pql(&step("x", logs)).is_empty());
    assert!(pql(&step("__expr__", "{type: math, expression: 'irate($A)'}")).is_empty());
    // What the repository says of a data source decides.
    let source = "apiVersion: 1\ndatasources:\n  - name: Metrics\n    uid: m1\n    type: loki\n";
    let text = stepped(&step("m1", "{expr: 'irate(a_total[5m])'}"));
    let both = repo(&[("rules.yaml", &text), ("sources.yaml", source)]);
    assert!(findings(&both, &["PQL"]).is_empty());
}

#[test]
fn labels_of_the_only_query_are_those_of_the_alert() {
    let query = step("prom", "{expr: 'sum by (zone) (rate(a_total[5m]))'}");
    let kept = step("__expr__", "{type: reduce, expression: A}");
    let lost = step("__expr__", "{type: classic_conditions}");
    let zone = |steps: String| {
        let text = stepped(&steps);
        let repo = repo(&[("rules.yaml", &text)]);
        let model = Model::new(&repo);
        let labels = &model.alerts()[0].labels;
        [labels.get("zone"), labels.get("pod")].map(|value| format!("{value:?}"))
    };
    assert_eq!(zone(format!("{query}{kept}")), ["Unknown", "Unknown"]);
    let grouped = step("prom", "{expr: 'sum by (zone) (rate(a_total{zone=\"eu\"}[5m]))'}");
    assert_eq!(zone(format!("{grouped}{kept}"))[0], "Is(\"eu\")");
    assert_eq!(zone(format!("{grouped}{lost}"))[0], "Unknown");
    assert_eq!(zone(format!("{grouped}{query}{kept}"))[0], "Unknown");
}

#[test]
fn a_model_that_terraform_holds_as_a_text_is_read() {
    let text = "resource \"grafana_rule_group\" \"g\" {\n  name = \"g\"\n  rule {\n    name = \"A\"\n    data {\n      ref_id = \"A\"\n      datasource_uid = \"prom\"\n      model = \"{\\\"expr\\\":\\\"irate(a_total[5m])\\\",\\\"refId\\\":\\\"A\\\"}\"\n    }\n    data {\n      ref_id = \"B\"\n      datasource_uid = \"prom\"\n      model = jsonencode({ expr = \"irate(b_total[5m])\" })\n    }\n  }\n}\n";
    let found = findings(&repo(&[("a.tf", text)]), &["PQL"]);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[1].starts_with("PQL012 a.tf:8 \"{"), "{found:?}");
    assert_eq!(found[0], "PQL012 a.tf:13 irate");
}

#[test]
fn mute_timings_are_told_and_a_pager_that_is_always_quiet_pages_nobody() {
    let policy = "apiVersion: 1\npolicies:\n  - receiver: chat\n    routes:\n      - receiver: pager\n        object_matchers: [[team, '=', pay]]\n        mute_time_intervals: [nights]\n";
    let timing = |range: &str| {
        format!("apiVersion: 1\nmuteTimes:\n  - name: nights\n    time_intervals: [{range}]\n")
    };
    let text = stepped(&step("prom", "{expr: up}"));
    let with = |range: &str, policy: &str| {
        let times = timing(range);
        let files = [
            ("points.yaml", POINTS),
            ("policies.yaml", policy),
            ("rules.yaml", &text),
            ("times.yaml", &times),
        ];
        findings(&repo(&files), &["AMGR"])
    };
    let night = "{times: [{start_time: '22:00', end_time: '24:00'}]}";
    assert!(with(night, policy).is_empty());
    assert_eq!(with("{}", policy), ["AMGR029 policies.yaml:5 pager"]);
    let whole_day = "{times: [{start_time: '00:00', end_time: '24:00'}]}";
    assert_eq!(with(whole_day, policy), ["AMGR029 policies.yaml:5 pager"]);
}
