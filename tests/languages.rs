//! Which rule has examples in which language, held against the languages whose libraries do what
//! the rule looks at. What is missing is listed in `languages.txt`: the list may only shrink. In which
//! languages a rule has nothing to say, and why, stands in `APART`.
//! `UPDATE=1 cargo test --test all languages::` writes it.

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

/// Languages in which what a rule is about cannot be, and why.
const APART: &[(&str, &[&str], &str)] = &[
    ("INCD006", &["csharp"], "`HttpClient` gives up after 100 seconds by itself"),
    (
        "LOGS003",
        &["java", "rust"],
        "patterns of records stand in logback.xml and log4j2.xml; subscribers have none",
    ),
    (
        "LOGS005",
        &["java", "rust"],
        "patterns of records stand in logback.xml and log4j2.xml; subscribers write UTC",
    ),
    ("LOGS012", &["rust"], "the compiler counts the values of its macros"),
    ("LOGS013", &["rust"], "values in the text are how its macros are meant"),
    (
        "LOGS014",
        &["csharp", "go", "java", "rust"],
        "encoders of log libraries write any value; others give the error back, which the compiler makes one handle",
    ),
    ("LOGS023", &["rust"], "a subscriber is set once: a second one is refused"),
    (
        "LOGS024",
        &["csharp", "go", "java", "javascript", "rust", "typescript"],
        "`basicConfig` of Python does nothing where the root has a handler; other set-ups replace what was there",
    ),
    (
        "LOGS034",
        &["csharp", "go", "java", "rust"],
        "formatters write a record of its fields; only those of Python and winston give a text back",
    ),
    ("METR002", &["java", "python"], "the clients append `_total`"),
    ("METR009", &["csharp"], "prometheus-net gives back the metric that is there"),
    ("METR025", &["python", "rust"], "summaries of the clients have no quantiles"),
    ("OTEL009", &["csharp"], "providers stand beside each other: none is set for everybody"),
    (
        "OTEL016",
        &["csharp", "java", "python"],
        "the SDK, or the host that made it, ends it at the exit",
    ),
    (
        "OTEL017",
        &["csharp", "java", "javascript", "python", "typescript"],
        "the SDK sets the propagators of the standard by itself",
    ),
    ("OTEL019", &["java", "javascript", "typescript"], "the exporter opens a port of its own"),
    ("TRAC001", &["rust"], "a span ends when it is dropped"),
    (
        "TRAC002",
        &["go", "rust"],
        "errors are values: a way out that leaves a span of Go open is TRAC001's, one of Rust drops it",
    ),
    (
        "TRAC003",
        &["go", "javascript", "rust", "typescript"],
        "what ends a span records no error by itself",
    ),
    ("TRAC004", &["go", "rust"], "errors are values, not caught: one that is ignored is LOGS010's"),
    (
        "TRAC009",
        &["csharp", "go", "java", "rust"],
        "null takes an attribute away or changes nothing, or is no value of its type",
    ),
    (
        "TRAC015",
        &["csharp", "java", "javascript", "python", "rust", "typescript"],
        "the context of Go is a value that `Start` gives back; elsewhere it travels with the thread or the task",
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
            let apart = APART.iter().find(|(code, ..)| *code == rule.code);
            let possible = !apart.is_some_and(|(_, languages, _)| languages.contains(name));
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
