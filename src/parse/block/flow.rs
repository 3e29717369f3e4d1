//! Lists and mappings in brackets on one line: `{severity: page}`, `[job, instance]`.

use super::{Event, Reader};
use crate::parse::tree::Style;
use std::borrow::Cow;

/// Deepest nesting of brackets that is read here.
const MAX_DEPTH: usize = 16;

impl<'t, S: FnMut(Event<'t>)> Reader<'t, S> {
    /// Reads what is in brackets, and the rest of the line.
    pub(super) fn flow(&mut self, start: usize) -> Option<()> {
        let mut at = start;
        // Whether each open bracket is a mapping's.
        let mut open: Vec<bool> = Vec::new();
        loop {
            at = match self.byte(at) {
                bracket @ (b'{' | b'[') if open.len() < MAX_DEPTH => {
                    let mapping = bracket == b'{';
                    (self.sink)(Event::Open { mapping, at });
                    open.push(mapping);
                    let next = at + 1 + self.blanks(at + 1);
                    match self.byte(next) {
                        b'}' | b']' => next,
                        _ => {
                            at = self.flow_key(next, mapping)?;
                            continue;
                        }
                    }
                }
                quote @ (b'"' | b'\'') => self.flow_quoted(at, quote)?,
                _ => self.flow_word(at)?,
            };
            // Behind a value: brackets that it closes, or a comma and the next value.
            loop {
                at += self.blanks(at);
                let mapping = *open.last()?;
                match self.byte(at) {
                    b'}' if mapping => {}
                    b']' if !mapping => {}
                    b',' => {
                        at = self.flow_key(at + 1 + self.blanks(at + 1), mapping)?;
                        break;
                    }
                    _ => return None,
                }
                at += 1;
                (self.sink)(Event::Close { end: at });
                open.pop();
                if open.is_empty() {
                    return self.rest(at);
                }
            }
        }
    }

    /// The key of a mapping's pair with its colon; where the value begins.
    fn flow_key(&mut self, at: usize, mapping: bool) -> Option<usize> {
        if !mapping {
            return Some(at);
        }
        let end = self.read_key(at).filter(|&end| self.byte(end + 1) == b' ')?;
        Some(end + 1 + self.blanks(end + 1))
    }

    /// A word of letters that mean nothing in brackets.
    fn flow_word(&mut self, at: usize) -> Option<usize> {
        let part = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./".contains(&byte);
        let length = self.bytes[at..].iter().take_while(|&&byte| part(byte)).count();
        let first = self.byte(at);
        if !(first.is_ascii_alphanumeric() || first == b'_') {
            return None;
        }
        let (text, range) = (Cow::Borrowed(&self.text[at..at + length]), at..at + length);
        (self.sink)(Event::Scalar { text, style: Style::Plain, range });
        Some(at + length)
    }

    /// A text in quotes without escapes.
    fn flow_quoted(&mut self, at: usize, quote: u8) -> Option<usize> {
        let stop = at + 1 + memchr::memchr3(quote, b'\\', b'\n', self.bytes.get(at + 1..)?)?;
        if self.bytes[stop] != quote || self.byte(stop + 1) == quote {
            return None;
        }
        let style = if quote == b'"' { Style::Double } else { Style::Single };
        let (text, range) = (Cow::Borrowed(&self.text[at + 1..stop]), at..stop + 1);
        (self.sink)(Event::Scalar { text, style, range });
        Some(stop + 1)
    }
}
