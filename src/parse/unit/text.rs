//! Texts of source code: quotes go, escapes are resolved.

use std::borrow::Cow;

/// Resolves the escapes that all languages share; others stay as they are written.
pub(super) fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            plain.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => plain.push('\n'),
            Some('t') => plain.push('\t'),
            Some('r') => plain.push('\r'),
            Some('0') => plain.push('\0'),
            Some(quote @ ('"' | '\'' | '`' | '\\' | '$' | '/')) => plain.push(quote),
            Some('\n') => {}
            Some(other) => {
                plain.push('\\');
                plain.push(other);
            }
            None => plain.push('\\'),
        }
    }
    Cow::Owned(plain)
}

/// A text without the quote at either end.
pub(super) fn inner(text: &str) -> &str {
    text.get(1..text.len().saturating_sub(1)).unwrap_or_default()
}
