//! Whether a text is JSON to the letter: YAML reads more than a reader of JSON does.

use serde::de::IgnoredAny;
use std::ops::Range;

/// Where a text stops being JSON, and why.
pub fn fault(text: &str) -> Option<(Range<usize>, String)> {
    let error = serde_json::from_str::<IgnoredAny>(text).err()?;
    let told = error.to_string();
    let line: usize =
        text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    let mut start = (line + error.column().saturating_sub(1)).min(text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let end = text[start..].chars().next().map_or(start, |c| start + c.len_utf8());
    let message = told.rsplit_once(" at line ").map_or(told.as_str(), |(message, _)| message);
    Some((start..end, message.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::fault;

    #[test]
    fn what_only_yaml_reads_is_no_json() {
        for text in ["{}", "{\"a\": [1, \"\\u00e9\", null]}", "{\"a\": 1, \"a\": 2}"] {
            assert!(fault(text).is_none(), "{text}");
        }
        for (text, at) in [("{\"a\": [1,\n]}", "]"), ("{a: 1}", "a"), ("{\"a\": 'b'}", "'")] {
            let found = fault(text).map(|(range, _)| &text[range]);
            assert_eq!(found, Some(at), "{text}");
        }
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(fault(&deep).is_none());
    }
}
