//! Buckets that do not grow. Rule: rules/metr/bad-buckets.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::code::{MetricDefinition, MetricType};
use crate::finding::Edit;
use crate::source::Span;

pub(super) fn check(definition: &MetricDefinition, case: &mut Case<'_>) {
    let histogram = definition.kind == MetricType::Histogram;
    let written = definition.buckets_span.filter(|_| histogram);
    let (Some(span), Some(edges)) = (written, &definition.buckets) else { return case.skip() };
    // What the library does with an order that is wrong, with two that are equal, with none.
    let rows = definition.says("buckets-wrong").unwrap_or_default();
    let does = |what: &str| rows.split(' ').any(|word| word == what);
    let falls = edges.windows(2).any(|pair| pair[1] < pair[0]);
    let equal = edges.windows(2).any(|pair| pair[1] == pair[0]);
    let (what, refused) = if edges.is_empty() {
        if does("defaults-for-none") {
            return;
        }
        ("hold no edge", does("refuses-none"))
    } else if edges.iter().any(|edge| edge.is_nan()) {
        ("hold an edge that is no number", false)
    } else if falls {
        if does("sorts") {
            return;
        }
        ("do not grow from edge to edge", does("refuses-order"))
    } else if equal {
        if does("sorts") {
            return;
        }
        ("hold an edge twice", does("refuses-equal"))
    } else {
        return;
    };
    let then = match refused {
        true => "the library refuses them when the metric is made",
        false if does("ignores") => "the library ignores them, and counts into its own",
        false => "the library takes them, and counts into the wrong buckets",
    };
    let severity = if refused { Severity::Error } else { Severity::Warning };
    let edit = grown(case, span);
    let flag = case
        .flag(span)
        .severity(severity)
        .with("what", what)
        .with("then", then)
        .related(definition.name.span, "the metric");
    if let Some(edit) = edit {
        flag.fix(false, "put the edges in order, each once", vec![edit]);
    }
}

/// The same edges, written as they are, in order and each once.
fn grown(case: &Case<'_>, span: Span) -> Option<Edit> {
    let text = case.repo.text(span);
    let is_digit = |c: char| c.is_ascii_digit() || c == '.';
    // Types of elements, such as `float64`, have digits too: the list is in the last brackets.
    let open = text.rfind(['(', '[', '{']).map_or(0, |at| at + 1);
    let start = open + text.get(open..)?.find(is_digit)?;
    let end = text.rfind(is_digit)? + 1;
    let list = text.get(start..end)?;
    let mut edges = Vec::new();
    for word in list.split(',') {
        edges.push((word.trim().parse::<f64>().ok()?, word.trim()));
    }
    edges.sort_by(|one, other| one.0.total_cmp(&other.0));
    edges.dedup_by(|one, other| one.0 == other.0);
    if edges.iter().any(|(edge, _)| edge.is_nan()) {
        return None;
    }
    let words: Vec<&str> = edges.iter().map(|(_, word)| *word).collect();
    let at = span.start as usize;
    let span = Span::new(span.source, at + start, at + end);
    let sorted = words.join(", ");
    (sorted != list).then_some(Edit { span, text: sorted })
}
