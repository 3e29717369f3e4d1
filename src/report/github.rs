//! GitHub workflow commands: one annotation a finding.

use super::Report;
use crate::catalogue::model::Severity;
use std::io::{self, Write};

/// Writes the open findings as annotations.
///
/// # Errors
/// What the writer says.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut findings: Vec<_> = report.open().collect();
    // GitHub shows the first few of each level and of each run: the worst come first.
    findings.sort_by_key(|judged| std::cmp::Reverse(judged.severity));
    for judged in findings {
        let command = match judged.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "notice",
        };
        let rule = judged.finding.rule;
        let title = property(&format!("{} {}", rule.code, rule.name));
        let place = match judged.finding.span {
            Some(span) => {
                let (start, end) = report.positions(span);
                let path = property(report.repo.path(span));
                // A column is only allowed where the annotation stays on one line.
                let columns = if start.line == end.line {
                    format!(",col={},endColumn={}", start.column, end.column)
                } else {
                    String::new()
                };
                format!("file={path},line={},endLine={}{columns},", start.line, end.line)
            }
            None => String::new(),
        };
        writeln!(out, "::{command} {place}title={title}::{}", data(&report.message(judged)))?;
    }
    Ok(())
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
