//! Data flows one way: a module may use only what stands to its left.

use std::fs;
use std::path::{Path, PathBuf};

/// The modules from left to right. The first row are leaves that know no stage.
const ORDER: &[&str] = &[
    "source",
    "kept",
    "lang",
    "nist",
    "metrics",
    "components",
    "plugins",
    "shippers",
    "cache",
    "git",
    "discover",
    "parse",
    "libraries",
    "semconv",
    "identify",
    "facts",
    "catalogue",
    "standard",
    "config",
    "finding",
    "repo",
    "check",
    "render",
    "judge",
    "verdict",
    "audit",
    "report",
    "scan",
    "trial",
    "fix",
    "cli",
];

/// Edges inside a stage's own tools: types of data that stand right of their user in the list.
const SHARED: &[(&str, &str)] = &[
    // The file's own reason to be skipped is a fact about it.
    ("facts", "discover"),
];

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("src is readable").flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

fn sources() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    files(&root, &mut found);
    found.sort();
    assert!(found.len() > 30, "the walk found the sources");
    found
        .into_iter()
        .map(|path| {
            let text = fs::read_to_string(&path).expect("a source is text");
            (path.strip_prefix(&root).expect("below src").to_path_buf(), text)
        })
        .collect()
}

/// The stage a file belongs to: its first path segment.
fn stage(path: &Path) -> String {
    let first =
        path.components().next().expect("a path").as_os_str().to_string_lossy().into_owned();
    first.trim_end_matches(".rs").to_owned()
}

/// Stages that a text names as `crate::stage`.
fn used(text: &str) -> Vec<String> {
    let mut used = Vec::new();
    for part in text.split("crate::").skip(1) {
        if let Some(group) = part.strip_prefix('{') {
            let inner = group.split('}').next().unwrap_or_default();
            used.extend(
                inner
                    .split(',')
                    .map(|name| name.trim().split("::").next().unwrap_or_default().to_owned()),
            );
        } else {
            let name: String =
                part.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            used.push(name);
        }
    }
    used
}

#[test]
fn no_stage_uses_a_later_one() {
    let rank = |name: &str| ORDER.iter().position(|known| *known == name);
    let mut faults = Vec::new();
    for (path, text) in sources() {
        let from = stage(&path);
        if from == "lib" || from == "main" {
            continue;
        }
        let Some(here) = rank(&from) else {
            faults.push(format!("{}: `{from}` has no place in the order", path.display()));
            continue;
        };
        for to in used(&text) {
            let allowed = SHARED.contains(&(from.as_str(), to.as_str()));
            if let Some(there) = rank(&to).filter(|&there| there > here && !allowed) {
                faults.push(format!(
                    "{}: uses `{}`, which comes later",
                    path.display(),
                    ORDER[there]
                ));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn only_discovery_git_and_the_command_line_touch_files() {
    for (path, text) in sources() {
        let allowed = ["discover", "git", "cache", "cli"].contains(&stage(&path).as_str());
        let touches =
            text.contains("std::fs") || text.contains("File::open") || text.contains("std::net");
        assert!(allowed || !touches, "{} touches the file system", path.display());
        assert!(!text.contains("process::Command"), "{} starts a program", path.display());
    }
}

#[test]
fn files_are_of_a_size_to_read() {
    let long: Vec<String> = sources()
        .iter()
        .map(|(path, text)| {
            (path, text.split("#[cfg(test)]").next().unwrap_or_default().lines().count())
        })
        .filter(|(_, lines)| *lines > 500)
        .map(|(path, lines)| format!("{}: {lines} lines", path.display()))
        .collect();
    assert!(long.is_empty(), "split these by what they are about:\n{}", long.join("\n"));
}

#[test]
fn every_evidence_query_of_the_standard_exists() {
    for requirement in obsproof::standard::bundled().requirements {
        for clause in requirement.clauses {
            if let obsproof::standard::Basis::Evidence(query) = clause.basis {
                assert!(obsproof::verdict::is_query(query), "{}: {query}", requirement.id);
            }
        }
    }
    for backing in obsproof::standard::backing() {
        assert!(obsproof::nist::control(backing.control).is_some(), "{}", backing.control);
        for part in backing.parts {
            assert!(
                part.evidence.iter().all(|query| obsproof::verdict::is_query(query)),
                "{part:?}"
            );
            let looked_at = !part.evidence.is_empty() || !part.clean.is_empty();
            assert!(looked_at != part.pending, "{part:?}");
        }
    }
}

#[test]
fn the_standard_has_17_and_40_items_and_rules_name_only_these() {
    use obsproof::standard::{self, Kind};
    let count = |kind| standard::bundled().requirements.iter().filter(|r| r.kind == kind).count();
    assert_eq!((count(Kind::Required), count(Kind::Checklist)), (17, 40));
    for rule in obsproof::catalogue::rules() {
        for id in rule.requirements {
            assert!(standard::requirement(id).is_some(), "{} names {id}", rule.code);
        }
        for id in rule.controls {
            assert!(obsproof::nist::control(id).is_some(), "{} names control {id}", rule.code);
        }
    }
}

#[test]
fn the_published_schemas_are_current() {
    use obsproof::config::{attestations_schema, gate_schema, json_schema, waivers_schema};
    let schemas = [
        ("obsproof.schema.json", json_schema()),
        ("waivers.schema.json", waivers_schema()),
        ("attestations.schema.json", attestations_schema()),
        ("gate.schema.json", gate_schema()),
        ("report.schema.json", obsproof::report::report_schema()),
        ("rule.schema.json", obsproof::catalogue::schema::json_schema()),
    ];
    for (name, schema) in schemas {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas").join(name);
        let current = format!("{schema:#}\n");
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&path, &current).expect("schemas is writable");
        }
        let published = fs::read_to_string(&path).unwrap_or_default();
        assert!(published == current, "{name}: UPDATE=1 cargo test --test all architecture::");
    }
}
