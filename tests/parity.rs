//! The validity rules agree with the real programs on every recorded verdict.
//!
//! `tests/parity/README.md` says how the verdicts are made. A case counts as refused here when a
//! rule of class validity speaks, or when the bytes are no text at all.

use obsproof::catalogue::model::{Class, Rule};
use obsproof::catalogue::rules;
use obsproof::check;
use obsproof::discover;
use obsproof::facts::read::read_as;
use obsproof::identify::Kind;
use obsproof::repo::Repo;
use obsproof::scan;
use obsproof::source::{Source, SourceId};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Program, kind of its input, families that speak for it (of a collector also of the jobs in it), and the least agreement in percent:
/// of what it accepts, and of what it refuses.
const PROGRAMS: &[(&str, Kind, &[&str], f64, f64)] = &[
    ("promtool check config", Kind::PrometheusConfig, &["PROM"], 99.2, 99.0),
    ("promtool check rules", Kind::PrometheusRules, &["RULE"], 99.5, 98.9),
    ("amtool check-config", Kind::AlertmanagerConfig, &["AMGR"], 100.0, 97.9),
    ("otelcol validate", Kind::OtelCollector, &["OTCL", "PROM"], 100.0, 99.0),
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parity")
}

/// The bytes of a case: its file, with the edit applied.
fn bytes(case: &Value) -> Vec<u8> {
    let file = folder().join(case["file"].as_str().expect("a file"));
    let mut bytes = fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    if let Some(edit) = case["mutation"].get("edit") {
        let at = |key: &str| edit[key].as_u64().expect("an offset") as usize;
        let text = edit["text"].as_str().expect("a text").as_bytes().to_vec();
        bytes.splice(at("start")..at("end"), text);
    }
    bytes
}

/// What the rules say of a text read as `kind`; `None` if nothing of class validity.
fn refusal(bytes: Vec<u8>, kind: Kind, rules: &[&'static Rule]) -> Option<String> {
    let (text, encoding) = match discover::decode(bytes) {
        Ok(decoded) => decoded,
        Err(skip) => return Some(skip.name().to_owned()),
    };
    let source = Source::new("config.yml", text, encoding);
    let facts = read_as(kind, SourceId(0), &source);
    let repo = Repo::new(vec![source], vec![facts], vec!["config.yml".to_owned()]);
    check::check(&repo, rules)
        .into_iter()
        .flat_map(|outcome| outcome.findings)
        .map(|finding| format!("{} {}", finding.rule.code, finding.message()))
        .next()
}

fn name(case: &Value) -> String {
    let mutation = &case["mutation"];
    let kind = mutation["kind"].as_str().unwrap_or("whole file");
    let edit = mutation.get("edit").map(ToString::to_string).unwrap_or_default();
    format!("{} ({kind} {edit})", case["file"].as_str().unwrap_or_default())
}

/// All recorded cases.
fn recorded() -> Vec<Value> {
    let cases = ["verdicts.json", "otel/verdicts.json"].into_iter().flat_map(|file| {
        let text = fs::read_to_string(folder().join(file)).expect("verdicts");
        let verdicts: Value = serde_json::from_str(&text).expect("JSON");
        verdicts["cases"].as_array().expect("cases").clone()
    });
    cases.collect()
}

/// Rules of class validity that speak of what the program does not look at when it only loads.
const LATER: &[&str] = &["OTCL016", "OTCL021"];

#[test]
fn the_programs_and_the_rules_agree() {
    let verdicts = recorded();
    let mut report = String::new();
    let mut worse = Vec::new();
    for (program, kind, families, accepted, refused) in PROGRAMS {
        let rules: Vec<&'static Rule> = rules()
            .iter()
            .filter(|rule| families.contains(&rule.family()) && rule.class == Class::Validity)
            .collect();
        let cases: Vec<&Value> = verdicts
            .iter()
            .filter(|case| case["program"] == *program)
            .filter(|case| !matches!(case["reason"].as_str(), Some("promql")))
            .collect();
        let mut agreed: BTreeMap<bool, (usize, usize)> = BTreeMap::new();
        for case in &cases {
            let theirs = case["accepted"].as_bool().expect("a verdict");
            // The loader reads most texts of notifications only when it sends them.
            let judged: Vec<&'static Rule> = rules
                .iter()
                .filter(|rule| rule.code != "AMGR011" || case["reason"] == "template")
                .filter(|rule| !LATER.contains(&rule.code))
                .copied()
                .collect();
            let ours = refusal(bytes(case), *kind, &judged);
            let same = theirs == ours.is_none();
            let (count, total) = agreed.entry(theirs).or_default();
            *total += 1;
            *count += usize::from(same);
            // Of its hundreds of settings a collector compares few with each other.
            let every = *program != "otelcol validate" || theirs;
            if !same && every && !case["mutation"].is_null() {
                worse.push(format!("{program}: a mutant: {}", name(case)));
            }
            if !same {
                let says =
                    ours.unwrap_or_else(|| case["message"].as_str().unwrap_or_default().to_owned());
                report.push_str(&format!("{program}: {theirs} for {}: {says}\n", name(case)));
            }
        }
        for (theirs, least) in [(true, accepted), (false, refused)] {
            let (count, total) = agreed.get(&theirs).copied().unwrap_or_default();
            let share = 100.0 * count as f64 / total.max(1) as f64;
            println!("{program}: accepted={theirs} {count} of {total} agree ({share:.2} %)");
            if share < *least || total < 100 {
                worse.push(format!(
                    "{program} accepted={theirs}: {share:.2} % of {total}, at least {least} %"
                ));
            }
        }
    }
    assert!(worse.is_empty(), "{}\n{report}", worse.join("\n"));
}

/// A file the rules judge must first be known for what it is, whatever its name.
#[test]
fn most_files_are_recognised_by_their_content() {
    let verdicts = recorded();
    let (mut known, mut total) = (0, 0);
    let mut missed = Vec::new();
    for case in verdicts.iter().filter(|case| !case["mutation"].is_null()) {
        let (_, kind, ..) =
            PROGRAMS.iter().find(|row| case["program"] == row.0).expect("a program");
        let Ok((text, encoding)) = discover::decode(bytes(case)) else { continue };
        let source = Source::new("x.yml", text, encoding);
        let repo = scan::model(vec![source], vec!["x.yml".to_owned()]);
        total += 1;
        let is = |wanted: Kind| repo.facts.documents.iter().any(|document| document.kind == wanted);
        // A file of scrape jobs alone is part of a configuration, or a small one.
        if is(*kind) || (*kind == Kind::PrometheusConfig && is(Kind::PrometheusFragment)) {
            known += 1;
        } else {
            missed.push(name(case));
        }
    }
    println!("{known} of {total} mutants are recognised");
    assert!(known * 1000 >= total * 995, "{known} of {total}:\n{}", missed.join("\n"));
}
