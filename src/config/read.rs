//! `obsproof.toml` to settings; faults point into the file.

use super::declare::Table;
use super::keys::{KEYS, Key, POLICY, SERVICE, Shape};
use super::layer::{self, Locked, Origin};
use super::{Profile, ServiceSettings, Settings, nearest, pin, resolve_rule};
use crate::catalogue::model::{Class, Severity};
use crate::source::{Encoding, Source, SourceId, Span};
use std::collections::BTreeMap;

/// A fault in the configuration file.
#[derive(Clone, Debug)]
pub struct ConfigError {
    /// Where.
    pub span: Span,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
}

/// What a configuration file is to the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place<'a> {
    /// That of the root.
    Root,
    /// One that another stands on.
    Base,
    /// That of a folder, from the root: its paths are below it, and what holds for a run as a
    /// whole is not taken from it.
    Folder(&'a str),
}

/// One configuration file.
#[derive(Debug)]
pub struct Layer<'a> {
    /// Its path, as shown.
    pub name: &'a str,
    /// Its text.
    pub text: String,
    /// What it is to the run.
    pub place: Place<'a>,
}

/// Reads `obsproof.toml`; declarations that ended before `today` (`YYYY-MM-DD`) do not count.
///
/// # Errors
/// All faults, with their spans, and the source they point into.
pub fn read(
    path: &str,
    text: String,
    today: &str,
) -> Result<Settings, (Box<Source>, Vec<ConfigError>)> {
    read_onto(Layer { name: path, text, place: Place::Root }, Settings::default(), today)
}

/// Reads a file on top of what others set.
///
/// # Errors
/// All faults, with their spans, and the source they point into.
pub fn read_onto(
    layer: Layer<'_>,
    mut onto: Settings,
    today: &str,
) -> Result<Settings, (Box<Source>, Vec<ConfigError>)> {
    let Layer { name: path, text, place } = layer;
    let source = Source::new(path, text, Encoding::Utf8);
    if place == Place::Root {
        onto.file = Some(path.to_owned());
    }
    let table: BTreeMap<toml::Spanned<String>, toml::Spanned<toml::Value>> =
        match toml::from_str(source.text()) {
            Ok(table) => table,
            Err(error) => {
                let range = error.span().unwrap_or(0..0);
                let fault = ConfigError {
                    span: Span::new(SourceId(0), range.start, range.end),
                    message: error.message().to_owned(),
                    help: "obsproof.toml is TOML: `key = value` lines and `[table]` heads"
                        .to_owned(),
                };
                return Err((Box::new(source), vec![fault]));
            }
        };
    let below = onto.locked.clone();
    onto.extends = layer::extends(source.text());
    let inherited = onto.declarations.len();
    let mut reader = Reader { source: &source, place, below, settings: onto, errors: Vec::new() };
    for (key, value) in &table {
        reader.entry(key, value);
    }
    if let Ok(Tables { declare, service }) = toml::from_str(source.text()) {
        let places: Places = toml::from_str(source.text()).unwrap_or_default();
        let none = Vec::new();
        for (number, table) in declare.iter().enumerate() {
            let critical = places.declare.get(number).map_or(&none, |it| &it.critical_services);
            reader.declaration(table, critical, today);
        }
        reader.settle_declarations(inherited);
        reader.settings.settle_roles(inherited);
        for table in &service {
            reader.service(table);
        }
    }
    let Reader { mut settings, mut errors, .. } = reader;
    if errors.is_empty() {
        settings.profiles.sort_by_key(|(prefix, _)| std::cmp::Reverse(prefix.len()));
        settings.take_declared();
        Ok(settings)
    } else {
        errors.sort_by_key(|error| error.span);
        Err((Box::new(source), errors))
    }
}

/// The declarations and services of the file, each a table.
#[derive(serde::Deserialize)]
struct Tables {
    #[serde(default)]
    declare: Vec<toml::Spanned<Table>>,
    #[serde(default)]
    service: Vec<toml::Spanned<Table>>,
}

/// The same declarations with the places of what they list.
#[derive(Default, serde::Deserialize)]
struct Places {
    #[serde(default)]
    declare: Vec<Listed>,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Listed {
    #[serde(default)]
    critical_services: Vec<toml::Spanned<String>>,
}

pub(super) struct Reader<'s> {
    source: &'s Source,
    pub(super) place: Place<'s>,
    /// What the files below this one lock.
    below: Vec<Locked>,
    pub(super) settings: Settings,
    errors: Vec<ConfigError>,
}

impl Reader<'_> {
    pub(super) fn span(&self, range: std::ops::Range<usize>) -> Span {
        Span::new(SourceId(0), range.start, range.end)
    }

    pub(super) fn line(&self, offset: usize) -> u32 {
        self.source.line_of(u32::try_from(offset).unwrap_or(u32::MAX))
    }

    pub(super) fn unknown_key<'k>(
        &mut self,
        name: &toml::Spanned<String>,
        keys: impl Iterator<Item = &'k Key>,
    ) {
        let names: Vec<&str> = keys.map(|key| key.name).collect();
        let help = match nearest(name.get_ref(), names.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("the keys are {}", names.join(", ")),
        };
        self.error(name.span(), format!("unknown key `{}`", name.get_ref()), help);
    }

    pub(super) fn misfit(&mut self, key: &Key, range: std::ops::Range<usize>) {
        let message = format!("`{}` takes {}", key.name, key.shape.wanted());
        self.error(range, message, key.help.to_owned());
    }

    pub(super) fn error(&mut self, range: std::ops::Range<usize>, message: String, help: String) {
        let span = Span::new(SourceId(0), range.start, range.end);
        self.errors.push(ConfigError { span, message, help });
    }

    pub(super) fn file(&self) -> String {
        self.source.path.clone()
    }

    fn entry(&mut self, name: &toml::Spanned<String>, value: &toml::Spanned<toml::Value>) {
        let Some(key) = KEYS.iter().find(|key| key.name == name.get_ref()) else {
            self.unknown_key(name, KEYS.iter());
            return;
        };
        let range = value.span();
        if let Some(locked) = self.below.iter().find(|locked| locked.key == key.name) {
            let message = format!("`{}` is locked by {}", key.name, locked.by);
            self.error(name.span(), message, "leave it out, or have it changed there".to_owned());
            return;
        }
        let line = self.line(name.span().start);
        let taken =
            !matches!(self.place, Place::Folder(_)) || !layer::OF_THE_RUN.contains(&key.name);
        let file = self.source.path.clone();
        self.settings.origins.push(Origin { key: key.name, file, line, taken });
        if !taken {
            return;
        }
        match (key.shape, value.get_ref()) {
            (Shape::Text, toml::Value::String(text)) => self.set_text(key.name, text, range),
            (Shape::OneOf(words), toml::Value::String(text)) if words.contains(&text.as_str()) => {
                self.set_text(key.name, text, range);
            }
            (Shape::List, toml::Value::Array(items)) if items.iter().all(toml::Value::is_str) => {
                let items =
                    items.iter().filter_map(toml::Value::as_str).map(str::to_owned).collect();
                self.set_list(key.name, items, range);
            }
            (Shape::Paths(words), toml::Value::Table(table)) => {
                for (prefix, word) in table {
                    match word.as_str().and_then(Profile::named) {
                        Some(profile) => {
                            let prefix = self.below_folder(prefix.trim_end_matches('/'));
                            self.settings.profiles.retain(|(known, _)| *known != prefix);
                            self.settings.profiles.push((prefix, profile));
                        }
                        None => {
                            let message = format!("`{prefix}` has no profile that exists");
                            self.error(
                                range.clone(),
                                message,
                                format!("a profile is {}", words.join(", ")),
                            );
                        }
                    }
                }
            }
            (Shape::Excludes, toml::Value::Array(items)) => self.exclude(key, items, range),
            (Shape::Table(_), toml::Value::Table(table)) => self.policy(table, range),
            (Shape::Declarations | Shape::Services, toml::Value::Array(items))
                if items.iter().all(toml::Value::is_table) => {}
            _ => self.misfit(key, range),
        }
    }

    fn exclude(&mut self, key: &Key, items: &[toml::Value], range: std::ops::Range<usize>) {
        let mut paths = Vec::new();
        for item in items {
            let text = |name: &str| item.get(name).and_then(toml::Value::as_str);
            let known = item.as_table().is_none_or(|table| {
                table.keys().all(|name| matches!(name.as_str(), "path" | "reason"))
            });
            let path = item.as_str().or_else(|| text("path")).filter(|_| known);
            let Some(path) = path else { return self.misfit(key, range) };
            let path = self.all_below_folder(&[path.to_owned()]).remove(0);
            if let Some(reason) = text("reason") {
                self.settings.exclude_reasons.insert(path.clone(), reason.to_owned());
            }
            paths.push(path);
        }
        self.settings.exclude = paths;
    }

    fn policy(&mut self, table: &toml::Table, range: std::ops::Range<usize>) {
        for (name, value) in table {
            let Some(key) = POLICY.iter().find(|key| key.name == name) else {
                let known = POLICY.iter().map(|key| key.name);
                let help = match nearest(name, known.clone()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("the keys are {}", known.collect::<Vec<_>>().join(", ")),
                };
                return self.error(range, format!("unknown key `{name}` in `policy`"), help);
            };
            let names: Option<Vec<String>> = value
                .as_array()
                .and_then(|list| list.iter().map(|it| it.as_str().map(str::to_owned)).collect());
            let Some(names) = names else { return self.misfit(key, range) };
            self.settings.approvers = names;
        }
    }

    fn service(&mut self, table: &toml::Spanned<Table>) {
        let mut service = ServiceSettings::default();
        for (name, value) in table.get_ref() {
            let Some(key) = SERVICE.iter().find(|key| key.name == name.get_ref()) else {
                self.unknown_key(name, SERVICE.iter());
                continue;
            };
            match (key.name, value.get_ref()) {
                ("name", toml::Value::String(text)) => service.name.clone_from(text),
                ("owner", toml::Value::String(text)) => service.owner = Some(text.clone()),
                ("path", toml::Value::String(text)) => {
                    let path = text.trim_matches('/').trim_start_matches("./");
                    service.path = Some(self.below_folder(path));
                }
                ("names", toml::Value::Array(items)) if items.iter().all(toml::Value::is_str) => {
                    let names = items.iter().filter_map(toml::Value::as_str);
                    service.names = names.map(str::to_owned).collect();
                }
                _ => self.misfit(key, value.span()),
            }
        }
        if service.name.is_empty() {
            let help = "write `name = \"…\"`: what the service is called".to_owned();
            self.error(table.span(), "a service has no name".to_owned(), help);
        }
        self.settings.services.retain(|known| known.name != service.name);
        self.settings.services.push(service);
    }

    fn set_text(&mut self, name: &str, text: &str, range: std::ops::Range<usize>) {
        match name {
            "required-version" if pin::is_requirement(text) => {
                self.settings.required_version = Some(text.to_owned());
            }
            "required-version" => self.error(
                range,
                format!("`{text}` names no release"),
                "write `0.1`, `0.1.0` or `>=0.1.2, <0.3`".to_owned(),
            ),
            "ruleset" if is_hash(text) => self.settings.ruleset = Some(text.to_owned()),
            "ruleset" => self.error(
                range,
                format!("`{text}` is no hash of a set of rules"),
                "write `sha256:` and 64 digits, as `tool.ruleset` of a report says".to_owned(),
            ),
            "fail-on" => self.settings.fail_on = Severity::named(text),
            "baseline" => self.settings.baseline = Some(text.to_owned()),
            "standard" => self.settings.standard = Some(text.to_owned()),
            "severity-label" => text.clone_into(&mut self.settings.severity_label),
            _ => {}
        }
    }

    fn set_list(&mut self, name: &str, items: Vec<String>, range: std::ops::Range<usize>) {
        match name {
            "select" | "ignore" => {
                for word in &items {
                    if let Err(message) = resolve_rule(word) {
                        self.error(range.clone(), message, "`obsproof rules` lists all".to_owned());
                    }
                }
                if name == "select" {
                    self.settings.select = items;
                } else {
                    self.settings.ignore = items;
                }
            }
            "class" => {
                self.settings.classes.clear();
                for word in &items {
                    match Class::named(word) {
                        Some(class) => self.settings.classes.push(class),
                        None => self.error(
                            range.clone(),
                            format!("no class is called `{word}`"),
                            "a class is validity, semantic or compliance".to_owned(),
                        ),
                    }
                }
            }
            "locked" => self.lock(&items, range),
            "severities" => self.settings.severities = items,
            "owner-labels" => self.settings.owner_labels = items,
            "business-words" => {
                self.settings.business_words =
                    items.iter().map(|word| word.to_lowercase()).collect();
            }
            "bounded-labels" => self.settings.bounded_labels = items,
            "generated-rules" => {
                self.settings.generated_rules = self.all_below_folder(&items);
            }
            "nist-overlay" => self.settings.nist_overlay = items,
            _ => {}
        }
    }
}

fn is_hash(text: &str) -> bool {
    let digits = text.strip_prefix("sha256:").unwrap_or_default();
    digits.len() == 64 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}
