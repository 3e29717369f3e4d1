//! Output of Helm and others is analysed in the place of its templates.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test that cannot go on should stop"
)]

mod common;

use assert_cmd::Command;
use common::{json, repository, run};
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
    let output = Command::new(env!("CARGO_BIN_EXE_obsproof"))
        .current_dir(folder)
        .env_clear()
        .args(words)
        .write_stdin(text)
        .output()
        .expect("the program starts");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (output.status.code().expect("an exit code"), text(output.stdout), text(output.stderr))
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
    common::write(binary.path(), "a.yaml", &[0xff, 0x00, 0x01]);
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
