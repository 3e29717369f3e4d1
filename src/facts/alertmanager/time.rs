//! The small language of Alertmanager's time intervals.

use crate::facts::scalar::Scalar;
use crate::parse::tree::NodeRef;
use crate::source::Span;

/// One fault of an interval.
pub(super) struct Fault {
    /// The wrong text.
    pub(super) span: Span,
    /// The field.
    pub(super) field: &'static str,
    /// What is wrong, as half a sentence.
    pub(super) message: String,
    /// Only releases before 0.35 refuse it.
    pub(super) newer: bool,
}

/// `friday:monday`: the week starts on sunday.
const OVER_THE_WEEK: &str = "goes over the end of the week, as only 0.35 and later read it";

const WEEKDAYS: &[&str] =
    &["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
const MONTHS: &[&str] = &[
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// What Alertmanager refuses in one entry of `time_intervals`.
pub(super) fn faults(interval: NodeRef<'_>) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut each = |field: &'static str, check: fn(&str) -> Option<String>| {
        for text in texts(interval, field) {
            if let Some(message) = check(&text.text.to_lowercase()).filter(|_| text.known) {
                let newer = message.ends_with(OVER_THE_WEEK);
                faults.push(Fault { span: text.span, field, message, newer });
            }
        }
    };
    each("weekdays", weekdays);
    each("days_of_month", days);
    each("months", months);
    each("years", |text| integers(text, "a year such as 2025, or a range 2025:2030"));
    for range in interval.get("times").into_iter().flat_map(NodeRef::items) {
        times(range, &mut faults);
    }
    if let Some(zone) = Scalar::under(interval, "location").filter(|zone| zone.known)
        && !zone.text.is_empty()
        && !is_zone(&zone.text)
    {
        let message = format!("takes a time zone such as `Europe/Berlin`, not `{}`", zone.text);
        faults.push(Fault { span: zone.span, field: "location", message, newer: false });
    }
    faults
}

fn texts(interval: NodeRef<'_>, field: &str) -> Vec<Scalar> {
    let list = interval.get(field).into_iter().flat_map(NodeRef::items);
    list.filter(|item| !item.is_null()).filter_map(Scalar::of).collect()
}

fn times(range: NodeRef<'_>, faults: &mut Vec<Fault>) {
    if !range.is_mapping() || range.is_unknown() {
        return;
    }
    let first = range.pairs().next().map_or(range.span().at_start(), |(key, _)| key.span());
    let mut minutes = Vec::new();
    for field in ["start_time", "end_time"] {
        let text = Scalar::under(range, field);
        if text.as_ref().is_some_and(|text| !text.known) {
            return;
        }
        match text.as_ref().and_then(|text| minute_of_day(&text.text)) {
            Some(minute) => minutes.push(minute),
            None => {
                let span = text.as_ref().map_or(first, |text| text.span);
                let message = match &text {
                    Some(text) => format!("takes a time such as 09:00, not `{}`", text.text),
                    None => "is missing: a time range has a start and an end".to_owned(),
                };
                faults.push(Fault { span, field, message, newer: false });
            }
        }
    }
    if let [start, end] = minutes[..]
        && start >= end
    {
        let span = range.get("end_time").map_or(first, NodeRef::span);
        let message = "is not after `start_time`: a range over midnight is two ranges".to_owned();
        faults.push(Fault { span, field: "end_time", message, newer: false });
    }
}

fn minute_of_day(text: &str) -> Option<u32> {
    let (hour, minute) = text.split_once(':')?;
    let two = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
    let (hour, minute): (u32, u32) = if two(hour) && two(minute) {
        (hour.parse().ok()?, minute.parse().ok()?)
    } else {
        return None;
    };
    (minute < 60 && (hour < 24 || (hour == 24 && minute == 0))).then_some(hour * 60 + minute)
}

/// The two ends of a range; of a single value both are it.
fn ends(text: &str) -> Option<(&str, &str)> {
    match text.split_once(':') {
        None => Some((text, text)),
        Some((_, last)) if last.contains(':') => None,
        Some(ends) => Some(ends),
    }
}

fn weekdays(text: &str) -> Option<String> {
    let place = |name: &str| WEEKDAYS.iter().position(|day| *day == name);
    let ends = ends(text).and_then(|(first, last)| Some((place(first)?, place(last)?)));
    match ends {
        Some((first, last)) if first <= last => None,
        Some(_) => Some(format!("has `{text}`, which {OVER_THE_WEEK}")),
        None => {
            Some(format!("takes a day such as `monday` or a range `monday:friday`, not `{text}`"))
        }
    }
}

fn days(text: &str) -> Option<String> {
    let shape =
        || Some(format!("takes days from 1 to 31 or -31 to -1, or a range of them, not `{text}`"));
    let Some((first, last)) = ends(text).and_then(|(a, b)| Some((integer(a)?, integer(b)?))) else {
        return shape();
    };
    let legal = |day: i64| day != 0 && (-31..=31).contains(&day);
    if !legal(first) || !legal(last) {
        return shape();
    }
    let counted = |day: i64| if day < 0 { 28 + day } else { day };
    let backwards = (first < 0 && last > 0) || counted(first) > counted(last);
    backwards.then(|| format!("has `{text}`, which runs backwards"))
}

fn months(text: &str) -> Option<String> {
    let place = |name: &str| {
        let month = MONTHS.iter().position(|month| *month == name);
        month.and_then(|at| i64::try_from(at + 1).ok()).or_else(|| integer(name))
    };
    match ends(text).and_then(|(first, last)| Some((place(first)?, place(last)?))) {
        // No time is ever in the thirteenth: 0.35 refuses it.
        Some((first, last)) if first < 1 || last > 12 => {
            Some(format!("has `{text}`: months go from 1 to 12"))
        }
        Some((first, last)) if first <= last => None,
        Some(_) => Some(format!("has `{text}`, which runs backwards")),
        None => Some(format!("takes a month such as `may` or a range `1:3`, not `{text}`")),
    }
}

fn integers(text: &str, shape: &str) -> Option<String> {
    match ends(text).and_then(|(first, last)| Some((integer(first)?, integer(last)?))) {
        Some((first, last)) if first <= last => None,
        Some(_) => Some(format!("has `{text}`, which runs backwards")),
        None => Some(format!("takes {shape}, not `{text}`")),
    }
}

/// As Go's `strconv.Atoi` reads it.
fn integer(text: &str) -> Option<i64> {
    text.parse().ok()
}

/// Whether a zone could exist: names have no blanks, and known ones start in a known area.
fn is_zone(name: &str) -> bool {
    const AREAS: &[&str] = &[
        "Africa",
        "America",
        "Antarctica",
        "Arctic",
        "Asia",
        "Atlantic",
        "Australia",
        "Brazil",
        "Canada",
        "Chile",
        "Etc",
        "Europe",
        "Indian",
        "Mexico",
        "Pacific",
        "US",
        "posix",
        "right",
    ];
    const ALONE: &[&str] = &[
        "UTC",
        "Local",
        "GMT",
        "GMT0",
        "GMT+0",
        "GMT-0",
        "UCT",
        "Zulu",
        "Universal",
        "Greenwich",
        "CET",
        "CST6CDT",
        "Cuba",
        "EET",
        "EST",
        "EST5EDT",
        "Egypt",
        "Eire",
        "Factory",
        "GB",
        "GB-Eire",
        "HST",
        "Hongkong",
        "Iceland",
        "Iran",
        "Israel",
        "Jamaica",
        "Japan",
        "Kwajalein",
        "Libya",
        "MET",
        "MST",
        "MST7MDT",
        "NZ",
        "NZ-CHAT",
        "Navajo",
        "PRC",
        "PST8PDT",
        "Poland",
        "Portugal",
        "ROC",
        "ROK",
        "Singapore",
        "Turkey",
        "W-SU",
        "WET",
    ];
    let letters = |c: char| c.is_ascii_alphanumeric() || "_+-/".contains(c);
    match name.split_once('/') {
        None => ALONE.contains(&name),
        Some((area, rest)) => {
            AREAS.contains(&area)
                && name.chars().all(letters)
                && !rest.is_empty()
                && !rest.ends_with('/')
        }
    }
}
