//! Waivers: which findings they accept, and which of them accept nothing.
//!
//! A waived rule runs as any other; what it finds is shown as accepted, by whom and until when.

use super::{Found, Judged, Status, View, order, settle};
use crate::catalogue;
use crate::config::{Waived, Waiver, is_named};
use crate::facts::Subject;
use crate::finding::Finding;
use crate::repo::Repo;
use std::collections::BTreeSet;

/// Gives the findings that a waiver accepts their status.
pub(super) fn apply(repo: &Repo, judged: &mut [Judged]) {
    let waivers = repo.settings.waivers.iter().enumerate();
    let waivers: Vec<(usize, &Waiver)> =
        waivers.filter(|(_, waiver)| waiver.rule().is_some()).collect();
    if waivers.is_empty() {
        return;
    }
    for entry in judged {
        if let Some((number, waiver)) =
            waivers.iter().find(|(_, waiver)| covers(repo, waiver, entry))
        {
            entry.status = Status::Waived;
            entry.reason = waiver.reason.as_ref().map(|reason| reason.text.clone());
            entry.waiver = Some(*number);
        }
    }
}

fn covers(repo: &Repo, waiver: &Waiver, judged: &Judged) -> bool {
    let finding = &judged.finding;
    let reach = &waiver.reach;
    let has = |names: &[String], name: Option<&str>| {
        names.is_empty() || name.is_some_and(|name| is_named(names, name))
    };
    waiver.rule().is_some_and(|rule| rule.code == finding.rule.code)
        && reach.has_path(finding.span.map_or(".", |span| repo.path(span)))
        && has(&reach.services, judged.service.as_deref())
        && has(&reach.environments, judged.environment.as_deref())
        && has(&reach.subjects, Some(&finding.subject))
        && has(&reach.fingerprints, Some(&judged.fingerprint))
}

/// Adds a finding for each waiver that counts and accepts nothing; `needed` are the waivers that
/// changed a verdict. Where findings were added, says at which place each earlier one is now.
pub fn add_unused(
    repo: &Repo,
    judged: &mut Vec<Judged>,
    needed: &BTreeSet<usize>,
    view: &View,
) -> Option<Vec<usize>> {
    let used: BTreeSet<usize> = judged.iter().filter_map(|entry| entry.waiver).collect();
    let idle = |number: &usize| !used.contains(number) && !needed.contains(number);
    let waivers = repo.settings.waivers.iter().enumerate();
    let added: Vec<Found> = waivers
        .filter(|(number, waiver)| waiver.counts() && idle(number))
        .filter_map(|(_, waiver)| unused(waiver))
        .map(Found::new)
        .collect();
    if added.is_empty() {
        return None;
    }
    let added = settle(repo, added, view);
    let old = std::mem::take(judged).into_iter().enumerate();
    let old = old.map(|(place, entry)| (Some(place), entry));
    let mut all: Vec<(Option<usize>, Judged)> =
        old.chain(added.into_iter().map(|entry| (None, entry))).collect();
    all.sort_by(|(_, one), (_, two)| order(repo, &one.finding, &two.finding));
    let mut places = vec![0; all.len()];
    for (place, (old, entry)) in all.into_iter().enumerate() {
        if let Some(old) = old {
            places[old] = place;
        }
        judged.push(entry);
    }
    Some(places)
}

fn unused(waiver: &Waiver) -> Option<Finding> {
    let rule = catalogue::by_code("WAIV004")?;
    let why = match waiver.waived {
        Some(Waived::Rule(rule)) => format!("{} finds nothing in its scope", rule.code),
        Some(Waived::Requirement(it)) => format!("the verdict on {} does not need it", it.id),
        None => return None,
    };
    Some(Finding {
        rule,
        span: waiver.anchor(),
        document: None,
        subject: waiver.title(),
        service: None,
        owner: None,
        severity: rule.severity,
        captures: vec![("id", waiver.name().to_owned()), ("why", why)],
        related: Vec::new(),
        opinion: false,
        anywhere: false,
        fix: None,
    })
}
