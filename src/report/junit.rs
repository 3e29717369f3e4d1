//! JUnit: a suite for each file with findings, and one for rules that found nothing.
//!
//! A test case is a finding, named without a line so that it keeps its name when lines move. It
//! fails where the finding would fail the run, and is skipped with its message where it would not.

use super::Report;
use crate::catalogue::model::Severity;
use crate::check::Outcome;
use crate::judge::Judged;
use quick_junit::{NonSuccessKind, Report as Junit, TestCase, TestCaseStatus, TestSuite};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

/// Writes the open findings and the rules that passed; `fail_on` is the level that fails a run.
///
/// # Errors
/// What the writer says.
pub fn write(report: &Report, fail_on: Option<Severity>, out: &mut dyn Write) -> io::Result<()> {
    let mut files: BTreeMap<&str, Vec<&Judged>> = BTreeMap::new();
    for judged in report.open() {
        let path = judged.finding.span.map_or(".", |span| report.repo.path(span));
        files.entry(path).or_default().push(judged);
    }
    let mut junit = Junit::new("obsproof");
    for (path, findings) in files {
        let mut suite = TestSuite::new(path);
        let mut names = BTreeMap::new();
        for judged in findings {
            suite.add_test_case(case(report, judged, path, fail_on, &mut names));
        }
        junit.add_test_suite(suite);
    }
    let mut passed = TestSuite::new("rules");
    let found: BTreeSet<&str> =
        report.judged.iter().map(|judged| judged.finding.rule.code).collect();
    let silent = |outcome: &&Outcome| {
        outcome.examined > 0 && outcome.panics.is_empty() && !found.contains(outcome.rule.code)
    };
    for outcome in report.outcomes.iter().filter(silent) {
        let rule = outcome.rule;
        let mut case =
            TestCase::new(format!("{} {}", rule.code, rule.name), TestCaseStatus::success());
        case.set_classname("rules");
        case.set_system_out(format!("examined {}", outcome.examined));
        passed.add_test_case(case);
    }
    junit.add_test_suite(passed);
    let text = junit.to_string().map_err(io::Error::other)?;
    out.write_all(text.as_bytes())
}

fn case(
    report: &Report,
    judged: &Judged,
    path: &str,
    fail_on: Option<Severity>,
    names: &mut BTreeMap<String, usize>,
) -> TestCase {
    let finding = &judged.finding;
    let rule = finding.rule;
    let fails = fail_on.is_some_and(|level| judged.severity >= level) && !rule.preview;
    let mut status = if fails {
        TestCaseStatus::non_success(NonSuccessKind::Failure)
    } else {
        TestCaseStatus::skipped()
    };
    let message = report.message(judged);
    let place = finding.span.map_or_else(String::new, |span| {
        let (start, _) = report.positions(span);
        format!(":{}:{}", start.line, start.column)
    });
    status.set_message(format!("{}: {message}", judged.severity.name()));
    status.set_type(rule.code);
    status.set_description(format!("{path}{place}: {message}\n{}", rule.fix));
    let name = format!("{} {}: {}", rule.code, rule.name, report.step(&finding.subject));
    let nth = names.entry(name.clone()).or_default();
    *nth += 1;
    let name = if *nth == 1 { name } else { format!("{name} ({nth})") };
    let mut case = TestCase::new(name, status);
    case.set_classname(path);
    case
}
