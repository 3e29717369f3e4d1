//! OSCAL assessment results: a clause is an observation, a control a finding, a waiver a risk, an
//! attestation an attestation.
//!
//! A finding is `satisfied` only where all evidence that files can show is there and nobody has to
//! add a word; a control is never called implemented by it.

use super::{
    CATALOGUE, Resources, controls, evidence, line, object, prop, put, requirements, uuid,
};
use crate::audit::{list, text, words};
use crate::report::record::Record;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The document.
pub fn text_of(record: &Record) -> String {
    let value = record.value();
    let mut resources = Resources::default();
    let mut result = object(json!({
        "uuid": uuid(&["result", &super::document_uuid("result", record)]),
        "title": "Static examination of the repository",
        "description": "What the files of the repository show of each requirement; nothing that runs was examined.",
        "start": value["run"]["time"],
        "end": value["run"]["time"],
    }));
    put(&mut result, "props", headline(value));
    result.insert("local-definitions".to_owned(), assets(value));
    result.insert("reviewed-controls".to_owned(), reviewed(value));
    put(&mut result, "attestations", attestations(value));
    put(&mut result, "observations", observations(value, &mut resources));
    put(&mut result, "risks", risks(value));
    put(&mut result, "findings", findings(value));
    if let Some(stamp) = record.stamp() {
        result.insert("remarks".to_owned(), stamp.into());
    }
    let plan = plan(value);
    let mut all = vec![plan.clone()];
    all.extend(resources.values());
    let document = json!({ "assessment-results": {
        "uuid": super::document_uuid("assessment-results", record),
        "metadata": super::metadata(record, "Observability compliance"),
        "import-ap": { "href": format!("#{}", text(&plan, "uuid")) },
        "results": [result],
        "back-matter": { "resources": all },
    }});
    format!("{document:#}\n")
}

/// What was examined by what: the standard and the rules, in place of an assessment plan.
fn plan(record: &Value) -> Value {
    let (tool, standard) = (&record["tool"], &record["standard"]);
    let (code, version) = (text(standard, "code"), text(standard, "version"));
    let file = format!("{}-{version}.yaml", code.to_ascii_lowercase());
    json!({
        "uuid": uuid(&["plan", text(tool, "ruleset")]),
        "title": format!("{code} {version} by obsproof {}", text(tool, "version")),
        "description": format!(
            "{}: every clause of every requirement, with the rules {}",
            line(text(standard, "title")), text(tool, "ruleset"),
        ),
        "rlinks": [{
            "href": file,
            "hashes": [{ "algorithm": "SHA-256", "value": text(standard, "sha256") }],
        }],
    })
}

fn headline(record: &Value) -> Vec<Value> {
    let lines = &record["summary"]["headline"];
    let props = [
        prop("required", text(lines, "required")),
        prop("checklist", text(lines, "checklist")),
        prop("role", text(&record["scope"], "role")),
        prop("environments", &words(&record["scope"], "environments").join(", ")),
    ];
    props.into_iter().flatten().collect()
}

fn tool(record: &Value) -> String {
    uuid(&["tool", text(&record["tool"], "ruleset")])
}

fn system() -> String {
    uuid(&["system"])
}

/// The repository, and the tool that looked at it.
fn assets(record: &Value) -> Value {
    let (tool_id, version) = (tool(record), text(&record["tool"], "version"));
    let root = record["sources"][0]["root"].as_str().unwrap_or("repository");
    json!({
        "components": [{
            "uuid": system(),
            "type": "this-system",
            "title": line(root),
            "description": "The system whose repository was examined.",
            "status": { "state": "operational" },
        }],
        "assessment-assets": {
            "components": [{
                "uuid": tool_id,
                "type": "software",
                "title": "obsproof",
                "description": "A static checker of observability.",
                "props": [prop("version", version)],
                "status": { "state": "operational" },
            }],
            "assessment-platforms": [{
                "uuid": uuid(&["platform"]),
                "title": "obsproof on the files of the repository",
                "uses-components": [{ "component-uuid": tool_id }],
            }],
        },
    })
}

fn reviewed(record: &Value) -> Value {
    let ids: Vec<Value> = controls(record).map(|it| json!({ "control-id": it["id"] })).collect();
    let mut selection = object(json!({
        "description": format!(
            "Controls of {CATALOGUE} that the standard, this project's mapping or an annotation names"
        ),
    }));
    put(&mut selection, "include-controls", ids);
    json!({
        "description": format!("Of {CATALOGUE}, what files can show"),
        "control-selections": [selection],
    })
}

fn observation_uuid(requirement: &Value, clause: &Value) -> String {
    uuid(&["observation", text(requirement, "id"), text(clause, "id")])
}

fn observations(record: &Value, resources: &mut Resources) -> Vec<Value> {
    let origin = json!([{ "actors": [{ "type": "tool", "actor-uuid": tool(record) }] }]);
    let mut rows = Vec::new();
    for requirement in requirements(record) {
        for clause in list(requirement, "clauses") {
            let (of, name) = (text(requirement, "id"), text(clause, "id"));
            let props = [
                prop("requirement", of),
                prop("clause", name),
                prop("result", text(clause, "result")),
                prop("reason", text(clause, "reason")),
                prop("optional", if clause["optional"] == true { "yes" } else { "" }),
                prop("rules", &rules(clause)),
                prop("findings", &list(clause, "findings").len().to_string()),
            ];
            let mut row = object(json!({
                "uuid": observation_uuid(requirement, clause),
                "title": line(&format!("{of} {}", text(requirement, "title"))),
                "description": line(&format!("{}: {}", text(clause, "text"), text(clause, "result"))),
                "props": props.into_iter().flatten().collect::<Vec<_>>(),
                "methods": [text(clause, "method")],
                "types": ["control-objective"],
                "origins": origin,
                "subjects": [{ "subject-uuid": system(), "type": "component" }],
            }));
            let pieces = list(clause, "evidence").iter().map(|piece| evidence(resources, piece));
            put(&mut row, "relevant-evidence", pieces.collect());
            row.insert("collected".to_owned(), record["run"]["time"].clone());
            rows.push(Value::Object(row));
        }
    }
    rows.extend(interviews(record, &origin));
    rows
}

/// Rules that examined a clause, each with the number of subjects it looked at.
fn rules(clause: &Value) -> String {
    let rows = list(clause, "rules").iter();
    rows.map(|it| format!("{} x{}", text(it, "code"), it["examined"])).collect::<Vec<_>>().join(" ")
}

fn statements(record: &Value) -> impl Iterator<Item = (String, &Value)> {
    let counting = list(record, "attestations").iter().filter(|it| text(it, "state") == "counts");
    counting.map(|it| {
        let about =
            [text(it, "requirement"), text(it, "clause"), text(it, "who"), text(it, "date")];
        (uuid(&["attestation", &about.join("\n"), text(it, "statement")]), it)
    })
}

/// What a person answered, as an observation that ends.
fn interviews(record: &Value, origin: &Value) -> Vec<Value> {
    let rows = statements(record).map(|(id, it)| {
        json!({
            "uuid": id,
            "title": line(&format!("{} by {}", text(it, "requirement"), text(it, "who"))),
            "description": line(text(it, "statement")),
            "props": [prop("requirement", text(it, "requirement")), prop("role", text(it, "role"))],
            "methods": ["INTERVIEW"],
            "types": ["control-objective"],
            "origins": origin,
            "collected": format!("{}T00:00:00Z", text(it, "date")),
            "expires": format!("{}T23:59:59Z", text(it, "valid_until")),
        })
    });
    rows.collect()
}

fn attestations(record: &Value) -> Vec<Value> {
    let rows = statements(record).map(|(_, it)| {
        json!({ "parts": [{
            "name": "statement",
            "title": line(&format!(
                "{}, {} ({}), {}", text(it, "requirement"), text(it, "who"), text(it, "role"), text(it, "date"),
            )),
            "prose": text(it, "statement"),
        }]})
    });
    rows.collect()
}

fn risk_uuid(waiver: &Value) -> String {
    uuid(&["risk", text(waiver, "id"), &waiver["line"].to_string()])
}

/// Waivers: an approved one is a deviation, any other leaves the risk open.
fn risks(record: &Value) -> Vec<Value> {
    let rows = list(record, "waivers").iter().map(|waiver| {
        let of = match text(waiver, "rule") {
            "" => text(waiver, "requirement"),
            rule => rule,
        };
        let status = match text(waiver, "state") {
            "active" | "unused" => "deviation-approved",
            "unapproved" | "not-yet" => "deviation-requested",
            _ => "open",
        };
        let props = [
            prop("waiver", text(waiver, "id")),
            prop("accepts", of),
            prop("state", text(waiver, "state")),
            prop("owner", text(waiver, "owner")),
            prop("approver", text(waiver, "approver")),
            prop("created", text(waiver, "created")),
            prop("ticket", text(waiver, "ticket")),
            prop("findings", &list(waiver, "findings").len().to_string()),
        ];
        let mut row = object(json!({
            "uuid": risk_uuid(waiver),
            "title": line(&format!("{} {of}", text(waiver, "id"))),
            "description": line(&format!("{of} is accepted: {}", text(waiver, "reason"))),
            "statement": line(text(waiver, "reason")),
            "props": props.into_iter().flatten().collect::<Vec<_>>(),
            "status": status,
        }));
        let last = text(waiver, "expires");
        if !last.is_empty() {
            row.insert("deadline".to_owned(), format!("{last}T23:59:59Z").into());
        }
        Value::Object(row)
    });
    rows.collect()
}

/// What can be said of a control: state, reason, remark. None where nothing was found to say.
fn target(control: &Value) -> Option<(&'static str, &'static str, String)> {
    let attest = text(control, "attest");
    let person = || format!("A person has to add: {attest}.");
    Some(match (text(control, "verdict"), attest) {
        ("contradicted", _) => {
            ("not-satisfied", "fail", "Claimed, and open findings stand against it.".to_owned())
        }
        ("claimed", _) => {
            ("not-satisfied", "fail", "Claimed, and nothing behind the claim was found.".to_owned())
        }
        ("partly-evidenced", _) => {
            ("not-satisfied", "other", "A part of the evidence is there.".to_owned())
        }
        ("evidenced", "") => (
            "satisfied",
            "pass",
            "All evidence that files can show is there; this is no determination of the control."
                .to_owned(),
        ),
        ("evidenced", _) => ("not-satisfied", "other", person()),
        _ => return None,
    })
}

fn findings(record: &Value) -> Vec<Value> {
    let mut serving: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for requirement in requirements(record) {
        let mapped = words(requirement, "controls_mapped");
        for id in words(requirement, "controls_standard").into_iter().chain(mapped) {
            serving.entry(id).or_default().push(requirement);
        }
    }
    let mut rows = Vec::new();
    for control in controls(record) {
        let id = text(control, "id");
        let Some((state, reason, remark)) = target(control) else { continue };
        let of = serving.get(id).map_or(&[][..], Vec::as_slice);
        let named = |key: &str| -> Vec<&Value> {
            let waivers = list(record, key).iter();
            waivers
                .filter(|it| {
                    let wanted = words(it, "requirements");
                    of.iter().any(|requirement| wanted.contains(&text(requirement, "id")))
                })
                .collect()
        };
        let observed = of.iter().flat_map(|requirement| {
            list(requirement, "clauses")
                .iter()
                .map(|clause| json!({ "observation-uuid": observation_uuid(requirement, clause) }))
        });
        let props = [
            prop("state", text(control, "verdict")),
            prop("claims", &list(control, "claimed_by").len().to_string()),
            prop("findings-against", &list(control, "contradicted_by").len().to_string()),
        ];
        let label = text(control, "label");
        let mut row = object(json!({
            "uuid": uuid(&["finding", id]),
            "title": line(&format!("{label} {}", text(control, "title"))),
            "description": line(&format!("{label}: {}. {remark}", text(control, "verdict"))),
            "props": props.into_iter().flatten().collect::<Vec<_>>(),
            "target": {
                "type": "statement-id",
                "target-id": format!("{id}_smt"),
                "status": { "state": state, "reason": reason, "remarks": remark },
            },
        }));
        put(&mut row, "related-observations", observed.collect());
        let risks = named("waivers").into_iter().map(|it| json!({ "risk-uuid": risk_uuid(it) }));
        put(&mut row, "related-risks", risks.collect());
        rows.push(Value::Object(row));
    }
    rows
}
