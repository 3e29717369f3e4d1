//! Files as text: the only code that turns bytes into lines and columns.
//!
//! Everything between reading and rendering speaks in byte ranges ([`Span`]).

use std::borrow::Cow;
use std::fmt;
use std::sync::OnceLock;

/// One file of a run; files are numbered in path order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub u32);

/// A byte range in one source; `end` is exclusive.
///
/// Bytes count in the file on disk (a byte order mark included). In a file that
/// was UTF-16 they count in the decoded text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file.
    pub source: SourceId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// A span from byte offsets.
    pub fn new(source: SourceId, start: usize, end: usize) -> Self {
        let clamp = |byte: usize| u32::try_from(byte).unwrap_or(u32::MAX);
        Span { source, start: clamp(start), end: clamp(end.max(start)) }
    }

    /// The range as `usize`, for slicing.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }

    /// The empty span at its end.
    pub fn at_end(self) -> Self {
        Span { start: self.end, ..self }
    }

    /// The empty span at this one's start.
    pub fn at_start(self) -> Self {
        Span { end: self.start, ..self }
    }

    /// Whether `other` lies inside this span of the same file.
    pub fn contains(self, other: Span) -> bool {
        self.source == other.source && self.start <= other.start && other.end <= self.end
    }
}

/// The path of a file as it is shown: bytes that are not UTF-8 are percent-encoded.
pub fn encoded(path: &[u8]) -> String {
    let mut out = String::with_capacity(path.len());
    for chunk in path.utf8_chunks() {
        out.push_str(chunk.valid());
        for byte in chunk.invalid() {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// A place as people count: lines and columns from 1, columns in Unicode scalar values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column in Unicode scalar values, from 1; a byte order mark has no column.
    pub column: u32,
    /// Byte offset, from 0.
    pub byte: u32,
}

/// How a file's bytes were encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// UTF-16 with a byte order mark; offsets are those of the decoded text.
    Utf16,
}

/// Whose text a file is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// The repository's own.
    #[default]
    Own,
    /// Somebody else's.
    Vendored,
    /// Written by a program.
    Generated,
}

/// What part a file plays where templates were filled in before the run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Part {
    /// None.
    #[default]
    Plain,
    /// It is what templates came to.
    Rendered,
    /// Rendered text stands for it: it has places and no facts.
    Template,
}

/// One file's text and its line index.
pub struct Source {
    /// Path relative to the root, with `/`; bytes that are not UTF-8 are percent-encoded.
    pub path: String,
    text: String,
    /// How the bytes on disk were encoded.
    pub encoding: Encoding,
    /// Whose text it is.
    pub origin: Origin,
    /// Whether it was rendered, or stands behind what was.
    pub part: Part,
    /// SHA-256 of the bytes on disk, where they differ from the text's.
    pub sha256: Option<String>,
    /// First bytes of lines; of a text that stands elsewhere, once somebody asks.
    line_starts: OnceLock<Vec<u32>>,
    /// How many characters begin before each block of the text.
    chars_before: OnceLock<Vec<usize>>,
    away: Option<Away>,
}

/// Gives a text once more.
pub type Again = Box<dyn Fn() -> Option<String> + Send + Sync>;

/// A text that is not kept in memory, and how to have it again.
struct Away {
    read: Again,
    length: usize,
    again: OnceLock<String>,
}

const BOM: &str = "\u{feff}";

impl Source {
    /// Indexes `text` as the content of `path`.
    pub fn new(path: impl Into<String>, text: String, encoding: Encoding) -> Self {
        let line_starts = OnceLock::from(starts_of(&text));
        Source {
            path: path.into(),
            text,
            encoding,
            origin: Origin::Own,
            part: Part::Plain,
            sha256: None,
            line_starts,
            chars_before: OnceLock::new(),
            away: None,
        }
    }

    /// A text of this length that is read for the first who asks.
    pub fn elsewhere(
        path: impl Into<String>,
        length: u32,
        encoding: Encoding,
        read: Again,
    ) -> Self {
        let away = Away { read, length: length as usize, again: OnceLock::new() };
        let line_starts = OnceLock::new();
        Source { line_starts, away: Some(away), ..Source::new(path, String::new(), encoding) }
    }

    fn line_starts(&self) -> &[u32] {
        self.line_starts.get_or_init(|| starts_of(&self.look()))
    }

    /// Where the content starts: after the byte order mark, if there is one.
    pub fn content_start(&self) -> usize {
        if self.text().starts_with(BOM) { BOM.len() } else { 0 }
    }

    /// The line (from 1) that holds this byte.
    pub fn line_of(&self, byte: u32) -> u32 {
        let index = self.line_starts().partition_point(|&start| start <= byte);
        u32::try_from(index.max(1)).unwrap_or(u32::MAX)
    }

    /// Number of lines; a final line break starts no further line.
    pub fn line_count(&self) -> u32 {
        let starts = self.line_starts();
        let count = starts.len();
        let trailing = usize::from(count > 1 && starts.last() == Some(&self.len()));
        u32::try_from(count - trailing).unwrap_or(u32::MAX)
    }

    /// Forgets the text of a file that holds nothing of interest; its path stays.
    pub fn forget(&mut self) {
        self.text = String::new();
        self.line_starts = OnceLock::from(vec![0]);
    }

    /// Lets go of a text that few will ask for: it is read again for the first who does.
    pub fn put_away(&mut self, read: Again) {
        let length = self.text.len();
        self.text = String::new();
        if let Some(starts) = self.line_starts.get_mut() {
            starts.shrink_to_fit();
        }
        self.away = Some(Away { read, length, again: OnceLock::new() });
    }

    /// The decoded text, byte order mark included; one that was put away is read again, and kept.
    /// One that has become another since it was read is empty.
    pub fn text(&self) -> &str {
        match &self.away {
            None => &self.text,
            Some(away) => away.again.get_or_init(|| away.load()),
        }
    }

    /// The text for one look: one that was put away is not kept.
    pub fn look(&self) -> Cow<'_, str> {
        match &self.away {
            Some(away) if away.again.get().is_none() => Cow::Owned(away.load()),
            _ => Cow::Borrowed(self.text()),
        }
    }

    /// Length of the text in bytes.
    pub fn len(&self) -> u32 {
        let length = self.away.as_ref().map_or(self.text.len(), |away| away.length);
        u32::try_from(length).unwrap_or(u32::MAX)
    }

    /// Whether the text is empty.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Byte range of a line (from 1) without its line break.
    pub fn line_range(&self, line: u32) -> std::ops::Range<usize> {
        let index = (line.max(1) - 1) as usize;
        let full = self.text();
        let starts = self.line_starts();
        let Some(&start) = starts.get(index) else {
            return full.len()..full.len();
        };
        let end = starts.get(index + 1).map_or(full.len(), |&next| next as usize);
        let text = full.get(start as usize..end).unwrap_or_default();
        start as usize..start as usize + text.trim_end_matches(['\n', '\r']).len()
    }

    /// Text of a line (from 1) without its line break.
    pub fn line_text(&self, line: u32) -> &str {
        let text = self.text().get(self.line_range(line)).unwrap_or_default();
        if line == 1 { text.strip_prefix(BOM).unwrap_or(text) } else { text }
    }

    /// Line and column of a byte.
    pub fn position(&self, byte: u32) -> Position {
        let byte = byte.min(self.len());
        let line = self.line_of(byte);
        let start = match line {
            1 => self.content_start().min(byte as usize),
            _ => self.line_starts().get((line - 1) as usize).map_or(0, |&start| start as usize),
        };
        let column = u32::try_from(self.chars(start, byte as usize) + 1).unwrap_or(u32::MAX);
        Position { line, column, byte }
    }

    /// How many characters begin between two places. Long lines are asked about many times: what stands
    /// before each block of them is counted once.
    fn chars(&self, start: usize, end: usize) -> usize {
        const BLOCK: usize = 4096;
        let bytes = self.text().as_bytes();
        let begun = |part: &[u8]| part.iter().filter(|&&byte| byte & 0xc0 != 0x80).count();
        let within = |from: usize, to: usize| bytes.get(from..to).map_or(0, begun);
        if end.saturating_sub(start) < BLOCK {
            return within(start, end);
        }
        let blocks = self.chars_before.get_or_init(|| {
            let mut sum = 0;
            let sums = bytes.chunks(BLOCK).map(|block| {
                sum += begun(block);
                sum
            });
            std::iter::once(0).chain(sums).collect()
        });
        let before = |at: usize| {
            let block = at / BLOCK;
            blocks.get(block).copied().unwrap_or_default() + within(block * BLOCK, at)
        };
        before(end) - before(start)
    }

    /// Text of a span of this file.
    pub fn slice(&self, span: Span) -> &str {
        self.text().get(span.range()).unwrap_or_default()
    }
}

fn starts_of(text: &str) -> Vec<u32> {
    let breaks = memchr::memchr_iter(b'\n', text.as_bytes());
    let mut starts = vec![0];
    starts.extend(breaks.filter_map(|newline| u32::try_from(newline + 1).ok()));
    starts
}

impl Away {
    fn load(&self) -> String {
        let text = (self.read)();
        text.filter(|text| text.len() == self.length).unwrap_or_default()
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Source({}, {} bytes)", self.path, self.len())
    }
}

#[cfg(test)]
mod tests {
    use super::{Encoding, Source};

    #[test]
    fn columns_of_long_lines_are_counted_as_those_of_short_ones() {
        let text = format!("ä: 1\n{}\nb: 2\n", "aä→".repeat(5_000));
        let source = Source::new("a.yml", text.clone(), Encoding::Utf8);
        let start = text.find('\n').map_or(0, |at| at + 1);
        for (at, _) in text.char_indices().filter(|(at, _)| *at >= start).step_by(7) {
            let line = text[..at].rfind('\n').map_or(0, |found| found + 1);
            let column = text[line..at].chars().count() + 1;
            let told = source.position(u32::try_from(at).unwrap_or(u32::MAX));
            assert_eq!(told.column as usize, column, "byte {at}");
        }
    }
}
