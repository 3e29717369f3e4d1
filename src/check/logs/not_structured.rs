//! Services whose records are text. Rule: rules/logs/not-structured.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::repo::services::Service;

pub(super) fn check(service: &Service, case: &mut Case<'_>) {
    if !service.runs() || !service.is_readable() || service.rehearsal {
        return case.skip();
    }
    let style = case.repo.log_style(service);
    let Some(record) = style.record else { return case.skip() };
    if style.structured.is_none() && style.open.is_none() {
        let flag = case
            .flag(service.anchor)
            .with("name", service.name.clone())
            .related(record, "a record is written here");
        // Keys and values are found in such a text by a parser of logfmt; an encoder waits for settings.
        if let Some(pairs) = style.pairs {
            flag.related(pairs, "this can write keys and values").at_most(Severity::Warning);
        }
    }
}
