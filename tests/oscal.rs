//! OSCAL and in-toto documents: every reference leads somewhere, and what the judges accepted is
//! what is still written.
//!
//! `tests/parity/oscal/make.py` has the documents judged by the OSCAL schema and by trestle.
//! Neither looks whether a reference leads anywhere; the check here does.

use crate::common::run;
use obsproof::discover::sha256;
use obsproof::report::oscal;
use obsproof::report::record::Record;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Every node of a document with its pointer.
fn nodes(document: &Value) -> Vec<(String, &Value)> {
    let mut all = Vec::new();
    let mut open = vec![(String::new(), document)];
    while let Some((place, value)) = open.pop() {
        match value {
            Value::Object(map) => {
                open.extend(map.iter().map(|(key, value)| (format!("{place}/{key}"), value)));
            }
            Value::Array(list) => {
                let items = list.iter().enumerate();
                open.extend(items.map(|(at, value)| (format!("{place}/{at}"), value)));
            }
            _ => {}
        }
        all.push((place, value));
    }
    all
}

/// What is wrong with a document's references and values.
fn faults(document: &Value) -> Vec<String> {
    let all = nodes(document);
    let mut faults = Vec::new();
    let mut known: BTreeMap<&str, usize> = BTreeMap::new();
    for (place, value) in &all {
        if place.ends_with("/uuid") {
            *known.entry(value.as_str().unwrap_or_default()).or_default() += 1;
        }
    }
    let shape =
        regex::Regex::new("^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")
            .unwrap();
    for (uuid, count) in &known {
        if *count > 1 {
            faults.push(format!("{uuid} names {count} things"));
        }
        if !shape.is_match(uuid) {
            faults.push(format!("{uuid} is no UUIDv5"));
        }
    }
    for (place, value) in &all {
        let key = place.rsplit('/').next().unwrap_or_default();
        let text = value.as_str().unwrap_or_default();
        let reference = match key {
            "observation-uuid" | "risk-uuid" | "actor-uuid" | "component-uuid" | "subject-uuid" => {
                Some(text)
            }
            "href" => text.strip_prefix('#'),
            _ => None,
        };
        if reference.is_some_and(|uuid| !known.contains_key(uuid)) {
            faults.push(format!("{place}: {text} leads nowhere"));
        }
        if matches!(value, Value::Array(list) if list.is_empty()) {
            faults.push(format!("{place} is empty"));
        }
        if value.is_null() {
            faults.push(format!("{place} is null"));
        }
        let time = ["last-modified", "start", "end", "collected", "expires", "deadline"];
        let zone = text.ends_with('Z') || text.rfind(['+', '-']).is_some_and(|at| at > 18);
        if time.contains(&key) && !(text.len() > 18 && zone) {
            faults.push(format!("{place}: {text} is no time with a zone"));
        }
        if key == "href" && text.contains([' ', '\\', '"', '<', '>']) {
            faults.push(format!("{place}: {text} is no reference"));
        }
    }
    faults
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

#[test]
fn every_reference_leads_somewhere() {
    for fixture in ["standard", "shop"] {
        for format in ["oscal", "oscal-component"] {
            let words = ["report", "--format", format, "--clock", "2026-01-01"];
            let made = run(&here("fixtures").join(fixture), &words);
            assert_eq!(made.code, 0, "{}", made.err);
            assert_eq!(faults(&parsed(&made.out)), Vec::<String>::new(), "{fixture} {format}");
        }
    }
}

#[test]
fn the_check_of_references_can_tell() {
    let document = parsed(
        &std::fs::read_to_string(here("tests/parity/oscal/assessment-results.json")).unwrap(),
    );
    assert_eq!(faults(&document), Vec::<String>::new());
    let observation =
        "/assessment-results/results/0/findings/0/related-observations/0/observation-uuid";
    let nowhere = "00000000-0000-5000-8000-000000000000";
    for (place, value) in [
        (observation, Value::from(nowhere)),
        ("/assessment-results/import-ap/href", Value::from(format!("#{nowhere}"))),
        ("/assessment-results/uuid", Value::from("d9428888-122b-11e1-b85c-61cd3cbb3210")),
        ("/assessment-results/results/0/observations", Value::Array(vec![])),
        ("/assessment-results/results/0/start", Value::from("2026-01-01T00:00:00")),
        ("/assessment-results/metadata/version", Value::Null),
    ] {
        let mut mutant = document.clone();
        *mutant.pointer_mut(place).expect("there") = value;
        assert!(!faults(&mutant).is_empty(), "{place}");
    }
    let mut twice = document.clone();
    let first = twice["assessment-results"]["results"][0]["observations"][0].clone();
    twice["assessment-results"]["results"][0]["observations"][1] = first;
    assert!(!faults(&twice).is_empty());
}

/// The documents of a fixed record are those that were judged; `UPDATE=1` writes them anew, and
/// `make.py` has them judged again.
#[test]
fn what_was_judged_is_what_is_written() {
    let folder = here("tests/parity/oscal");
    let verdicts = std::fs::read_to_string(folder.join("verdicts.json")).unwrap_or_default();
    let record = parsed(&std::fs::read_to_string(folder.join("record.json")).expect("a record"));
    let mut stamped = record.clone();
    stamped["evidence"] = false.into();
    stamped["not_evidence"] =
        serde_json::json!(["files differ from the commit: a b.yml (modified)"]);
    let documents = [
        ("assessment-results.json", oscal::results::text_of(&Record::of(record.clone()))),
        ("component-definition.json", oscal::component::text_of(&Record::of(record))),
        ("stamped.json", oscal::results::text_of(&Record::of(stamped))),
    ];
    let update = std::env::var_os("UPDATE").is_some();
    for (name, text) in &documents {
        assert_eq!(faults(&parsed(text)), Vec::<String>::new(), "{name}");
        let path = folder.join(name);
        if update {
            std::fs::write(&path, text).expect("the folder is writable");
            continue;
        }
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(kept == *text, "{name}: UPDATE=1 cargo test --test all oscal::, then make.py");
        let verdicts = parsed(&verdicts);
        let rows = verdicts["documents"].as_array().expect("verdicts");
        let row = rows.iter().find(|row| row["file"] == *name).expect("a verdict");
        assert_eq!(row["sha256"], sha256(text.as_bytes()), "{name}: judged before it changed");
        for judge in ["schema", "trestle"] {
            assert_eq!(row[judge], "valid", "{name} by {judge}");
        }
    }
}

#[test]
fn the_judges_refuse_what_is_wrong() {
    let text = std::fs::read_to_string(here("tests/parity/oscal/verdicts.json")).expect("verdicts");
    let verdicts = parsed(&text);
    let mutants = verdicts["mutants"].as_array().expect("mutants");
    assert!(mutants.len() >= 20, "{}", mutants.len());
    let mut by_nobody: BTreeSet<&str> = BTreeSet::new();
    for mutant in mutants {
        let refused = mutant["schema"] == "invalid" || mutant["trestle"] == "invalid";
        let name = mutant["what"].as_str().expect("a name");
        if !refused {
            by_nobody.insert(name);
        }
        // What no judge sees is what the check of references is for.
        assert!(refused || mutant["references"] == "invalid", "{name}");
    }
    assert!(by_nobody.contains("a finding rests on an observation that is not there"));
}
