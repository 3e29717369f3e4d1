//! `obsproof baseline` and `check --baseline`: what was there does not stand in the way of what is
//! new.

use crate::common::git::{commit_all, git};
use crate::common::{Run, json, repository, run, write};
use serde_json::Value;
use std::path::Path;

/// Alerts without a runbook; `ShopLate` twice with the same words.
fn alert(name: &str) -> String {
    format!(
        "      - alert: {name}\n        expr: up == 0\n        for: 5m\n        labels: {{severity: critical, team: orders}}\n        annotations: {{summary: s, description: d}}\n"
    )
}

fn rules(alerts: &[&str]) -> String {
    let alerts: String = alerts.iter().map(|name| alert(name)).collect();
    format!("groups:\n  - name: shop\n    rules:\n{alerts}")
}

const FILE: &str = ".obsproof/baseline.json";

fn check(folder: &Path) -> Run {
    run(folder, &["check", "--baseline", FILE, "--format", "json"])
}

fn open(told: &Run) -> Vec<(String, i64)> {
    let report = json(told);
    let findings = report["findings"].as_array().expect("findings").iter();
    findings
        .filter(|it| it["status"] == "open")
        .map(|it| {
            let code = it["code"].as_str().unwrap_or_default().to_owned();
            (code, it["start"]["line"].as_i64().unwrap_or_default())
        })
        .collect()
}

#[test]
fn what_was_there_does_not_fail() {
    let folder = repository(&[("alerts.yml", &rules(&["ShopDown", "ShopLate"]))]);
    let path = folder.path();
    assert_eq!(run(path, &["check"]).code, 1);
    let made = run(path, &["baseline"]);
    assert_eq!((made.code, made.err.as_str()), (0, ""));
    assert!(made.out.starts_with(".obsproof/baseline.json: "), "{}", made.out);
    assert!(made.out.contains("findings in 1 file\n"), "{}", made.out);
    let told = check(path);
    assert_eq!((told.code, open(&told)), (0, vec![]));
    let report = json(&told);
    assert!(report["summary"]["baselined"].as_i64().expect("a count") >= 2);
    assert_eq!(report["baseline"]["gone"], 0);
    // Written twice it is the same, and byte for byte so.
    let first = std::fs::read(path.join(FILE)).expect("written");
    assert!(run(path, &["baseline"]).out.contains("0 added, 0 dropped"));
    assert_eq!(std::fs::read(path.join(FILE)).expect("written"), first);
    let report = json(&run(path, &["report", "--format", "json", "--clock", "2026-01-01"]));
    let statuses = report["findings"].as_array().expect("findings").iter();
    assert!(statuses.clone().count() > 0);
    assert!(statuses.map(|it| &it["status"]).all(|it| it != "baselined"), "verdicts know nothing");
}

#[test]
fn moved_lines_are_the_same_and_new_ones_are_new() {
    let folder = repository(&[("alerts.yml", &rules(&["ShopDown"]))]);
    let path = folder.path();
    run(path, &["baseline"]);
    write(path, "alerts.yml", format!("# moved\n\n{}", rules(&["ShopDown"])).as_bytes());
    assert_eq!(open(&check(path)), []);
    write(path, "alerts.yml", rules(&["Fresh", "ShopDown"]).as_bytes());
    let told = check(path);
    assert_eq!(told.code, 1);
    assert!(open(&told).contains(&("ALRT005".to_owned(), 4)), "{:?}", open(&told));
    assert!(open(&told).iter().all(|(_, line)| *line < 9), "{:?}", open(&told));
}

#[test]
fn one_more_of_the_same_kind_is_the_one_that_shows() {
    let folder = repository(&[("alerts.yml", &rules(&["A", "Same", "B"]))]);
    let path = folder.path();
    run(path, &["baseline"]);
    // Another one of the same name, before the old one: its neighbours tell which is new.
    write(path, "alerts.yml", rules(&["Same", "A", "Same", "B"]).as_bytes());
    let lines: Vec<i64> =
        open(&check(path)).into_iter().filter(|it| it.0 == "ALRT005").map(|it| it.1).collect();
    assert_eq!(lines, [4]);
    write(path, "alerts.yml", rules(&["A", "Same", "B", "Same"]).as_bytes());
    let lines: Vec<i64> =
        open(&check(path)).into_iter().filter(|it| it.0 == "ALRT005").map(|it| it.1).collect();
    assert_eq!(lines, [19]);
}

#[test]
fn renamed_files_keep_their_findings() {
    let folder = repository(&[("alerts.yml", &rules(&["ShopDown", "ShopLate", "C", "D"]))]);
    let path = folder.path();
    run(path, &["baseline"]);
    // Without git only what is the same in every byte; line ends are git's matter.
    std::fs::create_dir(path.join("r ü")).expect("made");
    std::fs::rename(path.join("alerts.yml"), path.join("r ü/shop.yml")).expect("moved");
    assert_eq!(open(&check(path)), []);
    let text = rules(&["ShopDown", "ShopLate", "C", "D"]).replace('\n', "\r\n");
    write(path, "r ü/shop.yml", text.as_bytes());
    assert_eq!(open(&check(path)), []);
    write(path, "r ü/shop.yml", rules(&["Fresh", "ShopDown", "ShopLate", "C", "D"]).as_bytes());
    assert!(open(&check(path)).len() > 4, "another text, and nobody remembers the old one");
    // With git the old text is still there, and likeness counts.
    write(path, "alerts.yml", rules(&["ShopDown", "ShopLate", "C", "D"]).as_bytes());
    std::fs::remove_dir_all(path.join("r ü")).expect("removed");
    commit_all(path);
    git(path, &["mv", "alerts.yml", "shop.yml"]);
    write(path, "shop.yml", rules(&["Fresh", "ShopDown", "ShopLate", "C", "D"]).as_bytes());
    let told = check(path);
    assert!(!open(&told).is_empty() && open(&told).iter().all(|it| it.1 < 9), "{:?}", open(&told));
    assert_eq!(json(&told)["baseline"]["gone"], 0);
}

#[test]
fn what_is_mended_drops_out() {
    let folder = repository(&[("alerts.yml", &rules(&["ShopDown", "ShopLate"]))]);
    let path = folder.path();
    run(path, &["baseline"]);
    write(path, "alerts.yml", rules(&["ShopDown"]).as_bytes());
    let told = check(path);
    let gone = json(&told)["baseline"]["gone"].as_i64().expect("a count");
    assert!(gone > 0);
    let human = run(path, &["check", "--baseline", FILE]).out;
    assert!(human.contains("of the baseline no longer there"), "{human}");
    write(path, "alerts.yml", rules(&["ShopDown", "Fresh"]).as_bytes());
    let pruned = run(path, &["baseline", "--prune"]);
    assert!(pruned.out.contains(&format!("{gone} fewer than before")), "{}", pruned.out);
    let told = check(path);
    assert!(!open(&told).is_empty(), "pruning hides nothing new");
    assert_eq!(json(&told)["baseline"]["gone"], 0);
    // Back again, it is new.
    write(path, "alerts.yml", rules(&["ShopDown", "ShopLate"]).as_bytes());
    assert!(!open(&check(path)).is_empty());
}

#[test]
fn the_configuration_can_name_it() {
    let folder = repository(&[
        ("alerts.yml", &rules(&["ShopDown"])),
        ("obsproof.toml", "baseline = \"known.json\"\n"),
    ]);
    let path = folder.path();
    let told = run(path, &["check"]);
    assert_eq!(told.code, 2);
    assert!(told.err.contains("there is no baseline"), "{}", told.err);
    assert_eq!(run(path, &["baseline"]).code, 0);
    assert!(path.join("known.json").is_file() && !path.join(".obsproof").exists());
    assert_eq!(run(path, &["check"]).code, 0);
    assert_eq!(run(path, &["report", "--fail-on", "error"]).code, 1, "not for the report");
    // Staged: the baseline that is staged, and new findings only.
    git(path, &["init", "--quiet"]);
    git(path, &["add", "--all"]);
    assert_eq!(run(path, &["check", "--staged"]).code, 0);
    write(path, "alerts.yml", rules(&["ShopDown", "Fresh"]).as_bytes());
    git(path, &["add", "--all"]);
    assert_eq!(run(path, &["check", "--staged"]).code, 1);
}

#[test]
fn what_cannot_be_used_is_refused() {
    let folder = repository(&[("alerts.yml", &rules(&["ShopDown"]))]);
    let path = folder.path();
    run(path, &["baseline"]);
    let good = std::fs::read_to_string(path.join(FILE)).expect("written");
    let mut other: Value = serde_json::from_str(&good).expect("JSON");
    other["tool"]["version"] = "0.0.1".into();
    let version = other.to_string();
    other = serde_json::from_str(&good).expect("JSON");
    other["tool"]["ruleset"] = "sha256:0".into();
    let ruleset = other.to_string();
    for (text, says) in [
        ("", "is no baseline"),
        ("{}", "is no baseline"),
        (&good[..good.len() / 2], "is no baseline"),
        ("[1, 2]", "is no baseline"),
        (&good.replace("baseline/1", "baseline/9"), "has the format `obsproof/baseline/9`"),
        (&good.replace("\"code\"", "\"cude\""), "is no baseline"),
        (&version, "was made by obsproof 0.0.1"),
        (&ruleset, "was made with other rules"),
    ] {
        write(path, FILE, text.as_bytes());
        let told = check(path);
        assert_eq!((told.code, told.out.as_str()), (2, ""), "{text}");
        assert!(told.err.contains(says) && told.err.lines().count() > 1, "{}", told.err);
    }
    // Another version's is taken over by asking for it.
    write(path, FILE, version.as_bytes());
    assert_eq!(run(path, &["baseline", "--prune"]).code, 0);
    assert_eq!(check(path).code, 0);
    assert_eq!(run(path, &["check", "--baseline", "nowhere.json"]).code, 2);
    assert_eq!(run(path, &["check", "--baseline", "."]).code, 2);
    assert_eq!(run(path, &["baseline", "--output", "no/such/folder.json"]).code, 2);
    assert_eq!(run(path, &["baseline", "alerts.yml"]).code, 2);
    assert_eq!(run(path, &["baseline", "--prune", "--output", "new.json"]).code, 2);
}

#[test]
fn a_finding_that_got_worse_is_new() {
    let folder =
        repository(&[("alerts.yml", &rules(&["ShopDown"]).replace("critical", "warning"))]);
    let path = folder.path();
    run(path, &["baseline"]);
    assert_eq!(open(&check(path)), []);
    write(path, "alerts.yml", rules(&["ShopDown"]).as_bytes());
    assert!(open(&check(path)).contains(&("ALRT005".to_owned(), 4)), "{:?}", open(&check(path)));
}

#[test]
fn what_stands_before_it_in_a_list_makes_no_other_finding_of_it() {
    let text = |first: &str| {
        format!(
            "route: {{receiver: pager}}\nreceivers:\n{first}  - name: pager\n    pagerduty_configs:\n      - routing_key: CHANGEME\n"
        )
    };
    let folder = repository(&[("alertmanager.yml", &text(""))]);
    let path = folder.path();
    commit_all(path);
    assert!(open(&check_all(path)).iter().any(|(code, _)| code == "AMGR039"));
    run(path, &["baseline"]);
    write(path, "alertmanager.yml", text("  - name: nobody\n").as_bytes());
    let told = open(&check(path));
    assert!(told.iter().all(|(code, _)| code != "AMGR039"), "{told:?}");
    git(path, &["add", "--all"]);
    let staged = open(&run(path, &["check", "--staged", "--format", "json"]));
    assert!(staged.iter().all(|(code, _)| code != "AMGR039"), "{staged:?}");
    // A second one of the kind shows.
    let second = "  - name: other\n    pagerduty_configs:\n      - routing_key: CHANGEME\n";
    let route = "{receiver: pager, routes: [{receiver: other, matchers: ['team=\"b\"']}]}";
    let two = text(second).replace("{receiver: pager}", route);
    write(path, "alertmanager.yml", two.as_bytes());
    assert_eq!(open(&check(path)).iter().filter(|(code, _)| code == "AMGR039").count(), 1);
}

fn check_all(folder: &Path) -> Run {
    run(folder, &["check", "--format", "json"])
}
