//! Fluentd.

use super::{Include, Program, Property, Reading, Role, Section, keep};
use crate::facts::scalar::Scalar;
use crate::lang::fluentd::{self, Config, Value};

/// Elements that a plugin is named in.
fn role(name: &str, parent: Option<&str>) -> Role {
    match (name, parent) {
        ("source", _) => Role::Input,
        ("filter", None | Some("label" | "worker")) => Role::Filter,
        // A router has conditions of this name.
        ("match", None | Some("label" | "worker")) | ("store", _) => Role::Output,
        ("system", None) => Role::Service,
        ("label", None) => Role::Label,
        ("worker", None) => Role::Worker,
        (_, Some(_)) => Role::Part,
        _ => Role::Other,
    }
}

/// Reads a configuration; the file itself is its first section.
pub(in crate::facts) fn read_fluentd(mut reading: Reading<'_>) {
    let config = fluentd::parse(reading.text);
    let template = reading.is_template();
    reading.faults(&config.faults);
    let sections: Vec<Section> = (0..config.elements.len())
        .map(|index| section(&reading, &config, index, template))
        .collect();
    let document = reading.document;
    for include in &config.includes {
        let path = scalar(&reading, &include.path);
        reading.facts.shipper_includes.push(Include { document, path });
    }
    keep(sections, reading.facts);
}

fn scalar(reading: &Reading<'_>, value: &Value) -> Scalar {
    reading.scalar(&value.text, value.piece, !value.computed)
}

fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

fn section(reading: &Reading<'_>, config: &Config, index: usize, template: bool) -> Section {
    let element = &config.elements[index];
    let named = |index: usize| &reading.text[config.elements[index].name.range()];
    let parent = element.parent.filter(|parent| *parent > 0);
    let properties: Vec<Property> = element
        .parameters
        .iter()
        .map(|parameter| Property {
            key: scalar(reading, &parameter.key),
            value: scalar(reading, &parameter.value),
        })
        .collect();
    // Old configurations wrote `type`.
    let plugin = ["@type", "type"].iter().find_map(|name| {
        properties.iter().find(|property| property.key.text == *name).map(|it| it.value.clone())
    });
    Section {
        document: reading.document,
        index: number(index),
        parent: element.parent.map(number),
        program: Program::Fluentd,
        role: if index == 0 { Role::Other } else { role(named(index), parent.map(named)) },
        header: reading.piece(element.name),
        argument: element.argument.as_ref().map(|argument| scalar(reading, argument)),
        plugin,
        properties,
        open: template || config.includes.iter().any(|include| include.element == index),
        structured: false,
    }
}
