//! PQL: what expressions mean, in rules, objectives and panels.

use super::Builtin;
use crate::lang::promql::ast::{Call, Kind, NodeId};
use crate::repo::model::metric::{Metric, Origin};
use crate::repo::model::{Model, Place};
use crate::repo::queries::Query;
use std::collections::BTreeSet;

mod aggregate_of_quantile;
mod counter_raw;
mod external_label_filter;
mod filesystem_unfiltered;
mod irate_in_alert;
mod join_on_absent_label;
mod label_not_declared;
mod le_integer_matcher;
mod nan_in_aggregate;
mod no_metric_name;
mod or_branch_unfiltered;
mod provably_empty_match;
mod quantile_no_rate;
mod quantile_per_series;
mod quantile_range;
mod quantile_without_le;
mod quantile_wrong_series;
mod range_too_short;
mod rate_on_gauge;
mod regex_noise;
mod self_ratio_constant;
mod sum_across_units;
mod threshold_out_of_range;
mod topk_in_rule;

pub(super) const BUILTINS: &[(&str, Builtin)] = &[
    ("PQL001", Builtin::Expression(self_ratio_constant::check)),
    ("PQL002", Builtin::Expression(provably_empty_match::check)),
    ("PQL003", Builtin::Expression(join_on_absent_label::check)),
    ("PQL004", Builtin::Expression(quantile_without_le::check)),
    ("PQL005", Builtin::Expression(quantile_wrong_series::check)),
    ("PQL006", Builtin::Expression(quantile_no_rate::check)),
    ("PQL007", Builtin::Expression(quantile_range::check)),
    ("PQL008", Builtin::Expression(quantile_per_series::check)),
    ("PQL009", Builtin::Expression(counter_raw::check)),
    ("PQL010", Builtin::Expression(rate_on_gauge::check)),
    ("PQL011", Builtin::Expression(range_too_short::check)),
    ("PQL012", Builtin::Expression(irate_in_alert::check)),
    ("PQL013", Builtin::Expression(regex_noise::check)),
    ("PQL014", Builtin::Expression(no_metric_name::check)),
    ("PQL015", Builtin::Expression(threshold_out_of_range::check)),
    ("PQL016", Builtin::Expression(or_branch_unfiltered::check)),
    ("PQL017", Builtin::Expression(le_integer_matcher::check)),
    ("PQL018", Builtin::Expression(aggregate_of_quantile::check)),
    ("PQL019", Builtin::Expression(topk_in_rule::check)),
    ("PQL020", Builtin::Expression(filesystem_unfiltered::check)),
    ("PQL021", Builtin::Expression(nan_in_aggregate::check)),
    ("PQL022", Builtin::Expression(label_not_declared::check)),
    ("PQL023", Builtin::Expression(sum_across_units::check)),
    ("PQL024", Builtin::Expression(external_label_filter::check)),
];

/// The places of an expression, leaves first.
fn places<'q, 'r>(query: &'q Query<'r>) -> impl Iterator<Item = Place<'q, 'r>> {
    query.ast().all().map(move |(node, _)| Place { query, node })
}

/// Calls of a function in an expression, with their places.
fn calls<'q, 'r>(
    query: &'q Query<'r>,
    name: &'static str,
) -> impl Iterator<Item = (Place<'q, 'r>, &'r Call)> {
    places(query).filter_map(move |place| match place.kind() {
        Kind::Call(call) if call.function.is_some_and(|function| function.name == name) => {
            Some((place, call))
        }
        _ => None,
    })
}

/// What `histogram_quantile` is computed from, in each of its calls.
fn quantile_arguments<'q, 'r>(query: &'q Query<'r>) -> impl Iterator<Item = Place<'q, 'r>> {
    calls(query, "histogram_quantile")
        .filter_map(|(place, call)| call.args.get(1).map(|arg| place.at(*arg)))
}

/// Whether a node's value does not depend on series.
fn is_constant(model: &Model<'_>, query: &Query<'_>, node: NodeId) -> bool {
    constant(model, query, node).is_some()
}

/// The value of a constant node.
fn constant(model: &Model<'_>, query: &Query<'_>, node: NodeId) -> Option<f64> {
    model.constants_of(query)[node.index()]
}

/// Words in a sentence: `a`, `b` and `c`.
fn list(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}

/// Who provides a metric, for a sentence: `node_exporter 1.11.1`.
fn providers(metric: &Metric<'_, '_>) -> String {
    let names: BTreeSet<String> = metric
        .providers
        .iter()
        .map(|provider| match provider.origin {
            Origin::Server => "Prometheus itself".to_owned(),
            Origin::Code(_) => "code here".to_owned(),
            Origin::Exporter(exporter) => format!("{} {}", exporter.name, exporter.version),
        })
        .collect();
    names.into_iter().collect::<Vec<_>>().join(", ")
}
