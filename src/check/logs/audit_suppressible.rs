//! Audit records that a change of a level drops. Rule: rules/logs/audit-suppressible.yaml

use crate::check::Case;
use crate::facts::code::audits::AuditRecord;
use crate::facts::code::logs::Level;

pub(super) fn check(record: &AuditRecord, case: &mut Case<'_>) {
    let Some((level, method)) = &record.through else { return };
    let level = match level {
        Level::Trace => "trace",
        Level::Debug => "debug",
        _ => "info",
    };
    case.flag(method.span).with("level", level);
}
