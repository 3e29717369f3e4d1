//! Values of requests in text records. Rule: rules/logs/log-injection.yaml

use crate::check::{Case, mend};
use crate::facts::code::logs::{LogCall, Way};
use crate::finding::Edit;
use crate::identify::Kind;
use crate::source::Span;

pub(super) fn check(call: &LogCall, case: &mut Case<'_>) {
    if call.printed && !call.method.text.is_empty() && call.level.is_none() {
        return case.skip();
    }
    let from = call.values.iter().find(|value| {
        let in_text = match value.way {
            Way::Text | Way::Message => true,
            Way::Argument => call.written,
            Way::Field => false,
        };
        let part = value.request.is_some_and(|part| part != "environment");
        let text = matches!(value.request, Some("path" | "query" | "value"));
        in_text && part && !value.quoted && (text || !value.whole)
    });
    let Some(value) = from else { return };
    if case.repo.logs_text(call.document) {
        let text = case.repo.text(value.span).to_owned();
        let edits = quoted(case, call, value.span);
        let flag = case.flag(value.span).with("value", text);
        if let Some(edits) = edits {
            flag.fix(false, "write line breaks in it as text", edits);
        }
    }
}

/// The value in a form in which a line break is no line break.
fn quoted(case: &Case<'_>, call: &LogCall, span: Span) -> Option<Vec<Edit>> {
    let repo = case.repo;
    let text = repo.source(span.source).text();
    let after = text.get(span.end as usize..)?.chars().next()?;
    let before = text.get(..span.start as usize)?.chars().next_back()?;
    match repo.document(call.document).kind {
        Kind::Python if before == '{' && after == '}' => {
            Some(vec![Edit { span: span.at_end(), text: "!r".to_owned() }])
        }
        Kind::Python if after != '}' => Some(mend::around(span, "repr(", ")")),
        Kind::Javascript | Kind::Typescript => Some(mend::around(span, "JSON.stringify(", ")")),
        _ => None,
    }
}
