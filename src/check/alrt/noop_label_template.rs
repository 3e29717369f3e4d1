//! A label copied onto itself. Rule: rules/alrt/noop-label-template.yaml

use crate::check::Case;
use crate::check::mend::entry;
use crate::facts::rules::AlertRule;
use crate::finding::Edit;

pub(super) fn check(alert: &AlertRule, case: &mut Case<'_>) {
    if alert.labels.entries.is_empty() {
        return case.skip();
    }
    for (key, value) in alert.labels.entries.iter().filter(|(_, value)| value.known) {
        if !is_copy(&value.text, &key.text) {
            continue;
        }
        let part = entry(case.repo, key.span, value.span);
        let flag = case.flag(key.span).with("label", &key.text);
        if let Some(span) = part {
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
