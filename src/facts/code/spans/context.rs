//! Contexts of Go: a span that starts from nothing, or whose own context nobody uses.

use super::ContextLoss;
use super::ends::names_in;
use super::starts::{Start, part};
use crate::facts::code::file::File;
use crate::facts::code::layout::Layout;
use crate::lang::sensitive::words;
use crate::libraries::Role;
use crate::parse::code::Language;
use crate::parse::unit::{ExprId, ExprKind, StmtKind};

/// How a span loses its trace.
pub(super) fn loss(
    file: &File<'_, '_>,
    layout: &Layout<'_, '_>,
    start: &Start<'_, '_>,
) -> Option<ContextLoss> {
    if file.unit.language != Language::Go || start.stmt.is_none() {
        return None;
    }
    let given = part(file, start.call, start.api, "context")?;
    root(file, start, given).or_else(|| dropped(file, layout, start, given))
}

/// `tracer.Start(context.Background(), …)` where a context is at hand.
fn root(file: &File<'_, '_>, start: &Start<'_, '_>, given: ExprId) -> Option<ContextLoss> {
    let unit = file.unit;
    let path = file.names.path(given)?;
    if !matches!(path.as_str(), "context.Background()" | "context.TODO()") {
        return None;
    }
    // A new trace, or one that is linked, is meant.
    let body = &unit.function(unit.function_of(start.call.id)).body;
    let meant =
        unit.calls_under(body).into_iter().filter_map(|call| file.called(call)).any(|name| {
            words(name).iter().any(|word| matches!(word.as_str(), "link" | "links"))
                || name == "WithNewRoot"
        });
    // No span of a caller goes through a provider that is made on the spot.
    let apart = unit.slice(&unit.place(start.call.id)).contains("TracerProvider(");
    let params = &unit.function(unit.function_of(start.call.id)).params;
    let param = params.iter().find(|param| {
        let ty = param.ty.map(|ty| file.names.type_path(ty)).unwrap_or_default();
        matches!(ty.as_str(), "context.Context" | "net/http.Request")
    })?;
    let instead = match param.ty.is_some_and(|ty| ty.ends_with("Request")) {
        true => format!("{}.Context()", param.name),
        false => param.name.to_owned(),
    };
    let param = file.span(&param.at);
    (!meant && !apart).then(|| ContextLoss::Root { given: file.expr_span(given), param, instead })
}

/// `_, span := tracer.Start(ctx, …)`, and the old context goes on.
fn dropped(
    file: &File<'_, '_>,
    layout: &Layout<'_, '_>,
    start: &Start<'_, '_>,
    given: ExprId,
) -> Option<ContextLoss> {
    let unit = file.unit;
    let StmtKind::Let { targets, .. } = unit.stmt(start.stmt?) else { return None };
    let blank = *targets.first()?;
    let ExprKind::Name("_") = unit.expr(blank) else { return None };
    let olds = match unit.expr(given) {
        ExprKind::Name(old) => names_in(file, start.body, old),
        ExprKind::Call { .. } => asked_again(file, start, given)?,
        _ => return None,
    };
    let until = ended(file, layout, start);
    let later = olds.into_iter().find(|id| {
        unit.place(*id).start < until
            && unit.function_of(*id) == unit.function_of(start.call.id)
            && layout.parent(*id).is_some_and(|call| carries(file, call, *id))
    })?;
    let call = layout.parent(later)?;
    let known = file.call(call).is_some_and(|it| {
        it.roles.iter().any(|api| matches!(api.role, Role::Outbound | Role::Fallible))
    });
    let brief = (until != u32::MAX && !known).then(|| file.called(call)).flatten();
    Some(ContextLoss::Dropped {
        blank: file.expr_span(blank),
        later: file.expr_span(later),
        instead: match unit.expr(given) {
            ExprKind::Name(old) => (*old).to_owned(),
            _ => String::new(),
        },
        brief: brief.map(str::to_owned),
    })
}

/// Where a request is asked for its context again: `r.Context()`.
fn asked_again(file: &File<'_, '_>, start: &Start<'_, '_>, given: ExprId) -> Option<Vec<ExprId>> {
    let unit = file.unit;
    let is_context = |id: ExprId| {
        let ExprKind::Call { callee, args, .. } = unit.expr(id) else { return false };
        let ExprKind::Member { of, name: "Context" } = unit.expr(*callee) else { return false };
        args.is_empty() && matches!(unit.expr(*of), ExprKind::Name(_))
    };
    let text = unit.slice(&unit.place(given));
    let after = unit.place(start.call.id).end;
    is_context(given).then(|| {
        let calls = unit.calls_under(start.body).into_iter();
        calls
            .filter(|id| unit.place(*id).start >= after)
            .filter(|id| is_context(*id) && unit.slice(&unit.place(*id)) == text)
            .collect()
    })
}

/// Where the span is ended on the straight way; the end of the file where that is deferred.
fn ended(file: &File<'_, '_>, layout: &Layout<'_, '_>, start: &Start<'_, '_>) -> u32 {
    let unit = file.unit;
    let Some(name) = start.name else { return u32::MAX };
    let ends = names_in(file, start.body, name).into_iter().filter(|id| {
        layout.stmt(*id).is_some_and(|stmt| start.body.contains(&stmt) && matches!(unit.stmt(stmt), StmtKind::Expr(_)))
            && layout.parent(*id).is_some_and(|parent| {
                matches!(unit.expr(parent), ExprKind::Member { name, .. } if start.api.get("ends") == Some(*name))
            })
    });
    ends.map(|id| unit.place(id).start).min().unwrap_or(u32::MAX)
}

/// Words in names of calls that ask a context for something, or wait for its end.
const ASKS: &[&str] = &[
    "from", "extract", "tenant", "id", "ids", "log", "logger", "value", "values", "user",
    "metadata", "baggage", "wait", "acquire", "err", "done", "deadline", "claims", "with",
    "enabled", "annotate", "channel", "sleep", "debug", "info", "warn", "error", "tag", "tags",
    "record", "set", "eval",
];

/// Whether a call hands a context on to work that may be traced.
fn carries(file: &File<'_, '_>, call: ExprId, context: ExprId) -> bool {
    let unit = file.unit;
    // To another process a context only says when to stop.
    if !unit.args(call).iter().any(|arg| arg.value == context)
        || file.called(call) == Some("CommandContext")
    {
        return false;
    }
    if let Some(known) = file.call(call) {
        let role = known.roles.iter().any(|api| {
            api.role.is_of_spans()
                || matches!(api.role, Role::Log | Role::MetricUse | Role::Metric | Role::Print)
        });
        let library = file.table.library(&known.path).map(|library| library.name);
        if role || known.path.starts_with("context.") || library == Some("opentelemetry") {
            return false;
        }
    }
    let name = file.called(call).unwrap_or_default();
    let words = words(name);
    !words.is_empty() && !words.iter().any(|word| ASKS.contains(&word.as_str()))
}
