//! Texts inside scalars: where each byte of a scalar's value stands in the text that holds it.

use super::offsets::OffsetMap;
use super::tree::{NodeRef, Style};
use std::ops::Range;

/// A text and the map of its bytes to the file.
#[derive(Clone, Debug)]
pub struct Placed {
    /// The text.
    pub text: String,
    /// Where its bytes stand.
    pub map: OffsetMap,
    /// Ranges of it that were masked, ascending.
    pub unknown: Vec<Range<usize>>,
}

/// The text that holds a scalar.
#[derive(Clone, Copy, Debug)]
pub struct Host<'a> {
    /// The text the scalar was parsed from.
    pub text: &'a str,
    /// Where its bytes stand.
    pub map: &'a OffsetMap,
    /// Ranges of it that were masked, ascending.
    pub unknown: &'a [Range<usize>],
}

/// The value of a scalar as a text of its own.
///
/// Where the value cannot be followed letter by letter, all of it stands at the scalar.
pub fn embedded(node: NodeRef<'_>, host: Host<'_>) -> Option<Placed> {
    let node = node.resolve();
    let text = node.scalar()?;
    let placed = || {
        let range = host.map.local(node.span())?;
        let runs = runs(host.text.get(range.clone())?, text, node.style()?)?;
        let runs: Vec<_> = runs.iter().map(|&(text, at)| (text, range.start + at)).collect();
        let end = runs.last().map_or(range.start, |&(start, at)| at + (text.len() - start));
        let end = end.min(range.end);
        let map = host.map.compose(&runs, text.len(), end);
        Some(Placed { text: text.to_owned(), map, unknown: inside(host.unknown, &runs, &range) })
    };
    Some(placed().unwrap_or_else(|| Placed {
        text: text.to_owned(),
        map: OffsetMap::whole(node.span()),
        unknown: Vec::new(),
    }))
}

/// Masked ranges of the host as ranges of the text embedded in `range` of it.
fn inside(unknown: &[Range<usize>], runs: &Runs, range: &Range<usize>) -> Vec<Range<usize>> {
    let offset = |host: usize| match runs.partition_point(|&(_, at)| at <= host).checked_sub(1) {
        Some(run) => {
            let (text, at) = runs[run];
            let next = runs.get(run + 1).map_or(usize::MAX, |&(next, _)| next);
            (text + (host - at)).min(next)
        }
        None => 0,
    };
    let first = unknown.partition_point(|masked| masked.end <= range.start);
    unknown[first..]
        .iter()
        .take_while(|masked| masked.start < range.end)
        .map(|masked| offset(masked.start)..offset(masked.end))
        .filter(|masked| !masked.is_empty())
        .collect()
}

/// The decoded value of a base64 scalar; every position is the scalar.
pub fn decoded(node: NodeRef<'_>) -> Option<Placed> {
    use base64::Engine;
    let compact: String = node.scalar()?.split_whitespace().collect();
    let bytes = base64::engine::general_purpose::STANDARD.decode(compact).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    Some(Placed { text, map: OffsetMap::whole(node.resolve().span()), unknown: Vec::new() })
}

/// Runs as (offset in the value, offset in the raw text), ascending.
type Runs = Vec<(usize, usize)>;

/// Follows the value through the raw text of a scalar; `None` where they part.
pub(crate) fn runs(raw: &str, text: &str, style: Style) -> Option<Runs> {
    match style {
        // The place of a block may begin with its header or with its first letter.
        Style::Literal | Style::Folded => {
            block(raw, text, 0).or_else(|| block(raw, text, raw.find('\n')? + 1))
        }
        Style::Plain => flow(raw, 0..raw.len(), text, style),
        Style::Single | Style::Double => {
            let quote = raw.find(if style == Style::Single { '\'' } else { '"' })?;
            flow(raw, quote + 1..raw.len().checked_sub(1)?.max(quote + 1), text, style)
        }
    }
}

/// Block scalars hold their lines letter by letter after the indentation.
fn block(raw: &str, text: &str, mut line_start: usize) -> Option<Runs> {
    let mut runs = Runs::new();
    let mut at = 0;
    while line_start < raw.len() {
        let line = raw[line_start..].split('\n').next().unwrap_or_default();
        let content = line.trim_start();
        let content = content.strip_suffix('\r').unwrap_or(content);
        if !content.is_empty() {
            let host = line_start + (line.len() - line.trim_start().len());
            let blanks = text[at..].len() - text[at..].trim_start().len();
            let mut start = at + blanks;
            // At the end the raw text may have lost blanks that the value keeps, never letters.
            if !text[start..].starts_with(content) {
                at = unescaped(&mut runs, text, start, content, host)?;
                line_start += line.len() + 1;
                continue;
            }
            let end = start + content.len();
            let mut from = host;
            while start > at
                && from > line_start
                && text.as_bytes()[start - 1] == raw.as_bytes()[from - 1]
            {
                (start, from) = (start - 1, from - 1);
            }
            runs.push((start, from));
            at = end;
        }
        line_start += line.len() + 1;
    }
    text[at..].trim().is_empty().then_some(runs).filter(|runs| !runs.is_empty())
}

/// Follows a line in which HCL's `$${` stands for `${`; gives where the value goes on.
fn unescaped(
    runs: &mut Runs,
    text: &str,
    start: usize,
    content: &str,
    host: usize,
) -> Option<usize> {
    let (mut at, mut from) = (start, 0);
    let escapes = content.match_indices("$${").chain(content.match_indices("%%{"));
    let mut borders: Vec<usize> = escapes.map(|(place, _)| place).collect();
    borders.sort_unstable();
    borders.push(content.len());
    for border in borders {
        let piece = &content[from..border];
        if !text[at..].starts_with(piece) {
            return None;
        }
        if !piece.is_empty() {
            runs.push((at, host + from));
        }
        at += piece.len();
        // The first of the two signs is not in the value.
        from = border + 1;
    }
    Some(at)
}

/// Plain and quoted scalars: breaks fold, quotes and escapes stand for other letters.
fn flow(raw: &str, range: Range<usize>, text: &str, style: Style) -> Option<Runs> {
    let mut walk = Walk { text, at: 0, runs: Runs::new(), broken: true };
    let body = raw.get(..range.end)?;
    let mut host = range.start;
    while host < body.len() {
        let rest = &body[host..];
        let plain = walk.plain(rest);
        if plain > 0 {
            walk.letters(host, plain);
            host += plain;
            continue;
        }
        let c = rest.chars().next()?;
        let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        if rest[blanks..].starts_with(['\n', '\r']) {
            host += fold(rest, &mut walk)?;
        } else if (c == '\'' && style == Style::Single)
            || (is_escaped_template(rest) && walk.text[walk.at..].starts_with(&rest[1..3]))
        {
            walk.stand_for(host, 1)?;
            host += 2;
        } else if c == '\\' && style == Style::Double {
            host += escape(rest, host, &mut walk)?;
        } else {
            walk.letter(host, c)?;
            host += c.len_utf8();
        }
    }
    (walk.at == text.len()).then_some(walk.runs)
}

/// HCL's way to write `${` and `%{`.
fn is_escaped_template(rest: &str) -> bool {
    rest.starts_with("$${") || rest.starts_with("%%{")
}

struct Walk<'a> {
    text: &'a str,
    at: usize,
    runs: Runs,
    /// The next letter starts a run.
    broken: bool,
}

impl Walk<'_> {
    /// How many letters stand for themselves, whatever the style.
    fn plain(&self, rest: &str) -> usize {
        let pairs = rest.bytes().zip(self.text[self.at..].bytes());
        let same = |&(raw, value): &(u8, u8)| {
            raw == value
                && matches!(raw, b'!'..=b'~')
                && !matches!(raw, b'\'' | b'\\' | b'$' | b'%')
        };
        pairs.take_while(same).count()
    }

    fn letters(&mut self, host: usize, count: usize) {
        if self.broken {
            self.runs.push((self.at, host));
            self.broken = false;
        }
        self.at += count;
    }

    fn letter(&mut self, host: usize, c: char) -> Option<()> {
        if !self.text[self.at..].starts_with(c) {
            return None;
        }
        if self.broken {
            self.runs.push((self.at, host));
            self.broken = false;
        }
        self.at += c.len_utf8();
        Some(())
    }

    /// `len` bytes of the value are written differently at `host`.
    fn stand_for(&mut self, host: usize, len: usize) -> Option<()> {
        self.text.get(self.at..self.at + len)?;
        self.runs.push((self.at, host));
        self.at += len;
        self.broken = true;
        Some(())
    }
}

/// Passes a line break and the blanks around it: one break is a space, more are one less.
fn fold(rest: &str, walk: &mut Walk<'_>) -> Option<usize> {
    let body = rest.trim_start_matches([' ', '\t', '\n', '\r']);
    let passed = rest.len() - body.len();
    let breaks = rest[..passed].matches('\n').count();
    let written = if breaks > 1 { breaks - 1 } else { 1 };
    let blank = walk.text.as_bytes().get(walk.at..walk.at + written)?;
    if !blank.iter().all(|byte| matches!(byte, b' ' | b'\n')) {
        return None;
    }
    walk.at += written;
    walk.broken = true;
    Some(passed)
}

/// Passes an escape of a double-quoted scalar.
fn escape(rest: &str, host: usize, walk: &mut Walk<'_>) -> Option<usize> {
    let c = rest[1..].chars().next()?;
    if matches!(c, '\n' | '\r') {
        // The break is not part of the value, the blanks after it neither.
        let body = rest[1..].trim_start_matches(['\r', '\n', ' ', '\t']);
        walk.broken = true;
        return Some(rest.len() - body.len());
    }
    let digits = match c {
        'x' => 2,
        'u' => 4,
        'U' => 8,
        _ => 0,
    };
    let len = walk.text[walk.at..].chars().next()?.len_utf8();
    walk.stand_for(host, len)?;
    Some(1 + c.len_utf8() + digits)
}
