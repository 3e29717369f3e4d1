//! A name of a span that takes any number of forms. Rule: rules/trac/unbounded-span-name.yaml

use crate::check::Case;
use crate::facts::code::spans::SpanScope;

pub(super) fn check(scope: &SpanScope, case: &mut Case<'_>) {
    if let Some(value) = &scope.unbounded {
        case.flag(value.span).with("value", value.text.clone());
    }
}
