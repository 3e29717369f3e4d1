//! The path of a request as a label. Rule: rules/metr/raw-path-label.yaml

use crate::check::Case;
use crate::facts::code::{MetricUse, ValueOrigin};

pub(super) fn check(one: &MetricUse, case: &mut Case<'_>) {
    given(one, case, &ValueOrigin::Path);
}

/// Flags labels whose values come from there, at the text that says so.
pub(super) fn given(one: &MetricUse, case: &mut Case<'_>, origin: &ValueOrigin) {
    if !one.own_labels || case.repo.is_rehearsal(one.document) {
        return case.skip();
    }
    let declared = case.repo.metric_of(one);
    for (position, given) in one.labels.iter().flatten().enumerate() {
        if given.origin != *origin {
            continue;
        }
        let labels = declared.and_then(|metric| metric.labels.as_ref());
        let key = given.key.as_ref().or_else(|| labels?.get(position));
        let mut flag = case
            .flag(given.said)
            .with("label", key.map_or_else(String::new, |key| format!(" `{}`", key.text)));
        if given.said != given.value {
            flag = flag.related(given.value, "it becomes the label here");
        }
        if let Some(metric) = declared {
            flag.related(metric.name.span, "the metric");
        }
    }
}
