//! Conditions on the fields of one mapping: `required`, and the `checks` of the tables.

use super::fault::short;
use super::fields::Fields;
use super::scalars::{self, Value};
use super::table::{Field, Reader, Test, Type};
use super::walk::Walker;
use super::{Refusal, alertmanager, collector, operator, prometheus};
use crate::lang::placeholder;
use crate::parse::tree::NodeRef;
use crate::source::Span;
use std::collections::HashSet;

/// Whether something holds, as far as anybody can know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Known {
    Yes,
    No,
    Maybe,
}

pub(crate) fn run<'t>(walker: &mut Walker<'t>, fields: &Fields<'t>) {
    // What is switched off is not looked at.
    let off = walker.reader == Reader::Mapstructure
        && fields.get("enabled").and_then(known_text) == Some("false");
    if off {
        return;
    }
    for field in fields.table.fields.iter().filter(|field| field.required) {
        // A text that is not empty is set, or nobody knows it.
        let is_text = matches!(field.ty, Type::String | Type::LabelValue | Type::Template);
        let value = fields.get(field.name).filter(|value| is_text && !value.is_null());
        if value.and_then(NodeRef::scalar).is_some_and(|text| !text.is_empty()) {
            continue;
        }
        if is_set(walker, fields, field, true) == Known::No {
            let (span, message) = match fields.entry(field.name) {
                Some((key, _)) => (key.span(), "must not be empty".to_owned()),
                None => (fields.owner, "is required and missing".to_owned()),
            };
            walker.push(Refusal::Missing, span, fields.table.name, field.name, message, None);
        }
    }
    for check in fields.table.checks {
        test(walker, fields, check.origin, &check.test);
    }
    match walker.reading.schema.name {
        "prometheus" => prometheus::refuse(walker, fields),
        "alertmanager" => alertmanager::refuse(walker, fields),
        "prometheus-operator" => operator::refuse(walker, fields),
        "otel-collector" => collector::refuse(walker, fields),
        _ => {}
    }
}

/// Whether a field is set, in the sense of the tables.
pub(crate) fn set(walker: &Walker<'_>, fields: &Fields<'_>, name: &str) -> Known {
    match fields.table.field(name) {
        Some(field) => is_set(walker, fields, field, false),
        None => Known::No,
    }
}

fn is_set(walker: &Walker<'_>, fields: &Fields<'_>, field: &Field, presence: bool) -> Known {
    let Some(value) = fields.get(field.name) else {
        return match (fields.open, field.default) {
            (true, _) => Known::Maybe,
            (false, Some(_)) if presence => Known::Yes,
            (false, _) => Known::No,
        };
    };
    if value.is_unknown() {
        return Known::Maybe;
    }
    if value.is_null() {
        return Known::No;
    }
    // The API server asks for the key alone.
    if presence && walker.reader == Reader::Kubernetes {
        return Known::Yes;
    }
    let yes = |set: bool| if set { Known::Yes } else { Known::No };
    match value.scalar() {
        Some(text) if placeholder::is_in(text) => Known::Maybe,
        Some(text) => match &field.ty {
            Type::Bool | Type::Int | Type::Uint | Type::Float => {
                match (&field.ty, scalars::resolve(value, walker.reader)) {
                    (Type::Bool, Value::Bool(on)) => yes(on),
                    (Type::Int | Type::Uint | Type::Float, Value::Int(number)) => yes(number != 0),
                    _ => yes(!text.is_empty()),
                }
            }
            Type::Duration => yes(scalars::duration_ms(text) != Some(0) && !text.is_empty()),
            // An empty URL is refused by itself, or accepted on load.
            Type::Url if presence => Known::Yes,
            _ => yes(!text.is_empty()),
        },
        None if value.is_sequence() => yes(value.items().len() > 0),
        None => match field.ty {
            Type::Map(..) => yes(value.pairs().len() > 0),
            _ => Known::Yes,
        },
    }
}

/// A text that is known, `default` where the key is absent.
pub(crate) fn text<'t>(fields: &Fields<'t>, name: &str) -> Option<&'t str> {
    match fields.get(name) {
        Some(value) => known_text(value),
        None if fields.open => None,
        None => fields.table.field(name).and_then(|field| field.default).or(Some("")),
    }
}

/// The text of a scalar that is no placeholder; null is empty.
pub(crate) fn known_text(value: NodeRef<'_>) -> Option<&str> {
    let text = value.scalar().filter(|text| !value.is_unknown() && !placeholder::is_in(text))?;
    Some(if value.is_null() { "" } else { text })
}

/// A number or duration, after defaults.
pub(crate) fn amount(walker: &Walker<'_>, fields: &Fields<'_>, name: &str) -> Option<f64> {
    let field = fields.table.field(name)?;
    match fields.get(name) {
        Some(value) if value.is_null() => Some(0.0),
        Some(value) => {
            let text = known_text(value)?;
            match (&field.ty, scalars::resolve(value, walker.reader)) {
                (Type::Duration, _) => scalars::duration_ms(text).map(|ms| ms as f64),
                (Type::GoDuration, Value::Int(ns)) => Some(ns as f64),
                (Type::GoDuration, _) => scalars::go_duration_ns(text).map(|ns| ns as f64),
                (Type::Size, _) => scalars::size_bytes(text),
                // What does not fit is cut off by the decoder, and comes out below all.
                (Type::Int, Value::Int(number))
                    if walker.reader == Reader::Mapstructure && number > i128::from(i64::MAX) =>
                {
                    Some(i64::MIN as f64)
                }
                (Type::Int, Value::Float(number))
                    if walker.reader == Reader::Mapstructure && number > i64::MAX as f64 =>
                {
                    Some(i64::MIN as f64)
                }
                (_, Value::Int(number)) => Some(number as f64),
                (Type::Int, Value::Float(number)) => Some(number.trunc()),
                (_, Value::Float(number)) => Some(number),
                _ => None,
            }
        }
        None if fields.open => None,
        None => match (&field.ty, field.default?) {
            (Type::Duration, text) => scalars::duration_ms(text).map(|ms| ms as f64),
            (Type::GoDuration, text) => scalars::go_duration_ns(text).map(|ns| ns as f64),
            (_, text) => text.parse().ok(),
        },
    }
}

fn key_span(fields: &Fields<'_>, name: &str) -> Span {
    fields.entry(name).map_or(fields.owner, |(key, _)| key.span())
}

pub(crate) fn value_span(fields: &Fields<'_>, name: &str) -> Span {
    match fields.entry(name) {
        Some((_, value)) if value.scalar().is_some_and(|text| !text.is_empty()) => value.span(),
        Some((key, _)) => key.span(),
        None => fields.owner,
    }
}

fn list(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn test<'t>(
    walker: &mut Walker<'t>,
    fields: &Fields<'t>,
    origin: &'static str,
    test: &'static Test,
) {
    match test {
        Test::AtMostOne(names) | Test::ExactlyOne(names) | Test::AtLeastOne(names) => {
            alternatives(walker, fields, origin, test, names);
        }
        Test::AnyKey(names) => {
            let any = names.iter().any(|name| fields.get(name).is_some());
            if !any && !fields.open {
                let message = format!("is missing: one of {} must stand here", list(names));
                let span = fields.owner;
                walker.push(Refusal::Missing, span, origin, names[0], message, None);
            }
        }
        Test::Requires(name, others) => {
            if set(walker, fields, name) == Known::Yes
                && others.iter().all(|other| set(walker, fields, other) == Known::No)
            {
                let message = format!("needs {} beside it", list(others));
                let span = key_span(fields, name);
                walker.push(Refusal::Conflict, span, origin, name, message, None);
            }
        }
        Test::RequiredIf(name, values, needed) => {
            let Some(value) = text(fields, name) else { return };
            if !values.iter().any(|wanted| wanted.eq_ignore_ascii_case(value)) {
                return;
            }
            for need in *needed {
                if set(walker, fields, need) == Known::No {
                    let span =
                        fields.entry(name).map_or(fields.owner, |_| value_span(fields, name));
                    let message = format!("is required where `{name}` is {value}");
                    walker.push(Refusal::Missing, span, origin, need, message, None);
                }
            }
        }
        Test::ForbiddenIf(name, values, others) | Test::ForbiddenUnless(name, values, others) => {
            let Some(value) = text(fields, name) else { return };
            let holds = values.contains(&value);
            if holds != matches!(test, Test::ForbiddenIf(..)) {
                return;
            }
            for other in *others {
                if set(walker, fields, other) != Known::Yes {
                    continue;
                }
                let message = match holds {
                    true => format!("must not stand beside `{name}: {value}`"),
                    false => format!("needs `{name}: {}`", values.join(" or ")),
                };
                let span = key_span(fields, other);
                walker.push(Refusal::Conflict, span, origin, other, message, None);
            }
        }
        Test::NotGreater(low, high, if_set) => {
            if !if_set || amount(walker, fields, high).is_some_and(|high| high > 0.0) {
                not_greater(walker, fields, origin, low, high);
            }
        }
        Test::Unique(lists) => unique(walker, fields, origin, lists),
        Test::ValueRemoved(name, value, version) => {
            if fields.get(name).and_then(known_text) == Some(*value) {
                let program = walker.reading.schema.program;
                let message = format!("`{value}` was removed in {program} {version}");
                let span = value_span(fields, name);
                walker.push(Refusal::Removed, span, origin, name, message, None);
            }
        }
        _ => field_test(walker, fields, origin, test),
    }
}

fn alternatives<'t>(
    walker: &mut Walker<'t>,
    fields: &Fields<'t>,
    origin: &'static str,
    test: &Test,
    names: &'static [&'static str],
) {
    let is_given =
        |name: &&'static str| names.contains(name) && set(walker, fields, name) == Known::Yes;
    let given = || fields.entries.iter().map(|(field, ..)| field.name).filter(is_given);
    match test {
        Test::AtMostOne(_) | Test::ExactlyOne(_) if given().count() > 1 => {
            // In the order of the file: the later one is the one too many.
            let mut given: Vec<&'static str> = given().collect();
            given.sort_by_key(|name| key_span(fields, name).start);
            for later in &given[1..] {
                let message =
                    format!("cannot stand beside `{}`: only one of them may be set", given[0]);
                let span = key_span(fields, later);
                walker.push(Refusal::Conflict, span, origin, later, message, None);
            }
        }
        Test::AtLeastOne(_) | Test::ExactlyOne(_)
            if names.iter().all(|name| set(walker, fields, name) == Known::No) =>
        {
            let present = names.iter().find(|name| fields.get(name).is_some());
            let span = present.map_or(fields.owner, |name| key_span(fields, name));
            let message = format!("is missing: one of {} must be set", list(names));
            walker.push(Refusal::Missing, span, origin, names[0], message, None);
        }
        _ => {}
    }
}

fn not_greater<'t>(
    walker: &mut Walker<'t>,
    fields: &Fields<'t>,
    origin: &'static str,
    low: &'static str,
    high: &'static str,
) {
    // Prometheus has a rule of its own for these two.
    if low == "scrape_timeout" {
        return;
    }
    let (Some(small), Some(large)) = (amount(walker, fields, low), amount(walker, fields, high))
    else {
        return;
    };
    if small > large {
        let name = if fields.get(low).is_some() { low } else { high };
        let message = format!("`{low}` must not be above `{high}`");
        let span = value_span(fields, name);
        walker.push(Refusal::Conflict, span, origin, name, message, None);
    }
}

fn unique<'t>(
    walker: &mut Walker<'t>,
    fields: &Fields<'t>,
    origin: &'static str,
    lists: &[(&'static str, &'static [&'static str])],
) {
    let mut seen: HashSet<Vec<&str>> = HashSet::new();
    for (list, keys) in lists {
        for item in fields.get(list).into_iter().flat_map(NodeRef::items) {
            let values: Option<Vec<&str>> =
                keys.iter().map(|key| item.get(key).map_or(Some(""), known_text)).collect();
            let Some(values) = values.filter(|values| values.iter().any(|text| !text.is_empty()))
            else {
                continue;
            };
            let Some(value) = item.get(keys[0]) else { continue };
            let message = format!("`{}` is already the {} of another entry", values[0], keys[0]);
            if !seen.insert(values) {
                walker.push(Refusal::Conflict, value.span(), origin, keys[0], message, None);
            }
        }
    }
}

/// The scalars a check speaks of: the field, its items (`f[]`) or its values (`f{}`).
fn subjects<'t>(fields: &Fields<'t>, name: &str) -> Vec<NodeRef<'t>> {
    let bare = name.trim_end_matches("[]").trim_end_matches("{}");
    let Some(value) = fields.get(bare) else { return Vec::new() };
    if value.is_sequence() {
        return value.items().collect();
    }
    if name.ends_with("{}") {
        return value.entries().map(|(_, value)| value).collect();
    }
    vec![value]
}

fn field_test<'t>(
    walker: &mut Walker<'t>,
    fields: &Fields<'t>,
    origin: &'static str,
    test: &'static Test,
) {
    let mut refuse = |refusal, span, name: &str, message: String| {
        walker.push(refusal, span, origin, name, message, None);
    };
    match test {
        Test::NonBlank(name) => {
            if let Some(value) = fields.get(name).and_then(known_text)
                && value.trim().is_empty()
            {
                let span = key_span(fields, name);
                refuse(Refusal::Missing, span, name, "must not be empty".to_owned());
            }
        }
        Test::NonEmpty(name) => {
            let Some(value) = fields.get(name) else { return };
            let empty = match value.scalar() {
                Some(_) => {
                    let list = fields.table.field(name).map(|field| &field.ty);
                    !matches!(list, Some(Type::List(_))) && known_text(value) == Some("")
                }
                None => value.is_sequence() && value.items().len() == 0,
            };
            if empty {
                let span = key_span(fields, name);
                refuse(Refusal::Missing, span, name, "must not be empty".to_owned());
            }
        }
        Test::Length(name, low, high) => {
            let list = fields.table.field(name.trim_end_matches("[]"));
            let of_list = list.is_some_and(|field| matches!(field.ty, Type::List(_)))
                && !name.ends_with("[]");
            if of_list {
                let Some(value) = fields.get(name).filter(|value| value.is_sequence()) else {
                    return;
                };
                let len = value.items().len();
                if len < *low || len > *high {
                    let span = key_span(fields, name);
                    refuse(Refusal::BadValue, span, name, length(len, *low, *high, "entries"));
                }
                return;
            }
            for value in subjects(fields, name) {
                let Some(text) = known_text(value).filter(|_| !value.is_null()) else { continue };
                let len = text.chars().count();
                if len < *low || len > *high {
                    let span = if text.is_empty() { key_span(fields, name) } else { value.span() };
                    refuse(Refusal::BadValue, span, name, length(len, *low, *high, "characters"));
                }
            }
        }
        Test::StartsWith(name, start) => {
            for value in subjects(fields, name) {
                if let Some(text) = known_text(value).filter(|text| !text.starts_with(start)) {
                    let message = format!("must begin with `{start}`");
                    let span = if text.is_empty() { key_span(fields, name) } else { value.span() };
                    refuse(Refusal::BadValue, span, name, message);
                }
            }
        }
        Test::Matches(name, pattern) => {
            let name = name.trim_end_matches("[]").trim_end_matches("{}");
            for value in subjects(fields, name) {
                let Some(text) = known_text(value).filter(|text| !text.is_empty()) else {
                    continue;
                };
                if !pattern.is_match(text) {
                    let message = format!("cannot be `{}`", short(text));
                    refuse(Refusal::BadValue, value.span(), name, message);
                }
            }
        }
        Test::UniqueItems(name) => {
            let mut seen: Vec<&str> = Vec::new();
            let fold = fields.table.field(name).is_some_and(|field| field.fold);
            for value in subjects(fields, name) {
                let Some(text) = known_text(value) else { continue };
                let same = |one: &&str| *one == text || (fold && one.eq_ignore_ascii_case(text));
                if seen.iter().any(same) {
                    let message = format!("holds `{}` twice", short(text));
                    refuse(Refusal::Conflict, value.span(), name, message);
                }
                if seen.len() < 1000 {
                    seen.push(text);
                }
            }
        }
        _ => number_test(walker, fields, origin, test),
    }
}

fn length(len: usize, low: usize, high: usize, what: &str) -> String {
    match (len < low, low, high) {
        (true, 1, _) => "must not be empty".to_owned(),
        (true, ..) => format!("must have at least {low} {what}"),
        (false, ..) => format!("must have at most {high} {what}"),
    }
}

fn number_test<'t>(
    walker: &mut Walker<'t>,
    fields: &Fields<'t>,
    origin: &'static str,
    test: &'static Test,
) {
    let (name, low, high) = match test {
        Test::Positive(name) => (*name, f64::MIN_POSITIVE, f64::MAX),
        Test::NonNegative(name) => (*name, 0.0, f64::MAX),
        Test::Range(name, low, high) => (*name, *low, *high),
        _ => return,
    };
    if fields.get(name).is_none() {
        return;
    }
    // A wrong type is spoken of where the value is read.
    let Some(number) = amount(walker, fields, name) else { return };
    if number < low || number > high {
        let message = match test {
            Test::Positive(_) => "must be above 0".to_owned(),
            Test::NonNegative(_) => "must not be below 0".to_owned(),
            _ if low == f64::MIN => format!("must be at most {high}"),
            _ if high == f64::MAX => format!("must be at least {low}"),
            _ => format!("must lie between {low} and {high}"),
        };
        let span = value_span(fields, name);
        walker.push(Refusal::BadValue, span, origin, name, message, None);
    }
}
