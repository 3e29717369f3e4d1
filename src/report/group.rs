//! Repetition: findings of one rule and severity in one file are one thing to say to a person.
//! The formats that programs read list each finding at its place.

use super::{Report, visible};
use crate::catalogue::model::Severity;
use crate::judge::Judged;
use crate::lang::quick::QuickMap;
use crate::source::SourceId;

/// From this many findings of one rule in one file on, they are a group.
const LEAST: usize = 3;
/// Most lines that a group names.
const LINES: usize = 3;
/// Most files that a list of places names.
const FILES: usize = 3;

/// Findings of one rule and severity in one file.
#[derive(Clone, Debug)]
pub struct Group<'r> {
    /// The findings, in order; there is one at least.
    pub findings: Vec<&'r Judged>,
}

impl<'r> Group<'r> {
    /// The finding that stands for all.
    pub fn first(&self) -> &'r Judged {
        self.findings[0]
    }

    /// The file, as it may be shown.
    pub fn path(&self, report: &Report) -> String {
        visible(self.first().finding.span.map_or(".", |span| report.repo.path(span)))
    }

    /// The first lines they stand on: `7, 19, 31 …`; empty if they stand on none.
    pub fn lines(&self, report: &Report) -> String {
        let spans = self.findings.iter().filter_map(|judged| judged.finding.span);
        let mut lines: Vec<u32> = Vec::new();
        for line in spans.map(|span| report.repo.line(span)) {
            if lines.last() != Some(&line) {
                lines.push(line);
            }
            if lines.len() > LINES {
                break;
            }
        }
        let named: Vec<String> = lines.iter().take(LINES).map(u32::to_string).collect();
        let more = if lines.len() > LINES { " …" } else { "" };
        format!("{}{more}", named.join(", "))
    }
}

/// File, rule, severity.
type Key = (Option<SourceId>, &'static str, Severity);

/// Puts findings together that say one thing: those of one rule and severity in one file, where
/// they are `least` or more. A group stands where its first finding stood.
fn gather<'r>(findings: impl Iterator<Item = &'r Judged>, least: usize) -> Vec<Group<'r>> {
    let findings: Vec<&Judged> = findings.collect();
    let key = |judged: &Judged| -> Key {
        let finding = &judged.finding;
        (finding.span.map(|span| span.source), finding.rule.code, judged.severity)
    };
    let mut counts: QuickMap<Key, usize> = QuickMap::default();
    for judged in &findings {
        *counts.entry(key(judged)).or_default() += 1;
    }
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut known: QuickMap<Key, usize> = QuickMap::default();
    for judged in findings {
        let key = key(judged);
        if counts.get(&key).is_some_and(|&count| count >= least) {
            let at = *known.entry(key).or_insert(groups.len());
            if let Some(group) = groups.get_mut(at) {
                group.findings.push(judged);
                continue;
            }
        }
        groups.push(Group { findings: vec![judged] });
    }
    groups
}

/// What a person is told: many findings of one rule in one file at once, the others one by one.
pub fn groups<'r>(findings: impl Iterator<Item = &'r Judged>) -> Vec<Group<'r>> {
    gather(findings, LEAST)
}

/// Where findings of one rule stand, in a few words: `a.yml:7, 19, 31 …, b.yml:4 and 2 more files`.
pub fn places<'r>(report: &'r Report, findings: impl Iterator<Item = &'r Judged>) -> String {
    let groups = gather(findings.filter(|judged| judged.finding.span.is_some()), 1);
    let named: Vec<String> = groups
        .iter()
        .take(FILES)
        .map(|group| format!("{}:{}", group.path(report), group.lines(report)))
        .collect();
    let more = match groups.len().saturating_sub(FILES) {
        0 => String::new(),
        1 => " and 1 more file".to_owned(),
        count => format!(" and {count} more files"),
    };
    format!("{}{more}", named.join(", "))
}
