//! What a report says of the commit its files stand at.

use crate::common::git::{commit_all, git};
use crate::common::{json, repository, run, write};
use serde_json::{Value, json};
use std::path::Path;

const CLOCK: &[&str] = &["report", "--format", "json", "--clock", "2026-01-01"];

fn source(folder: &Path) -> Value {
    let told = run(folder, CLOCK);
    assert_eq!(told.code, 0, "{}", told.err);
    json(&told)["sources"][0].clone()
}

fn changes(folder: &Path) -> Value {
    source(folder)["changes"].clone()
}

const RULES: &str = "groups: []\n";

#[test]
fn a_clean_tree_names_its_commit() {
    let folder = repository(&[("alerts.yml", RULES), ("sub/values.yml", "a: 1\n")]);
    let commit = commit_all(folder.path());
    git(folder.path(), &["remote", "add", "origin", "https://me:secret@host/x.git?token=y"]);
    let source = source(folder.path());
    assert_eq!(source["commit"], commit.as_str());
    assert_eq!(source["dirty"], false);
    assert_eq!(source["changes"], json!([]));
    assert_eq!((&source["branch"], &source["detached"]), (&json!("main"), &json!(false)));
    assert_eq!(source["url"], "https://host/x.git");
    assert_eq!(source["tree"], git(folder.path(), &["rev-parse", "HEAD^{tree}"]).as_str());
    assert_eq!((&source["path"], &source["shallow"]), (&json!("."), &json!(false)));
    git(folder.path(), &["checkout", "--quiet", "--detach"]);
    let detached = self::source(folder.path());
    assert_eq!((&detached["branch"], &detached["detached"]), (&Value::Null, &json!(true)));
    assert_eq!(detached["commit"], commit.as_str());
}

#[test]
fn everything_that_differs_is_listed() {
    let folder = repository(&[
        ("a b/é.yml", RULES),
        ("gone.yml", RULES),
        ("unstaged.yml", RULES),
        ("staged.yml", RULES),
        (".gitignore", "*.log\n"),
    ]);
    commit_all(folder.path());
    write(folder.path(), "new.yml", b"x: 1\n");
    write(folder.path(), "a b/é.yml", b"x: 1\n");
    write(folder.path(), "free.yml", b"x: 1\n");
    write(folder.path(), "run.log", b"ignored\n");
    write(folder.path(), "staged.yml", b"x: 1\n");
    std::fs::remove_file(folder.path().join("unstaged.yml")).expect("removed");
    git(folder.path(), &["add", "new.yml", "staged.yml"]);
    git(folder.path(), &["rm", "--quiet", "gone.yml"]);
    let row = |path: &str, change: &str| json!({ "path": path, "change": change });
    assert_eq!(
        changes(folder.path()),
        json!([
            row("a b/é.yml", "modified"),
            row("free.yml", "untracked"),
            row("gone.yml", "deleted"),
            row("new.yml", "added"),
            row("staged.yml", "modified"),
            row("unstaged.yml", "deleted"),
        ])
    );
    let report = json(&run(folder.path(), CLOCK));
    assert_eq!(report["evidence"], false, "{}", report["not_evidence"]);
    assert!(report["not_evidence"][0].as_str().expect("words").contains("a b/é.yml (modified)"));
}

#[test]
fn a_folder_of_a_repository_is_asked_for_itself_only() {
    let folder = repository(&[("in/alerts.yml", RULES), ("out/other.yml", RULES)]);
    commit_all(folder.path());
    write(folder.path(), "out/other.yml", b"x: 1\n");
    write(folder.path(), "out/free.yml", b"x: 1\n");
    let inside = source(&folder.path().join("in"));
    assert_eq!((&inside["dirty"], &inside["path"]), (&json!(false), &json!("in")));
    write(folder.path(), "in/alerts.yml", b"x: 1\n");
    assert_eq!(
        changes(&folder.path().join("in")),
        json!([{ "path": "alerts.yml", "change": "modified" }])
    );
}

#[test]
fn touched_files_are_compared_by_content() {
    let folder = repository(&[("alerts.yml", RULES), ("crlf.yml", "a: 1\nb: 2\n")]);
    write(folder.path(), ".gitattributes", b"crlf.yml text eol=crlf\n");
    commit_all(folder.path());
    // As git writes it to disk, and with another time than the index knows.
    write(folder.path(), "crlf.yml", b"a: 1\r\nb: 2\r\n");
    write(folder.path(), "alerts.yml", RULES.as_bytes());
    assert_eq!(changes(folder.path()), json!([]));
    write(folder.path(), "alerts.yml", b"groups: []\r\n");
    assert_eq!(
        changes(folder.path()),
        json!([{ "path": "alerts.yml", "change": "modified" }]),
        "no attribute says that its line ends are converted"
    );
}

#[test]
fn before_the_first_commit_nothing_is_evidence() {
    let folder = repository(&[("alerts.yml", RULES)]);
    assert_eq!(source(folder.path())["git"], "none");
    git(folder.path(), &["init", "--quiet"]);
    let source = source(folder.path());
    assert_eq!((&source["commit"], &source["dirty"]), (&Value::Null, &json!(true)));
    assert_eq!(source["branch"], "main");
    let report = json(&run(folder.path(), CLOCK));
    assert_eq!(report["not_evidence"], json!(["nothing is committed"]));
}

#[test]
fn a_broken_repository_is_no_evidence_and_no_failure() {
    let folder = repository(&[("alerts.yml", RULES)]);
    commit_all(folder.path());
    write(folder.path(), ".git/index", b"DIRC and no more");
    let told = source(folder.path());
    assert_eq!((&told["git"], &told["commit"]), (&json!("unreadable"), &Value::Null));
    assert!(told["fault"].as_str().expect("words").contains("the index"), "{told}");
    let worktree = repository(&[("alerts.yml", RULES), (".git", "gitdir: /nowhere/at/all\n")]);
    assert_eq!(source(worktree.path())["git"], "unreadable");
}

#[test]
fn a_shallow_clone_says_so() {
    let folder = repository(&[("alerts.yml", RULES)]);
    commit_all(folder.path());
    write(folder.path(), "alerts.yml", b"x: 1\n");
    let commit = commit_all(folder.path());
    let clone = tempfile::tempdir().expect("a folder");
    let url = format!("file://{}", folder.path().display());
    git(clone.path(), &["clone", "--quiet", "--depth", "1", &url, "here"]);
    let source = source(&clone.path().join("here"));
    assert_eq!((&source["shallow"], &source["dirty"]), (&json!(true), &json!(false)));
    assert_eq!(source["commit"], commit.as_str());
}

#[test]
fn repositories_inside_are_asked_too() {
    let inner = repository(&[("rules.yml", RULES)]);
    let commit = commit_all(inner.path());
    let folder = repository(&[("alerts.yml", RULES)]);
    git(folder.path(), &["init", "--quiet"]);
    let url = inner.path().display().to_string();
    git(folder.path(), &["submodule", "--quiet", "add", &url, "lib"]);
    commit_all(folder.path());
    let clean = source(folder.path());
    assert_eq!(
        clean["submodules"],
        json!([{ "path": "lib", "commit": commit, "checked_out": commit }])
    );
    assert_eq!(clean["changes"], json!([]));
    write(folder.path(), "lib/rules.yml", b"x: 1\n");
    write(folder.path(), "lib/free.yml", b"x: 1\n");
    assert_eq!(
        changes(folder.path()),
        json!([
            { "path": "lib/free.yml", "change": "untracked" },
            { "path": "lib/rules.yml", "change": "modified" },
        ])
    );
    commit_all(&folder.path().join("lib"));
    assert_eq!(changes(folder.path()), json!([{ "path": "lib", "change": "at another commit" }]));
}

#[test]
fn a_second_work_tree_is_a_work_tree() {
    let folder = repository(&[("alerts.yml", RULES)]);
    let commit = commit_all(folder.path());
    let second = tempfile::tempdir().expect("a folder");
    let path = second.path().join("tree");
    git(folder.path(), &["worktree", "add", "--quiet", &path.display().to_string()]);
    let source = source(&path);
    assert_eq!((&source["commit"], &source["dirty"]), (&json!(commit), &json!(false)));
    assert_eq!(source["branch"], "tree");
}

/// A pipe in the place of a file of git would never end.
#[cfg(unix)]
#[test]
fn pipes_in_git_are_not_opened() {
    for name in ["HEAD", "index", "config", "refs/heads/main", "packed-refs"] {
        let folder = repository(&[("alerts.yml", RULES)]);
        commit_all(folder.path());
        let pipe = folder.path().join(".git").join(name);
        let _ = std::fs::remove_file(&pipe);
        let made = std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo runs");
        assert!(made.success());
        let told = source(folder.path());
        assert_eq!(told["git"], "unreadable", "{name}");
        assert!(told["fault"].as_str().expect("words").contains(name), "{told}");
        assert_eq!(run(folder.path(), &["check", "--staged"]).code, 2, "{name}");
    }
}

/// What a repository's configuration asks to run is not run.
#[cfg(unix)]
#[test]
fn nothing_of_a_repository_is_executed() {
    use std::os::unix::fs::PermissionsExt;
    let folder = repository(&[("alerts.yml", RULES), (".gitattributes", "* filter=trap\n")]);
    commit_all(folder.path());
    let trap = folder.path().join(".git/trap");
    std::fs::write(&trap, format!("#!/bin/sh\ntouch {}/ran\ncat\n", folder.path().display()))
        .expect("written");
    std::fs::set_permissions(&trap, std::fs::Permissions::from_mode(0o755)).expect("set");
    let trap = trap.display().to_string();
    for key in ["core.fsmonitor", "filter.trap.clean", "filter.trap.smudge", "filter.trap.process"]
    {
        git(folder.path(), &["config", key, &trap]);
    }
    git(folder.path(), &["config", "core.hooksPath", ".git"]);
    git(folder.path(), &["config", "core.worktree", "/"]);
    write(folder.path(), "alerts.yml", b"x: 1\n");
    let told = run(folder.path(), CLOCK);
    assert_eq!(told.code, 0, "{}", told.err);
    assert_eq!(
        json(&told)["sources"][0]["changes"],
        json!([{ "path": "alerts.yml", "change": "modified" }]),
        "the work tree is the folder, wherever core.worktree points"
    );
    assert!(!folder.path().join("ran").exists());
}
