//! Output of Kustomize and Jsonnet: findings and evidence stand in the files it was made of. The
//! output is what the real programs gave (`tests/workflows/kustomize.sh`).

use assert_cmd::Command;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parity/kustomize")
}

fn output(name: &str) -> String {
    fs::read_to_string(data().join(name)).expect("recorded output")
}

fn piped(folder: &Path, words: &[&str], text: &str) -> Value {
    let run = crate::common::piped(folder, words, text);
    assert!(run.code < 2, "{}", run.err);
    crate::common::json(&run)
}

/// Code, place, and the places beside it, as `CODE path:line`.
fn rows(report: &Value) -> Vec<(String, Vec<String>)> {
    let place =
        |it: &Value| format!("{}:{}", it["path"].as_str().expect("a path"), it["start"]["line"]);
    let findings = report["findings"].as_array().expect("findings").iter();
    findings
        .map(|row| {
            let related = row["related"].as_array().expect("places").iter().map(|step| {
                format!("{} ({})", place(step), step["message"].as_str().expect("a text"))
            });
            (format!("{} {}", row["code"].as_str().expect("a code"), place(row)), related.collect())
        })
        .collect()
}

fn found(report: &Value) -> Vec<String> {
    rows(report).into_iter().map(|(row, _)| row).collect()
}

const CHECK: &[&str] =
    &["check", "--select", "RULE006,INFR011", "--format", "json", "--rendered", "-"];

#[test]
fn objects_go_back_to_their_base_their_patch_and_their_file() {
    let report = piped(&data().join("shop"), CHECK, &output("kustomize.yaml"));
    let rows = rows(&report);
    let wanted = [
        "RULE006 base/alerts/alerts.yml:5",
        "RULE006 base/rules.yaml:14",
        "RULE006 base/rules.yaml:17",
        "RULE006 base/stack.yaml:11",
        // The sources of what was not rendered are read as they are.
        "RULE006 manifests/rules.yaml:11",
        // Operations of a kustomization.
        "RULE006 overlays/prod/kustomization.yaml:22",
        "RULE006 overlays/prod/kustomization.yaml:25",
        "RULE006 overlays/prod/more.yaml:11",
        // What Kustomize sets by itself stands in no file.
        "INFR011 rendered:-:65",
    ];
    let got: Vec<&str> = rows.iter().map(|(row, _)| row.as_str()).collect();
    assert_eq!(got, wanted, "{rows:#?}");
    let beside = |at: usize| rows[at].1.clone();
    assert_eq!(beside(1), ["rendered:-:82 (rendered here)"]);
    let changes = "base/rules.yaml:5 (changes this object)";
    assert_eq!(beside(5), [changes, "rendered:-:88 (rendered here)"]);
    let changes = "base/stack.yaml:4 (changes this object)";
    assert_eq!(beside(7), [changes, "rendered:-:32 (rendered here)"]);
    let made = "base/stack.yaml:27 (made of this, and changed before it was rendered)";
    assert_eq!(beside(8), [made]);
}

#[test]
fn what_jsonnet_gives_goes_back_to_what_is_kept_of_it() {
    let report = piped(&data().join("shop"), CHECK, &output("jsonnet.yaml"));
    let found = found(&report);
    // One object is kept in the repository, of the other there is only what was rendered.
    assert!(found.contains(&"RULE006 manifests/rules.yaml:11".to_owned()), "{found:#?}");
    assert!(found.contains(&"RULE006 rendered:-:37".to_owned()), "{found:#?}");
    let kept = found.iter().filter(|row| row.contains("manifests/")).count();
    assert_eq!(kept, 1, "{found:#?}");
}

#[test]
fn evidence_points_at_files_of_the_repository() {
    let shop = data().join("shop");
    let command = "kustomize build overlays/prod";
    let words = ["report", "--format", "json", "--rendered", "-", "--render-command", command];
    let record = piped(&shop, &words, &output("kustomize.yaml"));
    let mut seen = 0;
    for requirement in record["requirements"].as_array().expect("requirements") {
        for piece in requirement["evidence"].as_array().expect("evidence") {
            let path = piece["path"].as_str().expect("a path");
            // What Kustomize itself set stands in the output alone.
            let set = piece["snippet"].as_str().is_some_and(|text| text.ends_with(":latest"));
            assert!(shop.join(path).is_file() != set, "{path}: {piece:#}");
            assert_eq!(piece["sha256"].as_str().map(str::len), Some(64), "{piece:#}");
            seen += 1;
        }
    }
    assert!(seen > 5, "{seen} pieces");
    assert_eq!(record["rendered"]["command"], command);
    assert_eq!(record["rendered"]["command_sha256"].as_str().map(str::len), Some(64));
    let nodes = record["chain"]["nodes"].as_array().expect("nodes").iter();
    let mut rendered = nodes.filter(|node| node["path"] == "rendered:-");
    assert!(rendered.all(|node| node["kind"] == "exporter"), "{:#}", record["chain"]);
}

#[test]
fn a_report_of_rendered_input_is_verified_with_it() {
    let shop = data().join("shop");
    let given = output("kustomize.yaml");
    let command = "kustomize build overlays/prod";
    let words = ["report", "--format", "json", "--rendered", "-", "--render-command", command];
    let record = piped(&shop, &words, &given);
    let folder = crate::common::repository(&[("record.json", &record.to_string())]);
    let path = folder.path().join("record.json");
    let verify = |more: &[&str], text: &str| {
        Command::new(env!("CARGO_BIN_EXE_obsproof"))
            .env_clear()
            .arg("verify")
            .args([&path, &shop])
            .args(more)
            .write_stdin(text)
            .output()
            .expect("the program starts")
    };
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let held = verify(&["--rendered", "-"], &given);
    assert_eq!(held.status.code(), Some(0), "{}", said(&held.stdout));
    let other = verify(&["--rendered", "-"], &given.replace("latest", "v1.10.0"));
    assert_eq!(other.status.code(), Some(1), "{}", said(&other.stdout));
    assert!(said(&other.stdout).contains("rendered:- is not what it was"));
    let without = verify(&[], "");
    assert_eq!(without.status.code(), Some(2));
    assert!(said(&without.stderr).contains("kustomize build overlays/prod"));
}

#[test]
fn nothing_counts_twice_that_stands_in_a_file_too() {
    let text = "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata: {name: a}\nspec:\n  groups:\n    - name: g\n      rules:\n        - {alert: A, expr: up ==}\n";
    let more = format!("{text}---\n{}", text.replace("name: a", "name: b"));
    let folder = crate::common::repository(&[("rules.yaml", &more)]);
    // The other object of the file was not rendered, so the file is read as well.
    let report = piped(folder.path(), CHECK, text);
    assert_eq!(found(&report), ["RULE006 rules.yaml:8", "RULE006 rules.yaml:17"]);
    // Two that are alike: nobody knows which is meant.
    let twice = crate::common::repository(&[("one.yaml", text), ("two.yaml", text)]);
    let report = piped(twice.path(), CHECK, text);
    let wanted = ["RULE006 one.yaml:8", "RULE006 rendered:-:8", "RULE006 two.yaml:8"];
    assert_eq!(found(&report), wanted);
}

#[test]
fn what_is_allowed_in_a_base_is_allowed_in_the_output() {
    let base = "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata: {name: a}\nspec:\n  groups:\n    - name: g\n      rules:\n        # obsproof: allow(RULE006) reason=\"shows what is refused\"\n        - alert: A\n          expr: up ==\n";
    let output = "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata:\n  name: a\n  namespace: prod\nspec:\n  groups:\n  - name: g\n    rules:\n    - alert: A\n      expr: up ==\n";
    let folder = crate::common::repository(&[("base/rules.yaml", base)]);
    let report = piped(folder.path(), CHECK, output);
    assert_eq!(found(&report), ["RULE006 base/rules.yaml:10"], "{report:#}");
    assert_eq!(report["findings"][0]["status"], "allowed", "{report:#}");
}

#[test]
fn of_folders_that_are_alike_the_one_that_was_built_is_meant() {
    let rules = "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata: {name: a}\nspec:\n  groups:\n    - name: g\n      rules:\n        - {alert: A, expr: up ==}\n";
    let kustomization = "resources: [rules.yaml]\n";
    let more = "resources: [rules.yaml, other.yaml]\n";
    let other = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: other}\n";
    let folder = crate::common::repository(&[
        ("dev/kustomization.yaml", kustomization),
        ("dev/rules.yaml", rules),
        ("prod/kustomization.yaml", kustomization),
        ("prod/rules.yaml", rules),
    ]);
    let named = [CHECK, &["--render-command", "kustomize build ./prod/"]].concat();
    let report = piped(folder.path(), &named, rules);
    assert_eq!(found(&report), ["RULE006 dev/rules.yaml:8", "RULE006 prod/rules.yaml:8"]);
    assert_eq!(rows(&report)[1].1, ["rendered:-:8 (rendered here)"]);
    // Without the command by what else was rendered.
    let folder = crate::common::repository(&[
        ("dev/kustomization.yaml", kustomization),
        ("dev/rules.yaml", rules),
        ("prod/kustomization.yaml", more),
        ("prod/other.yaml", other),
        ("prod/rules.yaml", rules),
    ]);
    let report = piped(folder.path(), CHECK, &format!("{rules}---\n{other}"));
    assert_eq!(found(&report), ["RULE006 dev/rules.yaml:8", "RULE006 prod/rules.yaml:8"]);
}
