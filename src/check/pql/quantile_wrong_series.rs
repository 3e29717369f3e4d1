//! Quantiles of what is no histogram bucket. Rule: rules/pql/quantile-wrong-series.yaml

use super::quantile_arguments;
use crate::check::Case;
use crate::repo::model::leaf::Leaf;
use crate::repo::queries::Query;

/// Endings of series that have no buckets.
const ENDINGS: &[&str] = &["_sum", "_count", "_total"];

pub(super) fn check<'a>(query: &'a Query<'a>, case: &mut Case<'a>) {
    for argument in quantile_arguments(query) {
        let Some(leaf) = Leaf::of(case.model, argument) else { continue };
        let Some(metric) = leaf.metric() else { continue };
        if !metric.contains(':') && ENDINGS.iter().any(|ending| metric.ends_with(ending)) {
            let span = case.name_of(argument, metric);
            case.flag(span).with("metric", metric);
        }
    }
}
