//! The small language in which rule files state a condition on one fact.
//!
//! Evaluation is three-valued: a value nobody can know makes the answer unknown,
//! and an unknown answer is never a finding.

use crate::facts::subject::Held;

/// A condition on the fields of one fact.
#[derive(Clone, Copy, Debug)]
pub enum Predicate {
    /// Every one holds.
    All(&'static [Predicate]),
    /// At least one holds.
    Any(&'static [Predicate]),
    /// It does not hold.
    Not(&'static Predicate),
    /// A test of one field.
    Field(&'static str, Test),
}

/// A test of one field.
#[derive(Clone, Copy, Debug)]
pub enum Test {
    /// It is there and not empty.
    Exists,
    /// Its text is this.
    Equals(&'static str),
    /// Its text is one of these.
    OneOf(&'static [&'static str]),
    /// Its text matches this regular expression (not anchored).
    Matches(&'static str),
    /// Its text contains this.
    Contains(&'static str),
    /// A quantity (number, duration, size or percentage) compared with another of its kind.
    Compare(Comparison, &'static str),
}

/// How two quantities are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `at_least`
    AtLeast,
    /// `at_most`
    AtMost,
    /// `more_than`
    MoreThan,
    /// `less_than`
    LessThan,
}

impl Predicate {
    /// Whether it holds; `None` where nobody can know.
    pub fn evaluate<'a>(&self, field: &dyn Fn(&str) -> Held<'a>) -> Option<bool> {
        match self {
            Predicate::All(parts) => decide(parts, field, false),
            Predicate::Any(parts) => decide(parts, field, true),
            Predicate::Not(part) => part.evaluate(field).map(|holds| !holds),
            Predicate::Field(path, test) => test.evaluate(field(path)),
        }
    }

    /// All fields that it names.
    pub fn fields(&self) -> Vec<&'static str> {
        match self {
            Predicate::All(parts) | Predicate::Any(parts) => {
                parts.iter().flat_map(Predicate::fields).collect()
            }
            Predicate::Not(part) => part.fields(),
            Predicate::Field(path, _) => vec![path],
        }
    }
}

/// `until`: the answer that settles it early (`false` for all, `true` for any).
fn decide<'a>(parts: &[Predicate], field: &dyn Fn(&str) -> Held<'a>, until: bool) -> Option<bool> {
    let mut unknown = false;
    for part in parts {
        match part.evaluate(field) {
            Some(holds) if holds == until => return Some(until),
            Some(_) => {}
            None => unknown = true,
        }
    }
    if unknown { None } else { Some(!until) }
}

impl Test {
    fn evaluate(&self, held: Held<'_>) -> Option<bool> {
        let text = match (held, self) {
            (Held::Unknown, Test::Exists) => return Some(true),
            (Held::Unknown, _) => return None,
            (Held::Nothing, _) => return Some(false),
            (Held::Text(text), _) => text,
        };
        Some(match self {
            Test::Exists => !text.is_empty(),
            Test::Equals(expected) => text == *expected,
            Test::OneOf(expected) => expected.contains(&text),
            Test::Matches(pattern) => return compiled::is_match(pattern, text),
            Test::Contains(part) => text.contains(part),
            Test::Compare(comparison, bound) => {
                let (value, bound) = (quantity(text)?, quantity(bound)?);
                if value.unit != bound.unit && value.amount != 0.0 {
                    return None;
                }
                match comparison {
                    Comparison::AtLeast => value.amount >= bound.amount,
                    Comparison::AtMost => value.amount <= bound.amount,
                    Comparison::MoreThan => value.amount > bound.amount,
                    Comparison::LessThan => value.amount < bound.amount,
                }
            }
        })
    }
}

/// The dimension of a quantity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Number,
    Seconds,
    Bytes,
}

struct Quantity {
    amount: f64,
    unit: Unit,
}

/// Reads `0.5`, `30%`, `1h30m`, `512MB`; `None` if it is none of these.
fn quantity(text: &str) -> Option<Quantity> {
    let text = text.trim();
    if let Ok(amount) = text.parse::<f64>() {
        return Some(Quantity { amount, unit: Unit::Number });
    }
    if let Some(percent) = text.strip_suffix('%') {
        let amount = percent.trim().parse::<f64>().ok()? / 100.0;
        return Some(Quantity { amount, unit: Unit::Number });
    }
    if let Some(seconds) = seconds(text) {
        return Some(Quantity { amount: seconds, unit: Unit::Seconds });
    }
    bytes(text).map(|amount| Quantity { amount, unit: Unit::Bytes })
}

fn parts(text: &str) -> Option<Vec<(f64, &str)>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, tail) = rest.split_at(digits);
        let unit_end = tail.find(|c: char| c.is_ascii_digit()).unwrap_or(tail.len());
        let (unit, next) = tail.split_at(unit_end);
        parts.push((number.parse().ok()?, unit));
        rest = next;
    }
    Some(parts)
}

fn seconds(text: &str) -> Option<f64> {
    parts(text)?.into_iter().try_fold(0.0, |sum, (amount, unit)| {
        let factor = match unit {
            "ms" => 0.001,
            "s" => 1.0,
            "m" => 60.0,
            "h" => 3_600.0,
            "d" => 86_400.0,
            "w" => 604_800.0,
            "y" => 31_536_000.0,
            _ => return None,
        };
        Some(sum + amount * factor)
    })
}

fn bytes(text: &str) -> Option<f64> {
    let [(amount, unit)] = parts(text)?[..] else { return None };
    let power = match unit.trim().trim_end_matches(['B', 'b']).trim_end_matches('i') {
        "" => 0,
        "K" | "k" => 1,
        "M" => 2,
        "G" => 3,
        "T" => 4,
        "P" => 5,
        "E" => 6,
        _ => return None,
    };
    Some(amount * 1024f64.powi(power))
}

/// Patterns of rule files, each compiled once.
mod compiled {
    use regex::Regex;
    use std::collections::HashMap;
    use std::sync::{Arc, Mutex, OnceLock, PoisonError};

    pub(super) fn is_match(pattern: &'static str, text: &str) -> Option<bool> {
        // A clone of the expression itself would have to fill its caches again.
        type Known = HashMap<&'static str, Option<Arc<Regex>>>;
        static PATTERNS: OnceLock<Mutex<Known>> = OnceLock::new();
        let patterns = PATTERNS.get_or_init(Mutex::default);
        let regex = {
            let mut patterns = patterns.lock().unwrap_or_else(PoisonError::into_inner);
            patterns
                .entry(pattern)
                .or_insert_with(|| Regex::new(pattern).ok().map(Arc::new))
                .clone()
        };
        regex.map(|regex| regex.is_match(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hold(text: &'static str) -> impl Fn(&str) -> Held<'static> {
        move |_| Held::Text(text)
    }

    #[test]
    fn quantities_compare_by_dimension() {
        let at_least = |bound| Predicate::Field("x", Test::Compare(Comparison::AtLeast, bound));
        assert_eq!(at_least("5m").evaluate(&hold("1h")), Some(true));
        assert_eq!(at_least("5m").evaluate(&hold("299s")), Some(false));
        assert_eq!(at_least("0.5").evaluate(&hold("50%")), Some(true));
        assert_eq!(at_least("1GB").evaluate(&hold("512MB")), Some(false));
        assert_eq!(at_least("5m").evaluate(&hold("many")), None);
        assert_eq!(at_least("5m").evaluate(&hold("512MB")), None);
    }

    #[test]
    fn unknown_is_neither_yes_nor_no() {
        let unknown = |_: &str| Held::Unknown;
        let no = Predicate::Field("x", Test::Equals("a"));
        assert_eq!(no.evaluate(&unknown), None);
        assert_eq!(Predicate::Field("x", Test::Exists).evaluate(&unknown), Some(true));
        const PARTS: &[Predicate] =
            &[Predicate::Field("x", Test::Equals("a")), Predicate::Field("y", Test::Exists)];
        let half = |path: &str| if path == "x" { Held::Unknown } else { Held::Nothing };
        assert_eq!(Predicate::All(PARTS).evaluate(&half), Some(false));
        assert_eq!(Predicate::Any(PARTS).evaluate(&half), None);
    }
}
