//! What people decided, and what changed since another report.

use super::cell;
use crate::audit::{list, text, words};
use crate::report::record::Record;
use serde_json::Value;
use std::fmt::Write;

/// Waivers and attestations, whether they count or not.
pub(super) fn write(record: &Record, out: &mut String) {
    let value = record.value();
    let waivers = list(value, "waivers");
    if !waivers.is_empty() {
        let _ = writeln!(
            out,
            "## Accepted risks\n\n| waiver | accepts | why | owner | approved by | from | until | state | ticket |\n|---|---|---|---|---|---|---|---|---|"
        );
    }
    for waiver in waivers {
        let field = |key: &str| cell(text(waiver, key));
        let soon = if waiver["ends_soon"] == true { ", ends soon" } else { "" };
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} | {} | {}{soon} | {} |",
            field("id"),
            cell(&accepts(waiver)),
            field("reason"),
            field("owner"),
            field("approver"),
            field("created"),
            field("expires"),
            state(waiver),
            field("ticket"),
        );
    }
    if !waivers.is_empty() {
        out.push('\n');
    }
    attestations(list(value, "attestations"), out);
}

fn attestations(attestations: &[Value], out: &mut String) {
    if attestations.is_empty() {
        return;
    }
    let _ = writeln!(
        out,
        "## Attestations\n\n| of | statement | who | date | until | state | behind it |\n|---|---|---|---|---|---|---|"
    );
    for it in attestations {
        let of = match text(it, "clause") {
            "" => text(it, "requirement").to_owned(),
            clause => format!("{}/{clause}", text(it, "requirement")),
        };
        let links = list(it, "links").iter();
        let links = links.map(|link| format!("{} ({})", text(link, "target"), text(link, "state")));
        let soon = if it["ends_soon"] == true { ", ends soon" } else { "" };
        let _ = writeln!(
            out,
            "| {} | {} | {} ({}) | {} | {} | {}{soon} | {} |",
            cell(&of),
            cell(text(it, "statement")),
            cell(text(it, "who")),
            cell(text(it, "role")),
            cell(text(it, "date")),
            cell(text(it, "valid_until")),
            state(it),
            cell(&links.collect::<Vec<_>>().join(", ")),
        );
    }
    out.push('\n');
}

fn accepts(waiver: &Value) -> String {
    let what = match text(waiver, "rule") {
        "" => text(waiver, "requirement"),
        rule => rule,
    };
    let scope = waiver["scope"].as_object().into_iter().flatten();
    let scope = scope.map(|(key, _)| format!("{key} {}", words(&waiver["scope"], key).join(", ")));
    let scope: Vec<String> = scope.collect();
    let found = match list(waiver, "findings").len() {
        0 => String::new(),
        1 => ": 1 finding".to_owned(),
        count => format!(": {count} findings"),
    };
    match scope.is_empty() {
        true => format!("{what}{found}"),
        false => format!("{what} in {}{found}", scope.join("; ")),
    }
}

fn state(row: &Value) -> String {
    match words(row, "lacks") {
        lacks if lacks.is_empty() => text(row, "state").to_owned(),
        lacks => format!("incomplete: without {}", cell(&lacks.join(", "))),
    }
}

/// What became better or worse since the report it was compared with.
pub(super) fn changes(record: &Record, out: &mut String) {
    let comparison = &record.value()["comparison"];
    if comparison.is_null() {
        return;
    }
    let with = &comparison["with"];
    let commit = text(&with["sources"][0], "commit");
    let at = commit.get(..12).map_or(String::new(), |commit| format!(" at {commit}"));
    let _ = writeln!(out, "## Since {}{}\n", cell(text(with, "time")), cell(&at));
    if with["evidence"] == false {
        let _ = writeln!(out, "> The other report is stamped NOT EVIDENCE.\n");
    }
    if comparison["same_tool"] == false {
        let tool = &with["tool"];
        let version = text(tool, "version");
        let _ = writeln!(out, "The other report was made by other rules (obsproof {version}).\n");
    }
    let summary = &comparison["summary"];
    for (key, title) in [("requirements", "Requirements"), ("controls", "Controls")] {
        let counts = &summary[key];
        let _ = writeln!(
            out,
            "- {title}: better {}, worse {}, new {}, reopened {}",
            counts["better"], counts["worse"], counts["new"], counts["reopened"]
        );
    }
    let counts = &summary["findings"];
    let (new, fixed, reopened) = (&counts["new"], &counts["fixed"], &counts["reopened"]);
    let _ = writeln!(out, "- Findings: new {new}, fixed {fixed}, reopened {reopened}\n");
    let rows: Vec<&Value> = ["requirements", "controls"]
        .iter()
        .flat_map(|key| list(comparison, key))
        .filter(|row| text(row, "change") != "same")
        .collect();
    if rows.is_empty() {
        return;
    }
    let _ = writeln!(out, "| | what | was | is | by the |\n|---|---|---|---|---|");
    for row in rows {
        let _ = writeln!(
            out,
            "| {} | {} {} | {} | {} | {} |",
            text(row, "change"),
            cell(text(row, "id")),
            cell(text(row, "title")),
            text(row, "from"),
            text(row, "to"),
            text(row, "cause"),
        );
    }
    out.push('\n');
}

/// What the gate says.
pub(super) fn gate(record: &Record, out: &mut String) {
    let Some(rows) = record.value()["gate"].as_array() else { return };
    let _ = writeln!(out, "## Gate\n");
    if rows.is_empty() {
        let _ = writeln!(out, "Nothing is worse than recorded.");
    }
    for row in rows {
        let _ = writeln!(out, "- **{}** {}", text(row, "state"), cell(text(row, "message")));
    }
    out.push('\n');
}
