//! What the tables of libraries claim, held against what the packages did: `tests/parity/libraries`.
//!
//! `tests/parity/README.md` says how `shown.jsonl` is made.

use obsproof::lang::records::Part;
use obsproof::libraries::{Api, Role, Table};
use obsproof::parse::code::Language;
use serde_json::Value;
use std::collections::BTreeSet;

fn shown(kind: &str) -> Vec<Value> {
    let text = include_str!("parity/libraries/shown.jsonl");
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    lines.filter(|line| line["kind"] == kind).collect()
}

fn word<'v>(line: &'v Value, key: &str) -> &'v str {
    line[key].as_str().expect("a word")
}

fn row(line: &Value, role: Role) -> &'static Api {
    let language = match word(line, "language") {
        "go" => Language::Go,
        "java" => Language::Java,
        "javascript" => Language::Javascript,
        "python" => Language::Python,
        "rust" => Language::Rust,
        other => panic!("{other} has no table"),
    };
    let api = word(line, "api");
    let found = Table::of(language).role(api, role);
    found.unwrap_or_else(|| panic!("no row for {api}"))
}

/// Every part that a format is said to bring stands in the record it wrote, and what stands there
/// under a name that is known is said.
#[test]
fn formats_bring_what_the_tables_say() {
    let mut wrong = Vec::new();
    let mut parts = 0;
    for line in shown("record") {
        let row = row(&line, Role::LogFormat);
        let keys: Vec<&str> =
            line["keys"].as_array().expect("keys").iter().filter_map(Value::as_str).collect();
        // `record.level.name` may be `record.level.name`, `level.name`, `level`.
        let of_key = |key: &&str| {
            let names: Vec<&str> = key.split('.').collect();
            let cuts = (0..names.len())
                .flat_map(|from| (from + 1..=names.len()).map(move |to| (from, to)));
            cuts.filter_map(|(from, to)| Part::of_field(&names[from..to].join(".")))
                .collect::<Vec<_>>()
        };
        let written: BTreeSet<Part> = keys.iter().flat_map(of_key).collect();
        let plain: BTreeSet<Part> = keys
            .iter()
            .filter_map(|key| Part::of_field(key))
            .filter(|part| part.is_required())
            .collect();
        // A part of a chain says only what it adds.
        let whole = row.get("format") == Some("json");
        let said: BTreeSet<Part> =
            row.get("gives").unwrap_or_default().split(' ').filter_map(Part::named).collect();
        parts += said.len();
        // The name that a program gives its logger there is its own.
        let named = |part: &Part| *part == Part::Service && keys.contains(&"name");
        let lacking: Vec<&Part> =
            said.iter().filter(|part| !written.contains(part) && !named(part)).collect();
        let more: Vec<&Part> = plain.difference(&said).filter(|_| whole).collect();
        if !lacking.is_empty() || !more.is_empty() {
            wrong.push(format!("{}: not written {lacking:?}, not said {more:?}", line["api"]));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(parts > 80, "{parts} parts of formats are held");
}

#[test]
fn what_hears_of_requests_and_logins_hears_of_them() {
    for (kind, role, least) in
        [("request-log", Role::RequestLog, 18), ("audit-listener", Role::AuditListener, 8)]
    {
        let lines = shown(kind);
        for line in &lines {
            row(line, role);
            assert_eq!(line["logged"], true, "{}", line["api"]);
        }
        assert!(lines.len() >= least, "{} of {kind}", lines.len());
    }
}

/// OTEL009: a second provider stands in the place of the first, or the program fails.
#[test]
fn a_second_provider_does_what_the_tables_say() {
    let lines = shown("set-twice");
    for line in &lines {
        let what = match word(line, "what") {
            "the second stands" => "replaces",
            "throws" => "fails",
            other => other,
        };
        assert_eq!(row(line, Role::ProviderSet).get("again"), Some(what), "{}", line["api"]);
    }
    assert!(lines.len() >= 4);
}

/// LOGS014: what throws on a cycle is the program's own encoder, and not the library's.
#[test]
fn only_own_encoders_fail_on_cycles() {
    let fails = |api: &str| {
        let line = shown("cycle").into_iter().find(|line| line["api"] == api).expect("a line");
        !line["error"].is_null()
    };
    assert!(!fails("winston.format.json"));
    assert!(fails("winston.format.printf"));
}
