//! Keys that code and objectives disagree on. Rule: rules/slo/key-drift.yaml

use crate::check::Case;
use crate::facts::code::{Evaluator, FixedField};
use crate::facts::scalar::Scalar;
use crate::facts::slo::value::number;
use crate::facts::slo::{Slo, SloDialect};
use std::collections::{BTreeMap, BTreeSet};

/// Keys that are written for people.
const FOR_PEOPLE: &[&str] = &[
    "name",
    "id",
    "title",
    "description",
    "owner",
    "team",
    "service",
    "labels",
    "annotations",
    "notes",
    "note",
    "comment",
    "doc",
    "docs",
    "runbook",
    "runbook_url",
    "tier",
    "contact",
    "links",
];

pub(super) fn check(evaluator: &Evaluator, case: &mut Case<'_>) {
    let repo = case.repo;
    let entries: Vec<&Slo> =
        repo.facts.slos.iter().filter(|slo| slo.dialect == SloDialect::Standard).collect();
    // What is filled in elsewhere may bring any key.
    if entries.is_empty() || entries.iter().any(|slo| slo.open || slo.settings.open) {
        return case.skip();
    }
    absent(evaluator, &entries, case);
    for field in &evaluator.fixed {
        fixed(field, &entries, case);
    }
    if repo.evaluators().next().is_some_and(|first| std::ptr::eq(first, evaluator)) {
        unread(&entries, case);
    }
}

/// Keys that are read, and that no entry has.
fn absent(evaluator: &Evaluator, entries: &[&Slo], case: &mut Case<'_>) {
    let mut known: BTreeSet<&str> = BTreeSet::new();
    for slo in entries {
        known.extend(slo.settings.entries.iter().map(|(key, _)| key.text.as_str()));
        let names = [&slo.group, &slo.service, &slo.name];
        known.extend(names.into_iter().flatten().map(|name| name.text.as_str()));
    }
    // Values that are no scalar are not among the settings.
    for slo in entries {
        known.extend(slo.indicator.iter().map(|indicator| case.repo.text(indicator.key)));
        known.extend(slo.alerting.key.iter().map(|&key| case.repo.text(key)));
    }
    for read in evaluator.reads.iter().filter(|read| !read.optional) {
        if !known.contains(read.key.text.as_str()) {
            let what = format!("`{}` is read here, and no objective has it", read.key.text);
            case.flag(read.key.span)
                .with("what", what)
                .related(entries[0].anchor, "objectives such as this one");
        }
    }
}

/// A constant in place of what the entries say.
fn fixed(field: &FixedField, entries: &[&Slo], case: &mut Case<'_>) {
    let other = entries.iter().find_map(|slo| {
        let setting = slo.settings.get(&field.name).filter(|setting| setting.known)?;
        differs(field, slo, setting).then_some(setting)
    });
    let Some(other) = other else { return };
    let what = format!(
        "`{}` is fixed to `{}` here, and an objective says `{}`",
        field.name, field.value.text, other.text
    );
    case.flag(field.value.span).with("what", what).related(other.span, "says something else");
}

fn differs(field: &FixedField, slo: &Slo, setting: &Scalar) -> bool {
    let written = if field.duration {
        let window = slo.window.as_ref().filter(|window| window.scalar.span == setting.span);
        window.and_then(|window| window.seconds())
    } else {
        number(&setting.text)
    };
    written.is_some_and(|written| (written - field.number).abs() > 1e-9)
}

/// Keys that entries have, and that nothing reads.
fn unread(entries: &[&Slo], case: &mut Case<'_>) {
    let repo = case.repo;
    let evaluators: Vec<&Evaluator> = repo.evaluators().collect();
    let elsewhere = repo.facts.unread_evaluators.iter().any(|&one| !repo.is_rehearsal(one));
    if elsewhere || evaluators.iter().any(|one| one.escapes) {
        return;
    }
    let has_word = |word: &str| {
        evaluators
            .iter()
            .any(|one| one.words.binary_search_by(|known| known.as_str().cmp(word)).is_ok())
    };
    let mut first: BTreeMap<&str, &Scalar> = BTreeMap::new();
    // Entries of a group that nothing reads have one finding of their own.
    for slo in
        entries.iter().filter(|slo| slo.group.as_ref().is_none_or(|group| has_word(&group.text)))
    {
        for (key, _) in &slo.settings.entries {
            first.entry(key.text.as_str()).or_insert(key);
        }
    }
    for (name, key) in first {
        if !FOR_PEOPLE.contains(&name) && key.known && !has_word(name) {
            let what = format!("`{name}` is set here, and nothing reads it");
            case.flag(key.span)
                .with("what", what)
                .related(evaluators[0].anchor, "what evaluates the objectives reads other keys");
        }
    }
}
