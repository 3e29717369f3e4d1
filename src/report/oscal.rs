//! The record in OSCAL 1.2.1: what all documents of it share.
//!
//! Every identifier is a UUIDv5 of what it names, so the same record gives the same bytes.

pub mod component;
pub mod results;

use super::record::Record;
use crate::audit::{list, text};
use crate::discover::sha256;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;

const VERSION: &str = "1.2.1";

/// The namespace of this project's properties.
const NAMESPACE: &str = "urn:obsproof:oscal:1";

/// The catalogue that control ids are of.
const CATALOGUE: &str = "NIST SP 800-53 Rev. 5";

/// The identifier of what these words name.
fn uuid(parts: &[&str]) -> String {
    let space = Uuid::new_v5(&Uuid::NAMESPACE_URL, NAMESPACE.as_bytes());
    Uuid::new_v5(&space, parts.join("\n").as_bytes()).to_string()
}

/// The identifier of a document: another record, another document.
fn document_uuid(kind: &str, record: &Record) -> String {
    let mut content = record.value().clone();
    if let Some(fields) = content.as_object_mut() {
        fields.shift_remove("run");
    }
    uuid(&[kind, &sha256(content.to_string().as_bytes())])
}

/// Text on one line, never empty.
fn line(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() { "not stated".to_owned() } else { text }
}

/// A property of this project; none where there is nothing to say.
fn prop(name: &str, value: &str) -> Option<Value> {
    let value = value.trim();
    (!value.is_empty()).then(|| json!({ "name": name, "ns": NAMESPACE, "value": line(value) }))
}

/// A list under a key, left out where it is empty: OSCAL has no empty lists.
fn put(map: &mut Map<String, Value>, key: &str, values: Vec<Value>) {
    if !values.is_empty() {
        map.insert(key.to_owned(), Value::Array(values));
    }
}

/// An object of these fields.
fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

fn metadata(record: &Record, title: &str) -> Value {
    let value = record.value();
    let standard = &value["standard"];
    let source = &value["sources"][0];
    let stamp = record.stamp();
    let mark = if stamp.is_some() { " (NOT EVIDENCE)" } else { "" };
    let root = source["root"].as_str().unwrap_or("repository");
    let props = [
        prop("standard", &format!("{} {}", text(standard, "code"), text(standard, "version"))),
        prop("standard-sha256", text(standard, "sha256")),
        prop("tool-version", text(&value["tool"], "version")),
        prop("ruleset", text(&value["tool"], "ruleset")),
        prop("commit", text(source, "commit")),
        prop("repository", text(source, "url")),
        prop("not-evidence", stamp.as_deref().unwrap_or_default()),
    ];
    let mut metadata = object(json!({
        "title": line(&format!("{title} of {root}{mark}")),
        "last-modified": value["run"]["time"],
        "version": source["commit"].as_str().unwrap_or(text(&value["tool"], "ruleset")),
        "oscal-version": VERSION,
    }));
    put(&mut metadata, "props", props.into_iter().flatten().collect());
    if let Some(stamp) = stamp {
        metadata.insert("remarks".to_owned(), stamp.into());
    }
    Value::Object(metadata)
}

/// A path as a relative reference: what is not plain is percent-encoded.
fn href(path: &str) -> String {
    let mut out = String::new();
    for (number, byte) in path.bytes().enumerate() {
        let plain =
            byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_' | b'.' | b'~');
        if plain && !(number == 0 && byte == b'/') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// The files that evidence stands in: one resource each.
#[derive(Default)]
struct Resources {
    by_path: BTreeMap<String, Value>,
}

impl Resources {
    /// The reference to a file's resource.
    fn file(&mut self, path: &str, hash: &str) -> String {
        let id = uuid(&["file", path, hash]);
        let mut link = object(json!({ "href": href(path) }));
        if !hash.is_empty() {
            let hashes = vec![json!({ "algorithm": "SHA-256", "value": hash })];
            put(&mut link, "hashes", hashes);
        }
        let resource = json!({ "uuid": id, "title": line(path), "rlinks": [link] });
        self.by_path.entry(path.to_owned()).or_insert(resource);
        format!("#{id}")
    }

    fn values(self) -> Vec<Value> {
        self.by_path.into_values().collect()
    }
}

/// A piece of evidence of the record, as `relevant-evidence` or a link with properties.
fn evidence(resources: &mut Resources, piece: &Value) -> Value {
    let (path, start, end) = (text(piece, "path"), &piece["start"], &piece["end"]);
    let props = [
        prop("start-line", &start.to_string()),
        prop("end-line", &end.to_string()),
        prop("snippet-sha256", text(piece, "snippet_sha256")),
        prop("pointer", text(piece, "pointer")),
        prop("git-blob", text(piece, "blob")),
    ];
    let mut row = object(json!({
        "description": line(text(piece, "fact")),
        "href": resources.file(path, text(piece, "sha256")),
    }));
    put(&mut row, "props", props.into_iter().flatten().collect());
    let place = format!("{}#L{start}-L{end}", href(path));
    put(&mut row, "links", vec![json!({ "href": place, "rel": "evidence" })]);
    Value::Object(row)
}

/// The requirements with clauses of their own: those that repeat another's are left out.
fn requirements(record: &Value) -> impl Iterator<Item = &Value> {
    list(record, "requirements").iter().filter(|it| it["same_as"].is_null())
}

/// The controls that the catalogue has.
fn controls(record: &Value) -> impl Iterator<Item = &Value> {
    list(record, "controls").iter().filter(|it| crate::nist::control(text(it, "id")).is_some())
}
