//! Messages and values that do not fit. Rule: rules/logs/argument-mismatch.yaml

use crate::check::Case;
use crate::facts::code::logs::LogCall;

pub(super) fn check(call: &LogCall, case: &mut Case<'_>) {
    if call.printed {
        return case.skip();
    }
    if let Some(mismatch) = &call.mismatch {
        let then = match mismatch.dropped {
            true => "what has no place is dropped",
            false => "the record is lost or garbled",
        };
        case.flag(mismatch.span).with("fault", mismatch.text.clone()).with("then", then);
    }
}
