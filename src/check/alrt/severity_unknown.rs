//! A severity that no route knows. Rule: rules/alrt/severity-unknown.yaml

use crate::check::Case;
use crate::facts::rules::AlertRule;

const ALLOWED: &[&str] = &["critical", "warning", "info", "none", "page", "ticket"];

pub(super) fn check(alert: &AlertRule, case: &mut Case<'_>) {
    let Some(severity) = alert.label("severity").filter(|value| value.known) else {
        return case.skip();
    };
    if !severity.text.contains("{{") && !ALLOWED.contains(&severity.text.as_str()) {
        case.flag(severity.span).with("value", &severity.text);
    }
}
