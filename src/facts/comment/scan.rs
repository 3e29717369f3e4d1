//! The pass over the bytes.

use super::language::{Language, Quote, Special};
use super::prose::{markdown, yaml};
use super::{Comment, Form, Scanned};
use std::ops::Range;

/// Comments and strings of `text` from `start` on, as `language` has them.
pub fn scan(text: &str, start: usize, language: &Language) -> Scanned {
    let mut out = Out { text, scanned: Scanned::default(), number: 0, fenced: false };
    if language.has(Special::Markdown) {
        markdown(&mut out, start);
    } else if language.has(Special::Yaml) {
        yaml(&mut out, start..text.len());
    } else {
        Scanner::new(&mut out, start..text.len(), language).run();
    }
    out.scanned
}

/// What was found so far.
pub(super) struct Out<'a> {
    pub(super) text: &'a str,
    pub(super) scanned: Scanned,
    pub(super) number: u32,
    pub(super) fenced: bool,
}

impl Out<'_> {
    pub(super) fn string(&mut self, range: Range<usize>) {
        if !range.is_empty() {
            self.scanned.strings.push(range);
        }
    }

    /// A comment to the end of its line; `marker` is its length.
    pub(super) fn line(&mut self, range: Range<usize>, marker: usize, trailing: bool) {
        self.number += 1;
        let body = &self.text[range.start + marker..range.end];
        let mark = self.text.as_bytes()[range.start + marker - 1];
        let repeated = |c: char| c == char::from(mark) || c == '!' || c == '<';
        let inner = body.trim_start_matches(repeated).trim_start();
        let start = range.start + marker + (body.len() - inner.len());
        let text = start..start + inner.trim_end().len();
        let (form, number, fenced) = (Form::Line, self.number, self.fenced);
        let comment = Comment { range, text, form, number, trailing, fenced, owner: None };
        self.scanned.comments.push(comment);
    }

    /// The lines between two markers, or of a docstring.
    pub(super) fn block(
        &mut self,
        whole: Range<usize>,
        inner: Range<usize>,
        form: Form,
        trailing: bool,
        owner: Option<usize>,
    ) {
        self.number += 1;
        let mut at = inner.start;
        for piece in self.text[inner.clone()].split_inclusive('\n') {
            let first = at == inner.start;
            let visible = piece.trim_start();
            let stripped = visible.trim_start_matches(['*', '!', '|', '-']).trim_start();
            // Stars that are decoration go; a list's own mark stays for those who read lists.
            let body = match visible.strip_prefix("- ") {
                Some(_) => visible,
                None => stripped,
            };
            let start = at + (piece.len() - body.len());
            let text = start..start + body.trim_end().len();
            at += piece.len();
            if text.is_empty() {
                continue;
            }
            let from = if first { whole.start } else { start };
            let to = if at >= inner.end { whole.end } else { text.end };
            let (number, fenced) = (self.number, self.fenced);
            let trailing = trailing && first;
            let range = from..to.max(text.end);
            let comment = Comment { range, text, form, number, trailing, fenced, owner };
            self.scanned.comments.push(comment);
        }
    }
}

/// Where a line ends, before its line break.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    let end = memchr::memchr(b'\n', &text.as_bytes()[at..]).map_or(text.len(), |end| at + end);
    if end > at && text.as_bytes()[end - 1] == b'\r' { end - 1 } else { end }
}

pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// The statement being read, for docstrings.
#[derive(Default)]
pub(super) struct Statements {
    /// Start of the statement before this one.
    pub(super) before: Option<usize>,
    pub(super) current: Option<usize>,
    /// Whether the one before ended with a colon.
    pub(super) opened: bool,
    pub(super) depth: usize,
}

pub(super) struct Scanner<'o, 'a> {
    pub(super) out: &'o mut Out<'a>,
    pub(super) text: &'a str,
    pub(super) bytes: &'a [u8],
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) at: usize,
    pub(super) language: &'o Language,
    /// Nothing but blanks so far on this line.
    pub(super) blank: bool,
    /// Last byte of code.
    pub(super) last: u8,
    /// Last word of code.
    pub(super) word: Range<usize>,
    /// Open braces in each open `${` of a template.
    pub(super) templates: Vec<u32>,
    pub(super) heredoc: Option<&'a str>,
    pub(super) failed_heredocs: u32,
    pub(super) statements: Statements,
}

impl<'o, 'a> Scanner<'o, 'a> {
    pub(super) fn new(out: &'o mut Out<'a>, range: Range<usize>, language: &'o Language) -> Self {
        let text = &out.text[..range.end];
        Scanner {
            out,
            text,
            bytes: text.as_bytes(),
            start: range.start,
            end: range.end,
            at: range.start,
            language,
            blank: true,
            last: b'\n',
            word: 0..0,
            templates: Vec::new(),
            heredoc: None,
            failed_heredocs: 0,
            statements: Statements::default(),
        }
    }

    pub(super) fn rest(&self) -> &'a [u8] {
        &self.bytes[self.at..]
    }

    pub(super) fn run(mut self) {
        if self.rest().starts_with(b"#!") && !self.rest().starts_with(b"#![") {
            self.at = line_end(self.text, self.at);
        }
        while self.at < self.end {
            let byte = self.bytes[self.at];
            match byte {
                b'\n' => self.newline(),
                b' ' | b'\t' | b'\r' | 0x0c => self.at += 1,
                _ if self.comment() => {}
                _ => {
                    self.statement();
                    self.code(byte);
                    self.blank = false;
                }
            }
        }
    }

    pub(super) fn newline(&mut self) {
        self.at += 1;
        self.blank = true;
        let Some(delimiter) = self.heredoc.take() else { return };
        let body = self.at;
        let mut at = body;
        while at < self.end {
            let end = line_end(self.text, at);
            if self.text[at..end].trim() == delimiter {
                self.out.string(body..at);
                self.at = end;
                return;
            }
            at = (end + 1)
                .max(memchr::memchr(b'\n', &self.bytes[at..]).map_or(self.end, |n| at + n + 1));
        }
        self.failed_heredocs += 1;
    }

    /// Takes a comment, if one starts here.
    pub(super) fn comment(&mut self) -> bool {
        let language = self.language;
        if language.has(Special::Lua)
            && self.rest().starts_with(b"--[")
            && let Some(range) = self.long_bracket(self.at + 2)
        {
            let (whole, trailing) = (self.at..range.end, !self.blank);
            self.out.block(whole, range.clone(), Form::Block, trailing, None);
            self.at = range.end;
            return true;
        }
        let opened = language.block.iter().find(|(open, _)| {
            self.rest().starts_with(open.as_bytes())
                && (!open.starts_with('=') || self.column_zero())
        });
        if let Some(&(open, close)) = opened {
            self.block(open, close);
            return true;
        }
        let before = if self.at > self.start { self.bytes[self.at - 1] } else { b'\n' };
        let placed = match (language.at_line_start, language.at_word) {
            (true, _) => self.blank,
            (_, true) => self.blank || before.is_ascii_whitespace() || before == b';',
            // The two slashes of an address are no comment.
            _ => before != b':',
        };
        let marker = language.line.iter().find(|marker| self.rest().starts_with(marker.as_bytes()));
        match marker {
            Some(marker) if placed => {
                let end = line_end(self.text, self.at);
                self.out.line(self.at..end, marker.len(), !self.blank);
                self.at = end;
                true
            }
            _ => false,
        }
    }

    pub(super) fn column_zero(&self) -> bool {
        self.at == 0 || self.bytes[self.at - 1] == b'\n'
    }

    pub(super) fn block(&mut self, open: &str, close: &str) {
        let from = self.at;
        let inner = from + open.len();
        let mut at = inner;
        let mut depth = 1;
        let mut inner_end = self.end;
        while at < self.end {
            let rest = &self.bytes[at..];
            if rest.starts_with(close.as_bytes()) {
                depth -= 1;
                if depth == 0 {
                    inner_end = at;
                    break;
                }
                at += close.len();
            } else if self.language.nested && rest.starts_with(open.as_bytes()) {
                depth += 1;
                at += open.len();
            } else {
                at += 1;
            }
        }
        let end = (inner_end + close.len()).min(self.end);
        self.out.block(from..end, inner..inner_end, Form::Block, !self.blank, None);
        // What follows on the line still stands after nothing but a comment.
        self.at = end;
    }

    /// `[==[ … ]==]` at `at`: its range.
    pub(super) fn long_bracket(&self, at: usize) -> Option<Range<usize>> {
        let level = self.bytes[at..].iter().skip(1).take_while(|&&byte| byte == b'=').count();
        if self.bytes.get(at) != Some(&b'[') || self.bytes.get(at + 1 + level) != Some(&b'[') {
            return None;
        }
        let close = format!("]{}]", "=".repeat(level));
        let inner = at + level + 2;
        let end = memchr::memmem::find(&self.bytes[inner..], close.as_bytes());
        Some(at..end.map_or(self.end, |end| inner + end + close.len()))
    }

    /// Notes where statements start, for docstrings.
    pub(super) fn statement(&mut self) {
        let state = &mut self.statements;
        if self.blank && state.depth == 0 && self.last != b'\\' {
            state.opened = self.last == b':';
            state.before = state.current.replace(self.at);
        }
    }

    pub(super) fn code(&mut self, byte: u8) {
        if self.special(byte) {
            return;
        }
        let language = self.language;
        let quote =
            language.quotes.iter().find(|quote| self.rest().starts_with(quote.open.as_bytes()));
        if let Some(quote) = quote {
            self.quoted(quote);
        } else if is_word(byte) {
            let length = self.rest().iter().take_while(|&&byte| is_word(byte)).count();
            self.word = self.at..self.at + length;
            self.last = self.bytes[self.at + length - 1];
            self.at += length;
        } else {
            let depth = &mut self.statements.depth;
            match byte {
                b'(' | b'[' | b'{' => *depth += 1,
                b')' | b']' | b'}' => *depth = depth.saturating_sub(1),
                _ => {}
            }
            self.last = byte;
            self.at += 1;
        }
    }

    pub(super) fn quoted(&mut self, quote: &Quote) {
        let from = self.at;
        let mut at = from + quote.open.len();
        let close = quote.close.as_bytes();
        let mut inner_end = self.end;
        while at < self.end {
            let byte = self.bytes[at];
            if Some(byte) == quote.escape {
                at += 2;
            } else if byte == b'\n' && !quote.multiline {
                inner_end = at;
                break;
            } else if self.bytes[at..].starts_with(close) {
                inner_end = at;
                at += close.len();
                break;
            } else {
                at += 1;
            }
        }
        let at = at.min(self.end);
        let first = self.statements.current == Some(from);
        self.out.string(from..at);
        if first && self.language.has(Special::Docstring) {
            self.docstring(from..at, from + quote.open.len()..inner_end.min(at));
        }
        self.last = b'"';
        self.at = at;
    }

    pub(super) fn docstring(&mut self, whole: Range<usize>, inner: Range<usize>) {
        let state = &self.statements;
        let owner = match state.before {
            None => None,
            Some(before) if state.opened => {
                let mut words = self.text[before..].split(|c: char| !c.is_alphanumeric());
                if !matches!(words.next(), Some("def" | "class" | "async")) {
                    return;
                }
                Some(before)
            }
            Some(_) => return,
        };
        if inner.start <= inner.end && self.text.get(inner.clone()).is_some() {
            self.out.block(whole, inner, Form::Docstring, false, owner);
        }
    }
}
