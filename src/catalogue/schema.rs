//! The JSON schema of rule files.

use super::load::KEYS;
use crate::facts::subject::SubjectKind;
use serde_json::{Value, json};

/// The JSON schema of a rule file, for editors.
pub fn json_schema() -> Value {
    let mut properties = serde_json::Map::new();
    for key in KEYS {
        properties.insert((*key).to_owned(), property(key));
    }
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "A rule of obsproof",
        "type": "object",
        "additionalProperties": false,
        "required": [
            "code", "title", "class", "severity", "since", "subject", "message", "why", "fix",
            "examples",
        ],
        "oneOf": [{"required": ["require"]}, {"required": ["check"]}],
        "properties": properties,
        "definitions": {
            "severity": {"enum": ["error", "warning", "info"]},
            "strings": {"type": "array", "items": {"type": "string"}},
            "condition": condition(),
            "test": test(),
            "files": {
                "type": "object",
                "minProperties": 1,
                "additionalProperties": {"type": "string"},
                "description": "Paths and texts of a small repository",
            },
            "example": {
                "type": "object",
                "additionalProperties": false,
                "properties": {
                    "pass": {"$ref": "#/definitions/files"},
                    "fail": {"$ref": "#/definitions/files"},
                    "flags": {
                        "$ref": "#/definitions/strings",
                        "description": "Exact text of each primary span, in order",
                    },
                    "severities": {"type": "array", "items": {"$ref": "#/definitions/severity"}},
                    "note": {"type": "string"},
                },
                "oneOf": [{"required": ["pass"]}, {"required": ["fail", "flags"]}],
            },
        },
    })
}

fn property(key: &str) -> Value {
    let text = |help: &str| json!({"type": "string", "description": help});
    let list = |help: &str| json!({"$ref": "#/definitions/strings", "description": help});
    let flag = |help: &str| json!({"type": "boolean", "description": help});
    match key {
        "code" => json!({
            "type": "string",
            "pattern": "^[A-Z]{2,12}[0-9]{2,5}$",
            "description": "Unique: the letters are the family",
        }),
        "title" => text("One line that says what the rule flags"),
        "class" => json!({
            "enum": ["validity", "semantic", "compliance"],
            "description": "What kind of claim it makes",
        }),
        "severity" => json!({
            "description": "A severity, or severities by condition with a `default`",
            "oneOf": [
                {"$ref": "#/definitions/severity"},
                {
                    "type": "object",
                    "additionalProperties": false,
                    "required": ["default"],
                    "properties": {
                        "default": {"$ref": "#/definitions/severity"},
                        "error": {"$ref": "#/definitions/condition"},
                        "warning": {"$ref": "#/definitions/condition"},
                        "info": {"$ref": "#/definitions/condition"},
                    },
                },
            ],
        }),
        "since" => text("First release with this rule"),
        "requirements" => list("Requirements it serves: OBS-R15"),
        "controls" => list("NIST SP 800-53 controls it is evidence for: au-3.1"),
        "subject" => json!({
            "enum": SubjectKind::names().collect::<Vec<_>>(),
            "description": "The kind of fact it looks at",
        }),
        "check" => {
            json!({"const": "builtin", "description": "A rule of the tool, written in Rust"})
        }
        "require" => json!({
            "$ref": "#/definitions/condition",
            "description": "What the fact must satisfy; a certain no is a finding",
        }),
        "at" => list("Fields of the fact: the first that exists is where the finding stands"),
        "message" => text("What is wrong, with fields of the fact in braces; no full stop"),
        "why" => text("What happens in production"),
        "fix" => text("How to mend it"),
        "default" => json!({
            "enum": ["off", false],
            "description": "An opinion: shown when selected; editors may read `off` as false",
        }),
        "preview" => flag("Shown, never fails"),
        "absence" => flag("About something missing from the repository"),
        "sensitive" => json!({
            "enum": ["security", "retention"],
            "description": "What it guards that matters less outside production",
        }),
        "languages" => list("Languages of source code it applies to"),
        "cause" => list("Rules that see the same fault: the first of them speaks"),
        _ => json!({
            "type": "array",
            "minItems": 2,
            "items": {"$ref": "#/definitions/example"},
            "description": "What the rule passes and what it flags; run by `obsproof test-rules`",
        }),
    }
}

/// `all`, `any`, `not`, or fields with their tests.
fn condition() -> Value {
    let many = json!({
        "type": "array",
        "minItems": 1,
        "items": {"$ref": "#/definitions/condition"},
    });
    json!({
        "type": "object",
        "minProperties": 1,
        "properties": {"all": many, "any": many, "not": {"$ref": "#/definitions/condition"}},
        "additionalProperties": {"$ref": "#/definitions/test"},
    })
}

fn test() -> Value {
    let scalar = json!({"type": ["string", "number", "boolean"]});
    let tests = ["equals", "matches", "contains", "at_least", "at_most", "more_than", "less_than"];
    let mut properties: serde_json::Map<String, Value> =
        tests.iter().map(|name| ((*name).to_owned(), scalar.clone())).collect();
    properties.insert("one_of".to_owned(), json!({"type": "array", "items": scalar}));
    json!({
        "oneOf": [
            {"const": "exists"},
            {
                "type": "object",
                "minProperties": 1,
                "maxProperties": 1,
                "additionalProperties": false,
                "properties": properties,
            },
        ],
    })
}
