//! NIST control annotations and inline allows, wherever they stand.

mod allow;
mod bind;
mod grammar;
mod keys;
mod markers;
mod outline;
pub mod read;
#[cfg(test)]
mod tests;

pub use read::{has_marks, read};

use super::scalar::Scalar;
use super::subject::{Held, SubjectKind};
use super::{DocumentId, Subject};
use crate::source::{SourceId, Span};

/// A control annotation: `@nist au-3 "…"` and its kin.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Annotation {
    /// The file it stands in.
    pub source: SourceId,
    /// Tag without the `@`, lower case: `nist`, `nist-implements`, `nist-controls`, `evidence`, …
    pub tag: String,
    /// Place of the tag.
    pub tag_span: Span,
    /// The control ids as written, with their places.
    pub controls: Vec<Scalar>,
    /// Quoted or free text after the id; the value of `@nist-baseline` and `@nist-context`.
    pub text: Option<Scalar>,
    /// Types of evidence that `@evidence` of the same comment names.
    pub evidence: Vec<Scalar>,
    /// `@confidence` of the same comment.
    pub confidence: Option<Scalar>,
    /// A list of controls rather than a claim about one: `@nist-controls` and the keys.
    pub list: bool,
    /// What is wrong with its form, and where.
    pub malformed: Option<(String, Span)>,
    /// What it is bound to.
    pub target: Target,
    /// An example in documentation (a fenced block of Markdown): no claim.
    pub example: bool,
}

/// What an annotation annotates.
#[derive(Clone, Debug, PartialEq, Eq, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum Target {
    /// The statement, key or item at this place.
    Code(Span),
    /// The section of a Markdown heading, subsections included.
    Section {
        /// Text of the heading.
        title: String,
        /// From the heading to the next one of its level or above.
        span: Span,
    },
    /// The whole file: a header list.
    File,
    /// Nothing, and why, as the end of a sentence: `the file ends after it`.
    Nothing(#[borsh(deserialize_with = "crate::kept::word")] &'static str),
}

/// How far an allow reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum Reach {
    /// The whole file.
    File,
    /// These lines, first and last (from 1).
    Lines(u32, u32),
}

/// `obsproof: allow(CODE) reason="…" until=YYYY-MM-DD`.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Allow {
    /// The file it stands in.
    pub source: SourceId,
    /// Place of the whole directive.
    pub span: Span,
    /// The rules as written.
    pub codes: Vec<Scalar>,
    /// `reason`.
    pub reason: Option<String>,
    /// `until`.
    pub until: Option<Scalar>,
    /// How far it reaches: the whole file for `allow-file` and for an allow in the comment at the
    /// head of the file; its own line for one behind code; else the block that the next line
    /// opens, or just that line.
    pub reach: Reach,
    /// What is wrong with its form.
    pub malformed: Option<String>,
}

impl Subject for Annotation {
    fn kind(&self) -> SubjectKind {
        SubjectKind::Annotation
    }
    /// None: it stands in a file, which need not hold a document of any kind.
    fn document(&self) -> Option<DocumentId> {
        None
    }
    fn title(&self) -> String {
        let controls: Vec<&str> = self.controls.iter().map(|id| id.text.as_str()).collect();
        format!("@{} {}", self.tag, controls.join(", ")).trim_end().to_owned()
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.controls.first().map_or(self.tag_span, |control| control.span))
    }
    fn field(&self, path: &str) -> Held<'_> {
        match path {
            "tag" => Held::Text(&self.tag),
            "control" => self.controls.first().map_or(Held::Nothing, Scalar::held),
            "text" => self.text.as_ref().map_or(Held::Nothing, Scalar::held),
            _ => Held::Nothing,
        }
    }
    fn field_span(&self, path: &str) -> Option<Span> {
        match path {
            "tag" => Some(self.tag_span),
            "control" => self.controls.first().map(|control| control.span),
            "text" => self.text.as_ref().map(|text| text.span),
            _ => None,
        }
    }
}

impl Subject for Allow {
    fn kind(&self) -> SubjectKind {
        SubjectKind::Allow
    }
    /// None: it stands in a file, which need not hold a document of any kind.
    fn document(&self) -> Option<DocumentId> {
        None
    }
    fn title(&self) -> String {
        "inline allow".to_owned()
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.span)
    }
}
