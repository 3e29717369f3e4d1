//! Spans of scripts that stay open only where something fails that nobody waits for, and is caught in
//! the same function: the straight way ends them.

use super::super::starts::Start;
use crate::facts::code::file::File;
use crate::libraries::Role;
use crate::parse::code::Language;
use crate::parse::unit::flow::{self, Question};
use crate::parse::unit::{ExprId, ExprKind, StmtId, StmtKind};

/// Whether no way out leaves a span open, but for such errors.
pub(super) fn is_straight(
    file: &File<'_, '_>,
    start: &Start<'_, '_>,
    closes: &dyn Fn(ExprId) -> bool,
) -> bool {
    let script =
        matches!(file.unit.language, Language::Javascript | Language::Typescript | Language::Tsx);
    let fails = |stmt: StmtId| may_fail(file, stmt);
    let question = Question { opens: start.stmt, closes, fails: Some(&fails) };
    script && flow::leaks(file.unit, start.function, &question).iter().all(|leak| leak.by_error)
}

/// Whether a statement waits for something, or does what is known to fail.
fn may_fail(file: &File<'_, '_>, stmt: StmtId) -> bool {
    let unit = file.unit;
    let known = |id: ExprId| {
        file.call(id).is_some_and(|call| {
            call.role(Role::Fallible).is_some() || call.role(Role::Outbound).is_some()
        })
    };
    let mut all = unit.reads(stmt).into_iter().flat_map(|id| unit.all_in(id));
    matches!(unit.stmt(stmt), StmtKind::Throw(_))
        || all.any(|id| match unit.expr(id) {
            ExprKind::Await(_) => true,
            ExprKind::Call { .. } => file.called(id) == Some("parse") || known(id),
            _ => false,
        })
}
