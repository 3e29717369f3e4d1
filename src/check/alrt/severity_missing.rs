//! An alert without a severity. Rule: rules/alrt/severity-missing.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::rules::AlertRule;
use crate::facts::subject::Held;
use crate::lang::promql::ast::Kind;

pub(super) fn check(alert: &AlertRule, case: &mut Case<'_>) {
    let label = case.settings().severity_label.as_str();
    if matches!(alert.label_held(label), Held::Nothing) && !is_joined(alert, label) {
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

/// Whether the expression takes the label over from other series: `* on () group_left (severity) x`.
fn is_joined(alert: &AlertRule, label: &str) -> bool {
    let parsed = alert.expr.as_ref().and_then(|expr| expr.parsed.as_ref());
    parsed.is_some_and(|parsed| {
        parsed.ast.all().any(|(_, node)| {
            let Kind::Binary(binary) = &node.kind else { return false };
            let group = binary.matching.as_ref().and_then(|matching| matching.group.as_ref());
            group.is_some_and(|group| group.labels.iter().any(|name| &*name.text == label))
        })
    })
}
