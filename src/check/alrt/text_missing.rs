//! An alert that says nothing to its reader. Rule: rules/alrt/text-missing.yaml

use crate::check::Case;
use crate::facts::rules::AlertRule;
use crate::facts::subject::Held;

pub(super) fn check(alert: &AlertRule, case: &mut Case<'_>) {
    let missing = |key: &str| matches!(alert.annotations.held(key), Held::Nothing);
    let absent: Vec<&str> = [
        (missing("summary"), "summary"),
        (missing("description") && missing("message"), "description"),
    ]
    .into_iter()
    .filter_map(|(absent, name)| absent.then_some(name))
    .collect();
    if !absent.is_empty() {
        let names = absent.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>();
        let effect = match absent[..] {
            ["summary"] => "gets no line that says what is wrong",
            ["description"] => "sees one line, and not what it means",
            _ => "sees a name and labels only",
        };
        case.flag(alert.name.span).with("missing", names.join(" and no ")).with("effect", effect);
    }
}
