//! `obsproof.toml`: one table of keys, each a preference or a declaration; faults point into
//! the file.

mod attestations;
mod declare;
mod entries;
mod gate;
mod keys;
mod layer;
mod pin;
mod product;
mod read;
mod schemas;
mod shown;
mod waivers;
mod words;
mod world;

use crate::catalogue::model::{Class, Severity};
use crate::lang::distance;
use crate::lang::path::{is_lesson, purpose};
use std::collections::BTreeMap;

pub use attestations::{Attestation, Link, LinkState, Unsigned, read_attestations};
pub use declare::{Declaration, Refusal, STATES as DECLARATION_STATES, Stated, Word, is_named};
pub use gate::{GATE_SCHEMA, Gate, Target, read_gate};
pub use keys::{DECLARED, FORM, KEYS, Key, MANAGED, ROLES, Reach, Shape, json_schema};
pub use layer::{Extends, Locked, Nested, Origin, extends, standard as standard_named};
pub use pin::{fits as fits_version, is_requirement as is_version_requirement};
pub use product::{Product, shown as product, word as product_word};
pub use read::{ConfigError, Layer, Place, read, read_onto};
pub use schemas::{attestations_schema, gate_schema, waivers_schema};
pub use shown::Shown;
pub use waivers::{Invalid, Reach as WaiverReach, Waived, Waiver, read_waivers};
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

/// A service as the configuration names it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServiceSettings {
    /// Its name.
    pub name: String,
    /// Its folder; without one the service of that name is meant.
    pub path: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Other names under which it is known.
    pub names: Vec<String>,
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
    /// File with the findings that were there, relative to the root.
    pub baseline: Option<String>,
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
    /// Labels that take few values, whatever their names say.
    pub bounded_labels: Vec<String>,
    /// Rule files made by a build.
    pub generated_rules: Vec<String>,
    /// Kinds of facts of which the repository holds all.
    pub whole: Vec<World>,
    /// Kinds of facts that are held elsewhere too.
    pub elsewhere: Vec<World>,
    /// Families of indices that are kept for good.
    pub kept_indices: Vec<String>,
    /// Services that must have an objective.
    pub critical_services: Vec<String>,
    /// Services that are there and not in the repository.
    pub external_services: Vec<String>,
    /// Metrics that come from elsewhere.
    pub external_metrics: Vec<String>,
    /// Services as the configuration names them.
    pub services: Vec<ServiceSettings>,
    /// All declarations, whether they count or not.
    pub declarations: Vec<Declaration>,
    /// Who may approve a waiver.
    pub approvers: Vec<String>,
    /// All waivers, whether they count or not.
    pub waivers: Vec<Waiver>,
    /// All attestations, whether they count or not.
    pub attestations: Vec<Attestation>,
    /// The file of the waivers, relative to the root.
    pub waivers_file: Option<String>,
    /// The file of the attestations, relative to the root.
    pub attestations_file: Option<String>,
    /// Releases of this program that may judge the repository.
    pub required_version: Option<String>,
    /// The set of rules that may judge it, as `sha256:…`.
    pub ruleset: Option<String>,
    /// Why a path is not read, where that is said.
    pub exclude_reasons: BTreeMap<String, String>,
    /// The file they stand in, relative to the root if it is below it.
    pub file: Option<String>,
    /// Own control ids.
    pub nist_overlay: Vec<String>,
    /// The file of the standard, as written.
    pub standard: Option<String>,
    /// The file the last one read stands on.
    pub extends: Option<Extends>,
    /// Where each key was set, in the order of the files: the last one holds.
    pub origins: Vec<Origin>,
    /// Keys that files on top of this one may not set.
    pub locked: Vec<Locked>,
    /// Configurations of folders, the deepest first.
    pub nested: Vec<Nested>,
}

impl Settings {
    /// Whether this file of the repository holds settings or decisions of the run.
    pub fn is_own_file(&self, path: &str) -> bool {
        let files = [&self.file, &self.waivers_file, &self.attestations_file];
        files.into_iter().flatten().any(|file| file == path)
    }
}

impl Default for Settings {
    fn default() -> Self {
        let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
        Settings {
            select: Vec::new(),
            ignore: Vec::new(),
            classes: Vec::new(),
            fail_on: Some(Severity::Error),
            baseline: None,
            exclude: Vec::new(),
            profiles: Vec::new(),
            severity_label: "severity".to_owned(),
            severities: words(&["critical", "warning", "info", "none", "page", "ticket"]),
            owner_labels: words(&["team", "owner"]),
            business_words: words(words::BUSINESS),
            bounded_labels: Vec::new(),
            generated_rules: Vec::new(),
            kept_indices: Vec::new(),
            critical_services: Vec::new(),
            whole: Vec::new(),
            elsewhere: Vec::new(),
            external_services: Vec::new(),
            external_metrics: Vec::new(),
            services: Vec::new(),
            declarations: Vec::new(),
            approvers: Vec::new(),
            waivers: Vec::new(),
            attestations: Vec::new(),
            waivers_file: None,
            attestations_file: None,
            required_version: None,
            ruleset: None,
            exclude_reasons: BTreeMap::new(),
            file: None,
            nist_overlay: Vec::new(),
            standard: None,
            extends: None,
            origins: Vec::new(),
            locked: Vec::new(),
            nested: Vec::new(),
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
    "cypress",
    "playwright",
    "selenium",
    "bench",
    "examples",
    "demo",
    "docs",
    "quickstart",
    "sample",
    "samples",
    "local",
    "dev",
];
const PRODUCTION: &[&str] = &["prod", "production", "live"];

/// The profile of a path, by whole segments, first hit: configured, dev, production.
pub fn profile(settings: &Settings, path: &str) -> Profile {
    let configured = settings.at(path).profiles.iter().find(|(prefix, _)| {
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
    let folders = purpose(folders);
    let is = |words: &[&str], part: &str| words.contains(&part);
    // What tries the image of production (`compose.prod-test.yml`) is not production.
    let parts = || file.split(['.', '-', '_']);
    // Runbooks stand in `docs`, and what they say is meant.
    let page = [".md", ".adoc", ".rst"].iter().any(|ending| file.ends_with(ending));
    let dev = |segment: &str| is(DEV, segment) && !(page && segment == "docs");
    // Go's tools pass over `_examples`.
    // What is switched off is built no more: `src/main/java-disabled`.
    let off = |segment: &str| segment.ends_with("-disabled") || segment.contains("-disabled-");
    let shows = |segment: &str| {
        dev(segment) || dev(segment.trim_start_matches('_')) || is_lesson(segment) || off(segment)
    };
    if folders.split('/').any(shows) {
        Profile::Dev
    } else if folders.split('/').any(|segment| is(PRODUCTION, segment))
        || parts().any(|part| is(PRODUCTION, part)) && !parts().any(|part| part == "test")
    {
        Profile::Production
    } else {
        Profile::Unspecified
    }
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
