//! Evidence for an auditor: the record and its projections, waivers and attestations, and records
//! against records.

use crate::common::{Run, json, repository, run, write};
use serde_json::Value;
use std::path::Path;

const CLOCK: &str = "2026-01-01T00:00:00Z";

const ALERT: &str = "groups:\n  - name: shop\n    rules:\n      - alert: ShopDown\n        expr: up == 0\n        for: 5m\n        labels: {severity: critical, team: orders}\n        annotations: {summary: s, description: d}\n";

const POLICY: &str = "[policy]\napprovers = [\"Ada Byron\"]\n";

const PROMETHEUS: &str = "global:\n  scrape_interval: 15s\nrule_files: [alerts.yml]\nscrape_configs:\n  - job_name: shop\n    static_configs: [{targets: [\"shop:8080\"]}]\n";

/// A waiver with these lines in place of, or after, its own.
fn waiver(lines: &[(&str, &str)]) -> String {
    let own = [
        ("id", "W-1"),
        ("rule", "ALRT005"),
        ("reason", "one page for all"),
        ("owner", "Platform"),
        ("approver", "Ada Byron"),
        ("created", "2025-12-01"),
        ("expires", "2026-06-30"),
    ];
    entry("waivers", &own, lines)
}

/// An attestation with these lines in place of, or after, its own.
fn attestation(lines: &[(&str, &str)]) -> String {
    let own = [
        ("requirement", "OBS-R17"),
        ("statement", "pages are answered within ten minutes"),
        ("who", "Ada Byron"),
        ("role", "head of operations"),
        ("date", "2025-12-01"),
        ("valid-until", "2026-06-30"),
    ];
    entry("attestations", &own, lines)
}

fn entry(list: &str, own: &[(&str, &str)], lines: &[(&str, &str)]) -> String {
    let others = own.iter().filter(|(key, _)| !lines.iter().any(|(other, _)| other == key));
    let mut text = format!("{list}:\n");
    for (number, (key, value)) in others.chain(lines).filter(|(_, value)| *value != "-").enumerate()
    {
        let dash = if number == 0 { "  - " } else { "    " };
        text.push_str(&format!("{dash}{key}: {value}\n"));
    }
    text
}

fn report(folder: &Path, words: &[&str]) -> Run {
    let mut all = vec!["report", "--clock", CLOCK];
    all.extend(words);
    run(folder, &all)
}

fn record(folder: &Path) -> Value {
    let made = report(folder, &["--format", "json"]);
    assert_eq!(made.code, 0, "{}", made.err);
    json(&made)
}

fn rows<'v>(record: &'v Value, key: &str) -> &'v Vec<Value> {
    record[key].as_array().expect("a list")
}

fn requirement<'v>(record: &'v Value, id: &str) -> &'v Value {
    rows(record, "requirements").iter().find(|row| row["id"] == id).expect("a requirement")
}

fn codes(record: &Value) -> Vec<&str> {
    rows(record, "findings").iter().filter_map(|it| it["code"].as_str()).collect()
}

// ---- the record

#[test]
fn evidence_has_its_place_and_hashes() {
    let folder = repository(&[("my rules/über.yml", ALERT), ("prometheus.yml", PROMETHEUS)]);
    let record = record(folder.path());
    let finding = rows(&record, "findings").iter().find(|it| it["code"] == "ALRT005").unwrap();
    assert_eq!(finding["path"], "my rules/über.yml");
    assert_eq!(finding["pointer"], "/groups/0/rules/0/alert");
    assert_eq!(finding["snippet"], "      - alert: ShopDown");
    let file = rows(&record, "files").iter().find(|it| it["path"] == "my rules/über.yml").unwrap();
    assert_eq!(file["sha256"], obsproof::discover::sha256(ALERT.as_bytes()));
    assert_eq!(finding["sha256"], file["sha256"]);
    let line = obsproof::discover::sha256(b"      - alert: ShopDown");
    assert_eq!(finding["snippet_sha256"], line);
}

#[test]
fn files_are_hashed_as_they_stand_on_disk() {
    let folder = repository(&[]);
    let text = PROMETHEUS.replace('\n', "\r\n");
    let mut wide: Vec<u8> = vec![0xff, 0xfe];
    wide.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    write(folder.path(), "prometheus.yml", &wide);
    write(folder.path(), "bom.yml", format!("\u{feff}{PROMETHEUS}").as_bytes());
    let record = record(folder.path());
    for path in ["prometheus.yml", "bom.yml"] {
        let row = rows(&record, "files").iter().find(|it| it["path"] == path).unwrap();
        let bytes = std::fs::read(folder.path().join(path)).unwrap();
        assert_eq!(row["sha256"], obsproof::discover::sha256(&bytes), "{path}");
    }
}

#[test]
fn no_secret_is_in_any_format() {
    let secret = "hunter2hunter2";
    let config = format!(
        "route: {{receiver: a}}\nreceivers:\n  - name: a\n    slack_configs:\n      - api_url: https://hooks.slack.com/services/T0/B0/{secret}\n        channel: '#a'\n    email_configs:\n      - {{to: a@b.c, auth_password: {secret}, from: x@b.c, smarthost: 'm:25'}}\n"
    );
    let folder = repository(&[("alertmanager.yml", &config), ("alerts.yml", ALERT)]);
    for format in ["json", "markdown", "csv", "plan", "oscal", "oscal-component", "in-toto", "gate"]
    {
        let made = report(folder.path(), &["--format", format]);
        assert_eq!(made.code, 0, "{format}: {}", made.err);
        assert!(!made.out.contains(secret), "{format}");
    }
}

#[test]
fn the_same_files_give_the_same_bytes() {
    let files: &[(&str, &str)] = &[
        ("alerts.yml", ALERT),
        ("prometheus.yml", PROMETHEUS),
        ("obsproof.toml", POLICY),
        (".obsproof/waivers.yaml", &waiver(&[])),
        (".obsproof/attestations.yaml", &attestation(&[])),
    ];
    let (one, other) = (repository(files), repository(files));
    for format in ["json", "markdown", "csv", "plan", "oscal", "oscal-component", "in-toto", "gate"]
    {
        let first = report(one.path(), &["--format", format, "--threads", "1"]).out;
        let second = report(other.path(), &["--format", format]).out;
        let name = |folder: &Path| folder.file_name().unwrap().to_string_lossy().into_owned();
        let plain = |text: String, name: String| text.replace(&name, "shop");
        // A temporary folder has a name of its own; identifiers made of it differ with it.
        if !matches!(format, "oscal" | "oscal-component" | "in-toto") {
            assert_eq!(
                plain(first, name(one.path())),
                plain(second, name(other.path())),
                "{format}"
            );
        }
        let again = report(one.path(), &["--format", format]).out;
        assert_eq!(report(one.path(), &["--format", format]).out, again, "{format}");
    }
}

#[test]
fn only_run_holds_a_time() {
    let folder = repository(&[("alerts.yml", ALERT)]);
    let at =
        |clock: &str| json(&run(folder.path(), &["report", "--format", "json", "--clock", clock]));
    let (mut one, mut other) = (at("2026-01-01T00:00:00Z"), at("2026-01-01T09:30:00+02:00"));
    assert_ne!(one["run"], other["run"]);
    for record in [&mut one, &mut other] {
        record.as_object_mut().unwrap().remove("run");
    }
    assert_eq!(one, other);
}

#[test]
fn a_verdict_follows_from_its_clauses() {
    for fixture in ["standard", "shop"] {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(fixture);
        let record = record(&root);
        assert!(obsproof::audit::recompute(&record).is_empty(), "{fixture}");
        // And the check can tell.
        let mut forged = record.clone();
        for row in forged["requirements"].as_array_mut().unwrap() {
            let declared = row["declarations"].as_array().is_some_and(|it| !it.is_empty());
            if row["verdict"] == "partly" && !declared {
                row["verdict"] = "met".into();
                break;
            }
        }
        assert!(!obsproof::audit::recompute(&forged).is_empty(), "{fixture}");
    }
}

#[test]
fn a_narrowed_run_is_stamped_in_every_format() {
    let folder = repository(&[("a/alerts.yml", ALERT), ("b/prometheus.yml", PROMETHEUS)]);
    let only = ["a/alerts.yml", "b/prometheus.yml"];
    for format in ["json", "markdown", "csv", "plan", "oscal", "oscal-component", "in-toto", "gate"]
    {
        let mut words = vec!["--format", format];
        words.extend(only);
        let narrowed = report(folder.path(), &words).out;
        let whole = report(folder.path(), &["--format", format]).out;
        let stamped =
            |text: &str| text.contains("NOT EVIDENCE") || text.contains("\"evidence\": false");
        assert!(stamped(&narrowed), "{format}: {narrowed}");
        assert!(!stamped(&whole), "{format}");
    }
    let statement = report(folder.path(), &["--format", "in-toto", only[0], only[1]]);
    assert_ne!(json(&statement)["predicate"]["result"], "PASSED");
}

#[test]
fn the_headline_never_sums_unlike_things() {
    let folder = repository(&[
        ("alerts.yml", ALERT),
        ("prometheus.yml", PROMETHEUS),
        ("obsproof.toml", POLICY),
        (".obsproof/waivers.yaml", &waiver(&[("rule", "-"), ("requirement", "OBS-R01")])),
    ]);
    let record = record(folder.path());
    let line = record["summary"]["headline"]["required"].as_str().unwrap();
    let form = regex(
        r"^met (\d+), of these (\d+) by equivalent and (\d+) with risk accepted · attested (\d+) · partly (\d+) · not met (\d+)(?: · needs attestation (\d+))?(?: · inherited (\d+))?(?: · unknown (\d+))? · not applicable (\d+) by evidence, (\d+) by declaration$",
    );
    let found = form.captures(line).unwrap_or_else(|| panic!("{line}"));
    let count = |at: usize| found.get(at).map_or(0, |it| it.as_str().parse::<u32>().unwrap());
    let total: u32 = [1, 4, 5, 6, 7, 8, 9, 10, 11].into_iter().map(count).sum();
    assert_eq!(total, 17, "{line}");
    assert_eq!(count(3), 1, "{line}");
    assert!(report(folder.path(), &[]).out.contains(line));
}

fn regex(pattern: &str) -> regex::Regex {
    regex::Regex::new(pattern).expect("a pattern")
}

#[test]
fn exclusions_are_listed_with_their_reasons() {
    let folder = repository(&[
        ("alerts.yml", ALERT),
        ("old/alerts.yml", ALERT),
        (
            "obsproof.toml",
            "exclude = [\"gone\", { path = \"old\", reason = \"switched off in May\" }]\n",
        ),
        ("logo.yml", "\u{0}\u{1}"),
    ]);
    let record = record(folder.path());
    assert_eq!(record["scope"]["excluded"][1]["reason"], "switched off in May");
    assert_eq!(record["scope"]["excluded"][0]["reason"], Value::Null);
    assert!(rows(&record, "findings").iter().all(|it| it["path"] != "old/alerts.yml"));
    let skip = &record["scope"]["skips"][0];
    assert_eq!(
        (skip["reason"].as_str(), skip["paths"][0].as_str()),
        (Some("binary"), Some("logo.yml"))
    );
    for format in ["markdown", "html"] {
        let shown = report(folder.path(), &["--format", format]).out;
        let shown = shown.replace("<span class=\"code\">", "").replace("</span>", "");
        assert!(shown.contains("old (switched off in May)"), "{format}");
        assert!(shown.contains("gone (no reason given)"), "{format}");
    }
}

#[test]
fn the_report_to_read_says_where_it_comes_from() {
    let folder = repository(&[
        (
            "alerts.yml",
            &ALERT.replace("ShopDown", "ShopDown # obsproof: allow(ALRT005) reason=\"later\""),
        ),
        ("obsproof.toml", "ignore = [\"ALRT004\"]\n"),
    ]);
    let record = record(folder.path());
    let shown = report(folder.path(), &["--format", "markdown"]).out;
    let config = record["tuning"]["files"][0]["sha256"].as_str().unwrap();
    for part in [
        "## Where it comes from",
        "| commit | none (no git repository",
        record["tool"]["ruleset"].as_str().unwrap(),
        record["standard"]["sha256"].as_str().unwrap(),
        &format!("| settings and decisions | obsproof.toml sha256 {config} |"),
        "| time | 2026-01-01T00:00:00Z |",
        "- not shown: ALRT004",
        "- allowed at alerts.yml:4: ALRT005: later",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
}

// ---- waivers

#[test]
fn an_approved_waiver_accepts_and_everything_else_is_a_finding() {
    let state = |lines: &[(&str, &str)], policy: &str| {
        let folder = repository(&[
            ("alerts.yml", ALERT),
            ("obsproof.toml", policy),
            (".obsproof/waivers.yaml", &waiver(lines)),
        ]);
        let record = record(folder.path());
        let finding =
            rows(&record, "findings").iter().find(|it| it["code"] == "ALRT005").unwrap().clone();
        let told: Vec<String> = codes(&record)
            .into_iter()
            .filter(|it| it.starts_with("WAIV"))
            .map(str::to_owned)
            .collect();
        let status = finding["status"].as_str().unwrap().to_owned();
        (status, record["waivers"][0]["state"].as_str().unwrap().to_owned(), told.join(" "))
    };
    let is = |status: &str, state: &str, told: &str| {
        (status.to_owned(), state.to_owned(), told.to_owned())
    };
    assert_eq!(state(&[], POLICY), is("waived", "active", ""));
    assert_eq!(state(&[("expires", "2025-12-31")], POLICY), is("open", "expired", "WAIV002"));
    assert_eq!(state(&[("expires", "2026-01-01")], POLICY), is("waived", "active", "WAIV005"));
    assert_eq!(state(&[("expires", "2026-01-15")], POLICY), is("waived", "active", "WAIV005"));
    assert_eq!(state(&[("expires", "2026-01-16")], POLICY), is("waived", "active", ""));
    assert_eq!(state(&[("owner", "ada  BYRON")], POLICY), is("open", "unapproved", "WAIV003"));
    assert_eq!(state(&[("approver", "Eve")], POLICY), is("open", "unapproved", "WAIV003"));
    assert_eq!(state(&[], ""), is("open", "unapproved", "WAIV003"));
    assert_eq!(state(&[("reason", "''")], POLICY), is("open", "incomplete", "WAIV001"));
    assert_eq!(state(&[("created", "2026-02-01")], POLICY), is("open", "not-yet", ""));
    assert_eq!(state(&[("scope", "prod/")], POLICY), is("open", "unused", "WAIV004"));
    assert_eq!(state(&[("scope", "alerts.yml")], POLICY), is("waived", "active", ""));
    assert_eq!(
        state(&[("scope", "{subject: alert ShopDown}")], POLICY),
        is("waived", "active", "")
    );
    assert_eq!(
        state(&[("scope", "{subject: alert Other}")], POLICY),
        is("open", "unused", "WAIV004")
    );
}

#[test]
fn a_waived_rule_still_runs_and_check_counts_it_apart() {
    let folder = repository(&[
        ("alerts.yml", ALERT),
        ("obsproof.toml", POLICY),
        (".obsproof/waivers.yaml", &waiver(&[])),
    ]);
    let words = ["check", "--format", "json", "--clock", CLOCK];
    let checked = run(folder.path(), &words);
    assert_eq!(checked.code, 0, "{}", checked.out);
    let checked = json(&checked);
    assert_eq!(checked["summary"]["waived"], 1);
    let row = rows(&checked, "findings").iter().find(|it| it["code"] == "ALRT005").unwrap();
    assert_eq!(row["status"], "waived");
}

#[test]
fn a_waiver_of_a_requirement_turns_its_verdict_and_is_counted_apart() {
    let with = |lines: &[(&str, &str)]| {
        let folder = repository(&[
            ("alerts.yml", ALERT),
            ("prometheus.yml", PROMETHEUS),
            ("obsproof.toml", POLICY),
            (".obsproof/waivers.yaml", &waiver(lines)),
        ]);
        record(folder.path())
    };
    let record = with(&[("rule", "-"), ("requirement", "OBS-R12")]);
    let row = requirement(&record, "OBS-R12");
    assert_eq!((&row["verdict"], &row["risk_accepted"]), (&"met".into(), &true.into()));
    assert_ne!(row["without_waivers"], "met");
    assert_eq!(row["waivers"][0], "W-1");
    assert!(row["reason"].as_str().unwrap().contains("risk accepted by W-1 until 2026-06-30"));
    assert_eq!(record["waivers"][0]["requirements"][0], "OBS-R12");
    assert_eq!(record["summary"]["met_with_risk_accepted"]["required"], 1);
    // What is accepted is no evidence for a control.
    let control = |id: &str| rows(&record, "controls").iter().find(|row| row["id"] == id).unwrap();
    assert_eq!(control("au-7.1")["verdict"], "not-covered");
    assert!(
        rows(&record, "controls")
            .iter()
            .all(|row| !rows(row, "evidence").contains(&"OBS-R12".into()))
    );
    let late = with(&[("rule", "-"), ("requirement", "OBS-R12"), ("expires", "2025-12-31")]);
    let row = requirement(&late, "OBS-R12");
    assert_ne!(row["verdict"], "met");
    assert_eq!(row["risk_accepted"], false);
    // Other tuning turns nothing.
    let self_approved = with(&[("rule", "-"), ("requirement", "OBS-R12"), ("owner", "Ada Byron")]);
    assert_ne!(requirement(&self_approved, "OBS-R12")["verdict"], "met");
}

#[test]
fn a_broken_file_of_decisions_is_shown_with_its_place() {
    let told = |path: &str, text: &str| {
        let folder = repository(&[("alerts.yml", ALERT), ("obsproof.toml", POLICY), (path, text)]);
        let told = run(folder.path(), &["check", "--clock", CLOCK]);
        assert_eq!((told.code, told.out.as_str()), (2, ""), "{text}: {}", told.err);
        told.err
    };
    let waivers = ".obsproof/waivers.yaml";
    for (text, place, word) in [
        ("waivers:\n  - id: [\n", ":", "YAML"),
        ("waivers: 3\n", ":1:10", "is a list"),
        ("waiver:\n  - id: a\n", ":1:1", "did you mean `waivers`?"),
        ("waivers:\n  - idd: a\n    rul: b\n", ":2:5", "unknown key `idd`"),
        (&waiver(&[("rule", "ALTR005")]), ":8:11", "did you mean ALRT005"),
        (&waiver(&[("requirement", "OBS-R99")]), "", "a waiver is for a rule or for a requirement"),
        (
            &waiver(&[("rule", "-"), ("requirement", "OBS-R99")]),
            "",
            "unknown requirement `OBS-R99`",
        ),
        (&waiver(&[("expires", "tomorrow")]), "", "`expires` is no day"),
        (&waiver(&[("expires", "2026-02-30")]), "", "`expires` is no day"),
        (&waiver(&[("expires", "2025-11-30")]), "", "it ends before it begins"),
        (&waiver(&[("rule", "WAIV002")]), "", "cannot be waived"),
        (&waiver(&[("scope", "{pat: a}")]), "", "did you mean `path`?"),
        ("waivers:\n  - just words\n", ":2:5", "has keys"),
        ("waivers:\n  - id: a\n    id: b\n", ":3:5", ""),
    ] {
        let err = told(waivers, text);
        assert!(err.contains(&format!("{waivers}{place}")), "{text}: {err}");
        assert!(err.contains(word), "{text}: {err}");
    }
    let twice = format!("{}{}", waiver(&[]), waiver(&[]).trim_start_matches("waivers:\n"));
    assert!(told(waivers, &twice).contains("a second waiver is called `W-1`"));
    let attestations = ".obsproof/attestations.yaml";
    for (text, word) in [
        (attestation(&[("requirement", "OBS-R99")]), "unknown requirement"),
        (attestation(&[("clause", "OBS-R17/nothing")]), "has no clause `nothing`"),
        (attestation(&[("date", "soon")]), "`date` is no day"),
        (attestation(&[("links", "[{path: ../x, sha256: 12}]")]), "64 letters"),
        (attestation(&[("links", "[{path: ../x}]")]), "below the root"),
    ] {
        let err = told(attestations, &text);
        assert!(err.contains(attestations) && err.contains(word), "{text}: {err}");
    }
    assert!(told(waivers, "\u{0}").contains("cannot be used"));
    let folder = repository(&[(".obsproof/waivers.yaml/x", "")]);
    let told = run(folder.path(), &["check"]);
    assert_eq!(told.code, 2);
    assert!(told.err.contains("it is no file"), "{}", told.err);
}

#[test]
fn decisions_with_windows_line_ends_and_a_byte_order_mark_are_read() {
    let text = format!("\u{feff}{}", waiver(&[]).replace('\n', "\r\n"));
    let folder = repository(&[
        ("alerts.yml", ALERT),
        ("obsproof.toml", &POLICY.replace('\n', "\r\n")),
        (".obsproof/waivers.yaml", &text),
    ]);
    assert_eq!(record(folder.path())["waivers"][0]["state"], "active");
}

// ---- attestations

#[test]
fn an_attestation_answers_until_its_last_day() {
    let with = |lines: &[(&str, &str)], clock: &str| {
        let folder = repository(&[
            ("alerts.yml", ALERT),
            ("prometheus.yml", PROMETHEUS),
            (".obsproof/attestations.yaml", &attestation(lines)),
        ]);
        json(&run(folder.path(), &["report", "--format", "json", "--clock", clock]))
    };
    let bare = repository(&[("alerts.yml", ALERT), ("prometheus.yml", PROMETHEUS)]);
    let bare = record(bare.path());
    let asked = rows(&bare, "requirements")
        .iter()
        .find(|it| it["verdict"] == "needs-attestation")
        .map(|it| it["id"].as_str().unwrap().to_owned())
        .expect("something only a person can say");
    let record = with(&[("requirement", &asked)], CLOCK);
    let row = requirement(&record, &asked);
    assert_eq!((&row["verdict"], &row["attestation"]), (&"attested".into(), &"given".into()));
    assert!(row["reason"].as_str().unwrap().contains("Ada Byron"));
    assert_eq!(record["attestations"][0]["state"], "counts");
    let late = with(&[("requirement", &asked)], "2026-07-01");
    assert_eq!(requirement(&late, &asked)["verdict"], "needs-attestation");
    assert!(codes(&late).contains(&"ATTE002"));
    let soon = with(&[("requirement", &asked)], "2026-06-16");
    assert!(codes(&soon).contains(&"ATTE004"));
    assert_eq!(requirement(&soon, &asked)["verdict"], "attested");
    // A person's word changes nothing that files can show.
    let shown = rows(&bare, "requirements")
        .iter()
        .find(|it| it["verdict"] == "partly" && !it["operational"].is_null())
        .map(|it| it["id"].as_str().unwrap().to_owned())
        .expect("something in part");
    let record = with(&[("requirement", &shown)], CLOCK);
    let row = requirement(&record, &shown);
    assert_eq!((&row["verdict"], &row["attestation"]), (&"partly".into(), &"given".into()));
    assert_eq!(requirement(&bare, &shown)["attestation"], "needed");
}

#[test]
fn an_attestation_rests_on_what_was_signed() {
    let hash = obsproof::discover::sha256(b"minutes");
    let links = format!("[{{path: docs/minutes.md, sha256: {hash}}}, https://wiki.example.com/a]");
    let with = |minutes: Option<&str>| {
        let folder =
            repository(&[(".obsproof/attestations.yaml", &attestation(&[("links", &links)]))]);
        if let Some(minutes) = minutes {
            write(folder.path(), "docs/minutes.md", minutes.as_bytes());
        }
        let record = record(folder.path());
        let row = &record["attestations"][0];
        let found = codes(&record).contains(&"ATTE003");
        let states = (row["links"][0]["state"].clone(), row["links"][1]["state"].clone());
        (row["state"].as_str().unwrap().to_owned(), states, found)
    };
    let outside = || Value::from("outside");
    assert_eq!(with(Some("minutes")), ("counts".into(), ("same".into(), outside()), false));
    assert_eq!(with(Some("Minutes")), ("link-changed".into(), ("changed".into(), outside()), true));
    assert_eq!(with(None), ("link-changed".into(), ("missing".into(), outside()), true));
}

// ---- projections

#[test]
fn tables_are_safe_and_complete() {
    let alert = ALERT.replace("ShopDown", "'=cmd|A1'").replace("team: orders", "team: '@orders'");
    let folder = repository(&[("alerts.yml", &alert), ("prometheus.yml", PROMETHEUS)]);
    let checklist = report(folder.path(), &["--format", "csv"]).out;
    assert_eq!(checklist.lines().count(), 58);
    assert!(checklist.starts_with("id,item,kind,verdict,"));
    let plan = report(folder.path(), &["--format", "plan"]).out;
    for cell in plan.lines().chain(checklist.lines()).flat_map(|line| line.split(',')) {
        let start = cell.trim_start_matches('"').chars().next();
        assert!(!matches!(start, Some('=' | '+' | '-' | '@')), "{cell}");
    }
    assert!(plan.contains("\"'@orders\""), "{plan}");
    let ids = |text: &str| -> Vec<String> {
        let rows = text.lines().skip(1);
        rows.map(|line| line.split(',').next().unwrap().to_owned()).collect()
    };
    let first = ids(&plan);
    assert_eq!(first.iter().collect::<std::collections::BTreeSet<_>>().len(), first.len());
    // Lines move, findings come and go: the weakness keeps its id.
    write(folder.path(), "alerts.yml", format!("# moved\n\n{alert}").as_bytes());
    assert_eq!(ids(&report(folder.path(), &["--format", "plan"]).out), first);
}

#[test]
fn the_plan_follows_targets_and_waivers() {
    let folder = repository(&[
        ("alerts.yml", ALERT),
        ("prometheus.yml", PROMETHEUS),
        ("obsproof.toml", POLICY),
        (".obsproof/waivers.yaml", &waiver(&[])),
        (
            "gate.yaml",
            "schema: obsproof/gate/1\ntargets:\n  - {requirement: OBS-R12, verdict: met, due: 2026-09-30, owner: team-slo}\n",
        ),
    ]);
    let plan = report(folder.path(), &["--gate", "gate.yaml", "--format", "plan"]).out;
    let accepted = plan.lines().find(|line| line.contains("ALRT005")).expect("a row");
    assert!(accepted.contains("risk accepted") && accepted.contains("2026-06-30"), "{accepted}");
    let promised = plan.lines().find(|line| line.contains("OBS-R12:")).expect("a row");
    assert!(promised.contains("2026-09-30") && promised.contains("team-slo"), "{promised}");
}

#[test]
fn a_statement_binds_the_outputs_of_its_run() {
    let folder = repository(&[("alerts.yml", ALERT)]);
    let made = report(
        folder.path(),
        &[
            "--format",
            "in-toto=x.intoto.json",
            "--format",
            "json=evidence.json",
            "--format",
            "csv=c.csv",
        ],
    );
    assert_eq!(made.code, 0, "{}", made.err);
    let read = |name: &str| std::fs::read(folder.path().join(name)).unwrap();
    let statement: Value = serde_json::from_slice(&read("x.intoto.json")).unwrap();
    assert_eq!(statement["_type"], "https://in-toto.io/Statement/v1");
    let subjects = rows(&statement, "subject");
    assert_eq!(subjects.len(), 2);
    for subject in subjects {
        let bytes = read(subject["name"].as_str().unwrap());
        assert_eq!(subject["digest"]["sha256"], obsproof::discover::sha256(&bytes));
    }
    let predicate = &statement["predicate"];
    let count = |key: &str| rows(predicate, key).len();
    let record: Value = serde_json::from_slice(&read("evidence.json")).unwrap();
    let away = rows(&record, "requirements").iter().filter(|it| it["verdict"] == "not-applicable");
    assert_eq!(
        count("passedTests") + count("warnedTests") + count("failedTests") + away.count(),
        57
    );
}

// ---- records against records

#[test]
fn a_comparison_says_what_changed_and_who_did_it() {
    let folder = repository(&[("alerts.yml", ALERT), ("prometheus.yml", PROMETHEUS)]);
    let file = |name: &str| format!("json={name}");
    report(folder.path(), &["--format", &file("../old.json")]);
    let old = folder.path().parent().unwrap().join("old.json");
    let kept = folder.path().join("old.json");
    std::fs::rename(&old, &kept).unwrap();
    let compared =
        |folder: &Path| json(&report(folder, &["--format", "json", "--compare", "old.json"]));
    let same = compared(folder.path());
    assert_eq!(same["comparison"]["requirements"], Value::Array(vec![]));
    assert_eq!(same["comparison"]["same_tool"], true);
    // The repository gets worse.
    write(
        folder.path(),
        "alerts.yml",
        ALERT.replace("expr: up == 0", "expr: up == = 0").as_bytes(),
    );
    let worse = compared(folder.path());
    let rows_of = |record: &Value| record["comparison"]["requirements"].as_array().unwrap().clone();
    let row = rows_of(&worse).into_iter().find(|it| it["id"] == "OBS-R15").expect("changed");
    assert_eq!(row["cause"], "repository");
    assert!(!row["findings"]["new"].as_array().unwrap().is_empty());
    // The other record said otherwise of the same files: the tool did it.
    write(folder.path(), "alerts.yml", ALERT.as_bytes());
    let text = std::fs::read_to_string(&kept).unwrap();
    let mut forged: Value = serde_json::from_str(&text).unwrap();
    for row in forged["requirements"].as_array_mut().unwrap() {
        if row["id"] == "OBS-R15" {
            row["verdict"] = "not-met".into();
        }
        if row["id"] == "OBS-R04" {
            row["verdict"] = "attested".into();
        }
    }
    for finding in forged["findings"].as_array_mut().unwrap() {
        if finding["code"] == "ALRT005" {
            finding["status"] = "waived".into();
        }
    }
    std::fs::write(&kept, forged.to_string()).unwrap();
    let changed = compared(folder.path());
    let find = |id: &str| rows_of(&changed).into_iter().find(|it| it["id"] == id).expect("changed");
    assert_eq!(
        (&find("OBS-R15")["change"], &find("OBS-R15")["cause"]),
        (&"better".into(), &"tool".into())
    );
    assert_eq!(find("OBS-R04")["change"], "reopened");
    let reopened = &changed["comparison"]["findings"]["reopened"];
    assert_eq!(reopened.as_array().unwrap().len(), 1);
    let shown = report(folder.path(), &["--compare", "old.json"]).out;
    assert!(shown.contains("## Since 2026-01-01T00:00:00Z"), "{shown}");
    assert!(shown.contains("| better | OBS-R15"), "{shown}");
}

#[test]
fn other_files_are_no_reports() {
    let row = |rows: &str| {
        format!(
            "{{\"schema\": \"obsproof/report/1\", \"requirements\": {rows}, \"controls\": [], \"findings\": [], \"files\": []}}"
        )
    };
    let folder = repository(&[
        ("a.json", "{"),
        ("b.json", "{}"),
        ("c.json", "{\"schema\": \"obsproof/report/7\"}"),
        ("d.json", "{\"schema\": \"obsproof/report/1\"}"),
        ("f.json", &row("[{}]")),
    ]);
    let timeless = run(folder.path(), &["report", "--format", "json=made.json"]);
    assert_eq!(timeless.code, 0, "{}", timeless.err);
    let made = std::fs::read_to_string(folder.path().join("made.json")).unwrap();
    let made = regex("\"time\": \"[^\"]*\"").replace(&made, "\"time\": \"once\"");
    write(folder.path(), "made.json", made.as_bytes());
    let told = run(folder.path(), &["verify", "made.json"]);
    assert_eq!((told.code, told.out.as_str()), (2, ""));
    assert!(told.err.contains("made.json: its `run` holds no time"), "{}", told.err);
    for (file, word) in [
        ("a.json", "no JSON"),
        ("b.json", "no `schema`"),
        ("c.json", "report/7"),
        ("d.json", "cut short"),
        ("e.json", "no such file"),
        ("f.json", "`requirements/0` has no"),
    ] {
        for words in [vec!["report", "--compare", file], vec!["verify", file]] {
            let told = run(folder.path(), &words);
            assert_eq!((told.code, told.out.as_str()), (2, ""), "{words:?}");
            assert!(told.err.contains(word), "{words:?}: {}", told.err);
        }
    }
}

#[test]
fn verify_finds_what_differs() {
    let folder = repository(&[
        ("shop/alerts.yml", ALERT),
        ("shop/prometheus.yml", PROMETHEUS),
        ("shop/obsproof.toml", POLICY),
        ("shop/.obsproof/waivers.yaml", &waiver(&[])),
    ]);
    let made =
        run(folder.path(), &["report", "shop", "--clock", CLOCK, "--format", "json=evidence.json"]);
    assert_eq!(made.code, 0, "{}", made.err);
    let verify = || run(folder.path(), &["verify", "evidence.json", "shop"]);
    let holds = verify();
    assert_eq!(holds.code, 0, "{}{}", holds.out, holds.err);
    assert!(holds.out.contains("It holds: 57 verdicts"), "{}", holds.out);
    // The evidence is another.
    write(folder.path(), "shop/alerts.yml", format!("{ALERT}# more\n").as_bytes());
    let differs = verify();
    assert_eq!(differs.code, 1);
    assert!(
        differs.out.contains("shop/alerts.yml")
            || differs.out.contains("alerts.yml is not what it was"),
        "{}",
        differs.out
    );
    write(folder.path(), "shop/alerts.yml", ALERT.as_bytes());
    assert_eq!(verify().code, 0);
    // The decisions are others.
    write(folder.path(), "shop/.obsproof/waivers.yaml", waiver(&[("owner", "Eve")]).as_bytes());
    assert_eq!(verify().code, 1);
    write(folder.path(), "shop/.obsproof/waivers.yaml", waiver(&[]).as_bytes());
    // The record was changed.
    let path = folder.path().join("evidence.json");
    let text = std::fs::read_to_string(&path).unwrap();
    let record: Value = serde_json::from_str(&text).unwrap();
    let forge = |change: &dyn Fn(&mut Value)| {
        let mut forged = record.clone();
        change(&mut forged);
        std::fs::write(&path, forged.to_string()).unwrap();
        verify()
    };
    let verdict = forge(&|record| record["requirements"][3]["verdict"] = "met".into());
    assert_eq!(verdict.code, 1, "{}", verdict.out);
    assert!(verdict.out.contains("verdict"), "{}", verdict.out);
    let clause =
        forge(&|record| record["requirements"][3]["clauses"][0]["at_worst"] = "met".into());
    assert_eq!(clause.code, 1, "{}", clause.out);
    let hash = forge(&|record| record["files"][0]["sha256"] = "0".repeat(64).into());
    assert_eq!(hash.code, 1, "{}", hash.out);
    let counts = forge(&|record| record["summary"]["required"]["met"] = 17.into());
    assert_eq!(counts.code, 1, "{}", counts.out);
    assert!(counts.out.contains("/summary/required/met"), "{}", counts.out);
    for (key, value) in [("evidence", Value::from(false)), ("stamp", "NOT EVIDENCE: x".into())] {
        let stamp = forge(&|record| record[key] = value.clone());
        assert_eq!(stamp.code, 1, "{key}: {}", stamp.out);
        assert!(stamp.out.contains("the stamp does not follow"), "{}", stamp.out);
    }
    let hidden = forge(&|record| record["sources"][0]["dirty"] = true.into());
    assert!(hidden.out.contains("the stamp does not follow"), "{}", hidden.out);
    let rules = forge(&|record| record["tool"]["ruleset"] = "sha256:00".into());
    assert_eq!(rules.code, 2);
    assert!(rules.err.contains("other rules"), "{}", rules.err);
}

#[test]
fn a_gate_fails_on_what_is_worse_or_late() {
    let folder = repository(&[("alerts.yml", ALERT), ("prometheus.yml", PROMETHEUS)]);
    let made = report(folder.path(), &["--format", "gate=.obsproof/gate.yaml"]);
    assert_eq!(made.code, 2, "the folder is not there: {}", made.err);
    std::fs::create_dir(folder.path().join(".obsproof")).unwrap();
    assert_eq!(report(folder.path(), &["--format", "gate=.obsproof/gate.yaml"]).code, 0);
    let gate = |words: &[&str]| {
        let mut all = vec!["--gate", ".obsproof/gate.yaml"];
        all.extend(words);
        report(folder.path(), &all)
    };
    let shut = gate(&[]);
    assert_eq!((shut.code, shut.err.as_str()), (0, ""));
    write(folder.path(), "alerts.yml", b"");
    let worse = gate(&[]);
    assert_eq!(worse.code, 1);
    assert!(worse.err.contains("gate: worse: OBS-R15 is"), "{}", worse.err);
    assert!(worse.out.contains("## Gate"), "{}", worse.out);
    write(folder.path(), "alerts.yml", ALERT.as_bytes());
    let text = std::fs::read_to_string(folder.path().join(".obsproof/gate.yaml")).unwrap();
    let with = |target: &str| {
        let text = text.replace("targets: []", &format!("targets:\n  - {target}"));
        write(folder.path(), ".obsproof/gate.yaml", text.as_bytes());
        gate(&[])
    };
    let due = with("{requirement: OBS-R12, verdict: met, due: 2026-01-01, owner: 'team: slo'}");
    assert_eq!(due.code, 0, "{}", due.err);
    assert!(due.err.contains("gate: due: OBS-R12"), "{}", due.err);
    let missed = with("{requirement: OBS-R12, verdict: met, due: 2025-12-31, owner: 'team: slo'}");
    assert_eq!(missed.code, 1);
    assert!(missed.err.contains("gate: missed: OBS-R12 is"), "{}", missed.err);
    // Recording anew keeps the targets.
    gate(&["--format", "gate=.obsproof/gate.yaml"]);
    let again = gate(&[]);
    assert!(again.err.contains("(team: slo)"), "{}", again.err);
    for (target, word) in [
        ("{requirement: OBS-R99, verdict: met, due: 2026-01-01}", "unknown requirement"),
        ("{requirement: OBS-R12, verdict: good, due: 2026-01-01}", "is no verdict"),
        ("{requirement: OBS-R12, verdict: met, owner: slo}", "has no `due`"),
        ("{requirement: OBS-R12, verdict: met, due: 2026-01-01}", "has no `owner`"),
        ("{requirement: OBS-R12, verdict: met, due: 1 May}", "is no day"),
    ] {
        let told = with(target);
        assert_eq!((told.code, told.out.as_str()), (2, ""), "{target}: {}", told.err);
        assert!(told.err.contains(word), "{target}: {}", told.err);
    }
    // A report is a recorded state too.
    report(folder.path(), &["--format", "json=old.json"]);
    assert_eq!(report(folder.path(), &["--gate", "old.json"]).code, 0);
    write(folder.path(), "alerts.yml", b"");
    assert_eq!(report(folder.path(), &["--gate", "old.json"]).code, 1);
    for (text, word) in [("", "empty"), ("schema: other/1\n", "no form"), ("a: [", "YAML")] {
        write(folder.path(), "bad.yaml", text.as_bytes());
        let told = report(folder.path(), &["--gate", "bad.yaml"]);
        assert_eq!(told.code, 2);
        assert!(told.err.contains(word), "{text}: {}", told.err);
    }
}

#[test]
fn the_release_and_the_rules_can_be_pinned() {
    let told = |toml: &str| {
        let folder = repository(&[("obsproof.toml", toml)]);
        let told = run(folder.path(), &["check"]);
        (told.code, told.err)
    };
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(told(&format!("required-version = \"{version}\"\n")).0, 0);
    assert_eq!(told("required-version = \">=0.0.1, <99\"\n").0, 0);
    let (code, err) = told("required-version = \">=99\"\n");
    assert_eq!(code, 2);
    assert!(err.contains("wants obsproof >=99, and this is"), "{err}");
    assert!(told("required-version = \"new\"\n").1.contains("names no release"));
    let own = obsproof::catalogue::ruleset();
    assert_eq!(told(&format!("ruleset = \"{own}\"\n")).0, 0);
    let (code, err) = told(&format!("ruleset = \"sha256:{}\"\n", "0".repeat(64)));
    assert_eq!(code, 2);
    assert!(err.contains("wants the rules sha256:0000"), "{err}");
    assert!(told("ruleset = \"abc\"\n").1.contains("no hash"));
    assert!(told("[policy]\napprover = [\"x\"]\n").1.contains("did you mean `approvers`?"));
    assert!(told("[policy]\napprovers = \"x\"\n").1.contains("takes a list"));
}

#[test]
fn nothing_is_half_written() {
    let folder = repository(&[("alerts.yml", ALERT)]);
    std::fs::create_dir(folder.path().join("taken.json")).unwrap();
    for target in ["nowhere/x.json", "taken.json"] {
        let told = report(folder.path(), &["--format", &format!("json={target}")]);
        assert_eq!((told.code, told.out.as_str()), (2, ""), "{target}");
        assert!(told.err.contains("cannot write"), "{}", told.err);
        // The other outputs of the run are not written either.
        let words = ["--format", "csv=good.csv", "--format", &format!("json={target}")];
        assert_eq!(report(folder.path(), &words).code, 2);
        assert!(!folder.path().join("good.csv").exists(), "{target}");
        let check =
            run(folder.path(), &["check", "--format", "sarif=good.csv", words[2], words[3]]);
        assert_eq!((check.code, check.out.as_str()), (2, ""), "{}", check.err);
        assert!(!folder.path().join("good.csv").exists(), "{target}");
    }
    // Two long names that begin alike.
    let long = "l".repeat(60);
    let words = [&format!("csv={long}a.csv"), &format!("json={long}b.json")];
    let both = report(folder.path(), &["--format", words[0], "--format", words[1]]);
    assert_eq!(both.code, 0, "{}", both.err);
    assert!(folder.path().join(format!("{long}a.csv")).exists());
    for other in ["one.json", "./one.json"] {
        let words = ["--format", "json=one.json", "--format", &format!("csv={other}")];
        let told = report(folder.path(), &words);
        assert_eq!(told.code, 2);
        assert!(told.err.contains("two formats for one file"), "{}", told.err);
    }
    let left: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .flatten()
        .map(|it| it.file_name().to_string_lossy().into_owned())
        .filter(|name| name.contains(".part"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
    let two = report(folder.path(), &["--format", "json", "--format", "csv"]);
    assert_eq!(two.code, 2);
    assert!(two.err.contains("two formats for one standard output"), "{}", two.err);
    let near = report(folder.path(), &["--format", "oscall"]);
    assert_eq!(near.code, 2);
    assert!(near.err.contains("did you mean oscal?"), "{}", near.err);
}
