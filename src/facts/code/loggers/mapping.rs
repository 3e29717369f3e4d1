//! Loggers of Python that a mapping sets up: `logging.config.dictConfig`, Django's `LOGGING`.

use super::python::clock;
use super::read::pattern;
use super::{Form, Places};
use crate::facts::FileFacts;
use crate::facts::code::file::{Call, File};
use crate::parse::code::Language;
use crate::parse::unit::{ExprId, ExprKind};

/// Reads the formatters of such mappings that a handler uses.
pub(super) fn read(file: &File<'_, '_>, facts: &mut FileFacts) {
    let unit = file.unit;
    if unit.language != Language::Python || !unit.text.contains("formatters") {
        return;
    }
    let utc = unit.text.contains("gmtime");
    for (number, expr) in unit.exprs.iter().enumerate() {
        let id = ExprId(u32::try_from(number).unwrap_or(u32::MAX));
        let mapping = matches!(expr.kind, ExprKind::Map { .. });
        if !mapping || under(file, id, "version").is_none() {
            continue;
        }
        for formatter in used(file, id) {
            let style = under(file, formatter, "style").and_then(|id| unit.literal(id));
            let places = if style == Some("{") { Places::Braces } else { Places::Python };
            for key in ["format", "fmt"] {
                if let Some(text) = under(file, formatter, key) {
                    pattern(file, text, places, facts);
                }
            }
            if let Some(format) = under(file, formatter, "datefmt") {
                clock(file, format, utc, facts);
            }
        }
    }
}

/// What records look like after a call that is given such a mapping: text, where all of it is known
/// and nothing but text is made.
pub(super) fn form(file: &File<'_, '_>, call: &Call) -> Option<Form> {
    if call.path != "logging.config.dictConfig" {
        return None;
    }
    let given = file.names.resolved(file.unit.args(call.id).first()?.value);
    let all = |key: &str| {
        let entries = entries(file, under(file, given, key)?);
        (!entries.is_empty()).then_some(entries)
    };
    let plain = |value: ExprId, words: &[&str]| {
        under(file, value, "()").is_none()
            && under(file, value, "class").is_none_or(|class| {
                file.unit.literal(class).is_some_and(|name| words.contains(&name))
            })
            && matches!(file.unit.expr(file.names.resolved(value)), ExprKind::Map { .. })
    };
    let text = all("formatters")?.iter().all(|(_, it)| plain(*it, &["logging.Formatter"]));
    let out = all("handlers")?.iter().all(|(_, it)| plain(*it, HANDLERS));
    (text && out).then_some(Form::Text)
}

/// Handlers that write what their formatter makes.
const HANDLERS: &[&str] = &[
    "logging.StreamHandler",
    "logging.FileHandler",
    "logging.NullHandler",
    "logging.handlers.RotatingFileHandler",
    "logging.handlers.TimedRotatingFileHandler",
    "logging.handlers.WatchedFileHandler",
];

/// The formatters of a mapping that one of its handlers names; all, where handlers are not known.
fn used(file: &File<'_, '_>, mapping: ExprId) -> Vec<ExprId> {
    let formatters = under(file, mapping, "formatters").map(|id| entries(file, id));
    let handlers = under(file, mapping, "handlers").map(|id| entries(file, id));
    let named = |name: &str| {
        handlers.as_ref().is_none_or(|handlers| {
            handlers.iter().any(|(_, handler)| {
                let formatter = under(file, *handler, "formatter");
                formatter.and_then(|id| file.unit.literal(id)) == Some(name)
            })
        })
    };
    let formatters = formatters.unwrap_or_default().into_iter();
    formatters.filter(|(name, _)| named(name)).map(|(_, formatter)| formatter).collect()
}

/// The entries of a mapping whose keys are texts.
fn entries<'f>(file: &'f File<'_, '_>, mapping: ExprId) -> Vec<(&'f str, ExprId)> {
    let ExprKind::Map { entries, .. } = file.unit.expr(file.names.resolved(mapping)) else {
        return Vec::new();
    };
    let known = |(key, value): &(Option<ExprId>, ExprId)| {
        Some((file.unit.literal((*key)?)?, file.names.resolved(*value)))
    };
    entries.iter().filter_map(known).collect()
}

/// The value under a key of a mapping.
fn under(file: &File<'_, '_>, mapping: ExprId, key: &str) -> Option<ExprId> {
    entries(file, mapping).into_iter().find(|(name, _)| *name == key).map(|(_, value)| value)
}
