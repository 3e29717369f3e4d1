//! The file of a gate: the state that was recorded, and what is to be reached by when.

use super::ConfigError;
use super::entries::{Entries, Entry, Field, Form};
use super::waivers::requirement;
use crate::parse::offsets::OffsetMap;
use crate::parse::tree::NodeRef;
use crate::parse::yaml;
use crate::source::{Encoding, Source, SourceId};

/// What is to be reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The requirement.
    pub requirement: &'static str,
    /// The verdict it is to have.
    pub verdict: String,
    /// The last day on which it may have another, `YYYY-MM-DD`.
    pub due: String,
    /// Who answers for it.
    pub owner: String,
}

/// A recorded state, and targets.
#[derive(Clone, Debug, Default)]
pub struct Gate {
    /// Requirements with the verdict that was recorded.
    pub recorded: Vec<(&'static str, String)>,
    /// Targets, in the order of the file.
    pub targets: Vec<Target>,
}

/// Name and edition of the file's form.
pub const GATE_SCHEMA: &str = "obsproof/gate/1";

const REPORT_SCHEMA: &str = "obsproof/report/1";

/// Verdicts that can be recorded or aimed at.
pub(super) const VERDICTS: &[&str] = &[
    "met",
    "partly",
    "not-met",
    "not-applicable",
    "needs-attestation",
    "attested",
    "inherited",
    "unknown",
];

pub(super) const TARGET: &[Field] = &[
    ("requirement", Form::Text),
    ("verdict", Form::Text),
    ("due", Form::Day),
    ("owner", Form::Text),
];

/// Reads the file of a gate: one of its own form, or a report as JSON.
///
/// # Errors
/// All faults, with their spans, and the source they point into.
pub fn read_gate(path: &str, text: String) -> Result<Gate, (Box<Source>, Vec<ConfigError>)> {
    let source = Source::new(path, text, Encoding::Utf8);
    let start = source.content_start();
    let map = OffsetMap::slice(SourceId(0), start);
    let text = &source.text()[start..];
    let tree = yaml::parse(&yaml::Input { text, map: &map, masked: &[] });
    let mut reader = Entries { source: &source, errors: Vec::new() };
    reader.faults(&tree);
    let gate = match tree.documents().next() {
        Some(root) => gate(root, &mut reader),
        None => {
            let span = crate::source::Span::new(SourceId(0), 0, 0);
            let help = "write one with `obsproof report --format gate=FILE`";
            if reader.errors.is_empty() {
                reader.error(span, "the file is empty", help);
            }
            Gate::default()
        }
    };
    let mut errors = reader.errors;
    if errors.is_empty() {
        return Ok(gate);
    }
    errors.sort_by_key(|error| error.span);
    Err((Box::new(source), errors))
}

fn gate(root: NodeRef<'_>, reader: &mut Entries<'_>) -> Gate {
    let schema = root.get("schema");
    let help = "write one with `obsproof report --format gate=FILE`, or name a report as JSON";
    let Some(form) = schema.and_then(NodeRef::scalar) else {
        reader.error(root.span().at_start(), format!("this is no `{GATE_SCHEMA}`"), help);
        return Gate::default();
    };
    match form {
        GATE_SCHEMA => own(root, reader),
        REPORT_SCHEMA => report(root, reader),
        other => {
            let span = schema.map_or(root.span(), NodeRef::span);
            reader.error(span, format!("`{other}` is no form that this release reads"), help);
            Gate::default()
        }
    }
}

fn own(root: NodeRef<'_>, reader: &mut Entries<'_>) -> Gate {
    let mut gate = Gate::default();
    for (key, value) in root.pairs() {
        match key.scalar() {
            Some("schema" | "commit") => {}
            Some("recorded") => {
                for (id, word) in value.pairs() {
                    let name = id.scalar().unwrap_or_default();
                    let known = requirement(id, name, reader);
                    if let (Some(known), Some(word)) = (known, verdict(word, reader)) {
                        gate.recorded.push((known.id, word));
                    }
                }
            }
            Some("targets") => gate.targets = targets(value, reader),
            _ => reader.unknown(key, ["schema", "commit", "recorded", "targets"].into_iter()),
        }
    }
    gate
}

/// The verdicts of a report; whatever else it holds is none of the gate's business.
fn report(root: NodeRef<'_>, reader: &mut Entries<'_>) -> Gate {
    let mut gate = Gate::default();
    let Some(rows) = root.get("requirements").filter(|rows| rows.is_sequence()) else {
        reader.error(root.span().at_start(), "the report has no requirements", "make it anew");
        return gate;
    };
    for row in rows.items() {
        let (Some(id), Some(word)) = (row.get("id"), row.get("verdict")) else { continue };
        let known = requirement(id, id.scalar().unwrap_or_default(), reader);
        if let (Some(known), Some(word)) = (known, verdict(word, reader)) {
            gate.recorded.push((known.id, word));
        }
    }
    if let Some(list) = root.get("targets") {
        gate.targets = targets(list, reader);
    }
    gate
}

fn verdict(node: NodeRef<'_>, reader: &mut Entries<'_>) -> Option<String> {
    let word = node.scalar().unwrap_or_default();
    if VERDICTS.contains(&word) {
        return Some(word.to_owned());
    }
    let help = format!("a verdict is {}", VERDICTS.join(", "));
    reader.error(node.span(), format!("`{word}` is no verdict"), help);
    None
}

fn targets(list: NodeRef<'_>, reader: &mut Entries<'_>) -> Vec<Target> {
    if list.is_null() {
        return Vec::new();
    }
    let entries = reader.list(list, "targets", TARGET);
    entries.iter().filter_map(|entry| target(entry, reader)).collect()
}

fn target(entry: &Entry<'_>, reader: &mut Entries<'_>) -> Option<Target> {
    for (name, _) in TARGET {
        if entry.get(name).is_none() {
            let help = "a target is `requirement`, `verdict`, `due` and `owner`";
            reader.error(entry.head(), format!("a target has no `{name}`"), help);
        }
    }
    let (_, id) = entry.get("requirement")?;
    let known = requirement(id, id.scalar().unwrap_or_default().trim(), reader)?;
    Some(Target {
        requirement: known.id,
        verdict: verdict(entry.get("verdict")?.1, reader)?,
        due: entry.word("due")?.text,
        owner: entry.word("owner")?.text,
    })
}
