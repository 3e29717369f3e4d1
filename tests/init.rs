//! `obsproof init`: a file that changes nothing as written, and says what was found.

use crate::common::{json, repository, run};

const ALERTS: &str = "groups:\n- name: a\n  rules:\n  - alert: A\n    expr: up == 0\n    labels: {severity: sev1, squad: shop}\n";
const LOKI: &str = "services:\n  loki:\n    image: grafana/loki:3.1.0\n    volumes: [./loki.yaml:/etc/loki/local-config.yaml]\n  web:\n    build: ./web\n    ports: ['80:8000']\n";
const WEB: &str = "from flask import Flask\napp = Flask(__name__)\n\n@app.route('/')\ndef root():\n    return 'x'\n\napp.run(port=8000)\n";

fn shop() -> tempfile::TempDir {
    repository(&[
        ("alerts.yml", ALERTS),
        ("compose.yaml", LOKI),
        ("web/app.py", WEB),
        ("web/requirements.txt", "flask\n"),
        ("web/Dockerfile", "FROM python:3\nCOPY . .\nCMD [\"python\", \"app.py\"]\n"),
    ])
}

#[test]
fn the_file_is_fitted_and_changes_nothing() {
    let folder = shop();
    let findings = || {
        let report = json(&run(folder.path(), &["check", "--all", "--format", "json"]));
        report["findings"].clone()
    };
    let before = findings();
    let told = run(folder.path(), &["init", "--clock", "2028-02-29"]);
    assert_eq!(told.code, 0, "{}", told.err);
    for word in ["role       service", "services   1", "lacks", "OBS-R", "of 17 REQUIRED items"] {
        assert!(told.out.contains(word), "{word}: {}", told.out);
    }
    let text = std::fs::read_to_string(folder.path().join("obsproof.toml")).unwrap();
    for line in [
        "# Taken for: service",
        "# name = \"web\"",
        "# path = \"web\"",
        "# severities = [\"sev1\"]",
        "# owner-labels = [\"squad\"]",
        "# expires = 2029-02-28",
    ] {
        assert!(text.contains(line), "{line}:\n{text}");
    }
    assert!(text.lines().all(|line| line.is_empty() || line.starts_with('#')), "{text}");
    assert_eq!(findings(), before);
}

#[test]
fn what_is_uncommented_is_a_configuration() {
    let folder = shop();
    let text = run(folder.path(), &["init", "--print"]).out;
    assert!(!folder.path().join("obsproof.toml").exists(), "--print writes nothing");
    // Every line that is a key or a head, but not the sentences around them.
    let is_key = |line: &str| {
        line.starts_with('[') || line.split_once(" = ").is_some_and(|(key, _)| !key.contains(' '))
    };
    let lines = text.lines().filter_map(|line| line.strip_prefix("# ")).filter(|line| is_key(line));
    let lines: Vec<&str> = lines.collect();
    // Keys of the root stand before tables.
    let (mut root, mut tables, mut table) = (Vec::new(), Vec::new(), false);
    for line in lines {
        table = line.starts_with('[')
            || (table
                && !["severities", "owner-labels", "fail-on", "ignore", "exclude"]
                    .iter()
                    .any(|key| line.starts_with(key)));
        if table { tables.push(line) } else { root.push(line) }
    }
    let config = [root, tables].concat().join("\n");
    std::fs::write(folder.path().join("obsproof.toml"), &config).unwrap();
    let told = run(folder.path(), &["config"]);
    assert_eq!(told.code, 0, "{}\n{config}", told.err);
    assert!(told.out.contains("sev1"), "{}", told.out);
}

#[test]
fn nothing_is_overwritten() {
    let folder = repository(&[("obsproof.toml", "ignore = []\n")]);
    let told = run(folder.path(), &["init"]);
    assert_eq!(told.code, 2);
    assert!(told.err.contains("there already") && told.err.contains("--print"), "{}", told.err);
    assert_eq!(
        std::fs::read_to_string(folder.path().join("obsproof.toml")).unwrap(),
        "ignore = []\n"
    );
    let told = run(folder.path(), &["init", "obsproof.toml"]);
    assert_eq!((told.code, told.err.contains("is no folder")), (2, true), "{}", told.err);
    // An empty folder has nothing, and says so.
    let folder = repository(&[]);
    let told = run(folder.path(), &["init"]);
    assert_eq!(told.code, 0, "{}", told.err);
    assert!(told.out.contains("nothing the tool knows"), "{}", told.out);
}
