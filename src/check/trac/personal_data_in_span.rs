//! What must not be in a trace. Rule: rules/trac/personal-data-in-span.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::code::spans::SpanAttribute;
use crate::lang::sensitive::Kind;

pub(super) fn check(attribute: &SpanAttribute, case: &mut Case<'_>) {
    let Some((sensitive, span)) = attribute.sensitive else { return };
    let severity = match sensitive.kind {
        // The conventions allow it: it says which, not who.
        Kind::Account => Severity::Info,
        _ if case.repo.is_removed_by_collector(&attribute.key.text) => Severity::Info,
        Kind::Secret => Severity::Error,
        Kind::Personal | Kind::Address => Severity::Warning,
    };
    case.flag(span).with("what", sensitive.what).severity(severity);
}
