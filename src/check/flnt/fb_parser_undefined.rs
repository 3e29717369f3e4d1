//! A parser that is defined nowhere. Rule: rules/flnt/fb-parser-undefined.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::shipper::{Program, Property, Role, Section};
use crate::lang::distance;
use crate::repo::shippers::parsers::Parsers;
use crate::source::Span;

pub(super) fn check(section: &Section, case: &mut Case<'_>) {
    let uses = matches!(section.role, Role::Input | Role::Filter | Role::MultilineParser);
    if section.program != Program::FluentBit || !uses {
        return case.skip();
    }
    let Some(number) = super::number(section, case) else { return case.skip() };
    let named: Vec<(&Property, bool)> = section
        .properties
        .iter()
        .filter_map(|property| Some((property, is_multiline(section, &property.key.text)?)))
        .collect();
    if named.is_empty() {
        return case.skip();
    }
    let known = &case.model.shipping().parsers[number];
    if known.open {
        return;
    }
    for (property, multiline) in named {
        for (name, span) in words(property, multiline) {
            let defined = match multiline {
                true => known.multiline.contains(&name.to_ascii_lowercase()),
                false => known.plain.contains(name),
            };
            if !defined {
                flag(name, span, multiline, known, case);
            }
        }
    }
}

/// Whether a property names multiline parsers (`true`) or plain ones; `None` for any other.
fn is_multiline(section: &Section, key: &str) -> Option<bool> {
    let key = key.to_ascii_lowercase();
    match (section.role, section.plugin_name().as_deref(), key.as_str()) {
        (Role::Filter, Some("kubernetes"), "merge_parser" | "regex_parser") => Some(false),
        (Role::MultilineParser, _, "parser") => Some(false),
        (Role::Input | Role::Filter, _, "multiline.parser") => Some(true),
        (Role::Input, Some("tail"), "docker_mode_parser" | "parser_firstline") => Some(false),
        (Role::Input, Some("tail"), key) if is_numbered(key) => Some(false),
        (
            Role::Input,
            Some("tail" | "syslog" | "stdin" | "serial" | "exec" | "docker_events"),
            "parser",
        ) => Some(false),
        (Role::Filter, Some("parser"), "parser") => Some(false),
        _ => None,
    }
}

/// `parser_1`
fn is_numbered(key: &str) -> bool {
    key.strip_prefix("parser_")
        .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The names in a value; several multiline parsers stand with commas.
fn words(property: &Property, multiline: bool) -> Vec<(&str, Span)> {
    let value = &property.value;
    let Some(text) = value.known_text() else { return Vec::new() };
    if !multiline || !text.contains(',') {
        return vec![(text.trim(), value.span)];
    }
    let exact = value.span.range().len() == text.len();
    let mut found = Vec::new();
    let mut at = 0;
    for part in text.split(',') {
        let name = part.trim();
        let start = at + (part.len() - part.trim_start().len());
        let span = match exact {
            true => Span::new(
                value.span.source,
                value.span.start as usize + start,
                value.span.start as usize + start + name.len(),
            ),
            false => value.span,
        };
        if !name.is_empty() {
            found.push((name, span));
        }
        at += part.len() + 1;
    }
    found
}

fn flag(name: &str, span: Span, multiline: bool, known: &Parsers, case: &mut Case<'_>) {
    let what = if multiline { "multiline parser" } else { "parser" };
    let names = if multiline { &known.multiline } else { &known.plain };
    let hint = distance::nearest(name, names.iter().map(String::as_str), 2);
    let hint = hint.map_or_else(String::new, |name| format!("; is `{name}` meant?"));
    let place = if known.elsewhere {
        "here, unless a file outside the repository does"
    } else {
        "anywhere"
    };
    let flag = case
        .flag(span)
        .with("name", name)
        .with("what", what)
        .with("place", place)
        .with("hint", hint);
    if known.elsewhere {
        flag.severity(Severity::Warning);
    }
}
