//! Which rule has examples in which language, held against the languages whose libraries do what
//! the rule looks at. What is missing is listed in `languages.txt`: the list may only shrink.
//! `UPDATE=1 cargo test --test all languages::` writes it.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test that cannot go on should stop"
)]

use obsproof::catalogue::load::load;
use obsproof::catalogue::rules;
use obsproof::libraries::{Role, Table};
use obsproof::parse::code::Language;
use std::collections::BTreeSet;
use std::fmt::Write;

const LANGUAGES: &[(&str, Language, &[&str])] = &[
    ("csharp", Language::Csharp, &["cs"]),
    ("go", Language::Go, &["go"]),
    ("java", Language::Java, &["java"]),
    ("javascript", Language::Javascript, &["js", "mjs", "cjs", "jsx"]),
    ("python", Language::Python, &["py"]),
    ("rust", Language::Rust, &["rs"]),
    ("typescript", Language::Typescript, &["ts", "tsx"]),
];

/// What libraries do where a subject comes from.
const SUBJECTS: &[(&str, &[Role])] = &[
    ("extraction", &[Role::Extract]),
    ("file_mode", &[Role::FileMode]),
    ("handoff", &[Role::Handoff]),
    ("http_response", &[Role::Respond]),
    ("injection", &[Role::Inject]),
    ("log_call", &[Role::Log, Role::Print]),
    ("logger_setup", &[Role::LogFormat, Role::LogFile, Role::LogLevel]),
    ("measured_time", &[Role::Clock]),
    ("metric_definition", &[Role::Metric]),
    ("metric_use", &[Role::MetricUse]),
    ("outbound_call", &[Role::Outbound]),
    ("sdk_setup", &[Role::Provider]),
    ("span_attribute", &[Role::SpanAttribute]),
    ("span_scope", &[Role::SpanStart]),
];

/// Rules about what one language alone has, and why no other can have it.
const ALONE: &[(&str, &str, &str)] = &[
    (
        "LOGS024",
        "python",
        "`basicConfig` does nothing where the root has a handler; other set-ups replace what was there",
    ),
    (
        "TRAC015",
        "go",
        "the context is a value that `Start` gives back; elsewhere it travels with the thread or the task",
    ),
];

/// Languages that files of these paths are in.
fn languages<'p>(paths: impl Iterator<Item = &'p String>) -> BTreeSet<&'static str> {
    let ending = |path: &'p String| path.rsplit_once('.').map_or("", |(_, ending)| ending);
    let of = |ending: &str| LANGUAGES.iter().find(|(.., known)| known.contains(&ending));
    paths.filter_map(|path| of(ending(path))).map(|(name, ..)| *name).collect()
}

#[test]
fn rules_on_code_have_examples_in_the_languages_they_apply_to() {
    let mut missing = String::new();
    for rule in rules() {
        let file = load(rule.name, rule.text).expect("a rule file");
        let of = |fails: bool| {
            let examples = file.examples.iter().filter(move |it| it.flags.is_some() == fails);
            languages(examples.flat_map(|it| &it.files).map(|(path, _)| path))
        };
        let (fails, passes) = (of(true), of(false));
        if fails.is_empty() && passes.is_empty() {
            continue;
        }
        let roles = SUBJECTS.iter().find(|(name, _)| *name == rule.subject.name());
        for (name, language, _) in LANGUAGES {
            let table = Table::of(*language);
            let applies = roles.is_some_and(|(_, roles)| {
                roles.iter().any(|role| table.paths_of(*role).next().is_some())
            });
            let alone = ALONE.iter().find(|(code, ..)| *code == rule.code);
            let possible = alone.is_none_or(|(_, language, _)| language == name);
            // Where a rule is shown to fail, it is shown to pass, too.
            let wanted = applies && possible || fails.contains(name);
            for (kind, there) in [("fail", &fails), ("pass", &passes)] {
                if wanted && !there.contains(name) {
                    writeln!(missing, "{} {name} {kind}", rule.code).expect("a text");
                }
            }
        }
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/languages.txt");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, &missing).expect("the list is written");
    }
    let known = std::fs::read_to_string(path).expect("the list");
    let known: BTreeSet<&str> = known.lines().collect();
    let found: BTreeSet<&str> = missing.lines().collect();
    let new: Vec<_> = found.difference(&known).collect();
    let mended: Vec<_> = known.difference(&found).collect();
    assert!(new.is_empty(), "examples are missing: {new:#?}");
    if !mended.is_empty() {
        println!("no more missing, take them off the list: {mended:#?}");
    }
}
