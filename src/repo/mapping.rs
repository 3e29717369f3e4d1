//! What the templates of the repository say of a field of log records.

use super::Repo;
use super::logfields::{Role, role};
use crate::facts::DocumentId;
use crate::facts::elastic::template::{Field, Form, IndexTemplate};
use crate::source::Span;

/// How a field is indexed.
#[derive(Clone, Copy, Debug)]
pub enum Mapped<'r> {
    /// As this, by every template that names it.
    As(&'r Field),
    /// No template names it; a string becomes analysed text with a `keyword` beside it.
    Dynamic(Span),
    /// No template names it, and what is not named is not indexed.
    Never(Span),
    /// Templates differ, or part of them is elsewhere.
    Unknown,
    /// No template here says anything of fields.
    Nowhere,
}

impl Repo {
    /// How the templates that run together with a document index a field.
    pub fn mapping_of(&self, document: DocumentId, name: &str) -> Mapped<'_> {
        let templates: Vec<&IndexTemplate> = self
            .facts
            .index_templates
            .iter()
            .filter(|template| template.mappings.is_some())
            .filter(|template| self.run_together(template.document, document))
            .collect();
        if templates.is_empty() {
            return Mapped::Nowhere;
        }
        let named: Vec<&Field> = templates
            .iter()
            .flat_map(|template| &template.fields)
            .filter(|field| field.path == name && field.kind.is_some())
            .collect();
        if let Some((first, rest)) = named.split_first() {
            let kind = |field: &Field| {
                field.kind.as_ref().and_then(|kind| kind.known_text().map(str::to_owned))
            };
            let same = kind(first).is_some() && rest.iter().all(|other| kind(other) == kind(first));
            return if same { Mapped::As(first) } else { Mapped::Unknown };
        }
        // Which of several templates is meant, the index would say.
        let [template] = templates[..] else { return Mapped::Unknown };
        let partial = template.open
            || !template.composed_of.is_empty()
            || template.form == Form::Component
            || template.dynamic_templates.is_some();
        match (partial, dynamic_of(template, name)) {
            (true, _) | (_, None) => Mapped::Unknown,
            (false, Some(("true" | "runtime", span))) => Mapped::Dynamic(span),
            (false, Some((_, span))) => Mapped::Never(span),
        }
    }
}

/// `dynamic` where a field would stand: of the nearest object that says it, else of the whole.
fn dynamic_of<'t>(template: &'t IndexTemplate, name: &str) -> Option<(&'t str, Span)> {
    let mut above = name;
    while let Some((parent, _)) = above.rsplit_once('.') {
        above = parent;
        let Some(object) = template.fields.iter().find(|field| field.path == parent) else {
            continue;
        };
        if object.enabled.as_ref().is_some_and(|enabled| enabled.text == "false") {
            return Some(("false", object.key));
        }
        if let Some(dynamic) = &object.dynamic {
            return Some((dynamic.known_text()?, dynamic.span));
        }
        // A leaf holds nothing below it; a flattened object takes everything as words.
        if object.kind.as_ref().is_some_and(|kind| !matches!(&*kind.text, "object" | "nested")) {
            return None;
        }
    }
    let span = template.mappings?;
    match &template.dynamic {
        Some(dynamic) => Some((dynamic.known_text()?, dynamic.span)),
        None => Some(("true", span)),
    }
}

/// Last words of names that hold words, not numbers.
const WORDS: &[&str] = &[
    "action",
    "method",
    "name",
    "type",
    "path",
    "url",
    "event",
    "category",
    "operation",
    "endpoint",
    "resource",
    "outcome",
    "reason",
    "environment",
    "env",
    "region",
    "host",
    "hostname",
    "logger",
    "module",
    "message",
    "email",
    "country",
    "city",
    "agent",
    "role",
    "exception",
    "class",
    "function",
    "version",
    "team",
    "tenant",
    "route",
    "uri",
];

/// Whether a field certainly holds text, by its name.
pub fn holds_words(name: &str) -> bool {
    let last = name.rsplit(['.', '_']).next().unwrap_or(name).to_ascii_lowercase();
    match role(name) {
        Some(Role::Level | Role::Service | Role::Trace | Role::User) => true,
        Some(Role::Duration | Role::Status | Role::Time) => false,
        None => WORDS.contains(&last.as_str()),
    }
}
