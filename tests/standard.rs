//! The standard's own examples: what must be found in them, and what must not.
//!
//! A row of `expected.yaml` whose rule does not exist yet is listed, not failed.

use obsproof::catalogue::{by_code, rules};
use obsproof::finding::Finding;
use obsproof::parse::offsets::OffsetMap;
use obsproof::parse::tree::{NodeRef, Tree};
use obsproof::parse::yaml;
use obsproof::repo::Repo;
use obsproof::repo::model::Model;
use obsproof::source::{Encoding, Source, SourceId};
use obsproof::{check, scan, verdict};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

const FOLDER: &str = "fixtures/standard";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(FOLDER)
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("the fixture folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { collect(&path, paths) } else { paths.push(path) }
    }
}

fn model() -> Repo {
    let mut files = Vec::new();
    collect(&root(), &mut files);
    let mut paths: Vec<String> = files
        .iter()
        .map(|path| path.strip_prefix(root()).expect("below the folder").to_string_lossy().into())
        .filter(|path: &String| path != "README.md" && path != "expected.yaml")
        .collect();
    paths.sort();
    let read = |path: &String| std::fs::read_to_string(root().join(path)).expect("UTF-8 text");
    let sources =
        paths.iter().map(|path| Source::new(path.clone(), read(path), Encoding::Utf8)).collect();
    scan::model(sources, paths)
}

fn expected() -> Tree {
    let text = std::fs::read_to_string(root().join("expected.yaml")).expect("expected.yaml");
    let map = OffsetMap::slice(SourceId(0), 0);
    let tree = yaml::parse(&yaml::Input { text: &text, map: &map, masked: &[] });
    assert!(tree.roots.iter().all(|root| root.issues.is_empty()), "{:?}", tree.roots);
    tree
}

fn field<'t>(row: NodeRef<'t>, key: &str) -> &'t str {
    row.get(key).and_then(NodeRef::scalar).unwrap_or_else(|| panic!("a row without `{key}`"))
}

/// Path, line and text of a finding; path `.` and line 0 for the repository as a whole.
fn place<'r>(repo: &'r Repo, finding: &Finding) -> (&'r str, u32, &'r str) {
    let Some(span) = finding.span else { return (".", 0, "") };
    (repo.path(span), repo.line(span), repo.text(span).trim_matches(['"', '\'']))
}

#[test]
fn the_standards_own_examples_have_the_findings_they_should() {
    let repo = model();
    let rules: Vec<_> = rules().iter().collect();
    let mut outcomes = check::check(&repo, &rules);
    verdict::examine(&Model::new(&repo), &mut outcomes);
    let mut faults: Vec<String> = outcomes
        .iter()
        .filter(|outcome| !outcome.panics.is_empty())
        .map(|outcome| format!("{} panicked on {:?}", outcome.rule.code, outcome.panics))
        .collect();
    let findings: Vec<_> = outcomes.iter().flat_map(|outcome| &outcome.findings).collect();
    let tree = expected();
    let root = tree.documents().next().expect("one document");
    let rows = |key| root.get(key).into_iter().flat_map(NodeRef::items);
    let mut missing = BTreeSet::new();

    assert!(rows("findings").count() > 0 && rows("silent").count() > 0);
    for row in rows("findings") {
        let (code, path, text) = (field(row, "code"), field(row, "path"), field(row, "text"));
        let line: u32 = field(row, "line").parse().expect("a line number");
        if by_code(code).is_none() {
            missing.insert(code);
            continue;
        }
        let of_rule = || findings.iter().filter(|finding| finding.rule.code == code);
        if !of_rule().any(|finding| place(&repo, finding) == (path, line, text)) {
            let found: Vec<_> = of_rule().map(|finding| place(&repo, finding)).collect();
            faults.push(format!("{code} must be at {path}:{line} `{text}`; found {found:?}"));
        }
    }
    for row in rows("silent") {
        let (code, path) = (field(row, "code"), field(row, "path"));
        if by_code(code).is_none() {
            missing.insert(code);
            continue;
        }
        for finding in findings.iter().filter(|finding| finding.rule.code == code) {
            let (found, line, text) = place(&repo, finding);
            if found == path {
                let message = finding.message();
                faults.push(format!("{code} must be silent at {path}:{line} `{text}`: {message}"));
            }
        }
    }

    if !missing.is_empty() {
        eprintln!("expected of rules that do not exist yet: {missing:?}");
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}
