//! Where the series of a name come from, and where expressions read them.

use super::{Model, Place, Record};
use crate::lang::promql::ast::{NodeId, Selector};
use crate::metrics::{self, Exporter, MetricKind, Part};
use std::collections::BTreeMap;

/// Everything known about one name.
#[derive(Clone, Debug)]
pub struct Metric<'m, 'r> {
    /// The rules that record it.
    pub record: Option<&'m Record>,
    /// Who provides it, as far as it is known by name.
    pub providers: Vec<Provider<'r>>,
}

/// One provider of a series name.
#[derive(Clone, Debug)]
pub struct Provider<'r> {
    /// Who.
    pub origin: Origin,
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The server itself: `up`, `ALERTS`.
    Server,
    /// A well-known exporter.
    Exporter(&'static Exporter),
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
    /// Whether its series have this label.
    pub fn has(&self, label: &str) -> bool {
        self.labels.contains(&label)
    }
}

impl Metric<'_, '_> {
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

    /// Labels that the series of every provider have.
    pub fn certain_labels(&self) -> Vec<&str> {
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
        let providers = metrics::named(name).into_iter().map(of_catalogue).collect();
        Metric { record: self.records().get(name), providers }
    }

    /// Metric names and the selectors that read them, in the order of the expressions.
    pub fn uses(&self) -> &BTreeMap<&'r str, Vec<Use>> {
        self.uses.get_or_init(|| {
            let mut uses: BTreeMap<&str, Vec<Use>> = BTreeMap::new();
            for query in self.queries() {
                for (node, selector) in query.ast().selectors() {
                    if let Some(name) = selector.metric() {
                        uses.entry(name).or_default().push(Use { query: query.index, node });
                    }
                }
            }
            uses
        })
    }

    /// The place of a use.
    pub fn used_at(&self, it: Use) -> Place<'_, 'r> {
        Place { query: &self.queries()[it.query], node: it.node }
    }

    /// The selectors of an expression, those of recorded names followed down to metrics.
    pub fn sources(&self, query: usize) -> Vec<&'r Selector> {
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

/// Expressions behind one that are followed.
const MOST_FOLLOWED: usize = 32;

fn of_catalogue<'r>(series: metrics::Series) -> Provider<'r> {
    let metrics::Series { exporter, metric, part } = series;
    let derived = match (part, metric.kind) {
        (Part::Bucket, _) => Some("le"),
        (Part::Whole, MetricKind::Summary) => Some("quantile"),
        _ => None,
    };
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
