//! The published schema of the record holds for every record, whatever is decided, compared or
//! broken: it closes each object, so that a key without a description fails here.

use crate::common::{json, repository, run, write};
use serde_json::Value;
use std::path::Path;

const CLOCK: &str = "2026-01-01T00:00:00Z";

const ALERT: &str = "groups:\n  - name: shop\n    rules:\n      - alert: ShopDown\n        expr: up == 0\n        for: 5m\n        labels: {severity: critical, team: orders}\n        annotations: {summary: s, description: d}\n";

const SETTINGS: &str =
    "exclude = [\"old/\"]\nignore = [\"ALRT007\"]\n\n[policy]\napprovers = [\"Ada Byron\"]\n";

const WAIVERS: &str = "waivers:\n  - {id: W-1, rule: ALRT005, reason: one page for all, owner: Platform, approver: Ada Byron, created: 2025-12-01, expires: 2026-06-30, scope: {paths: [alerts.yml]}}\n  - {id: W-2, rule: ALRT001, reason: r, owner: Ada Byron, approver: Ada Byron, created: 2025-12-01, expires: 2026-06-30}\n  - {id: W-3, requirement: OBS-R15}\n";

const ATTESTATIONS: &str = "attestations:\n  - {requirement: OBS-R17, statement: pages are answered, who: Ada Byron, role: head of operations, date: 2025-12-01, valid-until: 2026-06-30, links: [docs/minutes.md]}\n  - {requirement: OBS-R16, statement: s}\n";

fn schema() -> jsonschema::Validator {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/report.schema.json");
    let text = std::fs::read_to_string(path).expect("the schema is published");
    jsonschema::validator_for(&serde_json::from_str(&text).unwrap()).expect("a schema")
}

fn record(folder: &Path, words: &[&str]) -> Value {
    let mut all = vec!["report", "--clock", CLOCK, "--format", "json"];
    all.extend(words);
    let made = run(folder, &all);
    assert!(made.code <= 1, "{}", made.err);
    json(&made)
}

fn holds(schema: &jsonschema::Validator, record: &Value) {
    let faults: Vec<String> = schema
        .iter_errors(record)
        .take(10)
        .map(|error| format!("{}: {error:.300}", error.instance_path))
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn records_of_whole_repositories_fit_the_schema() {
    let schema = schema();
    for name in ["fixtures/shop", "fixtures/standard"] {
        holds(&schema, &record(&Path::new(env!("CARGO_MANIFEST_DIR")).join(name), &[]));
    }
}

#[test]
fn decisions_comparisons_and_gates_fit_the_schema() {
    let schema = schema();
    let folder = repository(&[
        ("alerts.yml", ALERT),
        ("old/alerts.yml", ALERT),
        ("obsproof.toml", SETTINGS),
        (".obsproof/waivers.yaml", WAIVERS),
        (".obsproof/attestations.yaml", ATTESTATIONS),
        ("docs/minutes.md", "# Minutes\n"),
        ("broken.yml", "groups:\n  - name: [\n"),
        ("values.yaml", "env:\n  - {name: OTEL_SERVICE_NAME, value: shop}\n"),
    ]);
    let old = record(folder.path(), &[]);
    holds(&schema, &old);
    let counted = |key: &str| old[key].as_array().map_or(0, Vec::len);
    assert_eq!((counted("waivers"), counted("attestations")), (3, 2));
    write(folder.path(), "old.json", old.to_string().as_bytes());
    write(folder.path(), "alerts.yml", b"groups: []\n");
    let gate = "schema: obsproof/gate/1\ntargets:\n  - {requirement: OBS-R12, verdict: met, due: 2026-09-30, owner: team-slo}\n  - {requirement: OBS-R13, verdict: met, due: 2025-09-30, owner: team-slo}\n";
    write(folder.path(), "gate.yaml", gate.as_bytes());
    let new = record(folder.path(), &["--compare", "old.json", "--gate", "gate.yaml"]);
    assert!(new["comparison"].is_object() && new["gate"].is_array());
    holds(&schema, &new);
}

#[test]
fn what_a_template_came_to_fits_the_schema() {
    let folder = repository(&[
        ("chart/Chart.yaml", "apiVersion: v2\nname: shop\nversion: 1.0.0\n"),
        ("chart/templates/alerts.yaml", "{{ .Values.rules }}\n"),
        ("out/shop.yaml", &format!("---\n# Source: shop/templates/alerts.yaml\n{ALERT}")),
    ]);
    let words = ["--rendered", "out", "--render-command", "helm template shop chart"];
    let made = record(folder.path(), &words);
    assert!(made["rendered"].is_object());
    holds(&schema(), &made);
}

#[test]
fn a_key_that_nobody_described_does_not_fit() {
    let folder = repository(&[("alerts.yml", ALERT)]);
    let mut made = record(folder.path(), &[]);
    made["files"][0]["colour"] = "red".into();
    assert!(!schema().is_valid(&made));
    made["files"][0].as_object_mut().unwrap().remove("colour");
    assert!(schema().is_valid(&made));
    made["requirements"][0].as_object_mut().unwrap().remove("verdict");
    assert!(!schema().is_valid(&made));
}
