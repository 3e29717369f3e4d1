//! Owners: what each has to mend first.

use super::findings::Counts;
use crate::judge::Judged;
use crate::report::Report;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Rules that one owner is told of by name.
const MOST: usize = 6;

/// One owner; the last row is of what nobody owns.
#[derive(Serialize)]
pub(super) struct Row {
    name: Option<String>,
    services: Vec<String>,
    findings: Counts,
    total: usize,
    rules: Vec<Rule>,
    more: usize,
}

#[derive(Serialize)]
struct Rule {
    code: &'static str,
    title: &'static str,
    severity: &'static str,
    count: usize,
}

/// All owners, by name.
pub(super) fn rows(report: &Report) -> Vec<Row> {
    let mut owned: BTreeMap<(bool, &str), Vec<&Judged>> = BTreeMap::new();
    for judged in report.shown() {
        let owner = judged.owner.as_deref();
        owned.entry((owner.is_none(), owner.unwrap_or_default())).or_default().push(judged);
    }
    let mut services: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (_, service) in report.repo.standing_services() {
        if let Some(owner) = report.repo.owner_of(service.document) {
            services.entry(owner).or_default().insert(&service.name);
            owned.entry((false, owner)).or_default();
        }
    }
    owned
        .into_iter()
        .map(|((nobody, name), findings)| {
            let of = services.remove(name).unwrap_or_default();
            let of = of.into_iter().map(|service| report.step(service)).collect();
            row(report, (!nobody).then_some(name), of, &findings)
        })
        .collect()
}

fn row(report: &Report, name: Option<&str>, services: Vec<String>, own: &[&Judged]) -> Row {
    let mut counts: BTreeMap<&'static str, Rule> = BTreeMap::new();
    for judged in own {
        let rule = judged.finding.rule;
        let row = counts.entry(rule.code).or_insert_with(|| Rule {
            code: rule.code,
            title: rule.title,
            severity: judged.severity.name(),
            count: 0,
        });
        row.count += 1;
    }
    let rank = |rule: &Rule| match rule.severity {
        "error" => 0,
        "warning" => 1,
        _ => 2,
    };
    let mut rules: Vec<Rule> = counts.into_values().collect();
    rules.sort_by_key(|rule| (rank(rule), std::cmp::Reverse(rule.count), rule.code));
    let more = rules.len().saturating_sub(MOST);
    rules.truncate(MOST);
    Row {
        name: name.map(|name| report.step(name)),
        services,
        findings: Counts::of(own.iter().copied()),
        total: own.len(),
        rules,
        more,
    }
}
