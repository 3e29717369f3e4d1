//! `obsproof/check/1`: the contract that tools depend on.

mod row;

use super::{Looked, Report};
use crate::catalogue;
use crate::catalogue::model::Severity;
use crate::finding::{Fix, Related};
use crate::judge::{Judged, Status};
use crate::source::{Position, Span};
use rayon::prelude::*;
use row::Rows;
use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::Formatter;
use std::io::{self, Write};

/// What stands before the findings.
#[derive(Serialize)]
struct Head<'a> {
    schema: &'static str,
    tool: Tool,
    summary: Summary,
    #[serde(skip_serializing_if = "Option::is_none")]
    change: Option<ChangeRow<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    baseline: Option<BaselineRow>,
}

/// What a baseline covers of the findings.
#[derive(Serialize)]
struct BaselineRow {
    kept: usize,
    gone: usize,
}

/// Name, version and ruleset of the tool.
#[derive(Serialize)]
pub struct Tool {
    name: &'static str,
    version: &'static str,
    ruleset: &'static str,
}

impl Tool {
    /// This tool.
    pub fn this() -> Tool {
        Tool { name: "obsproof", version: env!("CARGO_PKG_VERSION"), ruleset: catalogue::ruleset() }
    }
}

/// The change that was looked at.
#[derive(Serialize)]
struct ChangeRow<'a> {
    of: &'static str,
    against: Option<&'a str>,
    files: usize,
}

#[derive(Serialize)]
struct Summary {
    files: usize,
    documents: usize,
    skipped: usize,
    open: Open,
    allowed: usize,
    waived: usize,
    baselined: usize,
    vendored: usize,
    generated: usize,
}

#[derive(Serialize)]
struct Open {
    error: usize,
    warning: usize,
    info: usize,
}

#[derive(Serialize)]
struct Place {
    line: u32,
    column: u32,
    byte: u32,
}

#[derive(Serialize)]
struct RelatedPlace<'a> {
    path: &'a str,
    start: Place,
    end: Place,
    message: String,
}

#[derive(Serialize)]
struct FixRow<'a> {
    safe: bool,
    title: &'a str,
    edits: Vec<EditRow<'a>>,
}

#[derive(Serialize)]
struct EditRow<'a> {
    path: &'a str,
    start: u32,
    end: u32,
    text: &'a str,
}

#[derive(Serialize)]
struct File<'a> {
    path: &'a str,
    status: &'static str,
    reason: Option<&'static str>,
    documents: Vec<DocumentRow>,
}

#[derive(Serialize)]
struct DocumentRow {
    kind: &'static str,
    line: u32,
}

/// Writes the report.
///
/// # Errors
/// What the writer says.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let shown: Vec<&Judged> = report.shown().collect();
    let change = report.compared.as_ref().map(|compared| ChangeRow {
        of: match compared.of {
            Looked::Index => "index",
            Looked::Commit => "commit",
            Looked::WorkTree => "work-tree",
        },
        against: compared.commit.as_deref(),
        files: compared.files,
    });
    let baseline = report.baseline.map(|it| BaselineRow { kept: it.kept, gone: it.gone });
    let (schema, tool) = ("obsproof/check/1", Tool::this());
    let head = Head { schema, tool, summary: summary(report), change, baseline };
    let mut text = Vec::new();
    nested(&head, 0, &mut text)?;
    text.truncate(text.len() - "\n}".len());
    text.extend_from_slice(b",\n  \"findings\": [");
    text.extend_from_slice(if shown.is_empty() { b"" } else { b"\n" });
    out.write_all(&text)?;
    let mut end = Ok(Vec::new());
    rayon::in_place_scope(|scope| {
        scope.spawn(|_| end = end_of(report));
        findings(report, &shown, out)
    })?;
    out.write_all(&end?)
}

/// Writes the list of findings, but for its bracket at the end. Most of the work is quoting: they
/// are written side by side, then joined.
fn findings(report: &Report, shown: &[&Judged], out: &mut dyn Write) -> io::Result<()> {
    let mut left = shown.len();
    for batch in shown.chunks(CHUNK * BATCH) {
        let chunks = batch.par_chunks(CHUNK).map(|chunk| rows(report, chunk));
        left -= batch.len();
        let mut chunks = chunks.collect::<io::Result<Vec<_>>>()?;
        // None follows the last one.
        if let Some(last) = chunks.last_mut().filter(|_| left == 0) {
            last.truncate(last.len().saturating_sub(",\n".len()));
        }
        chunks.iter().try_for_each(|chunk| out.write_all(chunk))?;
    }
    Ok(())
}

/// The end of the list of findings, and what stands after it.
fn end_of(report: &Report) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    let bracket: &[u8] = if report.shown().next().is_none() { b"]" } else { b"\n  ]" };
    text.extend_from_slice(bracket);
    text.extend_from_slice(b",\n  \"files\": ");
    nested(&files(report), 1, &mut text)?;
    text.extend_from_slice(b"\n}\n");
    Ok(text)
}

/// Findings that one thread writes at a time.
const CHUNK: usize = 128;
/// Chunks that are in memory at a time.
const BATCH: usize = 16;

/// Findings as they stand in the list, each before a comma: the standard output takes whole lines at
/// once.
fn rows(report: &Report, findings: &[&Judged]) -> io::Result<Vec<u8>> {
    let mut rows = Rows::with_capacity(report, findings.len());
    findings.iter().try_for_each(|judged| rows.add(judged))?;
    Ok(rows.into_text())
}

/// Writes a value as it stands inside `depth` others.
fn nested(value: &impl Serialize, depth: usize, out: &mut Vec<u8>) -> io::Result<()> {
    let formatter = Lines { depth, filled: false };
    value.serialize(&mut Serializer::with_formatter(out, formatter))?;
    Ok(())
}

/// Each value on a line of its own, as the library's own pretty form, with one write for a line
/// break and its blanks.
struct Lines {
    depth: usize,
    /// Whether the innermost list or object has a value.
    filled: bool,
}

/// A comma, a line break, and blanks for the deepest line there is.
const BREAK: &[u8] = b",\n                                ";

impl Lines {
    fn line<W: ?Sized + Write>(&self, comma: bool, out: &mut W) -> io::Result<()> {
        let end = (2 + 2 * self.depth).min(BREAK.len());
        out.write_all(&BREAK[usize::from(!comma)..end])
    }

    fn open<W: ?Sized + Write>(&mut self, mark: &[u8], out: &mut W) -> io::Result<()> {
        self.depth += 1;
        self.filled = false;
        out.write_all(mark)
    }

    fn close<W: ?Sized + Write>(&mut self, mark: &[u8], out: &mut W) -> io::Result<()> {
        self.depth -= 1;
        if self.filled {
            self.line(false, out)?;
        }
        out.write_all(mark)
    }
}

impl Formatter for Lines {
    fn begin_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.open(b"[", out)
    }

    fn end_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.close(b"]", out)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.line(!first, out)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, _out: &mut W) -> io::Result<()> {
        self.filled = true;
        Ok(())
    }

    fn begin_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.open(b"{", out)
    }

    fn end_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.close(b"}", out)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.line(!first, out)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(b": ")
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, _out: &mut W) -> io::Result<()> {
        self.filled = true;
        Ok(())
    }
}

fn files(report: &Report) -> Vec<File<'_>> {
    let documents = |row: &super::FileRow| {
        row.documents
            .iter()
            .map(|(kind, line)| DocumentRow { kind: kind.name(), line: *line })
            .collect()
    };
    report
        .files
        .iter()
        .map(|row| File {
            path: &row.path,
            status: row.status.name(),
            reason: row.reason.map(crate::discover::Skip::name),
            documents: documents(row),
        })
        .collect()
}

fn summary(report: &Report) -> Summary {
    let open = |severity| report.count(Status::Open, Some(severity));
    let count = |status| report.count(status, None);
    Summary {
        files: report.seen,
        documents: report.documents(),
        skipped: report.files.iter().filter(|row| row.status == super::FileStatus::Skipped).count(),
        open: Open {
            error: open(Severity::Error),
            warning: open(Severity::Warning),
            info: open(Severity::Info),
        },
        allowed: count(Status::Allowed),
        waived: count(Status::Waived),
        baselined: count(Status::Baselined),
        vendored: count(Status::Vendored),
        generated: count(Status::Generated),
    }
}

fn related_rows<'a>(report: &'a Report, related: &[Related]) -> Vec<RelatedPlace<'a>> {
    let row = |related: &Related| {
        let (start, end) = places(report, related.span);
        let path = report.repo.path(related.span);
        RelatedPlace { path, start, end, message: report.step(&related.text) }
    };
    related.iter().map(row).collect()
}

fn fix_row<'a>(report: &'a Report, fix: &'a Fix) -> FixRow<'a> {
    let edits = fix
        .edits
        .iter()
        .map(|edit| EditRow {
            path: report.repo.path(edit.span),
            start: edit.span.start,
            end: edit.span.end,
            text: &edit.text,
        })
        .collect();
    FixRow { safe: fix.safe, title: &fix.title, edits }
}

fn places(report: &Report, span: Span) -> (Place, Place) {
    let place = |position: Position| Place {
        line: position.line,
        column: position.column,
        byte: position.byte,
    };
    let (start, end) = report.positions(span);
    (place(start), place(end))
}
