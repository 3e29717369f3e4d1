//! The state of the requirements as a file for `--gate`; its targets are a person's, and are kept.

use super::record::Record;
use crate::audit::{list, text};
use crate::config::{GATE_SCHEMA, Target};
use std::fmt::Write;

/// The file.
pub fn yaml(record: &Record, targets: &[Target]) -> String {
    let value = record.value();
    let mut out = String::from(
        "# The recorded state of the requirements, and what is to be reached by when.\n\
         # `obsproof report --gate THIS` fails when a requirement is worse, or a target is missed.\n\
         # `obsproof report --gate THIS --format gate=THIS` records anew and keeps the targets.\n",
    );
    if let Some(stamp) = record.stamp() {
        let _ = writeln!(out, "# {stamp}");
    }
    let _ = writeln!(out, "schema: {GATE_SCHEMA}");
    if let Some(commit) = value["sources"][0]["commit"].as_str() {
        let _ = writeln!(out, "commit: {}", quoted(commit));
    }
    let _ = writeln!(out, "recorded:");
    for requirement in list(value, "requirements") {
        let _ = writeln!(out, "  {}: {}", text(requirement, "id"), text(requirement, "verdict"));
    }
    if targets.is_empty() {
        out.push_str(
            "# A target: { requirement: OBS-R15, verdict: met, due: 2027-03-31, owner: team }\n\
             targets: []\n",
        );
        return out;
    }
    out.push_str("targets:\n");
    for target in targets {
        let _ = writeln!(out, "  - requirement: {}", target.requirement);
        let _ = writeln!(out, "    verdict: {}", target.verdict);
        let _ = writeln!(out, "    due: {}", target.due);
        let _ = writeln!(out, "    owner: {}", quoted(&target.owner));
    }
    out
}

/// A text as YAML reads it back: JSON strings are YAML.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
