//! A text that names a label no firing alert has. Rule: rules/alrt/template-label-absent.yaml

use super::alert_of;
use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::lang::promql::labels::Presence;
use crate::lang::template::reads;
use crate::repo::queries::Query;

pub(super) fn check<'a>(query: &'a Query<'a>, case: &mut Case<'a>) {
    let Some((alert, root)) = alert_of(query) else { return case.skip() };
    let model = case.model;
    let labels = model.labels(root);
    for text in model.texts_of(alert).iter().filter(|text| text.parsed.faults.is_empty()) {
        for read in reads::labels(&text.parsed) {
            let absent = labels.get(&read.name) == Presence::Absent;
            if read.guarded || !absent || &*read.name == "__name__" {
                continue;
            }
            let span = case.repo.place(text.value, read.extent.range());
            let what =
                format!("reads `{}`, and no result of the expression has that label", read.name);
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

fn severity(is_label: bool) -> Severity {
    if is_label { Severity::Error } else { Severity::Warning }
}
