//! The command line: exit codes, messages, help, and the contracts of its output.

use crate::common::git::{commit_all, git};
use crate::common::{json, repository, run};
use std::path::Path;

const ALERT: &str = "groups:\n  - name: shop\n    rules:\n      - alert: ShopDown\n        expr: up == 0\n        labels: {severity: critical, team: orders}\n        annotations: {summary: s, description: d}\n";

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn an_empty_folder_is_silent_and_passes() {
    let folder = repository(&[]);
    let checked = run(folder.path(), &["check"]);
    assert_eq!((checked.code, checked.err.as_str()), (0, ""));
    assert!(checked.out.starts_with("Read 0 files, 0 documents"), "{}", checked.out);
    assert!(!checked.out.contains("OBS:"), "{}", checked.out);
    let all = run(folder.path(), &["check", "--all", "--format", "json"]);
    assert_eq!(json(&all)["findings"], serde_json::json!([]));
}

/// What a decision of a person can be about makes all rules run; without one, those that nobody sees
/// do not. What is shown is the same.
#[test]
fn rules_that_nobody_sees_change_nothing() {
    let settings = "[[declare]]\nequivalent = \"loki\"\nfor = \"elk\"\nreason = \"r\"\n\
                    owner = \"o\"\napprover = \"a\"\nexpires = \"2026-12-01\"\n";
    for words in [
        &["check", "--format", "json"][..],
        &["check", "--format", "json", "--select", "ALRT001,ALRT005,PQL001,OTEL001"],
        &["check", "--format", "json", "--ignore", "ALRT008"],
        &["check", "--format", "json", "--class", "validity"],
        &["check", "--format", "json", "--all", "--class", "semantic"],
    ] {
        for fixture in ["fixtures/shop", "fixtures/standard"] {
            let shown = |whole: bool| {
                let folder = repository(&[("o.toml", if whole { settings } else { "" })]);
                let config = folder.path().join("o.toml").display().to_string();
                let words = [words, &["--config", &config, "--clock", "2026-06-01", fixture]];
                let told = json(&run(here(), &words.concat()));
                let mut findings = told["findings"].as_array().expect("findings").clone();
                findings.retain(|it| !it["code"].as_str().expect("a code").starts_with("DECL"));
                findings
            };
            let (whole, part) = (shown(true), shown(false));
            assert!(!part.is_empty(), "{words:?} {fixture}");
            assert_eq!(whole, part, "{words:?} {fixture}");
        }
    }
}

/// The list of files ends with how much of the code was parsed: tests, and what holds no word of a
/// library, were not.
#[test]
fn the_list_of_files_says_how_much_code_was_parsed() {
    let folder = repository(&[
        ("app.py", "import logging\nlogging.info('up')\n"),
        ("plain.py", "A = 1\n"),
        ("tests/test_app.py", "import logging\n"),
        ("main.go", "package main\n\nfunc main() {}\n"),
    ]);
    let listed = run(folder.path(), &["check", "--files"]);
    let rows: Vec<Vec<&str>> =
        listed.out.lines().map(|line| line.split_whitespace().collect()).collect();
    for row in
        ["source code files programs parsed", "python 3 2 1 33 %", "go 1 1 0 0 %", "all 4 3 1 25 %"]
    {
        assert!(rows.iter().any(|it| it.join(" ") == row), "{row}\n{}", listed.out);
    }
    let none = run(repository(&[("a.md", "# A\n")]).path(), &["check", "--files"]);
    assert!(!none.out.contains("source code"), "{}", none.out);
}

#[test]
fn a_library_is_asked_nothing() {
    let folder = repository(&[
        ("Cargo.toml", "[package]\nname = \"x\"\n"),
        ("src/lib.rs", "pub fn x() {}\n"),
    ]);
    let all = run(folder.path(), &["check", "--all", "--format", "json"]);
    assert_eq!((all.code, &json(&all)["findings"]), (0, &serde_json::json!([])));
}

#[test]
fn exit_codes_are_0_1_and_2() {
    let folder = repository(&[("alerts.yml", ALERT)]);
    let code = |words: &[&str]| run(folder.path(), words).code;
    assert_eq!(code(&["check"]), 1);
    assert_eq!(code(&["check", "--fail-on", "never"]), 0);
    assert_eq!(code(&["check", "--ignore", "ALRT005"]), 0);
    assert_eq!(code(&["check", "nowhere"]), 2);
    assert_eq!(code(&["check", "--fail-on", "fatal"]), 2);
    assert_eq!(code(&["check", "--no-such-flag"]), 2);
    assert_eq!(code(&["check", "--threads", "0"]), 2);
    assert_eq!(code(&["check", "--clock", "yesterday"]), 2);
    assert_eq!(code(&["report"]), 0);
    assert_eq!(code(&["report", "--fail-on", "error"]), 1);
    assert_eq!(code(&["explain", "nothing-like-this"]), 2);
    assert_eq!(code(&["--version"]), 0);
}

#[test]
fn a_misspelt_rule_is_told_what_it_may_mean() {
    let told = run(here(), &["check", "--select", "ALTR005"]);
    assert_eq!(told.code, 2);
    assert_eq!(
        told.err,
        "error: unknown rule `ALTR005` in --select\n  did you mean ALRT005 (runbook-missing)? `obsproof rules` lists all\n"
    );
    let path = run(here(), &["check", "--select", "ALRT005", "src"]);
    assert_eq!(path.code, 2);
    assert_eq!(
        path.err,
        "error: unknown rule `src` in --select\n  paths stand before --select, which takes all words after it\n"
    );
}

#[test]
fn a_broken_configuration_is_shown_with_its_place() {
    let folder = repository(&[("obsproof.toml", "fail-on = \"error\"\nignor = [\"ALRT005\"]\n")]);
    let told = run(folder.path(), &["check"]);
    assert_eq!(told.code, 2);
    assert!(told.err.contains("obsproof.toml:2:1"), "{}", told.err);
    assert!(told.err.contains("did you mean `ignore`?"), "{}", told.err);
}

#[test]
fn help_fits_a_screen_and_ends_with_examples() {
    for command in ["check", "report", "verify", "explain", "rules"] {
        let help = run(here(), &[command, "--help"]);
        assert_eq!(help.code, 0);
        assert!(help.out.lines().count() <= 60, "{command}: {} lines", help.out.lines().count());
        let (_, examples) = help.out.split_once("Examples:\n").expect("examples");
        assert!(examples.lines().count() >= 3, "{examples}");
    }
}

#[test]
fn json_keeps_its_contract() {
    let folder = repository(&[("monitoring/alerts.yml", ALERT)]);
    let report = json(&run(folder.path(), &["check", "--format", "json"]));
    assert_eq!(report["schema"], "obsproof/check/1");
    assert!(report["tool"]["ruleset"].as_str().expect("a hash").starts_with("sha256:"));
    let finding = report["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .find(|f| f["code"] == "ALRT005")
        .expect("ALRT005");
    assert_eq!(finding["path"], "monitoring/alerts.yml");
    assert_eq!(finding["start"], serde_json::json!({"line": 4, "column": 16, "byte": 49}));
    assert_eq!(finding["end"], serde_json::json!({"line": 4, "column": 24, "byte": 57}));
    assert_eq!(finding["subject"], "alert ShopDown");
    assert_eq!(finding["status"], "open");
    assert!(finding.get("fix").is_none());
    assert_eq!(finding["owner"], "orders", "the alert's own label names it");
    for key in ["service", "environment"] {
        assert!(finding[key].is_null() && finding.get(key).is_some(), "{key} is there and null");
    }
    assert_eq!(
        report["files"][0]["documents"][0],
        serde_json::json!({"kind": "prometheus-rules", "line": 1})
    );
    let absolute = folder.path().to_string_lossy().into_owned();
    let other = json(&run(here(), &["check", &absolute, "--format", "json"]));
    assert_eq!(other["findings"], report["findings"], "paths are relative to the root given");
}

#[test]
fn concise_is_one_line_a_finding() {
    let folder = repository(&[("alerts.yml", ALERT)]);
    let concise =
        run(folder.path(), &["check", "--format", "concise", "--select", "runbook-missing"]);
    assert_eq!(
        concise.out,
        "alerts.yml:4:16: error ALRT005 alert `ShopDown` has no `runbook_url` annotation\n"
    );
}

#[test]
fn several_formats_come_from_one_run() {
    let folder = repository(&[("alerts.yml", ALERT)]);
    let both = run(folder.path(), &["check", "--format", "concise", "--format", "json=out.json"]);
    assert!(both.out.contains("ALRT005"));
    let file = std::fs::read_to_string(folder.path().join("out.json")).expect("written");
    assert!(file.contains("obsproof/check/1"));
    assert_eq!(run(folder.path(), &["check", "--format", "json", "--format", "human"]).code, 2);
}

#[test]
fn tuning_changes_no_verdict() {
    let plain = repository(&[("prod/alerts.yml", ALERT)]);
    let tuned = repository(&[
        ("prod/alerts.yml", ALERT),
        ("obsproof.toml", "ignore = [\"ALRT005\"]\n[profile]\nprod = \"dev\"\n"),
    ]);
    let verdicts = |folder: &Path| {
        let report = json(&run(folder, &["report", "--format", "json", "--clock", "2026-01-01"]));
        let rows = report["requirements"].as_array().expect("requirements").clone();
        assert_eq!(rows.len(), 57);
        rows.into_iter().map(|row| (row["id"].clone(), row["verdict"].clone())).collect::<Vec<_>>()
    };
    assert_eq!(verdicts(plain.path()), verdicts(tuned.path()));
}

#[test]
fn rules_are_listed_as_data() {
    let rules = json(&run(here(), &["rules", "--format", "json"]));
    assert_eq!(rules["schema"], "obsproof/rules/1");
    let first = &rules["rules"][0];
    for key in [
        "code",
        "name",
        "title",
        "class",
        "severity",
        "requirements",
        "controls",
        "fix",
        "default",
        "preview",
        "absence",
    ] {
        assert!(first.get(key).is_some(), "{key}");
    }
}

#[test]
fn every_rule_requirement_and_control_can_be_explained() {
    let folder = repository(&[("alerts.yml", ALERT)]);
    for what in ["ALRT005", "runbook-missing", "OBS-R15", "OBS-C6.5", "au-9", "AU-3(1)"] {
        let told = run(folder.path(), &["explain", what]);
        assert_eq!(told.code, 0, "{what}: {}", told.err);
        assert!(told.out.lines().count() > 3, "{what}");
    }
}

#[test]
fn output_is_the_same_for_any_number_of_threads() {
    let one = run(
        here(),
        &["check", "fixtures", "--all", "--format", "json", "--threads", "1", "--fail-on", "never"],
    );
    let four = run(
        here(),
        &["check", "fixtures", "--all", "--format", "json", "--threads", "4", "--fail-on", "never"],
    );
    assert!(!one.out.is_empty());
    assert_eq!(one.out, four.out);
}

#[test]
fn the_readme_names_what_exists() {
    let readme = std::fs::read_to_string(here().join("README.md")).expect("a README");
    for line in readme.lines().filter(|line| line.starts_with("| `obsproof ")) {
        let command = line.split_whitespace().nth(2).expect("a command").trim_matches('`');
        assert_eq!(run(here(), &[command, "--help"]).code, 0, "{command}");
    }
    assert!(readme.contains("cargo test"));
}

/// The lines of the README's screens; what pre-commit says of itself, the length of a run and how
/// the repository stands with git are left out.
fn screens(readme: &str) -> Vec<&str> {
    let fenced = readme.split("```text\n").skip(1).filter_map(|rest| rest.split("```").next());
    let lines = fenced.flat_map(str::lines).map(str::trim_end);
    let own = |line: &&str| {
        !line.is_empty()
            && !line.starts_with("obsproof...")
            && !line.starts_with("- hook id:")
            && !line.starts_with("- exit code:")
            && !line.starts_with("Read 7 files")
            && !line.starts_with("> **NOT EVIDENCE")
    };
    lines.filter(own).collect()
}

#[test]
fn the_readme_shows_what_is_said() {
    let readme = std::fs::read_to_string(here().join("README.md")).expect("a README");
    let mut said = String::new();
    for words in [&["check"][..], &["report"], &["check", "--format", "github"]] {
        let mut all = words.to_vec();
        all.insert(1, "fixtures/shop");
        said.push_str(&run(here(), &all).out);
    }
    // A copy whose pager is renamed, then taken away.
    let folder = repository(&[]);
    let copied = std::process::Command::new("cp")
        .args(["-r", "fixtures/shop/."])
        .arg(folder.path())
        .current_dir(here())
        .status();
    assert!(copied.expect("the tests need the program cp").success());
    commit_all(folder.path());
    run(folder.path(), &["report", "--format", "gate=gate.yaml"]);
    let path = folder.path().join("alertmanager/alertmanager.yml");
    let text = std::fs::read_to_string(&path).expect("the example's Alertmanager");
    let text = text.replace("      receiver: pager", "      receiver: pagers");
    std::fs::write(&path, text).expect("a folder that can be written");
    git(folder.path(), &["add", "--all"]);
    said.push_str(&run(folder.path(), &["check", "--staged"]).out);
    std::fs::remove_file(&path).expect("a folder that can be written");
    said.push_str(&run(folder.path(), &["report", "--gate", "gate.yaml"]).err);
    let screens = screens(&readme);
    assert!(screens.len() > 20, "{screens:?}");
    let said = said.replace(" …", "");
    for line in screens {
        assert!(said.contains(line.trim_end_matches(" …")), "the README shows: {line}");
    }
}

#[test]
fn an_allow_with_a_reason_accepts_what_it_reaches_and_no_more() {
    let alert = |comment: &str, trailing: &str| {
        format!(
            "groups:\n  - name: shop\n    rules:\n      {comment}\n      - alert: ShopDown{trailing}\n        expr: up == 0\n        \
             labels: {{severity: critical, team: a}}\n        annotations: {{summary: s, description: d}}\n      - alert: Other\n        \
             expr: up == 0\n        labels: {{severity: critical, team: a}}\n        annotations: {{summary: s, description: d}}\n"
        )
    };
    let allow = "# obsproof: allow(ALRT005) reason=\"the fleet runbook covers it\"";
    let statuses = |text: &str| -> Vec<(String, String)> {
        let folder = repository(&[("alerts.yml", text)]);
        let report =
            json(&run(folder.path(), &["check", "--format", "json", "--select", "ALRT005"]));
        let row = |finding: &serde_json::Value| {
            let text = |key: &str| finding[key].as_str().unwrap_or_default().to_owned();
            (text("subject"), text("status"))
        };
        report["findings"].as_array().expect("findings").iter().map(row).collect()
    };
    let both = |first: &str, second: &str| {
        vec![
            ("alert ShopDown".to_owned(), first.to_owned()),
            ("alert Other".to_owned(), second.to_owned()),
        ]
    };
    assert_eq!(statuses(&alert("# plain", "")), both("open", "open"));
    assert_eq!(statuses(&alert(allow, "")), both("allowed", "open"), "the block below");
    assert_eq!(
        statuses(&alert("# plain", &format!(" {allow}"))),
        both("allowed", "open"),
        "the same line"
    );
    assert_eq!(
        statuses(&format!("{allow}\n\n{}", alert("# plain", ""))),
        both("allowed", "allowed"),
        "the file"
    );
    assert_eq!(
        statuses(&alert("# obsproof: allow(ALRT005)", "")),
        both("open", "open"),
        "no reason"
    );
    let expired = "# obsproof: allow(ALRT005) reason=\"x\" until=2020-01-01";
    assert_eq!(statuses(&alert(expired, "")), both("open", "open"), "expired");
}

/// One alert without a runbook; `{above}` stands over it, `{behind}` behind its name.
fn alert(head: &str, above: &str, behind: &str) -> String {
    format!(
        "{head}groups:\n  - name: shop\n    rules:\n{above}      - alert: ShopDown{behind}\n        expr: up == 0\n        labels: {{severity: critical, team: orders}}\n        annotations: {{summary: s, description: d}}\n"
    )
}

/// Status of the missing runbook, the codes of findings on allows, and the exit code.
fn allowed(text: &str) -> (String, Vec<String>, i32) {
    let folder = repository(&[("alerts.yml", text)]);
    let words = ["check", "--format", "json", "--clock", "2026-06-01"];
    let checked = run(folder.path(), &words);
    let found = json(&checked)["findings"].as_array().cloned().unwrap_or_default();
    let code = |one: &serde_json::Value| one["code"].as_str().unwrap_or_default().to_owned();
    let status = found
        .iter()
        .find(|&one| code(one) == "ALRT005")
        .and_then(|one| one["status"].as_str())
        .unwrap_or("none");
    let faults = found.iter().map(code).filter(|code| code.starts_with("ALLOW")).collect();
    (status.to_owned(), faults, checked.code)
}

#[test]
fn an_allow_with_its_reason_silences_one_without_does_not() {
    // Directive, status of the finding it is about, findings on the directive, exit code.
    let cases: [(&str, &str, &[&str], i32); 8] = [
        ("(ALRT005) reason=\"one runbook for all\"", "allowed", &[], 0),
        ("(runbook-missing) reason=\"one runbook for all\" until=2026-06-01", "allowed", &[], 0),
        ("(ALRT005)", "open", &["ALLOW001"], 1),
        ("(ALRT005) reason=\"\"", "open", &["ALLOW001"], 1),
        ("(ALTR005) reason=\"covered\"", "open", &["ALLOW002"], 1),
        ("(ALRT005) reason=\"covered\" until=2026-05-31", "open", &["ALLOW003"], 1),
        ("(ALRT001) reason=\"covered\"", "open", &["ALLOW004"], 1),
        ("(ALRT005, ALRT001) reason=\"covered\"", "allowed", &["ALLOW004"], 0),
    ];
    for (directive, status, faults, code) in cases {
        let faults: Vec<String> = faults.iter().map(|&fault| fault.to_owned()).collect();
        let expected = (status.to_owned(), faults, code);
        let texts = [
            alert("", "", &format!("  # obsproof: allow{directive}")),
            alert("", &format!("      # obsproof: allow{directive}\n"), ""),
            alert(&format!("# obsproof: allow{directive}\n"), "", ""),
            alert("", "", "") + &format!("# obsproof: allow-file{directive}\n"),
        ];
        for text in texts {
            assert_eq!(allowed(&text), expected, "{text}");
        }
    }
}

#[test]
fn an_allow_reaches_its_own_line_or_block_only() {
    let own = "  # obsproof: allow(ALRT005) reason=\"covered\"";
    let elsewhere = alert("", "", "").replace("expr: up == 0", &format!("expr: up == 0{own}"));
    let unused = vec!["ALLOW004".to_owned()];
    assert_eq!(allowed(&elsewhere), ("open".to_owned(), unused.clone(), 1));
    let before = "      # obsproof: allow(ALRT005) reason=\"covered\"\n      - record: a:b\n        expr: sum by (a) (b)\n";
    assert_eq!(allowed(&alert("", before, "")), ("open".to_owned(), unused, 1));
    let quoted = alert("", "", "").replace("summary: s", "summary: 'obsproof: allow(ALRT005)'");
    assert_eq!(allowed(&quoted), ("open".to_owned(), vec![], 1));
}

#[test]
fn a_control_of_ones_own_is_known() {
    let folder =
        repository(&[("app.py", "# @nist au-99.a \"Own\"\nx = 1\n# @nist au-98\ny = 2\n")]);
    let select = ["check", "--select", "NIST002", "--format", "concise"];
    assert_eq!(run(folder.path(), &select).out.matches(" NIST002 ").count(), 2);
    crate::common::write(folder.path(), "obsproof.toml", b"nist-overlay = [\"AU-99\"]\n");
    let told = run(folder.path(), &select).out;
    assert_eq!(told.matches(" NIST002 ").count(), 1, "{told}");
    assert!(told.contains("`au-98`"), "{told}");
}

#[test]
fn the_way_of_an_alert_can_be_explained() {
    let folder = repository(&[
        (
            "prometheus.yml",
            "global: {external_labels: {dc: one}}\nrule_files: [rules.yml]\nscrape_configs:\n  - job_name: node\n    static_configs: [{targets: ['a:9100']}]\n",
        ),
        (
            "rules.yml",
            "groups:\n  - name: g\n    rules:\n      - record: instance:load:max\n        expr: max by (instance) (node_load1)\n      - alert: LoadHigh\n        expr: sum(instance:load:max) > 9\n        for: 5m\n        labels: {severity: critical, team: db}\n        annotations: {runbook_url: 'https://runbooks.acme.io/load'}\n      - alert: NodeGone\n        expr: sum(up) == 0\n        labels: {severity: page}\n",
        ),
        (
            "alertmanager.yml",
            "route:\n  receiver: ops\n  group_by: [alertname]\n  routes:\n    - matchers: [tenant=\"x\"]\n    - matchers: [severity=\"critical\"]\n      receiver: pager\n      mute_time_intervals: [nights]\n    - matchers: [team=\"db\"]\ntime_intervals: [{name: nights, time_intervals: []}]\ninhibit_rules:\n  - source_matchers: [alertname=\"NodeGone\"]\n    target_matchers: [severity=\"critical\"]\n    equal: [dc]\nreceivers:\n  - name: ops\n  - name: pager\n    pagerduty_configs: [{routing_key_file: /k}]\n",
        ),
    ]);
    let told = run(folder.path(), &["explain", "alert:LoadHigh"]);
    assert_eq!(told.code, 0, "{}", told.err);
    for text in [
        "alert LoadHigh  rules.yml:6, group g",
        "for 5m",
        "instance:load:max  ← recorded at rules.yml:4: max by (instance) (node_load1)",
        "    node_load1  ← node_exporter · job node (prometheus.yml:4)",
        "dc         one",
        "no other labels",
        "✗ tenant=\"x\"  line 5  label tenant is certainly absent",
        "✓ severity=\"critical\"  line 6  takes it",
        "✗ team=\"db\"  line 9  taken by the route at line 6, which does not continue",
        "pager  certainly · pagerduty",
        "grouped by alertname · waits 30s, adds every 5m, repeats every 4h",
        "nights",
        "NodeGone may, where dc agree",
        "https://runbooks.acme.io/load",
    ] {
        assert!(told.out.contains(text), "{text}\n{}", told.out);
    }
    let lost = run(folder.path(), &["explain", "alert:LoadHihg"]);
    assert_eq!(lost.code, 2);
    assert!(lost.err.contains("did you mean LoadHigh?"), "{}", lost.err);
}

#[test]
fn alerts_in_terraform_are_shown_where_they_stand() {
    let text = "resource \"grafana_rule_group\" \"g\" {\n  name = \"g\"\n  rule {\n    name = \"Down\"\n  }\n}\n";
    let folder = repository(&[("alerts.tf", text)]);
    let told = run(folder.path(), &["check", "--select", "ALRT001", "--format", "concise"]);
    assert!(told.out.starts_with("alerts.tf:4:12: error ALRT001"), "{}", told.out);
}

#[test]
fn findings_name_service_owner_and_environment() {
    let folder = repository(&[
        ("CODEOWNERS", "/cart/ @acme/cart\n"),
        (
            "cart/package.json",
            "{ \"name\": \"cart\", \"scripts\": { \"start\": \"node server.js\" } }",
        ),
        ("cart/server.js", "require('express')().listen(1);\nconsole.log('up');\n"),
        ("cart/prod/alerts.yml", ALERT),
        ("quote/index.php", "<?php echo 1;\n"),
        ("quote/composer.json", "{ \"name\": \"acme/quote\" }"),
        ("quote/Dockerfile", "FROM php:8\n"),
    ]);
    let checked = json(&run(folder.path(), &["check", "--all", "--format", "json"]));
    let findings = checked["findings"].as_array().expect("a list");
    let alert = findings.iter().find(|it| it["code"] == "ALRT005").expect("found");
    assert_eq!(alert["service"], "cart");
    // The alert's own label comes before the path's owner.
    assert_eq!(alert["owner"], "orders");
    assert_eq!(alert["environment"], "production");
    let report = json(&run(folder.path(), &["report", "--format", "json"]));
    let scopes = report["scopes"].as_array().expect("a list");
    let scope = |name: &str| scopes.iter().find(|it| it["service"] == name).expect("listed");
    assert_eq!(scope("cart")["owner"], "@acme/cart");
    assert_eq!(scope("quote")["not_analysed"], serde_json::json!(["PHP"]));
}

#[test]
fn findings_in_source_code_show_their_line() {
    let code = "import logging\n\nlogging.error(\"lost\", extra={\"message\": \"x\"})\n";
    let folder = repository(&[("shop/é.py", code), ("é.md", "# Page\n")]);
    for format in ["human", "concise", "json", "sarif", "github"] {
        let checked = run(folder.path(), &["check", "--select", "LOGS015", "--format", format]);
        assert_eq!(checked.code, 1, "{format}: {}", checked.err);
        assert!(checked.out.contains("LOGS015"), "{format}: {}", checked.out);
    }
    let shown = run(folder.path(), &["check", "--select", "LOGS015"]).out;
    assert!(shown.contains("extra={\"message\": \"x\"}"), "{shown}");
    assert!(shown.contains("1 error"), "{shown}");
}

#[test]
fn what_tests_read_is_judged_for_validity_alone() {
    let rules = "groups:\n  - name: a\n    rules:\n      - alert: DiskFull\n        expr: sum(up\n";
    let folder = repository(&[("rules/testdata/a.yml", rules), ("rules/a.yml", rules)]);
    let run = run(folder.path(), &["check", "--all", "--format", "concise", "--color", "never"]);
    let severity = |path: &str, code: &str| {
        let line = run.out.lines().find(|it| it.starts_with(path) && it.contains(code));
        line.and_then(|line| line.split(' ').nth(1)).unwrap_or_default().to_owned()
    };
    assert_eq!(severity("rules/a.yml", "ALRT001"), "error", "{}", run.out);
    assert_eq!(severity("rules/testdata/a.yml", "ALRT001"), "info", "{}", run.out);
    assert_eq!(severity("rules/testdata/a.yml", "RULE006"), "error", "{}", run.out);
}

/// What no program loads is lower even where one would refuse it: files put aside, outputs that tests compare
/// with, and files that the tests of a collector's component read.
#[test]
fn what_only_tests_load_or_nothing_does_is_lower() {
    let map = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: jaeger}\ndata: {shards: 5}\n";
    let collector = "receivers: {otlp: {protocols: {grpc: {endpoint: 'localhost:4317'}}}}\nexporters: {debug: {}}\nservice:\n  pipelines:\n    traces: {receivers: [otlp], exporters: [gone]}\n";
    let folder = repository(&[
        ("cmd/testdata/golden-map.yaml", map),
        ("deploy/map.yaml", map),
        ("deploy/otel.yaml", collector),
        ("deploy/otel.yaml.bak", collector),
        ("deploy/otel.yaml.bak2", collector),
        ("deploy/otel.yaml.archived-20260103", collector),
        ("receiver/acme/testdata/config.yaml", collector),
        ("ARCHIVE/otel.yaml", collector),
        ("tests/fixtures/collector.yaml", collector),
    ]);
    let run = run(folder.path(), &["check", "--all", "--format", "concise", "--color", "never"]);
    let severity = |path: &str, code: &str| {
        let line = run.out.lines().find(|it| it.starts_with(path) && it.contains(code));
        line.and_then(|line| line.split(' ').nth(1)).unwrap_or_default().to_owned()
    };
    for (path, code, expected) in [
        ("deploy/map.yaml", "JAEG003", "error"),
        ("cmd/testdata/golden-map.yaml", "JAEG003", "warning"),
        ("deploy/otel.yaml:", "OTCL001", "error"),
        ("deploy/otel.yaml.bak:", "OTCL001", "info"),
        ("deploy/otel.yaml.bak2:", "OTCL001", "info"),
        ("deploy/otel.yaml.archived-20260103:", "OTCL001", "info"),
        ("receiver/acme/testdata/config.yaml", "OTCL001", "warning"),
        ("deploy/otel.yaml:", "OTCL002", "warning"),
        ("ARCHIVE/otel.yaml", "OTCL001", "error"),
        ("ARCHIVE/otel.yaml", "OTCL002", "info"),
        ("tests/fixtures/collector.yaml", "OTCL001", "error"),
    ] {
        assert_eq!(severity(path, code), expected, "{path}: {}", run.out);
    }
}
