//! Inline allows: which findings they cover, and what is wrong with the allows themselves.

use crate::catalogue;
use crate::catalogue::model::Rule;
use crate::config;
use crate::facts::Subject;
use crate::facts::annotation::{Allow, Reach};
use crate::finding::Finding;
use crate::repo::Repo;
use crate::source::{SourceId, Span};
use std::collections::BTreeMap;

/// All allows of a run, with what they were used for.
pub struct Allows<'a> {
    repo: &'a Repo,
    entries: Vec<Entry<'a>>,
    /// Numbers of the entries of a file.
    of_file: BTreeMap<SourceId, Vec<usize>>,
}

struct Entry<'a> {
    allow: &'a Allow,
    rules: Vec<Result<&'static Rule, String>>,
    expired: bool,
    used: Vec<bool>,
}

impl<'a> Allows<'a> {
    /// All allows; those that ended before `today` cover nothing.
    pub fn new(repo: &'a Repo, today: &str) -> Allows<'a> {
        let mut of_file: BTreeMap<SourceId, Vec<usize>> = BTreeMap::new();
        for (number, allow) in repo.facts.allows.iter().enumerate() {
            of_file.entry(allow.source).or_default().push(number);
        }
        let entries = repo
            .facts
            .allows
            .iter()
            .map(|allow| Entry {
                allow,
                rules: allow.codes.iter().map(|code| config::resolve_rule(&code.text)).collect(),
                expired: allow.until.as_ref().is_some_and(|until| until.text.as_str() < today),
                used: vec![false; allow.codes.len()],
            })
            .collect();
        Allows { repo, entries, of_file }
    }

    /// The reason of an allow that covers this finding.
    pub fn cover(&mut self, rule: &Rule, span: Span) -> Option<String> {
        let numbers = self.of_file.get(&span.source)?;
        let line = self.repo.line(span);
        let mut reason = None;
        for &number in numbers {
            let entry = &mut self.entries[number];
            let allow = entry.allow;
            let reached = match allow.reach {
                Reach::File => true,
                Reach::Lines(first, last) => first <= line && line <= last,
            };
            if !reached || entry.expired || allow.malformed.is_some() || allow.reason.is_none() {
                continue;
            }
            for (index, known) in entry.rules.iter().enumerate() {
                if known.as_ref().is_ok_and(|known| known.code == rule.code) {
                    entry.used[index] = true;
                    reason = reason.or_else(|| allow.reason.clone());
                }
            }
        }
        reason
    }

    /// What is wrong with the allows; `ran` are the rules that were run.
    pub fn findings(&self, ran: &[&'static Rule]) -> Vec<Finding> {
        let mut findings = Vec::new();
        for entry in &self.entries {
            let allow = entry.allow;
            if let Some(fault) = &allow.malformed {
                findings.extend(finding("ALLOW001", allow, allow.span, &[("fault", fault)]));
                continue;
            }
            if allow.reason.is_none() {
                findings.extend(finding(
                    "ALLOW001",
                    allow,
                    allow.span,
                    &[("fault", "gives no reason")],
                ));
            }
            if let Some(until) = allow.until.as_ref().filter(|_| entry.expired) {
                findings.extend(finding("ALLOW003", allow, until.span, &[("until", &until.text)]));
            }
            for (index, rule) in entry.rules.iter().enumerate() {
                let code = &allow.codes[index];
                match rule {
                    Err(fault) => {
                        findings.extend(finding("ALLOW002", allow, code.span, &[("fault", fault)]));
                    }
                    // Only a rule that ran can show that an allow covers nothing.
                    Ok(rule)
                        if !entry.used[index]
                            && !entry.expired
                            && allow.reason.is_some()
                            && ran.iter().any(|known| known.code == rule.code) =>
                    {
                        findings.extend(finding(
                            "ALLOW004",
                            allow,
                            code.span,
                            &[("code", &code.text)],
                        ));
                    }
                    Ok(_) => {}
                }
            }
        }
        findings
    }
}

fn finding(
    code: &str,
    allow: &Allow,
    span: Span,
    captures: &[(&'static str, &str)],
) -> Option<Finding> {
    let rule = catalogue::by_code(code)?;
    Some(Finding {
        rule,
        span: Some(span),
        document: allow.document(),
        subject: allow.title(),
        service: None,
        owner: None,
        severity: rule.severity,
        captures: captures.iter().map(|(name, value)| (*name, (*value).to_owned())).collect(),
        related: Vec::new(),
        opinion: false,
        anywhere: false,
        fix: None,
    })
}
