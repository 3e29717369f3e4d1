//! What was examined, by which tool and rules, and what was set to show less of it.

use super::cell;
use crate::audit::{list, text, words};
use serde_json::Value;
use std::fmt::Write;

/// Where the report comes from, and how the run was tuned.
pub(super) fn write(record: &Value, out: &mut String) {
    let _ = writeln!(out, "## Where it comes from\n\n| what | is |\n|---|---|");
    for (what, is) in rows(record).iter().filter(|(_, is)| !is.is_empty()) {
        let _ = writeln!(out, "| {what} | {} |", cell(is));
    }
    out.push('\n');
    let tuned = tuned(&record["tuning"]);
    if !tuned.is_empty() {
        let _ = writeln!(out, "What is shown was tuned so; no verdict is changed by it:\n");
        for line in tuned {
            let _ = writeln!(out, "- {}", cell(&line));
        }
        out.push('\n');
    }
}

fn rows(record: &Value) -> Vec<(&'static str, String)> {
    let mut rows = Vec::new();
    for source in list(record, "sources") {
        rows.extend([
            ("repository", text(source, "root").to_owned()),
            ("address", text(source, "url").to_owned()),
            ("commit", commit(source)),
            ("tree", text(source, "tree").to_owned()),
        ]);
    }
    let (standard, tool) = (&record["standard"], &record["tool"]);
    rows.extend([
        (
            "standard",
            format!(
                "{} {}, sha256 {}",
                text(standard, "code"),
                text(standard, "version"),
                text(standard, "sha256")
            ),
        ),
        ("tool", format!("obsproof {}, rules {}", text(tool, "version"), text(tool, "ruleset"))),
        ("time", text(&record["run"], "time").to_owned()),
        ("scope", scope(&record["scope"])),
        ("left out", excluded(&record["scope"])),
        ("settings and decisions", hashes(&record["tuning"], "files")),
        ("rendered by", text(&record["rendered"], "command").to_owned()),
        ("rendered output", hashes(&record["rendered"], "outputs")),
    ]);
    rows
}

fn commit(source: &Value) -> String {
    let id = match text(source, "commit") {
        "" => "none".to_owned(),
        id => id.to_owned(),
    };
    let mut notes = Vec::new();
    match text(source, "branch") {
        "" => {}
        branch => notes.push(format!("branch {branch}")),
    }
    let states =
        [("dirty", "files differ from it"), ("detached", "detached"), ("shallow", "shallow")];
    notes.extend(states.iter().filter(|(key, _)| source[*key] == true).map(|it| it.1.to_owned()));
    if text(source, "git") == "none" {
        notes.push("no git repository: files are named by their hashes alone".to_owned());
    }
    if notes.is_empty() { id } else { format!("{id} ({})", notes.join(", ")) }
}

fn scope(scope: &Value) -> String {
    let count = |key: &str| scope[key].as_u64().unwrap_or_default();
    let mut said = format!(
        "{} files seen, {} analysed ({} in part), {} passed over; {} documents",
        count("files_seen"),
        count("files_analysed"),
        count("files_partly"),
        count("files_skipped"),
        count("documents"),
    );
    let only = words(scope, "only");
    if !only.is_empty() {
        said.push_str(&format!("; narrowed to {}", only.join(", ")));
    }
    said
}

fn excluded(scope: &Value) -> String {
    let reason = |row: &Value| match text(row, "reason") {
        "" => "no reason given".to_owned(),
        reason => reason.to_owned(),
    };
    let rows = list(scope, "excluded").iter();
    rows.map(|row| format!("{} ({})", text(row, "path"), reason(row)))
        .collect::<Vec<_>>()
        .join(", ")
}

fn hashes(value: &Value, key: &str) -> String {
    let rows = list(value, key).iter();
    let named = rows.map(|row| format!("{} sha256 {}", text(row, "path"), text(row, "sha256")));
    named.collect::<Vec<_>>().join(", ")
}

fn tuned(tuning: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    let named =
        [("ignored", "not shown"), ("selected", "shown alone"), ("classes", "classes shown")];
    for (key, what) in named {
        let rules = words(tuning, key);
        if !rules.is_empty() {
            lines.push(format!("{what}: {}", rules.join(", ")));
        }
    }
    for row in list(tuning, "profiles") {
        lines.push(format!("{} is weighed as {}", text(row, "path"), text(row, "profile")));
    }
    for row in list(tuning, "changed_severities") {
        let (from, to, why) = (text(row, "from"), text(row, "to"), text(row, "why"));
        let count = row["findings"].as_u64().unwrap_or_default();
        lines.push(format!("{count} × {} as {to}, not {from}: {why}", text(row, "code")));
    }
    for row in list(tuning, "allows") {
        let reason = match text(row, "reason") {
            "" => "no reason given",
            reason => reason,
        };
        let until = match text(row, "until") {
            "" => String::new(),
            day => format!(" (until {day})"),
        };
        let line = row["line"].as_u64().unwrap_or_default();
        let rules = words(row, "rules").join(", ");
        lines.push(format!("allowed at {}:{line}: {rules}: {reason}{until}", text(row, "path")));
    }
    lines
}
