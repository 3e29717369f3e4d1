//! The pass over the bytes.

use super::language::{Language, Quote, Special, of_info};
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
struct Out<'a> {
    text: &'a str,
    scanned: Scanned,
    number: u32,
    fenced: bool,
}

impl Out<'_> {
    fn string(&mut self, range: Range<usize>) {
        if !range.is_empty() {
            self.scanned.strings.push(range);
        }
    }

    /// A comment to the end of its line; `marker` is its length.
    fn line(&mut self, range: Range<usize>, marker: usize, trailing: bool) {
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
    fn block(
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
fn line_end(text: &str, at: usize) -> usize {
    let end = memchr::memchr(b'\n', &text.as_bytes()[at..]).map_or(text.len(), |end| at + end);
    if end > at && text.as_bytes()[end - 1] == b'\r' { end - 1 } else { end }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// The statement being read, for docstrings.
#[derive(Default)]
struct Statements {
    /// Start of the statement before this one.
    before: Option<usize>,
    current: Option<usize>,
    /// Whether the one before ended with a colon.
    opened: bool,
    depth: usize,
}

struct Scanner<'o, 'a> {
    out: &'o mut Out<'a>,
    text: &'a str,
    bytes: &'a [u8],
    start: usize,
    end: usize,
    at: usize,
    language: &'o Language,
    /// Nothing but blanks so far on this line.
    blank: bool,
    /// Last byte of code.
    last: u8,
    /// Last word of code.
    word: Range<usize>,
    /// Open braces in each open `${` of a template.
    templates: Vec<u32>,
    heredoc: Option<&'a str>,
    failed_heredocs: u32,
    statements: Statements,
}

impl<'o, 'a> Scanner<'o, 'a> {
    fn new(out: &'o mut Out<'a>, range: Range<usize>, language: &'o Language) -> Self {
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

    fn rest(&self) -> &'a [u8] {
        &self.bytes[self.at..]
    }

    fn run(mut self) {
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

    fn newline(&mut self) {
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
    fn comment(&mut self) -> bool {
        let language = self.language;
        if language.has(Special::Lua) && self.rest().starts_with(b"--[") {
            if let Some(range) = self.long_bracket(self.at + 2) {
                let (whole, trailing) = (self.at..range.end, !self.blank);
                self.out.block(whole, range.clone(), Form::Block, trailing, None);
                self.at = range.end;
                return true;
            }
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

    fn column_zero(&self) -> bool {
        self.at == 0 || self.bytes[self.at - 1] == b'\n'
    }

    fn block(&mut self, open: &str, close: &str) {
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
    fn long_bracket(&self, at: usize) -> Option<Range<usize>> {
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
    fn statement(&mut self) {
        let state = &mut self.statements;
        if self.blank && state.depth == 0 && self.last != b'\\' {
            state.opened = self.last == b':';
            state.before = state.current.replace(self.at);
        }
    }

    fn code(&mut self, byte: u8) {
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

    fn quoted(&mut self, quote: &Quote) {
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

    fn docstring(&mut self, whole: Range<usize>, inner: Range<usize>) {
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

    /// Constructs that a row cannot say; whether one was taken.
    fn special(&mut self, byte: u8) -> bool {
        for special in self.language.special {
            let taken = match special {
                Special::Rust => self.rust(byte),
                Special::Javascript => self.javascript(byte),
                Special::Heredoc => self.heredoc_mark(byte),
                Special::Lua => {
                    match (byte == b'[').then(|| self.long_bracket(self.at)).flatten() {
                        Some(range) => self.take_string(range.end),
                        None => false,
                    }
                }
                Special::RawCpp => self.raw_cpp(byte),
                Special::Docstring | Special::Yaml | Special::Markdown => false,
            };
            if taken {
                return true;
            }
        }
        false
    }

    fn take_string(&mut self, end: usize) -> bool {
        let end = end.min(self.end);
        self.out.string(self.at..end);
        self.at = end;
        self.last = b'"';
        true
    }

    fn rust(&mut self, byte: u8) -> bool {
        if byte == b'\'' {
            let next = self.text[self.at + 1..].chars().next();
            let end = match next {
                Some('\\') => {
                    let close = self.rest().iter().skip(3).take(12).position(|&byte| byte == b'\'');
                    close.map(|close| self.at + 4 + close)
                }
                Some(c) if self.bytes.get(self.at + 1 + c.len_utf8()) == Some(&b'\'') => {
                    Some(self.at + 2 + c.len_utf8())
                }
                _ => None,
            };
            return match end {
                Some(end) => self.take_string(end),
                None => {
                    self.last = byte;
                    self.at += 1;
                    true
                }
            };
        }
        let prefix = [&b"r"[..], b"br", b"cr"].into_iter().find(|p| self.rest().starts_with(p));
        let Some(prefix) = prefix else { return false };
        let after = self.at + prefix.len();
        let hashes = self.bytes[after..].iter().take_while(|&&byte| byte == b'#').count();
        if self.bytes.get(after + hashes) != Some(&b'"') {
            return false;
        }
        let close = format!("\"{}", "#".repeat(hashes));
        let inner = after + hashes + 1;
        let end = memchr::memmem::find(&self.bytes[inner..], close.as_bytes());
        self.take_string(end.map_or(self.end, |end| inner + end + close.len()))
    }

    fn javascript(&mut self, byte: u8) -> bool {
        match byte {
            b'`' => self.template(self.at + 1),
            b'{' if !self.templates.is_empty() => {
                if let Some(open) = self.templates.last_mut() {
                    *open += 1;
                }
                false
            }
            b'}' => match self.templates.last_mut() {
                Some(0) => {
                    self.templates.pop();
                    self.template(self.at + 1)
                }
                Some(open) => {
                    *open -= 1;
                    false
                }
                None => false,
            },
            b'/' if self.regex_may_start() => match self.regex_end() {
                Some(end) => self.take_string(end),
                None => false,
            },
            _ => false,
        }
    }

    /// Text of a template from `at` to its end or to `${`.
    fn template(&mut self, mut at: usize) -> bool {
        while at < self.end {
            match self.bytes[at] {
                b'\\' => at += 2,
                b'`' => return self.take_string(at + 1),
                b'$' if self.bytes.get(at + 1) == Some(&b'{') => {
                    self.templates.push(0);
                    return self.take_string(at + 2);
                }
                _ => at += 1,
            }
        }
        self.take_string(at)
    }

    fn regex_may_start(&self) -> bool {
        let word = &self.text[self.word.clone()];
        match self.last {
            b')' | b']' | b'}' | b'"' => false,
            last if is_word(last) => matches!(word, "return" | "typeof" | "case" | "in" | "of"),
            b'<' => false,
            _ => true,
        }
    }

    fn regex_end(&self) -> Option<usize> {
        let mut at = self.at + 1;
        let mut class = false;
        loop {
            match *self.bytes.get(at)? {
                b'\n' => return None,
                b'\\' => at += 1,
                b'[' => class = true,
                b']' => class = false,
                b'/' if !class => return Some(at + 1),
                _ => {}
            }
            at += 1;
        }
    }

    fn heredoc_mark(&mut self, byte: u8) -> bool {
        if byte != b'<' || !self.rest().starts_with(b"<<") || self.failed_heredocs > 8 {
            return false;
        }
        let php = self.language.name == "php";
        let mut at = self.at + 2;
        if self.bytes.get(at) == Some(&b'<') {
            if !php {
                self.at += 3;
                return true;
            }
            at += 1;
        }
        while matches!(self.bytes.get(at), Some(b'-' | b'~' | b'\'' | b'"' | b'\\')) {
            at += 1;
        }
        // `cat << EOF` is legal in a shell; elsewhere a blank makes it an operator.
        while self.language.name == "shell" && self.bytes.get(at) == Some(&b' ') {
            at += 1;
        }
        while matches!(self.bytes.get(at), Some(b'\'' | b'"' | b'\\')) {
            at += 1;
        }
        let length = self.bytes[at..].iter().take_while(|&&byte| is_word(byte)).count();
        let shifted = self.last.is_ascii_digit() && at == self.at + 2;
        let starts =
            self.bytes.get(at).is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_');
        if length == 0 || shifted || !starts {
            return false;
        }
        self.heredoc = Some(&self.text[at..at + length]);
        self.last = b'"';
        self.at = at + length;
        if matches!(self.bytes.get(self.at), Some(b'\'' | b'"')) {
            self.at += 1;
        }
        true
    }

    fn raw_cpp(&mut self, byte: u8) -> bool {
        if byte != b'R' || self.bytes.get(self.at + 1) != Some(&b'"') {
            return false;
        }
        let from = self.at + 2;
        let mark = self.bytes[from..].iter().take(17).position(|&byte| byte == b'(');
        let Some(mark) = mark else { return false };
        let Some(delimiter) = self.text.get(from..from + mark) else { return false };
        let close = format!("){delimiter}\"");
        let end = memchr::memmem::find(&self.bytes[from..], close.as_bytes());
        self.take_string(end.map_or(self.end, |end| from + end + close.len()))
    }
}

/// Comments of YAML by its lines: also where the parser would stop.
fn yaml(out: &mut Out<'_>, range: Range<usize>) {
    let text = &out.text[..range.end];
    let mut at = range.start;
    let mut scalar: Option<usize> = None;
    let mut quote: Option<u8> = None;
    while at < range.end {
        let end = line_end(text, at);
        let line = &text[at..end];
        let indent = line.len() - line.trim_start_matches(' ').len();
        let start = at;
        at = memchr::memchr(b'\n', &text.as_bytes()[at..]).map_or(range.end, |n| at + n + 1);
        if let Some(parent) = scalar {
            if line.trim().is_empty() || indent > parent {
                continue;
            }
            scalar = None;
        }
        if quote.is_none() && helm_comment(out, start, line) {
            continue;
        }
        let code = yaml_line(out, start, line, &mut quote);
        if quote.is_none() {
            scalar = block_scalar(code, line, indent);
        }
    }
}

/// `{{/* … */}}` alone on a line.
fn helm_comment(out: &mut Out<'_>, start: usize, line: &str) -> bool {
    let trimmed = line.trim();
    let open = ["{{/*", "{{- /*"].into_iter().find(|open| trimmed.starts_with(open));
    let Some(open) = open else { return false };
    let Some(close) = line.find("*/") else { return false };
    let from = start + (line.len() - line.trim_start().len());
    let whole = from..start + line.trim_end().len();
    if from + open.len() <= start + close {
        out.block(whole, from + open.len()..start + close, Form::Block, false, None);
    }
    true
}

/// Scans one line; gives the part of it that is no comment.
fn yaml_line<'l>(
    out: &mut Out<'_>,
    start: usize,
    line: &'l str,
    quote: &mut Option<u8>,
) -> &'l str {
    let bytes = line.as_bytes();
    let mut at = 0;
    // Whether a value may start here: only there a quotation mark quotes.
    let mut value = true;
    let mut opened = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        if let Some(mark) = *quote {
            match byte {
                b'\\' if mark == b'"' => at += 1,
                _ if byte == mark && mark == b'\'' && bytes.get(at + 1) == Some(&b'\'') => at += 1,
                _ if byte == mark => {
                    out.string(start + opened..start + at + 1);
                    *quote = None;
                    value = false;
                }
                _ => {}
            }
            at += 1;
            continue;
        }
        let spaced = at == 0 || bytes[at - 1].is_ascii_whitespace();
        match byte {
            b'#' if spaced => {
                let trailing = !line[..at].trim().is_empty();
                out.line(start + at..start + line.len(), 1, trailing);
                return &line[..at];
            }
            b'"' | b'\'' if value => {
                *quote = Some(byte);
                opened = at;
            }
            b'[' | b'{' | b',' => value = true,
            b':' | b'-' | b'?' => {
                let next = bytes.get(at + 1);
                value = next.is_none_or(|next| next.is_ascii_whitespace());
            }
            b' ' | b'\t' => {}
            _ => value = false,
        }
        at += 1;
    }
    if quote.is_some() {
        out.string(start + opened..start + line.len());
    }
    line
}

/// The indentation above which a block scalar that this line opens goes on.
fn block_scalar(code: &str, line: &str, indent: usize) -> Option<usize> {
    let code = code.trim_end();
    let (head, last) = code.rsplit_once([' ', '\t']).unwrap_or(("", code));
    let mark = last.trim_end_matches(|c: char| matches!(c, '+' | '-') || c.is_ascii_digit());
    if !matches!(mark, "|" | ">") || head.trim().is_empty() && indent == 0 && head.is_empty() {
        return None;
    }
    let head = head.trim_end();
    if !(head.ends_with(':') || head.ends_with('-') || head.contains(": ") || head.starts_with('-'))
    {
        return None;
    }
    let mut column = indent;
    let mut body = &line[indent.min(line.len())..];
    while let Some(rest) = body.strip_prefix("- ") {
        let inner = rest.trim_start_matches(' ');
        if !inner.contains(": ") && !inner.contains(":\t") {
            break;
        }
        column += body.len() - inner.len();
        body = inner;
    }
    Some(column)
}

/// HTML comments of Markdown outside fenced blocks, and the comments in fenced blocks.
fn markdown(out: &mut Out<'_>, start: usize) {
    let text = out.text;
    let mut at = start;
    if let Some(end) = front_matter(text, start) {
        yaml(out, start..end);
        at = end;
    }
    while at < text.len() {
        let end = line_end(text, at);
        let next = memchr::memchr(b'\n', &text.as_bytes()[at..]).map_or(text.len(), |n| at + n + 1);
        let line = &text[at..end];
        let trimmed = line.trim_start_matches([' ', '\t', '>']);
        if let Some((fence, info)) = fence_of(trimmed) {
            at = fenced(out, next, fence, info);
        } else {
            at = html_comment(out, at, line).unwrap_or(next);
        }
    }
}

/// Where the front matter of a Markdown file ends: after its closing `---`.
pub(crate) fn front_matter(text: &str, start: usize) -> Option<usize> {
    let rest = text[start..].strip_prefix("---")?;
    let rest = rest.strip_prefix('\r').unwrap_or(rest).strip_prefix('\n')?;
    let mut at = text.len() - rest.len();
    for line in rest.split_inclusive('\n') {
        at += line.len();
        if matches!(line.trim_end(), "---" | "...") {
            return Some(at);
        }
    }
    None
}

fn fence_of(line: &str) -> Option<(&str, &str)> {
    let mark = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let info = line.trim_start_matches(mark);
    let fence = &line[..line.len() - info.len()];
    (fence.len() >= 3 && (mark == '~' || !info.contains('`'))).then(|| (fence, info.trim()))
}

/// Scans a fenced block; gives the place after it.
fn fenced(out: &mut Out<'_>, start: usize, fence: &str, info: &str) -> usize {
    let text = out.text;
    let mut end = start;
    let mut after = text.len();
    for line in text[start..].split_inclusive('\n') {
        let body = line.trim_start_matches([' ', '\t', '>']).trim_end();
        if body.len() >= fence.len()
            && body.starts_with(fence)
            && body.trim_start_matches(&fence[..1]).is_empty()
        {
            after = end + line.len();
            break;
        }
        end += line.len();
    }
    out.fenced = true;
    let language = of_info(info, &text[start..end]);
    if language.has(Special::Yaml) {
        yaml(out, start..end);
    } else if !language.has(Special::Markdown) {
        Scanner::new(out, start..end, language).run();
    }
    out.fenced = false;
    after
}

/// Takes the comments that start on this line; gives the place to go on at, if not the next line.
fn html_comment(out: &mut Out<'_>, start: usize, line: &str) -> Option<usize> {
    let text = out.text;
    let mut from = 0;
    while let Some(open) = line[from..].find("<!--") {
        let open = from + open;
        // In inline code it is an example of itself.
        if line[..open].matches('`').count() % 2 == 1 {
            from = open + 4;
            continue;
        }
        let inner = start + open + 4;
        let close = memchr::memmem::find(&text.as_bytes()[inner..], b"-->");
        let inner_end = close.map_or(text.len(), |close| inner + close);
        let end = (inner_end + 3).min(text.len());
        let trailing = !line[..open].trim().is_empty();
        out.block(start + open..end, inner..inner_end, Form::Block, trailing, None);
        if end > start + line.len() {
            return Some(end);
        }
        from = end - start;
    }
    None
}
