//! What is wrong with a scalar of a type, and what was meant.

use super::Refusal;
use super::scalars::{self, Value};
use super::table::{Field, Reader, Type};
use super::walk::{Place, Walker};
use crate::facts::Dialect;
use crate::lang::re2;

impl Walker<'_> {
    pub(super) fn fault(
        &self,
        ty: &'static Type,
        text: &str,
        value: Value<'_>,
        place: Place<'_>,
    ) -> Option<(Refusal, String, Option<String>)> {
        let wrong = |message: String| Some((Refusal::WrongType, message, None));
        let bad = |message: String| Some((Refusal::BadValue, message, None));
        let not = |what: &str| wrong(format!("takes {what}, not `{}`", short(text)));
        let kubernetes = self.reader == Reader::Kubernetes;
        let nanoseconds = matches!(ty, Type::GoDuration) && self.reader == Reader::Mapstructure;
        let typed = kubernetes || (self.reader == Reader::Mapstructure && !nanoseconds);
        if let (Some(ends), Value::Int(_) | Value::Float(_)) = (place.field.numbers, value) {
            return number_fault(ends, text, value);
        }
        if typed && is_text(ty) && !matches!(value, Value::Text(_)) {
            return wrong(format!("takes a text, not {}: put it in quotes", called(value, text)));
        }
        match ty {
            Type::Bool => match value {
                Value::Bool(_) => None,
                Value::Text(word)
                    if self.reader == Reader::GoYamlV3 && scalars::old_bool(word).is_some() =>
                {
                    None
                }
                _ => not("true or false"),
            },
            Type::Int => match value {
                Value::Int(number) if number <= i128::from(i64::MAX) => None,
                Value::Float(number) if kubernetes => {
                    if number.fract() == 0.0 {
                        None
                    } else {
                        not("a whole number")
                    }
                }
                // A decoder cuts off what is too large, so that checks of the amount see a negative one.
                Value::Float(number)
                    if number <= i64::MAX as f64 || self.reader == Reader::Mapstructure =>
                {
                    None
                }
                Value::Int(_) if self.reader == Reader::Mapstructure => None,
                Value::Text(_) if self.reader != Reader::Kubernetes && quoted_number(text) => {
                    wrong(format!("takes a whole number without quotes, not the text `{text}`"))
                }
                _ => not("a whole number"),
            },
            Type::Uint => match value {
                Value::Int(number) if number >= 0 => None,
                Value::Float(number)
                    if number <= u64::MAX as f64 || self.reader == Reader::Mapstructure =>
                {
                    None
                }
                _ => not("a whole number from 0 on"),
            },
            Type::Float => match value {
                Value::Int(_) | Value::Float(_) => None,
                _ => not("a number"),
            },
            Type::IntOrString => match value {
                Value::Int(_) | Value::Text(_) => None,
                _ => not("a whole number or a text"),
            },
            Type::Duration => duration_fault(text),
            Type::GoDuration => match value {
                Value::Int(_) => None,
                _ if scalars::go_duration_ns(text).is_some() => None,
                _ => Some((
                    Refusal::BadDuration,
                    format!(
                        "takes a duration of hours, minutes, seconds such as 1h30m, not `{}`",
                        short(text)
                    ),
                    None,
                )),
            },
            Type::Size => match scalars::size_bytes(text) {
                Some(_) => None,
                None => {
                    bad(format!("takes a size with its unit such as 15MB, not `{}`", short(text)))
                }
            },
            Type::Url | Type::SecretUrl => self.url_fault(ty, text),
            Type::Regex => {
                re2::fault(text).and_then(|fault| bad(format!("is no regular expression: {fault}")))
            }
            Type::LabelName | Type::MetricName if text.is_empty() => {
                bad("is an empty name".to_owned())
            }
            Type::Address => match text.rsplit_once(':') {
                Some((host, port))
                    if !port.is_empty() && (!host.contains(':') || host.starts_with('[')) =>
                {
                    None
                }
                None if text.is_empty() => None,
                _ => bad(format!("takes host:port, not `{}`", short(text))),
            },
            Type::ComponentId => {
                super::collector::fault(text).and_then(|fault| bad(fault.to_owned()))
            }
            // vmagent has steps of relabelling and roles of its own.
            Type::Enum(_)
                if self.reading.dialect == Some(Dialect::VictoriaMetrics)
                    && matches!(place.field.name, "action" | "role") =>
            {
                None
            }
            Type::Enum(members) => enum_fault(members, place.field, text),
            _ => None,
        }
    }

    fn url_fault(&self, ty: &Type, text: &str) -> Option<(Refusal, String, Option<String>)> {
        let fault = scalars::url_fault(text).map(str::to_owned).or_else(|| {
            if self.reading.schema.name != "alertmanager"
                || (text == "<secret>" && matches!(ty, Type::SecretUrl))
            {
                return None;
            }
            let lower = text.to_ascii_lowercase();
            match lower.strip_prefix("http://").or_else(|| lower.strip_prefix("https://")) {
                None => Some("begins with neither http:// nor https://".to_owned()),
                Some(rest) if rest.is_empty() || rest.starts_with(['/', '?', '#']) => {
                    Some("has no host".to_owned())
                }
                Some(_) => None,
            }
        })?;
        Some((Refusal::BadValue, format!("takes a URL, and this {fault}"), None))
    }
}

fn duration_fault(text: &str) -> Option<(Refusal, String, Option<String>)> {
    if scalars::duration_ms(text).is_some() {
        return None;
    }
    let mut near: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    near.make_ascii_lowercase();
    if near.bytes().all(|byte| byte.is_ascii_digit()) {
        near.push('s');
    }
    let near = Some(near).filter(|near| scalars::duration_ms(near).is_some());
    let message = match text.is_empty() {
        true => "takes a duration such as 30s, not an empty text".to_owned(),
        false => format!("takes a duration such as 30s or 1h30m, not `{}`", short(text)),
    };
    Some((Refusal::BadDuration, message, near))
}

/// A member of an enum by its number: the whole part is what counts, and no number is below all.
fn number_fault(
    (low, high): (f64, f64),
    text: &str,
    value: Value<'_>,
) -> Option<(Refusal, String, Option<String>)> {
    let number = match value {
        Value::Int(number) => number as f64,
        Value::Float(number) if number.is_finite() => number.trunc(),
        _ => return None,
    };
    let message = || format!("takes a number from {low} to {high} only, not `{}`", short(text));
    (!(low..=high).contains(&number)).then(|| (Refusal::BadValue, message(), None))
}

fn enum_fault(
    members: &'static [&'static str],
    field: &Field,
    text: &str,
) -> Option<(Refusal, String, Option<String>)> {
    let fits = |member: &&str| match field.fold {
        true => member.eq_ignore_ascii_case(text),
        false => *member == text,
    };
    if members.iter().any(fits) || (text.is_empty() && field.empty_ok) {
        return None;
    }
    let near = nearest(members.iter().copied().filter(|member| !member.is_empty()), text);
    let list = members.iter().copied().filter(|member| !member.is_empty()).collect::<Vec<_>>();
    let message = format!("takes one of {}, not `{}`", list.join(", "), short(text));
    Some((Refusal::BadValue, message, near))
}

/// The word nearest to `name`, at most two edits away; case, `_` and `-` count as nothing.
pub(crate) fn nearest(words: impl Iterator<Item = &'static str>, name: &str) -> Option<String> {
    let bare = |text: &str| text.replace(['_', '-'], "").to_ascii_lowercase();
    let plain = bare(name);
    let limit = if name.chars().count() <= 3 { 1 } else { 2 };
    words
        .map(|word| (if bare(word) == plain { 0 } else { scalars::distance(word, name) }, word))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, word)| word.to_owned())
}

fn is_text(ty: &Type) -> bool {
    !matches!(
        ty,
        Type::Bool
            | Type::Int
            | Type::Uint
            | Type::Float
            | Type::IntOrString
            | Type::Any
            | Type::Null
    )
}

fn quoted_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn called(value: Value<'_>, text: &str) -> String {
    match value {
        Value::Bool(_) => format!("the boolean `{text}`"),
        _ => format!("the number `{text}`"),
    }
}

pub(super) fn takes(ty: &Type) -> &'static str {
    match ty {
        Type::Int | Type::Uint => "a whole number",
        Type::Float => "a number",
        Type::Bool => "true or false",
        Type::Duration | Type::GoDuration => "a duration",
        Type::Size => "a size",
        Type::Url | Type::SecretUrl => "a URL",
        _ => "a single value",
    }
}

/// A value in a message: one line, not long.
pub(crate) fn short(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    if line.chars().count() <= 60 && line.len() == text.trim_end().len() {
        return line.to_owned();
    }
    let cut: String = line.chars().take(57).collect();
    format!("{cut}…")
}
