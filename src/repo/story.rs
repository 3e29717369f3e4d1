//! Everything the repository knows of one alert, from the series it reads to the people it
//! reaches.

use super::alerts::{Alert, Labels};
use super::model::Model;
use super::queries::Query;
use super::routing::inhibit::Inhibition;
use super::routing::reason::Step;
use super::routing::{Answer, Manager, Reached};
use crate::facts::alertmanager::InhibitRule;
use crate::facts::code::MetricDefinition;
use crate::facts::prometheus::ScrapeJob;
use crate::facts::rules::RecordingRule;
use crate::metrics::Exporter;
use crate::repo::model::metric::Origin;
use std::collections::BTreeSet;

/// An alert and its way.
pub struct Story<'m, 'r> {
    /// The alert.
    pub alert: &'m Alert<'r>,
    /// Series it reads, those behind records below them.
    pub series: Vec<Series<'r>>,
    /// Alertmanagers that may get it.
    pub ways: Vec<Way<'m, 'r>>,
}

/// A series that is read.
#[derive(Debug)]
pub struct Series<'r> {
    /// How many records lead to it.
    pub depth: usize,
    /// The metric's name; `None` where a pattern names it.
    pub name: Option<&'r str>,
    /// Where it comes from.
    pub origins: Vec<Source<'r>>,
}

/// Where a series comes from.
#[derive(Debug)]
pub enum Source<'r> {
    /// A recording rule.
    Record(&'r RecordingRule),
    /// The server itself.
    Server,
    /// Code of the repository.
    Code(&'r MetricDefinition),
    /// A well-known exporter, and the jobs that scrape it.
    Exporter(&'static Exporter, Vec<&'r ScrapeJob>),
}

/// What happens at one Alertmanager.
pub struct Way<'m, 'r> {
    /// The Alertmanager.
    pub manager: &'m Manager<'r>,
    /// Whether the alert certainly comes here.
    pub sent: Answer,
    /// What is known of its labels.
    pub labels: &'m Labels<'r>,
    /// Route by route.
    pub steps: Vec<Step>,
    /// Receivers that are told, or may be.
    pub reached: Vec<Reached<'m, 'r>>,
    /// Inhibition rules that may quiet it, with alerts that may do it.
    pub inhibitions: Vec<(&'r InhibitRule, Vec<&'m Alert<'r>>)>,
}

/// Deepest chain of records that is told.
const DEPTH: usize = 6;
/// Most series that are told.
const SERIES: usize = 200;

/// The alerts of this name.
pub fn stories<'m, 'r>(model: &'m Model<'r>, name: &str) -> Vec<Story<'m, 'r>> {
    let named = model.alerts().iter().filter(|alert| alert.rule.name.text == name);
    named.map(|alert| story(model, alert)).collect()
}

fn story<'m, 'r>(model: &'m Model<'r>, alert: &'m Alert<'r>) -> Story<'m, 'r> {
    let raises = |query: &&Query<'_>| query.raises().is_some_and(|it| std::ptr::eq(it, alert.rule));
    let mut series = Vec::new();
    for query in model.queries().iter().filter(raises) {
        let mut seen = BTreeSet::from([query.index]);
        read(model, query, 0, &mut seen, &mut series);
    }
    let routing = model.routing();
    let ways = routing.sent.get(alert.index).into_iter().flatten();
    let ways = ways
        .map(|&(number, sent)| {
            let manager = &routing.managers[number];
            Way {
                manager,
                sent,
                labels: &alert.labels,
                steps: manager.tree.steps(&alert.labels, sent),
                reached: routing.reached(alert.index).filter(|it| it.manager == number).collect(),
                inhibitions: inhibitions(model, manager, alert),
            }
        })
        .collect();
    Story { alert, series, ways }
}

/// The series of an expression, records followed.
fn read<'r>(
    model: &Model<'r>,
    query: &Query<'r>,
    depth: usize,
    seen: &mut BTreeSet<usize>,
    series: &mut Vec<Series<'r>>,
) {
    let mut names = BTreeSet::new();
    for (_, selector) in query.ast().selectors() {
        let name = selector.metric();
        if !names.insert(name) || series.len() >= SERIES {
            continue;
        }
        let Some(name) = name else {
            series.push(Series { depth, name: None, origins: Vec::new() });
            continue;
        };
        series.push(Series { depth, name: Some(name), origins: origins(model, name) });
        let indexes = model.records().get(name).map(|record| record.queries.clone());
        for index in indexes.into_iter().flatten() {
            if depth < DEPTH && seen.insert(index) {
                read(model, &model.queries()[index], depth + 1, seen, series);
            }
        }
    }
}

fn origins<'r>(model: &Model<'r>, name: &str) -> Vec<Source<'r>> {
    let metric = model.metric(name);
    let records = metric.record.into_iter().flat_map(|record| &record.queries);
    let mut found: Vec<Source<'r>> =
        records.filter_map(|index| model.queries()[*index].record()).map(Source::Record).collect();
    for provider in metric.providers.iter() {
        found.push(match provider.origin {
            Origin::Server => Source::Server,
            Origin::Code(definition) => Source::Code(definition),
            Origin::Exporter(exporter) => Source::Exporter(exporter, jobs(model, exporter)),
        });
    }
    found
}

/// Jobs that scrape an exporter, by its usual names and ports.
fn jobs<'r>(model: &Model<'r>, exporter: &Exporter) -> Vec<&'r ScrapeJob> {
    let scrapes = |job: &&ScrapeJob| {
        let port = |target: &str| {
            let port = target.rsplit_once(':').and_then(|(_, port)| port.parse().ok());
            port.is_some_and(|port| exporter.ports.contains(&port))
        };
        job.speaks_of(exporter.jobs) || job.targets.iter().any(|target| port(&target.text))
    };
    let mut names = BTreeSet::new();
    let jobs = model.repo.facts.scrape_jobs.iter().filter(scrapes);
    jobs.filter(|job| names.insert((job.document, job.label()))).take(5).collect()
}

fn inhibitions<'m, 'r>(
    model: &'m Model<'r>,
    manager: &'m Manager<'r>,
    alert: &Alert<'r>,
) -> Vec<(&'r InhibitRule, Vec<&'m Alert<'r>>)> {
    let Some(config) = manager.tree.config else { return Vec::new() };
    let rules = model.repo.inhibit_rules(config.document).iter();
    rules
        .filter_map(|rule| {
            let inhibition: Inhibition<'m, 'r> =
                model.routing().inhibition(rule, model.alerts())?;
            let sources = inhibition.quieting(alert)?;
            Some((rule, sources))
        })
        .collect()
}
