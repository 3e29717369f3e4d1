//! Bucket bounds written as whole numbers. Rule: rules/pql/le-integer-matcher.yaml

use super::places;
use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::finding::Edit;
use crate::lang::matcher::MatchOp;
use crate::lang::promql::ast::{Kind, Matcher};
use crate::repo::queries::Query;

pub(super) fn check<'a>(query: &'a Query<'a>, case: &mut Case<'a>) {
    let servers = case.repo.evaluating();
    let newest = servers.iter().map(|server| server.release).max();
    if newest.is_some_and(|release| release < (3, 0)) {
        return case.skip();
    }
    // Where some server is older, or nobody knows, the matcher may still be right.
    let certain = !servers.is_empty() && servers.iter().all(|server| server.release >= (3, 0));
    for place in places(query) {
        let Kind::Selector(selector) = place.kind() else { continue };
        for matcher in selector.labels().filter(|matcher| is_whole(matcher)) {
            let span = case.place(query, matcher.value_extent);
            let op = case.place(query, matcher.op_extent);
            let inner = case.place(query, inside(matcher));
            let severity = if certain { Severity::Warning } else { Severity::Info };
            let pattern = format!("{}([.]0)?", matcher.value);
            let mut edits = vec![Edit { span: inner, text: pattern }];
            if matcher.op == MatchOp::Equal {
                edits.push(Edit { span: op, text: "=~".to_owned() });
            }
            case.flag(span)
                .with("label", &*matcher.label.text)
                .with("value", &*matcher.value)
                .severity(severity)
                .fix(true, "match both ways of writing it", edits);
        }
    }
}

fn is_whole(matcher: &Matcher) -> bool {
    matches!(&*matcher.label.text, "le" | "quantile")
        && matcher.op == MatchOp::Equal
        && !matcher.value.is_empty()
        && matcher.value.bytes().all(|c| c.is_ascii_digit())
}

/// The value without its quotes.
fn inside(matcher: &Matcher) -> crate::lang::promql::Extent {
    let extent = matcher.value_extent;
    crate::lang::promql::Extent { start: extent.start + 1, end: extent.end - 1 }
}
