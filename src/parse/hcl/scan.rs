//! The letters of HCL: blanks, comments, strings, heredocs, brackets. Every step moves forward.

use std::ops::Range;

/// Where an expression that is passed over ends, outside of all brackets.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// At a line break, a comma or a closing bracket.
    Line,
    /// At a comma or a closing bracket.
    Item,
    /// At `=` or `:` too.
    Assignment,
}

/// A string with its escapes resolved.
pub(super) struct Quoted {
    pub(super) text: String,
    /// It holds `${…}` or `%{…}`.
    pub(super) open: bool,
}

/// A heredoc.
pub(super) struct Heredoc {
    pub(super) text: String,
    pub(super) open: bool,
    /// End of its last line, line break excluded.
    pub(super) end: usize,
}

/// Deepest nesting of strings in `${…}` in strings; deeper ones end early.
const MAX_TEMPLATES: usize = 50;

pub(super) struct Scan<'a> {
    text: &'a str,
    pub(super) at: usize,
    pub(super) comments: Vec<Range<usize>>,
    /// `${…}` and `%{…}` of strings.
    pub(super) unknown: Vec<Range<usize>>,
    templates: usize,
}

impl<'a> Scan<'a> {
    pub(super) fn new(text: &'a str) -> Scan<'a> {
        Scan { text, at: 0, comments: Vec::new(), unknown: Vec::new(), templates: 0 }
    }

    pub(super) fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    pub(super) fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    /// Moves to the next letter's start.
    pub(super) fn align(&mut self) {
        while !self.text.is_char_boundary(self.at) {
            self.at += 1;
        }
    }

    fn line_end(&self, from: usize) -> usize {
        memchr::memchr(b'\n', &self.text.as_bytes()[from..])
            .map_or(self.text.len(), |len| from + len)
    }

    /// Passes blanks and comments, and line breaks where `lines`.
    pub(super) fn blank(&mut self, lines: bool) {
        loop {
            match self.peek() {
                Some(b' ' | b'\t' | b'\r') => self.at += 1,
                Some(b'\n') if lines => self.at += 1,
                Some(b'#' | b'/') if self.comment() => {}
                _ => return,
            }
        }
    }

    /// Passes a comment, if one stands here.
    fn comment(&mut self) -> bool {
        let start = self.at;
        let rest = self.rest();
        if rest.starts_with('#') || rest.starts_with("//") {
            self.at = self.line_end(start);
        } else if let Some(body) = rest.strip_prefix("/*") {
            self.at = body.find("*/").map_or(self.text.len(), |len| start + 2 + len + 2);
        } else {
            return false;
        }
        let end = start + self.text[start..self.at].trim_end().len();
        self.comments.push(start..end);
        true
    }

    pub(super) fn name_end(&self, start: usize) -> usize {
        let name = |c: &char| c.is_alphanumeric() || matches!(c, '_' | '-');
        let len = self.text[start..].chars().take_while(name).map(char::len_utf8).sum::<usize>();
        start + len
    }

    /// The end of the word at `at`, for pointing at it; at least one letter, if there is one.
    pub(super) fn word_end(&self, at: usize) -> usize {
        let end = self.name_end(at);
        if end > at {
            return end;
        }
        let letter = self.text[at..].chars().next().filter(|c| *c != '\n');
        at + letter.map_or(0, char::len_utf8)
    }

    pub(super) fn is_word(&self, word: &str) -> bool {
        &self.text[self.at..self.name_end(self.at)] == word
    }

    pub(super) fn number_end(&self, start: usize) -> Option<usize> {
        let bytes = &self.text.as_bytes()[start..];
        let sign = usize::from(bytes.first() == Some(&b'-'));
        let digits = bytes[sign..]
            .iter()
            .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'.')
            .count();
        let mut end = start + sign + digits;
        if self.text[..end].ends_with(['e', 'E']) && self.text[end..].starts_with(['+', '-']) {
            end += 1 + self.text.as_bytes()[end + 1..]
                .iter()
                .take_while(|b| b.is_ascii_digit())
                .count();
        }
        self.text[start..end].parse::<f64>().is_ok().then_some(end)
    }

    /// Whether the expression is over: what follows on the line cannot belong to it.
    pub(super) fn at_end(&mut self, inside: bool) -> bool {
        let comments = self.comments.len();
        self.blank(inside);
        self.comments.truncate(comments);
        match self.peek() {
            None | Some(b'\n' | b',' | b'}' | b']' | b')') => true,
            // `key = value # …` was passed with the blanks; anything else goes on.
            Some(_) => false,
        }
    }

    /// A string in quotes; one that is not closed ends with its line.
    pub(super) fn quoted(&mut self) -> Quoted {
        let mut quoted = Quoted { text: String::new(), open: false };
        self.at += 1;
        while let Some(c) = self.rest().chars().next() {
            match c {
                '"' => {
                    self.at += 1;
                    break;
                }
                '\n' => break,
                '\\' => self.escape(&mut quoted.text),
                '$' | '%' => quoted.open |= self.dollar(&mut quoted.text),
                c => {
                    quoted.text.push(c);
                    self.at += c.len_utf8();
                }
            }
        }
        quoted
    }

    fn escape(&mut self, text: &mut String) {
        let mut letters = self.rest().chars().skip(1);
        let letter = letters.next().filter(|c| *c != '\n');
        let digits = match letter {
            Some('u') => 4,
            Some('U') => 8,
            _ => 0,
        };
        let code: String = letters.take(digits).collect();
        let coded = u32::from_str_radix(&code, 16).ok().and_then(char::from_u32);
        let value = match letter {
            Some('n') => Some('\n'),
            Some('r') => Some('\r'),
            Some('t') => Some('\t'),
            Some(_) if digits > 0 && code.len() == digits => coded,
            other => other,
        };
        text.extend(value);
        let written = if coded.is_some() { code.len() } else { 0 };
        self.at += 1 + letter.map_or(0, char::len_utf8) + written;
    }

    /// `${…}`, `%{…}`, `$${`, or a plain sign; true for the first two.
    fn dollar(&mut self, text: &mut String) -> bool {
        let rest = self.rest();
        if rest.starts_with("$${") || rest.starts_with("%%{") {
            text.push_str(&rest[1..3]);
            self.at += 3;
            return false;
        }
        if !(rest.starts_with("${") || rest.starts_with("%{")) {
            text.push_str(&rest[..1]);
            self.at += 1;
            return false;
        }
        let start = self.at;
        self.at += 1;
        self.templates += 1;
        let inner = self.unknown.len();
        self.group();
        self.unknown.truncate(inner);
        self.templates -= 1;
        text.push_str(&self.text[start..self.at]);
        self.unknown.push(start..self.at);
        true
    }

    /// Passes a bracket and all up to the one that closes it.
    pub(super) fn group(&mut self) {
        self.at += 1;
        let mut depth = 1usize;
        while let Some(byte) = self.peek() {
            match byte {
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' | b'}' => depth -= 1,
                _ => {}
            }
            self.step();
            if depth == 0 {
                return;
            }
        }
    }

    /// Passes one letter, or a whole string, heredoc or comment.
    fn step(&mut self) {
        match self.peek() {
            Some(b'"') if self.templates < MAX_TEMPLATES => {
                self.quoted();
            }
            Some(b'<') if self.templates < MAX_TEMPLATES && self.heredoc().is_some() => {}
            Some(b'#' | b'/') if self.comment() => {}
            _ => {
                self.at += 1;
                self.align();
            }
        }
    }

    /// Passes an expression.
    pub(super) fn skip(&mut self, stop: Stop) {
        while let Some(byte) = self.peek() {
            match byte {
                b'(' | b'[' | b'{' => self.group(),
                b')' | b']' | b'}' | b',' => return,
                b'\n' if stop != Stop::Item => return,
                b'=' | b':' if stop == Stop::Assignment => return,
                b'#' if stop == Stop::Line => return,
                b'/' if stop == Stop::Line && self.rest().starts_with("//") => return,
                _ => self.step(),
            }
        }
    }

    /// A heredoc that starts here; its marker's line is passed.
    pub(super) fn heredoc(&mut self) -> Option<Heredoc> {
        let start = self.at;
        let mark = self.rest().strip_prefix("<<")?;
        let indented = mark.starts_with('-');
        let name = start + 2 + usize::from(indented);
        let head = self.name_end(name);
        let mark = &self.text[name..head];
        // Looks at no more than the name and the break after it: `<<` may also be a mistake.
        let tail = self.text[head..].strip_prefix('\r').unwrap_or(&self.text[head..]);
        if mark.is_empty() || !(tail.is_empty() || tail.starts_with('\n')) {
            return None;
        }
        let first = (self.line_end(head) + 1).min(self.text.len());
        let mut lines = Vec::new();
        let mut at = first;
        let close = loop {
            if at >= self.text.len() {
                break self.text.len();
            }
            let end = self.line_end(at);
            if self.text[at..end].trim() == mark {
                break at;
            }
            lines.push(at..end);
            at = (end + 1).min(self.text.len());
        };
        let indent = if indented { self.common_indent(&lines) } else { 0 };
        let (text, open) = self.template_lines(&lines, indent);
        let end = lines.last().map_or(first, |line| line.end).max(head);
        // The line break after the marker ends the expression.
        self.at = self.at.max(self.line_end(close.max(end)));
        Some(Heredoc { text, open, end })
    }

    /// The text of a heredoc's lines, and whether an expression stands in it.
    fn template_lines(&mut self, lines: &[Range<usize>], indent: usize) -> (String, bool) {
        let mut text = String::new();
        let mut open = false;
        for line in lines {
            self.at = self.at.max(line.start + indent.min(line.len()));
            while self.at < line.end {
                match self.text.as_bytes()[self.at] {
                    b'$' | b'%' => open |= self.dollar(&mut text),
                    _ => {
                        let len = memchr::memchr2(
                            b'$',
                            b'%',
                            &self.text.as_bytes()[self.at + 1..line.end],
                        )
                        .map_or(line.end - self.at, |len| len + 1);
                        text.push_str(&self.text[self.at..self.at + len]);
                        self.at += len;
                    }
                }
            }
            // An expression may reach over lines.
            if self.at <= line.end {
                text.push('\n');
            }
        }
        (text, open)
    }

    fn common_indent(&self, lines: &[Range<usize>]) -> usize {
        let blanks = |line: &Range<usize>| {
            let text = &self.text[line.clone()];
            text.len() - text.trim_start_matches([' ', '\t']).len()
        };
        let written = lines.iter().filter(|line| !self.text[(*line).clone()].trim().is_empty());
        written.map(blanks).min().unwrap_or(0)
    }
}
