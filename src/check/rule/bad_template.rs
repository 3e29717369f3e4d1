//! Templates that Prometheus refuses. Rule: rules/rule/bad-template.yaml

use crate::check::Case;
use crate::facts::rules::AlertRule;

pub(super) fn check(alert: &AlertRule, case: &mut Case<'_>) {
    let model = case.model;
    for text in model.texts_of(alert) {
        let sort = if text.is_label { "label" } else { "annotation" };
        for fault in &text.parsed.faults {
            let span = case.repo.place(text.value, fault.extent.range());
            case.flag(span)
                .with("sort", sort)
                .with("key", &text.key.text)
                .with("fault", fault.message.clone());
        }
    }
}
