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

    /// The map as runs or as the place that bounds it: a slice is a run without a bound, the
    /// whole of a span a bound without runs.
    pub(crate) fn plain(&self) -> (Option<Vec<(u32, u32)>>, Option<Span>) {
        let place = |start: u32, end: u32| Span { source: self.source, start, end };
        match &self.shape {
            Shape::Slice(start) => {
                (Some(vec![(0, u32::try_from(*start).unwrap_or(u32::MAX))]), None)
            }
            Shape::Runs { runs, end } => (Some(runs.clone()), Some(place(*end, *end))),
            Shape::Whole { start, end } => (None, Some(place(*start, *end))),
        }
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

    /// The range of the text that stands at a span of the file; `None` where the text does not
    /// stand letter by letter.
    pub fn local(&self, span: Span) -> Option<std::ops::Range<usize>> {
        let (start, end) = (span.start as usize, span.end as usize);
        match &self.shape {
            Shape::Slice(base) => Some(start.checked_sub(*base)?..end.checked_sub(*base)?),
            Shape::Whole { .. } => None,
            Shape::Runs { runs, .. } => {
                let from = inverse(runs, start)?;
                Some(from..inverse(runs, end)?.max(from))
            }
        }
    }

    /// The map of a text embedded in a text that this map places: `inner` runs as (offset in the
    /// embedded text, offset in the host text), `len` and `end` where both stop.
    pub(crate) fn compose(&self, inner: &[(usize, usize)], len: usize, end: usize) -> Self {
        let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let Shape::Runs { runs: outer, .. } = &self.shape else {
            let Shape::Slice(base) = &self.shape else { return self.clone() };
            let runs = inner.iter().map(|&(text, host)| (number(text), number(host + base)));
            return OffsetMap::runs(self.source, runs.collect(), number(end + base));
        };
        let mut runs = Vec::with_capacity(inner.len());
        for (index, &(text, host)) in inner.iter().enumerate() {
            let next = inner.get(index + 1).map_or(len, |&(next, _)| next);
            runs.push((number(text), number(self.host(host, false))));
            // A run of the inner text may cross borders of the outer one.
            let host_end = host + next.saturating_sub(text);
            let first = outer.partition_point(|&(at, _)| at as usize <= host);
            for &(at, place) in &outer[first..] {
                if at as usize >= host_end {
                    break;
                }
                runs.push((number(text + (at as usize - host)), place));
            }
        }
        OffsetMap::runs(self.source, runs, number(self.host(end, true)))
    }
}

/// The offset in the text of a byte of the host; between two runs, the start of the later one.
fn inverse(runs: &[(u32, u32)], host: usize) -> Option<usize> {
    let at = runs.partition_point(|&(_, place)| place as usize <= host).checked_sub(1)?;
    let (text, place) = runs[at];
    let offset = text as usize + (host - place as usize);
    Some(runs.get(at + 1).map_or(offset, |&(next, _)| offset.min(next as usize)))
}
