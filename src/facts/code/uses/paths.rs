//! Paths of requests that are few: names of methods, or those that a list let through before.

use crate::facts::code::file::File;
use crate::lang::sensitive::words;
use crate::libraries::Role;
use crate::parse::code::Language;
use crate::parse::unit::{ExprId, ExprKind, StmtId, StmtKind, Unit};

/// Whether a label that is the path of a request has few values.
pub(super) fn are_few(file: &File<'_, '_>, value: ExprId) -> bool {
    is_of_methods(file) || is_listed(file.unit, value) || has_one_route(file, value)
}

/// Whether what handles the request has one path, without a part that differs: `app.get("/pay", …)`,
/// `@app.route("/pay")`.
fn has_one_route(file: &File<'_, '_>, value: ExprId) -> bool {
    const ROUTES: &[&str] = &["delete", "get", "handle", "handlefunc", "patch", "post", "put"];
    let unit = file.unit;
    let fixed = |path: &str| {
        let path = path.split_once(' ').map_or(path, |(_, path)| path);
        path.starts_with('/')
            && !path.contains([':', '*', '{', '<', '(', '$'])
            && (unit.language != Language::Go || !path.ends_with('/'))
    };
    let first = |call: ExprId| unit.args(call).first().and_then(|arg| unit.literal(arg.value));
    let marked = unit.function(unit.function_of(value)).decorators.iter().any(|mark| {
        file.call(*mark).is_some_and(|call| call.role(Role::Route).is_some())
            && first(*mark).is_some_and(fixed)
    });
    let given = |call: ExprId| {
        let routes = |name: &str| ROUTES.contains(&name.to_ascii_lowercase().as_str());
        file.called(call).is_some_and(routes) && first(call).is_some_and(fixed)
    };
    marked
        || unit.exprs_around(&unit.place(value)).any(given)
        || is_of_decorator(file, value, &|mark| first(mark).is_some_and(fixed))
}

/// Whether a value is made in a decorator of the file, all of whose functions have one path each.
fn is_of_decorator(file: &File<'_, '_>, value: ExprId, fixed: &dyn Fn(ExprId) -> bool) -> bool {
    let unit = file.unit;
    // `value` stands in the function that the decorator gives back.
    let names: Vec<&str> = unit
        .outward(unit.function_of(value))
        .skip(1)
        .map(|id| unit.function(id).name)
        .filter(|name| !name.is_empty())
        .collect();
    if names.is_empty() {
        return false;
    }
    let is =
        |mark: &ExprId| matches!(unit.expr(*mark), ExprKind::Name(name) if names.contains(name));
    let routed = |mark: &ExprId| {
        file.call(*mark).is_some_and(|call| call.role(Role::Route).is_some()) && fixed(*mark)
    };
    let mut functions = unit.functions.iter().filter(|it| it.decorators.iter().any(is)).peekable();
    functions.peek().is_some() && functions.all(|it| it.decorators.iter().any(routed))
}

/// Rust: whether the requests of a file are those of gRPC, whose paths are names of methods.
fn is_of_methods(file: &File<'_, '_>) -> bool {
    let unit = file.unit;
    unit.language == Language::Rust
        && (file.path.split(['/', '.']).any(|part| words(part).iter().any(|it| it == "grpc"))
            || unit.imports.iter().any(|it| it.path.split("::").next() == Some("tonic")))
}

/// Whether the function leaves before, unless the path is one of a list:
/// `if !found { next.ServeHTTP(w, r); return }`.
fn is_listed(unit: &Unit<'_>, value: ExprId) -> bool {
    let before = unit.place(value).start;
    let stmts = unit.statements(unit.function_of(value));
    let mut tests = stmts.iter().filter_map(|id| match unit.stmt(*id) {
        StmtKind::If { test, then, .. } if unit.stmts[id.0 as usize].at.end <= before => {
            let leaves =
                then.last().is_some_and(|it| matches!(unit.stmt(*it), StmtKind::Return(_)));
            let ExprKind::Unary { op: "!" | "not", of } = unit.expr(*test) else { return None };
            leaves.then_some(*of)
        }
        _ => None,
    });
    tests.any(|test| match unit.expr(test) {
        ExprKind::Name(name) => stmts.iter().any(|id| looks_up(unit, *id, name)),
        // `!allowed.includes(req.path)`
        ExprKind::Call { .. } => {
            let text = unit.slice(&unit.place(test));
            speaks_of_path(text)
                && ["ontains(", "has(", "ncludes("].iter().any(|it| text.contains(it))
        }
        _ => false,
    })
}

fn speaks_of_path(text: &str) -> bool {
    text.contains("path") || text.contains("Path")
}

/// Whether a statement finds out under a name whether a path is in a list.
fn looks_up(unit: &Unit<'_>, id: StmtId, name: &str) -> bool {
    let named = |id: ExprId| matches!(unit.expr(id), ExprKind::Name(one) if *one == name);
    match unit.stmt(id) {
        // `_, ok := known[r.URL.Path]`
        StmtKind::Let { targets, value: Some(value), .. } => {
            targets.iter().any(|it| named(*it))
                && matches!(unit.expr(*value), ExprKind::Index { .. } | ExprKind::Call { .. })
                && speaks_of_path(unit.slice(&unit.place(*value)))
        }
        // `for path := range known { if … { found = true } }`
        StmtKind::Loop { .. } => {
            let text = unit.slice(&unit.stmts[id.0 as usize].at);
            speaks_of_path(text)
                && [format!("{name} = true"), format!("{name} = True")]
                    .iter()
                    .any(|set| text.contains(set.as_str()))
        }
        _ => false,
    }
}
