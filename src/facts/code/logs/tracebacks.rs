//! Places that ask for the error being handled, and whether one is.

use crate::facts::code::file::File;
use crate::facts::named::named_subject;
use crate::facts::scalar::Scalar;
use crate::facts::{DocumentId, FileFacts};
use crate::libraries::Role;
use crate::parse::code::Language;
use crate::parse::unit::{ExprId, ExprKind, Function, Place, StmtKind};
use crate::source::Span;

/// A call that shows the error that is being handled.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Traceback {
    /// The file.
    pub document: DocumentId,
    /// The function, or the argument.
    pub name: Scalar,
    /// An error is, or may be, handled here.
    pub handled: bool,
    /// The error its function is given, where it is given one.
    pub given: Option<Scalar>,
    /// Calls of its function in this file where an error is handled, and where none is.
    pub callers: (usize, Option<Span>),
    /// Somebody else may call the function: it belongs to a framework.
    pub hook: bool,
}

named_subject!(Traceback, Traceback, "traceback by");

pub(super) fn read(file: &File<'_, '_>, facts: &mut FileFacts) {
    if file.unit.language != Language::Python {
        return;
    }
    let mut found: Vec<(ExprId, Scalar)> = Vec::new();
    for call in &file.calls {
        if matches!(call.path.as_str(), "traceback.format_exc" | "traceback.print_exc") {
            found.push((call.id, name(call.name(), file.callee_span(call.id))));
        }
        let Some(api) = call.role(Role::Log) else { continue };
        let asked = file.unit.arg(call.id, usize::MAX, "exc_info");
        match (api.get("error"), asked) {
            (Some("exc_info"), Some(value))
                if matches!(file.unit.expr(value), ExprKind::Bool(true)) =>
            {
                found.push((call.id, name("exc_info", file.expr_span(value))));
            }
            (Some("always"), None) => {
                found.push((call.id, name(call.name(), file.callee_span(call.id))));
            }
            _ => {}
        }
    }
    if found.is_empty() {
        return;
    }
    let handlers = handlers(file);
    for (id, name) in found {
        facts.tracebacks.push(traceback(file, id, name, &handlers));
    }
}

fn name(text: &str, span: Span) -> Scalar {
    Scalar { text: text.to_owned(), span, known: true, plain: true }
}

/// Where an error may be handled.
fn handlers(file: &File<'_, '_>) -> Vec<Place> {
    let mut places = Vec::new();
    for stmt in &file.unit.stmts {
        let StmtKind::Try { catches, last, .. } = &stmt.kind else { continue };
        places.extend(catches.iter().map(|catch| catch.at.clone()));
        let of = |id: crate::parse::unit::StmtId| file.unit.stmts[id.0 as usize].at.clone();
        if let (Some(first), Some(end)) = (last.first(), last.last()) {
            places.push(of(*first).start..of(*end).end);
        }
    }
    places
}

fn traceback(file: &File<'_, '_>, id: ExprId, name: Scalar, handlers: &[Place]) -> Traceback {
    let unit = file.unit;
    let inside = |id: ExprId| {
        let at = unit.place(id);
        handlers.iter().any(|place| place.start <= at.start && at.end <= place.end)
    };
    let function = unit.function(unit.function_of(id));
    let given = function.params.iter().find(|param| {
        let typed = param.ty.is_some_and(|ty| ty.ends_with("Exception") || ty.ends_with("Error"));
        typed || matches!(param.name, "e" | "ex" | "exc" | "err" | "error" | "exception")
    });
    let mut callers = (0, None);
    if !function.name.is_empty() && !inside(id) {
        for call in unit.calls().filter(|call| calls(file, *call, function)) {
            if inside(call) {
                callers.0 += 1;
            } else if callers.1.is_none() {
                callers.1 = Some(file.callee_span(call));
            }
        }
    }
    let class = function.class.map(|class| unit.class(class));
    Traceback {
        document: file.document,
        handled: inside(id),
        given: given.map(|param| Scalar {
            text: param.name.to_owned(),
            span: file.span(&param.at),
            known: true,
            plain: true,
        }),
        callers,
        hook: !function.decorators.is_empty()
            || function.name.is_empty()
            || function.name.starts_with("__")
            || function.name.contains("excepthook")
            // Frameworks call it where they caught the error.
            || function.name.ends_with("exception_handler")
            || is_of_starlette(function, given.is_some())
            || is_of_rest(file, function)
            || class.is_some_and(|class| !class.bases.is_empty()),
        name,
    }
}

/// Whether a function is what Starlette and FastAPI await inside of their own handler: `(request, exc)`. One
/// that is not async is called in another thread, which handles nothing.
fn is_of_starlette(function: &Function<'_>, given: bool) -> bool {
    let first = function.params.first();
    function.is_async
        && given
        && function.params.len() == 2
        && first.is_some_and(|param| {
            param.ty.is_some_and(|ty| ty.ends_with("Request")) || param.name == "request"
        })
}

/// Whether a function is what Django's REST framework calls where it caught an error: `(exc, context)`,
/// in a file that takes in something of it.
fn is_of_rest(file: &File<'_, '_>, function: &Function<'_>) -> bool {
    let names: Vec<&str> = function.params.iter().map(|param| param.name).collect();
    matches!(names.as_slice(), ["exc" | "exception" | "e" | "ex", "context" | "ctx"])
        && file.unit.imports.iter().any(|import| import.path.starts_with("rest_framework"))
}

/// Whether a call is one of this function, as far as its name tells.
fn calls(file: &File<'_, '_>, call: ExprId, function: &Function<'_>) -> bool {
    let ExprKind::Call { callee, .. } = file.unit.expr(call) else { return false };
    match file.unit.expr(*callee) {
        ExprKind::Name(name) => *name == function.name && function.class.is_none(),
        ExprKind::Member { of, name } => {
            let class = function.class.map(|class| file.unit.class(class).name);
            *name == function.name
                && class.is_some_and(|class| match file.unit.expr(*of) {
                    ExprKind::Name("self") => true,
                    _ => file.names.path(*of).is_some_and(|path| {
                        path.strip_suffix("()") == Some(class) || path == format!("<{class}>")
                    }),
                })
        }
        _ => false,
    }
}
