//! Messages and values that do not fit. Rule: rules/logs/argument-mismatch.yaml

use crate::check::Case;
use crate::facts::code::logs::LogCall;

pub(super) fn check(call: &LogCall, case: &mut Case<'_>) {
    if call.printed {
        return case.skip();
    }
    if let Some(mismatch) = &call.mismatch {
        case.flag(mismatch.span).with("fault", mismatch.text.clone());
    }
}
