//! A duration that no tool reads. Rule: rules/strat/bad-duration.yaml

use crate::check::Case;
use crate::facts::scalar::Scalar;
use crate::facts::strategy::{Pillar, last_part};
use crate::lang::duration;

pub(super) fn check(pillar: &Pillar, case: &mut Case<'_>) {
    let mut examined = false;
    for (key, value) in &pillar.settings.entries {
        let Some(text) = value.known_text() else { continue };
        let suggestion = in_words(text);
        if !holds_duration(key, suggestion.is_some()) {
            continue;
        }
        examined = true;
        let managed = text == "managed" && is_retention(&key.text);
        if managed || duration::prometheus(text).is_some() {
            continue;
        }
        let advice = match suggestion {
            Some(duration) => format!("`{duration}` is meant"),
            None if text.parse::<f64>().is_ok() => "it has no unit".to_owned(),
            None => "such as 30s, 15d or 1y".to_owned(),
        };
        case.flag(value.span).with("key", &key.text).with("value", text).with("advice", advice);
    }
    if !examined {
        case.skip();
    }
}

/// Keys that end in interval, retention or duration; the tiers of a retention; and what else
/// stands in a retention if it reads as a duration in words.
fn holds_duration(key: &Scalar, in_words: bool) -> bool {
    let last = last_part(&key.text).to_ascii_lowercase();
    let ends = ["interval", "retention", "duration"].iter().any(|word| last.ends_with(word));
    ends || (is_retention(&key.text)
        && (last == "raw" || last.starts_with("downsampled_") || in_words))
}

/// Whether a path is a retention or stands in one.
fn is_retention(path: &str) -> bool {
    path.split('.').any(|part| part.to_ascii_lowercase().ends_with("retention"))
}

/// The duration meant by `15 days`, `1 Year`, `30D`, `2weeks`.
fn in_words(text: &str) -> Option<String> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).filter(|&at| at > 0)?;
    let (number, unit) = text.split_at(digits);
    let unit = unit.trim().to_ascii_lowercase();
    let short = match unit.as_str() {
        "millisecond" | "milliseconds" | "msec" | "ms" => "ms",
        "second" | "seconds" | "sec" | "secs" | "s" => "s",
        "minute" | "minutes" | "min" | "mins" => "m",
        "hour" | "hours" | "hr" | "hrs" | "h" => "h",
        "day" | "days" | "d" => "d",
        "week" | "weeks" | "wk" | "w" => "w",
        "year" | "years" | "yr" | "yrs" | "y" => "y",
        "month" | "months" | "mo" => {
            return Some(format!("{}d", number.parse::<u32>().ok()?.checked_mul(30)?));
        }
        _ => return None,
    };
    Some(format!("{number}{short}"))
}
