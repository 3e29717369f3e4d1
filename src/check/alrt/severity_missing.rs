//! An alert without a severity. Rule: rules/alrt/severity-missing.yaml

use crate::check::Case;
use crate::facts::rules::AlertRule;
use crate::facts::subject::Held;

pub(super) fn check(alert: &AlertRule, case: &mut Case<'_>) {
    let label = case.settings().severity_label.as_str();
    if matches!(alert.label_held(label), Held::Nothing) {
        case.flag(alert.name.span).with("label", label);
    }
}
