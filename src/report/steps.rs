//! What stands between a repository and compliance: the kinds of fault that hold most
//! requirements back.

use super::Report;
use super::group::places;
use super::human::lower_first;
use crate::catalogue::model::{Rule, Severity};
use std::collections::{BTreeMap, BTreeSet};

/// How many steps a first screen names.
pub const FIRST: usize = 10;

/// One kind of fault, and what mending it would serve.
#[derive(Debug)]
pub struct Step {
    /// Code of the rule.
    pub code: &'static str,
    /// Severity by the catalogue.
    pub severity: Severity,
    /// How many findings hold a requirement back.
    pub count: usize,
    /// What is wrong, in a sentence.
    pub what: String,
    /// Where, in a few words; empty for the repository as a whole.
    pub places: String,
    /// What to do.
    pub fix: &'static str,
    /// Requirements that are held back.
    pub requirements: Vec<&'static str>,
}

impl Step {
    /// All of it in a line.
    pub fn line(&self) -> String {
        let places = match self.places.as_str() {
            "" => String::new(),
            places => format!(" ({places})"),
        };
        match self.count {
            1 => format!("{}{places}: {}", self.what, self.fix),
            count => format!("{count} × {}{places}. {}", self.what, self.fix),
        }
    }
}

/// All steps, largest effect first.
pub fn steps(report: &Report) -> Vec<Step> {
    let mut by_code: BTreeMap<&str, (BTreeSet<usize>, Vec<&'static str>)> = BTreeMap::new();
    for assessed in &report.assessment.requirements {
        for &index in assessed.clauses.iter().flat_map(|clause| &clause.findings) {
            let Some(judged) = report.judged.get(index) else { continue };
            let entry = by_code.entry(judged.finding.rule.code).or_default();
            entry.0.insert(index);
            if !entry.1.contains(&assessed.requirement.id) {
                entry.1.push(assessed.requirement.id);
            }
        }
    }
    let mut steps: Vec<Step> = by_code
        .into_values()
        .filter_map(|(indexes, requirements)| step(report, &indexes, requirements))
        .collect();
    steps.sort_by(|a, b| {
        (b.severity, b.requirements.len(), a.code).cmp(&(a.severity, a.requirements.len(), b.code))
    });
    steps
}

fn step(
    report: &Report,
    indexes: &BTreeSet<usize>,
    requirements: Vec<&'static str>,
) -> Option<Step> {
    let findings = || indexes.iter().filter_map(|&index| report.judged.get(index));
    let first = findings().next()?;
    let rule: &Rule = first.finding.rule;
    let what = match indexes.len() {
        1 => report.message(first),
        _ => format!("{}, such as: {}", lower_first(rule.title), report.message(first)),
    };
    Some(Step {
        code: rule.code,
        severity: first.finding.severity,
        count: indexes.len(),
        what,
        places: places(report, findings()),
        fix: rule.fix,
        requirements,
    })
}
