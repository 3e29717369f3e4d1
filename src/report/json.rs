//! `obsproof/check/1`: the contract that tools depend on.

mod row;

use super::lines::{self, nested};
use super::{Looked, Report};
use crate::catalogue;
use crate::catalogue::model::Severity;
use crate::finding::{Fix, Related};
use crate::judge::{Judged, Status};
use crate::source::{Position, Span};
use row::RuleTexts;
use serde::Serialize;
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
        let row = |rules: &mut RuleTexts, judged: &&Judged, out: &mut Vec<u8>| {
            row::write(report, judged, rules, out)
        };
        lines::rows(&shown, row, out)
    })?;
    out.write_all(&end?)
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
