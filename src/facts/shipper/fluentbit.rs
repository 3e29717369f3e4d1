//! Fluent Bit, classic and YAML.

use super::{Include, Program, Property, Reading, Role, Section, keep};
use crate::facts::scalar::Scalar;
use crate::facts::{DocumentId, FileFacts};
use crate::lang::fluentbit;
use crate::parse::tree::NodeRef;

/// The role of a section by its name.
fn role(name: &str) -> Role {
    match name.to_ascii_lowercase().as_str() {
        "input" => Role::Input,
        "filter" => Role::Filter,
        "output" => Role::Output,
        "service" => Role::Service,
        "parser" => Role::Parser,
        "multiline_parser" => Role::MultilineParser,
        _ => Role::Other,
    }
}

/// Reads a classic configuration.
pub(in crate::facts) fn read_classic(mut reading: Reading<'_>) {
    let config = fluentbit::parse(reading.text);
    let open = reading.is_template();
    reading.faults(&config.faults);
    let sections = config.sections.iter().enumerate().map(|(index, section)| {
        let properties: Vec<Property> = section
            .entries
            .iter()
            .map(|entry| Property {
                key: reading.piece(entry.key),
                value: reading.piece(entry.value),
            })
            .collect();
        let header = reading.piece(section.name);
        let role = if section.parent.is_some() { Role::Part } else { role(&header.text) };
        Section {
            document: reading.document,
            index: number(index),
            parent: section.parent.map(number),
            program: Program::FluentBit,
            role,
            header,
            argument: None,
            plugin: name_of(&properties),
            properties,
            open,
            structured: false,
        }
    });
    let sections = sections.collect();
    let document = reading.document;
    for path in &config.includes {
        let path = reading.piece(*path);
        reading.facts.shipper_includes.push(Include { document, path });
    }
    keep(sections, reading.facts);
}

fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

fn name_of(properties: &[Property]) -> Option<Scalar> {
    let mut names = properties.iter().filter(|it| it.key.text.eq_ignore_ascii_case("name"));
    names.next().map(|name| name.value.clone())
}

/// Reads a YAML configuration.
pub(in crate::facts) fn read_yaml(
    root: NodeRef<'_>,
    document: DocumentId,
    masked: bool,
    facts: &mut FileFacts,
) {
    let mut reader = Yaml { document, masked, sections: Vec::new() };
    let pipeline = root.get("pipeline");
    for (list, role) in
        [("inputs", Role::Input), ("filters", Role::Filter), ("outputs", Role::Output)]
    {
        let Some((key, list)) = pipeline.and_then(|pipeline| pipeline.entry(list)) else {
            continue;
        };
        for item in list.items() {
            reader.section(key, item, role);
        }
    }
    for (key, node) in pipeline.into_iter().flat_map(NodeRef::entries) {
        if !matches!(key.scalar(), Some("inputs" | "filters" | "outputs")) {
            reader.push(key, node, Role::Other, None);
        }
    }
    for (list, role) in [
        ("parsers", Role::Parser),
        ("multiline_parsers", Role::MultilineParser),
        ("customs", Role::Other),
    ] {
        let Some((key, list)) = root.entry(list) else { continue };
        for item in list.items() {
            reader.section(key, item, role);
        }
    }
    if let Some((key, service)) = root.entry("service") {
        reader.section(key, service, Role::Service);
    }
    for name in ["plugins", "stream_processor", "upstream_servers"] {
        if let Some((key, node)) = root.entry(name) {
            reader.push(key, node, Role::Other, None);
        }
    }
    for path in root.get("includes").into_iter().flat_map(NodeRef::items).filter_map(Scalar::of) {
        facts.shipper_includes.push(Include { document, path });
    }
    keep(reader.sections, facts);
}

struct Yaml {
    document: DocumentId,
    masked: bool,
    sections: Vec<Section>,
}

impl Yaml {
    fn section(&mut self, key: NodeRef<'_>, node: NodeRef<'_>, role: Role) {
        if !node.is_mapping() {
            return;
        }
        let index = self.push(key, node, role, None);
        let Some(processors) = node.get("processors") else { return };
        for (_, list) in processors.entries() {
            for (processor, item) in
                list.items().filter_map(|item| Some((item.entry("name")?.0, item)))
            {
                self.push(processor, item, Role::Processor, Some(index));
            }
        }
    }

    fn push(
        &mut self,
        key: NodeRef<'_>,
        node: NodeRef<'_>,
        role: Role,
        parent: Option<u32>,
    ) -> u32 {
        let mut properties = Vec::new();
        for (key, value) in node.entries() {
            let Some(key) = Scalar::of(key) else { continue };
            if matches!(key.text.as_str(), "processors" | "routes") && role != Role::Processor {
                if key.text == "routes" {
                    properties.extend(route_targets(&key, value));
                }
                continue;
            }
            let values = if value.is_sequence() { value.items().collect() } else { vec![value] };
            for value in values {
                // A nested block is a value that only its plugin reads.
                let value = Scalar::of(value).unwrap_or_else(|| Scalar {
                    text: String::new(),
                    span: value.span(),
                    known: false,
                    plain: true,
                });
                properties.push(Property { key: key.clone(), value });
            }
        }
        let index = number(self.sections.len());
        let header = Scalar::of(key).unwrap_or_else(|| Scalar {
            text: String::new(),
            span: node.span(),
            known: false,
            plain: true,
        });
        self.sections.push(Section {
            document: self.document,
            index,
            parent,
            program: Program::FluentBit,
            role,
            header,
            argument: None,
            plugin: name_of(&properties),
            properties,
            open: self.masked || node.is_unknown(),
            structured: true,
        });
        index
    }
}

/// The outputs that the routes of an input lead to, each as a property `routes`; one without text
/// where none can be seen.
fn route_targets(key: &Scalar, routes: NodeRef<'_>) -> Vec<Property> {
    let mut found = Vec::new();
    for (_, list) in routes.entries() {
        for to in list.items().filter_map(|route| route.get("to")) {
            for output in to.get("outputs").into_iter().flat_map(NodeRef::items) {
                let name = Scalar::of(output.get("name").unwrap_or(output));
                found.extend(name.map(|value| Property { key: key.clone(), value }));
            }
        }
    }
    if found.is_empty() {
        let value = Scalar { text: String::new(), ..key.clone() };
        found.push(Property { key: key.clone(), value });
    }
    found
}
