//! Waivers and attestations as rows: who decided what, until when, and what came of it.

use crate::config::{Attestation, Invalid, Link, Unsigned, Waived, Waiver, Word};
use crate::judge::{Judged, Status};
use crate::report::Report;
use serde_json::{Map, Value, json};

fn text(word: &Option<Word>) -> Option<&str> {
    word.as_ref().map(|word| word.text.as_str())
}

/// All waivers, whether they count or not.
pub(super) fn waivers(report: &Report) -> Vec<Value> {
    let settings = &report.repo.settings;
    let all = settings.waivers.iter().enumerate();
    all.map(|(number, it)| waiver(report, number, it)).collect()
}

fn waiver(report: &Report, number: usize, waiver: &Waiver) -> Value {
    let settings = &report.repo.settings;
    let (rule, requirement) = match waiver.waived {
        Some(Waived::Rule(rule)) => (Some(rule.code), None),
        Some(Waived::Requirement(requirement)) => (None, Some(requirement.id)),
        None => (None, None),
    };
    let lacks = match &waiver.invalid {
        Some(Invalid::Incomplete(lacks)) => &lacks[..],
        _ => &[],
    };
    let accepted: Vec<&Judged> = report
        .judged
        .iter()
        .filter(|judged| judged.status == Status::Waived && judged.waiver == Some(number))
        .collect();
    let assessed = report.assessment.requirements.iter();
    let verdicts: Vec<&str> = assessed
        .filter(|assessed| assessed.waived.contains(&number))
        .map(|assessed| assessed.requirement.id)
        .collect();
    let needed = report.assessment.needed_waivers.contains(&number);
    let idle = accepted.is_empty() && verdicts.is_empty() && !needed;
    let state = if waiver.counts() && idle { "unused" } else { waiver.state() };
    json!({
        "id": text(&waiver.id),
        "rule": rule,
        "requirement": requirement,
        "scope": scope(waiver),
        "reason": text(&waiver.reason),
        "owner": text(&waiver.owner),
        "approver": text(&waiver.approver),
        "created": text(&waiver.created),
        "expires": text(&waiver.expires),
        "ticket": text(&waiver.ticket),
        "state": state,
        "lacks": lacks,
        "ends_soon": waiver.days_left.is_some(),
        "path": settings.waivers_file,
        "line": waiver.line,
        "findings": accepted.iter().map(|judged| &judged.fingerprint).collect::<Vec<_>>(),
        "requirements": verdicts,
    })
}

fn scope(waiver: &Waiver) -> Value {
    let mut scope = Map::new();
    for (key, words) in waiver.reach.parts() {
        if !words.is_empty() {
            scope.insert(key.to_owned(), json!(words));
        }
    }
    Value::Object(scope)
}

/// All attestations, whether they count or not.
pub(super) fn attestations(report: &Report) -> Vec<Value> {
    let settings = &report.repo.settings;
    settings
        .attestations
        .iter()
        .map(|it| attestation(it, settings.attestations_file.as_deref()))
        .collect()
}

fn attestation(attestation: &Attestation, path: Option<&str>) -> Value {
    let lacks = match &attestation.unsigned {
        Some(Unsigned::Incomplete(lacks)) => &lacks[..],
        _ => &[],
    };
    json!({
        "requirement": attestation.requirement.map(|requirement| requirement.id),
        "clause": attestation.clause.map(|clause| clause.id),
        "statement": text(&attestation.statement),
        "who": text(&attestation.who),
        "role": text(&attestation.role),
        "date": text(&attestation.date),
        "valid_until": text(&attestation.valid_until),
        "links": attestation.links.iter().map(link).collect::<Vec<_>>(),
        "state": attestation.state(),
        "lacks": lacks,
        "ends_soon": attestation.days_left.is_some(),
        "path": path,
        "line": attestation.line,
    })
}

fn link(link: &Link) -> Value {
    json!({ "target": link.target.text, "sha256": link.sha256, "state": link.state.name() })
}
