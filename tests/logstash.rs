//! Logstash: the parser against the published grammar, and the tables against what examples use.

use obsproof::lang::logstash::parse;
use obsproof::plugins;
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parity/logstash")
}

fn hex(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Each recorded text is taken or refused as the grammar takes or refuses it.
#[test]
fn the_parser_takes_and_refuses_what_the_grammar_does() {
    let recorded = fs::read_to_string(folder().join("verdicts.json")).expect("verdicts");
    let recorded: serde_json::Value = serde_json::from_str(&recorded).expect("JSON");
    let cases = recorded["cases"].as_array().expect("cases");
    let mut wrong = Vec::new();
    let mut refused = 0;
    for case in cases {
        let name = case["file"].as_str().expect("a file");
        let mut text = fs::read_to_string(folder().join("pipelines").join(name)).expect("a text");
        if let Some(edit) = case["edit"].as_object() {
            let at =
                |key: &str| usize::try_from(edit[key].as_u64().expect("a number")).expect("small");
            text.replace_range(at("start")..at("end"), edit["text"].as_str().expect("a text"));
        }
        assert_eq!(case["sha256"].as_str(), Some(hex(&text).as_str()), "{case} is another text");
        let accepted = case["accepted"].as_bool().expect("a verdict");
        refused += usize::from(!accepted);
        if parse(&text).faults.is_empty() != accepted {
            wrong.push(case.to_string());
        }
    }
    assert!(cases.len() > 1_200 && refused > 500, "{} cases, {refused} refused", cases.len());
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

/// The tables know every plugin and option that upstream's own examples use.
#[test]
fn the_tables_know_what_examples_use() {
    let used = fs::read_to_string(folder().join("options.txt")).expect("options");
    let mut missing = Vec::new();
    let mut count = 0;
    for line in used.lines().filter(|line| !line.starts_with('#')) {
        let mut words = line.split(' ');
        let (role, name) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let known = plugins::plugin(role, name);
        let option =
            words.next().is_none_or(|option| known.is_some_and(|one| one.option(option).is_some()));
        count += 1;
        if known.is_none() || !option {
            missing.push(line);
        }
    }
    assert!(count > 300, "{count} lines");
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}
