//! An attribute that may be nothing. Rule: rules/trac/null-attribute.yaml

use crate::check::Case;
use crate::facts::code::spans::SpanAttribute;

pub(super) fn check(attribute: &SpanAttribute, case: &mut Case<'_>) {
    if let Some(null) = attribute.null {
        case.flag(null);
    }
}
