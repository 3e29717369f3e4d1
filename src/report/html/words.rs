//! Words and marks of verdicts and states, one place for all views.

use crate::nist;
use crate::report::visible;
use minijinja::{HtmlEscape, Value};
use std::fmt::Write;

/// A verdict or state as people read it.
pub(super) fn word(name: &str) -> String {
    name.replace('-', " ")
}

/// The sign that stands beside the word; it never stands alone.
pub(super) fn mark(name: &str) -> &'static str {
    match name {
        "met" | "attested" | "inherited" | "evidenced" | "whole" => "✓",
        "partly" | "partly-evidenced" => "◐",
        "not-met" | "contradicted" | "broken" => "✗",
        "not-applicable" => "–",
        "claimed" | "not-covered" => "○",
        _ => "?",
    }
}

/// A control as the catalogue prints it: `AU-3(1)`.
pub(super) fn control(id: &str) -> String {
    nist::label(id)
}

/// A text of the repository in which nothing steers the page or the eye; its lines stay.
pub(super) fn shown(text: &str) -> String {
    let lines: Vec<String> = text.split('\n').map(visible).collect();
    lines.join("\n")
}

/// A sentence in which what stands between backquotes is code.
pub(super) fn prose(text: &str) -> Value {
    let text = shown(text);
    let mut out = String::with_capacity(text.len() + 32);
    let parts: Vec<&str> = text.split('`').collect();
    // A backquote without its other half is one.
    let pairs = (parts.len() - 1) / 2 * 2;
    for (at, part) in parts.iter().enumerate() {
        let escaped = HtmlEscape(part);
        // Writing into a text cannot fail.
        let _ = match (at % 2 == 1 && at < pairs, at > pairs) {
            (true, _) => write!(out, "<code>{escaped}</code>"),
            (false, true) => write!(out, "`{escaped}"),
            (false, false) => write!(out, "{escaped}"),
        };
    }
    Value::from_safe_string(out)
}

#[cfg(test)]
mod tests {
    use super::prose;

    #[test]
    fn backquotes_make_code_and_nothing_else_makes_markup() {
        assert_eq!(prose("add `a<b` here").as_str(), Some("add <code>a&lt;b</code> here"));
        assert_eq!(prose("one ` alone").as_str(), Some("one ` alone"));
        assert_eq!(prose("`a` and ` left").as_str(), Some("<code>a</code> and ` left"));
        assert_eq!(prose("<i>").as_str(), Some("&lt;i&gt;"));
    }
}
