//! Services whose records are text. Rule: rules/logs/not-structured.yaml

use crate::check::Case;
use crate::repo::services::Service;

pub(super) fn check(service: &Service, case: &mut Case<'_>) {
    if !service.runs() || !service.is_readable() || service.rehearsal {
        return case.skip();
    }
    let style = case.repo.log_style(service);
    let Some(record) = style.record else { return case.skip() };
    if style.structured.is_none() && style.open.is_none() {
        case.flag(service.anchor)
            .with("name", service.name.clone())
            .related(record, "a record is written here");
    }
}
