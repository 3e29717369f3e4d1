//! What a relabelling step must look like, by its action.

use super::checks::{known_text, text};
use super::fields::Fields;
use super::prometheus::{bad, blank, conflict, is_legacy_label, scheme};
use super::walk::Walker;
use crate::parse::tree::NodeRef;

pub(super) fn refuse(walker: &mut Walker<'_>, fields: &Fields<'_>) {
    blank(walker, fields, "action", true);
    let Some(action) = text(fields, "action").map(str::to_ascii_lowercase) else { return };
    let legacy = scheme(walker, job_scheme(walker)) == Some("legacy");
    let target = fields.get("target_label").and_then(known_text).filter(|text| !text.is_empty());
    let replacement = default_text(fields, "replacement", "$1");
    match action.as_str() {
        "replace" | "" => {
            if let Some(target) = target.filter(|_| legacy) {
                let fits = match target.contains('$') {
                    true => is_legacy_template(target),
                    false => is_legacy_label(target),
                };
                if !fits {
                    let message = format!("`{target}` is no label name under the legacy scheme");
                    bad(walker, fields, "target_label", message);
                }
            }
        }
        "lowercase" | "uppercase" | "keepequal" | "dropequal" | "hashmod" => {
            if let Some(target) = target.filter(|target| legacy && !is_legacy_label(target)) {
                let message = format!("`{target}` is no label name under the legacy scheme");
                bad(walker, fields, "target_label", message);
            }
        }
        "labelmap" => {
            let fits = replacement.is_none_or(|text| match legacy {
                true => is_legacy_template(text),
                false => !text.is_empty(),
            });
            if !fits {
                bad(walker, fields, "replacement", "is no label name for labelmap".to_owned());
            }
        }
        _ => {}
    }
    for name in refused_beside(&action) {
        if differs(fields, name) {
            let message = format!("must not be set with action {action}");
            conflict(walker, fields, name, message);
        }
    }
}

/// Fields that must not be set beside an action.
pub(super) fn refused_beside(action: &str) -> &'static [&'static str] {
    match action {
        "lowercase" | "uppercase" => &["replacement"],
        "keepequal" | "dropequal" => &["regex", "modulus", "separator", "replacement"],
        "labeldrop" | "labelkeep" => {
            &["source_labels", "target_label", "modulus", "separator", "replacement"]
        }
        _ => &[],
    }
}

/// Whether a field has another value than its default.
fn differs(fields: &Fields<'_>, name: &str) -> bool {
    let Some(value) = fields.get(name).filter(|value| !value.is_unknown()) else { return false };
    match name {
        "source_labels" => value.is_sequence(),
        "regex" => !value.is_null() && known_text(value).is_some(),
        "modulus" => known_text(value).is_some_and(|text| !matches!(text, "" | "0")),
        "separator" => known_text(value).is_some_and(|text| text != ";"),
        "replacement" => known_text(value).is_some_and(|text| text != "$1"),
        _ => known_text(value).is_some_and(|text| !text.is_empty()),
    }
}

fn default_text<'t>(fields: &Fields<'t>, name: &str, default: &'t str) -> Option<&'t str> {
    match fields.get(name) {
        Some(value) => known_text(value),
        None if fields.open => None,
        None => Some(default),
    }
}

/// `metric_name_validation_scheme` of the scrape job whose step is being read.
fn job_scheme<'t>(walker: &Walker<'t>) -> Option<&'t str> {
    let Some(index) = walker.path.strip_prefix("scrape_configs[") else { return Some("") };
    let index: usize = index.split(']').next()?.parse().ok()?;
    let job = walker.root.get("scrape_configs")?.items().nth(index)?;
    job.get("metric_name_validation_scheme")
        .map_or(Some(""), |value: NodeRef<'_>| known_text(value))
}

/// `^(?:(?:[a-zA-Z_]|\$(?:\{\w+\}|\w+))+\w*)+$`
fn is_legacy_template(text: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let (mut rest, mut begun) = (text, false);
    if rest.is_empty() {
        return false;
    }
    while let Some(c) = rest.chars().next() {
        if c == '$' {
            let after = &rest[1..];
            let (name, next) = match after.strip_prefix('{') {
                Some(inner) => match inner.split_once('}') {
                    Some((name, next)) => (name, next),
                    None => return false,
                },
                None => after.split_at(after.find(|c| !word(c)).unwrap_or(after.len())),
            };
            if name.is_empty() || !name.chars().all(word) {
                return false;
            }
            (rest, begun) = (next, true);
        } else if c.is_ascii_alphabetic() || c == '_' || (begun && c.is_ascii_digit()) {
            (rest, begun) = (&rest[1..], true);
        } else {
            return false;
        }
    }
    true
}
