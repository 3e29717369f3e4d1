//! A date that is read wrongly, or not at all. Rule: rules/lsth/date-filter-gap.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::logstash::{Plugin, Role, Value};
use crate::facts::query::{FieldUse, How};
use crate::lang::logstash::event::is_same;

/// Patterns that are no letters of Joda's.
const NAMED: &[&str] = &["ISO8601", "UNIX", "UNIX_MS", "TAI64N"];
/// Letters that mean something.
const LETTERS: &str = "GCYxwyeEDMdahHKkmsSzZ";

pub(super) fn check(plugin: &Plugin, case: &mut Case<'_>) {
    if !plugin.is(Role::Filter, "date") {
        return case.skip();
    }
    aside(plugin, case);
    let patterns = plugin.value("match").map(Value::scalars).unwrap_or_default();
    let zoned = plugin.option("timezone").is_some() || plugin.open;
    let mut told = false;
    let broken = case.document().is_some_and(|document| document.broken);
    for pattern in patterns.iter().skip(1).filter(|pattern| pattern.known) {
        let text = pattern.text.as_str();
        if NAMED.contains(&text) {
            continue;
        }
        let letters = letters(text);
        let wrong = letters.chars().find(|letter| !LETTERS.contains(*letter));
        // Where the text could not be read, what seems a pattern may be none.
        if wrong.is_some() && broken {
            continue;
        }
        if let Some(wrong) = wrong {
            case.flag(pattern.span)
                .with("what", format!("`{wrong}` means nothing in a pattern of a date: the pipeline does not start"))
                .severity(Severity::Error);
            continue;
        }
        let zone = letters.contains(['z', 'Z']) || !letters.contains(['H', 'h', 'K', 'k']);
        // One finding says it for all patterns of a filter.
        if zoned || zone || std::mem::replace(&mut told, true) {
            continue;
        }
        case.flag(pattern.span).with(
            "what",
            if text.contains("'Z'") {
                "`'Z'` is a letter, not the zone: the time is read in the zone of the machine"
            } else {
                "the pattern has no zone and the filter no `timezone`: the time is read in the zone of the machine"
            },
        );
    }
}

/// Names of fields that hold the time of the record itself.
const OWN_TIME: &[&str] = &[
    "timestamp",
    "time",
    "ts",
    "date",
    "datetime",
    "logdate",
    "log_date",
    "logtime",
    "log_timestamp",
    "eventtime",
    "event_time",
    "syslog_timestamp",
];

/// A time that is read into another field than the one that searches go by.
fn aside(plugin: &Plugin, case: &mut Case<'_>) {
    let repo = case.repo;
    let target = plugin.scalar("target").filter(|target| target.known);
    let Some(target) = target.filter(|target| !is_same(&target.text, "@timestamp")) else { return };
    let field = plugin.value("match").map(Value::scalars).unwrap_or_default();
    let field = field.first().map(|field| field.text.trim_matches(['[', ']']));
    if !field.is_some_and(|field| OWN_TIME.contains(&field)) {
        return;
    }
    let joined = repo.joined(plugin.document);
    let sets = |one: &Plugin| match one.name.text.as_str() {
        "date" => one.scalar("target").is_none_or(|it| is_same(&it.text, "@timestamp")),
        "ruby" => true,
        _ => one.options.iter().any(|option| {
            option.value.texts().iter().any(|text| is_same(&text.text, "@timestamp"))
        }),
    };
    if joined.is_open() || joined.of_role(Role::Filter).any(sets) {
        return;
    }
    let sorts = |used: &&FieldUse| {
        used.field() == "@timestamp" && matches!(used.how, How::Sort | How::Above | How::Histogram)
    };
    let mut queries = repo.facts.log_queries.iter().flat_map(|query| &query.uses);
    if let Some(used) = queries.find(sorts) {
        let what = format!(
            "the time of the record goes to `{}`, and searches go by `@timestamp`, the time it came in",
            target.text
        );
        let place = repo.place(&used.text, used.range.clone());
        case.flag(target.span).with("what", what).related(place, "this search goes by it");
    }
}

/// The letters of a pattern outside quotes.
fn letters(pattern: &str) -> String {
    let mut quoted = false;
    let keep = |c: &char| {
        quoted ^= *c == '\'';
        !quoted && c.is_ascii_alphabetic()
    };
    pattern.chars().filter(keep).collect()
}
