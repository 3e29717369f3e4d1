//! Services: what each one is, and its verdict on every requirement it was asked.

use super::findings::Counts;
use super::requirements::list;
use crate::judge::Judged;
use crate::report::Report;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// One service.
#[derive(Serialize)]
pub(super) struct Row {
    name: String,
    kind: String,
    owner: Option<String>,
    path: String,
    not_analysed: Vec<String>,
    verdicts: Vec<Verdict>,
    counts: Vec<(String, usize)>,
    findings: Counts,
    total: usize,
}

#[derive(Serialize)]
struct Verdict {
    requirement: String,
    short: String,
    title: String,
    verdict: String,
}

/// The services of the record, in its order.
pub(super) fn rows(report: &Report, record: &Value) -> Vec<Row> {
    let mut by_service: BTreeMap<&str, Vec<Verdict>> = BTreeMap::new();
    for requirement in list(&record["requirements"]) {
        for scope in list(&requirement["by_scope"]) {
            if let Some(service) = scope["service"].as_str() {
                by_service.entry(service).or_default().push(verdict(requirement, scope));
            }
        }
    }
    let mut findings: BTreeMap<&str, Vec<&Judged>> = BTreeMap::new();
    for judged in report.shown() {
        if let Some(service) = &judged.service {
            findings.entry(service).or_default().push(judged);
        }
    }
    list(&record["scopes"])
        .filter_map(|scope| {
            let name = scope["service"].as_str()?;
            let own = findings.get(name).map(Vec::as_slice).unwrap_or_default();
            Some(row(report, scope, name, by_service.remove(name).unwrap_or_default(), own))
        })
        .collect()
}

fn verdict(requirement: &Value, scope: &Value) -> Verdict {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let id = text(&requirement["id"]);
    Verdict {
        short: id.rsplit('-').next().unwrap_or_default().to_owned(),
        requirement: id,
        title: text(&requirement["title"]),
        verdict: text(&scope["verdict"]),
    }
}

fn row(report: &Report, scope: &Value, name: &str, verdicts: Vec<Verdict>, own: &[&Judged]) -> Row {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for it in &verdicts {
        *counts.entry(it.verdict.clone()).or_default() += 1;
    }
    let text = |key: &str| scope[key].as_str().unwrap_or_default().to_owned();
    let languages = list(&scope["not_analysed"]).filter_map(Value::as_str);
    Row {
        name: report.step(name),
        kind: text("kind"),
        owner: scope["owner"].as_str().map(|owner| report.step(owner)),
        path: text("path"),
        not_analysed: languages.map(str::to_owned).collect(),
        verdicts,
        counts: counts.into_iter().collect(),
        findings: Counts::of(own.iter().copied()),
        total: own.len(),
    }
}
