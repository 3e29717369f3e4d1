//! Evidence that somebody answers: schedules, runbooks, automation, a plan for incidents.

use super::alerting::{alert_evidence, alerts, integrations};
use super::{Answer, Evidence, Holds, Scope};
use crate::facts::Subject;
use crate::facts::markdown::Page;
use crate::facts::oncall::Role;
use crate::facts::rules::AlertRule;
use crate::repo::oncall::Cover;
use std::collections::{BTreeMap, BTreeSet};

/// Schedules and escalations as code or as a file.
pub(super) fn schedules(scope: &Scope<'_>) -> Answer {
    let entries = scope.repo.facts.on_call.iter();
    let counted = entries.filter(|entry| entry.role != Role::Step && scope.counts(entry.document));
    let evidence = counted.map(|entry| Evidence { span: entry.name.span, fact: entry.title() });
    Answer::found(evidence.collect())
}

fn critical<'s>(scope: &'s Scope<'_>) -> impl Iterator<Item = &'s AlertRule> {
    alerts(scope).filter(|alert| scope.repo.is_urgent(alert))
}

/// A schedule for every owner of a critical alert.
pub(super) fn owners(scope: &Scope<'_>) -> Answer {
    let mut owners: BTreeMap<&str, &AlertRule> = BTreeMap::new();
    let mut unowned = 0;
    for alert in critical(scope) {
        match scope.repo.owner(alert) {
            Some(owner) => {
                owners.entry(owner.text.as_str()).or_insert(alert);
            }
            None => unowned += 1,
        }
    }
    if owners.is_empty() {
        let note = "no critical alert names an owner".to_owned();
        return Answer::new(Holds::No, note, Vec::new());
    }
    let mut evidence = Vec::new();
    let mut unknown = false;
    for owner in owners.keys() {
        match scope.repo.cover(owner) {
            Cover::By(entry) if scope.counts(entry.document) => {
                let fact = format!("{} covers {owner}", entry.title());
                evidence.push(Evidence { span: entry.name.span, fact });
            }
            Cover::Unknown => unknown |= scope.repo.on_call().next().is_some(),
            Cover::By(_) | Cover::Missing(_) => {}
        }
    }
    let (covered, all) = (evidence.len(), owners.len());
    match covered {
        _ if covered == all && unowned == 0 => Answer::found(evidence),
        _ if unknown => Answer::unknown("schedules with names that nobody knows".to_owned()),
        0 => Answer::new(
            Holds::No,
            format!("0 of {all} owners of critical alerts have a schedule"),
            evidence,
        ),
        _ => Answer::partly(format!("{covered} of {all} owners of critical alerts"), evidence),
    }
}

/// Links of critical alerts: evidence are the pages of the repository they lead to, else the alerts.
pub(super) fn runbook_pages(scope: &Scope<'_>) -> Answer {
    let facts = &scope.repo.facts;
    let linked = |alert: &&AlertRule| {
        ["runbook_url", "runbook"].iter().any(|key| alert.annotations.get(key).is_some())
    };
    let alerts: Vec<&AlertRule> = critical(scope).filter(linked).collect();
    let wanted: BTreeSet<*const AlertRule> =
        alerts.iter().map(|alert| std::ptr::from_ref::<AlertRule>(alert)).collect();
    let links = scope.repo.runbook_links();
    let is_wanted = |page: &&Page| {
        let path = scope.repo.path(page.title.span);
        links.get(path).is_some_and(|links| {
            links.iter().any(|link| {
                facts
                    .alert_rules
                    .get(link.alert)
                    .is_some_and(|alert| wanted.contains(&std::ptr::from_ref(alert)))
            })
        })
    };
    let pages: Vec<Evidence> = facts
        .pages
        .iter()
        .filter(is_wanted)
        .map(|page| Evidence { span: page.title.span, fact: page.title() })
        .collect();
    if pages.is_empty() {
        return Answer::found(alerts.into_iter().map(alert_evidence).collect());
    }
    Answer::found(pages)
}

/// A receiver that can call code, or a service that can.
pub(super) fn wired(scope: &Scope<'_>) -> Answer {
    integrations(scope, |one| {
        matches!(
            one.kind.as_str(),
            "webhook" | "sns" | "pagerduty" | "opsgenie" | "victorops" | "incidentio"
        )
    })
}

/// A document that says how incidents are handled.
pub(super) fn plan(scope: &Scope<'_>) -> Answer {
    let pages = scope.repo.incident_plans();
    let evidence = pages.map(|page| Evidence { span: page.title.span, fact: page.title() });
    Answer::found(evidence.collect())
}
