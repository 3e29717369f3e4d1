//! Blocks of Python that always run last, and what they read.

use super::file::File;
use crate::facts::scalar::Scalar;
use crate::facts::subject::SubjectKind;
use crate::facts::{DocumentId, FileFacts, Subject};
use crate::libraries::Role;
use crate::parse::code::Language;
use crate::parse::unit::{Catch, ExprId, ExprKind, FunctionId, StmtId, StmtKind};
use crate::source::Span;
use std::collections::BTreeSet;

/// A `finally` that writes telemetry.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct CleanUp {
    /// The file.
    pub document: DocumentId,
    /// The call that writes.
    pub at: Span,
    /// A name that it reads and that may have no value, and where it gets one.
    pub unbound: Option<(Scalar, Span)>,
    /// It writes only if another file declares the metric that the call names.
    pub held: bool,
}

impl Subject for CleanUp {
    fn kind(&self) -> SubjectKind {
        SubjectKind::CleanUp
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        "finally block".to_owned()
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.at)
    }
}

/// Reads the blocks of a file.
pub(super) fn read(file: &File<'_, '_>, facts: &mut FileFacts) {
    if file.unit.language != Language::Python {
        return;
    }
    let unit = file.unit;
    let mut writers: Option<BTreeSet<&str>> = None;
    for number in 0..unit.functions.len() {
        let function = FunctionId(u32::try_from(number).unwrap_or(u32::MAX));
        for stmt in unit.statements(function) {
            let StmtKind::Try { body, catches, last, .. } = unit.stmt(stmt) else { continue };
            if last.is_empty() || unit.is_faulty(&unit.stmts[stmt.0 as usize].at) {
                continue;
            }
            let writers = writers.get_or_insert_with(|| writing(file));
            let attempt = Attempt { file, function, stmt, body, catches, last };
            let certain = |call: &ExprId| {
                writes(file, *call) || file.called(*call).is_some_and(|name| writers.contains(name))
            };
            let all = unit.calls_under(last);
            let mut calls: Vec<ExprId> = all.iter().copied().filter(certain).collect();
            let held = calls.is_empty();
            if held {
                calls.extend(all.iter().copied().filter(|call| file.may_use_metric(*call)));
            }
            let Some(first) = calls.first() else { continue };
            facts.clean_ups.push(CleanUp {
                document: file.document,
                at: file.callee_span(*first),
                unbound: calls.iter().find_map(|call| attempt.unbound(*call)),
                held,
            });
        }
    }
}

fn writes(file: &File<'_, '_>, call: ExprId) -> bool {
    file.call(call).is_some_and(|call| {
        [Role::MetricUse, Role::Log, Role::SpanAttribute]
            .iter()
            .any(|role| call.role(*role).is_some())
    })
}

/// Names of functions of the file that write telemetry.
fn writing<'a>(file: &File<'_, 'a>) -> BTreeSet<&'a str> {
    let calls = file.calls.iter().filter(|call| writes(file, call.id));
    let names = calls.map(|call| file.unit.function(file.unit.function_of(call.id)).name);
    names.filter(|name| !name.is_empty()).collect()
}

struct Attempt<'f, 'u, 'a> {
    file: &'f File<'u, 'a>,
    function: FunctionId,
    stmt: StmtId,
    body: &'f [StmtId],
    catches: &'f [Catch<'a>],
    last: &'f [StmtId],
}

impl Attempt<'_, '_, '_> {
    /// A name that a call in the last block reads and that may have no value there.
    fn unbound(&self, call: ExprId) -> Option<(Scalar, Span)> {
        let unit = self.file.unit;
        // Somebody knows, and asks.
        let asks = unit
            .under(self.last)
            .into_iter()
            .any(|stmt| matches!(unit.stmt(stmt), StmtKind::Try { .. }))
            || unit
                .calls_under(self.last)
                .into_iter()
                .any(|call| matches!(self.file.called(call), Some("locals" | "vars" | "dir")));
        if asks {
            return None;
        }
        let read = unit.args(call).iter().flat_map(|arg| unit.all_in(arg.value));
        read.into_iter().find_map(|id| {
            let ExprKind::Name(name) = unit.expr(id) else { return None };
            let assigned = self.only_here(name)?;
            let text = (*name).to_owned();
            let name = Scalar { text, span: self.file.expr_span(id), known: true, plain: true };
            Some((name, assigned))
        })
    }

    /// Where a name gets its first value, if that is in the attempt and may not happen.
    fn only_here(&self, name: &str) -> Option<Span> {
        let unit = self.file.unit;
        let function = unit.function(self.function);
        if function.params.iter().any(|param| param.name == name) || function.receiver == Some(name)
        {
            return None;
        }
        let start = unit.stmts[self.stmt.0 as usize].at.start;
        let all = unit.statements(self.function);
        let outside = all.iter().any(|stmt| {
            let at = &unit.stmts[stmt.0 as usize].at;
            (at.start < start && binds(self.file, *stmt, name))
                || (matches!(unit.stmt(*stmt), StmtKind::Other(_))
                    && is_global(unit.slice(at), name))
        });
        if outside || unit.under(self.last).iter().any(|stmt| binds(self.file, *stmt, name)) {
            return None;
        }
        let all_bind = |block: &[StmtId]| block.iter().any(|stmt| binds(self.file, *stmt, name));
        let catches_all = self
            .catches
            .iter()
            .any(|catch| catch.types.is_empty() || catch.types.contains(&"BaseException"));
        if catches_all && self.catches.iter().all(|catch| all_bind(&catch.body)) {
            return None;
        }
        self.first_value(self.body, name)
    }

    /// The statement that binds a name, if what stands before it, or its value, may raise.
    fn first_value(&self, body: &[StmtId], name: &str) -> Option<Span> {
        let unit = self.file.unit;
        let mut risky = false;
        for stmt in body {
            let at = &unit.stmts[stmt.0 as usize].at;
            let here = std::slice::from_ref(stmt);
            match unit.stmt(*stmt) {
                StmtKind::Let { targets, value, .. } if binds(self.file, *stmt, name) => {
                    let raises = value.is_some_and(|value| self.may_raise(value));
                    let target = targets.first().map(|target| self.file.expr_span(*target));
                    return (risky || raises).then(|| target.unwrap_or_else(|| self.file.span(at)));
                }
                StmtKind::With { body: Some(inner), .. } | StmtKind::Block(inner)
                    if unit.under(inner).iter().any(|one| binds(self.file, *one, name)) =>
                {
                    // What opens the block may raise.
                    let found = self.first_value(inner, name);
                    let opens = matches!(unit.stmt(*stmt), StmtKind::With { .. });
                    let any = inner.iter().find(|one| binds(self.file, **one, name));
                    return found.or_else(|| {
                        let at = &unit.stmts[any?.0 as usize].at;
                        (risky || opens).then(|| self.file.span(at))
                    });
                }
                // Bound under a condition: another condition may agree with it.
                _ if unit.under(here).iter().any(|one| binds(self.file, *one, name)) => {
                    return None;
                }
                _ => risky |= unit.all_under(here).into_iter().any(|id| self.may_raise(id)),
            }
        }
        None
    }

    fn may_raise(&self, id: ExprId) -> bool {
        let unit = self.file.unit;
        unit.all_in(id).into_iter().any(|id| match unit.expr(id) {
            ExprKind::Call { .. } => {
                let known = self.file.call(id);
                !known.is_some_and(|call| {
                    [Role::Clock, Role::Log, Role::Print]
                        .iter()
                        .any(|role| call.role(*role).is_some())
                })
            }
            ExprKind::Await(_) | ExprKind::Index { .. } => true,
            _ => false,
        })
    }
}

/// Whether a statement itself gives a name a value.
fn binds(file: &File<'_, '_>, stmt: StmtId, name: &str) -> bool {
    let unit = file.unit;
    let is = |id: &ExprId| {
        unit.all_in(*id)
            .into_iter()
            .any(|id| matches!(unit.expr(id), ExprKind::Name(one) if *one == name))
    };
    let target =
        |id: &ExprId| matches!(unit.expr(*id), ExprKind::Name(_) | ExprKind::List(_)) && is(id);
    match unit.stmt(stmt) {
        StmtKind::Let { targets, value: Some(_), .. } | StmtKind::Loop { targets, .. } => targets.iter().any(target),
        StmtKind::With { items, .. } => items.iter().any(|(_, one)| one.as_ref().is_some_and(target)),
        StmtKind::Define(function) => unit.function(*function).name == name,
        StmtKind::Expr(_) | StmtKind::If { .. } => unit.reads(stmt).into_iter().any(|read| {
            unit.all_in(read).into_iter().any(|id| {
                matches!(unit.expr(id), ExprKind::Assign { target: one, op: "=" | ":=", .. } if target(one))
            })
        }),
        _ => false,
    }
}

/// `global a, b`
fn is_global(text: &str, name: &str) -> bool {
    let rest = text.strip_prefix("global ").or_else(|| text.strip_prefix("nonlocal "));
    rest.is_some_and(|rest| rest.split(',').any(|one| one.trim() == name))
}
