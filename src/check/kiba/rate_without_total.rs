//! A rate of nothing. Rule: rules/kiba/rate-without-total.yaml

use crate::check::Case;
use crate::facts::query::{Form, How, LogQuery};
use crate::repo::logfields::asks_for_errors;

pub(super) fn check(query: &LogQuery, case: &mut Case<'_>) {
    // A body alone is called what its file is called.
    let path = &case.repo.source(query.document.source).path;
    let file = path.rsplit('/').next().unwrap_or(path);
    let own = file.split('.').next().filter(|_| query.form == Form::Body);
    let name = own.filter(|_| query.name.is_none()).unwrap_or(query.label());
    if query.form == Form::Panel || !is_rate(name) {
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
        case.flag(query.anchor).with("name", name);
    }
}

/// Whether a name promises a share.
fn is_rate(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.split(|c: char| !c.is_alphanumeric())
        .any(|word| matches!(word, "rate" | "ratio" | "percent" | "percentage" | "pct"))
        || name.contains('%')
}
