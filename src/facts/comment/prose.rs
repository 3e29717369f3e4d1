//! Comments of YAML and Markdown: lines, not tokens.

use super::Form;
use super::language::{Special, of_info};
use super::scan::{Out, Scanner, line_end};
use std::ops::Range;

/// Comments of YAML by its lines: also where the parser would stop.
pub(super) fn yaml(out: &mut Out<'_>, range: Range<usize>) {
    let text = &out.text[..range.end];
    let mut at = range.start;
    let mut scalar: Option<usize> = None;
    let mut quote: Option<u8> = None;
    while at < range.end {
        let end = line_end(text, at);
        let line = &text[at..end];
        let indent = line.len() - line.trim_start_matches(' ').len();
        let start = at;
        at = memchr::memchr(b'\n', &text.as_bytes()[at..]).map_or(range.end, |n| at + n + 1);
        if let Some(parent) = scalar {
            if line.trim().is_empty() || indent > parent {
                continue;
            }
            scalar = None;
        }
        if quote.is_none() && helm_comment(out, start, line) {
            continue;
        }
        let code = yaml_line(out, start, line, &mut quote);
        if quote.is_none() {
            scalar = block_scalar(code, line, indent);
        }
    }
}

/// `{{/* … */}}` alone on a line.
fn helm_comment(out: &mut Out<'_>, start: usize, line: &str) -> bool {
    let trimmed = line.trim();
    let open = ["{{/*", "{{- /*"].into_iter().find(|open| trimmed.starts_with(open));
    let Some(open) = open else { return false };
    let Some(close) = line.find("*/") else { return false };
    let from = start + (line.len() - line.trim_start().len());
    let whole = from..start + line.trim_end().len();
    if from + open.len() <= start + close {
        out.block(whole, from + open.len()..start + close, Form::Block, false, None);
    }
    true
}

/// Scans one line; gives the part of it that is no comment.
fn yaml_line<'l>(
    out: &mut Out<'_>,
    start: usize,
    line: &'l str,
    quote: &mut Option<u8>,
) -> &'l str {
    let bytes = line.as_bytes();
    let mut at = 0;
    // Whether a value may start here: only there a quotation mark quotes.
    let mut value = true;
    let mut opened = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        if let Some(mark) = *quote {
            match byte {
                b'\\' if mark == b'"' => at += 1,
                _ if byte == mark && mark == b'\'' && bytes.get(at + 1) == Some(&b'\'') => at += 1,
                _ if byte == mark => {
                    out.string(start + opened..start + at + 1);
                    *quote = None;
                    value = false;
                }
                _ => {}
            }
            at += 1;
            continue;
        }
        let spaced = at == 0 || bytes[at - 1].is_ascii_whitespace();
        match byte {
            b'#' if spaced => {
                let trailing = !line[..at].trim().is_empty();
                out.line(start + at..start + line.len(), 1, trailing);
                return &line[..at];
            }
            b'"' | b'\'' if value => {
                *quote = Some(byte);
                opened = at;
            }
            b'[' | b'{' | b',' => value = true,
            b':' | b'-' | b'?' => {
                let next = bytes.get(at + 1);
                value = next.is_none_or(|next| next.is_ascii_whitespace());
            }
            b' ' | b'\t' => {}
            _ => value = false,
        }
        at += 1;
    }
    if quote.is_some() {
        out.string(start + opened..start + line.len());
    }
    line
}

/// The indentation above which a block scalar that this line opens goes on.
fn block_scalar(code: &str, line: &str, indent: usize) -> Option<usize> {
    let code = code.trim_end();
    let (head, last) = code.rsplit_once([' ', '\t']).unwrap_or(("", code));
    let mark = last.trim_end_matches(|c: char| matches!(c, '+' | '-') || c.is_ascii_digit());
    if !matches!(mark, "|" | ">") || head.trim().is_empty() && indent == 0 && head.is_empty() {
        return None;
    }
    let head = head.trim_end();
    if !(head.ends_with(':') || head.ends_with('-') || head.contains(": ") || head.starts_with('-'))
    {
        return None;
    }
    let mut column = indent;
    let mut body = &line[indent.min(line.len())..];
    while let Some(rest) = body.strip_prefix("- ") {
        let inner = rest.trim_start_matches(' ');
        if !inner.contains(": ") && !inner.contains(":\t") {
            break;
        }
        column += body.len() - inner.len();
        body = inner;
    }
    Some(column)
}

/// HTML comments of Markdown outside fenced blocks, and the comments in fenced blocks.
pub(super) fn markdown(out: &mut Out<'_>, start: usize) {
    let text = out.text;
    let mut at = start;
    if let Some(end) = front_matter(text, start) {
        yaml(out, start..end);
        at = end;
    }
    while at < text.len() {
        let end = line_end(text, at);
        let next = memchr::memchr(b'\n', &text.as_bytes()[at..]).map_or(text.len(), |n| at + n + 1);
        let line = &text[at..end];
        let trimmed = line.trim_start_matches([' ', '\t', '>']);
        if let Some((fence, info)) = fence_of(trimmed) {
            at = fenced(out, next, fence, info);
        } else {
            at = html_comment(out, at, line).unwrap_or(next);
        }
    }
}

/// Where the front matter of a Markdown file ends: after its closing `---`.
pub(crate) fn front_matter(text: &str, start: usize) -> Option<usize> {
    let rest = text[start..].strip_prefix("---")?;
    let rest = rest.strip_prefix('\r').unwrap_or(rest).strip_prefix('\n')?;
    let mut at = text.len() - rest.len();
    for line in rest.split_inclusive('\n') {
        at += line.len();
        if matches!(line.trim_end(), "---" | "...") {
            return Some(at);
        }
    }
    None
}

fn fence_of(line: &str) -> Option<(&str, &str)> {
    let mark = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let info = line.trim_start_matches(mark);
    let fence = &line[..line.len() - info.len()];
    (fence.len() >= 3 && (mark == '~' || !info.contains('`'))).then(|| (fence, info.trim()))
}

/// Scans a fenced block; gives the place after it.
fn fenced(out: &mut Out<'_>, start: usize, fence: &str, info: &str) -> usize {
    let text = out.text;
    let mut end = start;
    let mut after = text.len();
    for line in text[start..].split_inclusive('\n') {
        let body = line.trim_start_matches([' ', '\t', '>']).trim_end();
        if body.len() >= fence.len()
            && body.starts_with(fence)
            && body.trim_start_matches(&fence[..1]).is_empty()
        {
            after = end + line.len();
            break;
        }
        end += line.len();
    }
    out.fenced = true;
    let language = of_info(info, &text[start..end]);
    if language.has(Special::Yaml) {
        yaml(out, start..end);
    } else if !language.has(Special::Markdown) {
        Scanner::new(out, start..end, language).run();
    }
    out.fenced = false;
    after
}

/// Takes the comments that start on this line; gives the place to go on at, if not the next line.
fn html_comment(out: &mut Out<'_>, start: usize, line: &str) -> Option<usize> {
    let text = out.text;
    let mut from = 0;
    while let Some(open) = line[from..].find("<!--") {
        let open = from + open;
        // In inline code it is an example of itself.
        if line[..open].matches('`').count() % 2 == 1 {
            from = open + 4;
            continue;
        }
        let inner = start + open + 4;
        let close = memchr::memmem::find(&text.as_bytes()[inner..], b"-->");
        let inner_end = close.map_or(text.len(), |close| inner + close);
        let end = (inner_end + 3).min(text.len());
        let trailing = !line[..open].trim().is_empty();
        out.block(start + open..end, inner..inner_end, Form::Block, trailing, None);
        if end > start + line.len() {
            return Some(end);
        }
        from = end - start;
    }
    None
}
