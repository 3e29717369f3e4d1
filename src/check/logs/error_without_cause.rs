//! Errors that are logged without what went wrong. Rule: rules/logs/error-without-cause.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::code::handlers::{Cause, Handler};
use crate::finding::Edit;

pub(super) fn check(handler: &Handler, case: &mut Case<'_>) {
    for report in &handler.reports {
        let (what, severity) = match report.cause {
            Cause::Given => continue,
            // The text without type and stack is half of it.
            Cause::Text => ("the text of the error, not its type and stack", Severity::Info),
            // What was asked for by its type is known by the text.
            Cause::Missing if !handler.broad => ("nothing of the error", Severity::Info),
            Cause::Missing => ("nothing of the error", Severity::Warning),
        };
        let flag = case
            .flag(report.call.span)
            .with("call", &report.call.text)
            .with("what", what)
            .severity(severity)
            .related(handler.name.span, "caught here");
        if let Some((span, text)) = &report.addition {
            let edits = vec![Edit { span: *span, text: text.clone() }];
            flag.fix(true, "pass the error to the record", edits);
        }
    }
}
