//! A span that an error leaves open. Rule: rules/trac/end-not-in-finally.yaml

use crate::check::Case;
use crate::facts::code::spans::{SpanEnd, SpanForm, SpanScope};

pub(super) fn check(scope: &SpanScope, case: &mut Case<'_>) {
    if !matches!(scope.form, SpanForm::Manual | SpanForm::Callback)
        || case.repo.is_load_test(scope.document)
    {
        return case.skip();
    }
    if let SpanEnd::Straight { end, risk } = scope.end {
        case.flag(end)
            .related(scope.at, "the span starts here")
            .related(risk, "an error here passes the end by");
    }
}
