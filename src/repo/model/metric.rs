//! Where the series of a name come from, and where expressions read them.

use super::{Model, Place, Record};
use crate::facts::code::{MetricDefinition, MetricType};
use crate::lang::promql::ast::{NodeId, Selector};
use crate::lang::quick::QuickMap;
use crate::metrics::{self, Exporter, MetricKind, Part};
use crate::repo::Repo;
use crate::repo::queries::Query;
use rayon::prelude::*;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// Everything known about one name.
#[derive(Clone, Debug)]
pub struct Metric<'m, 'r> {
    /// The rules that record it.
    pub record: Option<&'m Record>,
    /// Who provides it, as far as it is known by name.
    pub providers: Cow<'m, [Provider<'r>]>,
}

/// One provider of a series name.
#[derive(Clone, Debug)]
pub struct Provider<'r> {
    /// Who.
    pub origin: Origin<'r>,
    /// Type of the series: the buckets of a histogram are counters.
    pub kind: MetricKind,
    /// Which part of the metric the name is.
    pub part: Part,
    /// Labels that the provider sets, `le` and `quantile` of parts included.
    pub labels: Vec<&'r str>,
    /// It may set more of them.
    pub open: bool,
    /// Unit of the values.
    pub unit: Option<&'r str>,
    /// The collector or resource behind it.
    pub from: Option<&'r str>,
}

/// Who provides a metric.
#[derive(Clone, Copy, Debug)]
pub enum Origin<'r> {
    /// The server itself: `up`, `ALERTS`.
    Server,
    /// A well-known exporter.
    Exporter(&'static Exporter),
    /// Code of the repository.
    Code(&'r MetricDefinition),
}

/// A selector of an expression.
#[derive(Clone, Copy, Debug)]
pub struct Use {
    /// Number of the expression.
    pub query: usize,
    /// The selector in it.
    pub node: NodeId,
}

/// The file of series that servers write themselves.
const SERVER: &str = "synthetic";

impl Provider<'_> {
    /// Whether code of the repository declares it.
    pub fn is_of_code(&self) -> bool {
        matches!(self.origin, Origin::Code(_))
    }

    /// Whether its series have this label.
    pub fn has(&self, label: &str) -> bool {
        self.labels.contains(&label)
    }
}

impl<'r> Metric<'_, 'r> {
    /// Whether something provides it.
    pub fn is_known(&self) -> bool {
        self.record.is_some() || !self.providers.is_empty()
    }

    /// The type of its series, if all who provide it agree and no rule records it.
    pub fn kind(&self) -> Option<MetricKind> {
        let first = self.providers.first()?.kind;
        let agreed = self.record.is_none() && self.providers.iter().all(|it| it.kind == first);
        agreed.then_some(first)
    }

    /// Whether any of its series may have a label that its provider sets.
    pub fn may_have(&self, label: &str) -> bool {
        self.record.is_some() || self.providers.iter().any(|it| it.open || it.has(label))
    }

    /// Whether the series of every provider have a label.
    pub fn has_certainly(&self, label: &str) -> bool {
        self.record.is_none()
            && !self.providers.is_empty()
            && self.providers.iter().all(|it| it.has(label))
    }

    /// Labels that the series of every provider have.
    pub fn certain_labels(&self) -> Vec<&'r str> {
        match (self.record, self.providers.split_first()) {
            (None, Some((first, rest))) => {
                let everywhere = |label: &&&str| rest.iter().all(|it| it.has(label));
                first.labels.iter().filter(everywhere).copied().collect()
            }
            _ => Vec::new(),
        }
    }
}

impl<'r> Model<'r> {
    /// What is known about a name.
    pub fn metric(&self, name: &str) -> Metric<'_, 'r> {
        let known = self.providers().get(name).map(|known| Cow::Borrowed(&**known));
        let providers = known.unwrap_or_else(|| Cow::Owned(self.provided(name)));
        Metric { record: self.records().get(name), providers }
    }

    /// Who provides the names that expressions read.
    pub(super) fn providers(&self) -> &QuickMap<&'r str, Vec<Provider<'r>>> {
        self.providers.get_or_init(|| {
            let names: Vec<&'r str> = self.uses().keys().copied().collect();
            // Asked for before all processors are: see `Model::prepare`.
            self.repo.definitions();
            let provided = names.par_iter().map(|name| self.provided(name));
            names.iter().copied().zip(provided.collect::<Vec<_>>()).collect()
        })
    }

    fn provided(&self, name: &str) -> Vec<Provider<'r>> {
        let catalogued = metrics::named(name).into_iter().map(of_catalogue);
        catalogued.chain(declared(self.repo, name)).collect()
    }

    /// Metric names and the selectors that read them, in the order of the expressions.
    pub fn uses(&self) -> &BTreeMap<&'r str, Vec<Use>> {
        self.uses.get_or_init(|| {
            let mut uses: QuickMap<&str, Vec<Use>> = QuickMap::default();
            for query in self.queries() {
                for (node, selector) in query.ast().selectors() {
                    if let Some(name) = selector.metric() {
                        uses.entry(name).or_default().push(Use { query: query.index, node });
                    }
                }
            }
            uses.into_iter().collect()
        })
    }

    /// The expression in which a selector stands.
    pub fn home_of(&self, selector: &Selector) -> Option<&Query<'r>> {
        let homes = self.homes.get_or_init(|| {
            let selectors = self.queries().iter().flat_map(|query| {
                query.ast().selectors().map(|(_, selector)| (address(selector), query.index))
            });
            selectors.collect()
        });
        self.queries().get(*homes.get(&address(selector))?)
    }

    /// The place of a use.
    pub fn used_at(&self, it: Use) -> Place<'_, 'r> {
        Place { query: &self.queries()[it.query], node: it.node }
    }

    /// The selectors of an expression, those of recorded names followed down to metrics.
    pub fn sources(&self, query: usize) -> &[&'r Selector] {
        let cells = self.sources.get_or_init(|| {
            std::iter::repeat_with(OnceLock::new).take(self.queries().len()).collect()
        });
        cells[query].get_or_init(|| self.follow_sources(query))
    }

    fn follow_sources(&self, query: usize) -> Vec<&'r Selector> {
        let mut seen = vec![query];
        let mut found = Vec::new();
        let mut at = 0;
        while let Some(query) = seen.get(at).copied() {
            at += 1;
            for (_, selector) in self.queries()[query].ast().selectors() {
                let record = selector.metric().and_then(|name| self.records().get(name));
                match record.filter(|record| !record.queries.is_empty()) {
                    Some(record) if seen.len() < MOST_FOLLOWED => {
                        for &next in &record.queries {
                            if !seen.contains(&next) {
                                seen.push(next);
                            }
                        }
                    }
                    Some(_) => {}
                    None => found.push(selector),
                }
            }
        }
        found
    }
}

/// What tells a selector from its equals.
fn address(selector: &Selector) -> usize {
    std::ptr::from_ref(selector).addr()
}

/// Expressions behind one that are followed.
const MOST_FOLLOWED: usize = 32;

fn of_catalogue<'r>(series: metrics::Series) -> Provider<'r> {
    let metrics::Series { exporter, metric, part } = series;
    let derived = derived_label(metric.kind, part);
    Provider {
        origin: if exporter.key == SERVER { Origin::Server } else { Origin::Exporter(exporter) },
        kind: metric.kind.of_part(part),
        part,
        labels: metric.labels.iter().copied().chain(derived).collect(),
        open: metric.open,
        unit: metric.unit,
        from: metric.from,
    }
}

/// What code of the repository declares under a name, or under what the name is a part of.
fn declared<'r>(repo: &'r Repo, name: &str) -> Vec<Provider<'r>> {
    let mut found: Vec<(&MetricDefinition, Part)> = Vec::new();
    let mut add = |name: &str, part: Part| {
        let numbers = repo.definitions().get(name).into_iter().flatten();
        found.extend(numbers.map(|&number| (&repo.facts.metric_definitions[number], part)));
    };
    add(name, Part::Whole);
    for (base, part) in metrics::parts_of(name) {
        add(base, part);
        if part == Part::Created {
            add(&format!("{base}_total"), part);
        }
    }
    found.into_iter().filter_map(|(definition, part)| of_code(definition, part)).collect()
}

fn of_code(definition: &MetricDefinition, part: Part) -> Option<Provider<'_>> {
    let kind = match definition.kind {
        MetricType::Counter => MetricKind::Counter,
        MetricType::Gauge | MetricType::StateSet => MetricKind::Gauge,
        MetricType::Histogram => MetricKind::Histogram,
        MetricType::Summary => MetricKind::Summary,
        MetricType::Info => MetricKind::Info,
        MetricType::Any => MetricKind::Untyped,
    };
    let fits = match part {
        Part::Whole => true,
        Part::Created => kind == MetricKind::Counter || part.is_of(kind),
        _ => part.is_of(kind),
    };
    let labels = definition.labels.as_deref();
    let known = labels.is_some_and(|labels| labels.iter().all(|label| label.known));
    let declared = labels.unwrap_or_default().iter().map(|label| label.text.as_str());
    let derived = derived_label(kind, part).into_iter();
    fits.then(|| Provider {
        origin: Origin::Code(definition),
        kind: kind.of_part(part),
        part,
        labels: declared.chain(derived).collect(),
        // A state set names its label after itself.
        open: !known || definition.telemetry || definition.kind == MetricType::StateSet,
        unit: None,
        from: None,
    })
}

/// The label that tells the series of a part from each other.
fn derived_label(kind: MetricKind, part: Part) -> Option<&'static str> {
    match (part, kind) {
        (Part::Bucket, _) => Some("le"),
        (Part::Whole, MetricKind::Summary) => Some("quantile"),
        _ => None,
    }
}
