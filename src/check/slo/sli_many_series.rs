//! Indicators of many series, of which one is taken. Rule: rules/slo/sli-many-series.yaml

use crate::check::Case;
use crate::facts::slo::{Role, Slo, SloDialect};
use crate::finding::Edit;
use crate::lang::promql::ast::{Extent, Kind};
use crate::lang::promql::labels::Presence;
use crate::repo::model::Place;
use crate::source::Span;

/// Labels with one value for each service.
const OF_SERVICE: &[&str] = &[
    "service",
    "service_name",
    "job",
    "app",
    "application",
    "namespace",
    "cluster",
    "environment",
];

pub(super) fn check<'a>(slo: &'a Slo, case: &mut Case<'a>) {
    // Tools make one objective of each series, or add them up.
    let own = slo.dialect == SloDialect::Standard;
    let Some(place) = case.model.sli(slo, Role::Value).filter(|_| own) else {
        return case.skip();
    };
    let grouped = slo.settings.keys().any(|key| key.contains("group"));
    if grouped || is_one(case, place) {
        return;
    }
    let readers = &case.repo.facts.slo_readers;
    let taken: Option<Span> = readers.iter().find_map(|reader| reader.first);
    if !readers.is_empty() && taken.is_none() {
        return;
    }
    let span = case.place(place.query, name(place));
    let whole = case.at(place);
    let edits = vec![
        Edit { span: whole.at_start(), text: "sum(".to_owned() },
        Edit { span: whole.at_end(), text: ")".to_owned() },
    ];
    let simple = matches!(place.kind(), Kind::Call(_)) && !is_quantile(place);
    let what = match taken {
        Some(_) => "and the evaluator takes the first of them",
        None => "and nothing says which of them counts",
    };
    let mut flag = super::flag(case, slo, span).with("what", what);
    if let Some(taken) = taken {
        flag = flag.related(taken, "the first series is taken here");
    }
    if simple {
        flag.fix(false, "add the series up", edits);
    }
}

/// Whether the labels leave one series for each service.
fn is_one<'a>(case: &Case<'a>, place: Place<'a, 'a>) -> bool {
    let labels = case.model.labels(place);
    labels.closed
        && labels.named().all(|(label, presence)| {
            OF_SERVICE.contains(&label) || matches!(presence, Presence::Is(_) | Presence::Absent)
        })
}

fn is_quantile(place: Place<'_, '_>) -> bool {
    matches!(place.kind(), Kind::Call(call)
        if call.function.is_some_and(|it| it.name.starts_with("histogram")))
}

/// The function that returns the series, or the first line of the query.
fn name(place: Place<'_, '_>) -> Extent {
    let ast = place.ast();
    let mut node = ast.bare(place.node);
    for _ in 0..16 {
        node = match ast.kind(node) {
            Kind::Binary(binary) => ast.bare(binary.left),
            _ => break,
        };
    }
    match ast.kind(node) {
        Kind::Call(call) => call.name,
        Kind::Aggregate(aggregate) => aggregate.op_extent,
        Kind::Selector(selector) => selector.metric_extent().unwrap_or(ast.node(node).extent),
        _ => ast.node(node).extent,
    }
}
