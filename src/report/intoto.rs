//! The record as an unsigned in-toto Statement with a test-result predicate: another program signs
//! it, and binds commit, outputs and rules to the verdicts.

use super::record::Record;
use crate::audit::{list, text};
use crate::discover::sha256;
use serde_json::{Value, json};

/// The statement; `outputs` are files of the same run, each with its SHA-256.
pub fn statement(record: &Record, outputs: &[(String, String)]) -> String {
    let value = record.value();
    let named = |wanted: &[&str]| -> Vec<&str> {
        let rows = list(value, "requirements").iter();
        rows.filter(|it| wanted.contains(&text(it, "verdict"))).map(|it| text(it, "id")).collect()
    };
    let required = |wanted: &[&str]| {
        let mut rows = list(value, "requirements").iter();
        rows.any(|it| text(it, "kind") == "required" && wanted.contains(&text(it, "verdict")))
    };
    let open = ["partly", "needs-attestation", "unknown"];
    let stamp = record.stamp();
    let result = match (required(&["not-met"]), required(&open) || stamp.is_some()) {
        (true, _) => "FAILED",
        (false, true) => "WARNED",
        (false, false) => "PASSED",
    };
    let warned = named(&open).into_iter().map(str::to_owned);
    let warned: Vec<String> = stamp.into_iter().chain(warned).collect();
    let statement = json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": subjects(record, outputs),
        "predicateType": "https://in-toto.io/attestation/test-result/v0.1",
        "predicate": {
            "result": result,
            "configuration": configuration(value),
            "passedTests": named(&["met", "attested", "inherited"]),
            "warnedTests": warned,
            "failedTests": named(&["not-met"]),
        },
    });
    format!("{statement:#}\n")
}

/// The commit that was read, the record, and every other output.
fn subjects(record: &Record, outputs: &[(String, String)]) -> Vec<Value> {
    let value = record.value();
    let mut subjects = Vec::new();
    for source in list(value, "sources") {
        if let Some(commit) = source["commit"].as_str() {
            let name = source["url"].as_str().or(source["root"].as_str()).unwrap_or("repository");
            subjects.push(json!({ "name": name, "digest": { "gitCommit": commit } }));
        }
    }
    let own = sha256(record.json().as_bytes());
    if !outputs.iter().any(|(_, hash)| *hash == own) {
        let name = "obsproof report --format json";
        subjects.push(json!({ "name": name, "digest": { "sha256": own } }));
    }
    let files = outputs.iter();
    subjects
        .extend(files.map(|(name, hash)| json!({ "name": name, "digest": { "sha256": hash } })));
    subjects
}

/// What judged: the rules, the standard, and the settings and decisions of the repository.
fn configuration(record: &Value) -> Vec<Value> {
    let ruleset = text(&record["tool"], "ruleset").trim_start_matches("sha256:");
    let standard = &record["standard"];
    let mut rows = vec![
        json!({
            "name": format!("obsproof {} rules", text(&record["tool"], "version")),
            "digest": { "sha256": ruleset },
        }),
        json!({
            "name": format!("{} {}", text(standard, "code"), text(standard, "version")),
            "digest": { "sha256": text(standard, "sha256") },
        }),
    ];
    for file in list(&record["tuning"], "files") {
        if let Some(hash) = file["sha256"].as_str() {
            rows.push(json!({ "name": text(file, "path"), "digest": { "sha256": hash } }));
        }
    }
    rows
}
