//! Regular expressions that are none. Rule: rules/pql/regex-noise.yaml

use super::places;
use crate::check::Case;
use crate::finding::Edit;
use crate::lang::matcher::MatchOp;
use crate::lang::placeholder;
use crate::lang::promql::Extent;
use crate::lang::promql::ast::{Kind, Matcher, Selector};
use crate::repo::queries::Query;

pub(super) fn check<'a>(query: &'a Query<'a>, case: &mut Case<'a>) {
    for place in places(query) {
        let Kind::Selector(selector) = place.kind() else { continue };
        for matcher in selector.matchers.iter().filter(|matcher| matcher.op.is_regex()) {
            judge(query, selector, matcher, case);
        }
    }
}

fn judge(query: &Query<'_>, selector: &Selector, matcher: &Matcher, case: &mut Case<'_>) {
    let value = &*matcher.value;
    if value == ".*" && matcher.op == MatchOp::Regex {
        let edits = removal(query, selector, matcher, case);
        let span = case.place(query, matcher.value_extent);
        let flag = case
            .flag(span)
            .with("what", format!("`{}` matches everything", query.text(matcher.extent())));
        if let Some(edits) = edits {
            flag.fix(true, "remove the matcher", edits);
        }
        return;
    }
    let (inner, anchored) = without_anchors(value);
    let literal = is_literal(inner);
    if !literal && !anchored || placeholder::is_in(value) {
        return;
    }
    let plain_op = if matcher.op == MatchOp::Regex { "=" } else { "!=" };
    let what = match (literal, anchored) {
        (true, true) => format!("`{value}` is a plain text with anchors, which every matcher has"),
        (true, false) => format!("`{value}` is a plain text: `{plain_op}` compares it faster"),
        _ => format!("`{value}` has anchors, which every matcher has"),
    };
    let mut edits = Vec::new();
    if literal {
        edits.push(Edit { span: case.place(query, matcher.op_extent), text: plain_op.to_owned() });
    }
    // Each letter of a value without escapes stands for itself.
    let plain = query.text(matcher.value_extent).len() == value.len() + 2;
    if anchored && plain {
        let Extent { start, end } = matcher.value_extent;
        let cuts = [
            value.starts_with('^').then_some(Extent { start: start + 1, end: start + 2 }),
            value.ends_with('$').then_some(Extent { start: end - 2, end: end - 1 }),
        ];
        for cut in cuts.into_iter().flatten() {
            edits.push(Edit { span: case.place(query, cut), text: String::new() });
        }
    }
    let span = case.place(query, matcher.value_extent);
    let flag = case.flag(span).with("what", what);
    if !anchored || plain {
        flag.fix(true, "write it plainly", edits);
    }
}

/// A pattern without the anchors around it, and whether there were any.
fn without_anchors(value: &str) -> (&str, bool) {
    let inner = value.strip_prefix('^').unwrap_or(value);
    let inner = match inner.strip_suffix('$') {
        Some(rest) if !rest.ends_with('\\') => rest,
        _ => inner,
    };
    // Anchors of single alternatives are none of the whole.
    let whole = !inner.contains(['^', '$', '|']) && !inner.is_empty();
    if whole { (inner, inner.len() != value.len()) } else { (value, false) }
}

fn is_literal(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|c| c.is_ascii_alphanumeric() || b"_-/: @,;%~".contains(&c))
}

/// Cuts the matcher and its comma out, unless the selector would then match everything.
fn removal(
    query: &Query<'_>,
    selector: &Selector,
    matcher: &Matcher,
    case: &Case<'_>,
) -> Option<Vec<Edit>> {
    selector.name.as_ref()?;
    let extent = matcher.extent();
    let text = &query.scalar.text;
    let after = &text[extent.end as usize..];
    let rest = after.trim_start();
    let cut = if let Some(rest) = rest.strip_prefix(',') {
        let end = text.len() - rest.trim_start_matches(' ').len();
        Extent::new(extent.start as usize, end)
    } else {
        let before = &text[..extent.start as usize];
        let trimmed = before.trim_end();
        let start = trimmed.strip_suffix(',').map_or(before.len(), str::len);
        Extent::new(start, extent.end as usize)
    };
    let lines = text[cut.range()].contains(['\n', '#']);
    (!lines).then(|| vec![Edit { span: case.place(query, cut), text: String::new() }])
}
