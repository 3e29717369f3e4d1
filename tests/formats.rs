//! The formats say the same thing, and SARIF says it in the shape that validators accept.

use crate::common::{json, repository, run};
use serde_json::Value;
use std::collections::BTreeSet;

const FILES: &[(&str, &str)] = &[(
    "a folder/alerts ü.yml",
    "# ümlaut\ngroups:\n  - name: a\n    rules:\n      - alert: Düsseldorf\n        expr: up == 0\n        labels: {severity: critical}\n",
)];

fn sarif(profile: &str) -> Value {
    let folder = repository(FILES);
    json(&run(folder.path(), &["check", "--all", "--format", "sarif", "--sarif-profile", profile]))
}

#[test]
fn sarif_has_what_validators_and_github_ask_for() {
    for profile in ["full", "github"] {
        let log = sarif(profile);
        assert_eq!(log["version"], "2.1.0");
        assert!(log["$schema"].as_str().is_some_and(|schema| schema.contains("sarif-2.1.0")));
        let run = &log["runs"][0];
        let rules = run["tool"]["driver"]["rules"].as_array().expect("rules");
        assert_eq!(rules.len(), obsproof::catalogue::rules().len(), "every rule is listed");
        let taxa = run["taxonomies"][0]["taxa"].as_array().expect("taxa");
        for rule in rules {
            for key in ["shortDescription", "fullDescription", "help"] {
                let text = rule[key]["text"].as_str().expect("text");
                assert!(!text.is_empty() && text.chars().count() <= 1_024, "{} {key}", rule["id"]);
            }
            assert!(
                rule["properties"]["tags"].as_array().expect("tags").len() <= 10,
                "{}",
                rule["id"]
            );
            for relation in rule["relationships"].as_array().into_iter().flatten() {
                let index = relation["target"]["index"].as_u64().expect("an index") as usize;
                assert_eq!(taxa[index]["id"], relation["target"]["id"]);
            }
        }
        for result in run["results"].as_array().expect("results") {
            let index = result["ruleIndex"].as_u64().expect("an index") as usize;
            assert_eq!(rules[index]["id"], result["ruleId"]);
            let place = &result["locations"][0]["physicalLocation"];
            let uri = place["artifactLocation"]["uri"].as_str().expect("a uri");
            assert!(uri.is_ascii() && !uri.contains(' ') && !uri.starts_with('/'), "{uri}");
            assert!(place["region"]["startLine"].as_u64().is_some_and(|line| line >= 1));
            assert!(result["partialFingerprints"]["primaryLocationLineHash"].is_string());
        }
    }
}

#[test]
fn sarif_places_are_those_of_json() {
    let folder = repository(FILES);
    let report = json(&run(folder.path(), &["check", "--format", "json", "--select", "ALRT005"]));
    let log = json(&run(folder.path(), &["check", "--format", "sarif", "--select", "ALRT005"]));
    let finding = &report["findings"][0];
    let region = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"];
    assert_eq!(finding["start"], serde_json::json!({"line": 5, "column": 16, "byte": 56}));
    assert_eq!(region["startLine"], finding["start"]["line"]);
    assert_eq!(region["startColumn"], finding["start"]["column"]);
    assert_eq!(region["endColumn"], finding["end"]["column"]);
    assert_eq!(region["byteOffset"], finding["start"]["byte"]);
}

#[test]
fn every_format_speaks_of_the_same_findings() {
    let folder = repository(FILES);
    let codes = |format: &str| -> Vec<String> {
        let out = run(folder.path(), &["check", "--format", format]).out;
        let known: BTreeSet<&str> =
            obsproof::catalogue::rules().iter().map(|rule| rule.code).collect();
        let mut found: Vec<String> = match format {
            "json" => {
                let report: Value = serde_json::from_str(&out).expect("JSON");
                report["findings"]
                    .as_array()
                    .expect("findings")
                    .iter()
                    .map(|f| f["code"].as_str().unwrap_or_default().to_owned())
                    .collect()
            }
            _ => out
                .lines()
                .filter_map(|line| {
                    line.split(|c: char| !c.is_ascii_alphanumeric())
                        .find(|word| known.contains(word))
                        .map(str::to_owned)
                })
                .collect(),
        };
        found.sort();
        found
    };
    let json = codes("json");
    assert!(!json.is_empty());
    assert_eq!(codes("concise"), json);
    assert_eq!(codes("github"), json);
}

#[test]
fn the_report_counts_add_up_and_its_evidence_exists() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/standard");
    let record =
        json(&run(&root, &["report", "--format", "json", "--clock", "2026-01-01T00:00:00Z"]));
    assert_eq!(record["schema"], "obsproof/report/1");
    let total = |kind: &str| -> u64 {
        record["summary"][kind]
            .as_object()
            .expect("counts")
            .values()
            .filter_map(Value::as_u64)
            .sum()
    };
    assert_eq!((total("required"), total("checklist")), (17, 40));
    let fingerprints: BTreeSet<&str> = record["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .filter_map(|f| f["fingerprint"].as_str())
        .collect();
    for requirement in record["requirements"].as_array().expect("requirements") {
        for evidence in requirement["evidence"].as_array().expect("evidence") {
            let path = root.join(evidence["path"].as_str().expect("a path"));
            let text = std::fs::read_to_string(&path).expect("evidence exists");
            let end = evidence["end"].as_u64().expect("a line") as usize;
            assert!(end <= text.lines().count(), "{}", path.display());
            assert_eq!(evidence["sha256"].as_str().map(str::len), Some(64));
        }
        for finding in requirement["findings"].as_array().expect("findings") {
            assert!(fingerprints.contains(finding.as_str().expect("a fingerprint")));
        }
    }
    let again = run(
        &root,
        &["report", "--format", "json", "--clock", "2026-01-01T00:00:00Z", "--threads", "1"],
    );
    assert_eq!(json(&again), record, "the same commit gives the same bytes");
}

/// What repeats through a file is one thing to say to a person, and a finding each for programs.
#[test]
fn repetition_is_one_line_for_people_and_a_finding_each_for_programs() {
    let alert = |number: usize| {
        format!(
            "      - alert: Alert{number}\n        expr: errors_total{{code=\"{number}\"}} > 1\n        for: 5m\n        labels: {{severity: critical, team: a}}\n        annotations: {{summary: Errors, description: Orders fail}}\n"
        )
    };
    let rules: String = (0..60).map(alert).collect();
    let few: String = (60..62).map(alert).collect();
    let folder = repository(&[
        ("alerts.yml", &format!("groups:\n  - name: a\n    rules:\n{rules}")),
        ("few.yml", &format!("groups:\n  - name: b\n    rules:\n{few}")),
    ]);
    let check = |format: &str| {
        run(folder.path(), &["check", "--format", format, "--select", "ALRT005"]).out
    };
    let human = check("human");
    let heads: Vec<&str> = human.lines().filter(|line| line.contains("[ALRT005]")).collect();
    assert_eq!(heads.len(), 3, "one line for the many, one for each of two: {human}");
    let group = heads.iter().find(|line| line.contains("60 ×")).expect("a group");
    assert!(group.contains("in alerts.yml") && group.contains("(lines 4, 9, 14 …)"), "{group}");
    let report: Value = serde_json::from_str(&check("json")).expect("JSON");
    assert_eq!(report["findings"].as_array().map(Vec::len), Some(62));
    let log: Value = serde_json::from_str(&check("sarif")).expect("JSON");
    assert_eq!(log["runs"][0]["results"].as_array().map(Vec::len), Some(62));
    let markdown = run(folder.path(), &["report"]).out;
    let steps: Vec<&str> = markdown.lines().filter(|line| line.contains("**ALRT005**")).collect();
    assert_eq!(steps.len(), 1, "{markdown}");
    assert!(steps[0].contains("62 ×"), "{}", steps[0]);
    assert!(steps[0].contains("(alerts.yml:4, 9, 14 …, few.yml:4, 9)"), "{}", steps[0]);
}

#[test]
fn gitlab_gets_a_code_quality_list() {
    let folder = repository(FILES);
    let list = json(&run(folder.path(), &["check", "--all", "--format", "gitlab"]));
    let report = json(&run(folder.path(), &["check", "--all", "--format", "json"]));
    let issues = list.as_array().expect("one list");
    let findings = report["findings"].as_array().expect("findings");
    assert_eq!(issues.len(), findings.len());
    let mut seen = BTreeSet::new();
    for (issue, finding) in issues.iter().zip(findings) {
        let keys: Vec<&str> =
            issue.as_object().expect("an object").keys().map(String::as_str).collect();
        assert_eq!(keys, ["description", "check_name", "fingerprint", "severity", "location"]);
        let severity = issue["severity"].as_str().expect("a word");
        assert!(["info", "minor", "major", "critical", "blocker"].contains(&severity));
        let path = issue["location"]["path"].as_str().expect("a path");
        assert!(folder.path().join(path).is_file(), "{path} is a file of the repository");
        if finding["path"] != "." {
            assert_eq!(path, finding["path"]);
            assert_eq!(issue["location"]["lines"]["begin"], finding["start"]["line"]);
        }
        assert!(seen.insert(issue["fingerprint"].as_str().expect("a text")), "twice: {issue}");
    }
    let empty = repository(&[]);
    assert_eq!(run(empty.path(), &["check", "--format", "gitlab"]).out, "[]\n");
}

#[test]
fn junit_fails_where_the_run_fails() {
    let folder = repository(&[
        FILES[0],
        (
            "b<&>.yml",
            "groups:\n  - name: a\n    rules:\n      - alert: \"<x>&\\u0001\"\n        expr: \"up ==\"\n",
        ),
    ]);
    let out = run(folder.path(), &["check", "--format", "junit"]).out;
    assert!(
        out.starts_with(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"obsproof\""
        )
    );
    assert!(out.contains("<testsuite name=\"a folder/alerts ü.yml\""), "{out}");
    assert!(out.contains("<testsuite name=\"b&lt;&amp;&gt;.yml\""), "{out}");
    assert!(out.contains("<testsuite name=\"rules\""), "{out}");
    assert!(!out.contains('\u{1}'));
    let failures = |out: &str| out.matches("<failure ").count();
    let errors =
        json(&run(folder.path(), &["check", "--format", "json"]))["summary"]["open"]["error"]
            .as_u64()
            .expect("a number") as usize;
    assert!(errors > 0);
    assert_eq!(failures(&out), errors);
    let never = run(folder.path(), &["check", "--format", "junit", "--fail-on", "never"]).out;
    assert_eq!(failures(&never), 0);
    assert!(never.contains("<skipped "));
    // Names do not hold lines: a case is the same one after lines were added above it.
    let names = |out: &str| -> Vec<String> {
        out.split("<testcase ")
            .skip(1)
            .map(|it| it.split(" classname").next().expect("a name").to_owned())
            .collect()
    };
    crate::common::write(
        folder.path(),
        FILES[0].0,
        format!("# one\n# two\n{}", FILES[0].1).as_bytes(),
    );
    assert_eq!(names(&run(folder.path(), &["check", "--format", "junit"]).out), names(&out));
}

#[test]
fn github_shows_the_worst_first() {
    let folder = repository(&[
        FILES[0],
        (
            "z,:%.yml",
            "groups:\n  - name: a\n    rules:\n      - alert: A\n        expr: \"up ==\"\n",
        ),
    ]);
    let out = run(folder.path(), &["check", "--all", "--format", "github"]).out;
    let levels: Vec<usize> = out
        .lines()
        .map(|line| {
            let word = line.strip_prefix("::").and_then(|rest| rest.split(' ').next());
            ["error", "warning", "notice"]
                .iter()
                .position(|known| Some(*known) == word)
                .expect("a command")
        })
        .collect();
    assert!(levels.is_sorted() && levels.contains(&0) && levels.contains(&1), "{out}");
    assert!(out.contains("file=z%2C%3A%25.yml,line=5,"), "{out}");
}
