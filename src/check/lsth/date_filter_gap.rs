//! A date that is read wrongly, or not at all. Rule: rules/lsth/date-filter-gap.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::logstash::{Plugin, Role, Value};

/// Patterns that are no letters of Joda's.
const NAMED: &[&str] = &["ISO8601", "UNIX", "UNIX_MS", "TAI64N"];
/// Letters that mean something.
const LETTERS: &str = "GCYxwyeEDMdahHKkmsSzZ";

pub(super) fn check(plugin: &Plugin, case: &mut Case<'_>) {
    if !plugin.is(Role::Filter, "date") {
        return case.skip();
    }
    let patterns = plugin.value("match").map(Value::scalars).unwrap_or_default();
    let zoned = plugin.option("timezone").is_some() || plugin.open;
    let mut told = false;
    for pattern in patterns.iter().skip(1).filter(|pattern| pattern.known) {
        let text = pattern.text.as_str();
        if NAMED.contains(&text) {
            continue;
        }
        let letters = letters(text);
        if let Some(wrong) = letters.chars().find(|letter| !LETTERS.contains(*letter)) {
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

/// The letters of a pattern outside quotes.
fn letters(pattern: &str) -> String {
    let mut quoted = false;
    let keep = |c: &char| {
        quoted ^= *c == '\'';
        !quoted && c.is_ascii_alphabetic()
    };
    pattern.chars().filter(keep).collect()
}
