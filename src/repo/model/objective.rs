//! Objectives and the expressions that measure them.

use super::burn::suffix;
use super::ratio::Ratio;
use super::{Model, Place, scale};
use crate::facts::DocumentId;
use crate::facts::scalar::Scalar;
use crate::facts::slo::value::number;
use crate::facts::slo::{Indicator, Role, Slo, SloDialect};
use crate::lang::promql::ast::{Extent, Kind};
use crate::repo::Repo;
use crate::repo::queries::Query;
use std::collections::{BTreeMap, BTreeSet};

/// What the values of an expression are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dimension {
    /// From 0 to 1.
    Ratio,
    /// From 0 to 100.
    Percent,
    /// A length of time.
    Time,
}

impl Dimension {
    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Dimension::Ratio => "a ratio from 0 to 1",
            Dimension::Percent => "a percentage",
            Dimension::Time => "a length of time",
        }
    }
}

/// Words in the names of objectives that are shares of events.
const SHARES: &[&str] = &[
    "availability",
    "success",
    "error",
    "ratio",
    "uptime",
    "reliability",
    "correctness",
    "quality",
];

impl Repo {
    /// The indicator of an objective, found by name where it is defined apart.
    pub fn indicator<'r>(&'r self, slo: &'r Slo) -> Option<&'r Indicator> {
        let own = slo.indicator.as_ref()?;
        let Some(name) = &own.reference else { return Some(own) };
        let named = |part: &&crate::facts::slo::SloPart| {
            part.kind == "SLI" && name.known && part.name.text == name.text
        };
        let mut parts = self.facts.slo_parts.iter().filter(named);
        // Two of one name: nobody knows which is meant.
        match (parts.next(), parts.next()) {
            (Some(part), None) => part.indicator.as_ref(),
            _ => Some(own),
        }
    }
}

impl<'r> Model<'r> {
    /// The queries of an objective that could be read, those of an indicator apart included.
    pub fn slis(&self, slo: &'r Slo) -> Vec<&Query<'r>> {
        let at = self.slis.get_or_init(|| {
            let of = |query: &Query<'r>| query.sli().map(|_| (query.scalar.span, query.index));
            self.queries().iter().filter_map(of).collect()
        });
        let queries = self.repo.indicator(slo).into_iter().flat_map(|it| &it.queries);
        queries
            .filter_map(|query| at.get(&query.expression.scalar.span))
            .map(|&index| &self.queries()[index])
            .collect()
    }

    /// The sound query of an objective with this role.
    pub fn sli(&self, slo: &'r Slo, role: Role) -> Option<Place<'_, 'r>> {
        self.slis(slo)
            .into_iter()
            .filter(|query| query.is_sound())
            .find(|query| query.sli().is_some_and(|sli| sli.query.role == role))
            .and_then(|query| Some(Place { query, node: query.ast().root()? }))
    }

    /// What is divided by what, and whether the part counts bad events.
    pub fn sli_ratio(&self, slo: &'r Slo) -> Option<(Ratio<'_, 'r>, Option<bool>)> {
        let both = |role: Role| {
            let (part, whole) = (self.sli(slo, role)?, self.sli(slo, Role::Total)?);
            Some(Ratio { part, whole, factor: 1.0, complement: false })
        };
        if let Some(ratio) = both(Role::Good) {
            return Some((ratio, Some(false)));
        }
        if let Some(ratio) = both(Role::Bad) {
            return Some((ratio, Some(true)));
        }
        let value = self.sli(slo, Role::Value).and_then(|place| Ratio::of(self, place));
        if let Some(ratio) = value {
            return Some((ratio, Some(ratio.complement)));
        }
        let ratio = Ratio::of(self, self.sli(slo, Role::ErrorRatio)?)?;
        Some((ratio, Some(!ratio.complement)))
    }

    /// Whether an objective is certainly a share of events, not a number of its own.
    pub fn is_share(&self, slo: &'r Slo) -> bool {
        let objective = slo.objective.as_ref();
        let named = slo.name.as_ref().is_some_and(|name| {
            let name = name.text.to_ascii_lowercase();
            SHARES.iter().any(|word| name.contains(word))
        });
        slo.dialect != SloDialect::Standard
            || objective.is_some_and(|objective| objective.has_sign())
            || slo.budget.is_some()
            || (slo.bound.is_some() && slo.ratio().is_some())
            || named
            || self.sli(slo, Role::Value).is_some_and(|place| {
                matches!(self.dimension(place), Some(Dimension::Ratio | Dimension::Percent))
            })
    }

    /// What the values of a place are, as far as it is proven.
    pub fn dimension(&self, place: Place<'_, 'r>) -> Option<Dimension> {
        match scale::of(self, place).whole() {
            Some(whole) if (whole - 1.0).abs() < 1e-9 => Some(Dimension::Ratio),
            Some(whole) if (whole - 100.0).abs() < 1e-9 => Some(Dimension::Percent),
            Some(_) => None,
            None => self.is_time(place).then_some(Dimension::Time),
        }
    }

    /// Whether the values are quantiles of durations.
    fn is_time(&self, mut place: Place<'_, 'r>) -> bool {
        for _ in 0..16 {
            place = place.at(place.ast().bare(place.node));
            match place.kind() {
                Kind::Binary(binary) if binary.op.is_comparison() => {
                    let left = self.constant(place.at(binary.left)).is_none();
                    if binary.returns_bool.is_some() {
                        return false;
                    }
                    place = place.at(if left { binary.left } else { binary.right });
                }
                Kind::Aggregate(aggregate) if aggregate.param.is_none() => match aggregate.inner {
                    Some(inner) => place = place.at(inner),
                    None => return false,
                },
                Kind::Call(call) => {
                    return call.function.is_some_and(|it| it.name == "histogram_quantile")
                        && self.reads_seconds(place);
                }
                _ => return false,
            }
        }
        false
    }

    fn reads_seconds(&self, place: Place<'_, 'r>) -> bool {
        let mut names = place.ast().subtree(place.node).filter_map(|(_, node)| match &node.kind {
            Kind::Selector(selector) => Some(selector.metric().unwrap_or_default()),
            _ => None,
        });
        names.next().is_some_and(|name| name.contains("_seconds") && !name.contains(':'))
            && names.all(|name| name.contains("_seconds"))
    }
}

impl<'r> Model<'r> {
    /// Whether an alert reads a metric of an objective, or may do so.
    pub fn is_watched(&self, slo: &'r Slo) -> bool {
        if self.ties_of_slo(slo.number).next().is_some() {
            return true;
        }
        let Some(indicator) = self.repo.indicator(slo) else { return true };
        let queries = self.slis(slo);
        // What cannot be read may be what an alert reads.
        if indicator.foreign || queries.is_empty() || !queries.iter().all(|it| it.is_sound()) {
            return slo.alerting.generated != crate::facts::slo::Generated::Off;
        }
        self.alerted().unknown || self.is_read(slo)
    }

    /// Whether an alert reads a metric of an objective.
    pub fn is_read(&self, slo: &'r Slo) -> bool {
        let read = self.alerted();
        self.slis(slo).iter().any(|query| {
            let sources = self.sources(query.index);
            let own = query.ast().selectors().map(|(_, selector)| selector);
            sources
                .iter()
                .copied()
                .chain(own)
                .any(|it| it.metric().is_some_and(|name| read.metrics.contains(name)))
        })
    }

    /// The metrics that alerts read.
    fn alerted(&self) -> &Alerted<'r> {
        self.alerted.get_or_init(|| {
            let mut alerted = Alerted::default();
            for query in self.queries().iter().filter(|query| query.raises().is_some()) {
                let own = query.ast().selectors().map(|(_, selector)| selector);
                let sources = self.sources(query.index);
                alerted
                    .metrics
                    .extend(own.chain(sources.iter().copied()).filter_map(|it| it.metric()));
            }
            alerted.unknown = self.repo.facts.alert_rules.iter().any(|alert| {
                alert.expr.as_ref().is_some_and(|it| it.parsed.is_none() && !it.scalar.known)
            });
            alerted
        })
    }
}

/// By document, and whether they are percentages: the first threshold that is set there.
pub(super) type Thresholds<'r> = BTreeMap<(DocumentId, bool), &'r Scalar>;

impl<'r> Model<'r> {
    /// The first threshold in a document that is a percentage, or that is none.
    pub fn threshold(&self, document: DocumentId, percentage: bool) -> Option<&'r Scalar> {
        let thresholds = self.thresholds.get_or_init(|| {
            let mut first = BTreeMap::new();
            for slo in &self.repo.facts.slos {
                let set = slo.alerting.threshold.as_ref().filter(|it| it.known);
                if let Some(set) = set.filter(|set| number(&set.text).is_some()) {
                    let signed = set.text.trim_end().ends_with('%');
                    first.entry((slo.document, signed)).or_insert(set);
                }
            }
            first
        });
        thresholds.get(&(document, percentage)).copied()
    }
}

impl<'r> Model<'r> {
    /// The longest range over which a rule looks at a metric, in seconds.
    pub fn reach_of(&self, metric: &str) -> Option<f64> {
        let reaches = self.reaches.get_or_init(|| {
            let mut reaches: BTreeMap<&str, f64> = BTreeMap::new();
            for query in self.queries().iter().filter(|query| query.rule().is_some()) {
                let Some(reach) = self.reach(query) else { continue };
                for name in self.sources(query.index).iter().filter_map(|it| it.metric()) {
                    let longest = reaches.entry(name).or_insert(reach);
                    *longest = longest.max(reach);
                }
            }
            reaches
        });
        reaches.get(metric).copied()
    }

    /// The longest range of an expression and of what its names were recorded over.
    pub fn reach(&self, query: &Query<'r>) -> Option<f64> {
        let own = ranges(query).into_iter().map(|(_, length)| length);
        let names = query.ast().selectors().filter_map(|(_, selector)| {
            let name = selector.metric()?;
            let behind = self.recorded(name).into_iter().flat_map(ranges).map(|it| it.1);
            behind.chain(suffix(name)).reduce(f64::max)
        });
        own.chain(names).reduce(f64::max)
    }
}

/// Ranges and subqueries of an expression: where, and how many seconds.
pub fn ranges(query: &Query<'_>) -> Vec<(Extent, f64)> {
    let lengths = query.ast().all().filter_map(|(_, node)| match &node.kind {
        Kind::Range { window, .. } => Some(window),
        Kind::Subquery(subquery) => Some(&subquery.window),
        _ => None,
    });
    lengths.filter_map(|length| Some((length.extent, length.seconds?))).collect()
}

/// What alerts read.
#[derive(Debug, Default)]
pub(super) struct Alerted<'r> {
    metrics: BTreeSet<&'r str>,
    /// An alert's expression is filled in elsewhere.
    unknown: bool,
}

/// Whether a recorded name is that of an error budget or its use.
pub fn is_budget(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["error_budget", "errorbudget", "burnrate", "burn_rate", "slo:", "slo_", "sli:"]
        .iter()
        .any(|word| name.contains(word))
}
