//! Errors that a handler of requests records in the current span, and passes on to what may record
//! them again: the instrumentation of its framework.

use super::catches::thrown_on;
use crate::facts::code::file::File;
use crate::facts::code::layout::Layout;
use crate::facts::code::metrics::Places;
use crate::facts::subject::SubjectKind;
use crate::facts::{DocumentId, FileFacts, Subject};
use crate::libraries::Role;
use crate::parse::unit::{Catch, ExprId, ExprKind, FunctionId, StmtKind};
use crate::source::Span;

/// An error that is recorded in the span of the request, and leaves the handler.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct PassedError {
    /// The file.
    pub document: DocumentId,
    /// The call that records it.
    pub record: Span,
    /// What passes it on.
    pub again: Span,
}

impl Subject for PassedError {
    fn kind(&self) -> SubjectKind {
        SubjectKind::PassedError
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        "recorded error".to_owned()
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.record)
    }
}

pub(super) fn read(file: &File<'_, '_>, layout: &Layout<'_, '_>, facts: &mut FileFacts) {
    let unit = file.unit;
    if file.of_role(Role::SpanError).next().is_none() {
        return;
    }
    let places = Places::of(file);
    for (number, function) in unit.functions.iter().enumerate().skip(1) {
        let id = FunctionId(u32::try_from(number).unwrap_or(u32::MAX));
        let starts = |call: &ExprId| {
            file.call(*call).is_some_and(|call| call.role(Role::SpanStart).is_some())
        };
        // A span of its own is the current one.
        if !places.handles(id) || unit.calls_under(&function.body).iter().any(starts) {
            continue;
        }
        for stmt in unit.under(&function.body) {
            let StmtKind::Try { catches, .. } = unit.stmt(stmt) else { continue };
            let within = layout.outward(stmt).skip(1).any(|outer| {
                matches!(unit.stmt(outer), StmtKind::Try { catches, .. } if !catches.is_empty())
            });
            if !within {
                facts.passed_errors.extend(catches.iter().filter_map(|catch| passed(file, catch)));
            }
        }
    }
}

/// An error that a handler of errors records and throws on.
fn passed(file: &File<'_, '_>, catch: &Catch<'_>) -> Option<PassedError> {
    let unit = file.unit;
    let again = thrown_on(unit, catch)?;
    let current = |id: &ExprId| {
        let ExprKind::Call { callee, .. } = unit.expr(*id) else { return false };
        let ExprKind::Member { of, .. } = unit.expr(*callee) else { return false };
        let path = file.names.path(*of).unwrap_or_default();
        file.table.role(&path, Role::SpanCurrent).is_some()
            && file.call(*id).is_some_and(|call| call.role(Role::SpanError).is_some())
    };
    let record = unit.calls_under(&catch.body).into_iter().find(current)?;
    let again = file.span(&unit.stmts[again.0 as usize].at);
    let record = file.callee_span(record);
    Some(PassedError { document: file.document, record, again })
}
