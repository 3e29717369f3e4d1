//! Runs every example of every rule file, each rule alone, and refuses weak rule files.

use obsproof::catalogue::load::load;
use obsproof::catalogue::rules;
use obsproof::source::{Encoding, Source};
use obsproof::{check, trial};
use std::collections::{BTreeMap, BTreeSet};

#[test]
fn every_example_of_every_rule_holds() {
    let mut told = Vec::new();
    for rule in rules() {
        let file = match load(rule.name, rule.text) {
            Ok(file) => file,
            Err(errors) => {
                told.push(format!("{}: does not load: {errors:?}", rule.code));
                continue;
            }
        };
        let source = Source::new("", rule.text.to_owned(), Encoding::Utf8);
        for fault in trial::faults(rule, &file) {
            let line = source.line_of(fault.span.start);
            told.push(format!("{} ({}) line {line}: {}", rule.code, rule.name, fault.message));
        }
    }
    assert!(told.is_empty(), "{} faults:\n{}", told.len(), told.join("\n"));
}

#[test]
fn every_rule_is_built() {
    let lacking = rules().iter().filter(|rule| !check::is_built(rule));
    let lacking: Vec<&str> = lacking.map(|rule| rule.code).collect();
    assert!(lacking.is_empty(), "`check: builtin` without a function: {lacking:?}");
}

#[test]
fn names_are_unique_in_a_family_and_no_function_is_an_orphan() {
    let mut names: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for rule in rules() {
        names.entry((rule.family(), rule.name)).or_default().push(rule.code);
    }
    let repeated: Vec<_> = names.iter().filter(|(_, codes)| codes.len() > 1).collect();
    assert!(repeated.is_empty(), "{repeated:?}");
    let known: BTreeSet<&str> = rules().iter().map(|rule| rule.code).collect();
    let orphans: Vec<_> = check::builtin_codes().filter(|code| !known.contains(code)).collect();
    assert!(orphans.is_empty(), "functions without a rule file: {orphans:?}");
}
