//! The row of a finding. A run has thousands with the same keys, so each key is written as the whole
//! piece of text it stands in.

use super::{fix_row, related_rows};
use crate::catalogue::model::Rule;
use crate::judge::Judged;
use crate::judge::change::Part;
use crate::lang::quick::QuickMap;
use crate::report::Report;
use crate::report::lines::nested;
use crate::source::Position;
use std::collections::hash_map::Entry;
use std::io;

/// What is said of each rule is the same in all its rows.
pub(super) type RuleTexts = QuickMap<&'static str, RuleText>;

/// The lines of a row that its rule alone says.
pub(super) struct RuleText {
    /// The first of the row.
    names: Vec<u8>,
    /// What the rule serves.
    serves: Vec<u8>,
}

impl RuleText {
    fn of(rule: &Rule) -> io::Result<RuleText> {
        let (mut names, mut serves) = (Vec::new(), Vec::new());
        text("    {\n      \"code\": ", rule.code, &mut names)?;
        text(",\n      \"name\": ", rule.name, &mut names)?;
        text(",\n      \"class\": ", rule.class.name(), &mut names)?;
        list(",\n      \"requirements\": [", rule.requirements, &mut serves)?;
        list(",\n      \"controls\": [", rule.controls, &mut serves)?;
        Ok(RuleText { names, serves })
    }
}

/// Writes a finding as it stands in the list of them.
pub(super) fn write(
    report: &Report,
    judged: &Judged,
    rules: &mut RuleTexts,
    out: &mut Vec<u8>,
) -> io::Result<()> {
    let finding = &judged.finding;
    let rule = match rules.entry(finding.rule.code) {
        Entry::Occupied(known) => known.into_mut(),
        Entry::Vacant(free) => free.insert(RuleText::of(finding.rule)?),
    };
    out.extend_from_slice(&rule.names);
    text(",\n      \"severity\": ", judged.severity.name(), out)?;
    text(",\n      \"status\": ", judged.status.name(), out)?;
    text(",\n      \"message\": ", &report.message(judged), out)?;
    let path = finding.span.map_or(".", |span| report.repo.path(span));
    text(",\n      \"path\": ", path, out)?;
    let (start, end) = finding.span.map(|span| report.positions(span)).unzip();
    place(",\n      \"start\": ", start, out)?;
    place(",\n      \"end\": ", end, out)?;
    put(",\n      \"related\": ", out);
    match finding.related[..] {
        [] => put("[]", out),
        _ => nested(&related_rows(report, &finding.related), 3, out)?,
    }
    text(",\n      \"subject\": ", &report.step(&finding.subject), out)?;
    perhaps(",\n      \"service\": ", judged.service.as_deref(), out)?;
    perhaps(",\n      \"owner\": ", judged.owner.as_deref(), out)?;
    perhaps(",\n      \"environment\": ", judged.environment.as_deref(), out)?;
    out.extend_from_slice(&rule.serves);
    text(",\n      \"fingerprint\": ", &judged.fingerprint, out)?;
    match &judged.change {
        Some(Part::Touched) => put(",\n      \"change\": \"touched\"", out),
        Some(Part::Caused(_)) => put(",\n      \"change\": \"caused\"", out),
        None => {}
    }
    // Edits are texts of files: one with a credential in it stays here.
    if let Some(fix) = finding.fix.as_ref().filter(|fix| !report.tells(fix)) {
        put(",\n      \"fix\": ", out);
        nested(&fix_row(report, fix), 3, out)?;
    }
    put("\n    }", out);
    Ok(())
}

fn put(text: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(text.as_bytes());
}

/// A key and its text.
fn text(key: &str, text: &str, out: &mut Vec<u8>) -> io::Result<()> {
    put(key, out);
    if is_plain(text) {
        put("\"", out);
        put(text, out);
        put("\"", out);
        return Ok(());
    }
    Ok(serde_json::to_writer(out, text)?)
}

/// Whether a text stands in quotes as it is. Nothing ends the loop early, so that the compiler takes
/// many bytes at a time.
fn is_plain(text: &str) -> bool {
    let special = |byte: u8| (byte < b' ') | (byte == b'"') | (byte == b'\\');
    !text.bytes().fold(false, |found, byte| found | special(byte))
}

fn perhaps(key: &str, value: Option<&str>, out: &mut Vec<u8>) -> io::Result<()> {
    match value {
        Some(value) => text(key, value, out)?,
        None => {
            put(key, out);
            put("null", out);
        }
    }
    Ok(())
}

fn place(key: &str, position: Option<Position>, out: &mut Vec<u8>) -> io::Result<()> {
    put(key, out);
    let Some(Position { line, column, byte }) = position else {
        put("null", out);
        return Ok(());
    };
    put("{\n        \"line\": ", out);
    serde_json::to_writer(&mut *out, &line)?;
    put(",\n        \"column\": ", out);
    serde_json::to_writer(&mut *out, &column)?;
    put(",\n        \"byte\": ", out);
    serde_json::to_writer(&mut *out, &byte)?;
    put("\n      }", out);
    Ok(())
}

fn list(key: &str, values: &[&str], out: &mut Vec<u8>) -> io::Result<()> {
    put(key, out);
    let mut before = "\n        ";
    for value in values {
        text(before, value, out)?;
        before = ",\n        ";
    }
    put(if values.is_empty() { "]" } else { "\n      ]" }, out);
    Ok(())
}
