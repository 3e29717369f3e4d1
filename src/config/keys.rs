//! The keys of `obsproof.toml`, and its JSON schema.

use super::product::{EQUIVALENTS, NAMED, Product};
use super::world;
use crate::standard;
use serde_json::{Value, json};

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
    /// A day.
    Date,
    /// The word of a product.
    Product(&'static [Product]),
    /// A list of paths, each alone or with a reason.
    Excludes,
    /// A table of these keys.
    Table(&'static [Key]),
    /// A list of ids of requirements.
    Requirements,
    /// A list of tables, one for each service.
    Services,
    /// A list of tables, one for each declaration.
    Declarations,
}

/// One key of `obsproof.toml`.
#[derive(Debug, PartialEq, Eq)]
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
    "INFR004", "INFR005", "INFR006", "DECL005",
];

const PROFILES: &[&str] = &["dev", "production", "unspecified"];

/// Every key there is.
pub const KEYS: &[Key] = &[
    key(
        "extends",
        Shape::Text,
        &[],
        "File this one stands on, such as that of an organisation: its values hold where this one sets none",
    ),
    key(
        "standard",
        Shape::Text,
        &[],
        "File of the standard that the report judges by, in place of the bundled one",
    ),
    key(
        "extends-sha256",
        Shape::Text,
        &[],
        "Hash of the file named by `extends`, in hex: another content is refused",
    ),
    key(
        "locked",
        Shape::List,
        &[],
        "Keys that no file on top of this one, no file of a folder and no flag may set",
    ),
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
        "baseline",
        Shape::Text,
        &[],
        "File with the findings that were there when the tool was adopted, relative to the root",
    ),
    key(
        "exclude",
        Shape::Excludes,
        &[],
        "Paths that are not read: folders or files relative to the root, or `{ path, reason }`",
    ),
    key("profile", Shape::Paths(PROFILES), &[], "Path prefixes and how their findings are weighed"),
    key(
        "severity-label",
        Shape::Text,
        &["ALRT001", "ALRT002", "ALRT005"],
        "Alert label that holds the severity",
    ),
    key("severities", Shape::List, &["ALRT002"], "Values the severity label may have"),
    key("owner-labels", Shape::List, &["ALRT003", "AMGR051"], "Alert labels that name the owner"),
    key(
        "business-words",
        Shape::List,
        &["RULE051", "ALRT051", "XREF004"],
        "Words of metric names that speak of the business",
    ),
    key(
        "bounded-labels",
        Shape::List,
        &["METR006"],
        "Metric labels that take few values here, whatever their names say",
    ),
    key(
        "generated-rules",
        Shape::List,
        &["PROM007", "PROM008"],
        "Rule files that a build makes: paths or globs",
    ),
    key(
        "nist-overlay",
        Shape::List,
        &["NIST002"],
        "Control ids of your own that annotations may use",
    ),
    key(
        "required-version",
        Shape::Text,
        &[],
        "Releases of obsproof that may judge this repository: `0.1`, `>=0.1.2, <0.3`",
    ),
    key(
        "ruleset",
        Shape::Text,
        &[],
        "The set of rules that may judge it: `sha256:…` as `tool.ruleset` of a report says",
    ),
    key("policy", Shape::Table(POLICY), &["WAIV003"], "Who may decide: `approvers` of waivers"),
    key(
        "service",
        Shape::Services,
        &["CROS006", "CROS007"],
        "Services by `name`, with their `path`, their `owner` and other `names` they are known by",
    ),
    key(
        "declare",
        Shape::Declarations,
        &[],
        "What the repository cannot show, with owner, reason, approver and last day",
    ),
];

/// What a declaration may state: one of these.
pub const DECLARED: &[Key] = &[
    declared("role", Shape::OneOf(ROLES), &[], "What the repository is, in place of what it shows"),
    declared(
        "equivalent",
        Shape::Product(EQUIVALENTS),
        &[],
        "Product that stands in for the one the standard names in `for`",
    ),
    declared(
        "managed",
        Shape::Words(MANAGED),
        &["ALRT052", "AMGR050", "INFR001", "INFR005", "ELAS014"],
        "What others run for this repository: a person attests it",
    ),
    declared(
        "external-services",
        Shape::List,
        &["JAEG011", "CROS005", "DECL005"],
        "Services that are there and not in this repository: names, `*` for any part",
    ),
    declared(
        "external-metrics",
        Shape::List,
        &["XREF001", "XREF002"],
        "Metrics that come from elsewhere: names, `*` for any part",
    ),
    declared(
        "kept-indices",
        Shape::List,
        &["ELAS015", "CROS002"],
        "Families of indices that are kept for good, such as those for auditors: names of indices or policies, `*` for any part",
    ),
    declared(
        "critical-services",
        Shape::List,
        &["SLO053", "DECL005"],
        "Services that must have an objective",
    ),
    declared(
        "not-applicable",
        Shape::Requirements,
        &[],
        "Requirements that do not apply here; what the repository holds for them stands against it",
    ),
    declared(
        "whole",
        Shape::Words(world::WORDS),
        NOWHERE_ELSE,
        "Kinds of facts of which this repository holds all there are: nothing found is nothing there",
    ),
    declared(
        "elsewhere",
        Shape::Words(world::WORDS),
        NOWHERE_ELSE,
        "Kinds of facts that are held elsewhere too: `alerts` for an Alertmanager shared with other repositories, `routes` for an Alertmanager kept elsewhere",
    ),
];

/// What every declaration needs, and what some may say.
pub const FORM: &[Key] = &[
    declared("owner", Shape::Text, &[], "Who answers for it"),
    declared("reason", Shape::Text, &[], "Why it is so"),
    declared("approver", Shape::Text, &[], "Who approved it: another than the owner"),
    declared("expires", Shape::Date, &[], "Its last day, YYYY-MM-DD"),
    declared("for", Shape::Product(NAMED), &[], "What an equivalent stands for"),
    declared("provider", Shape::Text, &[], "Who runs what is managed"),
    declared("retention", Shape::Text, &[], "How long what is managed is kept"),
];

/// Who may decide.
pub(super) const POLICY: &[Key] =
    &[key("approvers", Shape::List, &["WAIV003"], "Who may approve a waiver, by name")];

/// What is said of a service.
pub(super) const SERVICE: &[Key] = &[
    key("name", Shape::Text, &[], "What the service is called in findings and reports"),
    key("path", Shape::Text, &[], "Its folder, from the root"),
    key("owner", Shape::Text, &[], "Who answers for it"),
    key("names", Shape::List, &["CROS007"], "Other names it is known by: all mean this service"),
];

/// Words of roles.
pub const ROLES: &[&str] = &["service", "platform", "library", "product", "rules-pack"];

/// What others may run for a repository.
pub const MANAGED: &[&str] = &[
    "alertmanager",
    "alerts",
    "dashboards",
    "incidents",
    "log-analysis",
    "logs",
    "metrics",
    "objectives",
    "performance",
    "platform",
    "runbooks",
    "traces",
];

const fn key(
    name: &'static str,
    shape: Shape,
    rules: &'static [&'static str],
    help: &'static str,
) -> Key {
    Key { name, shape, reach: Reach::Preference, rules, help }
}

const fn declared(
    name: &'static str,
    shape: Shape,
    rules: &'static [&'static str],
    help: &'static str,
) -> Key {
    Key { name, shape, reach: Reach::Declaration, rules, help }
}

impl Shape {
    /// What a value of this shape is, in words.
    pub(super) fn wanted(self) -> String {
        let words = |words: &[&str]| words.join(", ");
        match self {
            Shape::Text => "a string".to_owned(),
            Shape::OneOf(these) => format!("one of {}", words(these)),
            Shape::List => "a list of strings".to_owned(),
            Shape::Words(these) => format!("a list of {}", words(these)),
            Shape::Paths(_) => "a table of paths".to_owned(),
            Shape::Date => "a day, YYYY-MM-DD".to_owned(),
            Shape::Product(products) => {
                format!("one of {}", words(&products.iter().map(|it| it.0).collect::<Vec<_>>()))
            }
            Shape::Excludes => "a list of paths, or of `{ path = …, reason = … }`".to_owned(),
            Shape::Table(keys) => {
                format!("a table of {}", words(&keys.iter().map(|it| it.name).collect::<Vec<_>>()))
            }
            Shape::Requirements => "a list of requirements such as OBS-R11 or OBS-C6.2".to_owned(),
            Shape::Services => "tables: write `[[service]]`".to_owned(),
            Shape::Declarations => "tables: write `[[declare]]`".to_owned(),
        }
    }

    fn schema(self) -> Value {
        match self {
            Shape::Text => json!({"type": "string"}),
            Shape::OneOf(words) => json!({"enum": words}),
            Shape::List => json!({"type": "array", "items": {"type": "string"}}),
            Shape::Words(words) => json!({"type": "array", "items": {"enum": words}}),
            Shape::Paths(words) => {
                json!({"type": "object", "additionalProperties": {"enum": words}})
            }
            Shape::Date => json!({"type": "string", "format": "date"}),
            Shape::Product(products) => {
                json!({"enum": products.iter().map(|(word, _)| word).collect::<Vec<_>>()})
            }
            Shape::Excludes => json!({"type": "array", "items": {"anyOf": [
                {"type": "string"},
                {
                    "type": "object",
                    "additionalProperties": false,
                    "properties": {"path": {"type": "string"}, "reason": {"type": "string"}},
                    "required": ["path"],
                },
            ]}}),
            Shape::Table(keys) => json!({
                "type": "object",
                "additionalProperties": false,
                "properties": properties(keys.iter()),
            }),
            Shape::Requirements => {
                let ids = standard::bundled().requirements.iter().map(|it| it.id);
                json!({"type": "array", "items": {"enum": ids.collect::<Vec<_>>()}})
            }
            Shape::Services => json!({"type": "array", "items": {
                "type": "object",
                "additionalProperties": false,
                "properties": properties(SERVICE.iter()),
                "required": ["name"],
            }}),
            Shape::Declarations => {
                let stated = DECLARED.iter().map(|key| json!({"required": [key.name]}));
                json!({"type": "array", "items": {
                    "type": "object",
                    "additionalProperties": false,
                    "properties": properties(DECLARED.iter().chain(FORM)),
                    "required": REQUIRED,
                    "oneOf": stated.collect::<Vec<_>>(),
                }})
            }
        }
    }
}

/// What no declaration counts without.
pub(super) const REQUIRED: &[&str] = &["owner", "reason", "approver", "expires"];

fn properties<'a>(keys: impl Iterator<Item = &'a Key>) -> Value {
    let mut properties = serde_json::Map::new();
    for key in keys {
        let mut value = key.shape.schema();
        value["description"] = key.help.into();
        properties.insert(key.name.to_owned(), value);
    }
    Value::Object(properties)
}

/// The JSON schema of `obsproof.toml`.
pub fn json_schema() -> Value {
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "obsproof.toml",
        "type": "object",
        "additionalProperties": false,
        "properties": properties(KEYS.iter()),
    })
}
