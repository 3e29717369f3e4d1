//! Values that a logger masks before they are written, or a collector takes away, hashes or masks before
//! they are stored.

use super::Repo;
use crate::facts::DocumentId;
use crate::facts::code::loggers::Setup;
use crate::facts::code::logs::LogCall;
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

/// What the loggers of a program do with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Masked {
    /// Nothing that is known.
    Not,
    /// It may be masked: which keys are is not known.
    Maybe,
    /// It is.
    Always,
}

impl Repo {
    /// Whether a file is of the same program as a record.
    fn shares(&self, call: &LogCall, document: DocumentId) -> bool {
        let own = self.services_with(call.document);
        let others = self.services_with(document);
        document == call.document || own.iter().any(|it| others.contains(it))
    }

    /// Whether something of the program looks for secrets in the text of its records.
    pub fn masks_texts(&self, call: &LogCall) -> bool {
        let mut setups = self.facts.logger_setups.iter();
        setups.any(|it| matches!(it.setup, Setup::Masks) && self.shares(call, it.document))
    }

    /// Whether a logger of the program masks the value of a record's key.
    pub fn is_masked(&self, call: &LogCall, key: &str) -> Masked {
        let shares = |document| self.shares(call, document);
        let masked = self.facts.logger_setups.iter().filter_map(|it| match &it.setup {
            Setup::Redacts { keys } if shares(it.document) => Some(keys),
            _ => None,
        });
        let of = |keys: &Vec<String>| {
            let nested = |path: &String| {
                path.rsplit('.').next().is_some_and(|last| last == key) && path.as_str() != key
            };
            if keys.iter().any(|path| path == key) {
                Masked::Always
            } else if keys.is_empty() || keys.iter().any(nested) {
                Masked::Maybe
            } else {
                Masked::Not
            }
        };
        masked.map(of).max().unwrap_or(Masked::Not)
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
