//! A rate of nothing. Rule: rules/kiba/rate-without-total.yaml

use crate::check::Case;
use crate::facts::query::{Form, How, LogQuery};
use crate::repo::logfields::asks_for_errors;

pub(super) fn check(query: &LogQuery, case: &mut Case<'_>) {
    if query.form == Form::Panel || !is_rate(query.label()) {
        return;
    }
    let filtered = query.uses.iter().any(|used| {
        matches!(used.how, How::Exact | How::Words | How::Above) && asks_for_errors(used)
    });
    // Errors counted beside all are in an aggregation of their own.
    let compared = query.aggregations.iter().any(|aggregation| {
        matches!(aggregation.kind.text.as_str(), "filter" | "filters" | "bucket_script" | "global")
    });
    let counted = !query.aggregations.is_empty() || query.form == Form::Visual;
    if filtered && !compared && counted && !query.open {
        case.flag(query.anchor).with("name", query.label());
    }
}

/// Whether a name promises a share.
fn is_rate(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.split(|c: char| !c.is_alphanumeric())
        .any(|word| matches!(word, "rate" | "ratio" | "percent" | "percentage" | "pct"))
        || name.contains('%')
}
