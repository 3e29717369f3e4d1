//! An alert without a severity. Rule: rules/alrt/severity-missing.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::rules::AlertRule;
use crate::facts::subject::Held;

pub(super) fn check(alert: &AlertRule, case: &mut Case<'_>) {
    let label = case.settings().severity_label.as_str();
    if matches!(alert.label_held(label), Held::Nothing) {
        // Where none has one, and all have another label, others route by that: said once.
        if let Some(first) = case.repo.alerts_routed_otherwise() {
            if first == alert.name.span {
                case.flag(first).with("label", label).severity(Severity::Warning);
            }
            return;
        }
        case.flag(alert.name.span).with("label", label);
    }
}
