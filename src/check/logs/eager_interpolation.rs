//! Values written into the message. Rule: rules/logs/eager-interpolation.yaml

use crate::check::Case;
use crate::facts::code::logs::LogCall;
use crate::finding::Edit;
use crate::identify::Kind;
use crate::source::Span;

pub(super) fn check(call: &LogCall, case: &mut Case<'_>) {
    if call.printed {
        return case.skip();
    }
    let Some(template) = call.template.as_ref().filter(|_| call.alone) else { return };
    let short = !case.repo.text(template.span).contains('\n');
    let python = case.repo.document(call.document).kind == Kind::Python;
    let edit = apart(case, template.span).filter(|_| python && call.library == "logging");
    let flag = case.flag(if short { template.span } else { call.method.span });
    if let Some(edit) = edit {
        flag.fix(false, "pass the values beside the message", vec![edit]);
    }
}

/// `"sent %s", n` of `f"sent {n}"`, where the places hold nothing but values.
fn apart(case: &Case<'_>, span: Span) -> Option<Edit> {
    let inner = case.repo.text(span).strip_prefix('f')?;
    let quote = inner.chars().next().filter(|mark| matches!(mark, '"' | '\''))?;
    let inner = inner.strip_prefix(quote)?.strip_suffix(quote)?;
    if inner.contains([quote, '\\', '%', '\n']) || inner.contains("{{") || inner.contains("}}") {
        return None;
    }
    let (mut message, mut values) = (String::new(), Vec::new());
    let mut rest = inner;
    while let Some((before, after)) = rest.split_once('{') {
        let (value, after) = after.split_once('}')?;
        if value.contains(['!', ':', '=', '{']) || value.trim().is_empty() {
            return None;
        }
        message.push_str(before);
        message.push_str("%s");
        values.push(value.trim());
        rest = after;
    }
    message.push_str(rest);
    let text = format!("{quote}{message}{quote}, {}", values.join(", "));
    (!values.is_empty()).then_some(Edit { span, text })
}
