//! Tabs where the readers of other programs take spaces only.
//!
//! The YAML library follows the standard, which lets a tab stand beside spaces before a key. The
//! readers that stand behind Prometheus, the Collector, Elasticsearch and most others do not:
//! wherever a key could begin, in a block, nothing but spaces may stand before the next token.

use granit_parser::{Event, ScalarStyle, StructureStyle};
use std::ops::Range;

/// What was read last.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
    /// A plain scalar, inside of a block at this column: the reader of such a scalar goes on over
    /// blanks and line breaks, and only what stands left of its block ends it.
    Plain(Option<usize>),
    Other,
}

/// Goes through a text along with its events.
pub(super) struct Tabs<'t> {
    text: &'t str,
    /// Columns of the open blocks; none for what is in brackets.
    open: Vec<Option<usize>>,
    last: Last,
    /// Where that ends.
    end: usize,
}

impl<'t> Tabs<'t> {
    /// None where a text has no tab, or is JSON, whose readers take them anywhere.
    pub(super) fn of(text: &'t str) -> Option<Tabs<'t>> {
        let json = text.trim_start().starts_with(['{', '[']);
        let has = memchr::memchr(b'\t', text.as_bytes()).is_some();
        (has && !json).then(|| Tabs { text, open: Vec::new(), last: Last::Other, end: 0 })
    }

    /// How many brackets are open.
    pub(super) fn brackets(&self) -> usize {
        self.open.iter().rev().take_while(|column| column.is_none()).count()
    }

    /// Takes the next event; the first tab up to it that is refused.
    pub(super) fn see(&mut self, event: &Event<'_>, range: &Range<usize>) -> Option<usize> {
        match event {
            Event::SequenceEnd | Event::MappingEnd => {
                if self.open.pop() == Some(None) {
                    self.reach(range.end, Last::Other);
                }
                None
            }
            Event::SequenceStart(style, ..) | Event::MappingStart(style, ..) => {
                let refused = self.gap(range.start);
                let column = (*style == StructureStyle::Block).then(|| self.column(range.start));
                self.open.push(column);
                self.reach(range.start, Last::Other);
                refused
            }
            Event::Scalar(_, style, ..) => {
                let refused = self.gap(range.start);
                match style {
                    ScalarStyle::Literal | ScalarStyle::Folded => {
                        let refused = refused.or_else(|| self.block_scalar(range));
                        self.reach(range.end, Last::Other);
                        refused
                    }
                    ScalarStyle::Plain if !range.is_empty() => {
                        self.reach(range.end, Last::Plain(self.indent()));
                        refused
                    }
                    // An absent value ends nothing.
                    ScalarStyle::Plain => refused,
                    _ => {
                        self.reach(range.end, Last::Other);
                        refused
                    }
                }
            }
            Event::Comment(..) | Event::Alias(_) | Event::UnresolvedAlias(_) => {
                let refused = self.gap(range.start);
                self.reach(range.end, Last::Other);
                refused
            }
            Event::DocumentEnd => {
                self.open.clear();
                None
            }
            _ => None,
        }
    }

    /// The first tab between the last token and the end of the text that is refused.
    pub(super) fn rest(&mut self) -> Option<usize> {
        self.gap(self.text.len())
    }

    fn reach(&mut self, end: usize, last: Last) {
        if end >= self.end {
            (self.end, self.last) = (end, last);
        }
    }

    /// Column of the innermost block.
    fn indent(&self) -> Option<usize> {
        self.open.iter().rev().find_map(|column| *column)
    }

    fn column(&self, at: usize) -> usize {
        at - self.line_start(at)
    }

    fn line_start(&self, at: usize) -> usize {
        memchr::memrchr(b'\n', &self.text.as_bytes()[..at]).map_or(0, |line| line + 1)
    }

    /// The first tab that is refused between the last token and a place. Of blanks in a row the
    /// first tab decides: the others stand further right.
    fn gap(&self, to: usize) -> Option<usize> {
        let gap =
            self.text.as_bytes().get(self.end..to).filter(|_| self.open.last() != Some(&None))?;
        let (mut blank, mut seen) = (true, 0);
        for at in memchr::memchr_iter(b'\t', gap) {
            if at < seen {
                continue;
            }
            blank = blank && gap[seen..at].iter().all(u8::is_ascii_whitespace);
            let row = gap[at..].iter().take_while(|byte| matches!(byte, b' ' | b'\t'));
            seen = at + row.count();
            if self.is_refused(self.end + at, blank) {
                return Some(self.end + at);
            }
        }
        None
    }

    /// Whether a tab behind the last token is refused; `blank`: nothing stands between.
    fn is_refused(&self, tab: usize, blank: bool) -> bool {
        let line = self.line_start(tab);
        let before = &self.text[line.max(self.end)..tab];
        let shown = before.trim_end_matches([' ', '\t']);
        if line < self.end || !shown.is_empty() {
            // Behind `-` and `?` a key may begin; behind anything else there is a value at most.
            return matches!(shown.rsplit([' ', '\t']).next(), Some("-" | "?"));
        }
        match self.last {
            Last::Plain(block) if blank => block.is_some_and(|block| tab - line <= block),
            _ => true,
        }
    }

    /// The first tab that stands left of the text of a block scalar.
    fn block_scalar(&self, range: &Range<usize>) -> Option<usize> {
        // The library begins such a scalar at its header or at its text.
        let text = self.text.get(range.clone())?;
        let start = match text.starts_with(['|', '>']) {
            true => range.start + text.find('\n')? + 1,
            false => self.line_start(range.start),
        };
        let header = self.text.get(self.end..start)?.trim_end().rsplit([' ', '\t', '\n']).next();
        let stated = header.and_then(|header| header.bytes().find(u8::is_ascii_digit));
        let column = |digit| self.indent().unwrap_or_default() + usize::from(digit - b'0');
        let mut indent = stated.map(column);
        let mut start = start;
        for line in self.text[start..range.end].split_inclusive('\n') {
            let spaces = line.bytes().take_while(|byte| *byte == b' ').count();
            match line.as_bytes().get(spaces) {
                Some(b'\t') if indent.is_none_or(|indent| spaces < indent) => {
                    return Some(start + spaces);
                }
                Some(b'\n' | b'\r') | None => {}
                Some(_) => indent = indent.or(Some(spaces)),
            }
            start += line.len();
        }
        None
    }
}
