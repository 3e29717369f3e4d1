//! Characters to words: what the parser asks of the text.

use super::tree::Extent;
use memchr::{memchr, memchr2};

/// A place in the text.
#[derive(Debug)]
pub(super) struct Scanner<'t> {
    pub(super) text: &'t str,
    pub(super) bytes: &'t [u8],
    pub(super) at: usize,
    /// A comment that a lone carriage return cuts.
    pub(super) cut_comment: Option<usize>,
}

/// How far back the beginning of a line is looked for.
const MAX_LINE: usize = 512;

pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

pub(super) fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

impl<'t> Scanner<'t> {
    pub(super) fn new(text: &'t str) -> Scanner<'t> {
        Scanner { text, bytes: text.as_bytes(), at: 0, cut_comment: None }
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    pub(super) fn starts(&self, word: &str) -> bool {
        self.bytes[self.at..].starts_with(word.as_bytes())
    }

    pub(super) fn accept(&mut self, word: &str) -> bool {
        let found = self.starts(word);
        self.at += if found { word.len() } else { 0 };
        found
    }

    /// Passes blanks and comments.
    pub(super) fn skip(&mut self) {
        loop {
            while self.peek().is_some_and(is_space) {
                self.at += 1;
            }
            if self.peek() != Some(b'#') {
                return;
            }
            let rest = &self.bytes[self.at..];
            let end = memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
            if rest.get(end) == Some(&b'\r') && rest.get(end + 1) != Some(&b'\n') {
                self.cut_comment.get_or_insert(self.at);
                self.at += memchr(b'\n', rest).unwrap_or(rest.len());
            } else {
                self.at += end;
            }
        }
    }

    /// The end of a plain name at `at`; `at` if there is none.
    pub(super) fn name_end(&self, at: usize) -> usize {
        let rest = &self.bytes[at..];
        at + rest.iter().position(|byte| !is_name(*byte)).unwrap_or(rest.len())
    }

    /// The end of a word of two or more characters without quotes.
    pub(super) fn bareword_end(&self, at: usize) -> Option<usize> {
        let rest = &self.bytes[at..];
        let starts = |byte: &&u8| byte.is_ascii_alphabetic() || **byte == b'_';
        rest.first().filter(starts)?;
        let inner = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        let len = rest.iter().position(|byte| !inner(byte)).unwrap_or(rest.len());
        (len > 1).then_some(at + len)
    }

    pub(super) fn number_end(&self, at: usize) -> Option<usize> {
        let digits = |at: usize| {
            let rest = &self.bytes[at..];
            at + rest.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len())
        };
        let start = at + usize::from(self.bytes.get(at) == Some(&b'-'));
        let end = digits(start);
        if end == start {
            return None;
        }
        Some(if self.bytes.get(end) == Some(&b'.') { digits(end + 1) } else { end })
    }

    /// The end of what `quote` opens at `at`; a backslash before the quote keeps it open.
    pub(super) fn quoted_end(&self, at: usize, quote: u8) -> Option<usize> {
        let mut from = at + 1;
        loop {
            let end = from + memchr(quote, self.bytes.get(from..)?)?;
            if end == at + 1 || self.bytes[end - 1] != b'\\' {
                return Some(end + 1);
            }
            from = end + 1;
        }
    }

    /// The end of `[a][b]` at `at`.
    pub(super) fn selector_end(&self, at: usize) -> Option<usize> {
        let mut end = at;
        while self.bytes.get(end) == Some(&b'[') {
            let rest = &self.bytes[end + 1..];
            let len = rest.iter().position(|byte| matches!(byte, b'[' | b']' | b','));
            match len {
                Some(len) if len > 0 && rest[len] == b']' => end += len + 2,
                _ => break,
            }
        }
        (end > at).then_some(end)
    }

    /// The end of whatever stands at `at` up to a blank or a sign that ends values.
    pub(super) fn word_end(&self, at: usize) -> usize {
        let mut end = at;
        while let Some(&byte) = self.bytes.get(end) {
            // `${NAME}` and `%{field}` are one word.
            if matches!(byte, b'$' | b'%') && self.bytes.get(end + 1) == Some(&b'{') {
                let rest = &self.bytes[end..];
                let close = rest.iter().position(|byte| matches!(byte, b'}' | b'\n'));
                if let Some(close) = close.filter(|&close| rest[close] == b'}') {
                    end += close + 1;
                    continue;
                }
            }
            if is_space(byte) || matches!(byte, b'{' | b'}' | b',' | b']' | b'"' | b'\'') {
                break;
            }
            if byte == b'=' && self.bytes.get(end + 1) == Some(&b'>') {
                break;
            }
            end += 1;
        }
        end
    }

    /// The offset of the first byte of the line that holds `at`; of a very long line, of a part.
    fn line_start(&self, at: usize) -> usize {
        let from = at.saturating_sub(MAX_LINE);
        memchr::memrchr(b'\n', &self.bytes[from..at]).map_or(from, |before| from + before + 1)
    }

    /// How far the line that holds `at` is indented.
    pub(super) fn indent(&self, at: usize) -> usize {
        let start = self.line_start(at);
        let rest = &self.bytes[start..];
        rest.iter().position(|byte| !matches!(byte, b' ' | b'\t')).unwrap_or(rest.len())
    }

    /// Whether nothing but blanks stands before `at` on its line.
    pub(super) fn begins_line(&self, at: usize) -> bool {
        let before = self.bytes[..at].iter().rev().find(|byte| !matches!(byte, b' ' | b'\t'));
        before.is_none_or(|byte| *byte == b'\n')
    }

    pub(super) fn slice(&self, extent: Extent) -> &'t str {
        self.text.get(extent.range()).unwrap_or_default()
    }

    /// The first place after `at` that is no blank and no comment.
    pub(super) fn after_blanks(&self, at: usize) -> usize {
        let mut ahead = Scanner {
            text: self.text,
            bytes: self.bytes,
            at: at.min(self.bytes.len()),
            cut_comment: None,
        };
        ahead.skip();
        ahead.at
    }

    /// The character at `at`, as an extent.
    pub(super) fn letter(&self, at: usize) -> Extent {
        let len =
            self.text.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        Extent::new(at, at + len)
    }
}
