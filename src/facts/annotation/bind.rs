//! What a comment is about: catalogue part 2, section 12.1.

use super::Target;
use super::outline::Outline;
use crate::facts::comment::{Comment, Form, Special};
use crate::source::{SourceId, Span};

/// The farthest line below a comment that it can be about.
const REACH: u32 = 3;

/// Finds the target of a block of comment; `last` is its last line that holds an annotation,
/// `list` whether that is a list of controls.
pub(super) fn target(
    outline: &Outline<'_>,
    id: SourceId,
    block: &[Comment],
    last: &Comment,
    list: bool,
) -> Target {
    let Some(first) = block.first() else { return Target::Nothing("the comment is empty") };
    if outline.language.has(Special::Markdown) {
        return section(outline, id, block, list || first.fenced);
    }
    if first.form == Form::Docstring {
        return match first.owner {
            None => Target::File,
            Some(owner) => statement(outline, id, owner),
        };
    }
    let line = outline.line_of(first.range.start);
    let head = line < outline.first_code;
    let text = &outline.source.text()[first.range.clone()];
    if list && head || text.starts_with("//!") || text.starts_with("/*!") {
        return Target::File;
    }
    if first.trailing {
        let code = outline.code_on(line);
        return Target::Code(Span::new(id, code.start, code.end));
    }
    below(outline, id, block, last)
}

fn statement(outline: &Outline<'_>, id: SourceId, start: usize) -> Target {
    if outline.is_stub(start) {
        return Target::Nothing("the body it stands on is empty");
    }
    let code = outline.code_on(outline.line_of(start));
    Target::Code(Span::new(id, code.start, code.end))
}

/// The next statement under a comment on a line of its own.
fn below(outline: &Outline<'_>, id: SourceId, block: &[Comment], last: &Comment) -> Target {
    let end = block.last().map_or(last.range.end, |comment| comment.range.end);
    let line = outline.line_of(end.saturating_sub(1));
    // `/* … */ code` on one line.
    let line_end = outline.source.line_range(line).end;
    let rest = &outline.source.text()[end.min(line_end)..line_end];
    if !rest.trim().is_empty() {
        let start = end + (rest.len() - rest.trim_start().len());
        return Target::Code(Span::new(id, start, start + rest.trim().len()));
    }
    let after: Vec<&str> = block
        .iter()
        .filter(|comment| comment.range.start > last.range.start)
        .map(|comment| &outline.source.text()[comment.text.clone()])
        .filter(|text| !text.starts_with('@'))
        .collect();
    let yaml = outline.language.has(Special::Yaml);
    if !after.is_empty() && after.iter().all(|text| is_code(text, yaml)) {
        return Target::Nothing("what follows is commented out");
    }
    let Some((next, blanks)) = outline.next_code(line) else {
        return Target::Nothing("the file ends after it");
    };
    if blanks >= REACH {
        return Target::Nothing("the next code is more than three lines away");
    }
    let code = outline.code_on(next);
    let text = &outline.source.text()[code.clone()];
    let own = outline.line_of(last.range.start);
    let dedent =
        outline.language.has(Special::Docstring) && outline.indent(next) < outline.indent(own);
    let word = text.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    let ends = matches!(word, "end" | "fi" | "done" | "esac") && !outline.language.indented;
    let document = yaml && (text == "---" || text == "...");
    if text.starts_with(['}', ')', ']']) || dedent || ends || document {
        return Target::Nothing("nothing follows it in its block");
    }
    statement(outline, id, code.start)
}

/// The section of Markdown in which a comment stands.
fn section(outline: &Outline<'_>, id: SourceId, block: &[Comment], exempt: bool) -> Target {
    let (Some(first), Some(last)) = (block.first(), block.last()) else { return Target::File };
    let heading = outline.heading(first.range.start);
    if !exempt && !first.trailing {
        let line = outline.line_of(last.range.end.saturating_sub(1));
        match outline.next_code(line) {
            None => return Target::Nothing("the file ends after it"),
            Some((next, _)) => {
                let start = outline.source.line_range(next).start;
                if outline.headings.binary_search_by_key(&start, |heading| heading.start).is_ok() {
                    return Target::Nothing("another heading follows it");
                }
            }
        }
    }
    match heading {
        Some(heading) => Target::Section {
            title: heading.title.clone(),
            span: Span::new(id, heading.start, heading.end),
        },
        None => Target::File,
    }
}

/// Whether a line of comment is code that was taken out.
fn is_code(text: &str, yaml: bool) -> bool {
    let text = text.trim();
    let text = text.strip_prefix("- ").filter(|_| yaml).unwrap_or(text);
    if yaml {
        const PROSE: &[&str] = &[
            "note", "todo", "see", "why", "reason", "warning", "fixme", "example", "http", "https",
        ];
        let Some((key, value)) = text.split_once(':') else { return false };
        let name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        let value = value.strip_prefix(' ').or(value.is_empty().then_some(""));
        let quoted = |value: &str| value.starts_with(['"', '\'', '[', '{', '|', '>']);
        return !key.is_empty()
            && key.chars().all(name)
            && !PROSE.contains(&key.to_ascii_lowercase().as_str())
            && value.is_some_and(|value| quoted(value) || !value.trim().contains(' '));
    }
    const STARTS: &[&str] = &[
        "def ", "class ", "func ", "fn ", "pub ", "public ", "private ", "return ", "import ",
        "from ", "const ", "let ", "var ", "async ", "export ",
    ];
    let ends = text.ends_with([';', '{', '}', ':', ')']);
    if text == "}" || text == "return" || text == "pass" {
        return true;
    }
    if STARTS.iter().any(|start| text.starts_with(start)) {
        return ends;
    }
    let word =
        text.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.'))).unwrap_or(text.len());
    let rest = &text[word..];
    let call = rest.starts_with('(') && text.trim_end_matches(';').ends_with(')');
    let assigned =
        [" = ", " := ", "="].iter().any(|mark| rest.starts_with(mark)) && !rest.starts_with("==");
    word > 0 && (call || assigned)
}
