//! Runs every example of every rule file, each rule alone, and refuses weak rule files.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test that cannot go on should stop"
)]

use obsproof::catalogue::load::{Example, load};
use obsproof::catalogue::{model::Rule, rules};
use obsproof::finding::Finding;
use obsproof::judge::{View, judge};
use obsproof::repo::Repo;
use obsproof::repo::model::Model;
use obsproof::source::{Encoding, Source};
use obsproof::{check, scan, verdict};
use std::collections::{BTreeMap, BTreeSet};

/// The day of every example.
const TODAY: &str = "2026-01-01";

/// What a rule did with an example: subjects examined; of its findings the texts of the primary
/// spans, severities and messages.
#[derive(Default)]
struct Run {
    examined: usize,
    flags: Vec<String>,
    severities: Vec<&'static str>,
    messages: Vec<String>,
}

impl Run {
    fn of<'f>(
        repo: &Repo,
        examined: usize,
        findings: impl Iterator<Item = &'f Finding> + Clone,
    ) -> Run {
        let flag = |finding: &Finding| {
            finding.span.map_or(".".to_owned(), |span| repo.text(span).to_owned())
        };
        Run {
            examined,
            flags: findings.clone().map(flag).collect(),
            severities: findings.clone().map(|finding| finding.severity.name()).collect(),
            messages: findings.map(Finding::message).collect(),
        }
    }
}

/// Runs one rule over an example's files.
fn run(rule: &'static Rule, example: &Example) -> Run {
    let mut files = example.files.clone();
    files.sort();
    let paths = files.iter().map(|(path, _)| path.clone()).collect();
    let sources =
        files.into_iter().map(|(path, text)| Source::new(path, text, Encoding::Utf8)).collect();
    let mut repo = scan::model(sources, paths);
    // A configuration in an example holds for it, as it would in a repository.
    if let Some((path, text)) = example.files.iter().find(|(path, _)| path == "obsproof.toml") {
        let settings = obsproof::config::read(path, text.clone(), TODAY).expect("a configuration");
        repo.configure(settings);
    }
    if rule.family() == "ALLOW" {
        return run_judged(rule, &repo);
    }
    // What these say rests on the findings of all others.
    let outcome = if check::CLAIMS.contains(&rule.code) {
        let all: Vec<&'static Rule> = rules().iter().collect();
        let mut outcomes = check::check(&repo, &all);
        verdict::examine(&Model::new(&repo), &mut outcomes);
        outcomes.into_iter().find(|outcome| outcome.rule.code == rule.code)
    } else {
        check::check(&repo, &[rule]).pop()
    };
    let mut outcome = outcome.expect("an outcome for each rule");
    assert!(outcome.panics.is_empty(), "{}: panicked on {:?}", rule.code, outcome.panics);
    outcome.findings.sort_by_key(|finding| finding.span);
    Run::of(&repo, outcome.examined, outcome.findings.iter())
}

/// Rules about allows need the judge, and the rules that the allows name.
fn run_judged(rule: &'static Rule, repo: &Repo) -> Run {
    let all: Vec<&'static Rule> = rules().iter().collect();
    let view = View { all: true, today: TODAY.to_owned(), ..View::default() };
    let judged = judge(repo, &mut check::check(repo, &all), &view);
    let findings = judged.iter().map(|entry| &entry.finding);
    Run::of(
        repo,
        repo.facts.allows.len(),
        findings.filter(|one| one.rule.code == rule.code && one.span.is_some()),
    )
}

#[test]
fn every_example_of_every_rule_holds() {
    let mut faults = Vec::new();
    for rule in rules() {
        let file = match load(rule.name, rule.text) {
            Ok(file) => file,
            Err(errors) => {
                faults.push(format!("{}: does not load: {errors:?}", rule.code));
                continue;
            }
        };
        for (number, example) in file.examples.iter().enumerate() {
            let Run { examined, flags, severities, messages } = run(rule, example);
            let name = format!("{} ({}) example {}", rule.code, rule.name, number + 1);
            if let Some(expected) = example.severities.as_ref().filter(|list| *list != &severities)
            {
                faults.push(format!("{name}: expected {expected:?}, found {severities:?}"));
            }
            match &example.flags {
                Some(expected) if *expected != flags => {
                    faults.push(format!(
                        "{name}: expected {expected:?}, found {flags:?}\n    {messages:?}"
                    ));
                }
                None if !flags.is_empty() => {
                    faults.push(format!(
                        "{name}: a pass example was flagged at {flags:?}\n    {messages:?}"
                    ));
                }
                // A pass example the rule never looked at would pass for nothing.
                None if examined == 0 => {
                    faults.push(format!("{name}: no subject in a pass example"))
                }
                _ => {}
            }
            for message in
                messages.iter().filter(|message| message.contains('{') && message.contains('}'))
            {
                if obsproof::catalogue::load::captures(rule.message)
                    .any(|capture| message.contains(&format!("{{{capture}}}")))
                {
                    faults.push(format!("{name}: a capture stayed empty: {message}"));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn rule_files_are_not_lazy() {
    let mut faults = Vec::new();
    for rule in rules() {
        let Ok(file) = load(rule.name, rule.text) else { continue };
        let (fail, pass): (Vec<_>, Vec<_>) =
            file.examples.iter().partition(|example| example.flags.is_some());
        if pass.is_empty() || fail.is_empty() {
            faults.push(format!("{}: needs a pass and a fail example", rule.code));
        }
        if fail.iter().any(|example| example.flags.as_ref().is_some_and(Vec::is_empty)) {
            faults.push(format!("{}: a fail example flags nothing", rule.code));
        }
        if !check::is_built(rule) {
            faults.push(format!("{}: `check: builtin` without a function", rule.code));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
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
