//! Objectives and windows as each tool counts them.

use crate::facts::scalar::Scalar;
use crate::lang::duration;

/// How a plain number is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum Unit {
    /// 99.9 of 100.
    Percent,
    /// 0.999 of 1.
    Ratio,
    /// Up to one a ratio, else a percentage or a number of its own.
    Either,
}

/// What is promised.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Objective {
    /// As written.
    pub scalar: Scalar,
    /// How the tool counts.
    pub unit: Unit,
}

impl Objective {
    /// The number as written, without its percent sign.
    pub fn number(&self) -> Option<f64> {
        number(self.scalar.known_text()?)
    }

    /// Whether it is written with a percent sign.
    pub fn has_sign(&self) -> bool {
        self.scalar.text.trim_end().ends_with('%')
    }

    /// Whether it counts to one hundred.
    pub fn is_percent(&self) -> bool {
        match self.unit {
            Unit::Percent => true,
            Unit::Ratio => self.has_sign(),
            Unit::Either => self.has_sign() || self.number().is_some_and(|number| number > 1.0),
        }
    }

    /// As a share of one; `None` for what cannot be one.
    pub fn ratio(&self) -> Option<f64> {
        let number = self.number()?;
        let ratio = if self.is_percent() { number / 100.0 } else { number };
        (ratio > 0.0 && ratio <= 1.0).then(|| clean(ratio))
    }
}

/// A number, with or without a percent sign.
pub fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    let text = text.strip_suffix('%').map_or(text, str::trim_end);
    text.parse::<f64>().ok().filter(|number| number.is_finite())
}

/// Takes off what binary fractions add: twelve digits are more than anybody writes.
pub fn clean(number: f64) -> f64 {
    (number * 1e12).round() / 1e12
}

/// How a window is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum Form {
    /// `30d`, as Prometheus writes it.
    Duration,
    /// `30d`, `1M`, `1Q`: OpenSLO's one number and unit.
    Shorthand,
    /// A number of days.
    Days,
    /// A number of seconds, perhaps with `s`.
    Seconds,
    /// A number of the unit beside it.
    Count,
    /// `DAY`, `WEEK`, `MONTH`, …
    Period,
}

/// The time over which an objective holds.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Window {
    /// As written.
    pub scalar: Scalar,
    /// Its form.
    pub form: Form,
    /// The unit, where it stands apart.
    pub unit: Option<Scalar>,
    /// Aligned with the calendar, not rolling.
    pub calendar: bool,
}

const DAY: f64 = 86_400.0;

impl Window {
    /// A rolling window written as a Prometheus duration.
    pub fn duration(scalar: Scalar) -> Window {
        Window { scalar, form: Form::Duration, unit: None, calendar: false }
    }

    /// Its length in seconds; `None` if nobody can know it, or it is none.
    pub fn seconds(&self) -> Option<f64> {
        let text = self.scalar.known_text()?.trim();
        let seconds = match self.form {
            Form::Duration => duration::prometheus(text)? as f64 / 1000.0,
            Form::Shorthand => shorthand(text)?,
            Form::Days => text.parse::<f64>().ok()? * DAY,
            Form::Seconds => text.trim_end_matches('s').parse::<f64>().ok()?,
            Form::Count => text.parse::<f64>().ok()? * unit(self.unit.as_ref()?.known_text()?)?,
            Form::Period => unit(text)?,
        };
        (seconds > 0.0).then_some(seconds)
    }

    /// Whether its value can be known.
    pub fn is_known(&self) -> bool {
        self.scalar.known && self.unit.as_ref().is_none_or(|unit| unit.known)
    }

    /// As people read it.
    pub fn shown(&self) -> String {
        match (&self.unit, self.form) {
            (Some(unit), _) => format!("{} {}", self.scalar.text, unit.text),
            (None, Form::Days) => format!("{} days", self.scalar.text),
            (None, _) => self.scalar.text.clone(),
        }
    }
}

/// One number and one unit: minutes to years, `M` a month and `Q` a quarter.
fn shorthand(text: &str) -> Option<f64> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).filter(|&at| at > 0)?;
    let (number, unit) = text.split_at(digits);
    let unit = match unit {
        "s" => 1.0,
        "m" => 60.0,
        "h" => 3600.0,
        "d" => DAY,
        "w" => 7.0 * DAY,
        "M" => 30.0 * DAY,
        "Q" => 90.0 * DAY,
        "Y" | "y" => 365.0 * DAY,
        _ => return None,
    };
    Some(number.parse::<f64>().ok()? * unit)
}

/// A unit as a word.
fn unit(word: &str) -> Option<f64> {
    let word = word.trim().to_ascii_lowercase();
    Some(match word.strip_suffix('s').unwrap_or(&word) {
        "second" => 1.0,
        "minute" => 60.0,
        "hour" => 3600.0,
        "day" => DAY,
        "week" => 7.0 * DAY,
        "fortnight" => 14.0 * DAY,
        "month" => 30.0 * DAY,
        "quarter" => 90.0 * DAY,
        "year" => 365.0 * DAY,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{SourceId, Span};

    fn scalar(text: &str) -> Scalar {
        let span = Span::new(SourceId(0), 0, 0);
        Scalar { text: text.to_owned(), span, known: true, plain: true }
    }

    #[test]
    fn objectives_are_shares_of_one() {
        for (text, unit, ratio) in [
            ("99.9%", Unit::Either, Some(0.999)),
            ("99.9", Unit::Either, Some(0.999)),
            ("0.999", Unit::Either, Some(0.999)),
            ("99.95 %", Unit::Percent, Some(0.9995)),
            ("100", Unit::Either, Some(1.0)),
            ("1000", Unit::Either, None),
            ("0", Unit::Either, None),
            ("0.5%", Unit::Either, Some(0.005)),
            ("0.98", Unit::Ratio, Some(0.98)),
            ("99", Unit::Ratio, None),
            ("often", Unit::Either, None),
        ] {
            assert_eq!(Objective { scalar: scalar(text), unit }.ratio(), ratio, "{text}");
        }
    }

    #[test]
    fn windows_have_a_length() {
        let day = 86_400.0;
        for (text, form, seconds) in [
            ("30d", Form::Duration, Some(30.0 * day)),
            ("1h30m", Form::Duration, Some(5400.0)),
            ("one month", Form::Duration, None),
            ("0", Form::Duration, None),
            ("1M", Form::Shorthand, Some(30.0 * day)),
            ("4w", Form::Shorthand, Some(28.0 * day)),
            ("1M", Form::Duration, None),
            ("28", Form::Days, Some(28.0 * day)),
            ("2592000s", Form::Seconds, Some(30.0 * day)),
            ("MONTH", Form::Period, Some(30.0 * day)),
        ] {
            let window = Window { scalar: scalar(text), form, unit: None, calendar: false };
            assert_eq!(window.seconds(), seconds, "{text}");
        }
        let count = Window {
            unit: Some(scalar("Day")),
            form: Form::Count,
            ..Window::duration(scalar("30"))
        };
        assert_eq!(count.seconds(), Some(30.0 * day));
    }
}
