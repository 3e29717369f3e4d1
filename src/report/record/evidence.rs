//! Evidence as a row: path, lines, place in the structure, and hashes.

use super::pointer::Pointers;
use crate::discover::sha256;
use crate::report::Report;
use crate::source::Span;
use crate::verdict::Evidence;
use rayon::prelude::*;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Most lines of a snippet that are shown; its hash covers all.
const MOST_LINES: u32 = 8;

/// Hashes of all files, and the structural places of all evidence and findings.
pub(super) struct Places {
    files: BTreeMap<String, String>,
    pointers: Pointers,
}

impl Places {
    /// Hashes what was read, and looks up every span that the record names.
    pub(super) fn of(report: &Report) -> Places {
        let sources = report.repo.sources.par_iter().filter(|source| !source.is_empty());
        let hashed: Vec<(String, String)> = sources
            .filter_map(|source| {
                let known = source.sha256.clone();
                let text = || Some(source.look()).filter(|text| !text.is_empty());
                let hash = known.or_else(|| text().map(|text| sha256(text.as_bytes())))?;
                Some((source.path.clone(), hash))
            })
            .collect();
        let assessment = &report.assessment;
        let clauses = assessment.requirements.iter().flat_map(|assessed| &assessed.clauses);
        let evidence = clauses.flat_map(|clause| &clause.evidence).map(|piece| piece.span);
        let claims = assessment.controls.iter().flat_map(|row| row.claimed_by.iter().copied());
        let findings = report.judged.iter().filter_map(|judged| judged.finding.span);
        let pointers = Pointers::of(&report.repo, evidence.chain(claims).chain(findings));
        Places { files: hashed.into_iter().collect(), pointers }
    }

    /// SHA-256 of a file as it stands on disk; none where nothing of it was read.
    pub(super) fn sha256(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    /// A piece of evidence.
    pub(super) fn evidence(&self, report: &Report, evidence: &Evidence) -> Value {
        let mut row = self.place(report, evidence.span);
        row.insert("fact".to_owned(), report.step(&evidence.fact).into());
        Value::Object(row)
    }

    /// Where a span is: enough to open it, and to see later whether it is still the same.
    pub(super) fn place(&self, report: &Report, span: Span) -> Map<String, Value> {
        let (start, end) = report.positions(span);
        let path = report.repo.path(span);
        let pointer = self.pointers.get(span);
        let lines: Vec<String> =
            (start.line..=end.line).map(|line| report.line(span, line)).collect();
        let shown = lines.len().min(MOST_LINES as usize);
        let row = json!({
            "path": path,
            "start": start.line,
            "end": end.line,
            "sha256": self.sha256(path),
            "blob": Value::Null,
            "pointer": pointer.map(|pointer| &pointer.path),
            "document": pointer.and_then(|pointer| pointer.document),
            "snippet": lines[..shown].join("\n"),
            "snippet_sha256": sha256(lines.join("\n").as_bytes()),
        });
        match row {
            Value::Object(row) => row,
            _ => Map::new(),
        }
    }
}
