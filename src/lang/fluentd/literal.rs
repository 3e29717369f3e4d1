//! Literals: bare words, quoted strings over several lines, JSON.

use super::{Parser, Value};
use crate::lang::text::Piece;

/// What ends a bare word.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Boundary {
    /// Blanks before `>`.
    Tag,
    /// A blank or the end of the line.
    Blank,
    /// The end of the line, or a blank and a comment.
    Line,
}

impl Parser<'_> {
    /// A value: JSON, a quoted string, or the rest of the line.
    pub(super) fn literal(&mut self) -> Option<Value> {
        match self.byte() {
            Some(open @ (b'[' | b'{')) => Some(self.json(open)),
            _ => self.string(Boundary::Line),
        }
    }

    /// A quoted string or a bare word; nothing where it is empty.
    pub(super) fn string(&mut self, boundary: Boundary) -> Option<Value> {
        match self.byte() {
            Some(b'"') => Some(self.double()),
            Some(b'\'') => Some(self.single()),
            _ => self.bare(boundary),
        }
    }

    fn bare(&mut self, boundary: Boundary) -> Option<Value> {
        let start = self.at;
        let line = self.rest().find(['\n', '\r']).map_or(self.text.len(), |len| start + len);
        let bytes = self.text.as_bytes();
        let mut at = start;
        while at < line {
            let blank = matches!(bytes[at], b' ' | b'\t');
            let ends = match boundary {
                Boundary::Blank => blank,
                Boundary::Tag => bytes[at] == b'>' || (blank && self.is_before(at, line, b'>')),
                Boundary::Line => blank && self.is_before(at, line, b'#'),
            };
            if ends {
                break;
            }
            at += 1;
        }
        self.at = at;
        let piece = Piece { start, end: start + self.text[start..at].trim_end().len() };
        let text = self.text[start..at].to_owned();
        (at > start).then_some(Value { text, piece, computed: false })
    }

    /// Whether nothing but blanks stands between `at` and `sign` or the line's end.
    fn is_before(&self, at: usize, line: usize, sign: u8) -> bool {
        let rest = self.text[at..line].trim_start_matches([' ', '\t']);
        match rest.as_bytes().first() {
            Some(first) => *first == sign,
            None => sign == b'#',
        }
    }

    fn single(&mut self) -> Value {
        let start = self.at + 1;
        let mut text = String::new();
        self.at = start;
        while let Some(c) = self.rest().chars().next() {
            match c {
                '\'' => {
                    let piece = Piece { start, end: self.at };
                    self.at += 1;
                    return Value { text, piece, computed: false };
                }
                '\n' => break,
                '\\' if self.rest().starts_with("\\'") || self.rest().starts_with("\\\\") => {
                    text.push(if self.rest().starts_with("\\'") { '\'' } else { '\\' });
                    self.at += 2;
                    continue;
                }
                c => text.push(c),
            }
            self.at += c.len_utf8();
        }
        self.unfinished(start, text, false)
    }

    /// A string that does not end: the rest of its first line.
    fn unfinished(&mut self, start: usize, text: String, computed: bool) -> Value {
        let line = self.text[start..].find(['\n', '\r']).map_or(self.text.len(), |len| start + len);
        self.at = line;
        let piece = Piece::trimmed(self.text, start - 1, line);
        self.fault(piece, "this string does not end");
        Value { text, piece, computed }
    }

    fn double(&mut self) -> Value {
        let start = self.at + 1;
        let mut text = String::new();
        let mut computed = false;
        self.at = start;
        while let Some(c) = self.rest().chars().next() {
            let next = self.text.as_bytes().get(self.at + c.len_utf8());
            match c {
                '"' => {
                    let piece = Piece { start, end: self.at };
                    self.at += 1;
                    return Value { text, piece, computed };
                }
                // A letter takes the break that follows it; a break alone ends the file for Fluentd.
                c if next.is_some_and(|next| matches!(next, b'\n' | b'\r')) => {
                    if c != '\\' {
                        text.push(c);
                        text.push('\n');
                    }
                    self.at += c.len_utf8() + 1;
                    if self.rest().starts_with('\n') && self.text[..self.at].ends_with('\r') {
                        self.at += 1;
                    }
                }
                '\n' => break,
                '\\' => self.escape(&mut text),
                '#' if self.rest().starts_with("#{") => {
                    computed = true;
                    let Some(end) = self.ruby(self.at + 2) else { break };
                    text.push_str(&self.text[self.at..end]);
                    self.at = end;
                }
                c => {
                    text.push(c);
                    self.at += c.len_utf8();
                }
            }
        }
        self.unfinished(start, text, computed)
    }

    fn escape(&mut self, text: &mut String) {
        let start = self.at;
        let Some(c) = self.rest().chars().nth(1) else {
            self.at += 1;
            return;
        };
        self.at += 1 + c.len_utf8();
        match c {
            'r' => text.push('\r'),
            'n' => text.push('\n'),
            't' => text.push('\t'),
            'f' => text.push('\u{c}'),
            'b' => text.push('\u{8}'),
            '0' => text.push('\0'),
            c if c.is_ascii_alphanumeric() => {
                self.fault(Piece { start, end: self.at }, "there is no such escape");
            }
            c => text.push(c),
        }
    }

    /// An array or object, over as many lines as it takes.
    fn json(&mut self, open: u8) -> Value {
        let start = self.at;
        let (end, computed) = self.json_end(start);
        let line = self.rest().find(['\n', '\r']).map_or(self.text.len(), |len| start + len);
        let Some(end) = end else {
            self.at = line;
            let piece = Piece::trimmed(self.text, start, line);
            let message = match open {
                b'[' => "this JSON array does not end",
                _ => "this JSON object does not end",
            };
            self.fault(piece, message);
            return Value { text: self.text[piece.range()].to_owned(), piece, computed: true };
        };
        self.at = end;
        let piece = Piece { start, end };
        let text = self.text[start..end].to_owned();
        if !computed && !is_json(&text) {
            let first = Piece::trimmed(self.text, start, end.min(line));
            self.fault(first, "this is no valid JSON");
        }
        Value { text, piece, computed }
    }

    /// Where an array or object that begins at `start` ends; whether it holds `#{…}`.
    fn json_end(&mut self, start: usize) -> (Option<usize>, bool) {
        let bytes = self.text.as_bytes();
        let (mut at, mut depth, mut string, mut computed) = (start, 0_usize, false, false);
        let limit = bytes.len().min(start + self.budget);
        while at < limit {
            match bytes[at] {
                b'#' if bytes.get(at + 1) == Some(&b'{') => {
                    computed = true;
                    let Some(end) = self.ruby(at + 2) else { break };
                    at = end;
                    continue;
                }
                b'\\' if string => at += 1,
                b'"' => string = !string,
                _ if string => {}
                b'#' => at += self.text[at..].find('\n').unwrap_or(bytes.len() - at),
                b'[' | b'{' => depth += 1,
                b']' | b'}' => {
                    depth -= 1;
                    if depth == 0 {
                        return (Some(at + 1), computed);
                    }
                }
                _ => {}
            }
            at += 1;
        }
        self.budget = self.budget.saturating_sub(at - start);
        (None, computed)
    }

    /// Where embedded Ruby that begins at `start` ends, after its `}`: braces are counted outside
    /// of strings.
    fn ruby(&mut self, start: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let (mut at, mut depth, mut quote) = (start, 0_usize, None);
        let limit = bytes.len().min(start + self.budget);
        while at < limit {
            match (quote, bytes[at]) {
                (Some(_), b'\\') => at += 1,
                (Some(open), byte) if byte == open => quote = None,
                (Some(_), _) => {}
                (None, byte @ (b'"' | b'\'')) => quote = Some(byte),
                (None, b'{') => depth += 1,
                (None, b'}') if depth == 0 => return Some(at + 1),
                (None, b'}') => depth -= 1,
                _ => {}
            }
            at += 1;
        }
        self.budget = self.budget.saturating_sub(at - start);
        None
    }
}

/// Whether a text is JSON once its comments are gone.
fn is_json(text: &str) -> bool {
    let mut bare = String::with_capacity(text.len());
    let (mut string, mut escaped, mut comment) = (false, false, false);
    for c in text.chars() {
        match c {
            '\n' => comment = false,
            _ if comment => continue,
            '#' if !string => {
                comment = true;
                continue;
            }
            '"' if !escaped => string = !string,
            _ => {}
        }
        escaped = string && c == '\\' && !escaped;
        bare.push(c);
    }
    // Deeper than any reader goes: no fault of the language.
    match serde_json::from_str::<serde::de::IgnoredAny>(&bare) {
        Ok(_) => true,
        Err(error) => error.to_string().starts_with("recursion limit"),
    }
}
