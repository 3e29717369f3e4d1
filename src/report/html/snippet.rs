//! Source lines around a place, numbered, without credentials.

use crate::report::Report;
use crate::source::Span;
use serde::Serialize;

/// Lines shown before and after a place.
const AROUND: u32 = 2;
/// Most lines of the place itself.
const MOST: u32 = 8;
/// Longest piece of a line that is shown, in characters.
const WIDTH: usize = 160;

/// Lines in three parts, so that the middle can be marked.
#[derive(Debug, Default, Serialize)]
pub(super) struct Snippet {
    before: String,
    hit: String,
    after: String,
}

/// The lines around a span, with the span marked where it stands on one line.
pub(super) fn around(report: &Report, span: Span) -> Snippet {
    let (start, end) = report.positions(span);
    if start.line != end.line {
        return lines(report, span, start.line, end.line);
    }
    let lines = Lines::of(report, span, start.line, start.line);
    let text = report.line(span, start.line);
    let (from, to) = (start.column as usize - 1, end.column as usize - 1);
    let (text, cut) = window(&text, from, to.saturating_sub(from));
    let part = |from: usize, to: usize| -> String {
        text.chars().skip(from).take(to.saturating_sub(from)).collect()
    };
    let (from, to) = (from.saturating_sub(cut), to.saturating_sub(cut));
    let mut before = lines.run(lines.first, start.line - 1);
    before.push_str(&lines.gutter(start.line));
    before.push_str(&part(0, from));
    let rest = lines.run(start.line + 1, lines.last);
    let mut after = part(to, usize::MAX);
    if !rest.is_empty() {
        after.push('\n');
        after.push_str(rest.trim_end_matches('\n'));
    }
    Snippet { before, hit: part(from, to), after }
}

/// Whole lines, marked.
pub(super) fn lines(report: &Report, span: Span, start: u32, end: u32) -> Snippet {
    let end = end.min(start.saturating_add(MOST - 1));
    let lines = Lines::of(report, span, start, end);
    Snippet {
        before: lines.run(lines.first, start.saturating_sub(1)),
        hit: lines.run(start, end),
        after: lines.run(end + 1, lines.last).trim_end_matches('\n').to_owned(),
    }
}

/// Lines of a file, and how wide their numbers are.
struct Lines<'r> {
    report: &'r Report,
    span: Span,
    first: u32,
    last: u32,
    width: usize,
}

impl<'r> Lines<'r> {
    fn of(report: &'r Report, span: Span, start: u32, end: u32) -> Lines<'r> {
        let count = report.repo.source(span.source).line_count();
        let first = start.saturating_sub(AROUND).max(1);
        let last = end.saturating_add(AROUND).min(count).max(end);
        let width = last.to_string().len();
        Lines { report, span, first, last, width }
    }

    fn gutter(&self, line: u32) -> String {
        format!("{line:>width$}  ", width = self.width)
    }

    fn run(&self, from: u32, to: u32) -> String {
        let mut out = String::new();
        for line in from..=to {
            let (text, _) = window(&self.report.line(self.span, line), 0, 0);
            out.push_str(&self.gutter(line));
            out.push_str(text.trim_end());
            out.push('\n');
        }
        out
    }
}

/// Cuts a long line around a place; returns the text and how many characters it lost in front.
fn window(line: &str, from: usize, width: usize) -> (String, usize) {
    let count = line.chars().count();
    if count <= WIDTH {
        return (line.to_owned(), 0);
    }
    let keep = WIDTH.saturating_sub(width.min(WIDTH)) / 2;
    let start = from.saturating_sub(keep).min(count - WIDTH);
    let text: String = line.chars().skip(start).take(WIDTH).collect();
    let lead = if start > 0 { "…" } else { "" };
    let tail = if start + WIDTH < count { "…" } else { "" };
    (format!("{lead}{text}{tail}"), start.saturating_sub(lead.chars().count()))
}

#[cfg(test)]
mod tests {
    use super::window;

    #[test]
    fn a_long_line_is_cut_around_its_place() {
        let line = format!("{}HERE{}", "a".repeat(400), "b".repeat(400));
        let (text, cut) = window(&line, 400, 4);
        let at = text.chars().position(|c| c == 'H').unwrap_or_default();
        assert_eq!(at + cut, 400);
        assert!(text.chars().count() <= 162 && text.starts_with('…') && text.ends_with('…'));
        assert_eq!(window("short", 2, 1), ("short".to_owned(), 0));
    }
}
