//! Quoted text in PromQL: Go's escapes, single quotes included.

use std::borrow::Cow;
use std::ops::Range;

/// Finds the end of the quoted text at the start of `text`, its quotes included.
///
/// # Errors
/// Where and why it is not a text.
pub(super) fn scan(text: &str) -> Result<usize, (Range<usize>, String)> {
    let bytes = text.as_bytes();
    let quote = bytes.first().copied().unwrap_or(b'"');
    let unterminated =
        || (0..text.len(), format!("this text has no closing `{}`", char::from(quote)));
    let mut at = 1;
    loop {
        let rest = &bytes[at..];
        let Some(step) = rest.iter().position(|&c| {
            c == quote || c == 0xEF || (quote != b'`' && matches!(c, b'\\' | b'\n'))
        }) else {
            return Err(unterminated());
        };
        at += step;
        match bytes[at] {
            0xEF if text[at..].starts_with('\u{FFFD}') => {
                let message = "the replacement character stands for text that is not UTF-8";
                return Err((at..at + 3, message.to_owned()));
            }
            0xEF => at += 1,
            b'\\' => {
                at +=
                    escape(&text[at..], quote).map_err(|(len, message)| (at..at + len, message))?.1
            }
            b'\n' => return Err(unterminated()),
            _ => return Ok(at + 1),
        }
    }
}

/// What an escape at the start of `text` stands for, and its length.
fn escape(text: &str, quote: u8) -> Result<(Escaped, usize), (usize, String)> {
    let bytes = text.as_bytes();
    let Some(&kind) = bytes.get(1) else {
        return Err((1, "an escape is not finished".to_owned()));
    };
    let simple = |c: char| Ok((Escaped::Char(c), 2));
    let (skip, digits, base, max) = match kind {
        b'a' => return simple('\u{7}'),
        b'b' => return simple('\u{8}'),
        b'f' => return simple('\u{c}'),
        b'n' => return simple('\n'),
        b'r' => return simple('\r'),
        b't' => return simple('\t'),
        b'v' => return simple('\u{b}'),
        b'\\' => return simple('\\'),
        _ if kind == quote => return simple(char::from(kind)),
        b'0'..=b'7' => (1, 3, 8, 255),
        b'x' => (2, 2, 16, 255),
        b'u' => (2, 4, 16, 0x10_FFFF),
        b'U' => (2, 8, 16, 0x10_FFFF),
        _ => {
            let len = 1 + text[1..].chars().next().map_or(0, char::len_utf8);
            return Err((
                len,
                format!("`{}` is no escape; write `\\\\` for a backslash", &text[..len]),
            ));
        }
    };
    let end = skip + digits;
    let value = bytes
        .get(skip..end)
        .filter(|digits| digits.iter().all(|&c| char::from(c).is_digit(base)))
        .and_then(|_| u32::from_str_radix(&text[skip..end], base).ok());
    let Some(value) = value else {
        let mut len = end.min(text.len());
        while !text.is_char_boundary(len) {
            len += 1;
        }
        return Err((len, format!("this escape needs {digits} digits")));
    };
    if value > max || (0xD800..0xE000).contains(&value) {
        return Err((end, "this escape is no Unicode character".to_owned()));
    }
    let escaped = match (kind, u8::try_from(value)) {
        (b'0'..=b'7' | b'x', Ok(byte)) => Escaped::Byte(byte),
        _ => Escaped::Char(char::from_u32(value).unwrap_or('\u{FFFD}')),
    };
    Ok((escaped, end))
}

/// The length of the escape at the start of `text`; `None` if it is none.
pub(in crate::lang) fn escape_length(text: &str, quote: u8) -> Option<usize> {
    escape(text, quote).ok().map(|(_, length)| length)
}

enum Escaped {
    Char(char),
    /// A byte that need not be UTF-8 by itself.
    Byte(u8),
}

/// The text between the quotes, escapes resolved; bytes written by escapes that are no UTF-8 are
/// replaced. `None` only for a text that [`scan`] refuses.
pub(in crate::lang) fn unquote(quoted: &str) -> Option<Cow<'_, str>> {
    let quote = quoted.as_bytes().first().copied()?;
    let inner = quoted.get(1..quoted.len().checked_sub(1)?)?;
    if quote == b'`' || !inner.contains('\\') {
        return Some(Cow::Borrowed(inner));
    }
    let mut out = Vec::with_capacity(inner.len());
    let mut at = 0;
    while let Some(step) = memchr::memchr(b'\\', &inner.as_bytes()[at..]) {
        out.extend_from_slice(&inner.as_bytes()[at..at + step]);
        at += step;
        let (escaped, len) = escape(&inner[at..], quote).ok()?;
        match escaped {
            Escaped::Char(c) => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            Escaped::Byte(byte) => out.push(byte),
        }
        at += len;
    }
    out.extend_from_slice(&inner.as_bytes()[at..]);
    Some(Cow::Owned(String::from_utf8_lossy(&out).into_owned()))
}
