//! A text that names a label no firing alert has. Rule: rules/alrt/template-label-absent.yaml

use super::{alert_of, step_of};
use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::rules::AlertRule;
use crate::lang::promql::labels::Presence;
use crate::lang::template::reads::{self, LabelRead};
use crate::repo::alerts::asks_once;
use crate::repo::model::Place;
use crate::repo::model::texts::AlertText;
use crate::repo::queries::Query;

pub(super) fn check<'a>(query: &'a Query<'a>, case: &mut Case<'a>) {
    if let Some((alert, _, root)) = step_of(query) {
        return of_step(alert, root, case);
    }
    let Some((alert, root)) = alert_of(query) else { return case.skip() };
    let model = case.model;
    let labels = model.labels(root);
    for text in model.texts_of(alert).iter().filter(|text| text.parsed.faults.is_empty()) {
        for read in reads::labels(&text.parsed) {
            let absent = labels.get(&read.name) == Presence::Absent;
            if read.guarded || !absent || &*read.name == "__name__" {
                continue;
            }
            flag(text, &read, case);
        }
        for (field, extent) in reads::unknown_fields(&text.parsed) {
            let span = case.repo.place(text.value, extent.range());
            let what = format!("reads `.{field}`, which no alert has");
            case.flag(span)
                .with("key", &text.key.text)
                .with("what", what)
                .with("outcome", "an error message stands in place of the text")
                .severity(Severity::Error);
        }
    }
}

/// An alert of Grafana with one query, to whose labels Grafana adds some of its own.
fn of_step<'r>(alert: &AlertRule, root: Place<'_, 'r>, case: &mut Case<'r>) {
    if !asks_once(alert) {
        return case.skip();
    }
    let model = case.model;
    let labels = model.labels(root);
    let added = |name: &str| {
        name.starts_with("__")
            || matches!(name, "alertname" | "grafana_folder")
            || alert.label(name).is_some()
    };
    for text in model.texts_of(alert).iter().filter(|text| text.parsed.faults.is_empty()) {
        for read in reads::labels(&text.parsed) {
            let absent = labels.get(&read.name) == Presence::Absent;
            if absent && !read.guarded && !added(&read.name) {
                flag(text, &read, case);
            }
        }
    }
}

fn flag(text: &AlertText<'_>, read: &LabelRead, case: &mut Case<'_>) {
    let span = case.repo.place(text.value, read.extent.range());
    let what = format!("reads `{}`, and no result of the expression has that label", read.name);
    let outcome = match text.is_label {
        true => "the label is empty or cut, and no route can go by it",
        false => "the text has a hole there",
    };
    case.flag(span)
        .with("key", &text.key.text)
        .with("what", what)
        .with("outcome", outcome)
        .severity(severity(text.is_label));
}

fn severity(is_label: bool) -> Severity {
    if is_label { Severity::Error } else { Severity::Warning }
}
