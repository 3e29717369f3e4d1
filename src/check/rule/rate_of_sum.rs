//! Rates of sums of counters. Rule: rules/rule/rate-of-sum.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::lang::promql::ast::Kind;
use crate::repo::model::Place;
use crate::repo::model::leaf::{Leaf, RATES};
use crate::repo::queries::Query;

/// Endings of counters.
const COUNTERS: &[&str] = &["_total", "_count", "_bucket"];

pub(super) fn check<'a>(query: &'a Query<'a>, case: &mut Case<'a>) {
    if query.alert().is_none() && query.record().is_none() {
        return case.skip();
    }
    for (node, kind) in query.ast().all().map(|(id, node)| (id, &node.kind)) {
        let Kind::Call(call) = kind else { continue };
        let Some(function) = call.function.filter(|known| RATES.contains(&known.name)) else {
            continue;
        };
        let Some(&arg) = call.args.first() else { continue };
        let place = Place { query, node }.at(query.ast().bare(arg));
        let inner = match place.kind() {
            Kind::Subquery(subquery) => place.at(subquery.inner),
            Kind::Range { inner, .. } => place.at(*inner),
            _ => continue,
        };
        let Some(leaf) = behind(case, inner) else { continue };
        let Some(metric) = leaf.metric() else { continue };
        let counter =
            COUNTERS.iter().any(|ending| metric.ends_with(ending)) && !metric.contains(':');
        let rated = leaf.function.is_some_and(|name| RATES.contains(&name));
        let (what, severity) = match (leaf.function, leaf.aggregations.is_empty()) {
            _ if !counter => continue,
            (None, false) => (
                "a sum of counters falls when one of them restarts, and the drop counts as a burst",
                Severity::Error,
            ),
            (Some(_), _) if rated && matches!(place.kind(), Kind::Range { .. }) => (
                "the recorded name is a rate already, and this is the rate of its changes",
                Severity::Info,
            ),
            _ => continue,
        };
        let span = case.place(query, call.name);
        case.flag(span).with("function", function.name).with("what", what).severity(severity);
    }
}

/// The chain below, a recorded name with a range followed too.
fn behind<'a>(case: &Case<'a>, inner: Place<'a, 'a>) -> Option<Leaf<'a>> {
    if let Kind::Selector(selector) = inner.kind() {
        let query = case.model.recorded(selector.metric()?)?;
        let place = Place { query, node: query.ast().root()? };
        return Leaf::of(case.model, place);
    }
    Leaf::of(case.model, inner)
}
