//! How a span that code holds ends: all ways through the function are walked.

mod calm;
mod promised;
mod straight;

use super::SpanEnd;
use super::starts::{Start, is_declared};
use crate::facts::code::file::File;
use crate::facts::code::layout::Layout;
use crate::libraries::Role;
use crate::parse::code::Language;
use crate::parse::unit::flow::{self, Leak, Question};
use crate::parse::unit::{ExprId, ExprKind, FunctionId, StmtId, StmtKind};
use std::collections::BTreeSet;

/// What is done with the variable of a span.
#[derive(Default)]
pub(super) struct Uses {
    /// What ends it.
    pub(super) closers: BTreeSet<ExprId>,
    /// It is given back.
    returned: bool,
    /// It goes where it cannot be followed, and may be ended there.
    escapes: bool,
    /// Places where it is named.
    pub(super) names: Vec<ExprId>,
}

/// How a span in a variable, or given to a callback, ends.
pub(super) fn of(file: &File<'_, '_>, layout: &Layout<'_, '_>, start: &Start<'_, '_>) -> SpanEnd {
    let Some(name) = start.name else { return of_blank(file, layout, start) };
    let uses = uses(file, layout, start, name);
    if let Some(found) = promised::fault(file, layout, start, name) {
        return found;
    }
    if uses.escapes || (uses.returned && !uses.closers.is_empty()) {
        return SpanEnd::Ended;
    }
    if uses.returned {
        let named = !file.unit.function(start.function).name.is_empty();
        return if named { SpanEnd::Returned } else { SpanEnd::Ended };
    }
    if uses.closers.is_empty() {
        return of_blank(file, layout, start);
    }
    let Some(closers) = guarded(file, layout, start, &uses) else { return SpanEnd::Ended };
    let closes = |id: ExprId| closers.contains(&id);
    let question = Question { opens: start.stmt, closes: &closes, fails: None };
    let leaks = flow::leaks(file.unit, start.function, &question);
    if leaks.is_empty() {
        return straight::fault(file, layout, start, &uses).unwrap_or(SpanEnd::Ended);
    }
    let spans = |errors: bool| -> Vec<_> {
        let those = leaks.iter().filter(|leak| leak.by_error == errors);
        those.map(|leak: &Leak| file.span(&leak.at)).collect()
    };
    let normal = spans(false);
    if !normal.is_empty() {
        if calm::is_straight(file, start, &closes) {
            return straight::fault(file, layout, start, &uses).unwrap_or(SpanEnd::Ended);
        }
        return SpanEnd::Left(normal);
    }
    let ends = uses.closers.iter().find(|id| matches!(file.unit.expr(**id), ExprKind::Call { .. }));
    match (ends, spans(true).first()) {
        (Some(end), Some(risk)) => SpanEnd::Straight { end: file.callee_span(*end), risk: *risk },
        _ => SpanEnd::Ended,
    }
}

/// A span that a block makes and leaves open: what ends it has to stand there.
pub(super) fn left_open(
    file: &File<'_, '_>,
    layout: &Layout<'_, '_>,
    start: &Start<'_, '_>,
) -> SpanEnd {
    let uses = start.name.map(|name| uses(file, layout, start, name));
    match uses {
        Some(uses) if uses.escapes || uses.returned || !uses.closers.is_empty() => SpanEnd::Ended,
        _ => of_blank(file, layout, start),
    }
}

/// A span that no variable holds ends where the current span is asked for, or nowhere.
pub(super) fn of_blank(
    file: &File<'_, '_>,
    layout: &Layout<'_, '_>,
    start: &Start<'_, '_>,
) -> SpanEnd {
    let unit = file.unit;
    let asks = file.of_role(Role::SpanCurrent).any(|(call, _)| {
        unit.outward(unit.function_of(call.id)).any(|function| function == start.function)
    });
    // The context beside it holds it as well: who gets that may end it.
    let context = start.stmt.and_then(|stmt| match unit.stmt(stmt) {
        StmtKind::Let { targets, .. } => targets.first().map(|target| unit.expr(*target)),
        _ => None,
    });
    let given = match context {
        Some(ExprKind::Name(name)) if file.unit.language == Language::Go && *name != "_" => {
            goes_on(file, layout, start, name)
        }
        _ => false,
    };
    match context {
        _ if asks || given || stops_current(file) => SpanEnd::Ended,
        Some(ExprKind::Name(name))
            if unit.language == Language::Go && is_handed(file, layout, start, name) =>
        {
            SpanEnd::Handed
        }
        _ => SpanEnd::Never,
    }
}

/// Whether a file ends whichever span is the current one: the arms of an observer share it.
fn stops_current(file: &File<'_, '_>) -> bool {
    file.of_role(Role::SpanEnd).any(|(_, api)| api.get("of") == Some("current"))
}

/// Whether the context that holds a span is given to a call.
fn is_handed(
    file: &File<'_, '_>,
    layout: &Layout<'_, '_>,
    start: &Start<'_, '_>,
    name: &str,
) -> bool {
    let unit = file.unit;
    let started = unit.place(start.call.id).end;
    let mut names = names_in(file, scope(file, layout, start), name).into_iter();
    names.any(|id| {
        let call =
            layout.parent(id).filter(|call| matches!(unit.expr(*call), ExprKind::Call { .. }));
        unit.place(id).start >= started && call.is_some()
    })
}

/// Whether a context is given back or kept: whoever has it can end the span in it.
fn goes_on(
    file: &File<'_, '_>,
    layout: &Layout<'_, '_>,
    start: &Start<'_, '_>,
    name: &str,
) -> bool {
    let unit = file.unit;
    let started = unit.place(start.call.id).end;
    let names = names_in(file, scope(file, layout, start), name).into_iter();
    names.filter(|id| unit.place(*id).start >= started).any(|id| {
        let Some(stmt) = layout.stmt(id) else { return true };
        let kept = match layout.parent(id) {
            None => {
                !matches!(unit.stmt(stmt), StmtKind::Let { value: None, .. } | StmtKind::Expr(_))
            }
            Some(parent) => match unit.expr(parent) {
                ExprKind::Call { .. } => match unit.stmt(stmt) {
                    StmtKind::Let { .. } => rewraps(file, stmt),
                    // `return context.WithValue(ctx, …)` gives it back in another.
                    StmtKind::Return(_) => {
                        file.call(parent).is_some_and(|call| call.path.starts_with("context.With"))
                    }
                    _ => false,
                },
                ExprKind::Member { .. } => false,
                _ => true,
            },
        };
        let target = match unit.stmt(stmt) {
            StmtKind::Let { targets, .. } => targets.contains(&id),
            _ => false,
        };
        kept && !target
    })
}

/// `ctx = context.WithValue(ctx, …)`: where that goes, nobody follows.
fn rewraps(file: &File<'_, '_>, stmt: StmtId) -> bool {
    let StmtKind::Let { targets, .. } = file.unit.stmt(stmt) else { return false };
    targets.first().is_some_and(|target| match file.unit.expr(*target) {
        ExprKind::Name(name) => name.to_ascii_lowercase().contains("ctx"),
        _ => true,
    })
}

/// Where a variable is named in a block, and in the functions written there.
pub(super) fn names_in(file: &File<'_, '_>, block: &[StmtId], name: &str) -> Vec<ExprId> {
    let unit = file.unit;
    let mut found = Vec::new();
    let mut open: Vec<&[StmtId]> = vec![block];
    while let Some(block) = open.pop() {
        for stmt in unit.under(block) {
            if let StmtKind::Define(inner) = unit.stmt(stmt) {
                open.push(&unit.function(*inner).body);
            }
        }
        for id in unit.all_under(block) {
            match unit.expr(id) {
                ExprKind::Name(known) if *known == name => found.push(id),
                ExprKind::Lambda(inner) => open.push(&unit.function(*inner).body),
                _ => {}
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// Where the variables that a start gives are seen: the rest of the block that declares them, or
/// the function.
fn scope<'f>(
    file: &'f File<'_, '_>,
    layout: &'f Layout<'_, '_>,
    start: &Start<'_, '_>,
) -> &'f [StmtId] {
    match start.stmt.and_then(|stmt| layout.home(stmt).map(|home| (stmt, home))) {
        Some((stmt, home)) if is_declared(file, stmt) => &home.block[home.index..],
        _ => file.unit.function(start.function).body.as_slice(),
    }
}

fn uses(file: &File<'_, '_>, layout: &Layout<'_, '_>, start: &Start<'_, '_>, name: &str) -> Uses {
    let unit = file.unit;
    let mut uses = Uses::default();
    for id in names_in(file, scope(file, layout, start), name) {
        let function = unit.function_of(id);
        if function != start.function && is_shadowed(file, function, start.function, name) {
            continue;
        }
        uses.names.push(id);
        one_use(file, layout, start, id, &mut uses);
    }
    uses
}

/// Whether a function inside, or one between, has a variable of this name itself.
fn is_shadowed(file: &File<'_, '_>, from: FunctionId, to: FunctionId, name: &str) -> bool {
    let unit = file.unit;
    let mut between = unit.outward(from).take_while(|function| *function != to);
    between.any(|function| {
        let own =
            |target: &ExprId| matches!(unit.expr(*target), ExprKind::Name(one) if *one == name);
        unit.function(function).params.iter().any(|param| param.name == name)
            || unit.statements(function).into_iter().any(|stmt| match unit.stmt(stmt) {
                StmtKind::Let { targets, declares: true, .. } => targets.iter().any(own),
                StmtKind::With { items, .. } => {
                    items.iter().any(|(_, target)| target.as_ref().is_some_and(own))
                }
                _ => false,
            })
    })
}

fn one_use(
    file: &File<'_, '_>,
    layout: &Layout<'_, '_>,
    start: &Start<'_, '_>,
    id: ExprId,
    uses: &mut Uses,
) {
    let unit = file.unit;
    let Some(stmt) = layout.stmt(id) else {
        uses.escapes = true;
        return;
    };
    let Some(parent) = layout.parent(id) else { return on_its_own(file, stmt, id, uses) };
    let inner = unit.function_of(id) != start.function;
    match unit.expr(parent) {
        ExprKind::Member { name, .. } => {
            let ends = start.api.get("ends").unwrap_or_default();
            if !ends.split(' ').any(|end| end == *name) {
                // What no longer records has ended: `if span.is_recording() { …; span.end() }`.
                let asked = layout.parent(parent).filter(|call| {
                    matches!(*name, "is_recording" | "isRecording" | "IsRecording")
                        && ends_in_then(file, stmt, *call, id, ends)
                });
                uses.closers.extend(asked);
                // `span.closer = …` and what it is asked for leave it here.
                return;
            }
            let called = layout.parent(parent).filter(
                |call| matches!(unit.expr(*call), ExprKind::Call { callee, .. } if *callee == parent),
            );
            match called {
                Some(call) if !inner || is_deferred(file, layout, start, id) => {
                    uses.closers.insert(call);
                }
                // It is ended in a function that runs some time, or handed on to end it.
                _ => uses.escapes = true,
            }
        }
        ExprKind::Call { callee, .. } if *callee != id => {
            argument(file, layout, start, parent, id, uses);
        }
        ExprKind::Binary { .. } | ExprKind::Unary { op: "!" | "not", .. } => {}
        ExprKind::Choice { test, .. } if *test == id => {}
        ExprKind::Assign { target, .. } if *target == id => {}
        ExprKind::List(_) if matches!(unit.stmt(stmt), StmtKind::Return(_)) => uses.returned = true,
        _ => uses.escapes = true,
    }
}

/// Whether a statement asks with a call, and ends the same variable where the answer is yes.
fn ends_in_then(
    file: &File<'_, '_>,
    stmt: StmtId,
    call: ExprId,
    variable: ExprId,
    ends: &str,
) -> bool {
    let unit = file.unit;
    let StmtKind::If { test, then, .. } = unit.stmt(stmt) else { return false };
    let ExprKind::Name(span) = unit.expr(variable) else { return false };
    let is_end = |id: ExprId| {
        let ExprKind::Call { callee, .. } = unit.expr(id) else { return false };
        let ExprKind::Member { of, name } = unit.expr(*callee) else { return false };
        ends.split(' ').any(|end| end == *name)
            && matches!(unit.expr(*of), ExprKind::Name(name) if name == span)
    };
    *test == call && unit.calls_under(then).into_iter().any(is_end)
}

/// The variable as the whole of what a statement reads.
fn on_its_own(file: &File<'_, '_>, stmt: StmtId, id: ExprId, uses: &mut Uses) {
    match file.unit.stmt(stmt) {
        StmtKind::Let { value: Some(value), .. } if *value == id => uses.escapes = true,
        StmtKind::With { items, .. } if items.iter().any(|(value, _)| *value == id) => {
            uses.closers.insert(id);
        }
        StmtKind::Return(_) => uses.returned = true,
        StmtKind::Let { .. } | StmtKind::If { .. } | StmtKind::With { .. } => {}
        _ => uses.escapes = true,
    }
}

/// The variable as an argument: libraries that are known do not end it unless told to.
fn argument(
    file: &File<'_, '_>,
    layout: &Layout<'_, '_>,
    start: &Start<'_, '_>,
    call: ExprId,
    id: ExprId,
    uses: &mut Uses,
) {
    let Some(known) = file.call(call) else {
        uses.escapes = true;
        return;
    };
    let closing = known.roles.iter().find_map(|api| file.argument(known, api, "closes"));
    if closing.is_some_and(|value| matches!(file.unit.expr(value), ExprKind::Bool(true))) {
        uses.closers.insert(call);
        return;
    }
    // No attribute of a span is a span: `request.setAttribute("span", span)` keeps it.
    let harmless = known.roles.iter().any(|api| match api.role {
        Role::Log | Role::Print | Role::SpanCarry => true,
        role => role.is_of_spans() && role != Role::SpanAttribute,
    });
    if !harmless && !keeps_open(file, layout, start, call, id) {
        uses.escapes = true;
    }
    // `ctx = trace.ContextWithSpan(ctx, span)`: whoever gets that context can end it.
    let carried = known.role(Role::SpanCarry).and_then(|_| layout.stmt(call));
    if let Some(stmt) = carried
        && file.unit.language == Language::Go
        && let StmtKind::Let { targets, .. } = file.unit.stmt(stmt)
        && let Some(ExprKind::Name(context)) = targets.first().map(|it| file.unit.expr(*it))
    {
        uses.escapes |= *context != "_" && goes_on(file, layout, start, context);
    }
    // A callback that gets the context of the span may end it through that.
    let around = layout.around(call).any(|outer| match file.unit.expr(outer) {
        ExprKind::Call { args, .. } => args.iter().any(|arg| {
            matches!(file.unit.expr(arg.value), ExprKind::Name(_) | ExprKind::Member { .. })
                && arg.value != call
                && file.unit.language != Language::Go
        }),
        _ => false,
    });
    uses.escapes |= around;
}

/// Most functions of the file that a span is followed through.
const MAX_HOPS: usize = 1;

/// Whether a span goes to a function of the file that neither ends it nor hands it on.
fn keeps_open(
    file: &File<'_, '_>,
    layout: &Layout<'_, '_>,
    start: &Start<'_, '_>,
    call: ExprId,
    id: ExprId,
) -> bool {
    let unit = file.unit;
    if start.hops >= MAX_HOPS {
        return false;
    }
    let Some(function) = file.own_function(call) else { return false };
    let args = unit.args(call);
    let Some(position) = args.iter().position(|arg| arg.value == id) else { return false };
    let params = &unit.function(function).params;
    let param = match args[position].name {
        Some(name) => params.iter().find(|param| param.name == name),
        None if args[..=position].iter().all(|arg| !arg.spread) => params.get(position),
        None => None,
    };
    let Some(param) = param else { return false };
    let inner = Start {
        call: start.call,
        api: start.api,
        form: start.form,
        name: Some(param.name),
        stmt: None,
        function,
        body: &unit.function(function).body,
        hops: start.hops + 1,
    };
    let uses = uses(file, layout, &inner, param.name);
    uses.closers.is_empty() && !uses.escapes && !uses.returned
}

/// Whether a use stands in a function that runs when the one around is left.
fn is_deferred(
    file: &File<'_, '_>,
    layout: &Layout<'_, '_>,
    start: &Start<'_, '_>,
    id: ExprId,
) -> bool {
    let unit = file.unit;
    let inner = unit.function_of(id);
    let direct = unit.function(inner).outer == Some(start.function);
    let scope = unit.statements(start.function).into_iter();
    direct
        && scope.filter(|stmt| matches!(unit.stmt(*stmt), StmtKind::Defer(_))).any(|stmt| {
            let all = unit.reads(stmt).into_iter().flat_map(|read| unit.all_in(read));
            all.into_iter()
                .any(|one| matches!(unit.expr(one), ExprKind::Lambda(it) if *it == inner))
                && layout.home(stmt).is_some()
        })
}

/// What closes, with conditions that ask whether there is a span; `None` where it is opened under
/// a condition and closed outside of it: who knows that the two agree?
fn guarded(
    file: &File<'_, '_>,
    layout: &Layout<'_, '_>,
    start: &Start<'_, '_>,
    uses: &Uses,
) -> Option<BTreeSet<ExprId>> {
    let unit = file.unit;
    let mut closers = uses.closers.clone();
    let block = start.stmt.and_then(|stmt| certain_block(file, layout, stmt));
    for closer in &uses.closers {
        let Some(mut stmt) = layout.stmt(*closer) else { continue };
        // From a deferred function to the statement that defers it.
        let home = layout.home(stmt)?;
        if home.function != start.function {
            let inner = home.function;
            stmt = unit.statements(start.function).into_iter().find(|stmt| {
                let all = unit.reads(*stmt).into_iter().flat_map(|read| unit.all_in(read));
                let mut all = all.into_iter();
                all.any(|id| matches!(unit.expr(id), ExprKind::Lambda(it) if *it == inner))
            })?;
        }
        if block.is_some_and(|block| !layout.is_under(stmt, block)) {
            return None;
        }
        for outer in layout.outward(stmt) {
            if let StmtKind::If { test, .. } = unit.stmt(outer)
                && unit.all_in(*test).iter().any(|id| uses.names.contains(id))
            {
                closers.insert(*test);
            }
        }
    }
    Some(closers)
}

/// The widest block that certainly runs where this statement does.
fn certain_block<'u>(
    file: &File<'_, '_>,
    layout: &Layout<'u, '_>,
    stmt: StmtId,
) -> Option<&'u [StmtId]> {
    let mut home = layout.home(stmt)?;
    while let Some(parent) = home.parent
        && matches!(
            file.unit.stmt(parent),
            StmtKind::Try { .. } | StmtKind::With { .. } | StmtKind::Block(_)
        )
    {
        home = layout.home(parent)?;
    }
    Some(home.block)
}
