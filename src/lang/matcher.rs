//! Alertmanager's matchers: the classic and the UTF-8 syntax, with byte ranges.
//!
//! Alertmanager tries both and refuses a text only if both do; where both read it and
//! differ, it takes the classic meaning.

use super::re2;
use std::ops::Range;

/// How a matcher compares.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, borsh::BorshSerialize, borsh::BorshDeserialize,
)]
pub enum MatchOp {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `=~`
    Regex,
    /// `!~`
    NotRegex,
}

impl MatchOp {
    /// As it is written.
    pub fn sign(self) -> &'static str {
        match self {
            MatchOp::Equal => "=",
            MatchOp::NotEqual => "!=",
            MatchOp::Regex => "=~",
            MatchOp::NotRegex => "!~",
        }
    }

    /// Reads the operator as it is written.
    pub fn named(sign: &str) -> Option<MatchOp> {
        [MatchOp::Equal, MatchOp::NotEqual, MatchOp::Regex, MatchOp::NotRegex]
            .into_iter()
            .find(|op| op.sign() == sign)
    }

    /// Whether the value is a pattern.
    pub fn is_regex(self) -> bool {
        matches!(self, MatchOp::Regex | MatchOp::NotRegex)
    }
}

/// One matcher of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parsed {
    /// Label name.
    pub label: String,
    /// Comparison.
    pub op: MatchOp,
    /// Value or pattern.
    pub value: String,
    /// Where it stands in the text.
    pub range: Range<usize>,
}

/// Why a text is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub range: Range<usize>,
    /// What is wrong, in words.
    pub message: String,
}

impl Fault {
    fn new(range: Range<usize>, message: impl Into<String>) -> Fault {
        Fault { range, message: message.into() }
    }
}

/// Reads a text of matchers as Alertmanager does without feature flags.
///
/// # Errors
/// What the classic syntax says is wrong, if neither syntax reads it.
pub fn parse(text: &str) -> Result<Vec<Parsed>, Fault> {
    match (classic(text), utf8(text)) {
        (Ok(matchers), _) | (Err(_), Ok(matchers)) => Ok(matchers),
        (Err(fault), Err(_)) => Err(fault),
    }
}

/// Whether `name` is a label name of the classic kind.
pub fn is_label_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// The classic syntax: everything before 0.27, and the fallback since.
fn classic(text: &str) -> Result<Vec<Parsed>, Fault> {
    let start = usize::from(text.starts_with('{'));
    let end = text.len() - usize::from(text.len() > start && text.ends_with('}'));
    let mut matchers = Vec::new();
    let (mut quoted, mut escaped, mut from) = (false, false, start);
    for (at, c) in text[start..end].char_indices().map(|(at, c)| (at + start, c)) {
        match c {
            ',' if !quoted => {
                matchers.push(classic_one(text, from..at)?);
                from = at + 1;
                continue;
            }
            '"' if escaped => escaped = false,
            '"' => quoted = !quoted,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    if !text[from..end].trim().is_empty() {
        matchers.push(classic_one(text, from..end)?);
    }
    Ok(matchers)
}

fn classic_one(text: &str, range: Range<usize>) -> Result<Parsed, Fault> {
    let part = &text[range.clone()];
    let lead = part.len() - part.trim_start().len();
    let whole = range.start + lead..range.start + part.trim_end().len().max(lead);
    let part = part.trim();
    let name_end = part
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != ':')
        .unwrap_or(part.len());
    let (name, rest) = part.split_at(name_end);
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
        return Err(Fault::new(whole, "does not start with a label name"));
    }
    let rest = rest.trim_start();
    let op = ["=~", "!=", "!~", "="].into_iter().find(|sign| rest.starts_with(sign));
    let Some((sign, op)) = op.and_then(|sign| Some((sign, MatchOp::named(sign)?))) else {
        return Err(Fault::new(whole, "has no operator `=`, `!=`, `=~` or `!~` after the name"));
    };
    let raw = rest[sign.len()..].trim();
    let value = classic_value(raw).ok_or_else(|| {
        Fault::new(whole.clone(), "has a double quote that is not closed or not escaped")
    })?;
    build(name.to_owned(), op, value, whole)
}

fn classic_value(raw: &str) -> Option<String> {
    let (body, mut closing) = match raw.strip_prefix('"') {
        Some(body) => (body, true),
        None => (raw, false),
    };
    let mut value = String::new();
    let mut escaped = false;
    for (at, c) in body.char_indices() {
        let last = at + c.len_utf8() == body.len();
        match c {
            _ if escaped => {
                escaped = false;
                match c {
                    'n' => value.push('\n'),
                    '"' | '\\' => value.push(c),
                    _ => value.extend(['\\', c]),
                }
            }
            '\\' if !last => escaped = true,
            '"' if !closing || !last => return None,
            '"' => closing = false,
            _ => value.push(c),
        }
    }
    (!closing).then_some(value)
}

fn build(label: String, op: MatchOp, value: String, range: Range<usize>) -> Result<Parsed, Fault> {
    if let Some(fault) = Some(&value).filter(|_| op.is_regex()).and_then(|v| re2::fault_anchored(v))
    {
        return Err(Fault::new(range, format!("has a pattern that does not compile: {fault}")));
    }
    Ok(Parsed { label, op, value, range })
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Open,
    Close,
    Comma,
    Op(MatchOp),
    Text(String),
}

/// The UTF-8 syntax of 0.27 and later.
fn utf8(text: &str) -> Result<Vec<Parsed>, Fault> {
    let tokens = tokens(text)?;
    let mut rest = tokens.as_slice();
    let end = text.len()..text.len();
    let braced = matches!(rest.first(), Some((Token::Open, _)));
    if braced {
        rest = &rest[1..];
    }
    let mut matchers = Vec::new();
    while let [
        (Token::Text(name), first),
        (Token::Op(op), _),
        (Token::Text(value), last),
        tail @ ..,
    ] = rest
    {
        matchers.push(build(name.clone(), *op, value.clone(), first.start..last.end)?);
        rest = tail;
        match rest {
            [(Token::Comma, _), tail @ ..] => rest = tail,
            _ => break,
        }
    }
    if braced {
        match rest {
            [(Token::Close, _), tail @ ..] => rest = tail,
            _ => return Err(Fault::new(end, "has no closing brace")),
        }
    }
    match rest.first() {
        None => Ok(matchers),
        Some((_, range)) => Err(Fault::new(range.clone(), "does not read as a matcher")),
    }
}

fn tokens(text: &str) -> Result<Vec<(Token, Range<usize>)>, Fault> {
    let reserved = |c: char| c.is_whitespace() || "{}!=~,\\\"'`".contains(c);
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        let (token, length) = match c {
            _ if c.is_whitespace() => {
                at += c.len_utf8();
                continue;
            }
            '{' => (Token::Open, 1),
            '}' => (Token::Close, 1),
            ',' => (Token::Comma, 1),
            '=' | '!' => {
                let sign = ["=~", "!=", "!~", "="].into_iter().find(|sign| rest.starts_with(sign));
                match sign.and_then(|sign| Some((sign, MatchOp::named(sign)?))) {
                    Some((sign, op)) => (Token::Op(op), sign.len()),
                    None => return Err(Fault::new(at..at + 1, "has `!` without `=` or `~`")),
                }
            }
            '"' => {
                let length = quoted_length(rest).ok_or_else(|| {
                    Fault::new(at..text.len(), "has a double quote that is not closed")
                })?;
                let value = unquote(&rest[1..length - 1]).ok_or_else(|| {
                    Fault::new(at..at + length, "has an escape that does not exist")
                })?;
                (Token::Text(value), length)
            }
            _ if !reserved(c) => {
                let length = rest.find(reserved).unwrap_or(rest.len());
                (Token::Text(rest[..length].to_owned()), length)
            }
            _ => return Err(Fault::new(at..at + c.len_utf8(), format!("has a stray `{c}`"))),
        };
        tokens.push((token, at..at + length));
        at += length;
    }
    Ok(tokens)
}

fn quoted_length(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// A Go interpreted string without its quotes.
fn unquote(body: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = body;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        if c == '\n' {
            return None;
        }
        if c != '\\' {
            bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            continue;
        }
        let kind = rest.chars().next()?;
        let mut number = |skip: usize, digits: usize, radix: u32| -> Option<u32> {
            let code = u32::from_str_radix(rest.get(skip..skip + digits)?, radix).ok()?;
            rest = &rest[skip + digits..];
            Some(code)
        };
        match kind {
            'x' => bytes.push(u8::try_from(number(1, 2, 16)?).ok()?),
            '0'..='7' => bytes.push(u8::try_from(number(0, 3, 8)?).ok()?),
            'u' | 'U' => {
                let digits = if kind == 'u' { 4 } else { 8 };
                let c = char::from_u32(number(1, digits, 16)?)?;
                bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            }
            _ => {
                let byte = match kind {
                    'a' => 7,
                    'b' => 8,
                    'f' => 12,
                    'n' => b'\n',
                    'r' => b'\r',
                    't' => b'\t',
                    'v' => 11,
                    '\\' => b'\\',
                    '"' => b'"',
                    _ => return None,
                };
                bytes.push(byte);
                rest = &rest[1..];
            }
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, &'static str, String)> {
        let matchers = parse(text).unwrap_or_else(|fault| panic!("{text}: {fault:?}"));
        matchers.into_iter().map(|one| (one.label, one.op.sign(), one.value)).collect()
    }

    fn one(label: &str, op: &'static str, value: &str) -> (String, &'static str, String) {
        (label.to_owned(), op, value.to_owned())
    }

    #[test]
    fn both_syntaxes_are_read() {
        assert_eq!(read(r#"a="b""#), [one("a", "=", "b")]);
        assert_eq!(read("a = b c"), [one("a", "=", "b c")]);
        assert_eq!(read(r#"{a=~"x|y", b!=""}"#), [one("a", "=~", "x|y"), one("b", "!=", "")]);
        assert_eq!(read("a="), [one("a", "=", "")]);
        assert_eq!(read("a=='b'"), [one("a", "=", "='b'")]);
        assert_eq!(read(r#""föö"="b,r""#), [one("föö", "=", "b,r")]);
        assert_eq!(read("föö=bar"), [one("föö", "=", "bar")]);
        assert_eq!(read(r#"a="x\ny""#), [one("a", "=", "x\ny")]);
        assert_eq!(read(""), []);
        assert_eq!(read("a=b,"), [one("a", "=", "b")]);
    }

    #[test]
    fn ranges_are_those_of_the_text() {
        let text = r#"{ a="b", c=~"d" }"#;
        let parts: Vec<&str> =
            parse(text).unwrap().into_iter().map(|one| &text[one.range]).collect();
        assert_eq!(parts, [r#"a="b""#, r#"c=~"d""#]);
    }

    #[test]
    fn what_neither_reads_is_refused() {
        for text in ["a", "=b", "a~b", r#"a="b"#, r#"a=~"(""#, "a=b,,c=d", "1a b", "föö", "a!b"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
