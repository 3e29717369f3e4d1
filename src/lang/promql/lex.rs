//! Tokens of PromQL.
//!
//! What a character means depends on whether a brace or a bracket is open: names in braces hold
//! no colon and no keyword, and brackets hold lengths of time.

use super::ast::{Aggregator, Op};
use super::number;
use super::text;
use super::{Extent, HOLE};

/// What a token is; its text is the extent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tok {
    End,
    Comma,
    Colon,
    At,
    Assign,
    EqualRegex,
    NotRegex,
    OpenParen,
    CloseParen,
    OpenBrace,
    CloseBrace,
    OpenBracket,
    CloseBracket,
    Op(Op),
    Number,
    Duration,
    Text,
    /// A name without a colon.
    Name,
    /// A name with a colon.
    Colonised,
    /// A name or a length that holds a gap.
    Hole,
    Aggregator(Aggregator),
    Word(Word),
}

/// Words with a meaning of their own, other than operators and aggregations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    Offset,
    Smoothed,
    Anchored,
    By,
    Without,
    On,
    Ignoring,
    GroupLeft,
    GroupRight,
    Fill,
    FillLeft,
    FillRight,
    Bool,
    Start,
    End,
    Step,
    Range,
    MaxOf,
    MinOf,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) tok: Tok,
    pub(super) extent: Extent,
}

/// Text that cannot be a token.
#[derive(Debug)]
pub(super) struct LexFault {
    pub(super) extent: Extent,
    pub(super) message: String,
}

pub(super) struct Lexer<'t> {
    text: &'t str,
    at: usize,
    /// Gaps may stand where names and lengths stand.
    gaps: bool,
    /// Where each open parenthesis stands.
    parens: Vec<usize>,
    /// Where the open brace stands.
    brace: Option<usize>,
    bracket: Option<Bracket>,
}

#[derive(Clone, Copy, Default)]
struct Bracket {
    /// Where it stands.
    start: usize,
    /// Some length has been read, so that a colon may follow.
    length: bool,
    colon: bool,
    /// Until the first number, comments are not read.
    head: bool,
}

impl<'t> Lexer<'t> {
    pub(super) fn new(text: &'t str, gaps: bool) -> Self {
        Lexer { text, at: 0, gaps, parens: Vec::new(), brace: None, bracket: None }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The next token.
    pub(super) fn next(&mut self) -> Result<Token, LexFault> {
        self.skip()?;
        let start = self.at;
        let Some(first) = self.peek() else { return self.end(start) };
        let tok = if let Some(tok) = self.hole(start) {
            tok
        } else if self.brace.is_some() {
            self.in_braces(first, start)?
        } else if self.bracket.is_some() {
            self.in_bracket(first, start)?
        } else {
            self.outside(first, start)?
        };
        Ok(Token { tok, extent: Extent::new(start, self.at) })
    }

    /// A word with a gap in it.
    fn hole(&mut self, start: usize) -> Option<Tok> {
        if !self.gaps {
            return None;
        }
        let colons = self.brace.is_none() && self.bracket.is_none();
        let rest = &self.text.as_bytes()[start..];
        let part = |byte: u8| {
            byte == HOLE as u8
                || byte == b'_'
                || byte.is_ascii_alphanumeric()
                || (byte == b':' && colons)
        };
        let len = rest.iter().take_while(|&&byte| part(byte)).count();
        memchr::memchr(HOLE as u8, &rest[..len])?;
        self.at += len;
        if let Some(bracket) = &mut self.bracket {
            bracket.length = true;
            bracket.head = false;
        }
        Some(Tok::Hole)
    }

    /// Skips white space and comments.
    fn skip(&mut self) -> Result<(), LexFault> {
        while let Some(c) = self.peek() {
            match c {
                b' ' | b'\t' | b'\n' | b'\r' => self.at += 1,
                b'#' if self.bracket.is_some_and(|bracket| bracket.head) => {
                    return Err(self.fault(
                        self.at,
                        "no comment may stand here: expected a number or a duration",
                    ));
                }
                b'#' => {
                    let rest = &self.text.as_bytes()[self.at..];
                    let len = memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
                    self.at += len;
                }
                _ => break,
            }
        }
        Ok(())
    }

    fn end(&self, start: usize) -> Result<Token, LexFault> {
        let (at, message) = if let Some(at) = self.brace {
            (at, "this `{` is never closed: expected `}`")
        } else if let Some(bracket) = self.bracket {
            (bracket.start, "this `[` is never closed: expected `]`")
        } else if let Some(&at) = self.parens.last() {
            (at, "this `(` is never closed: expected `)`")
        } else {
            return Ok(Token { tok: Tok::End, extent: Extent::new(start, start) });
        };
        Err(LexFault { extent: Extent::new(at, at + 1), message: message.to_owned() })
    }

    fn fault(&self, start: usize, message: impl Into<String>) -> LexFault {
        let end = self.text[start..].chars().next().map_or(start, |c| start + c.len_utf8());
        LexFault { extent: Extent::new(start, self.at.max(end)), message: message.into() }
    }

    fn unexpected(&self, start: usize, place: &str, expected: &str) -> LexFault {
        let found = self.text[start..].chars().next().unwrap_or(' ');
        let found = if found.is_control() { ' ' } else { found };
        self.fault(start, format!("unexpected `{found}`{place}: expected {expected}"))
    }

    /// Takes one byte and, if it follows, a second.
    fn take(&mut self, second: u8) -> bool {
        self.at += 1;
        let found = self.peek() == Some(second);
        self.at += usize::from(found);
        found
    }

    fn outside(&mut self, first: u8, start: usize) -> Result<Tok, LexFault> {
        let tok = match first {
            b',' => Tok::Comma,
            b'*' => Tok::Op(Op::Mul),
            b'/' => Tok::Op(Op::Div),
            b'%' => Tok::Op(Op::Mod),
            b'+' => Tok::Op(Op::Add),
            b'-' => Tok::Op(Op::Sub),
            b'^' => Tok::Op(Op::Pow),
            b'@' => Tok::At,
            b'(' => {
                self.parens.push(start);
                Tok::OpenParen
            }
            b')' => return self.close_paren(start),
            b'{' => {
                self.brace = Some(start);
                Tok::OpenBrace
            }
            b'[' => {
                self.bracket = Some(Bracket { start, head: true, ..Bracket::default() });
                Tok::OpenBracket
            }
            b'"' | b'\'' | b'`' => return self.quoted(start),
            b'=' | b'!' | b'<' | b'>' => return self.comparison(first, start),
            b'0'..=b'9' => return self.number(start),
            b'.' if self.text.as_bytes().get(start + 1).is_some_and(u8::is_ascii_digit) => {
                return self.number(start);
            }
            b'_' | b':' | b'a'..=b'z' | b'A'..=b'Z' => return Ok(self.word(start)),
            _ => return Err(self.unexpected(start, "", "an expression or an operator")),
        };
        self.at += 1;
        Ok(tok)
    }

    fn close_paren(&mut self, start: usize) -> Result<Tok, LexFault> {
        self.at += 1;
        if self.parens.pop().is_none() {
            return Err(self.fault(start, "unexpected `)`: no parenthesis is open here"));
        }
        Ok(Tok::CloseParen)
    }

    fn comparison(&mut self, first: u8, start: usize) -> Result<Tok, LexFault> {
        let next = self.text.as_bytes().get(start + 1).copied();
        let (op, len) = match (first, next) {
            (b'=', Some(b'=')) => (Tok::Op(Op::Equal), 2),
            (b'=' | b'!', Some(b'~')) => {
                self.at += 2;
                let message = "a regular expression can only be matched inside `{}`";
                return Err(self.fault(start, message));
            }
            (b'=', _) => (Tok::Assign, 1),
            (b'!', Some(b'=')) => (Tok::Op(Op::NotEqual), 2),
            (b'!', _) => return Err(self.unexpected(start, "", "`!=`")),
            (b'<', Some(b'=')) => (Tok::Op(Op::LessEqual), 2),
            (b'<', Some(b'/')) => (Tok::Op(Op::TrimUpper), 2),
            (b'<', _) => (Tok::Op(Op::Less), 1),
            (_, Some(b'=')) => (Tok::Op(Op::GreaterEqual), 2),
            (_, Some(b'/')) => (Tok::Op(Op::TrimLower), 2),
            _ => (Tok::Op(Op::Greater), 1),
        };
        self.at += len;
        Ok(op)
    }

    fn in_braces(&mut self, first: u8, start: usize) -> Result<Tok, LexFault> {
        match first {
            b'}' => {
                self.brace = None;
                self.at += 1;
                Ok(Tok::CloseBrace)
            }
            b',' => {
                self.at += 1;
                Ok(Tok::Comma)
            }
            b'"' | b'\'' | b'`' => self.quoted(start),
            b'=' => Ok(if self.take(b'~') { Tok::EqualRegex } else { Tok::Assign }),
            b'!' => match self.text.as_bytes().get(start + 1) {
                Some(b'=') => {
                    self.at += 2;
                    Ok(Tok::Op(Op::NotEqual))
                }
                Some(b'~') => {
                    self.at += 2;
                    Ok(Tok::NotRegex)
                }
                _ => Err(self.unexpected(start, " inside `{}`", "`!=` or `!~`")),
            },
            b'_' | b'a'..=b'z' | b'A'..=b'Z' => {
                self.absorb(|c| c == b'_' || c.is_ascii_alphanumeric());
                Ok(Tok::Name)
            }
            _ => Err(self.unexpected(start, " inside `{}`", "a label, `,` or `}`")),
        }
    }

    fn in_bracket(&mut self, first: u8, start: usize) -> Result<Tok, LexFault> {
        let mut bracket = self.bracket.unwrap_or_default();
        let tok = match first {
            b']' => {
                self.at += 1;
                self.bracket = None;
                return Ok(Tok::CloseBracket);
            }
            b'0'..=b'9' | b'.' => {
                bracket.length = true;
                bracket.head = false;
                self.bracket = Some(bracket);
                return self.number(start);
            }
            b'(' => {
                self.parens.push(start);
                Tok::OpenParen
            }
            b')' => return self.close_paren(start),
            b':' if !bracket.colon && (bracket.length || !bracket.head) => {
                bracket.colon = true;
                Tok::Colon
            }
            b',' => Tok::Comma,
            b'+' => Tok::Op(Op::Add),
            b'-' => Tok::Op(Op::Sub),
            b'*' => Tok::Op(Op::Mul),
            b'/' => Tok::Op(Op::Div),
            b'%' => Tok::Op(Op::Mod),
            b'^' => Tok::Op(Op::Pow),
            b'a'..=b'z' | b'A'..=b'Z' => {
                self.absorb(|c| c == b'_' || c.is_ascii_alphabetic());
                bracket.length = true;
                self.bracket = Some(bracket);
                return match keyword(&self.text[start..self.at]) {
                    Some(Tok::Word(
                        word @ (Word::Step | Word::Range | Word::MaxOf | Word::MinOf),
                    )) => Ok(Tok::Word(word)),
                    _ => Err(self.fault(start, "expected a number or a duration such as `5m`")),
                };
            }
            _ => return Err(self.unexpected(start, " inside `[]`", "a duration, `:` or `]`")),
        };
        self.at += 1;
        self.bracket = Some(bracket);
        Ok(tok)
    }

    fn absorb(&mut self, accept: impl Fn(u8) -> bool) {
        let rest = &self.text.as_bytes()[self.at..];
        self.at += rest.iter().take_while(|&&c| accept(c)).count();
    }

    fn word(&mut self, start: usize) -> Tok {
        self.absorb(|c| c == b'_' || c == b':' || c.is_ascii_alphanumeric());
        let word = &self.text[start..self.at];
        match keyword(word) {
            // These three came late: they are words only where they are called.
            Some(Tok::Word(Word::Fill | Word::FillLeft | Word::FillRight))
                if !self.text[self.at..]
                    .trim_start_matches([' ', '\t', '\n', '\r'])
                    .starts_with('(') =>
            {
                Tok::Name
            }
            Some(tok) => tok,
            None if word.contains(':') => Tok::Colonised,
            None => Tok::Name,
        }
    }

    fn number(&mut self, start: usize) -> Result<Tok, LexFault> {
        match number::scan(&self.text.as_bytes()[start..]) {
            (len, Some(true)) => {
                self.at = start + len;
                Ok(Tok::Number)
            }
            (len, Some(false)) => {
                self.at = start + len;
                Ok(Tok::Duration)
            }
            (len, None) => {
                self.at = (start + len).min(self.text.len());
                while !self.text.is_char_boundary(self.at) {
                    self.at += 1;
                }
                Err(self.fault(start, "this is neither a number nor a duration such as `5m`"))
            }
        }
    }

    fn quoted(&mut self, start: usize) -> Result<Tok, LexFault> {
        match text::scan(&self.text[start..]) {
            Ok(len) => {
                self.at = start + len;
                Ok(Tok::Text)
            }
            Err((range, message)) => Err(LexFault {
                extent: Extent::new(start + range.start, start + range.end),
                message,
            }),
        }
    }
}

/// The token of a word that is not just a name; case does not matter.
fn keyword(word: &str) -> Option<Tok> {
    let mut lower = [0; 12];
    let bytes = lower.get_mut(..word.len())?;
    bytes.copy_from_slice(word.as_bytes());
    bytes.make_ascii_lowercase();
    Some(match &*bytes {
        b"and" => Tok::Op(Op::And),
        b"or" => Tok::Op(Op::Or),
        b"unless" => Tok::Op(Op::Unless),
        b"atan2" => Tok::Op(Op::Atan2),
        b"inf" | b"nan" => Tok::Number,
        b"offset" => Tok::Word(Word::Offset),
        b"smoothed" => Tok::Word(Word::Smoothed),
        b"anchored" => Tok::Word(Word::Anchored),
        b"by" => Tok::Word(Word::By),
        b"without" => Tok::Word(Word::Without),
        b"on" => Tok::Word(Word::On),
        b"ignoring" => Tok::Word(Word::Ignoring),
        b"group_left" => Tok::Word(Word::GroupLeft),
        b"group_right" => Tok::Word(Word::GroupRight),
        b"fill" => Tok::Word(Word::Fill),
        b"fill_left" => Tok::Word(Word::FillLeft),
        b"fill_right" => Tok::Word(Word::FillRight),
        b"bool" => Tok::Word(Word::Bool),
        b"start" => Tok::Word(Word::Start),
        b"end" => Tok::Word(Word::End),
        b"step" => Tok::Word(Word::Step),
        b"range" => Tok::Word(Word::Range),
        b"max_of" => Tok::Word(Word::MaxOf),
        b"min_of" => Tok::Word(Word::MinOf),
        other => Tok::Aggregator(Aggregator::named(other)?),
    })
}
