//! Simple chains: aggregations over one function over one selector.

use super::{Model, Place};
use crate::facts::subject::Held;
use crate::lang::matcher::MatchOp;
use crate::lang::placeholder;
use crate::lang::promql::ast::{Aggregator, Grouping, Kind, Matcher, Modifiers, Selector};

/// `sum by (a) (rate(metric{b="c"}[5m]))` and everything shorter.
#[derive(Clone, Debug)]
pub struct Leaf<'r> {
    /// Aggregations, outermost first.
    pub aggregations: Vec<(Aggregator, Option<&'r Grouping>)>,
    /// Function over the selector.
    pub function: Option<&'static str>,
    /// The selector.
    pub selector: &'r Selector,
    /// Range in seconds, for a range selector of known length.
    pub window: Option<f64>,
    /// The text of a range whose length is not known: a variable.
    pub unknown_window: Option<&'r str>,
}

/// Functions that see how a counter grows.
pub const RATES: &[&str] = &["rate", "irate", "increase"];

/// Chains of more aggregations are nobody's, and following each of their links costs too much.
const LONGEST: usize = 64;

impl<'r> Leaf<'r> {
    /// Reads the chain at a place, recorded names followed; `None` for anything else.
    pub fn of(model: &Model<'r>, place: Place<'_, 'r>) -> Option<Leaf<'r>> {
        let mut aggregations = Vec::new();
        let mut function = None;
        let mut window = None;
        let mut unknown_window = None;
        let mut place = Place { query: place.query, node: place.node };
        loop {
            place = model.follow(place);
            match place.kind() {
                Kind::Aggregate(aggregate)
                    if function.is_none()
                        && aggregate.param.is_none()
                        && aggregations.len() < LONGEST =>
                {
                    aggregations.push((aggregate.op, aggregate.grouping.as_ref()));
                    place = place.at(aggregate.inner?);
                }
                Kind::Call(call) if function.is_none() => {
                    let [arg] = *call.args else { return None };
                    function = Some(call.function?.name);
                    place = place.at(arg);
                }
                Kind::Range { inner, window: length } => {
                    window = length.seconds;
                    if window.is_none() {
                        unknown_window = Some(place.query.text(length.extent));
                    }
                    let Kind::Selector(selector) = place.ast().kind(*inner) else { return None };
                    return Some(Leaf { aggregations, function, selector, window, unknown_window });
                }
                Kind::Selector(selector) => {
                    return Some(Leaf { aggregations, function, selector, window, unknown_window });
                }
                _ => return None,
            }
        }
    }

    /// Whether both read the same metric at the same time with the same function.
    pub fn reads_like(&self, other: &Leaf<'_>) -> bool {
        let same_metric = self
            .selector
            .metric()
            .zip(other.selector.metric())
            .is_some_and(|(left, right)| left == right);
        same_metric
            && self.function == other.function
            && self.window == other.window
            && self.unknown_window == other.unknown_window
            && same_time(&self.selector.modifiers, &other.selector.modifiers)
    }

    /// Whether both are aggregated in the same way.
    pub fn is_aggregated_like(&self, other: &Leaf<'_>) -> bool {
        self.aggregations.len() == other.aggregations.len()
            && self
                .aggregations
                .iter()
                .zip(&other.aggregations)
                .all(|(left, right)| left.0 == right.0 && same_grouping(left.1, right.1))
    }

    /// The matchers this has beyond those of `other`; `None` if it lacks one of them.
    pub fn narrows(&self, other: &Leaf<'_>) -> Option<Vec<&'r Matcher>> {
        let mine: Vec<&'r Matcher> = self.selector.labels().collect();
        let has = |wanted: &Matcher| mine.iter().any(|matcher| same_matcher(matcher, wanted));
        if !other.selector.labels().all(has) {
            return None;
        }
        let extra = mine
            .iter()
            .copied()
            .filter(|matcher| !other.selector.labels().any(|known| same_matcher(matcher, known)));
        Some(extra.collect())
    }

    /// The text of the metric's name.
    pub fn metric(&self) -> Option<&'r str> {
        self.selector.metric()
    }

    /// Whether one value of a label is chosen.
    pub fn is_pinned(&self, label: &str) -> bool {
        matches!(self.pinned(label), Held::Text(_))
    }

    /// What a label is pinned to by `=`.
    pub fn pinned(&self, label: &str) -> Held<'r> {
        match self.selector.labels().find(|matcher| &*matcher.label.text == label) {
            Some(matcher) if placeholder::is_in(&matcher.value) => Held::Unknown,
            Some(matcher) if matcher.op == MatchOp::Equal => Held::Text(&matcher.value),
            Some(_) => Held::Unknown,
            None => Held::Nothing,
        }
    }
}

/// Whether two matchers ask the same of the same label.
pub fn same_matcher(left: &Matcher, right: &Matcher) -> bool {
    left.label.text == right.label.text && left.op == right.op && left.value == right.value
}

fn same_grouping(left: Option<&Grouping>, right: Option<&Grouping>) -> bool {
    let sorted = |grouping: Option<&Grouping>| {
        let mut labels: Vec<String> = grouping
            .map(|grouping| grouping.labels.iter().map(|label| label.text.to_string()).collect())
            .unwrap_or_default();
        labels.sort_unstable();
        labels.dedup();
        (grouping.is_some_and(|grouping| grouping.without), labels)
    };
    sorted(left) == sorted(right)
}

/// Whether two selectors look at the same moments.
pub fn same_time(left: &Modifiers, right: &Modifiers) -> bool {
    let offset = |modifiers: &Modifiers| match modifiers.offset {
        None => Some(0.0),
        Some(length) => length.seconds,
    };
    let extended =
        |modifiers: &Modifiers| (modifiers.anchored.is_some(), modifiers.smoothed.is_some());
    offset(left).is_some()
        && offset(left) == offset(right)
        && left.at.map(|at| at.point) == right.at.map(|at| at.point)
        && extended(left) == extended(right)
}
