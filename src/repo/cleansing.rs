//! Attributes that a collector takes away, hashes or masks before they are stored.

use super::Repo;
use crate::facts::collector::{Component, Section};
use crate::facts::flat::Setting;

/// Words of statements that take a value away.
const STATEMENTS: &[&str] = &[
    "delete_key",
    "delete_matching_keys",
    "SHA256",
    "Hash",
    "FNV",
    "SHA1",
    "MD5",
    "replace_pattern",
    "keep_keys",
];

impl Repo {
    /// Whether a collector here removes this very attribute from spans, or its value.
    pub fn is_removed_by_collector(&self, key: &str) -> bool {
        let processors = self.facts.components.iter();
        let mut processors = processors.filter(|one| one.section == Section::Processors);
        processors.any(|component| match component.kind() {
            "attributes" => removes(component, key),
            "transform" => {
                let quoted = format!("\"{key}\"");
                texts(component).any(|text| {
                    text.contains(&quoted) && STATEMENTS.iter().any(|word| text.contains(word))
                })
            }
            "redaction" => texts(component).any(|text| text == key),
            _ => false,
        })
    }
}

fn text(setting: &Setting) -> Option<&str> {
    setting.scalar().map(|scalar| scalar.text.as_str())
}

fn texts(component: &Component) -> impl Iterator<Item = &str> {
    component.settings.entries.iter().filter_map(text)
}

/// `actions: [{ key: user.email, action: delete }]`
fn removes(component: &Component, key: &str) -> bool {
    let entries = &component.settings.entries;
    let named = entries
        .iter()
        .filter(|setting| setting.path.ends_with(".key") && text(setting) == Some(key));
    named.filter_map(|setting| setting.path.strip_suffix(".key")).any(|action| {
        let does = |setting: &&Setting| setting.path == format!("{action}.action");
        let does = entries.iter().find(does).and_then(text);
        matches!(does, Some("delete" | "hash"))
    })
}
