//! Spans that only the straight way ends: what may raise before it gets there.

use super::{Start, Uses};
use crate::facts::code::file::{Call, File};
use crate::facts::code::layout::Layout;
use crate::facts::code::spans::{SpanEnd, SpanForm};
use crate::libraries::Role;
use crate::parse::code::Language;
use crate::parse::unit::{ExprId, ExprKind, StmtId, StmtKind};
use std::collections::BTreeSet;

/// Words that names of calls begin with which nobody expects to raise.
const PLAIN: &[&str] = &[
    "get", "is", "has", "to", "as", "len", "size", "length", "str", "string", "format", "set",
    "add", "push", "append", "put", "keys", "values", "now", "equals", "contains", "number",
    "valueof",
];

/// What may raise between start and end, where only the straight way ends the span.
pub(super) fn fault(
    file: &File<'_, '_>,
    layout: &Layout<'_, '_>,
    start: &Start<'_, '_>,
    uses: &Uses,
) -> Option<SpanEnd> {
    let unit = file.unit;
    // Errors of Go are values, and Rust drops.
    if matches!(unit.language, Language::Go | Language::Rust) {
        return None;
    }
    let covers = |stmt: StmtId| match unit.stmt(stmt) {
        StmtKind::Try { catches, last, .. } => {
            let caught = catches.iter().map(|catch| catch.body.as_slice());
            caught.chain([last.as_slice()]).any(|block| closes(file, block, uses))
        }
        _ => false,
    };
    if start.stmt.is_some_and(|stmt| layout.outward(stmt).skip(1).any(covers)) {
        return None;
    }
    let mut risk: Option<ExprId> = None;
    let block = match start.form {
        SpanForm::Callback => unit.function(start.function).body.as_slice(),
        _ => layout.home(start.stmt?)?.rest(),
    };
    for stmt in block {
        let here = std::slice::from_ref(stmt);
        let caught =
            matches!(unit.stmt(*stmt), StmtKind::Try { catches, .. } if !catches.is_empty());
        if covers(*stmt) {
            break;
        }
        let calls = unit.calls_under(here);
        let closer = uses.closers.iter().find(|closer| unit.all_under(here).contains(closer));
        let limit = closer.map_or(u32::MAX, |closer| unit.place(*closer).start);
        if !caught {
            let all = unit.all_under(here);
            let awaited: BTreeSet<ExprId> =
                all.iter().filter_map(|id| awaited(file, *id)).collect();
            let mut risky = calls.into_iter().filter(|call| {
                unit.place(*call).start < limit
                    && may_raise(file, start.api.library, *call, uses, &awaited)
            });
            risk = risk.or_else(|| risky.next());
        }
        match (closer, risk) {
            (Some(closer), Some(risk)) if matches!(unit.expr(*closer), ExprKind::Call { .. }) => {
                let (end, risk) = (file.callee_span(*closer), file.callee_span(risk));
                return Some(SpanEnd::Straight { end, risk });
            }
            (Some(_), _) => return None,
            _ => {}
        }
    }
    None
}

/// What an expression waits for, where a failure of it is raised there.
fn awaited(file: &File<'_, '_>, id: ExprId) -> Option<ExprId> {
    let ExprKind::Await(of) = file.unit.expr(id) else { return None };
    (file.called(*of) != Some("catch")).then_some(*of)
}

fn closes(file: &File<'_, '_>, block: &[StmtId], uses: &Uses) -> bool {
    let all = file.unit.all_under(block);
    uses.closers.iter().any(|closer| all.contains(closer))
}

/// Whether a call may end in an error that nobody would call absurd.
fn may_raise(
    file: &File<'_, '_>,
    span_library: &str,
    call: ExprId,
    uses: &Uses,
    awaited: &BTreeSet<ExprId>,
) -> bool {
    let unit = file.unit;
    if uses.closers.contains(&call) {
        return false;
    }
    let ExprKind::Call { callee, .. } = unit.expr(call) else { return false };
    // What is asked of the span itself.
    let mut root = *callee;
    let mut name = "";
    while let ExprKind::Member { of, name: last } = unit.expr(root) {
        name = if name.is_empty() { last } else { name };
        root = *of;
        if let ExprKind::Call { callee, .. } = unit.expr(root) {
            root = *callee;
        }
    }
    if let ExprKind::Name(own) = unit.expr(root) {
        name = if name.is_empty() { own } else { name };
    }
    if uses.names.contains(&root) {
        return false;
    }
    let harmless = |known: &Call| {
        let library = file.table.library(&known.path);
        let telemetry = known.roles.iter().any(|api| {
            api.role.is_of_spans()
                || matches!(
                    api.role,
                    Role::Log | Role::Print | Role::MetricUse | Role::Clock | Role::Quiet
                )
        });
        telemetry || library.is_some_and(|known| known.name == span_library)
    };
    if file.call(call).is_some_and(harmless) {
        return false;
    }
    // What somebody else answers may fail, whatever it is called.
    let asks = file.call(call).is_some_and(|known| known.role(Role::Outbound).is_some());
    let waits = matches!(unit.language, Language::Python | Language::Java);
    if awaited.contains(&call) || asks && waits {
        return true;
    }
    let first = crate::lang::sensitive::words(name).into_iter().next().unwrap_or_default();
    !PLAIN.contains(&first.as_str())
}
