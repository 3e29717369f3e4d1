//! A span that loses its trace. Rule: rules/trac/go-context-dropped.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::code::spans::{ContextLoss, SpanScope};
use crate::finding::Edit;

pub(super) fn check(scope: &SpanScope, case: &mut Case<'_>) {
    match &scope.loss {
        Some(ContextLoss::Root { given, param, instead }) => {
            let edit = Edit { span: *given, text: instead.clone() };
            case.flag(*given)
                .with("what", "the span starts a trace of its own although a context is at hand")
                .related(*param, "the context of the caller")
                .fix(false, "Start from the context of the caller", vec![edit]);
        }
        Some(ContextLoss::Dropped { blank, later, instead, brief }) => {
            let mut scopes = case.repo.facts.span_scopes.iter();
            // Without a span below, nothing is lost but the place in the trace.
            let severity = match brief {
                Some(called) if !scopes.any(|it| it.function == *called) => Severity::Warning,
                _ => Severity::Error,
            };
            let edit = Edit { span: *blank, text: instead.clone() };
            let what = "the context of the span is thrown away, and later calls get the old one";
            let flag = case
                .flag(*blank)
                .with("what", what)
                .related(*later, "this call is no child of the span")
                .severity(severity);
            if !instead.is_empty() {
                flag.fix(false, "Keep the context of the span", vec![edit]);
            }
        }
        None => {}
    }
}
