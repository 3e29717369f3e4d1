//! `path:line:col: severity CODE message`, one line a finding: stable for editors and grep.

use super::Report;
use std::io::{self, Write};

/// Writes the open findings.
///
/// # Errors
/// What the writer says.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    for judged in report.open() {
        let place = match judged.finding.span {
            Some(span) => {
                let (start, _) = report.positions(span);
                let path = super::visible(report.repo.path(span));
                format!("{path}:{}:{}", start.line, start.column)
            }
            None => ".:1:1".to_owned(),
        };
        writeln!(
            out,
            "{place}: {} {} {}",
            judged.severity.name(),
            judged.finding.rule.code,
            report.message(judged)
        )?;
    }
    Ok(())
}
