//! Files that settings of loggers name: Logback, Log4j, NLog, Serilog, and Python's own.

use super::{Api, File, Language, RecordParts, Role, Table, format_of, is_object, local_date};
use crate::facts::code::loggers::{LoggerSetup, Places, Setup};
use crate::facts::scalar::Scalar;
use crate::facts::{DocumentId, FileFacts};
use crate::lang::xml::{Attribute, Element};
use std::ops::Range;

/// Appenders of Log4j 2 that write files, and whether they take old records away.
const APPENDERS: &[(&str, bool)] = &[
    ("File", false),
    ("RandomAccessFile", true),
    ("RollingFile", true),
    ("RollingRandomAccessFile", true),
];

impl File<'_> {
    /// An appender that writes a file.
    pub(super) fn appender(&mut self, elements: &[Element<'_>], number: usize) {
        let element = &elements[number];
        let class = element.get("class").or_else(|| element.get("type"));
        let ends = |end: &str| class.is_some_and(|class| class.value.ends_with(end));
        let named = |attribute: &Attribute<'_>| (attribute.value.to_owned(), attribute.at.clone());
        let own = APPENDERS.iter().find(|(name, _)| *name == element.name);
        let nlog = element.get("xsi:type").is_some_and(|kind| kind.value == "File");
        let (rotates, path) = if ends("FileAppender") {
            // What a class does that is not known stays open.
            let rotates = !ends(".FileAppender");
            (rotates, child(elements, number).or_else(|| element.get("fileName").map(named)))
        } else if let (Some((_, rotates)), Some(name)) = (own, element.get("fileName")) {
            (*rotates, Some(named(name)))
        } else if let (true, Some(name)) = (nlog, element.get("fileName")) {
            (true, Some(named(name)))
        } else {
            return;
        };
        let at = class.map_or(element.at.clone(), |class| class.at.clone());
        let word = class.map_or(element.name, |class| class.value);
        let path = path.map(|(text, at)| self.scalar(&text, &at));
        self.add(word, at, Setup::File { rotates, ends: None, path });
    }

    /// Files of Log4j's properties and of Python's sections.
    pub(super) fn appenders(&mut self, text: &str) {
        let mut start = 0;
        let mut writes = false;
        for line in text.split_inclusive('\n') {
            let here = start;
            start += line.len();
            let Some((key, value)) = line.split_once('=') else {
                writes &= !line.trim_start().starts_with('[');
                continue;
            };
            let (name, found) = (key.trim().to_ascii_lowercase(), value.trim());
            let lead = here + key.len() + 1 + (value.len() - value.trim_start().len());
            let appender = name.starts_with("appender.") && name.ends_with(".filename")
                || name.starts_with("log4j.appender.") && name.ends_with(".file");
            if name == "class" {
                writes = found.ends_with("FileHandler");
            } else if appender && !found.is_empty() {
                self.written(found, lead..lead + found.len());
            } else if name == "args" && writes {
                let inside = found.strip_prefix('(').map(str::trim_start).unwrap_or_default();
                let quote = inside.chars().next().filter(|quote| matches!(quote, '\'' | '"'));
                let path = quote.and_then(|quote| inside[1..].split(quote).next());
                if let Some(path) = path.filter(|path| !path.is_empty()) {
                    let at = lead + found.find(path).unwrap_or(0);
                    self.written(path, at..at + path.len());
                }
            }
        }
    }

    fn written(&mut self, path: &str, at: Range<usize>) {
        let path = Some(self.scalar(path, &at));
        let text = path.as_ref().map(|path| path.text.clone()).unwrap_or_default();
        self.add(&text, at, Setup::File { rotates: true, ends: None, path });
    }
}

/// `<file>` of Logback, `<param name="File" value="…"/>` of Log4j 1.
fn child(elements: &[Element<'_>], number: usize) -> Option<(String, Range<usize>)> {
    let mut inner = elements.iter().skip(number + 1).filter(|one| one.around == Some(number));
    inner.find_map(|one| match one.name {
        "file" if !one.text.is_empty() => Some((one.text.to_owned(), one.text_at.clone())),
        "param" if one.get("name").is_some_and(|it| it.value.eq_ignore_ascii_case("file")) => {
            one.get("value").map(|value| (value.value.to_owned(), value.at.clone()))
        }
        _ => None,
    })
}

/// A sink of Serilog or a handler of Python's, by its dotted key.
pub(super) fn setting(lower: &str, value: &Scalar, document: DocumentId, facts: &mut FileFacts) {
    let serilog = lower.starts_with("serilog.writeto.") && lower.ends_with(".args.path");
    let python = lower.starts_with("handlers.")
        && lower.ends_with(".filename")
        && lower.matches('.').count() == 2;
    if serilog || python {
        let setup = Setup::File { rotates: true, ends: None, path: Some(value.clone()) };
        facts.logger_setups.push(LoggerSetup { document, name: value.clone(), setup });
    }
}

/// A sink of Serilog that keeps what records are made of: `{"Name": "Elasticsearch"}`.
pub(super) fn sink(lower: &str, value: &Scalar) -> Option<&'static Api> {
    let named = lower.starts_with("serilog.writeto")
        && (lower == "serilog.writeto" || lower.ends_with(".name"));
    let word = Some(&value.text).filter(|word| named && !word.contains(['.', ' ']))?;
    Table::of(Language::Csharp).role(&format!(".WriteTo.{word}"), Role::LogFormat)
}

/// Whether a sink of Serilog is told a class that writes its records, and that is none of a
/// library: what it writes is in its code.
pub(super) fn is_formatter(lower: &str, value: &Scalar) -> bool {
    let names = lower.starts_with("serilog.writeto.") && lower.ends_with(".args.formatter");
    names && format_of(&value.text).is_none()
}

/// What Serilog's settings say that every record is given: `WithMachineName`. What enrichers of
/// nobody knows where add may be anything.
pub(super) fn enricher(key: &str, word: &Scalar, parts: &mut RecordParts) {
    const CONTEXTS: &[&str] = &[
        "FromLogContext",
        "FromGlobalLogContext",
        "WithProperty",
        "WithThreadId",
        "WithThreadName",
        "WithExceptionDetails",
        "WithSpan",
        "WithCorrelationId",
        "WithCorrelationIdHeader",
        "WithClientIp",
        "WithClientAgent",
        "WithRequestHeader",
    ];
    if !key.eq_ignore_ascii_case("serilog.enrich") {
        return;
    }
    match format_of(&word.text) {
        Some(api) => parts.give(api, word.span),
        None if CONTEXTS.contains(&word.text.as_str()) => {}
        None => parts.open = true,
    }
}

/// The pattern of records in Spring's YAML: JSON that is made by hand, and local times.
pub(super) fn pattern(key: &str, value: &Scalar, document: DocumentId, facts: &mut FileFacts) {
    if !matches!(key, "logging.pattern.console" | "logging.pattern.file") || !value.known {
        return;
    }
    if is_object(&value.text) {
        let setup = Setup::Pattern { text: value.text.clone(), places: Places::Logback };
        facts.logger_setups.push(LoggerSetup { document, name: value.clone(), setup });
    }
    if let Some((start, len)) = local_date(&value.text) {
        let text = value.text[start..start + len].to_owned();
        let name = Scalar { text, span: value.place(start, start + len), ..value.clone() };
        let fault = Some("the time of the machine, without its zone");
        let setup = Setup::Clock { fault, right: false };
        facts.logger_setups.push(LoggerSetup { document, name, setup });
    }
}

/// The logger that a key of Quarkus or Micronaut sets the level of; what only a profile other than
/// that of production has is left out.
pub(super) fn logger_of_others(key: &str) -> Option<&str> {
    let key = key.strip_prefix("%prod.").unwrap_or(key);
    if key == "quarkus.log.level" {
        return Some("root");
    }
    let category = || key.strip_prefix("quarkus.log.category.")?.strip_suffix(".level");
    key.strip_prefix("logger.levels.").or_else(category).map(|it| it.trim_matches(['"', '\'']))
}
