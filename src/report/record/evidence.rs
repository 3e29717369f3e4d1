//! Evidence as a row: path, lines, place in the structure, and hashes.

use super::pointer::Pointers;
use crate::discover::sha256;
use crate::git::Standing;
use crate::report::Report;
use crate::source::Span;
use crate::verdict::Evidence;
use rayon::prelude::*;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Most lines of a snippet that are shown; its hash covers all.
const MOST_LINES: u32 = 8;

/// Longest line that is shown whole, in bytes; of longer ones only what is pointed at.
const LONG: usize = 2_000;

/// Hashes of all files, and the structural places of all evidence and findings.
pub(super) struct Places<'a> {
    files: BTreeMap<String, String>,
    pointers: Pointers,
    git: &'a Standing,
}

impl Places<'_> {
    /// Hashes what was read, and looks up every span that the record names.
    pub(super) fn of<'a>(report: &Report, git: &'a Standing) -> Places<'a> {
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
        Places { files: hashed.into_iter().collect(), pointers, git }
    }

    /// SHA-256 of a file as it stands on disk; none where nothing of it was read.
    pub(super) fn sha256(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    /// The name under which git's commit holds a file; none where it differs from the commit.
    pub(super) fn blob(&self, path: &str) -> Option<String> {
        match self.git {
            Standing::At(state) => state.blob(path),
            Standing::Outside | Standing::Broken(_) => None,
        }
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
        let source = report.repo.source(span.source);
        let mut numbers = start.line..=end.line;
        let lines: Vec<String> = match numbers.any(|line| source.line_range(line).len() > LONG) {
            true => vec![report.excerpt(span)],
            false => (start.line..=end.line).map(|line| report.line(span, line)).collect(),
        };
        let shown = lines.len().min(MOST_LINES as usize);
        let row = json!({
            "path": path,
            "start": start.line,
            "end": end.line,
            "sha256": self.sha256(path),
            "blob": self.blob(path),
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
