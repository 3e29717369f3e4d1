//! From offsets in an embedded text back to bytes of the host file.

use crate::source::{SourceId, Span};

/// Maps byte offsets of a parsed text to byte offsets of the file that holds it.
#[derive(Clone, Debug)]
pub struct OffsetMap {
    source: SourceId,
    shape: Shape,
}

#[derive(Clone, Debug)]
enum Shape {
    /// The text is a slice of the file, starting at this byte.
    Slice(usize),
    /// Runs of bytes that stand unchanged in the host: (offset in the text, byte in the host).
    Runs { runs: Vec<(u32, u32)>, end: u32 },
    /// The text does not stand in the host letter by letter (base64): everything is at one span.
    Whole { start: u32, end: u32 },
}

impl OffsetMap {
    /// The text is the file from `start` on.
    pub fn slice(source: SourceId, start: usize) -> Self {
        OffsetMap { source, shape: Shape::Slice(start) }
    }

    /// Every position is the whole of `span`.
    pub fn whole(span: Span) -> Self {
        OffsetMap { source: span.source, shape: Shape::Whole { start: span.start, end: span.end } }
    }

    /// Runs as (offset in the text, byte in the host), ascending; `end` closes the last run.
    pub(crate) fn runs(source: SourceId, runs: Vec<(u32, u32)>, end: u32) -> Self {
        OffsetMap { source, shape: Shape::Runs { runs, end } }
    }

    /// The file that positions point into.
    pub fn source(&self) -> SourceId {
        self.source
    }

    /// The host's span of a range of the text.
    pub fn span(&self, start: usize, end: usize) -> Span {
        match &self.shape {
            Shape::Slice(base) => Span::new(self.source, base + start, base + end),
            Shape::Whole { start, end } => Span { source: self.source, start: *start, end: *end },
            Shape::Runs { .. } => {
                let from = self.host(start, false);
                let to = if end > start { self.host(end, true) } else { from };
                Span::new(self.source, from, to)
            }
        }
    }

    /// `closing`: the offset ends a range, so at a border it belongs to the run before.
    fn host(&self, offset: usize, closing: bool) -> usize {
        let Shape::Runs { runs, end } = &self.shape else { return offset };
        let at = |&(text, _): &(u32, u32)| {
            if closing { (text as usize) < offset } else { text as usize <= offset }
        };
        match runs.partition_point(at).checked_sub(1) {
            Some(run) => {
                let (text, host) = runs[run];
                (host as usize + (offset - text as usize)).min(*end as usize)
            }
            None => runs.first().map_or(*end, |&(_, host)| host) as usize,
        }
    }

    /// Composes: the map of a text embedded in a text that this map places.
    pub(crate) fn compose(&self, inner: &[(u32, u32)], end: usize) -> Self {
        match &self.shape {
            Shape::Whole { .. } => self.clone(),
            _ => {
                let runs = inner
                    .iter()
                    .map(|&(text, host)| (text, self.span(host as usize, host as usize).start))
                    .collect();
                OffsetMap::runs(self.source, runs, self.span(end, end).start)
            }
        }
    }
}
