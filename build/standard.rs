//! The standard as data to a static table.

use crate::fail;
use crate::parse::offsets::OffsetMap;
use crate::parse::tree::NodeRef;
use crate::parse::yaml;
use crate::source::SourceId;
use std::fmt::Write;
use std::path::Path;

/// Rust text that defines `BACKING`.
pub fn backing(path: &Path) -> String {
    let text = read(path);
    let map = OffsetMap::slice(SourceId(0), 0);
    let tree = yaml::parse(&yaml::Input { text: &text, map: &map, masked: &[] });
    let Some(root) = tree.documents().next() else {
        fail(&format!("{} does not parse", path.display()));
    };
    let mut out = String::from("static BACKING: &[Backing] = &[\n");
    for node in items(root, "controls") {
        let text = |key: &str| node.get(key).and_then(NodeRef::scalar);
        let parts: Vec<String> = items(node, "parts").map(part_literal).collect();
        let _ = writeln!(
            out,
            "Backing {{ control: {:?}, attest: {:?}, policy: &{:?}, parts: &[{}], against: &{:?}, \
             of_service: {} }},",
            text("id").unwrap_or_default(),
            text("attest"),
            words(node, "policy"),
            parts.join(", "),
            words(node, "against"),
            text("of_service") == Some("true"),
        );
    }
    out.push_str("];\n");
    out
}

fn part_literal(node: NodeRef<'_>) -> String {
    let text = |key: &str| node.get(key).and_then(NodeRef::scalar);
    format!(
        "BackingPart {{ text: {:?}, evidence: &{:?}, clean: &{:?}, alone: {}, in_code: {}, \
         pending: {} }}",
        text("text").unwrap_or_default(),
        words(node, "evidence"),
        words(node, "clean"),
        text("alone") == Some("true"),
        text("in_code") == Some("true"),
        text("pending").is_some(),
    )
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path)
        .unwrap_or_else(|error| fail(&format!("cannot read {}: {error}", path.display())))
}

/// Rust text that defines `STANDARD`.
pub fn generate(path: &Path) -> String {
    let text = read(path);
    let map = OffsetMap::slice(SourceId(0), 0);
    let tree = yaml::parse(&yaml::Input { text: &text, map: &map, masked: &[] });
    let Some(root) = tree.documents().next() else {
        fail(&format!("{} does not parse", path.display()));
    };
    let mut out = String::new();
    let word = |key: &str| root.get(key).and_then(NodeRef::scalar).unwrap_or_default();
    let _ = writeln!(
        out,
        "static STANDARD: Standard = Standard {{ code: {:?}, version: {:?}, title: {:?}, sha256: {:?}, requirements: &[",
        word("standard"),
        word("version"),
        word("title"),
        word("sha256"),
    );
    for requirement in root.get("requirements").into_iter().flat_map(NodeRef::items) {
        let _ = writeln!(out, "{},", literal(path, requirement));
    }
    out.push_str("] };\n");
    out
}

fn literal(path: &Path, node: NodeRef<'_>) -> String {
    let text = |key: &str| node.get(key).and_then(NodeRef::scalar).unwrap_or_default();
    let optional =
        |key: &str| node.get(key).filter(|value| !value.is_null()).and_then(NodeRef::scalar);
    let kind = match text("kind") {
        "required" => "Required",
        "checklist" => "Checklist",
        other => fail(&format!("{}: {} has kind `{other}`", path.display(), text("id"))),
    };
    let exempt: Vec<String> = items(node, "not_applicable")
        .map(|item| {
            let reason = item.get("reason").and_then(NodeRef::scalar).unwrap_or_default();
            let when = match (item.get("role"), item.get("without")) {
                (Some(role), None) => {
                    format!("When::Role({:?})", role.scalar().unwrap_or_default())
                }
                (None, Some(query)) => {
                    format!("When::Without({:?})", query.scalar().unwrap_or_default())
                }
                _ => fail(&format!("{}: {}: role or without", path.display(), text("id"))),
            };
            format!("Exemption {{ when: {when}, reason: {reason:?} }}")
        })
        .collect();
    let clauses: Vec<String> =
        items(node, "clauses").map(|clause| clause_literal(path, text("id"), clause)).collect();
    format!(
        "Requirement {{ id: {:?}, title: {:?}, kind: Kind::{kind}, section: {:?}, line: {}, \
         controls_standard: &{:?}, controls_mapped: &{:?}, interpretation: {}, operational: {:?}, \
         exemptions: &[{}], partly_at_least: {}, \
         managed: &[{}], attested_by_default: {}, same_as: {:?}, clauses: &[{}] }}",
        text("id"),
        text("title"),
        text("section"),
        text("line"),
        words(node, "controls_standard"),
        words(node, "controls_mapped"),
        text("interpretation") == "true",
        optional("operational"),
        exempt.join(", "),
        optional("partly_at_least").unwrap_or("1"),
        managed(path, node, text("id")),
        text("attested_by_default") == "true",
        optional("same_as"),
        clauses.join(", "),
    )
}

/// `managed: { logs: partly, traces: attest }`.
fn managed(path: &Path, node: NodeRef<'_>, requirement: &str) -> String {
    let entries = node.get("managed").into_iter().flat_map(NodeRef::entries);
    let rows = entries.map(|(what, verdict)| {
        let what = what.scalar().unwrap_or_default();
        match verdict.scalar() {
            Some("partly") => format!("({what:?}, true)"),
            Some("attest") => format!("({what:?}, false)"),
            _ => fail(&format!("{}: {requirement}: managed is partly or attest", path.display())),
        }
    });
    rows.collect::<Vec<_>>().join(", ")
}

fn clause_literal(path: &Path, requirement: &str, node: NodeRef<'_>) -> String {
    let text = |key: &str| node.get(key).and_then(NodeRef::scalar).unwrap_or_default();
    let basis = match (node.get("evidence"), node.get("pending")) {
        (Some(query), None) => format!("Basis::Evidence({:?})", query.scalar().unwrap_or_default()),
        (None, Some(what)) => format!("Basis::Pending({:?})", what.scalar().unwrap_or_default()),
        _ => fail(&format!("{}: {requirement}: a clause has evidence or pending", path.display())),
    };
    let method = match text("method") {
        "EXAMINE" => "Examine",
        "TEST" => "Test",
        other => fail(&format!("{}: {requirement}: method `{other}`", path.display())),
    };
    format!(
        "Clause {{ id: {:?}, text: {:?}, basis: {basis}, rules: &{:?}, clean: &{:?}, \
         method: Method::{method}, optional: {} }}",
        text("id"),
        text("text"),
        words(node, "rules"),
        words(node, "clean"),
        text("optional") == "true",
    )
}

fn items<'t>(node: NodeRef<'t>, key: &str) -> impl Iterator<Item = NodeRef<'t>> {
    node.get(key).into_iter().flat_map(NodeRef::items)
}

fn words(node: NodeRef<'_>, key: &str) -> Vec<String> {
    items(node, key).filter_map(NodeRef::scalar).map(str::to_owned).collect()
}
