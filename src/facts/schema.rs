//! What a format's reader refuses in the shape of a document, as facts.
//!
//! Tables in `schemas/` say which fields exist; one walker compares a document with them.

use crate::source::Span;

/// Kind of refusal; decides which rule speaks of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Refusal {
    /// The reader knows no such field here.
    UnknownField,
    /// The value has a shape or type the field cannot take.
    WrongType,
    /// Not a duration the reader accepts.
    BadDuration,
    /// Not one of the values the reader accepts.
    BadValue,
    /// A required field is absent or empty.
    Missing,
    /// The field was removed from the program.
    Removed,
    /// The file is newer than the table says the program must be.
    TooNew,
    /// Two settings exclude each other, or one needs another.
    Conflict,
}

/// One field the reader refuses.
#[derive(Clone, Debug)]
pub struct SchemaIssue {
    /// What kind of refusal.
    pub refusal: Refusal,
    /// The token to edit: the key, or the wrong value.
    pub span: Span,
    /// Structural path, such as `scrape_configs[0].scrape_interval`.
    pub path: String,
    /// The table's type that was being read, such as `RelabelConfig`.
    pub context: &'static str,
    /// The field's name.
    pub field: String,
    /// What is wrong, as half a sentence: `takes a duration such as 30s, not "30 s"`.
    pub message: String,
    /// The nearest known field or value, if one is near.
    pub suggestion: Option<String>,
}
