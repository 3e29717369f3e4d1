//! JSON schemas of the files of decisions, for editors.

use super::entries::{Field, Form};
use super::{attestations, gate, waivers};
use crate::standard;
use serde_json::{Map, Value, json};

fn requirements() -> Value {
    let ids = standard::bundled().requirements.iter().map(|it| it.id);
    json!({ "enum": ids.collect::<Vec<_>>() })
}

fn texts() -> Value {
    json!({ "anyOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" } }] })
}

/// An entry with these keys; `own` replaces what their form says.
fn entry(fields: &[Field], own: &[(&str, Value)], required: &[&str]) -> Value {
    let mut properties = Map::new();
    for (name, form) in fields {
        let value = match own.iter().find(|(known, _)| known == name) {
            Some((_, value)) => value.clone(),
            None if *form == Form::Day => json!({ "type": "string", "format": "date" }),
            None => json!({ "type": "string", "minLength": 1 }),
        };
        properties.insert((*name).to_owned(), value);
    }
    json!({
        "type": "object",
        "additionalProperties": false,
        "properties": properties,
        "required": required,
    })
}

fn file(title: &str, properties: Value) -> Value {
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": title,
        "type": "object",
        "additionalProperties": false,
        "properties": properties,
    })
}

/// The schema of `.obsproof/waivers.yaml`: what a waiver that counts looks like.
pub fn waivers_schema() -> Value {
    let parts = waivers::Reach::default();
    let parts: Map<String, Value> =
        parts.parts().iter().map(|(name, _)| ((*name).to_owned(), texts())).collect();
    let scope = json!({ "anyOf": [
        texts(),
        { "type": "object", "additionalProperties": false, "properties": parts },
    ]});
    let own = [("scope", scope), ("requirement", requirements())];
    let required = ["id", "reason", "owner", "approver", "created", "expires"];
    let mut entry = entry(waivers::FIELDS, &own, &required);
    entry["oneOf"] = json!([{ "required": ["rule"] }, { "required": ["requirement"] }]);
    file(".obsproof/waivers.yaml", json!({ "waivers": { "type": "array", "items": entry } }))
}

/// The schema of `.obsproof/attestations.yaml`: what an attestation that counts looks like.
pub fn attestations_schema() -> Value {
    let hash = json!({ "type": "string", "pattern": "^(sha256:)?[0-9A-Fa-f]{64}$" });
    let links = json!({ "type": "array", "items": { "anyOf": [
        { "type": "string" },
        {
            "type": "object",
            "additionalProperties": false,
            "properties": { "path": { "type": "string" }, "sha256": hash },
            "required": ["path", "sha256"],
        },
        {
            "type": "object",
            "additionalProperties": false,
            "properties": { "url": { "type": "string" }, "sha256": hash },
            "required": ["url"],
        },
    ]}});
    let own = [("links", links), ("requirement", requirements())];
    let required = ["statement", "who", "role", "date", "valid-until"];
    let mut entry = entry(attestations::FIELDS, &own, &required);
    entry["anyOf"] = json!([{ "required": ["requirement"] }, { "required": ["clause"] }]);
    let list = json!({ "attestations": { "type": "array", "items": entry } });
    file(".obsproof/attestations.yaml", list)
}

/// The schema of the file of a gate.
pub fn gate_schema() -> Value {
    let verdict = json!({ "enum": gate::VERDICTS });
    let own = [("requirement", requirements()), ("verdict", verdict.clone())];
    let target = entry(gate::TARGET, &own, &["requirement", "verdict", "due", "owner"]);
    let recorded = json!({ "type": "object", "propertyNames": requirements(), "additionalProperties": verdict });
    let mut schema = file(
        "Gate of obsproof",
        json!({
            "schema": { "const": gate::GATE_SCHEMA },
            "commit": { "type": "string" },
            "recorded": recorded,
            "targets": { "type": "array", "items": target },
        }),
    );
    schema["required"] = json!(["schema"]);
    schema
}
