//! Recorded names without a level. Rule: rules/rule/record-name-shape.yaml

use crate::check::Case;
use crate::facts::rules::RecordingRule;

pub(super) fn check(record: &RecordingRule, case: &mut Case<'_>) {
    if record.name.known && !record.name.text.contains(':') {
        case.flag(record.name.span);
    }
}
