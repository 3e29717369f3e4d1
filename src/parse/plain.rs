//! JSON as the YAML parser would read it, several times faster: dashboards are megabytes of it.
//!
//! Only text that is JSON to the letter, and that YAML reads alike, is read here; for anything
//! else the answer is `None`, and the YAML parser has the word.

use super::tree::Style;
use std::borrow::Cow;
use std::ops::Range;

/// What the text consists of, in its order.
#[derive(Debug)]
pub(super) enum Event<'t> {
    /// `{` or `[`, and where it stands.
    Open { mapping: bool, at: usize },
    /// Where the text of a collection ends.
    Close { end: usize },
    /// A key or a value.
    Scalar { text: Cow<'t, str>, style: Style, range: Range<usize> },
    /// From its marker to the end of its line; not in JSON.
    Comment { range: Range<usize> },
    /// The number of the anchor that the next collection or scalar has; not in JSON.
    Anchor { number: usize },
    /// An alias of the anchor with this number; not in JSON.
    Alias { number: usize, range: Range<usize> },
    /// The mark between two documents; not in JSON.
    Next,
}

/// Deepest nesting that is read here.
const MAX_DEPTH: usize = 256;
/// Longest key that is read here.
const MAX_KEY: usize = 1024;

/// Reads a text that is one JSON object or array.
pub(super) fn read(text: &str) -> Option<Vec<Event<'_>>> {
    let mut reader = Reader { text, at: 0, events: Vec::new(), open: Vec::new() };
    reader.space();
    if !matches!(reader.peek()?, b'{' | b'[') || !text.chars().all(is_plain) {
        return None;
    }
    reader.value()?;
    while let Some(mapping) = reader.open.last().copied() {
        reader.next_of(mapping)?;
    }
    reader.space();
    (reader.at == text.len()).then_some(reader.events)
}

/// Letters about which YAML and JSON agree; tabs between values are left to YAML.
pub(super) fn is_plain(c: char) -> bool {
    matches!(c, '\n' | ' '..='~' | '\u{a0}'..='\u{2027}' | '\u{202a}'..='\u{d7ff}'
        | '\u{e000}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}' | '\u{10000}'..)
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    events: Vec<Event<'t>>,
    /// The open collections: whether each is a mapping.
    open: Vec<bool>,
}

impl<'t> Reader<'t> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n')) {
            self.at += 1;
        }
    }

    /// The next item of the innermost collection, or its end.
    fn next_of(&mut self, mapping: bool) -> Option<()> {
        let fresh = matches!(self.events.last(), Some(Event::Open { .. }));
        self.space();
        let close = if mapping { b'}' } else { b']' };
        if self.peek()? == close {
            self.at += 1;
            self.open.pop();
            self.events.push(Event::Close { end: self.at });
            return Some(());
        }
        if !fresh {
            if self.peek()? != b',' {
                return None;
            }
            self.at += 1;
            self.space();
        }
        if mapping {
            let start = self.at;
            self.string()?;
            while self.peek()? == b' ' {
                self.at += 1;
            }
            // YAML wants a key and its colon on one line.
            if self.peek()? != b':' || self.at - start > MAX_KEY {
                return None;
            }
            self.at += 1;
            self.space();
        }
        self.value()
    }

    fn value(&mut self) -> Option<()> {
        match self.peek()? {
            open @ (b'{' | b'[') => {
                let mapping = open == b'{';
                if self.open.len() >= MAX_DEPTH {
                    return None;
                }
                self.open.push(mapping);
                self.events.push(Event::Open { mapping, at: self.at });
                self.at += 1;
                Some(())
            }
            b'"' => self.string(),
            _ => self.word(),
        }
    }

    /// A number, `true`, `false`, `null`.
    fn word(&mut self) -> Option<()> {
        let rest = self.text.get(self.at..)?;
        let length = rest
            .bytes()
            .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
            .count();
        let word = rest.get(..length)?;
        let known = matches!(word, "true" | "false" | "null") || is_number(word);
        // What follows must end it for YAML too.
        let ended = matches!(rest.as_bytes().get(length), Some(b',' | b'}' | b']' | b' ' | b'\n'));
        if !known || !ended {
            return None;
        }
        let range = self.at..self.at + length;
        self.at += length;
        let text = Cow::Borrowed(word);
        self.events.push(Event::Scalar { text, style: Style::Plain, range });
        Some(())
    }

    fn string(&mut self) -> Option<()> {
        if self.peek()? != b'"' {
            return None;
        }
        let text = self.text;
        let start = self.at;
        let mut from = start + 1;
        let mut read = Cow::Borrowed("");
        loop {
            let rest = text.as_bytes().get(from..)?;
            let stop = from + memchr::memchr3(b'"', b'\\', b'\n', rest)?;
            let run = text.get(from..stop)?;
            if read.is_empty() {
                read = Cow::Borrowed(run);
            } else {
                read.to_mut().push_str(run);
            }
            match text.as_bytes()[stop] {
                b'"' => break self.at = stop + 1,
                b'\\' => {
                    let (letter, length) = escape(text.get(stop + 1..)?)?;
                    read.to_mut().push(letter);
                    from = stop + 1 + length;
                }
                _ => return None,
            }
        }
        let (style, range) = (Style::Double, start..self.at);
        self.events.push(Event::Scalar { text: read, style, range });
        Some(())
    }
}

/// The letter that an escape stands for, and its length behind the `\`.
pub(super) fn escape(rest: &str) -> Option<(char, usize)> {
    let letter = match rest.as_bytes().first()? {
        b'"' => '"',
        b'\\' => '\\',
        b'/' => '/',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => {
            let digits =
                rest.get(1..5).filter(|digits| digits.bytes().all(|it| it.is_ascii_hexdigit()))?;
            // Halves of a pair are left to YAML.
            return Some((char::from_u32(u32::from_str_radix(digits, 16).ok()?)?, 5));
        }
        _ => return None,
    };
    Some((letter, 1))
}

/// Whether a word is a number of JSON.
fn is_number(word: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let word = word.strip_prefix('-').unwrap_or(word);
    let (mantissa, exponent) = match word.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (word, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|it| digits(it.strip_prefix(['+', '-']).unwrap_or(it)))
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::parse::offsets::OffsetMap;
    use crate::parse::yaml::{self, Input};
    use crate::source::SourceId;

    fn same(text: &str) -> bool {
        let map = OffsetMap::slice(SourceId(0), 0);
        let input = Input { text, map: &map, masked: &[] };
        format!("{:?}", yaml::parse(&input)) == format!("{:?}", yaml::from_yaml(&input))
    }

    #[test]
    fn json_gives_the_tree_that_yaml_gives() {
        let text = r##"{
  "a": [1, -2.5e+3, true, false, null, "", "x\"y\\z\/\b\f\n\r\t\u00e9", []],
  "b": {"c": {}, "c": "twice", "# no comment": "a: b", "<<": 1},
  "é": [ {"x":1} , [ [ ] ] ]
}
"##;
        assert!(read(text).is_some());
        assert!(same(text));
        // Every edit of one letter: read alike, or left to YAML.
        for (at, _) in text.char_indices() {
            for letter in ["", ",", "\"", "{", "]", ":", "\n", "0", "#", "\t", "\\", "'"] {
                let next = at + text[at..].chars().next().map_or(1, char::len_utf8);
                let edited = format!("{}{letter}{}", &text[..at], &text[next..]);
                assert!(same(&edited), "{edited}");
            }
        }
    }

    #[test]
    fn what_yaml_reads_differently_is_left_to_it() {
        for text in [
            "a: 1",
            "\"a\"",
            "{\"a\"\n: 1}",
            "{\"a\": 01}",
            "{\"a\": \"\\ud83d\\ude00\"}",
            "[1] x",
            "[1,]",
            "[nul]",
        ] {
            assert!(read(text).is_none(), "{text}");
        }
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(read(&deep).is_none());
    }
}
