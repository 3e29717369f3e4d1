//! The JSON schema of the record, for those who read it with programs of their own.

use super::record::SCHEMA;
use serde_json::{Value, json};

/// The schema of `obsproof report --format json`: every key, and no other.
pub fn report_schema() -> Value {
    let mut schema = object(&[
        ("schema", json!({ "const": SCHEMA })),
        ("evidence", said(boolean(), "Whether an auditor may rest on it")),
        ("stamp", said(known(), "`NOT EVIDENCE` and why, as all formats bear it")),
        ("not_evidence", list(text())),
        ("tool", tool()),
        ("sources", list(source())),
        ("standard", standard()),
        ("scope", scope()),
        ("rendered", or_null(rendered())),
        (
            "run",
            said(object(&[("time", text())]), "The only time in it: two runs differ here alone"),
        ),
        ("tuning", tuning()),
        ("scopes", said(list(service()), "Services and environments that verdicts are given for")),
        ("summary", summary()),
        ("requirements", list(requirement())),
        ("controls", list(control())),
        ("chain", chain()),
        ("findings", list(finding())),
        ("waivers", list(waiver())),
        ("attestations", list(attestation())),
        ("files", list(file())),
    ]);
    schema["$schema"] = json!("http://json-schema.org/draft-07/schema#");
    schema["title"] = json!("obsproof report");
    optional(
        schema,
        &[
            ("comparison", said(comparison(), "With `--compare`: what changed since")),
            (
                "gate",
                said(list(judgement()), "With `--gate`: what is worse than recorded, or late"),
            ),
        ],
    )
}

/// An object that has all of these keys and no others.
fn object(fields: &[(&str, Value)]) -> Value {
    let required: Vec<&str> = fields.iter().map(|(key, _)| *key).collect();
    let empty = json!({
        "type": "object",
        "additionalProperties": false,
        "required": required,
        "properties": {},
    });
    optional(empty, fields)
}

/// The object with further keys that need not be there.
fn optional(mut object: Value, fields: &[(&str, Value)]) -> Value {
    if let Some(properties) = object["properties"].as_object_mut() {
        properties.extend(fields.iter().map(|(key, value)| ((*key).to_owned(), value.clone())));
    }
    object
}

fn said(mut schema: Value, description: &str) -> Value {
    schema["description"] = json!(description);
    schema
}

fn text() -> Value {
    json!({ "type": "string" })
}

fn number() -> Value {
    json!({ "type": "integer", "minimum": 0 })
}

fn boolean() -> Value {
    json!({ "type": "boolean" })
}

fn sha256() -> Value {
    json!({ "type": "string", "pattern": "^[0-9a-f]{64}$" })
}

fn list(items: Value) -> Value {
    json!({ "type": "array", "items": items })
}

fn word(words: &[&str]) -> Value {
    json!({ "enum": words })
}

fn or_null(schema: Value) -> Value {
    json!({ "anyOf": [schema, { "type": "null" }] })
}

/// A text, or nothing known.
fn known() -> Value {
    json!({ "type": ["string", "null"] })
}

fn counts() -> Value {
    json!({ "type": "object", "additionalProperties": number() })
}

fn verdict() -> Value {
    word(&[
        "met",
        "partly",
        "not-met",
        "not-applicable",
        "needs-attestation",
        "attested",
        "inherited",
        "unknown",
    ])
}

fn tool() -> Value {
    object(&[("name", text()), ("version", text()), ("ruleset", text())])
}

fn source() -> Value {
    let change = object(&[("path", text()), ("change", text())]);
    let submodule = object(&[("path", text()), ("commit", known()), ("checked_out", boolean())]);
    let row = object(&[
        ("root", said(known(), "Name of the folder")),
        ("commit", known()),
        ("dirty", said(json!({ "type": ["boolean", "null"] }), "Files differ from the commit")),
        ("url", said(known(), "Of the remote, without credentials")),
        ("git", word(&["read", "none", "unreadable"])),
    ]);
    optional(
        row,
        &[
            ("fault", text()),
            ("branch", known()),
            ("detached", boolean()),
            ("shallow", boolean()),
            ("tree", known()),
            ("object_format", text()),
            ("path", said(text(), "The folder below the top of the work tree")),
            ("changes", list(change)),
            ("submodules", list(submodule)),
            ("not_checked_out", list(text())),
        ],
    )
}

fn standard() -> Value {
    object(&[
        ("code", text()),
        ("version", text()),
        ("title", text()),
        ("sha256", sha256()),
        ("controls", object(&[("catalogue", text()), ("version", text())])),
    ])
}

fn excluded() -> Value {
    list(object(&[("path", text()), ("reason", known())]))
}

fn scope() -> Value {
    let skip = object(&[("reason", text()), ("files", number()), ("paths", list(text()))]);
    object(&[
        ("role", known()),
        ("role_reason", text()),
        ("environments", list(text())),
        ("only", said(list(text()), "Paths to which the run was limited; empty for all")),
        ("files_seen", number()),
        ("files_analysed", number()),
        ("files_partly", number()),
        ("files_skipped", number()),
        ("documents", number()),
        ("excluded", excluded()),
        ("skips", said(list(skip), "Files passed over by reason, with the first paths of each")),
        ("unreadable", list(object(&[("path", text()), ("reason", text())]))),
        ("failed_rules", list(object(&[("rule", text()), ("subjects", list(text()))]))),
    ])
}

/// A file with its hash, where it is known.
fn hashed() -> Value {
    list(object(&[("path", text()), ("sha256", or_null(sha256()))]))
}

fn rendered() -> Value {
    let values = ("values", said(hashed(), "Files of values that the command names"));
    let hash = ("command_sha256", or_null(sha256()));
    object(&[("command", known()), hash, ("outputs", hashed()), values])
}

fn tuning() -> Value {
    let profile = object(&[("path", text()), ("profile", text())]);
    let changed = object(&[
        ("code", text()),
        ("from", severity()),
        ("to", severity()),
        ("why", text()),
        ("findings", number()),
    ]);
    let allow = object(&[
        ("path", text()),
        ("line", number()),
        ("rules", list(text())),
        ("reason", known()),
        ("until", known()),
    ]);
    let declaration = object(&[
        ("states", text()),
        ("key", text()),
        ("owner", known()),
        ("reason", known()),
        ("approver", known()),
        ("expires", known()),
        ("provider", known()),
        ("retention", known()),
        ("line", number()),
        ("state", word(crate::config::DECLARATION_STATES)),
        ("lacks", list(text())),
    ]);
    object(&[
        ("files", hashed()),
        ("ignored", list(text())),
        ("selected", list(text())),
        ("classes", list(text())),
        ("fail_on", known()),
        ("excluded", excluded()),
        ("profiles", list(profile)),
        ("changed_severities", list(changed)),
        ("allows", list(allow)),
        ("declarations", list(declaration)),
    ])
}

fn service() -> Value {
    let row = object(&[
        ("service", known()),
        ("owner", known()),
        ("environment", known()),
        ("kind", known()),
    ]);
    let more = [
        ("path", text()),
        ("critical", boolean()),
        ("not_analysed", said(list(text()), "Languages of it that are not read")),
    ];
    optional(row, &more)
}

fn summary() -> Value {
    let both = |value: Value| object(&[("required", value.clone()), ("checklist", value)]);
    object(&[
        ("headline", both(text())),
        ("met_by_equivalent", both(number())),
        ("met_with_risk_accepted", both(number())),
        ("controls", counts()),
        ("required", counts()),
        ("checklist", counts()),
        ("not_applicable_by_declaration", both(number())),
    ])
}

fn place() -> [(&'static str, Value); 9] {
    [
        ("path", said(text(), "Relative to the root")),
        ("start", said(json!({ "type": ["integer", "null"], "minimum": 1 }), "First line")),
        ("end", said(json!({ "type": ["integer", "null"], "minimum": 1 }), "Last line")),
        ("sha256", said(or_null(sha256()), "Of the file as it stands on disk")),
        ("blob", said(known(), "Its name in git; null where it differs from the commit")),
        ("pointer", said(known(), "Its place in the document: a JSON pointer")),
        (
            "document",
            said(json!({ "type": ["integer", "null"] }), "Number of the document in its file"),
        ),
        ("snippet", said(known(), "Its lines, credentials covered")),
        ("snippet_sha256", said(or_null(sha256()), "Of all its lines, credentials covered")),
    ]
}

fn evidence() -> Value {
    let mut fields = place().to_vec();
    fields.push(("fact", text()));
    object(&fields)
}

fn requirement() -> Value {
    let in_scope =
        object(&[("service", known()), ("environment", known()), ("verdict", verdict())]);
    let in_scope = optional(in_scope, &[("critical", boolean()), ("reason", known())]);
    object(&[
        ("id", text()),
        ("title", text()),
        ("kind", word(&["required", "checklist"])),
        ("section", text()),
        ("line", said(number(), "In the text of the standard")),
        (
            "interpretation",
            said(boolean(), "Its clauses are a reading of a text that leaves them open"),
        ),
        ("verdict", verdict()),
        ("reason", text()),
        ("from_clauses", said(verdict(), "Before decisions of people")),
        ("not_applicable_by", known()),
        ("declarations", list(number())),
        ("risk_accepted", boolean()),
        ("waivers", list(text())),
        ("without_waivers", verdict()),
        ("attestations", list(number())),
        ("attestation", json!({ "enum": ["given", "needed", null] })),
        ("operational", known()),
        ("same_as", known()),
        ("partly_at_least", json!({ "type": ["integer", "null"] })),
        ("clauses", list(clause())),
        ("evidence", list(evidence())),
        ("findings", list(text())),
        ("controls_standard", list(text())),
        ("controls_mapped", list(text())),
        ("services", said(known(), "How the services stand, in words")),
        ("by_scope", list(in_scope)),
    ])
}

fn clause() -> Value {
    let equivalent =
        object(&[("text", text()), ("declaration", json!({ "type": ["integer", "null"] }))]);
    let accepted = object(&[("finding", text()), ("waiver", text())]);
    object(&[
        ("id", text()),
        ("text", text()),
        ("result", verdict()),
        ("at_best", verdict()),
        ("at_worst", verdict()),
        ("reason", text()),
        ("optional", boolean()),
        ("core", boolean()),
        ("method", word(&["EXAMINE", "TEST"])),
        ("equivalents", list(equivalent)),
        ("rules", list(object(&[("code", text()), ("examined", number())]))),
        ("evidence", list(evidence())),
        ("accepted", list(accepted)),
        ("attestation", json!({ "type": ["integer", "null"] })),
        ("findings", list(text())),
    ])
}

fn control() -> Value {
    let part =
        object(&[("text", text()), ("result", word(&["met", "partly", "not-met", "unknown"]))]);
    object(&[
        ("id", text()),
        ("label", text()),
        ("title", known()),
        ("claimed_by", list(evidence())),
        ("evidence", said(list(text()), "Requirements that are evidence of it")),
        ("contradicted_by", said(list(text()), "Findings")),
        ("parts", list(part)),
        ("attest", known()),
        ("verdict", text()),
    ])
}

fn chain() -> Value {
    let state = || word(&["whole", "unknown", "broken"]);
    let node = object(&[
        ("id", text()),
        ("layer", text()),
        ("kind", text()),
        ("name", text()),
        ("note", text()),
        ("path", known()),
        ("line", json!({ "type": ["integer", "null"] })),
        ("gap", or_null(object(&[("state", state()), ("why", text())]))),
        ("findings", list(text())),
    ]);
    let link = object(&[("from", text()), ("to", text()), ("state", state()), ("why", text())]);
    object(&[
        ("layers", list(text())),
        (
            "links_and_gaps",
            object(&[("whole", number()), ("unknown", number()), ("broken", number())]),
        ),
        ("nodes", list(node)),
        ("links", list(link)),
    ])
}

fn severity() -> Value {
    word(&["error", "warning", "info"])
}

fn finding() -> Value {
    let mut fields = vec![
        ("fingerprint", text()),
        ("code", text()),
        ("name", text()),
        ("class", word(&["validity", "semantic", "compliance"])),
        ("severity", severity()),
        ("status", word(&["open", "allowed", "waived", "baselined", "vendored", "generated"])),
        ("reason", known()),
        ("waiver", known()),
        ("message", text()),
    ];
    fields.extend(place());
    fields.extend([
        ("service", known()),
        ("owner", known()),
        ("environment", known()),
        ("requirements", list(text())),
        ("controls", list(text())),
    ]);
    object(&fields)
}

fn waiver() -> Value {
    let scope = json!({ "type": "object", "additionalProperties": list(text()) });
    let fields = [
        "id",
        "rule",
        "requirement",
        "reason",
        "owner",
        "approver",
        "created",
        "expires",
        "ticket",
    ];
    let mut fields: Vec<(&str, Value)> = fields.map(|key| (key, known())).to_vec();
    fields.extend(decided());
    fields.extend([("scope", scope), ("findings", list(text())), ("requirements", list(text()))]);
    object(&fields)
}

/// What rows of waivers and of attestations have alike.
fn decided() -> [(&'static str, Value); 5] {
    [
        ("state", text()),
        ("lacks", list(text())),
        ("ends_soon", boolean()),
        ("path", known()),
        ("line", number()),
    ]
}

fn attestation() -> Value {
    let link = object(&[("target", text()), ("sha256", known()), ("state", text())]);
    let fields = ["requirement", "clause", "statement", "who", "role", "date", "valid_until"];
    let fields = fields.map(|key| (key, known())).into_iter().chain(decided());
    object(&fields.chain([("links", list(link))]).collect::<Vec<_>>())
}

fn file() -> Value {
    object(&[
        ("path", text()),
        ("status", word(&["checked", "partly", "skipped"])),
        ("reason", known()),
        ("sha256", or_null(sha256())),
        ("blob", known()),
        ("documents", list(object(&[("kind", text()), ("line", number())]))),
    ])
}

fn comparison() -> Value {
    let findings = object(&["new", "fixed", "reopened"].map(|key| (key, list(text()))));
    let row = object(&[
        ("id", text()),
        ("title", known()),
        ("change", word(&["better", "worse", "new", "reopened", "same", "gone"])),
        ("from", known()),
        ("to", known()),
        ("cause", word(&["tool", "repository"])),
    ]);
    let row = optional(row, &[("findings", findings.clone())]);
    let with = object(&[
        ("sources", json!({ "type": ["array", "null"] })),
        ("tool", json!({ "type": ["object", "null"] })),
        ("time", known()),
        ("evidence", json!({ "type": ["boolean", "null"] })),
    ]);
    object(&[
        ("with", said(with, "The older record")),
        ("same_tool", boolean()),
        ("summary", object(&["requirements", "controls", "findings"].map(|key| (key, counts())))),
        ("requirements", list(row.clone())),
        ("controls", list(row)),
        ("findings", findings),
    ])
}

fn judgement() -> Value {
    object(&[
        ("requirement", text()),
        ("state", word(&["worse", "missed", "due", "reached"])),
        ("message", text()),
    ])
}
