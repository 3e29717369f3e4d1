//! The value that holds for each key, and where it comes from.

use super::keys::{KEYS, Key};
use super::layer::Origin;
use super::{ServiceSettings, Settings};
use serde_json::{Value, json};

/// A key with its value.
#[derive(Debug)]
pub struct Shown<'s> {
    /// The key.
    pub key: &'static Key,
    /// Its value, as `obsproof.toml` would say it.
    pub value: Value,
    /// Where it was set, the deciding place last; empty for a default.
    pub from: Vec<&'s Origin>,
    /// The file that locks it, if one does.
    pub locked: Option<&'s str>,
}

impl Settings {
    /// Every key with the value that holds.
    pub fn shown(&self) -> impl Iterator<Item = Shown<'_>> {
        KEYS.iter().map(|key| Shown {
            key,
            value: self.value(key.name),
            from: self.origins.iter().filter(|origin| origin.key == key.name).collect(),
            locked: self.locked_by(key.name),
        })
    }

    fn value(&self, key: &str) -> Value {
        match key {
            "select" => json!(self.select),
            "ignore" => json!(self.ignore),
            "class" => json!(self.classes.iter().map(|class| class.name()).collect::<Vec<_>>()),
            "fail-on" => json!(self.fail_on.map_or("never", |severity| severity.name())),
            "exclude" => json!(self.exclude),
            "profile" => {
                let mut paths: Vec<_> = self.profiles.iter().collect();
                paths.sort();
                let rows = paths.iter().map(|(path, it)| (path.clone(), json!(it.name())));
                Value::Object(rows.collect())
            }
            "severity-label" => json!(self.severity_label),
            "severities" => json!(self.severities),
            "owner-labels" => json!(self.owner_labels),
            "business-words" => json!(self.business_words),
            "bounded-labels" => json!(self.bounded_labels),
            "generated-rules" => json!(self.generated_rules),
            "nist-overlay" => json!(self.nist_overlay),
            "locked" => json!(self.locked.iter().map(|locked| locked.key).collect::<Vec<_>>()),
            "baseline" => json!(self.baseline),
            "required-version" => json!(self.required_version),
            "ruleset" => json!(self.ruleset),
            "policy" => json!({ "approvers": self.approvers }),
            "standard" => json!(self.standard),
            "extends" => json!(self.extends.as_ref().map(|it| &it.file)),
            "extends-sha256" => json!(self.extends.as_ref().and_then(|it| it.sha256.as_ref())),
            "service" => json!(self.services.iter().map(service).collect::<Vec<_>>()),
            "declare" => {
                let states = self.declarations.iter().map(|it| it.stated.text());
                json!(states.collect::<Vec<_>>())
            }
            _ => Value::Null,
        }
    }
}

fn service(service: &ServiceSettings) -> Value {
    let mut row = json!({ "name": service.name });
    if let Some(path) = &service.path {
        row["path"] = json!(path);
    }
    if let Some(owner) = &service.owner {
        row["owner"] = json!(owner);
    }
    if !service.names.is_empty() {
        row["names"] = json!(service.names);
    }
    row
}
