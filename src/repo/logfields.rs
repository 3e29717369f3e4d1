//! What the fields of log records are for, by their names, and what a search on them is for.

use crate::facts::query::{FieldUse, Form, How, LogQuery};
use std::collections::BTreeSet;

/// What a field says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// How bad it is.
    Level,
    /// The status of a response.
    Status,
    /// Who speaks.
    Service,
    /// How long something took.
    Duration,
    /// Which request or trace it belongs to.
    Trace,
    /// Who did it.
    User,
    /// When.
    Time,
}

/// What a search is for, as the standard names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// Errors, service by service.
    Errors,
    /// Requests that are slow.
    Slow,
    /// All records of one trace.
    Trace,
    /// What a user did.
    User,
}

impl Purpose {
    /// All four.
    pub const ALL: [Purpose; 4] = [Purpose::Errors, Purpose::Slow, Purpose::Trace, Purpose::User];

    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Purpose::Errors => "errors per service",
            Purpose::Slow => "slow requests",
            Purpose::Trace => "the records of one trace",
            Purpose::User => "what one user did",
        }
    }
}

/// The role of a field, if its name tells one.
pub fn role(field: &str) -> Option<Role> {
    let field = field.strip_suffix(".keyword").unwrap_or(field);
    let field = field.strip_suffix(".raw").unwrap_or(field);
    let words = words(field);
    let joined = words.join(" ");
    let last = words.last().map(String::as_str).unwrap_or_default();
    let has = |word: &str| words.iter().any(|one| one == word);
    let ends = |tails: &[&str]| {
        tails.iter().any(|tail| joined == *tail || joined.ends_with(&format!(" {tail}")))
    };
    if ends(&["trace id", "traceid", "correlation id", "correlationid", "request id", "requestid"])
        || joined == "trace"
    {
        return Some(Role::Trace);
    }
    if ends(&["user id", "userid", "user name", "username", "user", "user email", "account id"])
        || ends(&["enduser id", "customer id", "login", "principal", "uid"])
    {
        return Some(Role::User);
    }
    if ends(&["timestamp", "event created", "event ingested"]) || field == "@timestamp" {
        return Some(Role::Time);
    }
    let took = ["duration", "latency", "elapsed", "took", "durationms", "responsetime"];
    if words.iter().any(|word| took.contains(&word.as_str()))
        || ends(&["response time", "request time", "time ms", "process time", "exec time"])
        || ends(&["execution time", "upstream response time", "time taken", "response ms"])
    {
        return Some(Role::Duration);
    }
    if ends(&["level", "loglevel", "levelname", "severity", "severity text", "lvl", "log level"]) {
        return Some(Role::Level);
    }
    if ends(&["status", "status code", "statuscode", "response code", "response", "http code"]) {
        return Some(Role::Status);
    }
    let services = ["service", "servicename", "app", "application", "appname", "component", "job"];
    if services.contains(&last)
        || ends(&["service name", "app name", "application name", "container name", "container"])
        || ends(&["deployment name", "pod name", "deployment", "pod", "program", "tier"])
        || (has("labels") && last == "name")
    {
        return Some(Role::Service);
    }
    None
}

/// `fields.userId` is `fields user id`.
fn words(field: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut lower = false;
    for c in field.chars() {
        let breaks = !c.is_alphanumeric();
        if (breaks || (c.is_uppercase() && lower)) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        lower = c.is_lowercase();
        if !breaks {
            word.extend(c.to_lowercase());
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// Endings of names that say a unit, with the seconds that one of it is.
const UNITS: &[(&str, f64)] = &[
    ("milliseconds", 1e-3),
    ("millis", 1e-3),
    ("msec", 1e-3),
    ("ms", 1e-3),
    ("microseconds", 1e-6),
    ("micros", 1e-6),
    ("us", 1e-6),
    ("nanoseconds", 1e-9),
    ("nanos", 1e-9),
    ("ns", 1e-9),
    ("seconds", 1.0),
    ("secs", 1.0),
    ("sec", 1.0),
    ("s", 1.0),
];

/// A name in small letters without its unit, and the seconds that one of that unit is:
/// `duration_ms`, `durationMs`.
pub fn base_and_unit(name: &str) -> (String, Option<f64>) {
    let mut words = words(name);
    let unit = words
        .last()
        .and_then(|last| UNITS.iter().find(|(unit, _)| unit == last).map(|(_, seconds)| *seconds));
    let unit = unit.filter(|_| words.len() > 1);
    if unit.is_some() {
        words.pop();
    }
    (words.concat(), unit)
}

/// Whether a use asks for errors: a level, a status of 400 and more, or the word in a line.
pub fn asks_for_errors(used: &FieldUse) -> bool {
    if used.negated {
        return false;
    }
    let bad = |text: &str| {
        let text = text.to_ascii_lowercase();
        ["err", "fatal", "crit", "panic", "emerg", "severe", "exception", "fail"]
            .iter()
            .any(|word| text.contains(word))
    };
    let values = || used.known_values();
    match role(used.field()) {
        Some(Role::Level) => values().any(bad),
        Some(Role::Status) => match used.how {
            How::Above => values().any(|text| text.parse::<f64>().is_ok_and(|code| code >= 400.0)),
            How::Below => false,
            _ => values().any(|text| text.starts_with('5') || bad(text)),
        },
        // A line filter, or the message itself.
        None if used.range.is_empty() || used.field() == "message" => values().any(bad),
        None => used.field().contains("exception") || used.field().starts_with("error"),
        _ => false,
    }
}

impl LogQuery {
    /// What it serves.
    pub fn purposes(&self) -> BTreeSet<Purpose> {
        let mut found = BTreeSet::new();
        let of = |wanted: Role| self.uses.iter().filter(move |it| role(it.field()) == Some(wanted));
        let by = |used: &FieldUse| match used.how {
            How::Bucket | How::Column => true,
            // A variable of the dashboard, or of the template, is every service in turn.
            How::Exact | How::Words | How::Pattern => {
                self.form == Form::Panel && used.values.iter().any(|(text, _)| !text.known)
            }
            _ => false,
        };
        let services = of(Role::Service).any(by);
        let levels = of(Role::Level).any(|used| used.how == How::Bucket);
        if services && (levels || self.uses.iter().any(asks_for_errors)) {
            found.insert(Purpose::Errors);
        }
        let slow = |used: &FieldUse| {
            !used.negated && matches!(used.how, How::Above | How::Sort | How::Metric)
        };
        if of(Role::Duration).any(slow) {
            found.insert(Purpose::Slow);
        }
        let asked = |used: &FieldUse| {
            !used.negated
                && matches!(used.how, How::Exact | How::Words | How::Pattern)
                && !used.values.is_empty()
        };
        if of(Role::Trace).any(asked) {
            found.insert(Purpose::Trace);
        }
        if of(Role::User).any(|used| asked(used) || used.how == How::Bucket) {
            found.insert(Purpose::User);
        }
        found
    }

    /// Whether a range of time bounds it.
    pub fn is_timed(&self) -> bool {
        self.timed_elsewhere
            || self.uses.iter().any(|used| {
                matches!(used.how, How::Above | How::Below)
                    && (role(used.field()) == Some(Role::Time)
                        || used.known_values().any(|text| text.starts_with("now")))
            })
    }
}

#[cfg(test)]
mod tests {
    use super::{Role, role};

    #[test]
    fn names_tell_what_a_field_is_for() {
        for (field, expected) in [
            ("level", Some(Role::Level)),
            ("log.level", Some(Role::Level)),
            ("service", Some(Role::Service)),
            ("service.name", Some(Role::Service)),
            ("kubernetes.container.name", Some(Role::Service)),
            ("fields.duration", Some(Role::Duration)),
            ("duration_ms", Some(Role::Duration)),
            ("event.duration", Some(Role::Duration)),
            ("responseTime", Some(Role::Duration)),
            ("trace_id", Some(Role::Trace)),
            ("trace.id", Some(Role::Trace)),
            ("traceId", Some(Role::Trace)),
            ("fields.user_id", Some(Role::User)),
            ("user.name.keyword", Some(Role::User)),
            ("@timestamp", Some(Role::Time)),
            ("http.response.status_code", Some(Role::Status)),
            ("host.name", None),
            ("message", None),
            ("fields.action", None),
        ] {
            assert_eq!(role(field), expected, "{field}");
        }
    }
}
