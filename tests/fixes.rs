//! Each fix of every rule file is made on the rule's own examples and judged again.

use obsproof::catalogue::load::load;
use obsproof::catalogue::model::{Fixes, Rule, Severity};
use obsproof::catalogue::rules;
use obsproof::fix::{Mender, Texts};
use obsproof::judge::{Judged, Status, View, judge};
use obsproof::repo::Repo;
use obsproof::repo::model::Model;
use obsproof::source::{Encoding, Source};
use obsproof::{check, scan, verdict};
use std::collections::BTreeMap;

/// The day of every example.
const TODAY: &str = "2026-01-01";

/// All findings on these files; those of `rule` are shown.
fn judged(files: &Texts, rule: &'static Rule) -> (Repo, Vec<Judged>) {
    let paths = files.keys().cloned().collect();
    let sources = files
        .iter()
        .map(|(path, text)| Source::new(path.clone(), text.clone(), Encoding::Utf8))
        .collect();
    let mut repo = scan::model(sources, paths);
    if let Some(text) = files.get("obsproof.toml") {
        let settings = obsproof::config::read("obsproof.toml", text.clone(), TODAY);
        repo.configure(settings.expect("a configuration"));
    }
    let all: Vec<&'static Rule> = rules().iter().collect();
    let mut outcomes = check::check(&repo, &all);
    verdict::examine(&Model::new(&repo), &mut outcomes);
    let view = View { all: true, only: vec![rule], today: TODAY.to_owned(), ..View::default() };
    let judged = judge(&repo, &mut outcomes, &view);
    (repo, judged)
}

/// How often each rule finds something in each file, at this severity or above.
fn counts(
    repo: &Repo,
    judged: &[Judged],
    level: Severity,
) -> BTreeMap<(&'static str, String), usize> {
    let mut counts = BTreeMap::new();
    for entry in judged.iter().filter(|entry| entry.finding.severity >= level) {
        let path = entry.finding.span.map_or(".", |span| repo.path(span)).to_owned();
        *counts.entry((entry.finding.rule.code, path)).or_default() += 1;
    }
    counts
}

fn fixes(judged: &[Judged], unsafe_too: bool) -> impl Iterator<Item = &Judged> {
    judged.iter().filter(move |entry| {
        let fix = entry.finding.fix.as_ref();
        entry.shown && entry.status == Status::Open && fix.is_some_and(|fix| fix.safe || unsafe_too)
    })
}

/// Makes all fixes of a rule on an example and says what is wrong with the result.
fn faults(rule: &'static Rule, files: &Texts, unsafe_too: bool) -> Vec<String> {
    let (repo, before) = judged(files, rule);
    let level = fixes(&before, unsafe_too).map(|entry| entry.finding.severity).min();
    let Some(level) = level else { return Vec::new() };
    let counted = counts(&repo, &before, level);
    let mut faults = Vec::new();
    let mut mender = Mender::new(unsafe_too);
    let (mut repo, mut now) = (repo, before);
    let mut texts = files.clone();
    while mender.step(&repo, &now) {
        texts.extend(mender.texts().clone());
        (repo, now) = judged(&texts, rule);
    }
    for refused in mender.refused() {
        faults.push(format!("taken back: {}", refused.title));
    }
    if mender.made().is_empty() {
        faults.push("not made".to_owned());
    }
    for left in fixes(&now, unsafe_too) {
        faults.push(format!("still there: {}", left.finding.message()));
    }
    // What an unsafe fix changes beside its fault is for its user to judge.
    if !unsafe_too {
        for ((code, path), count) in counts(&repo, &now, level) {
            if count > counted.get(&(code, path.clone())).copied().unwrap_or(0) {
                let entry = now.iter().find(|entry| entry.finding.rule.code == code);
                let message = entry.map(|entry| entry.finding.message()).unwrap_or_default();
                faults.push(format!("new: {code} in {path}: {message}"));
            }
        }
    }
    if Mender::new(unsafe_too).step(&repo, &now) {
        faults.push("a second run changes something".to_owned());
    }
    if !faults.is_empty() {
        for (path, before, after) in mender.changes() {
            faults.push(obsproof::fix::diff::unified(path, before, after));
        }
    }
    faults
}

#[test]
fn each_fix_mends_its_finding_brings_no_other_and_ends() {
    let mut all = Vec::new();
    let mut safe = 0;
    for rule in rules() {
        let file = load(rule.name, rule.text).expect("a rule file");
        let mut seen = Fixes::None;
        for (number, example) in file.examples.iter().enumerate() {
            if example.flags.is_none() {
                continue;
            }
            let files: Texts = example.files.iter().cloned().collect();
            let (_, found) = judged(&files, rule);
            let kinds: Vec<bool> = fixes(&found, true)
                .filter_map(|entry| Some(entry.finding.fix.as_ref()?.safe))
                .collect();
            for unsafe_too in [false, true] {
                if !kinds.contains(&!unsafe_too) {
                    continue;
                }
                safe += usize::from(!unsafe_too);
                let name = format!("{} ({}) example {}", rule.code, rule.name, number + 1);
                let faults = faults(rule, &files, unsafe_too);
                if !faults.is_empty() {
                    all.push(format!("{name}\n  {}", faults.join("\n  ")));
                }
            }
            if kinds.contains(&true) {
                seen = Fixes::Safe;
            } else if !kinds.is_empty() && seen == Fixes::None {
                seen = Fixes::Unsafe;
            }
        }
        if seen != rule.fixes {
            all.push(format!(
                "{}: `fixes: {}`, but its examples say {}",
                rule.code,
                rule.fixes.name(),
                seen.name()
            ));
        }
    }
    assert!(all.is_empty(), "{} faults:\n{}", all.len(), all.join("\n"));
    assert!(safe > 60, "only {safe} examples with a safe fix");
}
