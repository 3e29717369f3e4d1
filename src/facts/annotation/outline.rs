//! What a file's text looks like around its comments: lines of code, blocks, headings.

use crate::facts::comment::{Comment, Form, Language, Scanned, Special};
use crate::source::Source;
use std::ops::Range;

/// A heading of Markdown.
#[derive(Debug)]
pub(super) struct Heading {
    pub(super) title: String,
    pub(super) level: usize,
    pub(super) start: usize,
    /// Where its section ends: at the next heading of its level or above.
    pub(super) end: usize,
}

/// A file seen by lines.
pub(super) struct Outline<'a> {
    pub(super) source: &'a Source,
    pub(super) language: &'static Language,
    pub(super) scanned: &'a Scanned,
    pub(super) headings: Vec<Heading>,
    /// First line that holds more than comments.
    pub(super) first_code: u32,
    /// Matching braces outside comments and strings: opening to closing byte.
    braces: Vec<(usize, usize)>,
}

impl<'a> Outline<'a> {
    pub(super) fn new(
        source: &'a Source,
        language: &'static Language,
        scanned: &'a Scanned,
    ) -> Self {
        let mut outline = Outline {
            source,
            language,
            scanned,
            headings: Vec::new(),
            first_code: u32::MAX,
            braces: Vec::new(),
        };
        if language.has(Special::Markdown) {
            outline.headings = headings(source, scanned);
        }
        outline.first_code = (1..=source.line_count())
            .find(|&line| {
                let text = source.line_text(line).trim();
                let framing = text.starts_with("#!") || text == "---" || text.starts_with("<?xml");
                !text.is_empty() && !framing && !outline.is_comment_line(line)
            })
            .unwrap_or(u32::MAX);
        if !language.indented && !language.has(Special::Markdown) {
            outline.braces = braces(source, scanned);
        }
        outline
    }

    /// The first visible byte of a line.
    pub(super) fn visible(&self, line: u32) -> Option<usize> {
        let range = self.source.line_range(line);
        let text = &self.source.text()[range.clone()];
        let visible = text.trim_start_matches(['\u{feff}', ' ', '\t']);
        (!visible.trim().is_empty()).then(|| range.end - visible.len())
    }

    pub(super) fn indent(&self, line: u32) -> usize {
        let text = self.source.line_text(line);
        text.len() - text.trim_start().len()
    }

    /// Whether a line holds comments and nothing else; docstrings count.
    pub(super) fn is_comment_line(&self, line: u32) -> bool {
        let Some(mut at) = self.visible(line) else { return false };
        let end = self.source.line_range(line).end;
        while let Some(comment) = self.comment_at(at) {
            at = comment.range.end;
            let rest = &self.source.text()[at.min(end)..end];
            at += rest.len() - rest.trim_start().len();
            if at >= end {
                return true;
            }
        }
        false
    }

    pub(super) fn comment_at(&self, at: usize) -> Option<&'a Comment> {
        let comments = &self.scanned.comments;
        let index = comments.partition_point(|comment| comment.range.end <= at);
        comments.get(index).filter(|comment| comment.range.start <= at)
    }

    /// The code on a line, without a comment behind it.
    pub(super) fn code_on(&self, line: u32) -> Range<usize> {
        let range = self.source.line_range(line);
        let start = self.visible(line).unwrap_or(range.end);
        let comments = &self.scanned.comments;
        let first = comments.partition_point(|comment| comment.range.end <= start);
        let cut = comments[first..]
            .iter()
            .find(|comment| comment.range.start > start)
            .map_or(range.end, |comment| comment.range.start.min(range.end));
        start..start + self.source.text()[start..cut.max(start)].trim_end().len()
    }

    /// The next line of code after `line`, and how many blank lines stand between.
    pub(super) fn next_code(&self, line: u32) -> Option<(u32, u32)> {
        let mut blanks = 0;
        for next in line + 1..=self.source.line_count() {
            if self.visible(next).is_none() {
                blanks += 1;
                if blanks > 3 {
                    // Further away than anything binds: only whether there is more matters.
                    let rest = &self.source.text()[self.source.line_range(next).end..];
                    return (!rest.trim().is_empty()).then_some((next, blanks));
                }
            } else if !self.is_comment_line(next) {
                return Some((next, blanks));
            }
        }
        None
    }

    /// The last line of the block that the statement on `line` opens; `line` if it opens none.
    pub(super) fn block_end(&self, line: u32) -> u32 {
        if self.language.indented { self.indented_end(line) } else { self.braced_end(line) }
    }

    fn indented_end(&self, line: u32) -> u32 {
        let indent = self.indent(line);
        let yaml = self.language.has(Special::Yaml);
        let item = self.source.line_text(line).trim_start().starts_with("- ");
        let mut last = line;
        for next in line + 1..=self.source.line_count() {
            if self.visible(next).is_none() {
                continue;
            }
            let text = self.source.line_text(next).trim_start();
            // Items of a list may stand at the indentation of their key.
            let listed = yaml && !item && self.indent(next) == indent && text.starts_with("- ");
            let closing = !yaml && self.indent(next) == indent && text.starts_with([')', ']', '}']);
            let decorated = !yaml && self.source.line_text(last).trim_start().starts_with('@');
            if self.indent(next) > indent || listed || closing || decorated {
                last = next;
            } else if !self.is_comment_line(next) {
                break;
            }
        }
        last
    }

    fn braced_end(&self, line: u32) -> u32 {
        let mut range = self.code_on(line);
        // An annotation or a signature over several lines: its brace comes later.
        for next in line + 1..line.saturating_add(8) {
            let text = self.source.text()[range.clone()].trim_end();
            let goes_on = text.is_empty() || text.ends_with([',', '(', ')']);
            if !goes_on && !text.starts_with('@') {
                break;
            }
            range.end = self.code_on(next).end.max(range.end);
        }
        let first = self.braces.partition_point(|&(open, _)| open < range.start);
        self.braces[first..]
            .iter()
            .take_while(|&&(open, _)| open < range.end)
            .map(|&(_, close)| self.source.line_of(u32::try_from(close).unwrap_or(u32::MAX)))
            .max()
            .unwrap_or(line)
            .max(line)
    }

    /// Whether the function or class whose statement starts at `start` does nothing.
    pub(super) fn is_stub(&self, start: usize) -> bool {
        if self.language.has(Special::Docstring) {
            let line = self.source.line_text(self.line_of(start)).trim();
            return !self.source.path.ends_with(".pyi")
                && (matches!(line, "pass" | "...") || self.python_stub(start));
        }
        !self.language.indented && !self.language.has(Special::Markdown) && self.braced_stub(start)
    }

    fn python_stub(&self, start: usize) -> bool {
        let text = self.source.text();
        let mut line = self.line_of(start);
        while self.source.line_text(line).trim_start().starts_with('@') {
            if ["abstract", "overload"]
                .iter()
                .any(|word| self.source.line_text(line).contains(word))
            {
                return false;
            }
            line += 1;
        }
        let Some(head) = self.visible(line) else { return false };
        if !["def ", "async def ", "class "].iter().any(|word| text[head..].starts_with(word)) {
            return false;
        }
        let mut depth = 0i32;
        let colon =
            text.as_bytes()[head..].iter().take(4000).enumerate().find(|&(offset, byte)| {
                if !self.scanned.is_code(head + offset) {
                    return false;
                }
                match byte {
                    b'(' | b'[' | b'{' => depth += 1,
                    b')' | b']' | b'}' => depth -= 1,
                    b':' => return depth == 0,
                    _ => {}
                }
                false
            });
        let Some((colon, _)) = colon else { return false };
        let after = head + colon + 1;
        let indent = self.indent(line);
        let head_line = self.line_of(after);
        let mut body: Vec<&str> = Vec::new();
        let inline = text[after..self.code_on(head_line).end.max(after)].trim();
        if !inline.is_empty() {
            body.push(inline);
        }
        for next in head_line + 1..=self.source.line_count() {
            if body.len() > 1 {
                return false;
            }
            let Some(at) = self.visible(next) else { continue };
            if self.comment_at(at).is_some() {
                continue;
            }
            if self.indent(next) <= indent {
                break;
            }
            body.push(text[self.code_on(next)].trim_end_matches(';'));
        }
        body.iter().all(|line| {
            matches!(*line, "pass" | "..." | "\"\"\"" | "'''" | "return" | "return None")
                || line.starts_with("raise NotImplementedError")
        })
    }

    fn braced_stub(&self, start: usize) -> bool {
        const NOTHING: &[&str] = &[
            "todo!",
            "unimplemented!",
            "throw new NotImplementedException",
            "throw new UnsupportedOperationException",
            "throw new Error(\"not implemented",
            "throw new Error('not implemented",
            "panic(\"not implemented",
            "panic(\"TODO",
            "pass",
        ];
        let text = self.source.text();
        let mut depth = 0i32;
        let mut call = false;
        for (offset, byte) in text.as_bytes()[start..].iter().take(4000).enumerate() {
            let at = start + offset;
            if !self.scanned.is_code(at) {
                continue;
            }
            match byte {
                b'(' => {
                    depth += 1;
                    call = true;
                }
                b')' => depth -= 1,
                b';' | b'}' if depth <= 0 => return false,
                b'=' if depth <= 0 && text.as_bytes().get(at + 1) != Some(&b'>') => call = false,
                b'{' if depth <= 0 => {
                    let Ok(index) = self.braces.binary_search_by_key(&at, |&(open, _)| open) else {
                        return false;
                    };
                    let inner = at + 1..self.braces[index].1;
                    return call && self.is_empty_body(inner, NOTHING);
                }
                _ => {}
            }
            if depth < 0 {
                return false;
            }
        }
        false
    }

    fn is_empty_body(&self, inner: Range<usize>, nothing: &[&str]) -> bool {
        let first = self.line_of(inner.start);
        let last = self.line_of(inner.end);
        if last.saturating_sub(first) > 40 {
            return false;
        }
        let code: Vec<u8> = inner
            .clone()
            .filter(|&at| self.comment_at(at).is_none())
            .map(|at| self.source.text().as_bytes()[at])
            .collect();
        let code = String::from_utf8_lossy(&code);
        let code = code.trim();
        let single = code.matches([';', '\n']).count() <= 1;
        code.is_empty() || single && nothing.iter().any(|word| code.starts_with(word))
    }

    pub(super) fn line_of(&self, at: usize) -> u32 {
        self.source.line_of(u32::try_from(at).unwrap_or(u32::MAX))
    }

    /// The innermost heading above a place.
    pub(super) fn heading(&self, at: usize) -> Option<&Heading> {
        let index = self.headings.partition_point(|heading| heading.start <= at);
        index.checked_sub(1).map(|index| &self.headings[index])
    }
}

fn braces(source: &Source, scanned: &Scanned) -> Vec<(usize, usize)> {
    let mut open = Vec::new();
    let mut pairs = Vec::new();
    for at in memchr::memchr2_iter(b'{', b'}', source.text().as_bytes()) {
        if !scanned.is_code(at) {
            continue;
        }
        if source.text().as_bytes()[at] == b'{' {
            open.push(at);
        } else if let Some(start) = open.pop() {
            pairs.push((start, at));
        }
    }
    pairs.sort_unstable();
    pairs
}

fn headings(source: &Source, scanned: &Scanned) -> Vec<Heading> {
    let mut headings: Vec<Heading> = Vec::new();
    let mut fence: Option<String> = None;
    let matter = source.content_start();
    let mut at = crate::facts::comment::front_matter(source.text(), matter).unwrap_or(matter);
    let mut before: Option<(usize, &str)> = None;
    for raw in source.text()[at..].split_inclusive('\n') {
        let start = at;
        at += raw.len();
        let line = raw.trim();
        if let Some(mark) = &fence {
            if line.starts_with(mark.as_str()) && line.trim_start_matches(&mark[..1]).is_empty() {
                fence = None;
            }
            continue;
        }
        if line.starts_with("```") || line.starts_with("~~~") {
            let mark = line.chars().next().unwrap_or('`');
            fence = Some(line.chars().take_while(|c| *c == mark).collect());
            before = None;
            continue;
        }
        let first = scanned.comments.partition_point(|comment| comment.range.end <= start);
        if scanned.comments.get(first).is_some_and(|comment| comment.range.contains(&start)) {
            before = None;
            continue;
        }
        let level = line.bytes().take_while(|&byte| byte == b'#').count();
        let title = line.trim_start_matches('#');
        let underline = !line.is_empty()
            && (line.bytes().all(|byte| byte == b'=') || line.bytes().all(|byte| byte == b'-'));
        if (1..=6).contains(&level) && (title.is_empty() || title.starts_with([' ', '\t'])) {
            let title = title.trim().trim_end_matches('#').trim().to_owned();
            headings.push(Heading { title, level, start, end: source.text().len() });
            before = None;
        } else if let Some((from, title)) = before.filter(|_| underline) {
            let level = if line.starts_with('=') { 1 } else { 2 };
            headings.push(Heading {
                title: title.to_owned(),
                level,
                start: from,
                end: source.text().len(),
            });
            before = None;
        } else {
            before = (!line.is_empty() && !line.starts_with(['-', '*', '>', '|', '<']))
                .then_some((start, line));
        }
    }
    let mut open: Vec<usize> = Vec::new();
    for index in 0..headings.len() {
        while let Some(&last) = open.last() {
            if headings[last].level < headings[index].level {
                break;
            }
            headings[last].end = headings[index].start;
            open.pop();
        }
        open.push(index);
    }
    headings
}

/// Whether lines of comment were one comment to a reader: the same block, or line under line.
pub(super) fn blocks<'c>(comments: &'c [Comment], source: &Source) -> Vec<&'c [Comment]> {
    let line = |at: usize| source.line_of(u32::try_from(at).unwrap_or(u32::MAX));
    let joined = |a: &Comment, b: &Comment| {
        a.number == b.number
            || !a.trailing
                && !b.trailing
                && a.form != Form::Docstring
                && b.form != Form::Docstring
                && a.fenced == b.fenced
                && line(a.range.end.max(a.range.start + 1) - 1) + 1 == line(b.range.start)
    };
    comments.chunk_by(joined).collect()
}
