//! Rule files to a static table.

use crate::catalogue::load;
use crate::catalogue::model::{Logic, Rule};
use crate::catalogue::predicate::{Predicate, Test};
use crate::fail;
use crate::source::{Encoding, Source};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// Rust text that defines `RULES` (sorted by code) and `RULESET`.
pub fn generate(root: &Path) -> String {
    let mut paths = Vec::new();
    collect(root, &mut paths);
    paths.sort();
    let mut hash = Sha256::new();
    let mut rules: Vec<(Rule, PathBuf)> = Vec::new();
    for path in paths {
        let text = std::fs::read_to_string(&path)
            .unwrap_or_else(|error| fail(&format!("cannot read {}: {error}", path.display())));
        hash.update(path.to_string_lossy().as_bytes());
        hash.update(text.as_bytes());
        if path.starts_with(root.join("standard")) {
            continue;
        }
        let name =
            path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        match load::load(&name, &text) {
            Ok(file) => rules.push((file.rule, path)),
            Err(errors) => {
                let source = Source::new("", text, Encoding::Utf8);
                let lines: Vec<String> = errors
                    .iter()
                    .map(|error| {
                        let line = source.line_of(error.span.start);
                        format!("{}:{line}: {}", path.display(), error.message)
                    })
                    .collect();
                fail(&lines.join(" · "));
            }
        }
    }
    rules.sort_by_key(|(rule, _)| rule.code);
    if let Some(pair) = rules.windows(2).find(|pair| pair[0].0.code == pair[1].0.code) {
        fail(&format!("{} and {} have one code", pair[0].1.display(), pair[1].1.display()));
    }
    render(&rules, &format!("sha256:{:x}", hash.finalize()))
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, paths);
        } else if path.extension().is_some_and(|ending| ending == "yaml") {
            paths.push(path);
        }
    }
}

fn render(rules: &[(Rule, PathBuf)], ruleset: &str) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "const RULESET: &str = {ruleset:?};");
    let _ = writeln!(out, "static RULES: &[Rule] = &[");
    for (rule, path) in rules {
        let _ = writeln!(out, "{},", literal(rule, path));
    }
    out.push_str("];\n");
    out
}

fn literal(rule: &Rule, path: &Path) -> String {
    let logic = match rule.logic {
        Logic::Require(predicate) => format!("model::Logic::Require(&{})", condition(predicate)),
        Logic::Builtin => "model::Logic::Builtin".to_owned(),
    };
    let severities: Vec<String> = rule
        .severities
        .iter()
        .map(|(severity, predicate)| {
            format!("(model::Severity::{severity:?}, {})", condition(predicate))
        })
        .collect();
    format!(
        "Rule {{ code: {:?}, name: {:?}, title: {:?}, class: model::Class::{:?}, \
         severity: model::Severity::{:?}, severities: &[{}], since: {:?}, requirements: &{:?}, \
         controls: &{:?}, subject: crate::facts::subject::SubjectKind::{:?}, logic: {logic}, \
         at: &{:?}, message: {:?}, why: {:?}, fix: {:?}, fixes: model::Fixes::{:?}, default_off: {:?}, preview: {:?}, \
         absence: {:?}, sensitive: model::Sensitivity::{:?}, cause: &{:?}, \
         text: include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/{}\")) }}",
        rule.code,
        rule.name,
        rule.title,
        rule.class,
        rule.severity,
        severities.join(", "),
        rule.since,
        rule.requirements,
        rule.controls,
        rule.subject,
        rule.at,
        rule.message,
        rule.why,
        rule.fix,
        rule.fixes,
        rule.default_off,
        rule.preview,
        rule.absence,
        rule.sensitive,
        rule.cause,
        path.display(),
    )
}

fn condition(predicate: &Predicate) -> String {
    let many = |parts: &[Predicate]| parts.iter().map(condition).collect::<Vec<_>>().join(", ");
    match predicate {
        Predicate::All(parts) => format!("predicate::Predicate::All(&[{}])", many(parts)),
        Predicate::Any(parts) => format!("predicate::Predicate::Any(&[{}])", many(parts)),
        Predicate::Not(part) => format!("predicate::Predicate::Not(&{})", condition(part)),
        Predicate::Field(path, test) => {
            let test = match test {
                Test::Exists => "Exists".to_owned(),
                Test::Equals(text) => format!("Equals({text:?})"),
                Test::OneOf(texts) => format!("OneOf(&{texts:?})"),
                Test::Matches(text) => format!("Matches({text:?})"),
                Test::Contains(text) => format!("Contains({text:?})"),
                Test::Compare(comparison, bound) => {
                    format!("Compare(predicate::Comparison::{comparison:?}, {bound:?})")
                }
            };
            format!("predicate::Predicate::Field({path:?}, predicate::Test::{test})")
        }
    }
}
