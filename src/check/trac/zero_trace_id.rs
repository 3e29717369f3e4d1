//! Ids of a span that is none. Rule: rules/trac/zero-trace-id.yaml

use crate::check::Case;
use crate::facts::code::spans::CurrentSpan;
use crate::finding::Edit;

pub(super) fn check(current: &CurrentSpan, case: &mut Case<'_>) {
    let Some(test) = &current.test else { return };
    let flag = case
        .flag(test.test)
        .related(current.at, "this always gives a span")
        .related(test.read, "outside of a trace this is all zeros");
    if let Some(text) = &test.instead {
        let edit = Edit { span: test.test, text: text.clone() };
        flag.fix(false, "Ask whether the span is a real one", vec![edit]);
    }
}
