//! Recorded names without a level, or of an unusual shape. Rule: rules/rule/record-name-shape.yaml

use crate::check::Case;
use crate::facts::rules::RecordingRule;

pub(super) fn check(record: &RecordingRule, case: &mut Case<'_>) {
    if !record.name.known {
        return;
    }
    match record.name.text.split(':').count() {
        1 => {
            let what = "has no colon: it reads as if something exposed it";
            case.flag(record.name.span).with("what", what);
        }
        3 => {}
        count if case.model.opinions => {
            let what =
                format!("has {count} parts between its colons, and the convention has three");
            case.flag(record.name.span).with("what", what).opinion();
        }
        _ => {}
    }
}
