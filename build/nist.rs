//! The control catalogue to a static table, sorted by id.

use crate::fail;
use serde_json::Value;
use std::fmt::Write;
use std::path::Path;

/// Rust text that defines `VERSION` and `CONTROLS`.
pub fn generate(path: &Path) -> String {
    let text = std::fs::read_to_string(path)
        .unwrap_or_else(|error| fail(&format!("cannot read {}: {error}", path.display())));
    let data: Value = serde_json::from_str(&text)
        .unwrap_or_else(|error| fail(&format!("{}: {error}", path.display())));
    let Some(controls) = data["controls"].as_array() else {
        fail(&format!("{}: no list of controls", path.display()));
    };
    let mut rows: Vec<(&str, String)> = controls.iter().map(|row| control(row, path)).collect();
    rows.sort();
    let mut out = String::new();
    let version = data["version"].as_str().unwrap_or_default();
    let _ = writeln!(out, "/// Version of the catalogue of controls.");
    let _ = writeln!(out, "pub const VERSION: &str = {version:?};");
    let _ = writeln!(out, "static CONTROLS: &[Control] = &[");
    for (_, row) in rows {
        let _ = writeln!(out, "{row},");
    }
    out.push_str("];\n");
    out
}

fn control<'a>(row: &'a Value, path: &Path) -> (&'a str, String) {
    let text = |key: &str| match row[key].as_str() {
        Some(text) => text,
        None => fail(&format!("{}: {row} has no `{key}`", path.display())),
    };
    let list = |key: &str| -> Option<Vec<&str>> {
        row[key].as_array().map(|items| items.iter().filter_map(Value::as_str).collect())
    };
    let optional = |key: &str| match list(key) {
        Some(items) => format!("Some(&{items:?})"),
        None => "None".to_owned(),
    };
    let literal = format!(
        "Control {{ id: {:?}, label: {:?}, title: {:?}, title_r4: {:?}, withdrawn: {}, \
         baselines: &{:?}, items: {} }}",
        text("id"),
        text("label"),
        text("title"),
        row["title_r4"].as_str(),
        optional("withdrawn"),
        list("baselines").unwrap_or_default(),
        optional("items"),
    );
    (text("id"), literal)
}
