//! Audit records that leave a question open. Rule: rules/logs/audit-record-incomplete.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::code::audits::AuditRecord;

pub(super) fn check(record: &AuditRecord, case: &mut Case<'_>) {
    let Some((last, before)) = record.lacks.split_last() else { return };
    let lacks = match before {
        [] => (*last).to_owned(),
        _ => format!("{} and {last}", before.join(", ")),
    };
    // Who calls it may add the rest, and nothing makes them.
    let (says, severity) = match record.open {
        true => ("does not ask for", Severity::Warning),
        false => ("does not say", Severity::Error),
    };
    case.flag(record.name.span)
        .with("record", &record.name.text)
        .with("says", says)
        .with("lacks", &lacks)
        .severity(severity);
}
