//! The plan of action as CSV: every weakness with its control, owner, due date and status.
//!
//! The id of a weakness is made of what it is and whose, never of places or counts: it is the same
//! in every run while the weakness is there.

use super::csv::Table;
use super::record::Record;
use crate::audit::{list, text, words};
use crate::catalogue;
use crate::config::Target;
use crate::discover::sha256;
use crate::nist;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

const HEAD: &[&str] = &[
    "id",
    "weakness",
    "requirement",
    "control",
    "severity",
    "owner",
    "due",
    "status",
    "waiver",
    "where",
    "what_to_do",
    "stamp",
];

/// Most places that a row names.
const MOST: usize = 3;

/// One weakness.
#[derive(Debug, Default)]
struct Weakness {
    id: String,
    weakness: String,
    requirements: BTreeSet<String>,
    controls: BTreeSet<String>,
    severity: String,
    owner: String,
    due: String,
    status: &'static str,
    waiver: String,
    places: Vec<String>,
    fix: String,
}

/// The record as a plan of action; `targets` give due dates and owners.
pub fn csv(record: &Record, targets: &[Target]) -> String {
    let value = record.value();
    let stamp = record.stamp().unwrap_or_else(|| "EVIDENCE".to_owned());
    let mut rows = faults(value);
    rows.extend(gaps(value));
    rows.extend(questions(value));
    for row in &mut rows {
        promised(row, targets);
    }
    rows.sort_by(|one, other| (rank(one.status), &one.id).cmp(&(rank(other.status), &other.id)));
    let mut table = Table::default();
    table.row(HEAD.iter().copied());
    for row in &rows {
        let join = |words: &BTreeSet<String>| words.iter().cloned().collect::<Vec<_>>().join(" ");
        let mut places = row.places.iter().take(MOST).cloned().collect::<Vec<_>>().join("; ");
        if row.places.len() > MOST {
            places.push_str(&format!("; and {} more", row.places.len() - MOST));
        }
        table.row([
            &*row.id,
            &row.weakness,
            &join(&row.requirements),
            &join(&row.controls),
            &row.severity,
            &row.owner,
            &row.due,
            row.status,
            &row.waiver,
            &places,
            &row.fix,
            &stamp,
        ]);
    }
    table.text()
}

fn rank(status: &str) -> u8 {
    match status {
        "open" => 0,
        "needs attestation" => 1,
        "unknown" => 2,
        _ => 3,
    }
}

fn id(parts: &[&str]) -> String {
    format!("OBSP-{}", &sha256(parts.join("\n").as_bytes())[..10].to_ascii_uppercase())
}

fn labels(ids: &[&str]) -> BTreeSet<String> {
    ids.iter().map(|id| nist::label(id)).collect()
}

/// Faults that hold a requirement back: of one rule and one owner, one weakness.
fn faults(record: &Value) -> Vec<Weakness> {
    let findings: BTreeMap<&str, &Value> =
        list(record, "findings").iter().map(|it| (text(it, "fingerprint"), it)).collect();
    let waivers: BTreeMap<&str, &Value> =
        list(record, "waivers").iter().map(|it| (text(it, "id"), it)).collect();
    let mut rows: BTreeMap<(&str, &str, &str), Weakness> = BTreeMap::new();
    let mut seen: BTreeSet<(&str, &str)> = BTreeSet::new();
    for requirement in list(record, "requirements") {
        let accepted = list(requirement, "clauses").iter().flat_map(|it| list(it, "accepted"));
        let named = words(requirement, "findings").into_iter();
        for fingerprint in named.chain(accepted.map(|it| text(it, "finding"))) {
            let Some(finding) = findings.get(fingerprint) else { continue };
            let (code, waiver) = (text(finding, "code"), text(finding, "waiver"));
            let owner = text(finding, "owner");
            let row = rows.entry((code, owner, waiver)).or_default();
            row.requirements.insert(text(requirement, "id").to_owned());
            if seen.insert((fingerprint, waiver)) {
                fault(row, finding, waivers.get(waiver).copied());
            }
        }
    }
    rows.into_values().collect()
}

fn fault(row: &mut Weakness, finding: &Value, waiver: Option<&Value>) {
    let (code, owner) = (text(finding, "code"), text(finding, "owner"));
    let line = finding["start"].as_u64().map_or(String::new(), |line| format!(":{line}"));
    row.places.push(format!("{}{line}", text(finding, "path")));
    if !row.id.is_empty() {
        return;
    }
    let rule = catalogue::by_code(code);
    row.id = id(&["fault", code, owner, waiver.map_or("", |it| text(it, "id"))]);
    row.weakness = format!("{code}: {}", rule.map_or(text(finding, "message"), |rule| rule.title));
    row.controls = labels(&words(finding, "controls"));
    row.severity = text(finding, "severity").to_owned();
    row.owner = owner.to_owned();
    row.status = "open";
    row.fix = rule.map_or("", |rule| rule.fix).to_owned();
    if let Some(waiver) = waiver {
        row.status = "risk accepted";
        row.waiver = text(waiver, "id").to_owned();
        row.owner = text(waiver, "owner").to_owned();
        row.due = text(waiver, "expires").to_owned();
    }
}

/// Clauses for which nothing was found, or nobody can tell.
fn gaps(record: &Value) -> Vec<Weakness> {
    let mut rows = Vec::new();
    for requirement in list(record, "requirements") {
        let verdict = text(requirement, "verdict");
        let stands = matches!(verdict, "partly" | "not-met" | "unknown");
        let accepted = requirement["risk_accepted"] == true;
        if !requirement["same_as"].is_null() || !(stands || accepted) {
            continue;
        }
        let controls: Vec<&str> = words(requirement, "controls_standard")
            .into_iter()
            .chain(words(requirement, "controls_mapped"))
            .collect();
        for clause in list(requirement, "clauses") {
            let result = text(clause, "result");
            let faulty = !list(clause, "findings").is_empty();
            let lacks = matches!(result, "not-met" | "unknown") || (result == "partly" && !faulty);
            if clause["optional"] == true || !lacks {
                continue;
            }
            let (of, name) = (text(requirement, "id"), text(clause, "id"));
            let status = match (accepted, result) {
                (true, _) => "risk accepted",
                (false, "unknown") => "unknown",
                _ => "open",
            };
            let words_of = match result {
                "unknown" => "not known whether",
                "partly" => "holds only in part:",
                _ => "nothing shows that",
            };
            let mut row = Weakness {
                id: id(&["gap", of, name]),
                weakness: format!("{of}: {words_of} {}", text(clause, "text")),
                requirements: BTreeSet::from([of.to_owned()]),
                controls: labels(&controls),
                status,
                fix: text(clause, "reason").to_owned(),
                ..Weakness::default()
            };
            if accepted {
                accepted_by(&mut row, record, requirement);
            }
            rows.push(row);
        }
    }
    rows
}

/// Owner and end of the waiver that accepts a requirement's gap.
fn accepted_by(row: &mut Weakness, record: &Value, requirement: &Value) {
    let names = words(requirement, "waivers");
    let of = text(requirement, "id");
    let mut waivers = list(record, "waivers").iter();
    if let Some(waiver) =
        waivers.find(|it| names.contains(&text(it, "id")) && text(it, "requirement") == of)
    {
        row.waiver = text(waiver, "id").to_owned();
        row.owner = text(waiver, "owner").to_owned();
        row.due = text(waiver, "expires").to_owned();
    }
}

/// What a person has to state, and has not.
fn questions(record: &Value) -> Vec<Weakness> {
    let requirements = list(record, "requirements").iter();
    requirements
        .filter(|it| text(it, "attestation") == "needed" && it["same_as"].is_null())
        .map(|requirement| {
            let of = text(requirement, "id");
            let question = match text(requirement, "operational") {
                "" => text(requirement, "title"),
                operational => operational,
            };
            let controls: Vec<&str> = words(requirement, "controls_standard")
                .into_iter()
                .chain(words(requirement, "controls_mapped"))
                .collect();
            Weakness {
                id: id(&["question", of]),
                weakness: format!("{of}: a person has to state: {question}"),
                requirements: BTreeSet::from([of.to_owned()]),
                controls: labels(&controls),
                status: "needs attestation",
                fix: "write it into .obsproof/attestations.yaml".to_owned(),
                ..Weakness::default()
            }
        })
        .collect()
}

/// The first day by which a target wants one of its requirements, and whose it is.
fn promised(row: &mut Weakness, targets: &[Target]) {
    let mine = targets.iter().filter(|it| row.requirements.contains(it.requirement));
    let Some(target) = mine.min_by(|one, other| one.due.cmp(&other.due)) else { return };
    if row.due.is_empty() || row.status != "risk accepted" {
        row.due.clone_from(&target.due);
    }
    if row.owner.is_empty() {
        row.owner.clone_from(&target.owner);
    }
}
