//! Work that is handed to other threads, and functions that measure other functions.

use super::around::Around;
use super::file::{Call, File};
use crate::facts::named::named_subject;
use crate::facts::scalar::Scalar;
use crate::facts::{DocumentId, FileFacts};
use crate::libraries::{Api, Role};
use crate::parse::code::Language;
use crate::parse::unit::{ExprId, ExprKind, Function, FunctionId, Place, StmtKind};
use crate::source::Span;
use std::collections::BTreeMap;

/// Work that another thread or task is given.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Handoff {
    /// The file.
    pub document: DocumentId,
    /// The call that hands it over, or what it is given in place of the context.
    pub name: Scalar,
    /// The context of the trace goes with it, or may; or it is meant to stay behind.
    pub keeps: bool,
}

/// A function that traces or times a function it is given.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Wrapper {
    /// The file.
    pub document: DocumentId,
    /// Its name.
    pub name: Scalar,
    /// It is used as a decorator: what it gives back calls the function.
    pub decorates: bool,
    /// Beside it stands one for functions that must be waited for.
    pub beside: bool,
    /// It knows functions that only begin when they are called.
    pub waits: bool,
}

/// A function that others must wait for, given to a function or decorated with it.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct AsyncUse {
    /// The file.
    pub document: DocumentId,
    /// The name of the function that is given it.
    pub wrapper: String,
    /// What that stands for.
    pub path: String,
    /// Where.
    pub span: Span,
}

named_subject!(Handoff, Handoff, "handoff");
named_subject!(Wrapper, Wrapper, "wrapper");

/// Reads what a file hands over and wraps.
pub(super) fn read(file: &File<'_, '_>, facts: &mut FileFacts) {
    handoffs(file, facts);
    wrappers(file, facts);
    async_uses(file, facts);
}

fn handoffs(file: &File<'_, '_>, facts: &mut FileFacts) {
    let calls: Vec<(&Call, &'static Api)> = file.of_role(Role::Handoff).collect();
    if calls.is_empty() {
        return;
    }
    let unit = file.unit;
    let around = Around::of(unit);
    for (call, api) in calls {
        let keeping: Vec<&str> = api.get("keeps").unwrap_or_default().split(' ').collect();
        // All of what runs beside is asked, and what is around the call that hands it over.
        let whole = match api.get("work") {
            Some("spawned") => match spawned(file, &around, call.id) {
                Some(stmt) => stmt,
                None => continue,
            },
            _ => unit.place(call.id),
        };
        let says = |text: &str| keeping.iter().any(|word| text.contains(word));
        let followed = unit.args(call.id).iter().flat_map(|arg| unit.all_in(arg.value));
        let keeps = says(unit.slice(&whole))
            || is_meant(file, whole.start)
            || followed.into_iter().any(|id| carries(file, id, &says));
        let text = call.name().to_owned();
        let at = if api.get("work") == Some("spawned") {
            file.expr_span(call.id)
        } else {
            file.callee_span(call.id)
        };
        let name = Scalar { text, span: at, known: true, plain: false };
        facts.handoffs.push(Handoff { document: file.document, name, keeps });
    }
}

/// The statement that starts something beside, if an expression is part of one.
fn spawned(file: &File<'_, '_>, around: &Around<'_, '_>, id: ExprId) -> Option<Place> {
    let unit = file.unit;
    let direct = around
        .statements(id)
        .into_iter()
        .find(|stmt| matches!(unit.stmt(*stmt), StmtKind::Spawn(_)))
        .map(|stmt| unit.stmts[stmt.0 as usize].at.clone());
    // Or of a function that is written there.
    direct.or_else(|| {
        let functions: Vec<FunctionId> = unit.outward(unit.function_of(id)).collect();
        unit.stmts
            .iter()
            .filter(|stmt| matches!(stmt.kind, StmtKind::Spawn(_)))
            .find(|stmt| {
                functions.iter().any(|function| {
                    let inner = unit.function(*function);
                    inner.name.is_empty()
                        && function.0 != 0
                        && stmt.at.start <= inner.at.start
                        && inner.at.end <= stmt.at.end
                })
            })
            .map(|stmt| stmt.at.clone())
    })
}

/// Whether an expression holds a context or a span, so that the work can go on with it.
fn carries(file: &File<'_, '_>, id: ExprId, says: &dyn Fn(&str) -> bool) -> bool {
    if let ExprKind::Name(name) = file.unit.expr(id) {
        let lower = name.to_ascii_lowercase();
        if lower == "ctx" || lower.contains("context") || lower.contains("span") {
            return true;
        }
    }
    matches!(file.unit.expr(id), ExprKind::Name(_) | ExprKind::Member { .. })
        && file.names.path(id).is_some_and(|path| says(&path))
}

/// Words of comments that say that work leaves its trace on purpose.
const MEANT: &[&str] = &[
    "detach",
    "background",
    "fire and forget",
    "fire-and-forget",
    "on purpose",
    "intention",
    "new trace",
    "own trace",
    "independent",
];

/// Whether a comment at a statement, or right before it, says that the trace is left on purpose.
fn is_meant(file: &File<'_, '_>, start: u32) -> bool {
    let unit = file.unit;
    let line = |at: u32| {
        let head = unit.text.get(..at as usize).unwrap_or_default();
        head.bytes().filter(|byte| *byte == b'\n').count()
    };
    let here = line(start);
    let near = unit.comments.iter().filter(|comment| {
        comment.start.abs_diff(start) < 400 && {
            let at = line(comment.end.saturating_sub(1));
            at == here || at + 1 == here
        }
    });
    near.into_iter().any(|comment| {
        let text = unit.slice(comment).to_ascii_lowercase();
        MEANT.iter().any(|word| text.contains(word))
    })
}

/// Words of code that knows what must be waited for.
const WAITS: &[&str] = &[
    "iscoroutine",
    "isawaitable",
    "isasyncgen",
    "await ",
    ".then(",
    ".finally(",
    "Promise",
    "Task<",
    "Task ",
    "ensure_future",
    "async def",
    "async (",
    "async function",
];

/// Words in names of what measures a block.
const MEASURES: &[&str] = &["trace", "span", "timer", "timed", "measure"];

fn wrappers(file: &File<'_, '_>, facts: &mut FileFacts) {
    let unit = file.unit;
    let mut found: Vec<(FunctionId, bool)> = Vec::new();
    let mut beside = false;
    for id in unit.calls() {
        let ExprKind::Call { callee, .. } = unit.expr(id) else { continue };
        let ExprKind::Name(name) = unit.expr(*callee) else { continue };
        // From the function that calls it out to the one that is given it.
        let takes =
            |at: &FunctionId| unit.function(*at).params.iter().any(|param| param.name == *name);
        let all: Vec<FunctionId> = unit.outward(unit.function_of(id)).collect();
        let Some(end) = all.iter().position(takes) else { continue };
        let chain = &all[..=end];
        let waits = chain.iter().any(|at| unit.function(*at).is_async);
        if all[0].0 == 0 || !chain.iter().any(|at| measures(file, *at)) {
            continue;
        }
        if waits {
            beside = true;
            continue;
        }
        let below = end.checked_sub(1).map(|at| all[at]);
        found.push((all[end], below.is_some_and(|below| is_given_back(file, below))));
    }
    if found.is_empty() {
        return;
    }
    let names = names(file);
    let mut outer: Vec<(FunctionId, bool)> = found
        .into_iter()
        .filter_map(|(owner, decorates)| {
            let known = unit.outward(owner).filter(|at| names.contains_key(at));
            Some((known.last()?, decorates))
        })
        .collect();
    outer.sort_unstable();
    outer.dedup();
    for (id, decorates) in outer {
        let at = &names[&id];
        let text = unit.slice(&unit.function(id).at);
        // `new Cache()`: what makes an object wraps no function.
        let makes = unit.slice(at).starts_with(char::is_uppercase);
        if makes && matches!(unit.language, Language::Javascript | Language::Typescript) {
            continue;
        }
        facts.wrappers.push(Wrapper {
            document: file.document,
            name: Scalar {
                text: unit.slice(at).to_owned(),
                span: file.span(at),
                known: true,
                plain: false,
            },
            decorates,
            beside,
            waits: WAITS.iter().any(|word| text.contains(word))
                || unit.is_faulty(&unit.function(id).at),
        });
    }
}

/// Where the names of functions stand that others know them by.
pub(super) fn names(file: &File<'_, '_>) -> BTreeMap<FunctionId, Place> {
    let unit = file.unit;
    let mut names = BTreeMap::new();
    for (number, function) in unit.functions.iter().enumerate().skip(1) {
        if !function.name.is_empty() {
            let id = FunctionId(u32::try_from(number).unwrap_or(u32::MAX));
            names.insert(id, function.name_at.clone());
        }
    }
    for stmt in &unit.stmts {
        if let StmtKind::Let { targets, value: Some(value), .. } = &stmt.kind
            && let ([target], ExprKind::Lambda(id)) = (targets.as_slice(), unit.expr(*value))
            && let ExprKind::Name(_) = unit.expr(*target)
        {
            names.insert(*id, unit.place(*target));
        }
    }
    names
}

/// Whether the function around gives a function back.
fn is_given_back(file: &File<'_, '_>, id: FunctionId) -> bool {
    let unit = file.unit;
    let Some(outer) = unit.function(id).outer else { return false };
    let name = unit.function(id).name;
    unit.statements(outer).into_iter().any(|stmt| match unit.stmt(stmt) {
        StmtKind::Return(Some(value)) => match unit.expr(*value) {
            ExprKind::Lambda(function) => *function == id,
            _ => unit.all_in(*value).into_iter().any(|part| {
                matches!(unit.expr(part), ExprKind::Name(given) if *given == name && !name.is_empty())
            }),
        },
        _ => false,
    })
}

/// Whether a function itself opens a span, reads a clock twice, or observes a metric.
fn measures(file: &File<'_, '_>, id: FunctionId) -> bool {
    let unit = file.unit;
    let calls = unit.calls_under(&unit.function(id).body);
    let plays = |call: &ExprId, roles: &[Role]| {
        file.call(*call).is_some_and(|call| call.roles.iter().any(|api| roles.contains(&api.role)))
    };
    if calls.iter().any(|call| plays(call, &[Role::SpanStart])) {
        return true;
    }
    if calls.iter().filter(|call| plays(call, &[Role::Clock])).count() > 1 {
        return true;
    }
    unit.statements(id).into_iter().any(|stmt| match unit.stmt(stmt) {
        StmtKind::With { items, .. } => items.iter().any(|(of, _)| {
            file.called(*of).is_some_and(|name| {
                let lower = name.to_ascii_lowercase();
                MEASURES.iter().any(|word| lower.contains(word))
            })
        }),
        _ => false,
    })
}

fn async_uses(file: &File<'_, '_>, facts: &mut FileFacts) {
    let unit = file.unit;
    let mut add = |wrapper: ExprId, span: Span| {
        let path = file.names.path(wrapper).or_else(|| match unit.expr(wrapper) {
            // A function of this file that is a value.
            ExprKind::Name(name) => Some((*name).to_owned()),
            _ => None,
        });
        let Some(path) = path.filter(|path| !path.contains('(')) else { return };
        let name = path.rsplit(['.', '/']).next().unwrap_or(&path).to_owned();
        facts.async_uses.push(AsyncUse { document: file.document, wrapper: name, path, span });
    };
    for function in unit.functions.iter().filter(|function| function.is_async) {
        for decorator in &function.decorators {
            let callee = match unit.expr(*decorator) {
                ExprKind::Call { callee, .. } => *callee,
                _ => *decorator,
            };
            add(callee, file.span(&function.name_at));
        }
    }
    for id in unit.calls() {
        let ExprKind::Call { callee, args, .. } = unit.expr(id) else { continue };
        let waits = args.iter().any(|arg| match unit.expr(arg.value) {
            ExprKind::Lambda(function) => unit.function(*function).is_async,
            _ => false,
        });
        if waits {
            add(*callee, file.callee_span(id));
        }
    }
    // Handlers of WebFlux give their thread away wherever they wait.
    let reactive = |function: &Function<'_>| {
        let is = |ty: Option<&str>, list: &[&str]| {
            ty.is_some_and(|ty| list.iter().any(|it| ty.starts_with(it)))
        };
        unit.language == Language::Java
            && is(function.returns, &["Mono<", "Flux<"])
            && function
                .params
                .iter()
                .any(|it| is(it.ty, &["ServerWebExchange", "ServerRequest", "ServerHttpRequest"]))
    };
    if unit.functions.iter().any(|function| function.is_async || reactive(function)) {
        facts.async_files.push(file.document);
    }
}
