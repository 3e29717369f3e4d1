//! GitLab Code Quality: one issue for each finding that stands.

use super::Report;
use crate::catalogue::model::{Class, Severity};
use crate::judge::Judged;
use serde::Serialize;
use std::io::{self, Write};

#[derive(Serialize)]
struct Issue<'a> {
    description: String,
    check_name: String,
    fingerprint: &'a str,
    severity: &'static str,
    location: Location<'a>,
}

#[derive(Serialize)]
struct Location<'a> {
    path: &'a str,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
    end: u32,
}

/// Writes the open findings.
///
/// # Errors
/// What the writer says.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let issues: Vec<Issue<'_>> = report.open().map(|judged| issue(report, judged)).collect();
    serde_json::to_writer_pretty(&mut *out, &issues)?;
    writeln!(out)
}

fn issue<'a>(report: &'a Report, judged: &'a Judged) -> Issue<'a> {
    let rule = judged.finding.rule;
    let severity = match (judged.severity, rule.class) {
        (Severity::Error, Class::Validity) => "blocker",
        (Severity::Error, _) => "critical",
        (Severity::Warning, _) => "major",
        (Severity::Info, _) => "info",
    };
    // GitLab shows no issue without a file.
    let place = judged.finding.span.or_else(|| report.stand_in());
    let (path, lines) = match place {
        Some(span) => {
            let (start, end) = report.positions(span);
            (report.repo.path(span), Lines { begin: start.line, end: end.line })
        }
        None => (".", Lines { begin: 1, end: 1 }),
    };
    Issue {
        description: format!("{}: {}", rule.code, report.message(judged)),
        check_name: format!("{}/{}", rule.code, rule.name),
        fingerprint: &judged.fingerprint,
        severity,
        location: Location { path, lines },
    }
}
