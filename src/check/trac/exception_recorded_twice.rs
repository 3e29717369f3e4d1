//! An error that a span gets twice. Rule: rules/trac/exception-recorded-twice.yaml

use crate::check::Case;
use crate::facts::code::spans::{PassedError, SpanForm, SpanScope};
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

/// An error that the span of the request gets by hand, and from the instrumentation that it leaves
/// to.
pub(super) fn passed(error: &PassedError, case: &mut Case<'_>) {
    let repo = case.repo;
    let services = repo.services_with(error.document);
    let told = repo.facts.instrumentations.iter().find_map(|it| {
        let own = services.iter().any(|number| repo.services()[*number].has(it.document));
        it.records.filter(|_| own)
    });
    let Some(told) = told else { return case.skip() };
    case.flag(error.record)
        .related(error.again, "passed on here")
        .related(told, "the instrumentation is told to record it as well");
}
