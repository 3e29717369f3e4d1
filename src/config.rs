//! `obsproof.toml`: one table of keys, each a preference or a declaration; faults point into
//! the file.

mod words;
mod world;

use crate::catalogue::model::{Class, Severity};
use crate::lang::distance;
use crate::source::{Encoding, Source, SourceId, Span};
use std::collections::BTreeMap;

pub use world::{WORLDS, World};

/// How a path's findings are weighed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Profile {
    /// Tests, examples, demos.
    Dev,
    /// Production.
    Production,
    /// Nothing says which.
    Unspecified,
}

impl Profile {
    /// The word used in configuration and output.
    pub fn name(self) -> &'static str {
        match self {
            Profile::Dev => "dev",
            Profile::Production => "production",
            Profile::Unspecified => "unspecified",
        }
    }

    /// Reads the word.
    pub fn named(name: &str) -> Option<Profile> {
        [Profile::Dev, Profile::Production, Profile::Unspecified]
            .into_iter()
            .find(|p| p.name() == name)
    }
}

/// What a key does to the result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Changes what is shown or how loud; never a verdict.
    Preference,
    /// States a fact the repository cannot show; needs owner, reason, approver, expiry.
    Declaration,
}

/// The shape of a key's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A string.
    Text,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A list of strings.
    List,
    /// A list of some of these words.
    Words(&'static [&'static str]),
    /// A table from path prefixes to one of these words.
    Paths(&'static [&'static str]),
}

/// One key of `obsproof.toml`.
#[derive(Debug)]
pub struct Key {
    /// Its name.
    pub name: &'static str,
    /// Shape of its value.
    pub shape: Shape,
    /// Preference or declaration.
    pub reach: Reach,
    /// Rules it reaches; empty for all.
    pub rules: &'static [&'static str],
    /// One line of help.
    pub help: &'static str,
}

/// Rules that rest on something being nowhere else.
const NOWHERE_ELSE: &[&str] = &[
    "AMGR026", "AMGR027", "AMGR030", "AMGR035", "AMGR050", "XREF001", "XREF002", "INFR003",
    "INFR004", "INFR005", "INFR006",
];

const PROFILES: &[&str] = &["dev", "production", "unspecified"];

/// Every key there is.
pub const KEYS: &[Key] = &[
    key(
        "select",
        Shape::List,
        &[],
        "Rules to run beside the defaults: codes or names; turns on what is off by default",
    ),
    key("ignore", Shape::List, &[], "Rules whose findings are not shown"),
    key("class", Shape::List, &[], "Show only these classes: validity, semantic, compliance"),
    key(
        "fail-on",
        Shape::OneOf(&["error", "warning", "info", "never"]),
        &[],
        "Lowest severity that makes check exit with 1",
    ),
    key(
        "exclude",
        Shape::List,
        &[],
        "Paths that are not read: folders or files relative to the root",
    ),
    key("profile", Shape::Paths(PROFILES), &[], "Path prefixes and how their findings are weighed"),
    key(
        "severity-label",
        Shape::Text,
        &["ALRT001", "ALRT002", "ALRT005"],
        "Alert label that holds the severity",
    ),
    key("critical-services", Shape::List, &["SLO053"], "Services that must have an objective"),
    key("severities", Shape::List, &["ALRT002"], "Values the severity label may have"),
    key("owner-labels", Shape::List, &["ALRT003", "AMGR051"], "Alert labels that name the owner"),
    key(
        "business-words",
        Shape::List,
        &["RULE051", "ALRT051", "XREF004"],
        "Words of metric names that speak of the business",
    ),
    key(
        "generated-rules",
        Shape::List,
        &["PROM007", "PROM008"],
        "Rule files that a build makes: paths or globs",
    ),
    key(
        "whole",
        Shape::Words(world::WORDS),
        NOWHERE_ELSE,
        "Kinds of facts of which this repository holds all there are: nothing found is nothing there",
    ),
    key(
        "elsewhere",
        Shape::Words(world::WORDS),
        NOWHERE_ELSE,
        "Kinds of facts that are held elsewhere too: `alerts` for an Alertmanager shared with other repositories, `routes` for an Alertmanager kept elsewhere",
    ),
    key(
        "nist-overlay",
        Shape::List,
        &["NIST002"],
        "Control ids of your own that annotations may use",
    ),
];

const fn key(
    name: &'static str,
    shape: Shape,
    rules: &'static [&'static str],
    help: &'static str,
) -> Key {
    Key { name, shape, reach: Reach::Preference, rules, help }
}

/// The configuration of a run.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Rules turned on beside the defaults.
    pub select: Vec<String>,
    /// Rules not shown.
    pub ignore: Vec<String>,
    /// Classes shown; empty for all.
    pub classes: Vec<Class>,
    /// Lowest severity that fails; `None` for never.
    pub fail_on: Option<Severity>,
    /// Paths not read.
    pub exclude: Vec<String>,
    /// Path prefixes with a profile, longest first.
    pub profiles: Vec<(String, Profile)>,
    /// Label that holds the severity.
    pub severity_label: String,
    /// Values the severity label may have.
    pub severities: Vec<String>,
    /// Labels that name the owner.
    pub owner_labels: Vec<String>,
    /// Words that speak of the business.
    pub business_words: Vec<String>,
    /// Rule files made by a build.
    pub generated_rules: Vec<String>,
    /// Kinds of facts of which the repository holds all.
    pub whole: Vec<World>,
    /// Kinds of facts that are held elsewhere too.
    pub elsewhere: Vec<World>,
    /// Services that must have an objective.
    pub critical_services: Vec<String>,
    /// Own control ids.
    pub nist_overlay: Vec<String>,
}

impl Default for Settings {
    fn default() -> Self {
        let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
        Settings {
            select: Vec::new(),
            ignore: Vec::new(),
            classes: Vec::new(),
            fail_on: Some(Severity::Error),
            exclude: Vec::new(),
            profiles: Vec::new(),
            severity_label: "severity".to_owned(),
            severities: words(&["critical", "warning", "info", "none", "page", "ticket"]),
            owner_labels: words(&["team", "owner"]),
            business_words: words(words::BUSINESS),
            generated_rules: Vec::new(),
            critical_services: Vec::new(),
            whole: Vec::new(),
            elsewhere: Vec::new(),
            nist_overlay: Vec::new(),
        }
    }
}

const DEV: &[&str] = &[
    "test",
    "tests",
    "testdata",
    "fixtures",
    "__mocks__",
    "e2e",
    "bench",
    "examples",
    "demo",
    "docs",
    "quickstart",
    "local",
    "dev",
];
const PRODUCTION: &[&str] = &["prod", "production", "live"];

/// The profile of a path, by whole segments, first hit: configured, dev, production.
pub fn profile(settings: &Settings, path: &str) -> Profile {
    let configured = settings.profiles.iter().find(|(prefix, _)| {
        prefix.is_empty()
            || prefix == "."
            || path == prefix
            || path.strip_prefix(prefix.as_str()).is_some_and(|rest| rest.starts_with('/'))
    });
    if let Some((_, profile)) = configured {
        return *profile;
    }
    // A file name counts by its stem and dotted or dashed parts: `values-prod.yaml`.
    let (folders, file) = path.rsplit_once('/').unwrap_or(("", path));
    let file_parts: Vec<&str> = file.split(['.', '-', '_']).collect();
    let is = |words: &[&str], part: &str| words.contains(&part);
    if folders.split('/').any(|segment| is(DEV, segment)) {
        Profile::Dev
    } else if folders.split('/').any(|segment| is(PRODUCTION, segment))
        || file_parts.iter().any(|part| is(PRODUCTION, part))
    {
        Profile::Production
    } else {
        Profile::Unspecified
    }
}

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

/// Reads `obsproof.toml`.
///
/// # Errors
/// All faults, with their spans, and the source they point into.
pub fn read(path: &str, text: String) -> Result<Settings, (Box<Source>, Vec<ConfigError>)> {
    let source = Source::new(path, text, Encoding::Utf8);
    let table: BTreeMap<toml::Spanned<String>, toml::Spanned<toml::Value>> =
        match toml::from_str(&source.text) {
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
    let mut reader = Reader { settings: Settings::default(), errors: Vec::new() };
    for (key, value) in &table {
        reader.entry(key, value);
    }
    if reader.errors.is_empty() {
        reader.settings.profiles.sort_by_key(|(prefix, _)| std::cmp::Reverse(prefix.len()));
        Ok(reader.settings)
    } else {
        reader.errors.sort_by_key(|error| error.span);
        Err((Box::new(source), reader.errors))
    }
}

struct Reader {
    settings: Settings,
    errors: Vec<ConfigError>,
}

impl Reader {
    fn error(&mut self, range: std::ops::Range<usize>, message: String, help: String) {
        let span = Span::new(SourceId(0), range.start, range.end);
        self.errors.push(ConfigError { span, message, help });
    }

    fn entry(&mut self, name: &toml::Spanned<String>, value: &toml::Spanned<toml::Value>) {
        let Some(key) = KEYS.iter().find(|key| key.name == name.get_ref()) else {
            let near = nearest(name.get_ref(), KEYS.iter().map(|key| key.name));
            let help = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!(
                    "the keys are {}",
                    KEYS.iter().map(|key| key.name).collect::<Vec<_>>().join(", ")
                ),
            };
            self.error(name.span(), format!("unknown key `{}`", name.get_ref()), help);
            return;
        };
        let range = value.span();
        match (key.shape, value.get_ref()) {
            (Shape::Text, toml::Value::String(text)) => self.set_text(key.name, text),
            (Shape::OneOf(words), toml::Value::String(text)) if words.contains(&text.as_str()) => {
                self.set_text(key.name, text);
            }
            (Shape::List, toml::Value::Array(items)) if items.iter().all(toml::Value::is_str) => {
                let items =
                    items.iter().filter_map(toml::Value::as_str).map(str::to_owned).collect();
                self.set_list(key.name, items, range);
            }
            (Shape::Words(words), toml::Value::Array(items))
                if items.iter().all(|it| it.as_str().is_some_and(|it| words.contains(&it))) =>
            {
                let items =
                    items.iter().filter_map(toml::Value::as_str).map(str::to_owned).collect();
                self.set_list(key.name, items, range);
            }
            (Shape::Paths(words), toml::Value::Table(table)) => {
                for (prefix, word) in table {
                    match word.as_str().and_then(Profile::named) {
                        Some(profile) => {
                            let prefix = prefix.trim_end_matches('/').to_owned();
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
            (shape, _) => {
                let wanted = match shape {
                    Shape::Text => "a string".to_owned(),
                    Shape::OneOf(words) => format!("one of {}", words.join(", ")),
                    Shape::List => "a list of strings".to_owned(),
                    Shape::Words(words) => format!("a list of {}", words.join(", ")),
                    Shape::Paths(_) => "a table of paths".to_owned(),
                };
                self.error(range, format!("`{}` takes {wanted}", key.name), key.help.to_owned());
            }
        }
    }

    fn set_text(&mut self, name: &str, text: &str) {
        match name {
            "fail-on" => self.settings.fail_on = Severity::named(text),
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
            "exclude" => self.settings.exclude = items,
            "severities" => self.settings.severities = items,
            "owner-labels" => self.settings.owner_labels = items,
            "business-words" => {
                self.settings.business_words =
                    items.iter().map(|word| word.to_lowercase()).collect();
            }
            "generated-rules" => self.settings.generated_rules = items,
            "critical-services" => self.settings.critical_services = items,
            "whole" => self.settings.whole = worlds(&items),
            "elsewhere" => self.settings.elsewhere = worlds(&items),
            "nist-overlay" => self.settings.nist_overlay = items,
            _ => {}
        }
    }
}

fn worlds(items: &[String]) -> Vec<World> {
    items.iter().filter_map(|item| World::named(item)).collect()
}

/// The one rule that a code or name means.
///
/// # Errors
/// In words: nothing is called so, or several rules are.
pub fn resolve_rule(word: &str) -> Result<&'static crate::catalogue::model::Rule, String> {
    match crate::catalogue::named(word)[..] {
        [rule] => Ok(rule),
        [] => {
            let rules = crate::catalogue::rules();
            let near = nearest(&word.to_ascii_uppercase(), rules.iter().map(|rule| rule.code))
                .or_else(|| nearest(word, rules.iter().map(|rule| rule.name)));
            Err(match near.and_then(|near| crate::catalogue::named(near).first().copied()) {
                Some(rule) => {
                    format!("unknown rule `{word}`; did you mean {} ({})?", rule.code, rule.name)
                }
                None => format!("unknown rule `{word}`"),
            })
        }
        ref several => {
            let codes: Vec<&str> = several.iter().map(|rule| rule.code).collect();
            Err(format!("`{word}` is the name of {}: use the code", codes.join(", ")))
        }
    }
}

/// The nearest word within edit distance 2, if it is not a wholly other word.
pub fn nearest<'a>(word: &str, words: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    distance::nearest(word, words.filter(|known| known.len() > 2), 2)
}

/// The JSON schema of `obsproof.toml`.
pub fn json_schema() -> serde_json::Value {
    let mut properties = serde_json::Map::new();
    for key in KEYS {
        let mut value = match key.shape {
            Shape::Text => serde_json::json!({"type": "string"}),
            Shape::OneOf(words) => serde_json::json!({"enum": words}),
            Shape::List => serde_json::json!({"type": "array", "items": {"type": "string"}}),
            Shape::Words(words) => {
                serde_json::json!({"type": "array", "items": {"enum": words}})
            }
            Shape::Paths(words) => {
                serde_json::json!({"type": "object", "additionalProperties": {"enum": words}})
            }
        };
        value["description"] = key.help.into();
        properties.insert(key.name.to_owned(), value);
    }
    serde_json::json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "obsproof.toml",
        "type": "object",
        "additionalProperties": false,
        "properties": properties,
    })
}
