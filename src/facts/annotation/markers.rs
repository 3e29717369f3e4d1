//! Annotations that are code: decorators, Java annotations, Go struct tags.

use super::outline::Outline;
use super::{Annotation, Target};
use crate::facts::comment::Special;
use crate::facts::scalar::Scalar;
use crate::nist;
use crate::source::{SourceId, Span};
use std::ops::Range;

/// Reads all of a file.
pub(super) fn read(outline: &Outline<'_>, id: SourceId, annotations: &mut Vec<Annotation>) {
    let bytes = outline.source.text().as_bytes();
    if outline.language.has(Special::Markdown) || outline.language.has(Special::Yaml) {
        return;
    }
    for name in ["@nist_control(", "@NistControl("] {
        for at in memchr::memmem::find_iter(bytes, name) {
            if outline.scanned.is_code(at) {
                annotations.extend(call(outline, id, at, name.len()));
            }
        }
    }
    if outline.language.name == "go" {
        for at in memchr::memmem::find_iter(bytes, "nist:\"") {
            let free = at == 0 || matches!(bytes[at - 1], b'`' | b' ');
            if free && !outline.scanned.is_code(at) && outline.comment_at(at).is_none() {
                annotations.extend(struct_tag(outline, id, at));
            }
        }
    }
}

fn blank(id: SourceId, tag: &str, span: Span, target: Target) -> Annotation {
    Annotation {
        source: id,
        tag: tag.to_owned(),
        tag_span: span,
        controls: Vec::new(),
        text: None,
        evidence: Vec::new(),
        confidence: None,
        list: false,
        malformed: None,
        target,
        example: false,
    }
}

fn scalar(outline: &Outline<'_>, id: SourceId, range: Range<usize>) -> Scalar {
    let text = outline.source.text().get(range.clone()).unwrap_or_default().to_owned();
    Scalar { text, span: Span::new(id, range.start, range.end), known: true, plain: false }
}

/// `@nist_control("au-3", "text")`, `@NistControl(value = {"au-3"}, description = "text")`.
fn call(outline: &Outline<'_>, id: SourceId, at: usize, length: usize) -> Option<Annotation> {
    let text = outline.source.text();
    let open = at + length;
    let mut depth = 1;
    let mut close = open;
    for (offset, byte) in text.as_bytes()[open..].iter().take(20_000).enumerate() {
        close = open + offset;
        if outline.scanned.is_code(close) {
            match byte {
                b'(' => depth += 1,
                b')' => depth -= 1,
                _ => {}
            }
        }
        if depth == 0 {
            break;
        }
    }
    let target = decorated(outline, id, close);
    let tag = if text[at..].starts_with("@nist_control") { "nist_control" } else { "NistControl" };
    let mut annotation = blank(id, tag, Span::new(id, at, at + length - 1), target);
    let strings = &outline.scanned.strings;
    let first = strings.partition_point(|range| range.end <= open);
    let mut computed = false;
    let mut before = open;
    let mut level = 0i32;
    for range in strings[first..].iter().take_while(|range| range.start < close) {
        let lead = &text[before..range.start];
        let key = lead.trim_end().trim_end_matches(['{', '[', '(']).trim_end();
        let key = key.strip_suffix(['=', ':']).map(|key| {
            key.trim_end()
                .rsplit(|c: char| !(c.is_alphanumeric() || c == '_'))
                .next()
                .unwrap_or_default()
        });
        level += lead.matches(['{', '[']).count() as i32 - lead.matches(['}', ']']).count() as i32;
        before = range.end;
        let literal = &text[range.clone()];
        let quotes = if literal.starts_with("\"\"\"") { 3 } else { 1 };
        if literal.len() < 2 * quotes {
            continue;
        }
        let value = scalar(outline, id, range.start + quotes..range.end - quotes);
        let text_key = key.is_some_and(|key| {
            matches!(key, "description" | "text" | "title" | "desc" | "implementation" | "evidence")
        });
        if text_key || key.is_none() && level == 0 && !annotation.controls.is_empty() {
            annotation.text.get_or_insert(value);
        } else if nist::parse(value.text.trim()).is_some() {
            annotation.controls.push(value);
        } else if !value.text.contains(['{', '$']) {
            let fault = format!("names `{}`, which is no control id like `au-3`", value.text);
            annotation.malformed.get_or_insert((fault, value.span));
        } else {
            computed = true;
        }
    }
    if annotation.controls.is_empty() && annotation.malformed.is_none() {
        // An id that is no literal is somebody else's to know.
        let names = text[open..close].chars().any(char::is_alphabetic);
        if computed || names && annotation.text.is_none() {
            return None;
        }
        annotation.malformed = Some(("names no control".to_owned(), annotation.tag_span));
    }
    Some(annotation)
}

/// What a decorator that ends at `close` decorates.
fn decorated(outline: &Outline<'_>, id: SourceId, close: usize) -> Target {
    let line = outline.line_of(close);
    let end = outline.source.line_range(line).end;
    let rest = outline.source.text().get(close + 1..end).unwrap_or_default();
    let mut code = close + 1..end;
    if rest.trim_matches([' ', '\t', ',', '{', ')', '}']).is_empty() {
        let mut next = outline.next_code(line);
        // Other decorators, and the end of a list of them, stand between.
        while let Some((found, _)) = next {
            code = outline.code_on(found);
            if !outline.source.text()[code.clone()].starts_with(['@', ')', '}']) {
                break;
            }
            next = outline.next_code(found);
        }
        if next.is_none() {
            return Target::Nothing("the file ends after it");
        }
    } else {
        let lead = rest.len() - rest.trim_start().len();
        code = close + 1 + lead..outline.code_on(line).end.max(close + 1 + lead);
    }
    if outline.is_stub(code.start) {
        return Target::Nothing("the body it stands on is empty");
    }
    Target::Code(Span::new(id, code.start, code.end))
}

/// `` `json:"a" nist:"au-3,text"` ``.
fn struct_tag(outline: &Outline<'_>, id: SourceId, at: usize) -> Option<Annotation> {
    let text = outline.source.text();
    let start = at + "nist:\"".len();
    let value = &text[start..text.len().min(outline.source.line_range(outline.line_of(at)).end)];
    let length = value.find('"')?;
    let value = &value[..length];
    let code = outline.code_on(outline.line_of(at));
    let target = Target::Code(Span::new(id, code.start, code.end));
    let mut annotation = blank(id, "nist", Span::new(id, at, at + "nist".len()), target);
    let (control, rest) = value.split_once(',').map_or((value, None), |(c, rest)| (c, Some(rest)));
    let name = control.trim();
    let from = start + (control.len() - control.trim_start().len());
    let range = from..from + name.len();
    if nist::parse(name).is_some() {
        annotation.controls.push(scalar(outline, id, range));
    } else if name.is_empty() || name == "-" {
        annotation.malformed = Some(("names no control".to_owned(), annotation.tag_span));
    } else {
        let fault = format!("names `{name}`, which is no control id like `au-3`");
        annotation.malformed = Some((fault, Span::new(id, range.start, range.end)));
    }
    if let Some(rest) = rest.filter(|rest| !rest.trim().is_empty()) {
        let from = start + control.len() + 1 + (rest.len() - rest.trim_start().len());
        annotation.text = Some(scalar(outline, id, from..from + rest.trim().len()));
    }
    Some(annotation)
}
