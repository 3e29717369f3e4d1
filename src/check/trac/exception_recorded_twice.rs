//! An error that a span gets twice. Rule: rules/trac/exception-recorded-twice.yaml

use crate::check::Case;
use crate::facts::code::spans::{SpanForm, SpanScope};
use crate::finding::Edit;

pub(super) fn check(scope: &SpanScope, case: &mut Case<'_>) {
    if !matches!(scope.form, SpanForm::Block | SpanForm::Function) {
        return case.skip();
    }
    for twice in &scope.twice {
        let flag = case
            .flag(twice.record)
            .related(twice.again, "passed on here")
            .related(scope.at, "what ends this span records it again");
        if let Some(span) = twice.statement {
            let edit = Edit { span, text: String::new() };
            flag.fix(false, "Leave it to the span", vec![edit]);
        }
    }
}
