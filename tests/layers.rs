//! Configurations that stand on one another: an organisation's, the root's, those of folders.

use sha2::{Digest, Sha256};

use crate::common::{json, repository, run};

const BARE: &str = "groups:\n- name: a\n  rules:\n  - alert: A\n    expr: up == 0\n    for: 5m\n";

/// Codes of the findings below a path.
fn codes(folder: &std::path::Path, words: &[&str], path: &str) -> Vec<String> {
    let report = json(&run(folder, &[&["check", "--format", "json"], words].concat()));
    let findings = report["findings"].as_array().unwrap().iter();
    findings
        .filter(|one| one["path"].as_str().unwrap().starts_with(path))
        .map(|one| one["code"].as_str().unwrap().to_owned())
        .collect()
}

fn hash(text: &str) -> String {
    format!("{:x}", Sha256::digest(text.as_bytes()))
}

/// A repository beside the file of an organisation.
fn organisation(org: &str, own: &str) -> tempfile::TempDir {
    let own =
        format!("extends = \"../org/obsproof.toml\"\nextends-sha256 = \"{}\"\n{own}", hash(org));
    repository(&[
        ("org/obsproof.toml", org),
        ("repo/obsproof.toml", &own),
        ("repo/alerts.yml", BARE),
    ])
}

#[test]
fn a_file_stands_on_that_of_an_organisation() {
    let folder = organisation("ignore = [\"ALRT001\"]\nseverities = [\"p1\"]\n", "");
    let root = folder.path().join("repo");
    let found = codes(&root, &[], "alerts.yml");
    assert!(!found.contains(&"ALRT001".to_owned()), "{found:?}");
    // The nearer file decides, key by key.
    let folder =
        organisation("ignore = [\"ALRT001\"]\nseverities = [\"p1\"]\n", "ignore = [\"ALRT003\"]\n");
    let root = folder.path().join("repo");
    let found = codes(&root, &[], "alerts.yml");
    assert!(
        found.contains(&"ALRT001".to_owned()) && !found.contains(&"ALRT003".to_owned()),
        "{found:?}"
    );
    let shown = json(&run(&root, &["config", "--format", "json"]));
    let key = |name: &str| {
        let keys = shown["keys"].as_array().unwrap();
        keys.iter().find(|key| key["key"] == name).unwrap().clone()
    };
    assert_eq!(key("severities")["value"][0], "p1");
    assert!(
        key("severities")["from"][0]["file"].as_str().unwrap().ends_with("../org/obsproof.toml")
    );
    assert_eq!(key("ignore")["value"][0], "ALRT003");
    assert_eq!(
        key("ignore")["from"].as_array().unwrap().len(),
        2,
        "both places, the deciding one first"
    );
    assert_eq!(key("ignore")["from"][0]["line"], 3);
    assert_eq!(key("owner-labels")["from"].as_array().unwrap().len(), 0, "a default");
}

#[test]
fn what_is_extended_is_pinned_by_its_content() {
    let org = "ignore = [\"ALRT001\"]\n";
    let refused = |pin: &str| {
        let own = format!("extends = \"../org.toml\"\n{pin}");
        let folder = repository(&[("org.toml", org), ("repo/obsproof.toml", &own)]);
        let told = run(&folder.path().join("repo"), &["check"]);
        assert_eq!(told.code, 2, "{}", told.out);
        told.err
    };
    let told = refused("");
    assert!(told.contains("pins no content") && told.contains(&hash(org)), "{told}");
    let told = refused("extends-sha256 = \"00\"\n");
    assert!(told.contains("is not the file that") && told.contains(&hash(org)), "{told}");
    let folder = repository(&[("obsproof.toml", "# ours\nextends = \"gone.toml\"\n")]);
    let told = run(folder.path(), &["check"]).err;
    assert!(told.contains("gone.toml") && told.contains("obsproof.toml:2"), "{told}");
}

#[test]
fn a_locked_key_is_set_by_no_file_on_top_and_no_flag() {
    let org = "locked = [\"ignore\", \"fail-on\"]\nfail-on = \"warning\"\n";
    let folder = organisation(org, "ignore = [\"ALRT003\"]\n");
    let told = run(&folder.path().join("repo"), &["check"]);
    assert_eq!(told.code, 2);
    assert!(
        told.err.contains("`ignore` is locked by") && told.err.contains("obsproof.toml:3:1"),
        "{}",
        told.err
    );
    let folder = organisation(org, "select = [\"ALRT009\"]\n");
    let root = folder.path().join("repo");
    assert_eq!(run(&root, &["check"]).code, 1, "warnings fail, as the organisation says");
    for flag in [["--fail-on", "never"], ["--ignore", "ALRT003"]] {
        let told = run(&root, &[&["check"], &flag[..]].concat());
        assert_eq!(told.code, 2);
        assert!(told.err.contains("sets what") && told.err.contains("locks"), "{}", told.err);
    }
    assert_ne!(run(&root, &["check", "--select", "ALRT003"]).code, 2, "what is not locked is free");
    let folder = repository(&[("obsproof.toml", "locked = [\"ignor\"]\n")]);
    let told = run(folder.path(), &["check"]).err;
    assert!(told.contains("did you mean `ignore`?"), "{told}");
}

#[test]
fn the_nearest_file_of_a_large_repository_decides() {
    let folder = repository(&[
        ("obsproof.toml", "ignore = [\"ALRT003\"]\nseverity-label = \"level\"\n"),
        ("alerts.yml", BARE),
        (
            "shop/obsproof.toml",
            "ignore = [\"ALRT001\"]\nexclude = [\"old\"]\nfail-on = \"never\"\n",
        ),
        ("shop/alerts.yml", BARE),
        ("shop/old/alerts.yml", BARE),
        ("shop/cart/obsproof.toml", "severity-label = \"priority\"\n"),
        ("shop/cart/alerts.yml", &BARE.replace("    for", "    labels: {priority: page}\n    for")),
        ("shopping/alerts.yml", BARE),
    ]);
    let has = |path: &str, code: &str| codes(folder.path(), &[], path).contains(&code.to_owned());
    assert!(has("alerts.yml", "ALRT001") && !has("alerts.yml", "ALRT003"));
    assert!(!has("shop/alerts.yml", "ALRT001") && has("shop/alerts.yml", "ALRT003"));
    assert!(has("shopping/alerts.yml", "ALRT001"), "a name that begins alike is another folder");
    assert!(codes(folder.path(), &[], "shop/old/").is_empty(), "paths are below the file's folder");
    assert!(has("shop/cart/alerts.yml", "ALRT003"), "inherits from around");
    assert!(
        !codes(folder.path(), &["--select", "ALRT001"], "shop/cart/")
            .contains(&"ALRT001".to_owned())
    );
    // What holds for the run as a whole is the root's: errors still fail.
    let shown = run(folder.path(), &["config", "shop/cart/alerts.yml"]).out;
    let line = |key: &str| shown.lines().find(|line| line.starts_with(key)).unwrap().to_owned();
    assert!(line("severity-label").contains("priority"), "{shown}");
    assert!(line("severity-label").contains("shop/cart/obsproof.toml:1, over "), "{shown}");
    assert!(
        line("ignore").contains("ALRT001") && line("ignore").contains("shop/obsproof.toml:1"),
        "{shown}"
    );
    assert!(
        line("fail-on").contains("error")
            && line("fail-on").contains("only for a run on that folder"),
        "{shown}"
    );
    // Run on the folder itself, its file is the root's.
    let shown = run(&folder.path().join("shop"), &["config"]).out;
    assert!(
        shown.lines().any(|line| line.starts_with("fail-on") && line.contains("never")),
        "{shown}"
    );
}

#[test]
fn a_fault_in_the_file_of_a_folder_is_shown_at_its_place() {
    let folder = repository(&[("shop/obsproof.toml", "ignroe = []\n"), ("alerts.yml", BARE)]);
    for words in [&["check"][..], &["report"], &["config", "shop"]] {
        let told = run(folder.path(), words);
        assert_eq!(told.code, 2, "{words:?}");
        assert!(told.err.contains("shop/obsproof.toml:1:1"), "{}", told.err);
        assert!(told.err.contains("did you mean `ignore`?"), "{}", told.err);
    }
}
