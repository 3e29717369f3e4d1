//! A label copied onto itself. Rule: rules/alrt/noop-label-template.yaml

use crate::check::Case;
use crate::facts::rules::AlertRule;
use crate::finding::Edit;
use crate::source::Span;

pub(super) fn check(alert: &AlertRule, case: &mut Case<'_>) {
    if alert.labels.entries.is_empty() {
        return case.skip();
    }
    for (key, value) in alert.labels.entries.iter().filter(|(_, value)| value.known) {
        if !is_copy(&value.text, &key.text) {
            continue;
        }
        let source = case.repo.source(key.span.source);
        let line = line_of(source.text(), key.span, value.span);
        let flag = case.flag(key.span).with("label", &key.text);
        if let Some(range) = line {
            let span = Span::new(key.span.source, range.start, range.end);
            let edits = vec![Edit { span, text: String::new() }];
            flag.fix(true, format!("Remove the label `{}`", key.text), edits);
        }
    }
}

/// Whether `value` is `{{ $labels.name }}` or `{{ .Labels.name }}` and nothing else.
fn is_copy(value: &str, name: &str) -> bool {
    let inner = value.trim().strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}"));
    let Some(inner) = inner.map(|inner| inner.trim_start_matches('-').trim_end_matches('-').trim())
    else {
        return false;
    };
    let field = inner.strip_prefix("$labels.").or_else(|| inner.strip_prefix(".Labels."));
    field == Some(name)
}

/// The whole line, if the pair is all it holds and another label stays.
fn line_of(text: &str, key: Span, value: Span) -> Option<std::ops::Range<usize>> {
    let (start, end) = (key.start as usize, value.end as usize);
    let from = text.get(..start)?.rfind('\n').map_or(0, |at| at + 1);
    let to = text.get(end..)?.find('\n').map_or(text.len(), |at| end + at + 1);
    let alone = text[from..start].trim().is_empty() && text[end..to].trim().is_empty();
    alone.then_some(from..to)
}
