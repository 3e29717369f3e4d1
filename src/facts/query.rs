//! Searches on logs: query bodies, saved objects of Kibana, panels of Grafana, text queries.

mod aggregate;
mod body;
mod clause;
mod grafana;
mod saved;
mod scoring;
pub mod table;
mod text;
mod visual;

use super::scalar::Scalar;
use super::subject::{Held, SubjectKind};
use super::{DocumentId, Subject};
use crate::source::Span;
use std::ops::Range;

pub(super) use body::read;
pub(super) use grafana::read_panels;
pub(super) use saved::{read_object, read_objects};
pub use scoring::YesNo;

/// A search.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct LogQuery {
    /// Where it came from.
    pub document: DocumentId,
    /// Its name: the title of an object, or the key that holds it.
    pub name: Option<Scalar>,
    /// The token that names it.
    pub anchor: Span,
    /// How it is kept.
    pub form: Form,
    /// Fields it speaks of.
    pub uses: Vec<FieldUse>,
    /// Aggregations, parents before children.
    pub aggregations: Vec<Aggregation>,
    /// `size`.
    pub size: Option<Scalar>,
    /// The key `query`.
    pub query_key: Option<Span>,
    /// Conditions that only say yes or no, where scores are computed.
    pub yes_no: Vec<YesNo>,
    /// What the store refuses.
    pub faults: Vec<Fault>,
    /// Something else gives the range of time: the picker of a dashboard.
    pub timed_elsewhere: bool,
    /// Part of it is a placeholder, so that nothing may be concluded from what is not there.
    pub open: bool,
}

/// How a search is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum Form {
    /// A document that is a search.
    Body,
    /// A search inside a document of another shape.
    Wrapped,
    /// A saved search: rows in columns.
    Search,
    /// A visualisation.
    Visual,
    /// A panel of Grafana.
    Panel,
}

/// A field that a search speaks of.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct FieldUse {
    /// Its name; for a name inside a text, that text.
    pub text: Scalar,
    /// Where in the text the name stands.
    pub range: Range<usize>,
    /// What is done with it.
    pub how: How,
    /// Values, with where they stand in their text.
    pub values: Vec<(Scalar, Range<usize>)>,
    /// What it says is shut out.
    pub negated: bool,
}

/// What a search does with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum How {
    /// The very value: `term`, `terms`.
    Exact,
    /// Words: `match`, a text query.
    Words,
    /// At least, or more than.
    Above,
    /// At most, or less than.
    Below,
    /// A part: `prefix`, `wildcard`, `regexp`.
    Pattern,
    /// That there is one.
    Exists,
    /// Sorted by it.
    Sort,
    /// Groups of equal values: `terms` and its kin.
    Bucket,
    /// Groups by time or number.
    Histogram,
    /// A number computed from it.
    Metric,
    /// Shown.
    Column,
}

/// An aggregation.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Aggregation {
    /// Its name.
    pub name: Scalar,
    /// The kind: `terms`.
    pub kind: Scalar,
    /// The field.
    pub field: Option<Scalar>,
    /// `size`.
    pub size: Option<Scalar>,
    /// The one it stands in.
    pub parent: Option<usize>,
    /// What it is given cannot be known.
    pub open: bool,
}

/// What the store refuses in a search.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Fault {
    /// The token to edit.
    pub span: Span,
    /// What is wrong, as half a sentence.
    pub message: String,
    /// The first release that refuses it, if older ones do not.
    #[borsh(deserialize_with = "crate::kept::word")]
    pub since: Option<&'static str>,
}

impl FieldUse {
    /// The field's name.
    pub fn field(&self) -> &str {
        self.text.text.get(self.range.clone()).unwrap_or_default()
    }

    /// Whether the name can be known.
    pub fn known(&self) -> bool {
        let name = self.field();
        self.text.known && !name.is_empty() && !name.contains(['$', '*', '{'])
    }

    /// The values as text, those that can be known.
    pub fn known_values(&self) -> impl Iterator<Item = &str> {
        self.values
            .iter()
            .filter(|(text, _)| text.known)
            .filter_map(|(text, range)| text.text.get(range.clone()))
    }
}

impl LogQuery {
    fn new(document: DocumentId, name: Option<Scalar>, anchor: Span, form: Form) -> LogQuery {
        LogQuery {
            document,
            name,
            anchor,
            form,
            uses: Vec::new(),
            aggregations: Vec::new(),
            size: None,
            query_key: None,
            yes_no: Vec::new(),
            faults: Vec::new(),
            timed_elsewhere: false,
            open: false,
        }
    }

    /// Its name as text.
    pub fn label(&self) -> &str {
        self.name.as_ref().map_or("", |name| name.text.as_str())
    }

    fn used(&mut self, name: Scalar, how: How, negated: bool) {
        let range = 0..name.text.len();
        self.uses.push(FieldUse { text: name, range, how, values: Vec::new(), negated });
    }
}

impl Subject for LogQuery {
    fn kind(&self) -> SubjectKind {
        SubjectKind::LogQuery
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        format!("query {}", self.label())
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.anchor)
    }
    fn field(&self, path: &str) -> Held<'_> {
        match (path, &self.name) {
            ("name", Some(name)) => Held::Text(&name.text),
            _ => Held::Nothing,
        }
    }
}

/// An object of Kibana as it is exported.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct SavedObject {
    /// Where it came from.
    pub document: DocumentId,
    /// `type`.
    pub kind: Option<Scalar>,
    /// `id`.
    pub id: Option<Scalar>,
    /// Its title, or the token that names it.
    pub anchor: Span,
    /// `attributes.title`.
    pub title: Option<Scalar>,
    /// Type and id of what it needs.
    pub references: Vec<(Scalar, Scalar)>,
    /// Parts that are missing or no JSON, as half a sentence.
    pub faults: Vec<Fault>,
    /// The export of a release before 7: one list of all objects.
    pub old: bool,
}
