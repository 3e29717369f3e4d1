//! Grok: patterns with names in a regular expression of Oniguruma.

use std::ops::Range;

/// A named pattern inside an expression: `%{NAME:field:type}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The name of the pattern.
    pub name: Range<usize>,
    /// The field it writes.
    pub field: Option<Range<usize>>,
    /// What it is converted to.
    pub conversion: Option<Range<usize>>,
    /// It brings its own definition: `%{NAME=…}`.
    pub defined: bool,
    /// All of it.
    pub whole: Range<usize>,
}

/// A line of a file of patterns: the ranges of its name and of its expression.
pub fn definition(line: &str) -> Option<(Range<usize>, Range<usize>)> {
    let start = line.len() - line.trim_start().len();
    let end = start + line[start..].find([' ', '\t'])?;
    let from = end + line[end..].len() - line[end..].trim_start().len();
    let to = line.trim_end_matches(['\r', '\n']).len();
    let name = &line[start..end];
    let plain = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    (name.len() > 1 && name.bytes().all(plain) && from < to).then_some((start..end, from..to))
}

/// Whether a text is a file of patterns: a name and an expression on each line.
pub fn is_patterns(text: &str) -> bool {
    let mut lines = text
        .lines()
        .filter(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'))
        .peekable();
    let first = lines.peek().is_some_and(|line| definition(line).is_some());
    let marks = ["%{", "(?", "\\d", "\\w", "\\s", "\\b", "[^"];
    first
        && marks.iter().any(|mark| text.contains(mark))
        && lines.all(|line| definition(line).is_some())
}

/// The named patterns of an expression, in order.
pub fn references(text: &str) -> Vec<Reference> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = text[from..].find("%{").map(|at| from + at) {
        from = at + 2;
        if at > 0 && bytes[at - 1] == b'\\' {
            continue;
        }
        let run = |start: usize, taken: &dyn Fn(u8) -> bool| {
            let rest = &bytes[start..];
            start + rest.iter().position(|byte| !taken(*byte)).unwrap_or(rest.len())
        };
        // `A-z` of the original holds the signs between both alphabets too.
        let letter = |byte: u8| (b'A'..=b'z').contains(&byte) || byte.is_ascii_digit();
        let name = from..run(from, &letter);
        if name.is_empty() {
            continue;
        }
        let mut end = name.end;
        let mut field = None;
        let mut conversion = None;
        if bytes.get(end) == Some(&b':') {
            let inner = |byte: u8| letter(byte) || matches!(byte, b'@' | b'.' | b'-' | b' ');
            let part = end + 1..run(end + 1, &inner);
            if !part.is_empty() {
                end = part.end;
                field = Some(part);
                if bytes.get(end) == Some(&b':') {
                    let kind = end + 1..run(end + 1, &inner);
                    end = kind.end;
                    conversion = Some(kind).filter(|kind| !kind.is_empty());
                }
            }
        }
        let defined = bytes.get(end) == Some(&b'=');
        let Some(close) = text[end..].find('}').map(|at| end + at) else { continue };
        found.push(Reference { name, field, conversion, defined, whole: at..close + 1 });
        from = close + 1;
    }
    found
}

/// What Oniguruma certainly refuses in an expression whose named patterns are sound: the place
/// and why. What it may refuse is left to it.
pub fn fault(text: &str) -> Option<(Range<usize>, &'static str)> {
    let mut reader =
        Reader { text, bytes: text.as_bytes(), at: 0, open: Vec::new(), target: false };
    let named: Vec<Range<usize>> = references(text).into_iter().map(|one| one.whole).collect();
    reader.read(&named)
}

struct Reader<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    /// Where open groups begin.
    open: Vec<usize>,
    /// Something stands before that can be repeated.
    target: bool,
}

type Fault = Option<(Range<usize>, &'static str)>;

impl Reader<'_> {
    fn read(&mut self, named: &[Range<usize>]) -> Fault {
        let mut next = 0;
        while let Some(&byte) = self.bytes.get(self.at) {
            while named.get(next).is_some_and(|one| one.start < self.at) {
                next += 1;
            }
            if let Some(one) = named.get(next).filter(|one| one.start == self.at) {
                self.at = one.end;
                self.target = true;
                continue;
            }
            let at = self.at;
            self.at += 1;
            match byte {
                b'\\' => {
                    if self.at >= self.bytes.len() {
                        return Some((at..at + 1, "a backslash stands at the end"));
                    }
                    self.at += self.text[self.at..].chars().next().map_or(1, char::len_utf8);
                    self.target = true;
                }
                b'[' => {
                    if let Some(fault) = self.class(at) {
                        return Some(fault);
                    }
                    self.target = true;
                }
                b'(' => {
                    if let Some(fault) = self.group(at) {
                        return Some(fault);
                    }
                }
                b')' => {
                    if self.open.pop().is_none() {
                        return Some((at..at + 1, "`)` closes nothing"));
                    }
                    self.target = true;
                }
                b'|' => self.target = false,
                b'*' | b'+' | b'?' if !self.target => {
                    return Some((at..at + 1, "nothing stands before this to repeat"));
                }
                _ => self.target = true,
            }
        }
        self.open.last().map(|&at| (at..at + 1, "`(` is never closed"))
    }

    /// Behind `(`: what kind of group it is.
    fn group(&mut self, at: usize) -> Fault {
        self.open.push(at);
        self.target = false;
        if self.bytes.get(self.at) != Some(&b'?') {
            return None;
        }
        let rest = &self.text[self.at + 1..];
        if let Some(comment) = rest.strip_prefix('#') {
            let end = comment.find(')')?;
            self.at += 2 + end;
            // The end of the group is read like any other.
            return None;
        }
        if rest.starts_with("P<") || rest.starts_with("P=") || rest.starts_with("P>") {
            return Some((at..at + 3, "a name is written `(?<name>…)`, without `P`"));
        }
        let name = rest.strip_prefix('<').filter(|rest| !rest.starts_with(['=', '!']));
        let lengths = ["<=", "<!", ":", "=", "!", ">", "~"];
        if let Some(name) = name {
            let Some(end) = name.find('>') else {
                return Some((at..at + 3, "the name of the group is not closed"));
            };
            if end == 0 {
                return Some((at..at + 4, "the name of the group is empty"));
            }
            self.at += 2 + end + 1;
        } else if let Some(sign) = lengths.iter().find(|sign| rest.starts_with(**sign)) {
            self.at += 1 + sign.len();
        } else {
            // Options, `(?i)` and `(?i:…)`, names in single quotes and conditions.
            let end = rest.find([':', ')', '\'', '(']).unwrap_or(0);
            self.at += 1 + end + usize::from(rest[end..].starts_with([':', '\'']));
            // After `(?i)` stands nothing that could be repeated, but an error is not certain.
            self.target = true;
        }
        None
    }

    /// Behind `[`: up to the end of the class; classes stand in classes.
    fn class(&mut self, at: usize) -> Fault {
        let mut depth = 1;
        let mut first = true;
        while let Some(&byte) = self.bytes.get(self.at) {
            let rest = &self.bytes[self.at..];
            self.at += 1;
            match byte {
                b'^' if first => continue,
                // A bracket at once after the first is a letter, as far as it is not alone.
                b']' if first && rest[1..].contains(&b']') => {}
                b'\\' => self.at += self.text[self.at..].chars().next().map_or(0, char::len_utf8),
                b'[' if rest.starts_with(b"[:") => {
                    if let Some(end) = self.text[self.at..].find(":]") {
                        self.at += end + 2;
                    }
                }
                b'[' => {
                    depth += 1;
                    first = true;
                    continue;
                }
                b']' => depth -= 1,
                _ => {}
            }
            first = false;
            if depth == 0 {
                return None;
            }
        }
        Some((at..at + 1, "`[` is never closed"))
    }
}

#[cfg(test)]
mod tests {
    use super::{fault, references};

    #[test]
    fn references_are_read_with_their_parts() {
        let text = "^%{IP:[a][b]:int} \\%{X} %{GREEDYDATA} %{OWN=(a|b)} %{}";
        let found = references(text);
        let parts: Vec<_> = found
            .iter()
            .map(|one| {
                let part = |range: &Option<std::ops::Range<usize>>| {
                    range.clone().map_or("", |range| &text[range])
                };
                (&text[one.name.clone()], part(&one.field), part(&one.conversion), one.defined)
            })
            .collect();
        assert_eq!(
            parts,
            [("IP", "[a][b]", "int", false), ("GREEDYDATA", "", "", false), ("OWN", "", "", true)]
        );
    }

    #[test]
    fn what_oniguruma_takes_is_not_refused() {
        for text in [
            "^(?<a>\\d+)(?i:x)*?(?>y)++(?=z)(?<!w)%{IP}+$",
            "[[:alpha:]\\]\\[^-]{2,3}",
            "[]a]",
            "[^]a]x",
            "[a&&[^b]]",
            "{a}",
            "a{,3}",
            "(?#a comment)x",
            "(?m)a|*".trim_end_matches("|*"),
            "()|",
            "(?<a>x)|(?<a>y)",
            "\\(",
            "(?'n'x)",
        ] {
            assert_eq!(fault(text), None, "{text}");
        }
    }

    #[test]
    fn what_oniguruma_refuses_is_found_where_it_stands() {
        for (text, place) in [
            ("a(b", 1..2),
            ("a)", 1..2),
            ("[a", 0..1),
            ("*a", 0..1),
            ("a|+", 2..3),
            ("(?P<n>x)", 0..3),
            ("a\\", 1..2),
            ("(?<>x)", 0..4),
        ] {
            assert_eq!(fault(text).map(|fault| fault.0), Some(place), "{text}");
        }
    }
}
