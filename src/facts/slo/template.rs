//! Queries in which the tool fills in a window.

use super::{Role, SliQuery};
use crate::facts::expression::{Expression, Text};
use crate::facts::scalar::Scalar;
use crate::lang::placeholder;
use crate::lang::promql;
use crate::parse::tree::NodeRef;
use crate::source::Span;
use std::sync::Arc;

/// Stands in a tree for a window nobody wrote down: as long as most objectives' own, so that no
/// rule takes it for a short one.
const WINDOW: &str = "30d";

/// Reads the query in `node` as PromQL; `key` is the key it stands under.
pub(super) fn query(role: Role, key: Span, node: NodeRef<'_>) -> Option<SliQuery> {
    Scalar::template(node).map(|scalar| of(role, key, scalar))
}

/// Reads a scalar as PromQL.
pub(super) fn of(role: Role, key: Span, scalar: Scalar) -> SliQuery {
    let (text, windowed) = filled(&scalar.text);
    let parsed = (scalar.known && !scalar.text.trim().is_empty()).then(|| promql::parse(&text));
    // What something else fills in may be anything.
    let parsed = parsed.filter(|parsed| parsed.faults.is_empty() || !placeholder::is_in(&text));
    let expression = Expression { scalar, parsed: parsed.map(Arc::new), read: Text::Filled(text) };
    SliQuery { role, key, expression, windowed, wrapped: false }
}

/// The text with a length of time in place of every window that the tool fills in, each byte in
/// its place; and whether there was one.
fn filled(text: &str) -> (String, bool) {
    let mut out = String::with_capacity(text.len());
    let mut windowed = false;
    let mut rest = text;
    while let Some(open) = rest.find('[') {
        let (before, inside) = rest.split_at(open + 1);
        out.push_str(before);
        rest = inside;
        let Some(close) = inside.find(']') else { break };
        let part = &inside[..close];
        // A subquery's own step stays.
        let end =
            part.rfind(':').filter(|&at| !part[..at].contains('{') || part[..at].contains('}'));
        let range = &part[..end.unwrap_or(close)];
        if is_window(range) {
            windowed = true;
            out.push_str(WINDOW);
            out.extend(std::iter::repeat_n(' ', range.len() - WINDOW.len()));
            rest = &inside[range.len()..];
        }
    }
    out.push_str(rest);
    (out, windowed)
}

/// `{{.window}}`, `{{ window }}`, `${window}`, `$__rate_interval`, `{window}`, `window`: one name,
/// marked as to be filled in or called a window.
fn is_window(range: &str) -> bool {
    let marks = |c: char| matches!(c, '{' | '}' | '$' | '.' | '<' | '>' | '%' | ' ');
    let name = range.trim_matches(marks);
    let word = |c: char| c.is_ascii_alphabetic() || c == '_';
    range.len() >= WINDOW.len()
        && range.is_ascii()
        && !name.is_empty()
        && name.chars().all(word)
        && (range.contains(['{', '$', '<', '%']) || name.eq_ignore_ascii_case("window"))
}

#[cfg(test)]
mod tests {
    use super::filled;

    #[test]
    fn windows_are_filled_in_at_their_place() {
        for (text, expected) in [
            ("a[{{.window}}] / b[{{ .window }}]", "a[30d        ] / b[30d          ]"),
            ("a[window]", "a[30d   ]"),
            ("a[$__rate_interval]", "a[30d             ]"),
            ("a[${window}]", "a[30d      ]"),
            ("a[5m]", "a[5m]"),
            ("a[{{.window}}:1m]", "a[30d        :1m]"),
            ("a{b=\"[x]\"}[5m]", "a{b=\"[x]\"}[5m]"),
            ("a[", "a["),
        ] {
            let (filled, windowed) = filled(text);
            assert_eq!(filled, expected);
            assert_eq!(filled.len(), text.len());
            assert_eq!(windowed, text != expected);
        }
    }
}
