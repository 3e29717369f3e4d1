//! A memory limiter that comes too late. Rule: rules/otcl/memory-limiter-late.yaml

use super::model::is_kind;
use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::collector::Pipeline;
use crate::finding::Edit;

/// Processors that hold data, or do much with it.
const HEAVY: &[&str] = &[
    "batch",
    "tail_sampling",
    "groupbytrace",
    "groupbyattrs",
    "transform",
    "spanmetrics",
    "servicegraph",
    "cumulativetodelta",
    "deltatocumulative",
    "interval",
    "logdedup",
    "metricstransform",
    "logstransform",
    "queuebatch",
];

pub(super) fn check(pipeline: &Pipeline, case: &mut Case<'_>) {
    let items = &pipeline.processors.items;
    let at = items.iter().position(|item| is_kind(&item.text, &["memory_limiter"]));
    let Some(at) = at else { return case.skip() };
    if at == 0 || pipeline.processors.open {
        return;
    }
    let heavy = items[..at].iter().find(|item| is_kind(&item.text, HEAVY));
    let limiter = &items[at];
    // The ids in their new order, each in the place of another.
    let order = std::iter::once(limiter).chain(&items[..at]);
    let edits = items[..=at]
        .iter()
        .zip(order)
        .map(|(place, item)| Edit { span: place.span, text: case.repo.text(item.span).to_owned() })
        .collect();
    let before = heavy.unwrap_or(&items[at - 1]);
    let title = "Put the memory limiter first";
    let flag = case
        .flag(limiter.span)
        .with("id", &limiter.text)
        .with("before", &before.text)
        .related(before.span, "takes data before the limiter sees it")
        .fix(false, title, edits);
    if heavy.is_none() {
        flag.severity(Severity::Info);
    }
}
