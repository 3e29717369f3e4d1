//! The words of an action, as the scanner of Go's `text/template` cuts them.

use crate::lang::promql::Extent;

/// A word and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) extent: Extent,
    pub(super) kind: Word,
}

/// Kinds of words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// `true`, `false`.
    Bool,
    /// A printable character of no other meaning, such as a comma.
    Other(char),
    /// `'x'`.
    Char,
    /// `1+2i`.
    Complex,
    /// `=`.
    Assign,
    /// `:=`.
    Declare,
    /// `.`.
    Dot,
    /// `.Name`.
    Field,
    /// A name that is no keyword.
    Identifier,
    LeftParen,
    RightParen,
    Number,
    Nil,
    /// `|`.
    Pipe,
    RawString,
    QuotedString,
    Space,
    /// `$` or `$name`.
    Variable,
    /// `}}`.
    RightDelim,
    Keyword(Keyword),
    /// What cannot be a word, in words; nothing follows.
    Fault(String),
}

/// Words that begin a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keyword {
    Block,
    Break,
    Continue,
    Define,
    Else,
    End,
    If,
    Range,
    Template,
    With,
}

impl Keyword {
    fn named(word: &str) -> Option<Keyword> {
        Some(match word {
            "block" => Keyword::Block,
            "break" => Keyword::Break,
            "continue" => Keyword::Continue,
            "define" => Keyword::Define,
            "else" => Keyword::Else,
            "end" => Keyword::End,
            "if" => Keyword::If,
            "range" => Keyword::Range,
            "template" => Keyword::Template,
            "with" => Keyword::With,
            _ => return None,
        })
    }
}

/// Whether a byte is what the language calls a space.
pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

/// Whether `{{` at the end of the text before is followed by a trim marker.
pub(super) fn trims_left(rest: &str) -> bool {
    matches!(rest.as_bytes(), [b'-', space, ..] if is_space(*space))
}

/// Whether a trim marker stands at the start of `rest`, before `}}`.
fn trims_right(rest: &[u8]) -> bool {
    matches!(rest, [space, b'-', b'}', b'}', ..] if is_space(*space))
}

/// What stands after `*/` of a comment: the length of its closing delimiter, and whether it
/// trims the text that follows.
pub(super) fn comment_end(rest: &str) -> Option<(usize, bool)> {
    if trims_right(rest.as_bytes()) {
        return Some((4, true));
    }
    rest.starts_with("}}").then_some((2, false))
}

/// The words of one action.
#[derive(Debug)]
pub(super) struct Action {
    pub(super) tokens: Vec<Token>,
    /// Where the text goes on, spaces that a trim marker takes away not yet skipped.
    pub(super) end: usize,
    /// Spaces after it are no text.
    pub(super) trims: bool,
}

/// Cuts the action whose first word stands at `at`, delimiter and trim marker read; its words go
/// where `tokens` has room.
pub(super) fn action(text: &str, at: usize, mut tokens: Vec<Token>) -> Action {
    let mut scanner = Scanner { text, at, start: at, parens: 0 };
    tokens.clear();
    loop {
        let rest = &text.as_bytes()[scanner.at..];
        let trims = trims_right(rest);
        if trims || rest.starts_with(b"}}") {
            let end = scanner.at + if trims { 4 } else { 2 };
            let kind = if scanner.parens > 0 {
                Word::Fault("a `(` is never closed: expected `)`".to_owned())
            } else {
                Word::RightDelim
            };
            tokens.push(Token { extent: Extent::new(end - 2, end), kind });
            return Action { tokens, end, trims };
        }
        scanner.start = scanner.at;
        let kind = scanner.word();
        let failed = matches!(kind, Word::Fault(_));
        // A fault is shown where the word begins, up to what it cannot be.
        let end = if scanner.at > scanner.start { scanner.at } else { text.len() };
        tokens.push(Token { extent: Extent::new(scanner.start, end.max(scanner.start)), kind });
        if failed {
            let close = text[scanner.start..].find("}}").map(|found| scanner.start + found + 2);
            return Action { tokens, end: close.unwrap_or(text.len()), trims: false };
        }
    }
}

struct Scanner<'t> {
    text: &'t str,
    at: usize,
    start: usize,
    parens: u32,
}

/// Letters, digits and the underscore; Go's classes differ in a few rare marks.
fn is_alphanumeric(c: char) -> bool {
    match c {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '_' => true,
        '\0'..='\x7f' => false,
        _ => c.is_alphanumeric() && !is_number_form(c),
    }
}

/// Fractions, powers, Roman and circled numbers: no digits to Go.
fn is_number_form(c: char) -> bool {
    matches!(c, '²' | '³' | '¹' | '¼'..='¾' | '\u{2070}' | '\u{2074}'..='\u{2079}')
        || matches!(c, '\u{2080}'..='\u{2089}' | '\u{2150}'..='\u{2182}')
        || matches!(c, '\u{2185}'..='\u{2189}' | '\u{2460}'..='\u{249b}')
}

fn fault(message: &str) -> Word {
    Word::Fault(message.to_owned())
}

impl Scanner<'_> {
    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek();
        self.at += next.map_or(0, char::len_utf8);
        next
    }

    fn accept(&mut self, set: &str) -> bool {
        let found = self.peek().is_some_and(|c| set.contains(c));
        self.at += usize::from(found);
        found
    }

    fn accept_run(&mut self, set: &str) {
        while self.accept(set) {}
    }

    fn word(&mut self) -> Word {
        let Some(c) = self.next() else {
            return fault("this action is never closed: expected `}}`");
        };
        match c {
            ' ' | '\t' | '\r' | '\n' => self.space(),
            '=' => Word::Assign,
            ':' if self.accept("=") => Word::Declare,
            ':' => fault("expected `:=`"),
            '|' => Word::Pipe,
            '"' => {
                self.quoted('"', Word::QuotedString, "this text has no closing `\"` on its line")
            }
            '\'' => self.quoted('\'', Word::Char, "this character has no closing `'`"),
            '`' => match self.text[self.at..].find('`') {
                Some(end) => {
                    self.at += end + 1;
                    Word::RawString
                }
                None => {
                    self.at = self.text.len();
                    fault("this text has no closing backquote")
                }
            },
            '$' => self.name(Word::Variable, Word::Variable),
            '.' if self.peek().is_some_and(|c| !c.is_ascii_digit()) => {
                self.name(Word::Field, Word::Dot)
            }
            '.' | '+' | '-' | '0'..='9' => {
                self.at = self.start;
                self.number()
            }
            '(' => {
                self.parens += 1;
                Word::LeftParen
            }
            ')' => match self.parens.checked_sub(1) {
                Some(parens) => {
                    self.parens = parens;
                    Word::RightParen
                }
                None => fault("no `(` is open here"),
            },
            _ if is_alphanumeric(c) => self.identifier(),
            ' '..='~' => Word::Other(c),
            _ => Word::Fault(format!("`{}` has no meaning here", c.escape_debug())),
        }
    }

    /// Spaces, but not the one that belongs to a closing trim marker.
    fn space(&mut self) -> Word {
        let bytes = self.text.as_bytes();
        while bytes.get(self.at).copied().is_some_and(is_space) {
            self.at += 1;
        }
        // A single space before the marker is the marker's, which the caller saw before.
        if trims_right(&bytes[self.at - 1..]) && self.at - 1 > self.start {
            self.at -= 1;
        }
        Word::Space
    }

    fn quoted(&mut self, quote: char, kind: Word, unterminated: &str) -> Word {
        loop {
            match self.next() {
                Some(c) if c == quote => return kind,
                Some('\\') if !matches!(self.peek(), None | Some('\n')) => {
                    self.next();
                }
                None | Some('\n' | '\\') => return fault(unterminated),
                Some(_) => {}
            }
        }
    }

    /// Whether what stands here may follow a name.
    fn at_terminator(&self) -> bool {
        match &self.text.as_bytes()[self.at..] {
            [] | [b' ' | b'\t' | b'\r' | b'\n' | b'.' | b',' | b'|' | b':' | b')' | b'(', ..] => {
                true
            }
            rest => rest.starts_with(b"}}"),
        }
    }

    fn bad_character(&mut self) -> Word {
        let c = self.next().unwrap_or_default();
        Word::Fault(format!("`{}` cannot stand in or right after a name", c.escape_debug()))
    }

    /// Passes over letters, digits and underscores; nearly all of them are ASCII.
    fn pass_letters(&mut self) {
        let bytes = self.text.as_bytes();
        loop {
            let plain = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
            self.at += bytes[self.at..].iter().take_while(|byte| plain(byte)).count();
            if !self.peek().is_some_and(is_alphanumeric) {
                return;
            }
            self.next();
        }
    }

    /// The rest of `.name` or `$name`; `alone` if there is no name.
    fn name(&mut self, named: Word, alone: Word) -> Word {
        if self.at_terminator() {
            return alone;
        }
        self.pass_letters();
        if self.at_terminator() { named } else { self.bad_character() }
    }

    fn identifier(&mut self) -> Word {
        self.pass_letters();
        if !self.at_terminator() {
            return self.bad_character();
        }
        match &self.text[self.start..self.at] {
            "true" | "false" => Word::Bool,
            "nil" => Word::Nil,
            word => Keyword::named(word).map_or(Word::Identifier, Word::Keyword),
        }
    }

    fn number(&mut self) -> Word {
        if !self.scan_number() {
            return fault("this is no number");
        }
        if !matches!(self.peek(), Some('+' | '-')) {
            return Word::Number;
        }
        if self.scan_number() && self.text.as_bytes()[self.at - 1] == b'i' {
            Word::Complex
        } else {
            fault("this is no number: a complex one ends in `i`")
        }
    }

    /// Takes more than numbers are; what the token is worth is seen later.
    fn scan_number(&mut self) -> bool {
        self.accept("+-");
        let (mut digits, mut exponent) = ("0123456789_", "eE");
        if self.accept("0") {
            if self.accept("xX") {
                (digits, exponent) = ("0123456789abcdefABCDEF_", "pP");
            } else if self.accept("oO") {
                (digits, exponent) = ("01234567_", "");
            } else if self.accept("bB") {
                (digits, exponent) = ("01_", "");
            }
        }
        self.accept_run(digits);
        if self.accept(".") {
            self.accept_run(digits);
        }
        if self.accept(exponent) {
            self.accept("+-");
            self.accept_run("0123456789_");
        }
        self.accept("i");
        let ends = !self.peek().is_some_and(is_alphanumeric);
        if !ends {
            self.next();
        }
        ends
    }
}
