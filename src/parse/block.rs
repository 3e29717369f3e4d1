//! Block YAML as the YAML parser would read it, several times faster: most configuration is
//! nothing but mappings and lists on lines of their own.
//!
//! Only what is certain to be read alike is read here: documents, plain and quoted keys and
//! values, block scalars, brackets on one line, anchors, comments. For anything else the answer is `None`, and the YAML
//! parser has the word.

mod anchor;
mod flow;
mod quoted;

use super::plain::{Event, is_plain};
use super::tree::Style;
use anchor::Anchors;
use std::borrow::Cow;
use std::ops::Range;

/// Deepest nesting that is read here.
const MAX_DEPTH: usize = 64;
/// Longest key that is read here.
const MAX_KEY: usize = 256;

/// Shows `sink` what a text consists of. Where the answer is `None`, what was shown is worth nothing.
pub(super) fn read<'t>(text: &'t str, sink: impl FnMut(Event<'t>)) -> Option<()> {
    let ascii = text.bytes().fold(true, |ok, byte| ok & matches!(byte, b'\n' | b' '..=b'~'));
    if !(ascii || text.chars().all(is_plain)) {
        return None;
    }
    let (bytes, open) = (text.as_bytes(), Vec::new());
    let anchors = Anchors::default();
    let (waiting, marked) = (None, false);
    let mut reader = Reader { text, bytes, at: 0, sink, open, waiting, marked, anchors };
    reader.run()
}

/// A collection that is open.
#[derive(Clone, Copy)]
struct Open {
    mapping: bool,
    column: usize,
}

struct Reader<'t, S> {
    text: &'t str,
    bytes: &'t [u8],
    /// Where the next line begins.
    at: usize,
    sink: S,
    open: Vec<Open>,
    /// A key whose value stands on the lines below, if it has one.
    waiting: Option<Waiting>,
    /// Whether a mark of a document was met.
    marked: bool,
    anchors: Anchors<'t>,
}

/// A key with its colon.
struct Key<'t> {
    text: &'t str,
    style: Style,
    /// With its quotes.
    range: Range<usize>,
}

/// A key, or what has an anchor, without a value on its line.
#[derive(Clone, Copy)]
struct Waiting {
    column: usize,
    /// Only a collection that stands deeper is read here.
    anchored: bool,
    /// Where the key ends, and the parser has the value that is not there.
    end: usize,
}

impl<'t, S: FnMut(Event<'t>)> Reader<'t, S> {
    fn run(&mut self) -> Option<()> {
        while self.at < self.bytes.len() {
            let column = self.blanks(self.at);
            let start = self.at + column;
            match self.byte(start) {
                b'\n' => self.at = start + 1,
                b'#' => self.comment(start),
                b'-' if self.bytes[start..].starts_with(b"---\n") && column == 0 => {
                    self.mark()?;
                    self.at = start + 4;
                }
                _ => self.line(start, column)?,
            }
        }
        self.close()
    }

    /// The mark before a document. One that holds nothing is left to the parser.
    fn mark(&mut self) -> Option<()> {
        let first = !std::mem::replace(&mut self.marked, true);
        if !(first && self.open.is_empty()) {
            self.close()?;
            self.anchors.forget();
            (self.sink)(Event::Next);
        }
        Some(())
    }

    /// The end of a document.
    fn close(&mut self) -> Option<()> {
        if let Some(key) = self.waiting.take() {
            self.absent(key)?;
        }
        if self.open.is_empty() {
            return None;
        }
        while self.open.pop().is_some() {
            (self.sink)(Event::Close { end: 0 });
        }
        Some(())
    }

    /// A byte of the text; a line break behind its end.
    fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(b'\n')
    }

    /// How many blanks stand here.
    fn blanks(&self, at: usize) -> usize {
        self.bytes[at..].iter().take_while(|&&byte| byte == b' ').count()
    }

    /// Where the line that holds this byte ends.
    fn line_end(&self, at: usize) -> usize {
        memchr::memchr(b'\n', &self.bytes[at..]).map_or(self.bytes.len(), |length| at + length)
    }

    fn comment(&mut self, start: usize) {
        let end = self.line_end(start);
        (self.sink)(Event::Comment { range: start..end });
        self.at = end + 1;
    }

    /// Whether a list's entry begins here.
    fn is_entry(&self, at: usize) -> bool {
        self.byte(at) == b'-' && matches!(self.byte(at + 1), b' ' | b'\n')
    }

    /// Begins a collection.
    fn begin(&mut self, mapping: bool, at: usize, column: usize) -> Option<()> {
        if self.open.len() >= MAX_DEPTH {
            return None;
        }
        self.open.push(Open { mapping, column });
        (self.sink)(Event::Open { mapping, at });
        Some(())
    }

    /// A line with an entry or a key.
    fn line(&mut self, start: usize, column: usize) -> Option<()> {
        let entry = self.is_entry(start);
        if let Some(key) = self.waiting
            && !entry
            && column > key.column
            && self.key(start).is_none()
        {
            self.waiting = None;
            let bare = !key.anchored && self.byte(start) != b'&';
            return if bare { self.value(start, key.column) } else { None };
        }
        self.place(entry, start, column)?;
        let (mut at, mut column) = (start, column);
        while self.is_entry(at) {
            let next = at + 1 + self.blanks(at + 1);
            let below = column + (next - at);
            if self.is_entry(next) {
                self.begin(false, next, below)?;
            } else if self.key(next).is_some() {
                self.begin(true, next, below)?;
            } else {
                return self.value(next, column);
            }
            (at, column) = (next, below);
        }
        let end = self.read_key(at)?;
        let next = end + 1 + self.blanks(end + 1);
        match self.byte(next) {
            b'\n' => self.at = next + 1,
            b'#' => self.comment(next),
            _ => return self.value(next, column),
        }
        self.waiting = Some(Waiting { column, anchored: false, end });
        Some(())
    }

    /// The value of a key that has none.
    fn absent(&mut self, key: Waiting) -> Option<()> {
        if key.anchored {
            return None;
        }
        let (text, range) = (Cow::Borrowed(""), key.end..key.end);
        (self.sink)(Event::Scalar { text, style: Style::Plain, range });
        Some(())
    }

    /// Finds the collection that a line goes on with, or begins it.
    fn place(&mut self, entry: bool, start: usize, column: usize) -> Option<()> {
        if let Some(key) = self.waiting.take() {
            // A list may stand in the column of its key.
            let inside = column > key.column || (entry && !key.anchored && column == key.column);
            if inside {
                // There the parser says of the list that it begins with what its first entry holds.
                let same = column == key.column;
                let at = if same { start + 1 + self.blanks(start + 1) } else { start };
                return self.begin(!entry, at, column);
            }
            self.absent(key)?;
        }
        if self.open.is_empty() {
            return if column == 0 { self.begin(!entry, start, 0) } else { None };
        }
        while let Some(&Open { mapping, column: at }) = self.open.last() {
            let ended = at > column || (at == column && !mapping && !entry);
            if !ended {
                return (at == column && mapping != entry).then_some(());
            }
            self.open.pop();
            (self.sink)(Event::Close { end: 0 });
        }
        None
    }

    /// Shows a key with its colon; where it ends.
    fn read_key(&mut self, at: usize) -> Option<usize> {
        let Key { text, style, range } = self.key(at)?;
        let end = range.end;
        (self.sink)(Event::Scalar { text: Cow::Borrowed(text), style, range });
        Some(end)
    }

    /// The key that stands here with its colon.
    fn key(&self, at: usize) -> Option<Key<'t>> {
        let first = self.byte(at);
        if matches!(first, b'"' | b'\'') {
            return self.quoted_key(at, first);
        }
        let part = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./".contains(&byte);
        let merge = first == b'<' && self.byte(at + 1) == b'<';
        let length = match merge {
            true => 2,
            false => self.bytes[at..].iter().take_while(|&&byte| part(byte)).count(),
        };
        let end = at + length;
        let key = (merge || first.is_ascii_alphabetic() || first == b'_') && length <= MAX_KEY;
        let found = Key { text: self.text.get(at..end)?, style: Style::Plain, range: at..end };
        (key && self.is_colon(end)).then_some(found)
    }

    /// A key in quotes, without escapes.
    fn quoted_key(&self, at: usize, quote: u8) -> Option<Key<'t>> {
        let stop = at + 1 + memchr::memchr3(quote, b'\\', b'\n', self.bytes.get(at + 1..)?)?;
        let style = if quote == b'"' { Style::Double } else { Style::Single };
        let key = self.bytes[stop] == quote && stop - at <= MAX_KEY && self.is_colon(stop + 1);
        key.then(|| Key { text: &self.text[at + 1..stop], style, range: at..stop + 1 })
    }

    /// Whether a colon stands here that ends a key.
    fn is_colon(&self, at: usize) -> bool {
        self.byte(at) == b':' && matches!(self.byte(at + 1), b' ' | b'\n')
    }

    /// A value that begins on the line of its key or dash; `parent` is the column of that.
    fn value(&mut self, at: usize, parent: usize) -> Option<()> {
        match self.byte(at) {
            b'|' | b'>' => self.block(at, parent),
            b'"' => self.double(at, parent),
            b'\'' => self.single(at, parent),
            b'[' | b'{' => self.flow(at),
            b'&' => self.anchor(at, parent),
            b'*' => self.alias(at),
            b'-' if matches!(self.byte(at + 1), b' ' | b'\n') => None,
            b':' if !matches!(self.byte(at + 1), b' ' | b'\n') => self.plain(at, parent),
            b'\n' | b'?' | b':' | b',' | b']' | b'}' | b'#' | b'!' | b'%' | b'@' | b'`' => None,
            _ => self.plain(at, parent),
        }
    }

    /// The end of a line behind a value: a comment or nothing.
    fn rest(&mut self, at: usize) -> Option<()> {
        let blanks = self.blanks(at);
        match self.byte(at + blanks) {
            b'\n' => self.at = at + blanks + 1,
            b'#' if blanks > 0 => self.comment(at + blanks),
            _ => return None,
        }
        Some(())
    }

    /// The plain text of a line from `at` on: where it ends, and where a comment begins. `None` if
    /// it holds what would be a key.
    fn plain_line(&self, at: usize) -> Option<(usize, Option<usize>)> {
        let end = self.line_end(at);
        let line = &self.bytes[at..end];
        let mut stop = line.len();
        for place in memchr::memchr2_iter(b':', b'#', line) {
            match line[place] {
                b':' if matches!(line.get(place + 1), None | Some(b' ')) => return None,
                b'#' if place > 0 && line[place - 1] == b' ' => {
                    stop = place;
                    break;
                }
                _ => {}
            }
        }
        let comment = (stop < line.len()).then_some(at + stop);
        let length = line[..stop].iter().rposition(|&byte| byte != b' ').map_or(0, |at| at + 1);
        Some((at + length, comment))
    }

    /// A plain value, folded where lines deeper than its parent follow.
    fn plain(&mut self, start: usize, parent: usize) -> Option<()> {
        let (mut end, comment) = self.plain_line(start)?;
        let mut text = Cow::Borrowed(&self.text[start..end]);
        let mut next = self.line_end(end) + 1;
        let mut line = next;
        let mut breaks = 0;
        while line < self.bytes.len() {
            let column = self.blanks(line);
            let at = line + column;
            if self.byte(at) == b'\n' {
                breaks += 1;
                line = at + 1;
                continue;
            }
            if column <= parent {
                break;
            }
            // Neither text nor a key may follow a comment here.
            if comment.is_some() || self.byte(at) == b'#' {
                return None;
            }
            let (stop, None) = self.plain_line(at)? else { return None };
            match breaks {
                0 => text.to_mut().push(' '),
                _ => text.to_mut().extend(std::iter::repeat_n('\n', breaks)),
            }
            text.to_mut().push_str(&self.text[at..stop]);
            (end, breaks) = (stop, 0);
            next = self.line_end(stop) + 1;
            line = next;
        }
        (self.sink)(Event::Scalar { text, style: Style::Plain, range: start..end });
        self.at = next;
        if let Some(comment) = comment {
            self.comment(comment);
        }
        Some(())
    }

    /// A block scalar whose text begins on the next line.
    fn block(&mut self, at: usize, parent: usize) -> Option<()> {
        let folded = self.byte(at) == b'>';
        let strip = self.byte(at + 1) == b'-';
        let header = at + 1 + usize::from(strip);
        let first = header + self.blanks(header);
        if self.byte(first) != b'\n' || first + 1 >= self.bytes.len() {
            return None;
        }
        let indent = self.blanks(first + 1);
        let start = first + 1 + indent;
        if indent <= parent || self.byte(start) == b'\n' {
            return None;
        }
        let mut lines = Lines { folded, ..Lines::default() };
        let mut line = start;
        let end = loop {
            let end = self.line_end(line);
            lines.add(&self.text[line..end]);
            let mut next = end + 1;
            let mut column = 0;
            while next < self.bytes.len() {
                column = self.blanks(next).min(indent);
                if self.byte(next + column) != b'\n' {
                    break;
                }
                lines.breaks += 1;
                next += column + 1;
            }
            // At the end of a text without a last line break the parser has its own rules.
            if next > self.bytes.len() {
                return None;
            }
            if next == self.bytes.len() || column < indent {
                self.at = next;
                break end;
            }
            line = next + indent;
        };
        let mut text = lines.text;
        if !strip {
            text.push('\n');
        }
        let length = self.text[start..end].trim_end().len();
        let style = if folded { Style::Folded } else { Style::Literal };
        let (text, range) = (Cow::Owned(text), start..start + length);
        (self.sink)(Event::Scalar { text, style, range });
        Some(())
    }
}

/// The text of a block scalar, put together line by line.
#[derive(Default)]
struct Lines {
    text: String,
    folded: bool,
    /// Empty lines since the last line.
    breaks: usize,
    /// Whether there was a line, and whether it began with a blank.
    begun: bool,
    blank: bool,
}

impl Lines {
    fn add(&mut self, line: &str) {
        let blank = line.starts_with(' ');
        let folds = self.folded && self.begun && !self.blank && !blank;
        if folds && self.breaks == 0 {
            self.text.push(' ');
        } else if self.begun && !folds {
            self.text.push('\n');
        }
        self.text.extend(std::iter::repeat_n('\n', self.breaks));
        self.text.push_str(line);
        (self.begun, self.blank, self.breaks) = (true, blank, 0);
    }
}

#[cfg(test)]
mod tests;
