//! An error that the trace does not show. Rule: rules/trac/swallowed-in-span.yaml

use crate::check::Case;
use crate::facts::code::spans::SpanScope;

pub(super) fn check(scope: &SpanScope, case: &mut Case<'_>) {
    for handler in &scope.swallowed {
        case.flag(*handler).related(scope.at, "the span is open here");
    }
}
