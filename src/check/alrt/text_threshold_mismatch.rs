//! A text that claims another threshold or wait than the rule has.
//! Rule: rules/alrt/text-threshold-mismatch.yaml

use super::alert_of;
use crate::check::Case;
use crate::facts::rules::AlertRule;
use crate::lang::claim::{Claim, Kind as About, Unit, claims};
use crate::lang::duration;
use crate::lang::promql::ast::{Kind, Op};
use crate::lang::template::StepKind;
use crate::repo::model::texts::AlertText;
use crate::repo::model::{Model, Place, scale};
use crate::repo::queries::Query;
use std::cell::OnceCell;

pub(super) fn check<'a>(query: &'a Query<'a>, case: &mut Case<'a>) {
    let Some((alert, root)) = alert_of(query) else { return case.skip() };
    let model = case.model;
    let (the_bound, the_lengths) = (OnceCell::new(), OnceCell::new());
    let bound = || the_bound.get_or_init(|| bound(model, root)).as_ref();
    let lengths = || the_lengths.get_or_init(|| lengths(query, model.constants_of(query)));
    for text in model.texts_of(alert).iter().filter(|text| !text.is_label && text.value.known) {
        let numbers = text.value.text.bytes().any(|byte| byte.is_ascii_digit());
        if !numbers || text.value.text.contains("://") || !text.parsed.faults.is_empty() {
            continue;
        }
        for claim in claims(&literal(text)) {
            let words = &text.value.text[claim.range.clone()];
            let found = match claim.kind {
                About::Threshold => {
                    let Some(bound) = bound() else { continue };
                    (!bound.agrees(&claim)).then(|| (case.at(bound.at), bound.shown.clone()))
                }
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
    at: Place<'q, 'r>,
    shown: String,
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
        at: place,
        shown,
    })
}

impl Bound<'_, '_> {
    /// Whether a number in a text can mean this bound.
    fn agrees(&self, claim: &Claim) -> bool {
        let value = claim.value;
        let mut meant = vec![value];
        match claim.unit {
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
            }
            Unit::Time(seconds) => meant.extend([value * seconds, value * seconds * 1000.0]),
            Unit::Bytes(decimal, binary) => meant.extend([value * decimal, value * binary]),
            Unit::None => {
                meant.extend([value / 100.0, value * 100.0, value * 1e3, value * 1e6]);
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
        // Zero says nothing about a number, and a count of nothing is often told as one.
        !self.value.is_finite()
            || self.value == 0.0
            || meant.into_iter().any(|meant| near(meant, self.value) || is_part(meant))
    }
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
fn wait(
    alert: &AlertRule,
    claim: &Claim,
    lengths: Option<&[f64]>,
) -> Option<(crate::source::Span, String)> {
    let (Unit::Time(unit), Some(lengths)) = (claim.unit, lengths) else { return None };
    let claimed = claim.value * unit;
    let hold = alert.hold.as_ref()?;
    #[expect(clippy::cast_precision_loss, reason = "waits are far below the limit")]
    let seconds = duration::prometheus(hold.known_text()?)? as f64 / 1000.0;
    // The expression itself may look back, and both add up.
    // `(time() - x) / 3600 > 24`: the comparison waits for the hours of the text.
    let counted = lengths.contains(&claim.value) && lengths.contains(&unit);
    let agrees = seconds == 0.0
        || counted
        || std::iter::once(0.0)
            .chain(lengths.iter().copied())
            .any(|length| length == claimed || length + seconds == claimed);
    (!agrees && seconds != claimed).then(|| (hold.span, format!("for: {}", hold.text)))
}
