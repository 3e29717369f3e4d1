//! What a person reads: message, place, cause, what to do; then what was read and the counts.

use super::group::{Group, groups};
use super::style::Style;
use super::{Looked, Report, lines, visible};
use crate::catalogue::model::Severity;
use crate::judge::{Judged, Status};
use crate::nist;
use crate::source::Span;
use crate::standard;
use std::io::{self, Write};

/// Longest piece of a source line that is shown, in characters.
const WIDTH: usize = 110;

/// Writes findings and summary; errors come first unless `file_order`. `took` are seconds.
///
/// # Errors
/// What the writer says.
pub fn write(
    report: &Report,
    style: Style,
    file_order: bool,
    took: &str,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut groups = groups(report.open());
    if !file_order {
        groups.sort_by_key(|group| std::cmp::Reverse(group.first().severity));
    }
    let write = |_: &mut (), group: &Group<'_>, out: &mut Vec<u8>| {
        match group.findings[..] {
            [one] => finding(report, one, style, out)?,
            _ => repeated(report, group, style, out)?,
        }
        writeln!(out)
    };
    lines::side_by_side(&groups, b"", write, out)?;
    summary(report, style, took, out)
}

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

fn head(judged: &Judged, style: Style) -> String {
    let text = format!("{}[{}]", word(judged.severity), judged.finding.rule.code);
    match judged.severity {
        Severity::Error => style.error(&text),
        Severity::Warning => style.warning(&text),
        Severity::Info => style.note(&text),
    }
}

fn repeated(
    report: &Report,
    group: &Group<'_>,
    style: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let first = group.first();
    let rule = first.finding.rule;
    writeln!(
        out,
        "{} {} × {} in {}   {}",
        head(first, style),
        group.findings.len(),
        style.strong(&lower_first(rule.title)),
        group.path(report),
        style.faint(&format!("(lines {})", group.lines(report)))
    )?;
    writeln!(out, "  = such as  {}", report.message(first))?;
    writeln!(out, "  = help  {}", rule.fix)?;
    footer(first, style, out)
}

/// A title as the middle of a sentence.
pub(super) fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    match (chars.next(), text.chars().nth(1)) {
        (Some(first), Some(second)) if second.is_lowercase() || second == ' ' => {
            first.to_lowercase().chain(chars).collect()
        }
        _ => text.to_owned(),
    }
}

fn finding(report: &Report, judged: &Judged, style: Style, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{} {}", head(judged, style), style.strong(&report.message(judged)))?;
    if let Some(span) = judged.finding.span {
        snippet(report, judged, span, style, out)?;
    }
    let rule = judged.finding.rule;
    match &judged.finding.fix {
        Some(fix) => {
            let safety = if fix.safe { "safe" } else { "unsafe" };
            writeln!(out, "  = fix ({safety})  {}", report.step(&fix.title))?;
        }
        None => writeln!(out, "  = help  {}", rule.fix)?,
    }
    if let Some(lowered) = judged.lowered {
        writeln!(out, "  = {}", style.faint(lowered))?;
    }
    footer(judged, style, out)
}

fn footer(judged: &Judged, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let rule = judged.finding.rule;
    let requirements = rule.requirements.iter().map(|id| match standard::title(id) {
        Some(title) => format!("{id} {title}"),
        None => (*id).to_owned(),
    });
    let controls = rule.controls.iter().map(|id| nist::label(id));
    let first: Vec<String> = requirements.take(1).chain(controls.take(3)).collect();
    if first.is_empty() {
        return Ok(());
    }
    writeln!(out, "  = {}", style.faint(&first.join(" · ")))
}

/// Source lines with the primary span marked `^` and related spans of the same file `-`.
fn snippet(
    report: &Report,
    judged: &Judged,
    span: Span,
    style: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (start, _) = report.positions(span);
    let path = visible(report.repo.path(span));
    let mut marks = vec![Mark::of(report, span, None)];
    for related in
        judged.finding.related.iter().filter(|related| related.span.source == span.source)
    {
        marks.push(Mark::of(report, related.span, Some(report.step(&related.text))));
    }
    marks.sort_by_key(|mark| (mark.line, mark.column));
    let gutter = marks.iter().map(|mark| mark.line).max().unwrap_or(1).to_string().len();
    let pad = " ".repeat(gutter);
    let (corner, bar) = if style.colour { ("┌─", "│") } else { ("-->", "|") };
    writeln!(out, "{pad} {} {path}:{}:{}", style.faint(corner), start.line, start.column)?;
    let mut previous = None;
    for mark in marks.iter().take(4) {
        let (text, shift) = window(&report.line(span, mark.line), mark.column, mark.width);
        if previous != Some(mark.line) {
            writeln!(out, "{:>gutter$} {} {text}", mark.line, style.faint(bar))?;
        }
        previous = Some(mark.line);
        let indent = " ".repeat(mark.column.saturating_sub(1 + shift));
        let (sign, label) = match &mark.label {
            None => (style.error(&"^".repeat(mark.width)), String::new()),
            Some(label) => (style.note(&"-".repeat(mark.width)), format!(" {label}")),
        };
        writeln!(out, "{pad} {} {indent}{sign}{label}", style.faint(bar))?;
    }
    for related in
        judged.finding.related.iter().filter(|related| related.span.source != span.source)
    {
        let (place, _) = report.positions(related.span);
        let path = visible(report.repo.path(related.span));
        writeln!(
            out,
            "{pad} {} {path}:{}: {}",
            style.faint(":::"),
            place.line,
            report.step(&related.text)
        )?;
    }
    Ok(())
}

struct Mark {
    line: u32,
    column: usize,
    width: usize,
    label: Option<String>,
}

impl Mark {
    fn of(report: &Report, span: Span, label: Option<String>) -> Mark {
        let (start, end) = report.positions(span);
        let source = report.repo.source(span.source);
        let width = if end.line == start.line {
            (end.column - start.column) as usize
        } else {
            source.line_text(start.line).chars().count().saturating_sub(start.column as usize - 1)
        };
        Mark {
            line: start.line,
            column: start.column as usize,
            width: width.clamp(1, WIDTH),
            label,
        }
    }
}

/// Cuts a long line around the marked place; returns the text and how many columns were cut.
fn window(line: &str, column: usize, width: usize) -> (String, usize) {
    let count = line.chars().count();
    if count <= WIDTH {
        return (line.to_owned(), 0);
    }
    let keep = WIDTH.saturating_sub(width.min(WIDTH)) / 2;
    let from = (column - 1).saturating_sub(keep).min(count - WIDTH.min(count));
    let text: String = line.chars().skip(from).take(WIDTH).collect();
    let cut = |yes: bool| if yes { "…" } else { "" };
    let lead = cut(from > 0);
    (format!("{lead}{text}{}", cut(from + WIDTH < count)), from - lead.chars().count().min(from))
}

fn plural(count: usize, one: &str) -> String {
    if count == 1 { format!("{count} {one}") } else { format!("{count} {one}s") }
}

/// What was read, what was not and why, and the counts.
fn summary(report: &Report, style: Style, took: &str, out: &mut dyn Write) -> io::Result<()> {
    let kinds = report.kinds();
    let mut rows: Vec<_> = kinds.iter().map(|(kind, count)| (*count, kind.plural())).collect();
    rows.sort_by_key(|&(count, _)| std::cmp::Reverse(count));
    let named: Vec<String> =
        rows.iter().take(6).map(|(count, name)| format!("{count} {name}")).collect();
    let more = if rows.len() > 6 { " · …" } else { "" };
    let of =
        if named.is_empty() { String::new() } else { format!(": {}{more}", named.join(" · ")) };
    writeln!(
        out,
        "Read {}, {} in {took} s{of}",
        plural(report.seen, "file"),
        plural(report.documents(), "document"),
    )?;
    let skips: Vec<String> = report
        .skips()
        .into_iter()
        .map(|(skip, count)| format!("{count} {}", skip.name()))
        .collect();
    if !skips.is_empty() {
        let hint = style.faint("obsproof check --files");
        writeln!(out, "Not analysed: {}      {hint}", skips.join(" · "))?;
    }
    for (path, reason) in &report.unreadable {
        writeln!(out, "Not read: {} ({})", visible(path), visible(reason))?;
    }
    for outcome in report.outcomes.iter().filter(|outcome| !outcome.panics.is_empty()) {
        let code = outcome.rule.code;
        writeln!(
            out,
            "{code} failed inside the tool on {}; its result is unknown",
            outcome.panics.join(", ")
        )?;
    }
    if let Some(compared) = &report.compared {
        let what = match compared.of {
            Looked::Index => "Staged",
            Looked::Commit => "Pushed",
            Looked::WorkTree => "Work tree",
        };
        let files = plural(compared.files, "file");
        let since = match &compared.commit {
            Some(commit) => format!("{files} changed since {}", commit.get(..10).unwrap_or(commit)),
            None => format!("{files}, nothing committed before"),
        };
        writeln!(out, "{what}: {since}; only findings that this answers for are shown")?;
    }
    counts(report, out)?;
    if let Some(gone) = report.baseline.map(|covered| covered.gone).filter(|&gone| gone > 0) {
        let hint = style.faint("obsproof baseline --prune");
        writeln!(out, "{} of the baseline no longer there      {hint}", plural(gone, "finding"))?;
    }
    match &report.headline {
        Some(headline) => writeln!(out, "{headline}"),
        None => Ok(()),
    }
}

fn counts(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let open = |severity| report.count(Status::Open, Some(severity));
    let mut parts = vec![
        plural(open(Severity::Error), "error"),
        plural(open(Severity::Warning), "warning"),
        plural(open(Severity::Info), "note"),
    ];
    for status in
        [Status::Allowed, Status::Waived, Status::Baselined, Status::Vendored, Status::Generated]
    {
        let count = report.count(status, None);
        if count > 0 {
            parts.push(format!("{count} {}", status.name()));
        }
    }
    let fixable = match report.fixable() {
        (0, 0) => String::new(),
        (safe, 0) => format!("      {safe} fixable with --fix"),
        (0, more) => format!("      {more} fixable with --fix --unsafe-fixes"),
        (safe, more) => format!("      {safe} fixable with --fix, {more} more with --unsafe-fixes"),
    };
    writeln!(out, "{}{fixable}", parts.join(" · "))
}
