//! `--staged` and `--since`: what a change answers for.

use crate::common::git::{commit_all, git};
use crate::common::{json, repository, run, write};
use serde_json::{Value, json};
use std::path::Path;
use tempfile::TempDir;

const ROUTES: &str = "route:\n  receiver: ops\n  routes:\n    - matchers: [team=\"db\"]\n    - matchers: [team=\"web\"]\n    - matchers: [team=\"pay\"]\nreceivers:\n  - name: ops\n    slack_configs: [{api_url_file: /etc/slack, channel: '#a'}]\n";

fn rules(alerts: &[&str]) -> String {
    let mut text = "groups:\n  - name: shop\n    rules:\n".to_owned();
    for alert in alerts {
        text.push_str(&format!(
            "      - alert: {alert}\n        expr: up == 0\n        for: 5m\n        labels: {{severity: warning, team: pay}}\n        annotations: {{summary: s, description: d, runbook_url: https://example.org/r}}\n"
        ));
    }
    text
}

/// A repository with one commit in which alerts have their routes.
fn shop() -> TempDir {
    let folder = repository(&[
        ("alertmanager.yml", ROUTES),
        ("rules/alerts.yml", &rules(&["PayDown"])),
        ("README.md", "# Shop\n"),
    ]);
    commit_all(folder.path());
    folder
}

fn broken(text: &str) -> String {
    text.replacen("up == 0", "up ==", 1)
}

/// Code, path, line and part of each finding.
fn found(folder: &Path, words: &[&str]) -> Vec<(String, String, i64, String)> {
    let words: Vec<&str> = ["check", "--format", "json"].iter().chain(words).copied().collect();
    let told = run(folder, &words);
    assert!(told.code < 2, "{}", told.err);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let report = json(&told);
    let findings = report["findings"].as_array().expect("findings");
    assert!(findings.iter().all(|it| it["change"].is_string()), "each says its part");
    let row = |it: &Value| {
        let line = it["start"]["line"].as_i64().unwrap_or_default();
        (text(&it["code"]), text(&it["path"]), line, text(&it["change"]))
    };
    findings.iter().map(row).collect()
}

fn row(code: &str, path: &str, line: i64, part: &str) -> (String, String, i64, String) {
    (code.to_owned(), path.to_owned(), line, part.to_owned())
}

#[test]
fn what_is_staged_counts_and_not_the_work_tree() {
    let folder = shop();
    let path = folder.path();
    write(path, "rules/alerts.yml", broken(&rules(&["PayDown"])).as_bytes());
    write(path, "free.yml", broken(&rules(&["Free"])).as_bytes());
    assert_eq!(found(path, &["--staged"]), [], "nothing is staged");
    git(path, &["add", "rules"]);
    write(path, "rules/alerts.yml", rules(&["PayDown"]).as_bytes());
    let staged = found(path, &["--staged"]);
    assert!(staged.contains(&row("RULE006", "rules/alerts.yml", 5, "touched")), "{staged:?}");
    assert!(staged.iter().all(|it| it.1 == "rules/alerts.yml"), "untracked: {staged:?}");
    assert_eq!(run(path, &["check", "--staged"]).code, 1);
    git(path, &["add", "rules"]);
    assert_eq!(run(path, &["check", "--staged"]).code, 0);
}

#[test]
fn what_was_there_before_is_not_shown() {
    let folder = shop();
    let path = folder.path();
    let text = broken(&rules(&["PayDown", "PayLate"]));
    write(path, "rules/alerts.yml", text.as_bytes());
    commit_all(path);
    write(path, "rules/alerts.yml", format!("# moved\n\n{text}").as_bytes());
    write(path, "README.md", b"# Other\n");
    git(path, &["add", "--all"]);
    assert_eq!(found(path, &["--staged"]), []);
    assert_eq!(found(path, &["--since", "HEAD"]), []);
    assert_eq!(run(path, &["check"]).code, 1, "the fault is still there");
}

#[test]
fn a_route_that_goes_is_shown_where_it_was() {
    let folder = shop();
    let path = folder.path();
    write(
        path,
        "alertmanager.yml",
        ROUTES.replace("    - matchers: [team=\"pay\"]\n", "").as_bytes(),
    );
    write(path, "README.md", b"# Other\n\nwords\n");
    git(path, &["add", "--all"]);
    for words in [&["--staged"][..], &["--since", "HEAD"]] {
        assert_eq!(found(path, words), [row("AMGR027", "alertmanager.yml", 6, "caused")]);
    }
    let report = json(&run(path, &["check", "--staged", "--format", "json"]));
    let finding = &report["findings"][0];
    assert_eq!(finding["related"][0]["path"], "rules/alerts.yml");
    assert_eq!(finding["related"][0]["start"]["line"], 7);
    let whole = json(&run(path, &["check", "--format", "json"]));
    let same = |it: &&Value| it["code"] == "AMGR027";
    let plain = whole["findings"].as_array().expect("findings").iter().find(same).expect("it");
    assert_eq!(finding["fingerprint"], plain["fingerprint"], "it is the same finding");
    assert_eq!(plain["path"], "rules/alerts.yml");
    assert!(plain.get("change").is_none(), "only a change has parts");
    let human = run(path, &["check", "--staged"]).out;
    assert!(human.contains("--> alertmanager.yml:6:"), "{human}");
    assert!(human.contains("comes to light at rules/alerts.yml:7"), "{human}");
    assert!(human.contains("Staged: 2 files changed since "), "{human}");
    let github = run(path, &["check", "--staged", "--format", "github"]).out;
    assert!(github.contains("file=alertmanager.yml,line=6"), "{github}");
    assert!(github.contains("rules/alerts.yml:7"), "{github}");
}

#[test]
fn a_file_that_goes_is_named() {
    let folder = shop();
    let path = folder.path();
    write(path, "more.yml", b"global:\n  scrape_interval: 1m\nrule_files: [rules/alerts.yml]\n");
    commit_all(path);
    git(path, &["rm", "--quiet", "rules/alerts.yml"]);
    let caused = run(path, &["check", "--staged", "--format", "concise"]);
    assert!(caused.out.contains("caused by the removal of rules/alerts.yml"), "{}", caused.out);
}

#[test]
fn a_new_one_of_the_same_kind_is_the_one_that_is_shown() {
    let folder = shop();
    let path = folder.path();
    write(path, "rules/alerts.yml", broken(&rules(&["PayDown"])).as_bytes());
    commit_all(path);
    // The same alert with the same fault, put in before the old one.
    let twice = rules(&["PayDown", "PayDown"]).replace("up == 0", "up ==");
    write(path, "rules/alerts.yml", twice.as_bytes());
    git(path, &["add", "--all"]);
    let shown: Vec<_> =
        found(path, &["--staged"]).into_iter().filter(|it| it.0 == "RULE006").collect();
    assert_eq!(shown.len(), 1, "{shown:?}");
}

#[test]
fn renamed_files_and_line_ends_are_no_change() {
    let folder = shop();
    let path = folder.path();
    write(path, "rules/alerts.yml", broken(&rules(&["PayDown"])).as_bytes());
    commit_all(path);
    git(path, &["mv", "rules/alerts.yml", "rules/päy rules.yml"]);
    assert_eq!(found(path, &["--staged"]), []);
    commit_all(path);
    let text = broken(&rules(&["PayDown"])).replace('\n', "\r\n");
    write(path, "rules/päy rules.yml", text.as_bytes());
    assert_eq!(found(path, &["--since", "HEAD"]), []);
    write(path, "rules/päy rules.yml", text.replace("for: 5m", "for: 5x").as_bytes());
    let since = found(path, &["--since", "HEAD"]);
    assert!(since.iter().any(|it| it.1 == "rules/päy rules.yml" && it.2 == 6), "{since:?}");
}

#[test]
fn absences_are_never_a_change() {
    let folder = shop();
    let path = folder.path();
    write(path, "README.md", b"# Other\n");
    write(path, "alertmanager.yml", ROUTES.replace("'#a'", "'#b'").as_bytes());
    git(path, &["add", "--all"]);
    let all = found(path, &["--staged", "--all"]);
    assert!(all.iter().all(|it| it.1 == "alertmanager.yml" && it.2 == 9), "{all:?}");
    let listed = json(&run(path, &["rules", "--format", "json"]));
    let absence = |code: &str| {
        let rules = listed["rules"].as_array().expect("rules");
        rules.iter().any(|rule| rule["code"] == code && rule["absence"] == true)
    };
    assert!(!all.iter().any(|it| absence(&it.0)), "{all:?}");
    let whole = json(&run(path, &["check", "--all", "--format", "json"]));
    let mut codes = whole["findings"].as_array().expect("findings").iter();
    assert!(codes.any(|it| absence(it["code"].as_str().unwrap_or_default())), "there are some");
}

#[test]
fn before_the_first_commit_everything_is_new() {
    let folder = repository(&[("alerts.yml", &broken(&rules(&["PayDown"])))]);
    let path = folder.path();
    git(path, &["init", "--quiet"]);
    assert_eq!(found(path, &["--staged"]), [], "nothing is staged");
    git(path, &["add", "--all"]);
    assert!(found(path, &["--staged"]).iter().any(|it| it.0 == "RULE006"));
    let since = run(path, &["check", "--since", "HEAD"]);
    assert_eq!(since.code, 2);
    assert!(since.err.contains("has no commits yet"), "{}", since.err);
}

#[test]
fn revisions_are_read_as_git_reads_them() {
    let folder = shop();
    let path = folder.path();
    git(path, &["checkout", "--quiet", "-b", "topic"]);
    write(path, "rules/more.yml", broken(&rules(&["More"])).as_bytes());
    commit_all(path);
    git(path, &["checkout", "--quiet", "main"]);
    write(path, "rules/late.yml", broken(&rules(&["Late"])).as_bytes());
    commit_all(path);
    git(path, &["checkout", "--quiet", "topic"]);
    for word in
        ["main...", "main...HEAD", "HEAD~1", "HEAD^..", &git(path, &["rev-parse", "HEAD~1"])]
    {
        let shown = found(path, &["--since", word]);
        let of_topic = |it: &(String, String, i64, String)| it.1 == "rules/more.yml";
        assert!(!shown.is_empty() && shown.iter().all(of_topic), "{word}: {shown:?}");
    }
    let code = |word: &str| {
        let told = run(path, &["check", "--since", word]);
        (told.code, told.err)
    };
    assert_eq!(code("nowhere"), (2, "error: `nowhere` is no commit of the git repository\n  `git log --oneline --all` lists what there is\n".to_owned()));
    assert_eq!(code("topic..main").0, 2);
    assert!(code("topic..main").1.contains("check `main` out"));
    assert_eq!(code("").0, 2);
    let both = run(path, &["check", "--staged", "--since", "HEAD"]);
    assert_eq!(both.code, 2);
    git(path, &["checkout", "--quiet", "--detach"]);
    assert!(!found(path, &["--since", "main..."]).is_empty(), "a detached HEAD is a HEAD");
}

#[test]
fn a_shallow_clone_says_what_is_missing() {
    let folder = shop();
    let commit = git(folder.path(), &["rev-parse", "HEAD"]);
    write(folder.path(), "README.md", b"# Other\n");
    commit_all(folder.path());
    let clone = tempfile::tempdir().expect("a folder");
    let url = format!("file://{}", folder.path().display());
    git(clone.path(), &["clone", "--quiet", "--depth", "1", &url, "here"]);
    for word in [commit.as_str(), "HEAD~1", "HEAD~1..."] {
        let told = run(&clone.path().join("here"), &["check", "--since", word]);
        assert_eq!(told.code, 2);
        assert!(told.err.contains("this shallow clone"), "{}", told.err);
        assert!(told.err.contains("git fetch --unshallow"), "{}", told.err);
    }
    assert_eq!(run(&clone.path().join("here"), &["check", "--staged"]).code, 0);
}

#[test]
fn without_git_there_is_no_change() {
    let folder = repository(&[("alerts.yml", "groups: []\n")]);
    for words in [&["check", "--staged"][..], &["check", "--since", "HEAD"]] {
        let told = run(folder.path(), words);
        assert_eq!(told.code, 2);
        assert!(told.err.contains("is in no git repository"), "{}", told.err);
    }
}

#[test]
fn a_merge_that_is_undecided_is_no_commit() {
    let folder = shop();
    let path = folder.path();
    git(path, &["checkout", "--quiet", "-b", "topic"]);
    write(path, "README.md", b"# Topic\n");
    commit_all(path);
    git(path, &["checkout", "--quiet", "main"]);
    write(path, "README.md", b"# Main\n");
    commit_all(path);
    crate::common::git::try_git(path, &["merge", "--quiet", "topic"]);
    let told = run(path, &["check", "--staged"]);
    assert_eq!(
        (told.code, told.err.contains("README.md is not merged")),
        (2, true),
        "{}",
        told.err
    );
}

#[test]
fn the_configuration_is_the_staged_one() {
    let folder = shop();
    let path = folder.path();
    write(path, "rules/alerts.yml", broken(&rules(&["PayDown"])).as_bytes());
    git(path, &["add", "--all"]);
    write(path, "obsproof.toml", b"ignore = [\"RULE006\"]\n");
    assert!(found(path, &["--staged"]).iter().any(|it| it.0 == "RULE006"), "not staged");
    git(path, &["add", "--all"]);
    assert!(found(path, &["--staged"]).iter().all(|it| it.0 != "RULE006"));
}

#[test]
fn ignored_and_inner_folders_are_as_on_disk() {
    let folder = shop();
    let path = folder.path();
    write(path, "testdata/bad.yml", broken(&rules(&["Bad"])).as_bytes());
    write(path, "kept/bad.yml", broken(&rules(&["Bad"])).as_bytes());
    write(path, ".ignore", b"/testdata/\n");
    git(path, &["add", "--all"]);
    let staged = found(path, &["--staged"]);
    assert!(!staged.is_empty() && staged.iter().all(|it| it.1 == "kept/bad.yml"), "{staged:?}");
    let inner = found(&path.join("kept"), &["--staged"]);
    assert!(!inner.is_empty() && inner.iter().all(|it| it.1 == "bad.yml"), "{inner:?}");
    // Files named on the command line limit what is shown, not what is read.
    let named = found(path, &["--staged", "rules/alerts.yml"]);
    assert_eq!(named, []);
    let named = found(path, &["--staged", "kept/bad.yml"]);
    assert_eq!(named, staged);
}

#[test]
fn what_a_sparse_checkout_leaves_out_is_not_gone() {
    let folder = shop();
    let path = folder.path();
    git(path, &["sparse-checkout", "init", "--cone"]);
    git(path, &["sparse-checkout", "set", "nothing"]);
    assert!(!path.join("rules").exists());
    assert_eq!(found(path, &["--since", "HEAD"]), []);
    write(path, "alertmanager.yml", ROUTES.replace("'#a'", "'#b'").as_bytes());
    let shown = found(path, &["--since", "HEAD"]);
    assert!(shown.iter().all(|it| it.3 == "touched"), "{shown:?}");
    assert_eq!(found(path, &["--staged"]), []);
    let report = json(&run(path, &["report", "--format", "json", "--clock", "2026-01-01"]));
    assert_eq!(report["sources"][0]["not_checked_out"], json!(["rules/alerts.yml"]));
}

#[test]
fn a_commit_of_named_files_has_its_own_index() {
    let folder = shop();
    let path = folder.path();
    write(path, "rules/alerts.yml", broken(&rules(&["PayDown"])).as_bytes());
    write(path, "README.md", b"# Other\n");
    // What git gives to hooks of `git commit --all` and `git commit PATH`.
    let other = path.join(".git/next-index.lock");
    std::fs::copy(path.join(".git/index"), &other).expect("copied");
    let index = other.display().to_string();
    let added = std::process::Command::new("git")
        .args(["add", "rules/alerts.yml"])
        .current_dir(path)
        .env("GIT_INDEX_FILE", &index)
        .status();
    assert!(added.expect("git runs").success());
    let told = assert_cmd::Command::new(env!("CARGO_BIN_EXE_obsproof"))
        .current_dir(path)
        .env_clear()
        .env("GIT_INDEX_FILE", &index)
        .args(["check", "--staged", "--format", "concise"])
        .output()
        .expect("it runs");
    assert_eq!(told.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&told.stdout).contains("rules/alerts.yml:5"));
    assert_eq!(found(path, &["--staged"]), []);
    let help = json!(run(path, &["check", "--help"]).out);
    assert!(help.as_str().expect("text").contains("--staged"));
}

#[test]
fn what_judges_the_staged_files_is_staged_too() {
    const RULE: &str = "code: SHOP001\ntitle: Alert without a cost centre\nclass: compliance\nseverity: warning\nsince: 0.1.0\nrequirements: [OBS-R15]\ncontrols: [au-6]\nsubject: alert_rule\nrequire: { labels.cost_centre: exists }\nat: [name]\nmessage: alert `{name}` names no cost centre\nwhy: The bill goes to nobody.\nfix: Add the label.\nexamples:\n  - fail:\n      alerts.yml: |\n        groups:\n        - name: a\n          rules:\n          - alert: B\n            expr: up == 0\n    flags: [B]\n";
    let base = "ignore = [\"RULE006\"]\n";
    let hash = obsproof::discover::sha256(base.as_bytes());
    let folder = repository(&[
        ("rules/alerts.yml", "groups: []\n"),
        (".obsproof/rules/cost.yaml", RULE),
        ("config/base.toml", base),
        (
            "obsproof.toml",
            &format!("extends = \"config/base.toml\"\nextends-sha256 = \"{hash}\"\n"),
        ),
    ]);
    let path = folder.path();
    git(path, &["init", "-q"]);
    commit_all(path);
    write(
        path,
        "rules/alerts.yml",
        b"groups:\n- name: a\n  rules:\n  - alert: Late\n    expr: up == 0\n",
    );
    git(path, &["add", "."]);
    let codes =
        || -> Vec<String> { found(path, &["--staged"]).into_iter().map(|it| it.0).collect() };
    let staged = codes();
    assert!(staged.contains(&"SHOP001".to_owned()), "{staged:?}");
    // The work tree goes on, and the commit does not know of it.
    write(path, ".obsproof/rules/cost.yaml", b"not: a rule\n");
    write(path, "config/base.toml", b"nonsense = 1\n");
    assert_eq!(codes(), staged);
    git(path, &["add", "."]);
    let refused = run(path, &["check", "--staged"]);
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("config/base.toml"), "{}", refused.err);
    git(path, &["rm", "-q", "--cached", ".obsproof/rules/cost.yaml"]);
    write(path, "config/base.toml", base.as_bytes());
    git(path, &["add", "config"]);
    let without = codes();
    assert!(!without.contains(&"SHOP001".to_owned()), "{without:?}");
}
