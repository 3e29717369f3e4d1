//! Quantiles of every single series. Rule: rules/pql/quantile-per-series.yaml

use super::{list, quantile_arguments};
use crate::catalogue::model::Severity;
use crate::check::{Case, mend};
use crate::repo::model::leaf::{Leaf, RATES};
use crate::repo::queries::Query;

pub(super) fn check<'a>(query: &'a Query<'a>, case: &mut Case<'a>) {
    if !query.is_sound() {
        return case.skip();
    }
    for argument in quantile_arguments(query) {
        let Some(leaf) = Leaf::of(case.model, argument) else { continue };
        let rated = leaf.function.is_some_and(|function| RATES.contains(&function));
        let Some(name) = leaf.metric().filter(|name| name.ends_with("_bucket")) else { continue };
        if !leaf.aggregations.is_empty() || !rated {
            continue;
        }
        let metric = case.model.metric(name);
        let extra: Vec<&str> = metric
            .certain_labels()
            .into_iter()
            .filter(|label| *label != "le" && !leaf.is_pinned(label))
            .collect();
        if !extra.is_empty() {
            let span = case.name_of(argument, name);
            // An objective reads one value.
            let sli = query.sli().is_some();
            let severity = if sli { Severity::Warning } else { Severity::Info };
            let sum = format!("sum without ({}) (", extra.join(", "));
            let edits = mend::exact(case, argument).map(|span| mend::around(span, &sum, ")"));
            let flag = case.flag(span).severity(severity);
            let flag = flag.with("metric", name).with("labels", list(&extra));
            if let Some(edits) = edits {
                flag.fix(false, "add the series up first", edits);
            }
        }
    }
}
