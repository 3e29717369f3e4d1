//! A pipeline that the grammar refuses. Rule: rules/lsth/syntax-error.yaml

use crate::check::Case;
use crate::facts::logstash::Pipeline;
use crate::lang::logstash::{Extent, Fault, FaultKind};

pub(super) fn check(pipeline: &Pipeline, case: &mut Case<'_>) {
    let masked = case.document().is_some_and(|document| document.masked);
    for fault in &pipeline.tree.faults {
        if !masked || is_certain(fault, pipeline) {
            report(fault, pipeline, case);
        }
        // What follows text that was left out may be its consequence.
        if fault.lost || masked {
            return;
        }
    }
    for (key, first) in pipeline.repeated_keys() {
        case.flag(pipeline.span(key))
            .with("what", format!("the key `{}` stands twice in this hash", pipeline.slice(key)))
            .related(pipeline.span(first), "the first of the two");
    }
}

fn report(fault: &Fault, pipeline: &Pipeline, case: &mut Case<'_>) {
    let flag = case.flag(pipeline.span(fault.extent)).with("what", fault.kind.message());
    if let Some(stops) = fault.stops {
        flag.related(pipeline.span(stops), "where the reader stops");
    }
}

/// Whether no template can mend a fault: it is one of writing, and nothing is filled in near it.
fn is_certain(fault: &Fault, pipeline: &Pipeline) -> bool {
    let written = matches!(
        fault.kind,
        FaultKind::Comma | FaultKind::Arrow(_) | FaultKind::Field(_) | FaultKind::ElseIf(_)
    );
    written && !pipeline.is_filled(lines_around(fault.extent, &pipeline.text))
}

/// The line of a fault, with the one before and the one after.
fn lines_around(extent: Extent, text: &str) -> std::ops::Range<usize> {
    let range = extent.range();
    let mut before = text[..range.start].match_indices('\n').rev();
    let start = before.nth(1).map_or(0, |(at, _)| at);
    let mut after = text[range.end..].match_indices('\n');
    let end = after.nth(1).map_or(text.len(), |(at, _)| range.end + at);
    start..end
}
