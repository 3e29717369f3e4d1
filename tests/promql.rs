//! PromQL is read as Prometheus reads it: recorded verdicts of promtool, and another parser.
//!
//! `tests/parity/README.md` says how the verdicts are made.

use obsproof::lang::promql;
use obsproof::lang::promql::ast::Kind;
use std::fs;
use std::path::Path;

fn recorded(list: &str) -> Vec<(String, bool)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parity/promql/verdicts.json");
    let text = fs::read_to_string(path).expect("verdicts");
    let file: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    serde_json::from_value(file[list].clone()).expect("cases")
}

fn verdicts() -> Vec<(String, bool)> {
    recorded("cases")
}

#[test]
fn promtool_and_this_parser_agree_on_every_case() {
    let cases = verdicts();
    let accepted = cases.iter().filter(|(_, accepted)| *accepted).count();
    assert!(cases.len() > 6_700 && accepted > 1_300, "{accepted} of {}", cases.len());
    let differing: Vec<_> = cases
        .iter()
        .filter(|(text, accepted)| promql::parse(text).accepted_without_flags() != *accepted)
        .collect();
    assert!(differing.is_empty(), "{differing:#?}");
}

/// The table that Prometheus' own parser is tested with, where every feature is on.
#[test]
fn every_input_of_the_table_is_read_as_it_says() {
    let table = recorded("table");
    assert!(table.len() > 370, "{}", table.len());
    let differing: Vec<_> = table
        .iter()
        .filter(|(text, fails)| promql::parse(text).faults.is_empty() == *fails)
        .collect();
    assert!(differing.is_empty(), "{differing:#?}");
}

/// The other parser writes these in another way: it drops plus signs, points before 1970 and
/// units of durations, and reads escaped bytes as letters.
fn is_written_otherwise(kind: &Kind) -> bool {
    match kind {
        Kind::Number { duration, .. } => *duration,
        Kind::Unary { negative, .. } => !negative,
        Kind::Text(text) => text.contains('\u{FFFD}'),
        Kind::Selector(selector) => selector.modifiers.at.is_some(),
        Kind::Subquery(subquery) => subquery.modifiers.at.is_some(),
        _ => false,
    }
}

/// Where both accept a text, both must read the same tree.
#[test]
fn another_parser_reads_the_same_trees() {
    let mut both = 0;
    let mut differing = Vec::new();
    for (text, accepted) in verdicts() {
        if !accepted {
            continue;
        }
        // The other parser stops the thread on some of the numbers.
        let other = std::panic::catch_unwind(|| promql_parser::parser::parse(&text));
        let Ok(Ok(other)) = other else { continue };
        let parsed = promql::parse(&text);
        if parsed.ast.nodes.iter().any(|node| is_written_otherwise(&node.kind)) {
            continue;
        }
        both += 1;
        let print = |parsed: &promql::Parsed, text: &str| {
            let root = parsed.ast.root().expect("a root");
            promql::print::print(&parsed.ast, text, root)
        };
        let ours = print(&parsed, &text);
        let theirs = other.to_string();
        let again = print(&promql::parse(&theirs), &theirs);
        if ours != again {
            differing.push((text, ours, again));
        }
    }
    assert!(both > 400, "{both}");
    assert!(differing.is_empty(), "{} of {both}: {differing:#?}", differing.len());
}
