//! What a repository brings of its own: rules and a standard.

use crate::common::{json, repository, run};

pub(crate) const RULE: &str = r#"code: SHOP001
title: Alert without a cost centre
class: compliance
severity: warning
since: 0.1.0
requirements: [OBS-R15]
controls: [au-6]
subject: alert_rule
require: { labels.cost_centre: { matches: "^K[0-9]+$" } }
at: [name]
message: alert `{name}` names no cost centre
why: The bill of the pager goes to nobody.
fix: Add the label `cost_centre`.
examples:
  - pass:
      alerts.yml: |
        groups:
        - name: a
          rules:
          - alert: A
            expr: up == 0
            labels: {cost_centre: K12}
  - fail:
      alerts.yml: |
        groups:
        - name: a
          rules:
          - alert: B
            expr: up == 0
    flags: [B]
"#;
const ALERTS: &str = "groups:\n- name: a\n  rules:\n  - alert: Late\n    expr: up == 0\n";

#[test]
fn a_rule_of_the_repository_finds_is_listed_and_explained() {
    let folder =
        repository(&[(".obsproof/rules/shop/cost-centre.yaml", RULE), ("alerts.yml", ALERTS)]);
    let report = json(&run(folder.path(), &["check", "--format", "json"]));
    let found = report["findings"].as_array().unwrap().iter();
    let found: Vec<_> = found.filter(|one| one["code"] == "SHOP001").collect();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["message"], "alert `Late` names no cost centre");
    assert_eq!(found[0]["start"]["line"], 4);
    let ruleset = |at: &std::path::Path| {
        json(&run(at, &["check", "--format", "json"]))["tool"]["ruleset"].clone()
    };
    let bare = repository(&[("alerts.yml", ALERTS)]);
    assert_ne!(ruleset(folder.path()), ruleset(bare.path()), "another ruleset has another hash");
    let listed = json(&run(folder.path(), &["rules", "--format", "json"]));
    assert!(listed["rules"].as_array().unwrap().iter().any(|rule| rule["code"] == "SHOP001"));
    assert!(run(folder.path(), &["explain", "SHOP001"]).out.contains("cost centre"));
    let without = run(folder.path(), &["check", "--ignore", "cost-centre", "--format", "concise"]);
    assert!(!without.out.contains("SHOP001"), "its name names it: {}", without.out);
    let told = run(folder.path(), &["test-rules"]);
    assert_eq!(told.code, 0, "{}{}", told.out, told.err);
    assert!(told.out.contains("1 rule: 1 held, 0 failed"), "{}", told.out);
}

#[test]
fn an_example_that_does_not_hold_is_shown_at_its_line() {
    let tries = [
        (RULE.replace("flags: [B]", "flags: [C]"), "expected flags [\"C\"], found [\"B\"]"),
        (RULE.replace("cost_centre: K12", "cost_centre: none"), "a pass example is flagged"),
        (RULE.replace("alert: A", "record: a"), "passes for nothing"),
        (
            RULE.replace("  - fail:", "  - pass:").replace("    flags: [B]\n", ""),
            "needs a pass and a fail",
        ),
    ];
    for (text, message) in tries {
        let folder = repository(&[(".obsproof/rules/cost-centre.yaml", &text)]);
        let told = run(folder.path(), &["test-rules"]);
        assert_eq!(told.code, 1, "{message}: {}{}", told.out, told.err);
        assert!(told.out.contains(message), "{message}: {}", told.out);
        assert!(told.out.contains(".obsproof/rules/cost-centre.yaml:"), "{}", told.out);
    }
}

#[test]
fn a_rule_file_that_cannot_be_used_says_where() {
    let tries = [
        (RULE.replace("require: {", "reqiure: {"), "unknown key"),
        (RULE.replace("SHOP001", "ALRT005"), "is the code of runbook-missing already"),
        (RULE.replace("SHOP001", "shop-1"), "a code is capital letters and a number"),
        (RULE.replace("OBS-R15", "OBS-R99"), "`OBS-R99` is no requirement"),
        (RULE.replace("au-6", "zz-6"), "`zz-6` is no control"),
        (RULE.replace("^K[0-9]+$", "^K["), "not a regular expression"),
        (RULE.replace("alert_rule", "alert_role"), "no fact kind is called `alert_role`"),
        (RULE.replace("at: [name]", "at: [nmae]"), "has no field `nmae`"),
        ("\t: [".to_owned(), "rule"),
    ];
    for (text, message) in tries {
        let folder = repository(&[(".obsproof/rules/cost-centre.yaml", &text)]);
        for command in ["check", "report", "test-rules"] {
            let told = run(folder.path(), &[command]);
            assert_eq!(told.code, 2, "{command} {message}: {}", told.out);
            assert!(told.err.contains(message), "{message}: {}", told.err);
            assert!(told.err.contains(".obsproof/rules/cost-centre.yaml:"), "{}", told.err);
        }
    }
    let builtin = RULE
        .replace("require: { labels.cost_centre: { matches: \"^K[0-9]+$\" } }", "check: builtin");
    let folder = repository(&[(".obsproof/rules/cost-centre.yaml", &builtin)]);
    let told = run(folder.path(), &["check"]).err;
    assert!(told.contains("says what it requires"), "{told}");
    let two = [(".obsproof/rules/a/one.yaml", RULE), (".obsproof/rules/b/two.yaml", RULE)];
    let told = run(repository(&two).path(), &["check"]).err;
    assert!(told.contains("SHOP001 is the code of one already"), "{told}");
    let told = run(repository(&[]).path(), &["test-rules"]);
    assert_eq!((told.code, told.err.contains("holds no rule files")), (2, true), "{}", told.err);
}

const STANDARD: &str = r#"standard: ACME
version: "2"
title: How we watch things
sha256: "0000"
requirements:
  - id: ACME-1
    title: Alerts exist and name who pays
    kind: required
    controls_standard: [au-6]
    clauses:
      - id: alerts
        text: there are alerts
        evidence: rules.alerting
        rules: [SHOP001]
        clean: [SHOP001]
        method: TEST
  - id: ACME-C1
    title: Alerts exist
    kind: checklist
    same_as: ACME-1
"#;

#[test]
fn another_standard_is_judged_by() {
    let folder = repository(&[
        ("obsproof.toml", "standard = \"policy/acme.yaml\"\n"),
        ("policy/acme.yaml", STANDARD),
        (".obsproof/rules/cost-centre.yaml", &RULE.replace("OBS-R15", "ACME-1")),
        ("alerts.yml", ALERTS),
    ]);
    let record = json(&run(folder.path(), &["report", "--format", "json"]));
    assert_eq!(record["standard"]["code"], "ACME");
    let rows = record["requirements"].as_array().unwrap();
    let verdicts: Vec<_> =
        rows.iter().map(|row| (row["id"].clone(), row["verdict"].clone())).collect();
    assert_eq!(verdicts.len(), 2);
    assert_eq!(
        verdicts[0],
        ("ACME-1".into(), "partly".into()),
        "the rule's warning counts: `clean`"
    );
    assert_eq!(verdicts[1], ("ACME-C1".into(), "partly".into()));
    let checked = json(&run(folder.path(), &["check", "--format", "json", "--select", "SHOP001"]));
    assert_eq!(checked["findings"][0]["requirements"][0], "ACME-1");
    assert!(run(folder.path(), &["check"]).out.contains("ACME: 0 of 1 REQUIRED met, 1 partly"));
    assert!(run(folder.path(), &["explain", "ACME-1"]).out.contains("who pays"));
}

#[test]
fn a_standard_that_cannot_be_used_says_where() {
    let tries = [
        (
            STANDARD.replace("rules.alerting", "alerting.rulez"),
            "no evidence query is called `alerting.rulez`",
        ),
        (STANDARD.replace("kind: checklist", "kind: optional"), "`kind` is required or checklist"),
        (STANDARD.replace("same_as: ACME-1", "same_as: ACME-7"), "is no requirement with clauses"),
        (STANDARD.replace("ACME-C1", "ACME-1"), "two requirements `ACME-1`"),
        (STANDARD.replace("au-6", "au-600"), "no control has the id `au-600`"),
        (STANDARD.replace("method: TEST", "metod: TEST"), "unknown key"),
        (STANDARD.replace("SHOP001", "SHOP002"), "names the rule `SHOP002`"),
    ];
    for (text, message) in tries {
        let folder = repository(&[
            ("obsproof.toml", "standard = \"acme.yaml\"\n"),
            ("acme.yaml", &text),
            (".obsproof/rules/cost-centre.yaml", &RULE.replace("OBS-R15", "ACME-1")),
        ]);
        let told = run(folder.path(), &["report"]);
        assert_eq!(told.code, 2, "{message}: {}", told.out);
        assert!(
            told.err.contains(message) && told.err.contains("acme.yaml"),
            "{message}: {}",
            told.err
        );
    }
    let folder = repository(&[("obsproof.toml", "standard = \"gone.yaml\"\n")]);
    let told = run(folder.path(), &["check"]);
    assert_eq!(told.code, 2);
    assert!(
        told.err.contains("gone.yaml") && told.err.contains("named by `standard`"),
        "{}",
        told.err
    );
}

#[test]
fn a_standard_elsewhere_and_rules_that_cannot_be_read_are_refused() {
    let folder = repository(&[
        ("secret.yaml", "password: hunter2hunter2\n"),
        ("repo/obsproof.toml", "standard = \"../secret.yaml\"\n"),
        ("other/.obsproof/rules", "no folder"),
        ("pipe/obsproof.toml", "standard = \"none\"\n"),
    ]);
    let told = run(&folder.path().join("repo"), &["report"]);
    assert_eq!(told.code, 2);
    assert!(told.err.contains("names a file elsewhere"), "{}", told.err);
    assert!(!told.err.contains("hunter2"), "no line of it is shown: {}", told.err);
    let told = run(&folder.path().join("other"), &["check"]);
    assert_eq!(told.code, 2);
    assert!(told.err.contains("cannot read .obsproof/rules"), "{}", told.err);
    let pipe = folder.path().join("pipe/none");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo runs");
    assert!(made.success());
    let told = run(&folder.path().join("pipe"), &["check"]);
    assert_eq!(told.code, 2);
    assert!(told.err.contains("it is no file, or too large"), "{}", told.err);
}
