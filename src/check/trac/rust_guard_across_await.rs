//! A span that is entered while its task waits. Rule: rules/trac/rust-guard-across-await.yaml

use crate::check::Case;
use crate::facts::code::spans::SpanGuard;

pub(super) fn check(guard: &SpanGuard, case: &mut Case<'_>) {
    if let Some(wait) = guard.waits {
        case.flag(guard.at).related(wait, "other tasks run here inside the span");
    }
}
