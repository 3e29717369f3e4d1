//! Vector: TOML, YAML and JSON have one tree.

use super::{Program, Property, Role, Section, keep};
use crate::facts::scalar::Scalar;
use crate::facts::{DocumentId, FileFacts};
use crate::parse::tree::NodeRef;

/// Deepest nesting of options that is read.
const MAX_DEPTH: usize = 6;

/// Reads a configuration.
pub(in crate::facts) fn read_vector(
    root: NodeRef<'_>,
    document: DocumentId,
    masked: bool,
    facts: &mut FileFacts,
) {
    let mut sections = Vec::new();
    // What `vector test` reads alone: its tests give the transforms their events.
    let tested = root.get("tests").is_some() && root.get("sources").is_none();
    for (table, role) in
        [("sources", Role::Input), ("transforms", Role::Filter), ("sinks", Role::Output)]
    {
        let Some(table) = root.get(table) else { continue };
        for (name, node) in table.entries() {
            let Some(header) = Scalar::of(name) else { continue };
            let mut section = component(node, document, role, header, masked);
            section.index = u32::try_from(sections.len()).unwrap_or(u32::MAX);
            section.open |= tested && node.get("inputs").is_some_and(is_empty_list);
            sections.push(section);
        }
    }
    keep(sections, facts);
}

fn is_empty_list(node: NodeRef<'_>) -> bool {
    node.is_sequence() && node.items().next().is_none()
}

/// Reads a file that holds one component: what it is, and its name, say folder and file.
pub(in crate::facts) fn read_vector_part(
    root: NodeRef<'_>,
    document: DocumentId,
    (role, name): (&str, &str),
    masked: bool,
    facts: &mut FileFacts,
) {
    let role = match role {
        "source" => Role::Input,
        "transform" => Role::Filter,
        _ => Role::Output,
    };
    let Some(kind) = Scalar::under(root, "type") else { return };
    let header = Scalar { text: name.to_owned(), known: true, ..kind };
    keep(vec![component(root, document, role, header, masked)], facts);
}

fn component(
    node: NodeRef<'_>,
    document: DocumentId,
    role: Role,
    header: Scalar,
    masked: bool,
) -> Section {
    let mut properties = Vec::new();
    flatten(node, None, 0, &mut properties);
    Section {
        document,
        index: 0,
        parent: None,
        program: Program::Vector,
        role,
        header,
        argument: None,
        plugin: Scalar::under(node, "type"),
        properties,
        open: masked || node.is_unknown() || !node.is_mapping(),
        structured: true,
    }
}

/// Options with dots for nesting; each item of a list is a property of its own.
pub(super) fn flatten(
    node: NodeRef<'_>,
    above: Option<&Scalar>,
    depth: usize,
    properties: &mut Vec<Property>,
) {
    if depth > MAX_DEPTH || node.is_alias() {
        return;
    }
    for (key, value) in node.entries() {
        let Some(mut key) = Scalar::of(key) else { continue };
        if let Some(above) = above {
            key.text = format!("{}.{}", above.text, key.text);
        }
        if value.is_mapping() {
            if value.pairs().len() == 0 || value.is_unknown() {
                properties.push(Property { value: unknown(value), key });
            } else {
                flatten(value, Some(&key), depth + 1, properties);
            }
        } else if value.is_sequence() {
            for item in value.items() {
                match Scalar::of(item) {
                    Some(value) => properties.push(Property { key: key.clone(), value }),
                    None => flatten(item, Some(&key), depth + 1, properties),
                }
            }
            if value.items().len() == 0 {
                properties.push(Property { value: unknown(value), key });
            }
        } else if let Some(value) = Scalar::of(value) {
            properties.push(Property { key, value });
        }
    }
}

/// What stands at a node that is no scalar: nothing in particular.
fn unknown(node: NodeRef<'_>) -> Scalar {
    Scalar { text: String::new(), span: node.span(), known: !node.is_unknown(), plain: true }
}
