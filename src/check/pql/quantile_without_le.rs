//! Quantiles of sums over all buckets. Rule: rules/pql/quantile-without-le.yaml

use super::quantile_arguments;
use crate::check::{Case, mend};
use crate::finding::Edit;
use crate::lang::promql::ast::{Kind, Name, NodeId};
use crate::lang::promql::labels::Presence;
use crate::repo::model::Place;
use crate::repo::queries::Query;

pub(super) fn check<'a>(query: &'a Query<'a>, case: &mut Case<'a>) {
    if !query.is_sound() {
        return case.skip();
    }
    for argument in quantile_arguments(query) {
        if case.model.labels(argument).get("le") != Presence::Absent {
            continue;
        }
        let inner = case.model.follow(argument);
        let Some(node) = dropping(case, inner) else { continue };
        // The histograms of VictoriaMetrics have ranges in place of bounds.
        let ranges = |label: &Name| &*label.text == "vmrange";
        let buckets = inner.ast().subtree(inner.node).all(|(_, node)| match &node.kind {
            Kind::Aggregate(aggregate) => {
                !aggregate.grouping.iter().flat_map(|by| &by.labels).any(ranges)
            }
            Kind::Selector(selector) => {
                selector.metric().is_some_and(|name| name.ends_with("_bucket"))
            }
            _ => true,
        });
        if buckets {
            // In another expression, the argument leads there.
            let same = std::ptr::eq(inner.query, argument.query);
            let place = if same { inner.at(node) } else { argument };
            let span = match place.kind() {
                Kind::Aggregate(aggregate) => match &aggregate.grouping {
                    Some(grouping) => case.place(place.query, grouping.extent),
                    None => case.place(place.query, aggregate.op_extent),
                },
                _ => case.at(place),
            };
            let edit = kept(case, place);
            let flag = case.flag(span);
            if let Some(edit) = edit {
                flag.fix(false, "keep `le`", vec![edit]);
            }
        }
    }
}

/// The aggregation with `le` among the labels it keeps.
fn kept(case: &Case<'_>, place: Place<'_, '_>) -> Option<Edit> {
    let Kind::Aggregate(aggregate) = place.kind() else { return None };
    mend::exact(case, place)?;
    match &aggregate.grouping {
        None => {
            let op = case.place(place.query, aggregate.op_extent);
            Some(Edit { span: op.at_end(), text: " by (le)".to_owned() })
        }
        Some(grouping) if !grouping.without => {
            let span = case.place(place.query, grouping.extent);
            let open = case.repo.text(span).find('(')? + 1;
            let first = span.start as usize + open;
            let text = if grouping.labels.is_empty() { "le" } else { "le, " };
            Some(Edit {
                span: crate::source::Span::new(span.source, first, first),
                text: text.to_owned(),
            })
        }
        Some(_) => None,
    }
}

/// The aggregation that loses `le`: the outermost whose input may still have it.
fn dropping<'a>(case: &Case<'a>, place: Place<'a, 'a>) -> Option<NodeId> {
    place.ast().subtree(place.node).rev().find_map(|(id, node)| match &node.kind {
        Kind::Aggregate(aggregate) => {
            let inner = place.at(aggregate.inner?);
            let before = case.model.labels_of(inner.query).of(inner.node).get("le");
            (before != Presence::Absent).then_some(id)
        }
        _ => None,
    })
}
