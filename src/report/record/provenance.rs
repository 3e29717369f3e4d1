//! Where a report comes from, and what keeps it from being evidence.

use crate::report::{Report, visible};
use serde_json::{Value, json};
use std::path::Path;

/// What a report says beside what the stages found.
#[derive(Clone, Debug)]
pub struct Provenance<'a> {
    /// The root that was read.
    pub root: &'a Path,
    /// The paths below it to which the run was limited; empty for all of it.
    pub only: Vec<String>,
    /// The time of the run.
    pub now: &'a str,
}

impl Provenance<'_> {
    /// The repository the files come from.
    pub(super) fn sources(&self) -> Value {
        json!([{
            "root": self.root.file_name().map(|name| visible(&name.to_string_lossy())),
            "commit": Value::Null,
            "branch": Value::Null,
            "dirty": Value::Null,
            "url": Value::Null,
            "tree": Value::Null,
        }])
    }

    /// Why the report is no evidence; nothing where it is.
    pub(super) fn doubts(&self, report: &Report) -> Vec<String> {
        let mut doubts = Vec::new();
        if !self.only.is_empty() {
            let paths = visible(&self.only.join(", "));
            doubts.push(format!("the run was narrowed to {paths}"));
        }
        let failed = report.outcomes.iter().filter(|outcome| !outcome.panics.is_empty());
        let codes: Vec<&str> = failed.map(|outcome| outcome.rule.code).collect();
        if !codes.is_empty() {
            doubts.push(format!("{} failed inside the tool", codes.join(", ")));
        }
        doubts
    }
}
