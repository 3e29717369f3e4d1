//! A text that claims another threshold or wait than the rule has.
//! Rule: rules/alrt/text-threshold-mismatch.yaml

use super::{alert_of, step_of};
use crate::check::Case;
use crate::facts::grafana::{self, Step, StepKind as GrafanaStep};
use crate::facts::rules::AlertRule;
use crate::lang::claim::{Claim, Kind as About, Unit, claims};
use crate::lang::duration;
use crate::lang::promql::ast::{Kind, Op};
use crate::lang::template::StepKind;
use crate::repo::model::texts::AlertText;
use crate::repo::model::{Model, Place, scale};
use crate::repo::queries::Query;
use crate::source::Span;
use std::cell::OnceCell;
use std::ops::Range;

pub(super) fn check<'a>(query: &'a Query<'a>, case: &mut Case<'a>) {
    let of_step = step_of(query);
    let read = of_step.map(|(alert, _, root)| (alert, root)).or_else(|| alert_of(query));
    let Some((alert, root)) = read else { return case.skip() };
    let model = case.model;
    let (the_bound, the_lengths) = (OnceCell::new(), OnceCell::new());
    let bound = || {
        let bound = the_bound.get_or_init(|| match of_step {
            Some((alert, step, root)) => bound_of_step(model, alert, step, root),
            None => bound(model, root),
        });
        bound.as_ref()
    };
    let back = of_step.and_then(|(_, step, _)| step.back.as_ref());
    let back = back.and_then(|back| back.text.parse().ok());
    let lengths = || {
        the_lengths.get_or_init(|| {
            let own = lengths(query, model.constants_of(query))?;
            Some(own.into_iter().chain(back).collect::<Vec<f64>>())
        })
    };
    // Of several queries the first one speaks for the wait.
    let waits = of_step.is_none_or(|(alert, step, _)| {
        let first = alert.steps.iter().find(|step| step.kind == GrafanaStep::Query);
        first.is_some_and(|first| std::ptr::eq(first, step))
    });
    for text in model.texts_of(alert).iter().filter(|text| !text.is_label && text.value.known) {
        if !has_number(text) || text.value.text.contains("://") || !text.parsed.faults.is_empty() {
            continue;
        }
        for claim in claims(&literal(text)) {
            let words = &text.value.text[claim.range.clone()];
            let found = match claim.kind {
                About::Threshold => {
                    let Some(bound) = bound() else { continue };
                    let per = per(&text.value.text[claim.range.end..]);
                    (!bound.agrees(&claim, per)).then(|| (bound.place(case), bound.shown.clone()))
                }
                About::Wait if !waits => None,
                About::Wait => wait(alert, &claim, lengths().as_deref()),
            };
            let Some((at, real)) = found else { continue };
            let span = case.repo.place(text.value, claim.range.clone());
            case.flag(span)
                .with("key", &text.key.text)
                .with("claim", words)
                .with("real", real)
                .related(at, "what the rule says");
        }
    }
}

/// The seconds of what a sentence counts by, behind its number: `60 rejected requests per minute`.
fn per(rest: &str) -> Option<f64> {
    let sentence = rest.split(['.', ',', ';', '(']).next().unwrap_or_default().to_ascii_lowercase();
    let by = |words: &[&str]| words.iter().any(|word| sentence.contains(word));
    let units: [(&[&str], f64); 3] = [
        (&["per minute", "a minute", "/min", "/m "], 60.0),
        (&["per hour", "an hour", "/h"], 3600.0),
        (&["per day", "a day", "/d"], 86_400.0),
    ];
    units.into_iter().find(|(words, _)| by(words)).map(|(_, seconds)| seconds)
}

/// Whether a digit stands outside of actions.
fn has_number(text: &AlertText<'_>) -> bool {
    let bytes = text.value.text.as_bytes();
    let digits = |range: Range<usize>| bytes[range].iter().any(u8::is_ascii_digit);
    let mut behind = 0;
    for step in text.parsed.steps.iter().filter(|step| !matches!(step.kind, StepKind::Text)) {
        let action = step.extent.range();
        if digits(behind..action.start.max(behind)) {
            return true;
        }
        behind = behind.max(action.end);
    }
    digits(behind..bytes.len())
}

/// The text with its actions blanked, letter for letter.
fn literal(text: &AlertText<'_>) -> String {
    let source = &text.value.text;
    let mut out = source.clone().into_bytes();
    for step in &text.parsed.steps {
        if !matches!(step.kind, StepKind::Text) {
            out[step.extent.range()].fill(b'_');
        }
    }
    String::from_utf8(out).unwrap_or_default()
}

/// The one number that an alert compares with.
struct Bound<'q, 'r> {
    value: f64,
    /// Numbers it is computed from.
    parts: Vec<f64>,
    op: Op,
    whole: Option<f64>,
    /// What the expression makes of the unit itself: 1/60 where it divides seconds by 60.
    scales: Vec<f64>,
    /// It compares how long ago something was.
    clock: bool,
    at: At<'q, 'r>,
    shown: String,
}

/// Where a bound stands.
enum At<'q, 'r> {
    Node(Place<'q, 'r>),
    /// In a step of an alert of Grafana.
    Step(Span),
}

fn bound<'q, 'r>(model: &Model<'r>, root: Place<'q, 'r>) -> Option<Bound<'q, 'r>> {
    let mut bounds = root.ast().all().filter_map(|(node, _)| {
        let place = root.at(node);
        let Kind::Binary(binary) = place.kind() else { return None };
        let sides = [(binary.left, binary.right), (binary.right, binary.left)];
        let (value, number) = sides
            .into_iter()
            .filter(|_| binary.op.is_comparison())
            .find(|(_, number)| model.constant(place.at(*number)).is_some())?;
        Some((binary.op, value, number))
    });
    let (op, value, number) = bounds.next()?;
    // With several comparisons nobody can say which one the text means.
    if bounds.next().is_some() {
        return None;
    }
    // The condition may stand in a recorded name.
    let hidden = root.ast().selectors().any(|(_, selector)| {
        selector.metric().is_none_or(|name| name.contains(':') || model.recorded(name).is_some())
    });
    let place = root.at(number);
    let shown = format!("{} {}", op.sign(), root.query.node_text(number));
    let parts = place.ast().subtree(number).filter_map(|(_, node)| match node.kind {
        Kind::Number { value, .. } => Some(value),
        _ => None,
    });
    let parts = parts.collect();
    (!hidden && number != value).then(|| Bound {
        value: model.constant(place).unwrap_or(f64::NAN),
        parts,
        op,
        whole: scale::of(model, root.at(value)).whole(),
        scales: scales(model, root.at(value)),
        clock: reads_clock(root),
        at: At::Node(place),
        shown,
    })
}

/// The number that a threshold of Grafana compares what the query returns with.
fn bound_of_step<'q, 'r>(
    model: &Model<'r>,
    alert: &AlertRule,
    step: &Step,
    root: Place<'q, 'r>,
) -> Option<Bound<'q, 'r>> {
    let (source, sign, number) = grafana::threshold(&alert.steps)?;
    let op = match sign.text.as_str() {
        "gt" => Op::Greater,
        "gte" => Op::GreaterEqual,
        "lt" => Op::Less,
        "lte" => Op::LessEqual,
        _ => return None,
    };
    let hidden = root.ast().selectors().any(|(_, selector)| {
        selector.metric().is_none_or(|name| name.contains(':') || model.recorded(name).is_some())
    });
    let compares = root.ast().all().any(|(_, node)| match &node.kind {
        Kind::Binary(binary) => binary.op.is_comparison(),
        _ => false,
    });
    let value: f64 = number.text.parse().ok()?;
    (std::ptr::eq(source, step) && !hidden && !compares).then(|| Bound {
        value,
        parts: vec![value],
        op,
        whole: scale::of(model, root).whole(),
        scales: scales(model, root),
        clock: reads_clock(root),
        at: At::Step(number.span),
        shown: format!("{} {}", op.sign(), number.text),
    })
}

/// Whether an expression asks what time it is.
fn reads_clock(root: Place<'_, '_>) -> bool {
    let clock = |kind: &Kind| match kind {
        Kind::Call(call) => call.function.is_some_and(|function| function.name == "time"),
        _ => false,
    };
    root.ast().subtree(root.node).any(|(_, node)| clock(&node.kind))
}

/// The numbers that an expression multiplies by, each alone and all together.
fn scales<'r>(model: &Model<'r>, root: Place<'_, 'r>) -> Vec<f64> {
    let mut scales = Vec::new();
    for (_, node) in root.ast().subtree(root.node) {
        let Kind::Binary(binary) = &node.kind else { continue };
        let number = |side| model.constant(root.at(side));
        match binary.op {
            Op::Div => scales.extend(number(binary.right).map(f64::recip)),
            Op::Mul => scales.extend(number(binary.left).or_else(|| number(binary.right))),
            _ => {}
        }
    }
    scales.push(scales.iter().product());
    scales
}

impl Bound<'_, '_> {
    fn place(&self, case: &Case<'_>) -> Span {
        match &self.at {
            At::Node(place) => case.at(*place),
            At::Step(span) => *span,
        }
    }

    /// A number of seconds or bytes as it may be compared: as it is, in thousandths or millionths, or
    /// in the unit that the expression counts in.
    fn scaled(&self, number: f64) -> impl Iterator<Item = f64> {
        [1.0, 1e3, 1e6].into_iter().chain(self.scales.iter().copied()).map(move |it| it * number)
    }

    /// Whether a number in a text can mean this bound.
    fn agrees(&self, claim: &Claim, per: Option<f64>) -> bool {
        let value = claim.value;
        let mut meant = vec![value];
        match claim.unit {
            // A share of a whole that stands nowhere here: 80% of a limit of 2 GiB.
            Unit::Percent if self.whole.is_none() && self.value.abs() > 1000.0 => return true,
            Unit::Percent => {
                // What is left of a whole is said as often as what is used of it.
                let shares = [value, 100.0 - value];
                meant = match self.whole {
                    Some(whole) => shares.iter().map(|share| share * whole / 100.0).collect(),
                    // Milliseconds in a second are thousandths.
                    None => shares
                        .iter()
                        .flat_map(|share| [*share, share / 100.0, share * 10.0])
                        .collect(),
                };
                // "20% more than before" is a quotient of 1.2.
                meant.push(1.0 + value / 100.0);
            }
            Unit::Time(seconds) => meant.extend(self.scaled(value * seconds)),
            Unit::Bytes(decimal, binary) => {
                meant.extend(self.scaled(value * decimal));
                meant.extend(self.scaled(value * binary));
            }
            Unit::None => {
                meant.extend([value / 100.0, value * 100.0, value * 1e3, value * 1e6]);
                // `rate` counts for each second.
                meant.extend(per.map(|seconds| value / seconds));
                if matches!(self.op, Op::GreaterEqual | Op::LessEqual | Op::Equal | Op::NotEqual) {
                    meant.extend([value - 1.0, value + 1.0]);
                }
            }
        }
        // A number with a fraction was rounded: 1.33 hours are 4800 seconds.
        let slack = if value.fract() == 0.0 { 1e-6 } else { 5e-3 };
        let near = |one: f64, other: f64| (one - other).abs() <= slack * one.abs().max(other.abs());
        // A share of a fixed number: `> 0.9 * 65535`.
        let is_part = |meant: f64| self.parts.iter().any(|part| near(meant, *part));
        // A time that is passed by then: `> 7800` of what is stale for more than two hours.
        let passed = matches!(claim.unit, Unit::Time(_))
            && matches!(self.op, Op::Greater | Op::GreaterEqual)
            && meant.iter().any(|meant| is_passed(*meant, self.value));
        // Zero says nothing about a number, and a count of nothing is often told as one.
        // How many there were is no length of time.
        !self.value.is_finite()
            || self.value == 0.0
            || self.clock && claim.unit == Unit::None
            || passed
            || meant.into_iter().any(|meant| near(meant, self.value) || is_part(meant))
    }
}

/// Whether one time is passed where the other is, by hardly more than a tenth.
fn is_passed(told: f64, real: f64) -> bool {
    told >= 60.0 && told <= real && real <= told * 1.1
}

/// Lengths of time in the expression, in seconds; `None` if a recorded name may hide some.
fn lengths(query: &Query<'_>, constants: &[Option<f64>]) -> Option<Vec<f64>> {
    let mut lengths: Vec<f64> = constants.iter().flatten().copied().collect();
    for (_, node) in query.ast().all() {
        match &node.kind {
            Kind::Range { window, .. } => lengths.push(window.seconds?),
            Kind::Subquery(subquery) => lengths.push(subquery.window.seconds?),
            Kind::Selector(selector) => {
                if selector.metric().is_none_or(|name| name.contains(':')) {
                    return None;
                }
                if let Some(offset) = &selector.modifiers.offset {
                    lengths.push(offset.seconds?);
                }
            }
            _ => {}
        }
    }
    Some(lengths)
}

/// Where the wait stands and what it is, if the text claims another.
fn wait(alert: &AlertRule, claim: &Claim, lengths: Option<&[f64]>) -> Option<(Span, String)> {
    let (Unit::Time(unit), Some(lengths)) = (claim.unit, lengths) else { return None };
    let claimed = claim.value * unit;
    let hold = alert.hold.as_ref()?;
    #[expect(clippy::cast_precision_loss, reason = "waits are far below the limit")]
    let seconds = duration::prometheus(hold.known_text()?)? as f64 / 1000.0;
    // The expression itself may look back, and both add up.
    // `(time() - x) / 3600 > 24`: the comparison waits for the hours of the text.
    // An hour may as well be sixty times sixty.
    let counted =
        lengths.contains(&claim.value) && (lengths.contains(&unit) || lengths.contains(&60.0));
    let agrees = seconds == 0.0
        || counted
        || std::iter::once(0.0).chain(lengths.iter().copied()).any(|length| {
            length == claimed || length + seconds == claimed || is_passed(claimed, length)
        });
    (!agrees && seconds != claimed).then(|| (hold.span, format!("for: {}", hold.text)))
}
