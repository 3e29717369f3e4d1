//! Alerts on the speed at which an error budget goes.

use super::leaf::Leaf;
use super::ratio::{Bound, Ratio};
use super::{Model, Place};
use crate::lang::duration;
use crate::lang::promql::ast::{Kind, Op, Selector};
use crate::repo::queries::Query;

/// A value times a factor, perhaps subtracted from everything.
#[derive(Clone, Copy, Debug)]
pub struct Scaled<'q, 'r> {
    /// What is scaled: a quotient, a selector, anything.
    pub base: Place<'q, 'r>,
    /// What stands for everything, where the expression says it.
    pub whole: Option<f64>,
    /// Subtracted from everything.
    pub complement: bool,
}

impl<'q, 'r> Scaled<'q, 'r> {
    /// Takes constant factors and complements off; recorded names are not followed.
    pub fn of(model: &Model<'r>, mut place: Place<'q, 'r>) -> Scaled<'q, 'r> {
        let (mut factor, mut whole, mut complement) = (1.0, None, false);
        for _ in 0..16 {
            place = place.at(place.ast().bare(place.node));
            let Kind::Binary(binary) = place.kind() else { break };
            let (left, right) = (place.at(binary.left), place.at(binary.right));
            place = match (binary.op, model.constant(left), model.constant(right)) {
                (Op::Mul, Some(number), None) => {
                    factor *= number;
                    right
                }
                (Op::Mul, None, Some(number)) => {
                    factor *= number;
                    left
                }
                (Op::Div, None, Some(number)) => {
                    factor /= number;
                    left
                }
                (Op::Sub, Some(number), None) => {
                    whole = whole.or(Some(number * factor));
                    complement = !complement;
                    right
                }
                _ => break,
            };
        }
        Scaled { base: place, whole: whole.or((factor != 1.0).then_some(factor)), complement }
    }
}

/// One comparison of an alert that has to hold.
#[derive(Clone, Copy, Debug)]
pub struct Condition<'q, 'r> {
    /// The comparison.
    pub bound: Bound<'q, 'r>,
    /// Number of the branch of `or` it stands in: all of a branch must hold.
    pub branch: usize,
}

/// The comparisons of an expression that are joined by `and` and `or`.
pub fn conditions<'q, 'r>(model: &Model<'r>, query: &'q Query<'r>) -> Vec<Condition<'q, 'r>> {
    let Some(root) = query.ast().root() else { return Vec::new() };
    let mut found = Vec::new();
    let mut stack = vec![(root, 0)];
    let mut branches = 0;
    while let Some((node, branch)) = stack.pop() {
        let node = query.ast().bare(node);
        match query.ast().kind(node) {
            Kind::Binary(binary) if matches!(binary.op, Op::And | Op::Or) => {
                stack.push((binary.left, branch));
                let right = if binary.op == Op::Or {
                    branches += 1;
                    branches
                } else {
                    branch
                };
                stack.push((binary.right, right));
            }
            Kind::Aggregate(aggregate) if aggregate.param.is_none() => {
                stack.extend(aggregate.inner.map(|inner| (inner, branch)));
            }
            _ => {
                let bound = Bound::of(model, Place { query, node });
                found.extend(bound.map(|bound| Condition { bound, branch }));
            }
        }
    }
    found.sort_by_key(|condition| condition.bound.place.node);
    found
}

/// Whether a condition of an expression can be a [`Burn`]: it names one, or multiplies two numbers.
pub fn can_burn(query: &Query<'_>) -> bool {
    query.ast().nodes.iter().any(|node| match &node.kind {
        Kind::Binary(binary) => binary.op == Op::Mul,
        Kind::Selector(selector) => selector.metric().is_some_and(names_burn),
        _ => false,
    })
}

fn names_burn(metric: &str) -> bool {
    let name = metric.as_bytes();
    memchr::memchr2_iter(b'b', b'B', name)
        .any(|at| name.get(at..at + 4).is_some_and(|word| word.eq_ignore_ascii_case(b"burn")))
}

/// A condition in the form of a burn rate.
#[derive(Clone, Copy, Debug)]
pub struct Burn {
    /// How many times faster than allowed, where it is written.
    pub factor: Option<f64>,
    /// The error budget as a share of one, where it is written.
    pub budget: Option<f64>,
    /// The value is a burn rate already, not an error ratio.
    pub rate: bool,
    /// The value is certainly an error ratio.
    pub share: bool,
    /// Range of the value in seconds, from the query or the recorded name.
    pub window: Option<f64>,
}

impl Burn {
    /// The burn rate that a condition speaks of; `None` for another kind of condition.
    pub fn of<'r>(model: &Model<'r>, condition: &Condition<'_, 'r>) -> Option<Burn> {
        let bound = &condition.bound;
        if !matches!(bound.op, Op::Greater | Op::GreaterEqual) {
            return None;
        }
        let window = || window(model, bound.value);
        let base = Scaled::of(model, bound.value).base;
        let name = metric_of(base).unwrap_or_default().to_ascii_lowercase();
        let names = |word: &str| name.contains(word);
        if names("burnrate") || names("burn_rate") {
            let factor = Some(bound.bound);
            let window = window();
            return Some(Burn { factor, budget: None, rate: true, share: false, window });
        }
        let (factor, budget) = product(model, bound.place.at(bound.number))?;
        let error = names("error") || names("fail") || names("bad");
        let share = names("ratio") || Ratio::of(model, bound.value).is_some();
        (error || share).then(|| Burn {
            factor: Some(factor),
            budget: Some(budget),
            rate: false,
            share,
            window: window(),
        })
    }
}

/// `14.4 * 0.001`: how many times the budget. The larger is the factor.
fn product(model: &Model<'_>, place: Place<'_, '_>) -> Option<(f64, f64)> {
    let node = place.ast().bare(place.node);
    let Kind::Binary(binary) = place.ast().kind(node) else { return None };
    if binary.op != Op::Mul {
        return None;
    }
    let constants = model.constants_of(place.query);
    let (one, other) = (constants[binary.left.index()]?, constants[binary.right.index()]?);
    let (factor, budget) = if one >= other { (one, other) } else { (other, one) };
    (factor >= 1.0 && budget > 0.0 && budget < 1.0).then_some((factor, budget))
}

/// The metric of a selector.
pub fn metric_of<'r>(place: Place<'_, 'r>) -> Option<&'r str> {
    selector_of(place)?.metric()
}

/// The selector that a place is, aggregations taken off.
pub fn selector_of<'r>(mut place: Place<'_, 'r>) -> Option<&'r Selector> {
    for _ in 0..8 {
        place = place.at(place.ast().bare(place.node));
        match place.kind() {
            Kind::Selector(selector) => return Some(selector),
            Kind::Aggregate(aggregate) => place = place.at(aggregate.inner?),
            _ => return None,
        }
    }
    None
}

/// The range behind a value, in seconds: of the name it reads, or of its only selectors.
pub fn window<'r>(model: &Model<'r>, place: Place<'_, 'r>) -> Option<f64> {
    let base = Scaled::of(model, place).base;
    if let Some(name) = metric_of(base)
        && let Some(window) = suffix(name)
    {
        return Some(window);
    }
    if let Some(ratio) = Ratio::of(model, place) {
        return Leaf::of(model, ratio.part)?.window;
    }
    Leaf::of(model, base)?.window
}

/// The duration a recorded name ends in: `…:ratio_rate1h`, `burnrate5m`.
pub fn suffix(name: &str) -> Option<f64> {
    let last = name.rsplit([':', '_']).next()?;
    let digits = last.find(|c: char| c.is_ascii_digit())?;
    let seconds = duration::prometheus(&last[digits..])? as f64 / 1000.0;
    (seconds > 0.0).then_some(seconds)
}
