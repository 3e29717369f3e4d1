//! What is passed beside the message.

use super::Way;
use super::fit::holes_of;
use super::values::Values;
use crate::facts::code::file::{Call, File};
use crate::facts::scalar::Scalar;
use crate::libraries::{Api, Role};
use crate::parse::code::Language;
use crate::parse::unit::{Arg, ExprId, ExprKind, Unit};

/// Calls of a chain that give a record a key and its value: SLF4J, zerolog, logrus, Serilog.
const KEYED: &[&str] = &[
    "addKeyValue",
    "Str",
    "Strs",
    "Stringer",
    "Int",
    "Int64",
    "Uint64",
    "Float64",
    "Bool",
    "Dur",
    "Time",
    "Any",
    "Interface",
    "WithField",
    "ForContext",
];

/// Arguments of Python's loggers that are no values.
const OPTIONS: &[&str] = &["exc_info", "stack_info", "stacklevel", "extra", "target", "parent"];

/// Go: the places of a format whose values are quoted, so that a line break is none: `%q`.
fn quoted(unit: &Unit<'_>, text: &str) -> Vec<usize> {
    let mut found = Vec::new();
    if unit.language != Language::Go || !text.contains('q') {
        return found;
    }
    let plain = text.replace("%%", "");
    for (place, part) in plain.split('%').skip(1).enumerate() {
        let verb = part.trim_start_matches(|c: char| !c.is_alphabetic());
        if verb.starts_with('q') {
            found.push(place);
        }
    }
    found
}

/// Adds the values of a call beside its message.
pub(super) fn read(
    values: &mut Values<'_, '_, '_>,
    file: &File<'_, '_>,
    call: &Call,
    api: &Api,
    message: Option<usize>,
) {
    let unit = file.unit;
    let args = unit.args(call.id);
    let rest = || args.iter().enumerate().filter(move |(number, _)| Some(*number) != message);
    let after = message.map_or(0, |number| number + 1);
    let named = |file: &File<'_, '_>, arg: &Arg<'_>| {
        let text = arg.name.unwrap_or_default().to_owned();
        Some(Scalar { text, span: file.expr_span(arg.value), known: true, plain: true })
    };
    match api.get("fields") {
        Some("pairs") => pairs(values, file, args.get(after..).unwrap_or_default()),
        Some("chain") => {
            for (_, arg) in rest() {
                values.value(arg.value, Way::Argument, None);
            }
        }
        Some("first") | Some("own") if unit.language != Language::Python => {
            for (number, arg) in rest() {
                let fields =
                    matches!(unit.expr(file.names.resolved(arg.value)), ExprKind::Map { .. });
                if fields || number < after || message.is_none() {
                    values.fields(arg.value);
                } else {
                    values.value(arg.value, Way::Argument, None);
                }
            }
        }
        Some("map") => {
            for (_, arg) in rest().filter(|(number, _)| *number >= after) {
                match unit.expr(file.names.resolved(arg.value)) {
                    ExprKind::Map { .. } => values.fields(arg.value),
                    _ => values.value(arg.value, Way::Argument, None),
                }
            }
        }
        Some("named") => {
            let holes = message.and_then(|number| file.scalar(args[number].value));
            let holes = holes.as_ref().map(|text| holes_of(&text.text)).unwrap_or_default();
            for (number, arg) in rest() {
                let way = if number < after { Way::Field } else { Way::Argument };
                let key = match (arg.name, number.checked_sub(after)) {
                    (Some(name), _) if OPTIONS.contains(&name) => continue,
                    (Some(_), _) => named(file, arg),
                    (None, Some(place)) if unit.language == Language::Csharp => {
                        holes.get(place).map(|hole| Scalar {
                            text: (*hole).to_owned(),
                            span: file.expr_span(arg.value),
                            known: true,
                            plain: true,
                        })
                    }
                    _ => None,
                };
                let way = if key.is_some() { Way::Field } else { way };
                values.value(arg.value, way, key);
            }
        }
        style => {
            let text = message.and_then(|number| unit.literal(args.get(number)?.value));
            let quoted = quoted(unit, text.unwrap_or_default());
            // `log.info("of %(name)s", {"name": name})`: the map only holds what stands in the text.
            let mapped = |id: ExprId| {
                let ExprKind::Map { entries, .. } = unit.expr(id) else { return None };
                let python = unit.language == Language::Python;
                let named = text.is_some_and(|text| text.contains("%("));
                (python && named).then(|| entries.iter().map(|(_, value)| *value))
            };
            for (number, arg) in rest() {
                let place = number.checked_sub(after);
                match arg.name {
                    // `**data`: a field for each of its keys.
                    None if arg.spread => values.value(arg.value, Way::Field, None),
                    Some("extra") if style == Some("extra") => values.fields(arg.value),
                    Some(name) if OPTIONS.contains(&name) => {}
                    Some(_) => values.value(arg.value, Way::Field, named(file, arg)),
                    None if style == Some("values") => values.value(arg.value, Way::Field, None),
                    None if place.is_some_and(|place| quoted.contains(&place)) => {
                        values.quoted(arg.value, Way::Argument);
                    }
                    None if let Some(inside) = mapped(arg.value).filter(|_| place == Some(0)) => {
                        inside.for_each(|value| values.value(value, Way::Argument, None));
                    }
                    None if number >= after => values.value(arg.value, Way::Argument, None),
                    None => {}
                }
            }
        }
    }
    chain(values, file, call.id);
    if unit.language == Language::Rust
        && let Some(text) = message.and_then(|number| file.scalar(args[number].value))
    {
        captured(values, &text);
    }
}

/// `{name}` in a Rust message takes the variable of that name.
fn captured(values: &mut Values<'_, '_, '_>, text: &Scalar) {
    for (at, _) in text.text.match_indices('{') {
        let inside = text.text[at + 1..].split(['}', ':']).next().unwrap_or_default();
        let named = inside.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_')
            && inside.chars().all(|c| c.is_alphanumeric() || c == '_');
        if named && !text.text[..at].ends_with('{') {
            values.named(inside, text.place(at + 1, at + 1 + inside.len()));
        }
    }
}

/// `"key", value, "key", value`.
fn pairs(values: &mut Values<'_, '_, '_>, file: &File<'_, '_>, args: &[Arg<'_>]) {
    let mut number = 0;
    while let Some(arg) = args.get(number) {
        let attribute = is_field(file, arg.value);
        // A constant of another file may be a key, or a key and its value in one.
        let paired = || {
            let rest = &args[number..];
            rest.len().is_multiple_of(2)
                && !rest.iter().any(|one| one.spread || is_field(file, one.value))
        };
        let key = || {
            file.names.text(arg.value).is_some() || file.constant(arg.value).is_some() && paired()
        };
        match args.get(number + 1) {
            Some(value) if !attribute && !arg.spread && key() => {
                values.field(arg.value, value.value);
                number += 2;
            }
            _ => {
                values.value(arg.value, Way::Field, None);
                number += 1;
            }
        }
    }
}

/// `.Str("key", value)` in a chain of calls.
fn chain(values: &mut Values<'_, '_, '_>, file: &File<'_, '_>, call: ExprId) {
    let unit = file.unit;
    let mut at = call;
    while let ExprKind::Call { callee, .. } = unit.expr(at)
        && let ExprKind::Member { of, .. } = unit.expr(*callee)
    {
        at = *of;
        let keyed = |key: ExprId| {
            let known = file.called(at).is_some_and(|name| KEYED.contains(&name));
            unit.literal(key).is_some() || known && file.constant(key).is_some()
        };
        match unit.args(at) {
            [key, value, ..] if keyed(key.value) => values.field(key.value, value.value),
            _ if is_field(file, at) => values.value(at, Way::Field, None),
            _ => {}
        }
    }
}

/// Whether a call makes a key and its value in one.
pub(super) fn is_field(file: &File<'_, '_>, id: ExprId) -> bool {
    file.call(id).is_some_and(|call| call.role(Role::LogField).is_some())
}
