//! What the semantic rules claim is true on series: promtool's recorded verdicts on
//! `tests/parity/truth`, and obsproof's findings on the same files.
//!
//! `tests/parity/README.md` says how the verdicts are made.

use crate::common::{json, run};
use obsproof::catalogue;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parity/truth")
}

/// Folder of each test, with the names of its files.
fn tests() -> Vec<(String, Vec<String>)> {
    let text = fs::read_to_string(root().join("verdicts.json")).expect("verdicts");
    let verdicts: Value = serde_json::from_str(&text).expect("JSON");
    let mut tests = Vec::new();
    for test in verdicts["tests"].as_array().expect("tests") {
        let folder = test["folder"].as_str().expect("a folder").to_owned();
        assert_eq!(test["passed"], true, "{folder}: promtool does not confirm the claim");
        let hashes = test["sha256"].as_object().expect("hashes");
        for (name, hash) in hashes {
            let bytes = fs::read(root().join(&folder).join(name)).expect("a file");
            let found: String =
                Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(hash.as_str(), Some(&*found), "{folder}/{name} is not what was judged");
        }
        tests.push((folder, hashes.keys().cloned().collect()));
    }
    tests
}

fn codes(folder: &Path) -> Vec<String> {
    let words = ["check", "--all", "--class", "semantic", "--format", "json"];
    let report = json(&run(folder, &words));
    let findings = report["findings"].as_array().expect("findings").iter();
    findings.filter_map(|finding| finding["code"].as_str()).map(str::to_owned).collect()
}

/// The rule speaks of the file that promtool shows to be faulty, and not of its twin.
#[test]
fn faulty_files_are_flagged_and_their_twins_are_not() {
    let mut checked = 0;
    let mut wrong = Vec::new();
    for (folder, _) in tests() {
        let (code, side) = folder.split_once('/').expect("a code and a side");
        assert!(catalogue::by_code(code).is_some(), "{code} is no rule");
        checked += 1;
        let found = codes(&root().join(&folder));
        if found.iter().any(|known| known == code) != (side == "faulty") {
            wrong.push(format!("{folder}: {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(checked, 28);
}

/// Indicators stand in files of objectives; what promtool judges is a record of the same text.
#[test]
fn records_are_the_indicators_of_their_objectives() {
    let mut compared = 0;
    for (folder, names) in tests() {
        let read = |name: &str| fs::read_to_string(root().join(&folder).join(name));
        let rules = read("rules.yml").expect("rules");
        if names.iter().any(|name| name == "slos.yml") && rules.contains("record:") {
            let objectives = read("slos.yml").expect("objectives");
            let indicator = objectives.lines().last().expect("a line").trim();
            assert!(rules.contains(&format!("expr: {indicator}\n")), "{folder}");
            compared += 1;
        }
    }
    assert_eq!(compared, 4);
}
