//! A severity that the automation does not know. Rule: rules/incr/severity-unmapped.yaml

use crate::check::Case;
use crate::facts::code::NameMap;
use crate::facts::rules::AlertRule;

pub(super) fn check(alert: &AlertRule, case: &mut Case<'_>) {
    let repo = case.repo;
    let severity = alert
        .labels
        .get(&case.settings().severity_label)
        .filter(|value| value.known && !value.text.is_empty());
    // What is only there to hold others back is told to nobody.
    let Some(severity) =
        severity.filter(|value| !value.text.contains("{{") && value.text != "none")
    else {
        return case.skip();
    };
    let handlers = repo.facts.alert_handlers.iter().filter(|one| !repo.is_rehearsal(one.document));
    let mut maps =
        handlers.flat_map(|handler| &handler.severities).filter(|map| !map.open).peekable();
    if maps.peek().is_none() {
        return case.skip();
    }
    let Some(map) = maps.find(|map| !knows(map, &severity.text)) else { return };
    let known: Vec<String> = map.keys.iter().map(|key| format!("`{}`", key.text)).collect();
    let Some(first) = map.keys.first() else { return };
    case.flag(severity.span)
        .with("severity", severity.text.clone())
        .with("known", known.join(", "))
        .related(first.span, "looked up here");
}

fn knows(map: &NameMap, severity: &str) -> bool {
    map.keys
        .iter()
        .any(|key| key.text == severity || (map.folded && key.text.eq_ignore_ascii_case(severity)))
}
