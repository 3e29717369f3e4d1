//! Bounds that the query does not use. Rule: rules/slo/threshold-vs-query.yaml

use crate::check::Case;
use crate::facts::slo::Slo;
use crate::lang::matcher::MatchOp;
use crate::lang::promql::ast::{Extent, Kind};
use crate::repo::model::Place;
use crate::repo::model::ratio::Bound;
use crate::repo::queries::Query;

pub(super) fn check<'a>(slo: &'a Slo, case: &mut Case<'a>) {
    let Some(bound) = &slo.bound else { return case.skip() };
    let Some(wanted) = bound.known_text().and_then(measure) else { return };
    let model = case.model;
    let mut found = Vec::new();
    for query in model.slis(slo).into_iter().filter(|query| query.is_sound()) {
        found.extend(literals(case, query).into_iter().map(|it| (query, it)));
    }
    // One of several is enough: a fallback may have a bound of its own.
    if found.iter().any(|(_, (_, value))| equal(*value, wanted)) {
        return;
    }
    let Some(&(query, (extent, _))) = found.first() else { return };
    let span = case.place(query, extent);
    let used = query.text(extent).trim_matches(['"', '\'', '`']).to_owned();
    super::flag(case, slo, span)
        .with("used", used)
        .with("threshold", bound.text.as_str())
        .related(bound.span, "the bound that is declared");
}

/// A number, or a length of time in seconds.
fn measure(text: &str) -> Option<f64> {
    let text = text.trim();
    let (number, factor) = match text.strip_suffix("ms") {
        Some(number) => (number, 0.001),
        None => (text.strip_suffix('s').unwrap_or(text), 1.0),
    };
    number.trim().parse::<f64>().ok().map(|number| number * factor)
}

/// Equal in seconds or milliseconds.
fn equal(one: f64, other: f64) -> bool {
    [1.0, 1000.0, 0.001]
        .iter()
        .any(|factor| (one - other * factor).abs() <= 1e-9 * one.abs().max(1e-9))
}

/// What a query holds latencies against: bucket edges, and numbers compared with a quantile or
/// with the whole value.
fn literals<'a>(case: &Case<'a>, query: &'a Query<'a>) -> Vec<(Extent, f64)> {
    let root = query.ast().root().map(|root| query.ast().bare(root));
    let mut found = Vec::new();
    for (node, content) in query.ast().all() {
        match &content.kind {
            Kind::Selector(selector) => {
                let edges = selector
                    .labels()
                    .filter(|matcher| &*matcher.label.text == "le" && matcher.op == MatchOp::Equal);
                let edge = |value: &str| value.parse::<f64>().ok().filter(|edge| edge.is_finite());
                found.extend(edges.filter_map(|it| Some((it.value_extent, edge(&it.value)?))));
            }
            Kind::Binary(_) => {
                let Some(bound) = Bound::of(case.model, Place { query, node }) else { continue };
                let quantile = query.ast().subtree(bound.value.node).any(|(_, node)| {
                    matches!(&node.kind, Kind::Call(call)
                        if call.function.is_some_and(|it| it.name == "histogram_quantile"))
                });
                if quantile || Some(node) == root {
                    found.push((query.ast().node(bound.number).extent, bound.bound));
                }
            }
            _ => {}
        }
    }
    found
}
