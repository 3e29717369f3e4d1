//! The three-pillar strategy file of the standard.

use super::scalar::{Pairs, Scalar, held};
use super::subject::{Held, SubjectKind};
use super::{DocumentId, Subject};
use crate::source::Span;

/// A mapping with `observability.{metrics,logs,traces}`.
#[derive(Clone, Debug)]
pub struct Strategy {
    /// Where it came from.
    pub document: DocumentId,
    /// The `observability` key.
    pub anchor: Span,
    /// `strategy`.
    pub strategy: Option<Scalar>,
    /// Names of the blocks present and not null: `metrics`, `logs`, `traces`, `events`.
    pub blocks: Vec<Scalar>,
    /// Parts may be filled in elsewhere.
    pub open: bool,
}

/// One pillar.
#[derive(Clone, Debug)]
pub struct Pillar {
    /// Where it came from.
    pub document: DocumentId,
    /// `metrics`, `logs`, `traces` or `events`: its key.
    pub name: Scalar,
    /// All scalar fields by dotted path below the pillar: `retention`, `retention.raw`,
    /// `retention.downsampled_5m`, `sampling_rate`, …
    pub settings: Pairs,
}

impl Subject for Strategy {
    fn kind(&self) -> SubjectKind {
        SubjectKind::Strategy
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        "observability strategy".to_owned()
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.anchor)
    }
    fn field(&self, path: &str) -> Held<'_> {
        if path == "strategy" { held(self.strategy.as_ref()) } else { Held::Nothing }
    }
    fn field_span(&self, path: &str) -> Option<Span> {
        self.strategy.as_ref().filter(|_| path == "strategy").map(|strategy| strategy.span)
    }
}

impl Subject for Pillar {
    fn kind(&self) -> SubjectKind {
        SubjectKind::Pillar
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        format!("pillar {}", self.name.text)
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.name.span)
    }
    fn field(&self, path: &str) -> Held<'_> {
        if path == "name" { self.name.held() } else { self.settings.held(path) }
    }
    fn field_span(&self, path: &str) -> Option<Span> {
        if path == "name" {
            Some(self.name.span)
        } else {
            self.settings.get(path).map(|value| value.span)
        }
    }
}
