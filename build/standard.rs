//! The standard as data to a static table.

use crate::fail;
use crate::parse::offsets::OffsetMap;
use crate::parse::tree::NodeRef;
use crate::parse::yaml;
use crate::source::{Encoding, Source, SourceId};
use crate::standard::load::{self, Known};
use crate::standard::model::{Clause, Requirement};
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
    // The tests see that every name in it exists.
    let known = Known { query: |_| true, rule: |_| true, control: |_| true };
    let text = read(path);
    let standard = load::load(&text, known).unwrap_or_else(|errors| {
        let source = Source::new("", text, Encoding::Utf8);
        let told = errors.iter().map(|error| {
            let line = source.line_of(error.span.start);
            format!("{}:{line}: {}", path.display(), error.message)
        });
        fail(&told.collect::<Vec<_>>().join(" · "))
    });
    let mut out = String::new();
    let _ = writeln!(
        out,
        "static STANDARD: Standard = Standard {{ code: {:?}, version: {:?}, title: {:?}, sha256: {:?}, requirements: &[",
        standard.code, standard.version, standard.title, standard.sha256,
    );
    for requirement in standard.requirements {
        let _ = writeln!(out, "{},", literal(requirement));
    }
    out.push_str("] };\n");
    out
}

fn literal(it: &Requirement) -> String {
    let exempt: Vec<String> = it
        .exemptions
        .iter()
        .map(|exemption| {
            format!(
                "Exemption {{ when: When::{:?}, reason: {:?} }}",
                exemption.when, exemption.reason
            )
        })
        .collect();
    let clauses: Vec<String> = it.clauses.iter().map(clause_literal).collect();
    format!(
        "Requirement {{ id: {:?}, title: {:?}, kind: Kind::{:?}, section: {:?}, line: {}, \
         controls_standard: &{:?}, controls_mapped: &{:?}, interpretation: {}, operational: {:?}, \
         exemptions: &[{}], partly_at_least: {}, \
         managed: &{:?}, attested_by_default: {}, same_as: {:?}, clauses: &[{}] }}",
        it.id,
        it.title,
        it.kind,
        it.section,
        it.line,
        it.controls_standard,
        it.controls_mapped,
        it.interpretation,
        it.operational,
        exempt.join(", "),
        it.partly_at_least,
        it.managed,
        it.attested_by_default,
        it.same_as,
        clauses.join(", "),
    )
}

fn clause_literal(clause: &Clause) -> String {
    format!(
        "Clause {{ id: {:?}, text: {:?}, basis: Basis::{:?}, rules: &{:?}, clean: &{:?}, \
         method: Method::{:?}, optional: {}, core: {} }}",
        clause.id,
        clause.text,
        clause.basis,
        clause.rules,
        clause.clean,
        clause.method,
        clause.optional,
        clause.core,
    )
}

fn items<'t>(node: NodeRef<'t>, key: &str) -> impl Iterator<Item = NodeRef<'t>> {
    node.get(key).into_iter().flat_map(NodeRef::items)
}

fn words(node: NodeRef<'_>, key: &str) -> Vec<String> {
    items(node, key).filter_map(NodeRef::scalar).map(str::to_owned).collect()
}
