//! `obsproof config`: what holds for a path, and where it comes from.

use super::args::{Config, ConfigFormat, Scan};
use super::{Failure, load, print, settings};
use crate::config::{Settings, Shown};
use serde_json::{Value, json};
use std::fmt::Write;
use std::path::PathBuf;

/// Prints every key with its value and its origin.
pub(super) fn run(arguments: &Config) -> Result<u8, Failure> {
    let scan = Scan { config: arguments.config.clone(), ..Scan::of(PathBuf::from(".")) };
    let path = load::real(&arguments.path)?;
    let here = load::place(&scan.paths)?.root;
    // A path elsewhere is asked for itself.
    let root = if path.starts_with(&here) {
        here
    } else {
        load::place(std::slice::from_ref(&arguments.path))?.root
    };
    let today = load::today(&scan)?;
    let all = settings::settings(&scan, &root, &today)?;
    let all = settings::around(all, &root, &path, &today)?;
    let below = path.strip_prefix(&root).map(|path| path.to_string_lossy().replace('\\', "/"));
    let below = below.unwrap_or_default();
    // A folder's own file holds for the folder itself too.
    let holds = all.at(&format!("{below}/"));
    let text = match arguments.format {
        ConfigFormat::Table => table(holds),
        ConfigFormat::Json => json_text(&below, holds),
    };
    print(text.as_bytes())?;
    Ok(0)
}

fn table(settings: &Settings) -> String {
    let rows: Vec<(Shown<'_>, String)> = settings
        .shown()
        .map(|shown| {
            let value = brief(&shown.value);
            (shown, value)
        })
        .collect();
    let name = rows.iter().map(|(shown, _)| shown.key.name.len()).max().unwrap_or(0);
    let width = rows.iter().map(|(_, value)| value.chars().count()).max().unwrap_or(0).min(48);
    let mut out = String::new();
    for (shown, value) in &rows {
        let locked = shown.locked.map_or(String::new(), |by| format!("  locked by {by}"));
        let from = origins(shown);
        let _ = writeln!(out, "{:<name$}  {value:<width$}  {from}{locked}", shown.key.name);
    }
    out
}

/// A value on one line; long lists are cut with their count.
fn brief(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(items) if items.is_empty() => "-".to_owned(),
        Value::Object(entries) if entries.is_empty() => "-".to_owned(),
        Value::Array(items) => {
            let words: Vec<String> = items
                .iter()
                .map(|item| match item {
                    Value::Object(service) => brief(&service["name"]),
                    other => brief(other),
                })
                .collect();
            cut(&words)
        }
        Value::Object(entries) => {
            let words: Vec<String> =
                entries.iter().map(|(key, value)| format!("{key}: {}", brief(value))).collect();
            cut(&words)
        }
        other => other.to_string(),
    }
}

fn cut(words: &[String]) -> String {
    let mut out = String::new();
    for (number, word) in words.iter().enumerate() {
        if number > 0 && out.chars().count() + word.chars().count() > 40 {
            let _ = write!(out, " … ({} in all)", words.len());
            return out;
        }
        if number > 0 {
            out.push_str(", ");
        }
        out.push_str(word);
    }
    out
}

fn origins(shown: &Shown<'_>) -> String {
    if shown.from.is_empty() {
        return "default".to_owned();
    }
    let place = |origin: &&crate::config::Origin| {
        let note = if origin.taken { "" } else { " (holds only for a run on that folder)" };
        format!("{}:{}{note}", origin.file, origin.line)
    };
    let places: Vec<String> = shown.from.iter().rev().map(place).collect();
    places.join(", over ")
}

fn json_text(path: &str, settings: &Settings) -> String {
    let rows: Vec<Value> = settings
        .shown()
        .map(|shown| {
            let from = shown.from.iter().rev().map(
                |origin| json!({ "file": origin.file, "line": origin.line, "taken": origin.taken }),
            );
            json!({
                "key": shown.key.name,
                "value": shown.value,
                "from": from.collect::<Vec<_>>(),
                "locked_by": shown.locked,
            })
        })
        .collect();
    let path = if path.is_empty() { "." } else { path };
    format!("{:#}\n", json!({ "schema": "obsproof/config/1", "path": path, "keys": rows }))
}
