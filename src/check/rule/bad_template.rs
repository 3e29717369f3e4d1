//! Templates that Prometheus refuses. Rule: rules/rule/bad-template.yaml

use crate::check::{Case, refusal};
use crate::facts::rules::AlertRule;

pub(super) fn check(alert: &AlertRule, case: &mut Case<'_>) {
    if case.document().is_some_and(|document| !refusal::is_read(document)) {
        return case.skip();
    }
    let model = case.model;
    let outcome = match case.repo.is_grafana(alert.document) {
        true => "Grafana sends an error in place of the text",
        false => "Prometheus refuses the whole file",
    };
    for text in model.texts_of(alert) {
        let sort = if text.is_label { "label" } else { "annotation" };
        for fault in &text.parsed.faults {
            let span = case.repo.place(text.value, fault.extent.range());
            case.flag(span)
                .with("sort", sort)
                .with("key", &text.key.text)
                .with("outcome", outcome)
                .with("fault", fault.message.clone());
        }
    }
}
