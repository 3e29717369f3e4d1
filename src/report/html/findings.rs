//! Findings as the page lists them: what repeats is told once, every place stays.

use super::snippet::{self, Snippet};
use crate::catalogue::model::Severity;
use crate::judge::Judged;
use crate::report::group::{Group, groups};
use crate::report::{Report, visible};
use crate::standard;
use crate::verdict::chain::Chain;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Findings with their source lines; of those beyond only the place is told.
const WITH_LINES: usize = 6000;

/// The groups of findings, and where each finding is.
pub(super) struct Book<'a> {
    report: &'a Report,
    groups: Vec<Group<'a>>,
    by_print: BTreeMap<&'a str, usize>,
}

/// What a place of the page says of findings of one rule.
#[derive(Debug, Serialize)]
pub(super) struct Fault {
    code: &'static str,
    title: &'static str,
    severity: &'static str,
    count: usize,
    href: String,
}

/// The view of all findings.
#[derive(Serialize)]
pub(super) struct View {
    total: usize,
    open: Counts,
    statuses: Vec<(&'static str, usize)>,
    services: Vec<String>,
    owners: Vec<String>,
    groups: Vec<Row>,
    without_lines: usize,
}

/// Numbers of findings by severity.
#[derive(Debug, Default, Clone, Copy, Serialize)]
pub(super) struct Counts {
    pub(super) error: usize,
    pub(super) warning: usize,
    pub(super) info: usize,
}

#[derive(Serialize)]
struct Row {
    id: String,
    code: &'static str,
    title: &'static str,
    class: &'static str,
    severity: &'static str,
    count: usize,
    path: String,
    lines: String,
    message: Option<String>,
    why: &'static str,
    fix: &'static str,
    requirements: Vec<(&'static str, Option<&'static str>)>,
    controls: &'static [&'static str],
    items: Vec<Item>,
}

#[derive(Serialize)]
struct Item {
    print: String,
    message: String,
    status: &'static str,
    reason: Option<String>,
    lowered: Option<&'static str>,
    place: Option<String>,
    service: Option<String>,
    owner: Option<String>,
    environment: Option<String>,
    node: Option<String>,
    snippet: Option<Snippet>,
    related: Vec<Step>,
}

#[derive(Serialize)]
struct Step {
    place: String,
    text: String,
}

impl Counts {
    /// Counts what is open.
    pub(super) fn of<'j>(findings: impl Iterator<Item = &'j Judged>) -> Counts {
        let mut counts = Counts::default();
        for judged in findings.filter(|it| it.status == crate::judge::Status::Open) {
            match judged.severity {
                Severity::Error => counts.error += 1,
                Severity::Warning => counts.warning += 1,
                Severity::Info => counts.info += 1,
            }
        }
        counts
    }
}

impl<'a> Book<'a> {
    /// Puts repetition together; errors come first.
    pub(super) fn of(report: &'a Report) -> Book<'a> {
        let mut groups = groups(report.shown());
        groups.sort_by_key(|group| std::cmp::Reverse(group.first().severity));
        let prints = groups.iter().enumerate();
        let prints = prints.flat_map(|(number, group)| {
            group.findings.iter().map(move |judged| (judged.fingerprint.as_str(), number))
        });
        let by_print = prints.collect();
        Book { report, groups, by_print }
    }

    fn id(number: usize) -> String {
        format!("g-{}", number + 1)
    }

    /// Findings by their fingerprints, one row for each rule.
    pub(super) fn faults<'p>(&self, prints: impl Iterator<Item = &'p str>) -> Vec<Fault> {
        let mut rows: Vec<Fault> = Vec::new();
        let mut known: BTreeMap<&'static str, usize> = BTreeMap::new();
        for print in prints {
            let Some(&number) = self.by_print.get(print) else { continue };
            let first = self.groups[number].first();
            let rule = first.finding.rule;
            let at = *known.entry(rule.code).or_insert_with(|| {
                rows.push(Fault {
                    code: rule.code,
                    title: rule.title,
                    severity: first.severity.name(),
                    count: 0,
                    href: Book::id(number),
                });
                rows.len() - 1
            });
            rows[at].count += 1;
        }
        rows
    }

    /// The first group of a rule.
    pub(super) fn of_code(&self, code: &str) -> Option<String> {
        self.groups.iter().position(|it| it.first().finding.rule.code == code).map(Book::id)
    }

    /// All findings as rows.
    pub(super) fn view(&self, chain: &Chain) -> View {
        let report = self.report;
        let mut nodes: BTreeMap<&str, String> = BTreeMap::new();
        for node in &chain.nodes {
            for judged in node.findings.iter().filter_map(|&index| report.judged.get(index)) {
                nodes.insert(&judged.fingerprint, node.id());
            }
        }
        let mut left = WITH_LINES;
        let mut rows = Vec::with_capacity(self.groups.len());
        for (number, group) in self.groups.iter().enumerate() {
            rows.push(self.row(number, group, &nodes, &mut left));
        }
        let total = report.shown().count();
        let mut statuses: BTreeMap<&'static str, usize> = BTreeMap::new();
        for judged in report.shown() {
            *statuses.entry(judged.status.name()).or_default() += 1;
        }
        let words = |word: fn(&Judged) -> Option<&str>| -> Vec<String> {
            let all: BTreeSet<&str> = report.shown().filter_map(word).collect();
            all.into_iter().map(|text| report.step(text)).collect()
        };
        View {
            total,
            open: Counts::of(report.shown()),
            statuses: statuses.into_iter().collect(),
            services: words(|judged| judged.service.as_deref()),
            owners: words(|judged| judged.owner.as_deref()),
            groups: rows,
            without_lines: total.saturating_sub(WITH_LINES),
        }
    }

    fn row(
        &self,
        number: usize,
        group: &Group<'_>,
        nodes: &BTreeMap<&str, String>,
        left: &mut usize,
    ) -> Row {
        let first = group.first();
        let rule = first.finding.rule;
        let items = group.findings.iter().map(|judged| {
            let lines = *left > 0;
            *left = left.saturating_sub(1);
            self.item(judged, nodes.get(judged.fingerprint.as_str()).cloned(), lines)
        });
        Row {
            id: Book::id(number),
            code: rule.code,
            title: rule.title,
            class: rule.class.name(),
            severity: first.severity.name(),
            count: group.findings.len(),
            path: group.path(self.report),
            lines: group.lines(self.report),
            message: (group.findings.len() == 1).then(|| self.report.message(first)),
            why: rule.why,
            fix: rule.fix,
            requirements: rule.requirements.iter().map(|id| (*id, standard::title(id))).collect(),
            controls: rule.controls,
            items: items.collect(),
        }
    }

    fn item(&self, judged: &Judged, node: Option<String>, lines: bool) -> Item {
        let report = self.report;
        let finding = &judged.finding;
        let place = |span| {
            let (start, _) = report.positions(span);
            let path = visible(report.repo.path(span));
            format!("{path}:{}:{}", start.line, start.column)
        };
        let related = finding.related.iter();
        let related =
            related.map(|it| Step { place: place(it.span), text: report.step(&it.text) }).collect();
        let text = |text: &Option<String>| text.as_deref().map(|text| report.step(text));
        Item {
            print: judged.fingerprint.clone(),
            message: report.message(judged),
            status: judged.status.name(),
            reason: text(&judged.reason),
            lowered: judged.lowered,
            place: finding.span.map(place),
            service: text(&judged.service),
            owner: text(&judged.owner),
            environment: text(&judged.environment),
            node,
            snippet: finding.span.filter(|_| lines).map(|span| snippet::around(report, span)),
            related,
        }
    }
}
