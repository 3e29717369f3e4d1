//! Files of patterns for grok.

use crate::facts::scalar::Scalar;
use crate::facts::subject::{Held, SubjectKind};
use crate::facts::{DocumentId, FileFacts, Subject};
use crate::lang::grok;
use crate::parse::offsets::OffsetMap;
use crate::source::Span;

/// A pattern with a name.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct GrokPattern {
    /// Where it came from.
    pub document: DocumentId,
    /// Its name.
    pub name: Scalar,
    /// Its expression.
    pub expression: Scalar,
}

/// Reads a file of them.
pub(in crate::facts) fn read(
    text: &str,
    map: &OffsetMap,
    document: DocumentId,
    facts: &mut FileFacts,
) {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        if line.trim_start().starts_with('#') {
            continue;
        }
        let Some((name, expression)) = grok::definition(line) else { continue };
        let scalar = |range: std::ops::Range<usize>| Scalar {
            text: line[range.clone()].to_owned(),
            span: map.span(start + range.start, start + range.end),
            known: true,
            plain: true,
        };
        let (name, expression) = (scalar(name), scalar(expression));
        facts.grok_patterns.push(GrokPattern { document, name, expression });
    }
}

impl Subject for GrokPattern {
    fn kind(&self) -> SubjectKind {
        SubjectKind::GrokPattern
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        format!("pattern {}", self.name.text)
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.name.span)
    }
    fn field(&self, path: &str) -> Held<'_> {
        match path {
            "name" => self.name.held(),
            _ => Held::Nothing,
        }
    }
}
