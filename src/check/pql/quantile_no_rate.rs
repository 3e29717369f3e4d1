//! Quantiles over the whole life of a process. Rule: rules/pql/quantile-no-rate.yaml

use super::quantile_arguments;
use crate::check::Case;
use crate::repo::model::leaf::Leaf;
use crate::repo::queries::Query;

pub(super) fn check<'a>(query: &'a Query<'a>, case: &mut Case<'a>) {
    for argument in quantile_arguments(query) {
        let Some(leaf) = Leaf::of(case.model, argument) else { continue };
        let Some(metric) = leaf.metric() else { continue };
        // What Google's exporter gives counts since the sample before.
        let since_start = !metric.contains(':') && !metric.starts_with("stackdriver_");
        if leaf.function.is_none() && metric.ends_with("_bucket") && since_start {
            let span = case.name_of(argument, metric);
            case.flag(span).with("metric", metric);
        }
    }
}
