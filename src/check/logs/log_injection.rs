//! Values of requests in text records. Rule: rules/logs/log-injection.yaml

use crate::check::Case;
use crate::facts::code::logs::{LogCall, Way};

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
        in_text && part && (text || !value.whole)
    });
    let Some(value) = from else { return };
    if case.repo.logs_text(call.document) {
        let text = case.repo.text(value.span).to_owned();
        case.flag(value.span).with("value", text);
    }
}
