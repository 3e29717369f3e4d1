//! Spans of scripts that end in a function which runs only where nothing failed: `work().then(() =>
//! span.end())`, or inside of one that is run with a context.

use super::super::starts::Start;
use super::names_in;
use crate::facts::code::file::File;
use crate::facts::code::layout::Layout;
use crate::facts::code::spans::SpanEnd;
use crate::libraries::Role;
use crate::parse::code::Language;
use crate::parse::unit::flow::{self, Question};
use crate::parse::unit::{ExprId, ExprKind, FunctionId, StmtKind};
use std::collections::BTreeSet;

/// How a span ends whose only ends stand in one function inside of the one that starts it.
pub(super) fn fault(
    file: &File<'_, '_>,
    layout: &Layout<'_, '_>,
    start: &Start<'_, '_>,
    name: &str,
) -> Option<SpanEnd> {
    let unit = file.unit;
    let script =
        matches!(unit.language, Language::Javascript | Language::Typescript | Language::Tsx);
    if !script || start.hops > 0 {
        return None;
    }
    let closing = start.api.get("ends").unwrap_or_default();
    let mut ends: Vec<ExprId> = Vec::new();
    for id in names_in(file, &unit.function(start.function).body, name) {
        let Some(parent) = layout.parent(id) else {
            let set = layout.stmt(id).map(|stmt| unit.stmt(stmt));
            match set {
                Some(StmtKind::Let { targets, .. }) if targets.contains(&id) => continue,
                _ => return None,
            }
        };
        match unit.expr(parent) {
            ExprKind::Member { name: method, .. } => {
                let called = layout.parent(parent)?;
                if closing.split(' ').any(|end| end == *method) {
                    ends.push(called);
                }
            }
            // What carries it in a context ends nothing.
            ExprKind::Call { .. } if file.call(parent)?.role(Role::SpanCarry).is_some() => {}
            _ => return None,
        }
    }
    let inner = unit.function_of(*ends.first()?);
    if inner == start.function || ends.iter().any(|end| unit.function_of(*end) != inner) {
        return None;
    }
    let given = given_to(file, layout, inner)?;
    let end = file.callee_span(ends[0]);
    match given {
        Given::Then(of) => Some(SpanEnd::Straight { end, risk: file.expr_span(of) }),
        Given::Run => {
            let closers: BTreeSet<ExprId> = ends.into_iter().collect();
            let question =
                Question { opens: None, closes: &|id| closers.contains(&id), fails: None };
            let leaks = flow::leaks(unit, inner, &question);
            if leaks.iter().any(|leak| !leak.by_error) {
                return None;
            }
            // What is waited for before the end may fail.
            let first = closers.iter().map(|id| unit.place(*id).start).min()?;
            let body = &unit.function(inner).body;
            let waits = unit.all_under(body).into_iter().find(|id| {
                matches!(unit.expr(*id), ExprKind::Await(_)) && unit.place(*id).end <= first
            })?;
            let in_last = leaks.is_empty() && is_guarded(file, layout, &closers);
            (!in_last).then(|| SpanEnd::Straight { end, risk: file.expr_span(waits) })
        }
    }
}

/// Whether an end stands in something that is tried, or runs last.
fn is_guarded(file: &File<'_, '_>, layout: &Layout<'_, '_>, closers: &BTreeSet<ExprId>) -> bool {
    closers.iter().any(|closer| {
        layout.stmt(*closer).is_some_and(|stmt| {
            layout.outward(stmt).any(|outer| matches!(file.unit.stmt(outer), StmtKind::Try { .. }))
        })
    })
}

/// What a function is given to.
enum Given {
    /// To `then`, alone: it runs where what that is called on did not fail.
    Then(ExprId),
    /// To what runs it at once, with a context.
    Run,
}

fn given_to(file: &File<'_, '_>, layout: &Layout<'_, '_>, inner: FunctionId) -> Option<Given> {
    let unit = file.unit;
    let call = unit.calls().find(|call| {
        let mut args = unit.args(*call).iter();
        args.any(|arg| matches!(unit.expr(arg.value), ExprKind::Lambda(it) if *it == inner))
    })?;
    let ExprKind::Call { callee, args, .. } = unit.expr(call) else { return None };
    let ExprKind::Member { of, name } = unit.expr(*callee) else { return None };
    match (*name, args.as_slice()) {
        ("then", [_]) => (!is_caught(file, layout, call, *of)).then_some(Given::Then(*of)),
        ("with", [_, _]) if file.call(call)?.path.ends_with("context.with") => Some(Given::Run),
        _ => None,
    }
}

/// Whether an error is dealt with before a `then`, or something after it hears of both ends.
fn is_caught(file: &File<'_, '_>, layout: &Layout<'_, '_>, then: ExprId, of: ExprId) -> bool {
    let unit = file.unit;
    let mut at = of;
    for _ in 0..16 {
        let ExprKind::Call { callee, args, .. } = unit.expr(at) else { break };
        let ExprKind::Member { of, name } = unit.expr(*callee) else { break };
        if matches!(*name, "catch" | "allSettled") || (*name == "then" && args.len() > 1) {
            return true;
        }
        at = *of;
    }
    // A name that is no function written here may end the span: `.finally(done)`.
    let mut at = then;
    while let Some(parent) = layout.parent(at) {
        if let ExprKind::Call { args, callee, .. } = unit.expr(parent)
            && *callee == at
            && args.iter().any(|arg| !matches!(unit.expr(arg.value), ExprKind::Lambda(_)))
        {
            return true;
        }
        at = parent;
    }
    false
}
