//! Requirements with their clauses, each with its evidence and what breaks it.

use super::findings::{Book, Fault};
use super::snippet::{self, Snippet};
use crate::report::Report;
use crate::source::Span;
use serde::Serialize;
use serde_json::Value;

/// One requirement: its row of the record, and what the page adds.
#[derive(Serialize)]
pub(super) struct Row<'a> {
    row: &'a Value,
    /// `R01`, `C1.1`.
    short: &'a str,
    clauses: Vec<Clause<'a>>,
    faults: Vec<Fault>,
}

#[derive(Serialize)]
struct Clause<'a> {
    row: &'a Value,
    proofs: Vec<Proof<'a>>,
    faults: Vec<Fault>,
}

/// A piece of evidence with its source lines.
#[derive(Serialize)]
pub(super) struct Proof<'a> {
    row: &'a Value,
    snippet: Option<Snippet>,
}

/// All requirements, in the order of the record.
pub(super) fn rows<'a>(report: &Report, record: &'a Value, book: &Book<'_>) -> Vec<Row<'a>> {
    list(&record["requirements"]).map(|row| requirement(report, row, book)).collect()
}

fn requirement<'a>(report: &Report, row: &'a Value, book: &Book<'_>) -> Row<'a> {
    let id = row["id"].as_str().unwrap_or_default();
    // What another requirement decides is told there.
    let clauses = match row["same_as"].is_null() {
        true => list(&row["clauses"]).map(|it| clause(report, it, book)).collect(),
        false => Vec::new(),
    };
    Row {
        row,
        short: id.rsplit('-').next().unwrap_or(id),
        clauses,
        faults: book.faults(texts(&row["findings"])),
    }
}

fn clause<'a>(report: &Report, row: &'a Value, book: &Book<'_>) -> Clause<'a> {
    Clause {
        row,
        proofs: list(&row["evidence"]).map(|it| proof(report, it)).collect(),
        faults: book.faults(texts(&row["findings"])),
    }
}

/// A row of evidence of the record with the lines around it.
pub(super) fn proof<'a>(report: &Report, row: &'a Value) -> Proof<'a> {
    let number = |name: &str| row[name].as_u64().and_then(|it| u32::try_from(it).ok());
    let snippet = row["path"].as_str().and_then(|path| {
        let span = Span::new(report.repo.source_at(path)?, 0, 0);
        Some(snippet::lines(report, span, number("start")?, number("end")?))
    });
    Proof { row, snippet }
}

/// The items of an array of the record; none where it is no array.
pub(super) fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// The texts of an array of the record.
pub(super) fn texts(value: &Value) -> impl Iterator<Item = &str> {
    list(value).filter_map(Value::as_str)
}
