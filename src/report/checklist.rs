//! The checklist as CSV: one row for each requirement, for a spreadsheet or an auditor's tool.

use super::csv::Table;
use super::record::Record;
use crate::audit::{list, text, words};
use serde_json::Value;
use std::collections::BTreeMap;

const HEAD: &[&str] = &[
    "id",
    "item",
    "kind",
    "verdict",
    "reason",
    "risk_accepted_by",
    "attestation",
    "services",
    "controls_standard",
    "controls_mapped",
    "evidence",
    "open_findings",
    "stamp",
];

/// Most pieces of evidence that a row names; the record has all.
const MOST: usize = 5;

/// The record as a checklist.
pub fn csv(record: &Record) -> String {
    let value = record.value();
    let stamp = record.stamp().unwrap_or_else(|| "EVIDENCE".to_owned());
    let open = open_findings(value);
    let mut table = Table::default();
    table.row(HEAD.iter().copied());
    for requirement in list(value, "requirements") {
        let accepted = match requirement["risk_accepted"] == true {
            true => words(requirement, "waivers").join(" "),
            false => String::new(),
        };
        table.row([
            text(requirement, "id"),
            text(requirement, "title"),
            text(requirement, "kind"),
            text(requirement, "verdict"),
            text(requirement, "reason"),
            &accepted,
            text(requirement, "attestation"),
            text(requirement, "services"),
            &words(requirement, "controls_standard").join(" "),
            &words(requirement, "controls_mapped").join(" "),
            &evidence(requirement),
            &codes(requirement, &open),
            &stamp,
        ]);
    }
    table.text()
}

fn evidence(requirement: &Value) -> String {
    let all = list(requirement, "evidence");
    let mut places: Vec<String> =
        all.iter().take(MOST).map(|it| format!("{}:{}", text(it, "path"), it["start"])).collect();
    if all.len() > MOST {
        places.push(format!("and {} more", all.len() - MOST));
    }
    places.join("; ")
}

/// Codes of findings that are not accepted by a waiver, by fingerprint.
fn open_findings(record: &Value) -> BTreeMap<&str, &str> {
    let findings = list(record, "findings").iter();
    let open = findings.filter(|it| text(it, "status") != "waived");
    open.map(|it| (text(it, "fingerprint"), text(it, "code"))).collect()
}

fn codes(requirement: &Value, open: &BTreeMap<&str, &str>) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for code in words(requirement, "findings").iter().filter_map(|it| open.get(it)) {
        *counts.entry(code).or_default() += 1;
    }
    let cells = counts.iter().map(|(code, count)| match count {
        1 => (*code).to_owned(),
        count => format!("{code} x{count}"),
    });
    cells.collect::<Vec<_>>().join(" ")
}
