//! `obsproof rules`.

use super::args::{Rules, RulesFormat};
use super::{Failure, print, ruleset};
use crate::catalogue::{self, model::Fixes};
use serde_json::json;
use std::path::Path;

/// Prints the catalogue.
pub(super) fn run(arguments: &Rules) -> Result<u8, Failure> {
    ruleset::of_folder(Path::new("."))?;
    let text = match arguments.format {
        RulesFormat::Table => table(),
        RulesFormat::Json => json_text(),
    };
    print(text.as_bytes())?;
    Ok(0)
}

fn table() -> String {
    let rules = catalogue::rules();
    let width = rules.iter().map(|rule| rule.name.len()).max().unwrap_or(0);
    let mut out = String::new();
    for rule in rules {
        let mut marks = Vec::new();
        if rule.default_off {
            marks.push("off");
        }
        if rule.absence {
            marks.push("absence");
        }
        if rule.preview {
            marks.push("preview");
        }
        match rule.fixes {
            Fixes::None => {}
            Fixes::Safe => marks.push("fix"),
            Fixes::Unsafe => marks.push("unsafe fix"),
        }
        let marks =
            if marks.is_empty() { String::new() } else { format!(" ({})", marks.join(", ")) };
        out.push_str(&format!(
            "{:<9} {:<width$}  {:<8} {:<10}  {}{marks}\n",
            rule.code,
            rule.name,
            rule.severity.name(),
            rule.class.name(),
            rule.title
        ));
    }
    out
}

fn json_text() -> String {
    let rows: Vec<_> = catalogue::rules()
        .iter()
        .map(|rule| {
            json!({
                "code": rule.code,
                "name": rule.name,
                "title": rule.title,
                "class": rule.class.name(),
                "severity": rule.severity.name(),
                "requirements": rule.requirements,
                "controls": rule.controls,
                "fix": rule.fixes.name(),
                "default": if rule.default_off { "off" } else { "on" },
                "preview": rule.preview,
                "absence": rule.absence,
            })
        })
        .collect();
    let document = json!({ "schema": "obsproof/rules/1", "rules": rows });
    format!("{document:#}\n")
}
