//! Promtail and Alloy, as far as they ship logs.

use super::vector::flatten;
use super::{Program, Property, Reading, Role, Section, keep};
use crate::facts::scalar::Scalar;
use crate::facts::{DocumentId, FileFacts};
use crate::lang::river::{self, Block};
use crate::lang::text::Piece;
use crate::parse::tree::NodeRef;

/// Reads what a Promtail configuration takes and where it sends it.
pub(in crate::facts) fn read_promtail(
    root: NodeRef<'_>,
    document: DocumentId,
    masked: bool,
    facts: &mut FileFacts,
) {
    let mut sections: Vec<Section> = Vec::new();
    let mut add = |key: NodeRef<'_>, node: NodeRef<'_>, role: Role| {
        let mut properties = Vec::new();
        flatten(node, None, 0, &mut properties);
        let Some(header) = Scalar::of(key) else { return };
        sections.push(Section {
            document,
            index: u32::try_from(sections.len()).unwrap_or(u32::MAX),
            parent: None,
            program: Program::Promtail,
            role,
            header,
            argument: None,
            plugin: None,
            properties,
            open: masked,
            structured: true,
        });
    };
    for (list, role) in [("scrape_configs", Role::Input), ("clients", Role::Output)] {
        let Some((key, list)) = root.entry(list) else { continue };
        for item in list.items() {
            add(key, item, role);
        }
    }
    if let Some((key, client)) = root.entry("client") {
        add(key, client, Role::Output);
    }
    keep(sections, facts);
}

/// Reads the log components of an Alloy configuration.
pub(in crate::facts) fn read_alloy(reading: Reading<'_>) {
    let blocks = river::blocks(reading.text);
    let open = reading.is_template();
    let mut sections: Vec<Section> = Vec::new();
    // The section that holds what stands in a block, and the path of the block in it.
    let mut inside: Vec<Option<(usize, String)>> = Vec::new();
    for block in &blocks {
        let name = &reading.text[block.name.range()];
        let place = match block.parent {
            None => role(name).map(|role| {
                sections.push(component(&reading, block, role, sections.len(), open));
                (sections.len() - 1, String::new())
            }),
            Some(parent) => {
                inside[parent].clone().map(|(section, path)| (section, format!("{path}{name}.")))
            }
        };
        if let Some((section, path)) = &place {
            for (key, value) in &block.attributes {
                let mut key = reading.piece(*key);
                key.text = format!("{path}{}", key.text);
                let value = literal(&reading, *value);
                sections[*section].properties.push(Property { key, value });
            }
        }
        inside.push(place);
    }
    keep(sections, reading.facts);
}

fn role(name: &str) -> Option<Role> {
    match name {
        "loki.write" => Some(Role::Output),
        _ if name.starts_with("loki.source.") => Some(Role::Input),
        _ if name.starts_with("otelcol.exporter.") => Some(Role::Output),
        "loki.process" | "loki.relabel" => Some(Role::Filter),
        _ => None,
    }
}

fn component(
    reading: &Reading<'_>,
    block: &Block,
    role: Role,
    index: usize,
    open: bool,
) -> Section {
    let plugin = reading.piece(block.name);
    Section {
        document: reading.document,
        index: u32::try_from(index).unwrap_or(u32::MAX),
        parent: None,
        program: Program::Alloy,
        role,
        header: block.label.map_or_else(|| plugin.clone(), |label| reading.piece(label)),
        argument: None,
        plugin: Some(plugin),
        properties: Vec::new(),
        open,
        structured: true,
    }
}

/// A string without its quotes; any other expression is known only as what it says.
fn literal(reading: &Reading<'_>, piece: Piece) -> Scalar {
    let text = &reading.text[piece.range()];
    let bare = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    match bare.filter(|bare| !bare.contains('"')) {
        Some(bare) => {
            reading.scalar(bare, Piece { start: piece.start + 1, end: piece.end - 1 }, true)
        }
        None => {
            let plain = matches!(text, "true" | "false") || text.parse::<f64>().is_ok();
            reading.scalar(text, piece, plain)
        }
    }
}
