//! A group of objectives that nothing evaluates. Rule: rules/slo/group-not-evaluated.yaml

use crate::check::Case;
use crate::facts::slo::{Slo, SloDialect};
use std::collections::BTreeMap;

pub(super) fn check(case: &mut Case<'_>) {
    let repo = case.repo;
    let evaluators: Vec<_> = repo.evaluators().collect();
    let of_standard = |slo: &&Slo| slo.dialect == SloDialect::Standard;
    let mut groups: BTreeMap<(_, &str), &Slo> = BTreeMap::new();
    for slo in repo.facts.slos.iter().filter(of_standard) {
        if let Some(group) = slo.group.as_ref().filter(|group| group.known) {
            groups.entry((slo.document, group.text.as_str())).or_insert(slo);
        }
    }
    if evaluators.is_empty() || groups.is_empty() {
        return case.skip();
    }
    // What was not parsed may read any group.
    let unread = repo.facts.unread_evaluators.iter().any(|&one| !repo.is_rehearsal(one));
    let reader = |group: &str| {
        evaluators
            .iter()
            .find(|one| one.words.binary_search_by(|word| word.as_str().cmp(group)).is_ok())
    };
    let mentioned = |group: &str| repo.facts.slo_mentions.iter().any(|word| word == group);
    for (&(document, name), slo) in &groups {
        // Code that names no group of the file may go through all of them.
        let Some(other) = groups
            .keys()
            .filter(|(of, other)| *of == document && *other != name)
            .find_map(|(_, other)| reader(other))
        else {
            continue;
        };
        if unread || reader(name).is_some() || mentioned(name) {
            continue;
        }
        if let Some(group) = &slo.group {
            case.flag(group.span)
                .with("group", name)
                .subject(format!("SLO group {name}"))
                .related(other.anchor, "evaluated here are other groups only");
        }
    }
}
