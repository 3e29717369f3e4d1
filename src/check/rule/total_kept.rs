//! Rates that are still called totals. Rule: rules/rule/total-kept.yaml

use crate::check::Case;
use crate::facts::rules::RecordingRule;

pub(super) fn check(record: &RecordingRule, case: &mut Case<'_>) {
    let parts: Vec<&str> = record.name.text.split(':').collect();
    let [_, metric, last] = *parts else { return case.skip() };
    let rate = last.starts_with("rate") || last.starts_with("irate");
    if record.name.known && rate && metric.ends_with("_total") {
        case.flag(record.name.span);
    }
}
