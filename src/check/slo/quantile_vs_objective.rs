//! Quantiles other than the promised share. Rule: rules/slo/quantile-vs-objective.yaml

use super::percent;
use crate::check::Case;
use crate::facts::slo::Slo;
use crate::facts::slo::value::clean;
use crate::lang::matcher::MatchOp;
use crate::lang::promql::ast::{Extent, Kind};
use crate::repo::queries::Query;

pub(super) fn check<'a>(slo: &'a Slo, case: &mut Case<'a>) {
    let (Some(objective), Some(ratio)) = (&slo.objective, slo.ratio()) else {
        return case.skip();
    };
    // A plain number may be the latency itself.
    if !objective.has_sign() && slo.bound.is_none() {
        return;
    }
    let model = case.model;
    for query in model.slis(slo).into_iter().filter(|query| query.is_sound()) {
        for (extent, quantile) in quantiles(case, query) {
            if (quantile - ratio).abs() < 1e-9 {
                continue;
            }
            let span = case.place(query, extent);
            super::flag(case, slo, span)
                .with("quantile", clean(quantile).to_string())
                .with("share", percent(quantile))
                .with("objective", objective.scalar.text.as_str())
                .related(objective.scalar.span, "the share that is promised");
        }
    }
}

/// Quantiles that a query reads, by function or from a summary.
fn quantiles(case: &Case<'_>, query: &Query<'_>) -> Vec<(Extent, f64)> {
    let constants = case.model.constants_of(query);
    let mut found = Vec::new();
    for (_, node) in query.ast().all() {
        match &node.kind {
            Kind::Call(call) => {
                let quantile = call.function.is_some_and(|it| it.name == "histogram_quantile");
                let Some(&arg) = call.args.first().filter(|_| quantile) else { continue };
                found.extend(
                    constants[arg.index()].map(|value| (query.ast().node(arg).extent, value)),
                );
            }
            Kind::Selector(selector) => {
                let labels = selector.labels().filter(|matcher| {
                    &*matcher.label.text == "quantile" && matcher.op == MatchOp::Equal
                });
                found.extend(labels.filter_map(|matcher| {
                    Some((matcher.value_extent, matcher.value.parse::<f64>().ok()?))
                }));
            }
            _ => {}
        }
    }
    found
}
