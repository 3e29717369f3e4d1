//! Output of Helm and others is analysed in the place of its templates.

use crate::common::{json, repository, run};
use serde_json::Value;
use std::path::Path;

const CHART: &str = "apiVersion: v2\nname: shop   # ours\nversion: 1.0.0\n";
/// Text that is no YAML before it is filled in.
const TEMPLATE: &str = r#"{{- if .Values.alerts.enabled }}
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: {{ include "shop.fullname" . }}
spec:
  groups:
    - name: shop
      rules:
{{ range .Values.alerts.rules }}
        - alert: {{ .name }}
          expr: {{ .expr }}
{{ end }}
        - alert: ShopDown
          expr: up{job="shop"} ==
          labels: { severity: critical }
        - alert: ShopSlow
          expr: {{ .Values.alerts.slow }}
          labels: { severity: page-me }
{{- end }}
"#;
const OUTPUT: &str = r#"---
# Source: shop/templates/rules.yaml
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: release-shop
spec:
  groups:
    - name: shop
      rules:

        - alert: FromValues
          expr: rate(http_requests_total[5m]) +
        - alert: ShopDown
          expr: up{job="shop"} ==
          labels: { severity: critical }
        - alert: ShopSlow
          expr: histogram_quantile(0.9, sum by (le) (rate(shop_seconds_bucket[5m]))) > 1 )
          labels: { severity: page-me }
"#;

fn chart() -> tempfile::TempDir {
    repository(&[
        ("deploy/shop/Chart.yaml", CHART),
        ("deploy/shop/values.yaml", "alerts: { enabled: true, rules: [], slow: vector(1) }\n"),
        ("deploy/shop/templates/rules.yaml", TEMPLATE),
    ])
}

fn findings(report: &Value) -> Vec<(String, String, u64)> {
    let rows = report["findings"].as_array().expect("findings");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    rows.iter()
        .map(|row| {
            (text(&row["code"]), text(&row["path"]), row["start"]["line"].as_u64().unwrap_or(0))
        })
        .collect()
}

#[test]
fn findings_go_back_into_the_template() {
    let folder = chart();
    let output = repository(&[("shop/templates/rules.yaml", OUTPUT)]);
    let dir = output.path().to_str().expect("a path");
    let words = ["check", "--select", "RULE006", "--format", "json", "--rendered", dir];
    let report = json(&run(folder.path(), &words));
    let template = "deploy/shop/templates/rules.yaml";
    let rows = findings(&report);
    // The line stands in the template; one does not, and is shown at what is around it.
    let lines: Vec<u64> = rows
        .iter()
        .map(|(_, path, line)| {
            assert_eq!(path, template);
            *line
        })
        .collect();
    assert!(lines.contains(&15), "{rows:?}");
    assert_eq!(lines.len(), 3, "{rows:?}");
    let first = &report["findings"].as_array().expect("findings")[0];
    let related = first["related"].as_array().expect("places");
    let last = related.last().expect("the rendered place");
    assert_eq!(last["path"], "rendered:shop/templates/rules.yaml");
    assert_eq!(last["message"], "rendered here");
    // The template was read by its output: it is no skip.
    let skipped = report["files"].as_array().expect("files").iter();
    assert!(skipped.clone().all(|row| row["reason"].is_null()), "{report:#}");
    let row = skipped.clone().find(|row| row["path"] == template).expect("the template");
    assert_eq!(row["status"], "checked");
}

#[test]
fn nothing_counts_twice() {
    let literal = TEMPLATE.replace("{{ range .Values.alerts.rules }}\n        - alert: {{ .name }}\n          expr: {{ .expr }}\n{{ end }}\n", "");
    let folder = repository(&[("shop/Chart.yaml", CHART), ("shop/templates/rules.yaml", &literal)]);
    let output = repository(&[("all.yaml", OUTPUT)]);
    let dir = output.path().to_str().expect("a path");
    let words = ["check", "--select", "ALRT002", "--format", "json", "--rendered", dir];
    let rows = findings(&json(&run(folder.path(), &words)));
    assert_eq!(rows.len(), 1, "{rows:?}");
    assert_eq!(rows[0].1, "shop/templates/rules.yaml");
}

fn piped(folder: &Path, words: &[&str], text: &str) -> (i32, String, String) {
    let run = crate::common::piped(folder, words, text);
    (run.code, run.out, run.err)
}

#[test]
fn standard_input_will_do_and_the_record_says_how_it_was_rendered() {
    let folder = chart();
    let command = "helm template release deploy/shop --set token=hunter2";
    let words = ["report", "--format", "json", "--rendered", "-", "--render-command", command];
    let (code, out, err) = piped(folder.path(), &words, OUTPUT);
    assert_eq!(code, 0, "{err}");
    let record: Value = serde_json::from_str(&out).expect("JSON");
    let rendered = &record["rendered"];
    assert!(rendered["command"].as_str().is_some_and(|text| text.starts_with("helm template")));
    assert_eq!(rendered["outputs"][0]["path"], "rendered:-");
    assert_eq!(rendered["outputs"][0]["sha256"].as_str().map(str::len), Some(64));
    let (code, out, _) = piped(folder.path(), &["report", "--format", "json"], "");
    assert_eq!(code, 0);
    let record: Value = serde_json::from_str(&out).expect("JSON");
    assert!(record["rendered"].is_null());
}

#[test]
fn rendered_text_is_never_fixed_and_shows_no_credential() {
    let template = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: {{ .Release.Name }} }\ndata:\n  prometheus.yml: |\n    alerting:\n      alertmanagers:\n        - api_version: v1\n          basic_auth: { username: a, password: hunter2-hunter2 }\n    scrape_configs: []\n";
    let output = format!(
        "---\n# Source: shop/templates/prometheus.yaml\n{}",
        template.replace("{{ .Release.Name }}", "x")
    );
    let folder = repository(&[("Chart.yaml", CHART), ("templates/prometheus.yaml", template)]);
    let words = ["check", "--select", "PROM011", "--format", "json", "--rendered", "-", "--fix"];
    let (code, out, err) = piped(folder.path(), &words, &output);
    assert!(code < 2, "{err}");
    let report: Value = serde_json::from_str(&out).expect("JSON");
    let rows = findings(&report);
    assert_eq!(rows, [("PROM011".to_owned(), "templates/prometheus.yaml".to_owned(), 8)]);
    assert!(report["findings"][0].get("fix").is_none());
    let text = std::fs::read_to_string(folder.path().join("templates/prometheus.yaml"));
    assert_eq!(text.expect("the template"), template);
    let shown = piped(folder.path(), &["check", "--all", "--rendered", "-"], &output).1;
    assert!(!shown.contains("hunter2"), "{shown}");
}

#[test]
fn what_cannot_be_rendered_output_is_refused() {
    let folder = chart();
    let empty = repository(&[("notes.txt", "nothing")]);
    let binary = repository(&[]);
    crate::common::write(binary.path(), "a.yaml", &[0xff, 0x00, 0x01]);
    let path = |folder: &tempfile::TempDir| folder.path().to_str().expect("a path").to_owned();
    for (words, said) in [
        (vec!["--rendered".to_owned(), "nowhere".to_owned()], "is no folder"),
        (vec!["--rendered".to_owned(), ".".to_owned()], "holds the repository itself"),
        (vec!["--rendered".to_owned(), path(&empty)], "holds no YAML or JSON"),
        (vec!["--rendered".to_owned(), path(&binary)], "cannot read"),
        (vec!["--render-command".to_owned(), "x".to_owned()], "--rendered"),
    ] {
        let mut all = vec!["check"];
        all.extend(words.iter().map(String::as_str));
        let refused = run(folder.path(), &all);
        assert_eq!(refused.code, 2, "{words:?}: {}", refused.out);
        assert!(refused.err.contains(said), "{words:?}: {}", refused.err);
    }
    let (code, _, err) = piped(folder.path(), &["check", "--rendered", "-"], "\n");
    assert_eq!(code, 2);
    assert!(err.contains("nothing comes from standard input"), "{err}");
}

const HEAD: &str = "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata: { name: x }\nspec:\n  groups:\n    - name: x\n      rules:\n";

fn alert(name: &str, expression: &str) -> String {
    format!("        - alert: {name}\n          expr: {expression}\n          for: 5m\n")
}

/// Places of the finding's other steps, by what they say.
fn related(finding: &Value, said: &str) -> Vec<String> {
    let steps = finding["related"].as_array().expect("places").iter();
    let place = |step: &Value| {
        format!("{}:{}", step["path"].as_str().expect("a path"), step["start"]["line"])
    };
    steps.filter(|step| step["message"] == said).map(place).collect()
}

#[test]
fn charts_in_charts_are_found_by_name_alias_and_path() {
    let parent = "apiVersion: v2\nname: shop\nversion: 1.0.0\ndependencies:\n  - name: db\n    alias: store\n    version: 1.0.0\n  - name: queue\n    version: 1.0.0\n    repository: file://../queue-chart\n";
    let rules = format!("{HEAD}{}", alert("Down", "up =="));
    let folder = repository(&[
        ("charts/shop/Chart.yaml", parent),
        ("charts/shop/values.yaml", "store: {}\n"),
        ("charts/shop/charts/database/Chart.yaml", "name: db\nversion: 1.0.0\n"),
        ("charts/shop/charts/database/templates/rules.yaml", &rules),
        ("charts/queue-chart/Chart.yaml", "name: queue\nversion: 1.0.0\n"),
        ("charts/queue-chart/templates/rules.yaml", &rules),
    ]);
    let output = format!(
        "---\n# Source: shop/charts/queue/templates/rules.yaml\n{rules}---\n# Source: shop/charts/store/templates/rules.yaml\n{rules}"
    );
    let words = ["check", "--select", "RULE006", "--format", "json", "--rendered", "-"];
    let (_, out, err) = piped(folder.path(), &words, &output);
    let report: Value = serde_json::from_str(&out).expect(&err);
    let place = |path: &str| ("RULE006".to_owned(), path.to_owned(), 9);
    let wanted = [
        place("charts/queue-chart/templates/rules.yaml"),
        place("charts/shop/charts/database/templates/rules.yaml"),
    ];
    assert_eq!(findings(&report), wanted);
}

#[test]
fn a_line_that_stands_twice_is_told_by_what_is_around_it() {
    let template = format!(
        "{{{{- if .Values.on }}}}\n{HEAD}{}{}        - alert: C\n          expr: {{{{ .Values.c }}}}\n{{{{- end }}}}\n",
        alert("A", "up =="),
        alert("B", "up ==")
    );
    let output = format!(
        "---\n# Source: shop/templates/rules.yaml\n{HEAD}{}{}{}",
        alert("A", "up =="),
        alert("B", "up =="),
        alert("C", "rate(")
    );
    // Windows line ends in either, or both.
    let windows = |text: &str| text.replace('\n', "\r\n");
    for (template, output) in [
        (template.clone(), output.clone()),
        (windows(&template), windows(&output)),
        (template.clone(), windows(&output)),
        (windows(&template), output.clone()),
    ] {
        let folder = repository(&[("Chart.yaml", CHART), ("templates/rules.yaml", &template)]);
        let words = ["check", "--select", "RULE006", "--format", "json", "--rendered", "-"];
        let (_, out, err) = piped(folder.path(), &words, &output);
        let rows = findings(&serde_json::from_str(&out).expect(&err));
        let lines: Vec<u64> = rows.iter().map(|row| row.2).collect();
        assert_eq!(lines, [10, 13, 16], "{rows:?}");
    }
}

#[test]
fn two_releases_of_a_chart_are_one_finding_with_two_places() {
    let rules = format!("{HEAD}{}", alert("Down", "up =="));
    let text = format!("---\n# Source: shop/templates/rules.yaml\n{rules}");
    let folder = repository(&[("Chart.yaml", CHART), ("templates/rules.yaml", &rules)]);
    let output = repository(&[
        ("a/shop/templates/rules.yaml", &text),
        ("b/shop/templates/rules.yaml", &text),
    ]);
    let dir = output.path().to_str().expect("a path");
    let words = ["check", "--select", "RULE006", "--format", "json", "--rendered", dir];
    let report = json(&run(folder.path(), &words));
    assert_eq!(findings(&report).len(), 1, "{report:#}");
    let places = related(&report["findings"][0], "rendered here");
    let wanted = ["a", "b"].map(|it| format!("rendered:{it}/shop/templates/rules.yaml:11"));
    assert_eq!(places, wanted);
}

#[test]
fn what_a_template_takes_from_its_chart_is_not_counted_twice() {
    let rules = "groups:\n  - name: x\n    rules:\n      - alert: Down\n        expr: up ==\n        for: 5m\n";
    let values = "rules:\n  - alert: Slow\n    expr: rate(\n";
    let template = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: x }\ndata:\n  alerts.yml: |\n{{ .Files.Get \"alerts/alerts.yml\" | indent 4 }}\n  more.yml: |\n    groups:\n      - name: y\n        rules:\n{{ toYaml .Values.rules | indent 10 }}\n";
    let indented: String = rules.lines().map(|line| format!("    {line}\n")).collect();
    let output = format!(
        "---\n# Source: shop/templates/rules.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata: {{ name: x }}\ndata:\n  alerts.yml: |\n{indented}  more.yml: |\n    groups:\n      - name: y\n        rules:\n          - alert: Slow\n            expr: rate(\n"
    );
    let folder = repository(&[
        ("Chart.yaml", CHART),
        ("alerts/alerts.yml", rules),
        ("values.yaml", values),
        ("templates/rules.yaml", template),
    ]);
    let words = ["check", "--select", "RULE006", "--format", "json", "--rendered", "-"];
    let (_, out, err) = piped(folder.path(), &words, &output);
    let report: Value = serde_json::from_str(&out).expect(&err);
    let place = |path: &str, line| ("RULE006".to_owned(), path.to_owned(), line);
    assert_eq!(
        findings(&report),
        [place("alerts/alerts.yml", 5), place("templates/rules.yaml", 10)]
    );
    let second = &report["findings"][1];
    assert_eq!(related(second, "the same line stands here"), ["values.yaml:3"]);
    assert_eq!(related(second, "rendered here"), ["rendered:-:19"]);
}

#[test]
fn a_file_of_crds_is_printed_whole() {
    let text =
        format!("# ours\n---\n{HEAD}{}---\n{HEAD}{}", alert("A", "up =="), alert("B", "rate("));
    let folder = repository(&[("Chart.yaml", CHART), ("crds/rules.yaml", &text)]);
    let output = format!("---\n# Source: shop/crds/rules.yaml\n{text}\n");
    let words = ["check", "--select", "RULE006", "--format", "json", "--rendered", "-"];
    let (_, out, err) = piped(folder.path(), &words, &output);
    let rows = findings(&serde_json::from_str(&out).expect(&err));
    let lines: Vec<u64> = rows.iter().map(|row| row.2).collect();
    assert!(rows.iter().all(|row| row.1 == "crds/rules.yaml"), "{rows:?}");
    assert_eq!(lines, [11, 22], "{rows:?}");
}

#[test]
fn a_packed_chart_is_named_where_it_is_taken() {
    let parent = "apiVersion: v2\nname: shop\nversion: 1.0.0\ndependencies:\n  - name: db\n    alias: store\n    version: 1.0.0\n  - name: queue\n    version: 2.0.0\n";
    let folder = repository(&[("shop/Chart.yaml", parent)]);
    crate::common::write(
        folder.path(),
        "shop/charts/db-1.0.0.tgz",
        &[0x1f, 0x8b, 0x08, 0x00, 0x01],
    );
    let rules = format!("{HEAD}{}", alert("Down", "up =="));
    let output = format!(
        "---\n# Source: shop/charts/queue/templates/rules.yaml\n{rules}---\n# Source: shop/charts/store/templates/rules.yaml\n{rules}"
    );
    let words = ["check", "--select", "RULE006", "--format", "json", "--rendered", "-"];
    let (_, out, err) = piped(folder.path(), &words, &output);
    let report: Value = serde_json::from_str(&out).expect(&err);
    let place = |line| ("RULE006".to_owned(), "shop/Chart.yaml".to_owned(), line);
    assert_eq!(findings(&report), [place(5), place(8)]);
    let packed = "its templates are packed in this file";
    assert_eq!(related(&report["findings"][0], packed), ["shop/charts/db-1.0.0.tgz:1"]);
    let absent = "the templates of this chart are not in the repository";
    assert_eq!(related(&report["findings"][1], absent), ["shop/Chart.yaml:8"]);
}

#[test]
fn files_of_values_that_the_command_names_are_recorded_and_pointed_at() {
    let template = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: x }\ndata:\n  more.yml: |\n    groups:\n      - name: y\n        rules:\n{{ toYaml .Values.rules | indent 10 }}\n";
    let output = "---\n# Source: shop/templates/rules.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: x }\ndata:\n  more.yml: |\n    groups:\n      - name: y\n        rules:\n          - alert: Slow\n            expr: rate(\n";
    let folder = repository(&[
        ("shop/Chart.yaml", CHART),
        ("shop/templates/rules.yaml", template),
        ("shop/values.yaml", "rules: []\n"),
        ("env/values-prod.yaml", "rules:\n  - alert: Slow\n    expr: rate(\n"),
        ("env/values-dev.yaml", "rules: []\n"),
    ]);
    let command = "helm template shop ./shop --namespace prod -f ./env/values-prod.yaml";
    let given = ["--rendered", "-", "--render-command", command];
    let words = [&["check", "--select", "RULE006", "--format", "json"][..], &given].concat();
    let (_, out, err) = piped(folder.path(), &words, output);
    let report: Value = serde_json::from_str(&out).expect(&err);
    let there = related(&report["findings"][0], "the same line stands here");
    assert_eq!(there, ["env/values-prod.yaml:3"], "{report:#}");
    let words = [&["report", "--format", "json"][..], &given].concat();
    let (_, out, err) = piped(folder.path(), &words, output);
    let record: Value = serde_json::from_str(&out).expect(&err);
    assert_eq!(record["rendered"]["command"], command);
    assert_eq!(record["rendered"]["command_sha256"].as_str().map(str::len), Some(64));
    let values = record["rendered"]["values"].as_array().expect("values");
    assert_eq!(values.len(), 1, "{values:?}");
    assert_eq!(values[0]["path"], "env/values-prod.yaml");
    assert_eq!(values[0]["sha256"].as_str().map(str::len), Some(64), "{values:?}");
}
