//! JSON of records that is put together as text. Rule: rules/logs/hand-made-json.yaml

use crate::check::Case;
use crate::facts::code::loggers::{LoggerSetup, Places, Setup};

pub(super) fn check(setup: &LoggerSetup, case: &mut Case<'_>) {
    let Setup::Pattern { text, places } = &setup.setup else { return case.skip() };
    if let Some(value) = raw_value(text, *places) {
        case.flag(setup.name.span).with("value", value);
    }
}

/// The value that is put between quotes as it is.
fn raw_value(text: &str, places: Places) -> Option<String> {
    if places == Places::Nginx {
        return Some("every variable".to_owned());
    }
    if !has_key(text) {
        return None;
    }
    let quoted = quoted(text);
    let any = |words: &[&str]| {
        let found = words.iter().find(|word| quoted.iter().any(|part| part.contains(**word)));
        found.map(|word| format!("`{word}`"))
    };
    match places {
        Places::Python => any(&["%(message)s", "{message}"]),
        Places::Printf => any(&["%s", "%v", "%+v", "{}"]),
        // What is never closed is no object.
        Places::Code if !text.contains('}') => None,
        Places::Code => quoted.iter().any(|part| part.contains('\0')).then(|| "a value".to_owned()),
        Places::Braces => any(&["{message}", "{Message:lj}", "{Message}", "{Message:l}"]),
        Places::Logback => {
            let escapes = text.contains("%replace(")
                || text.contains("%enc")
                || text.contains("%encode")
                || text.contains("JSON}");
            if escapes { None } else { any(&["%message", "%msg", "%m\"", "%m"]) }
        }
        Places::Nginx => None,
    }
}

/// Whether a text has a key: `"level":`.
fn has_key(text: &str) -> bool {
    let plain = text.replace("\\\"", "\"");
    plain.match_indices("\":").any(|(at, _)| plain[..at].contains('"'))
        || plain.match_indices("\" :").next().is_some()
}

/// What stands between quotes, keys and values.
fn quoted(text: &str) -> Vec<String> {
    let plain = text.replace("\\\"", "\"");
    plain.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}
