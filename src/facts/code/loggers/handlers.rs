//! Handlers that are added to loggers which live longer than what adds them.

use super::Setup;
use super::read::add;
use crate::facts::FileFacts;
use crate::facts::code::Made;
use crate::facts::code::file::{Call, File};
use crate::facts::code::metrics::Places;
use crate::libraries::Role;
use crate::parse::unit::{ExprKind, FunctionId};

/// Words of code that asks what is there, or takes it away.
const GUARDS: &[&str] = &[
    "if (",
    "if(",
    "if ",
    "removeHandler",
    "removeAppender",
    "detachAppender",
    "ReplaceHooks",
    ".remove(",
    ".clear()",
    "Remove(",
    "Clear()",
];

/// Reads the handlers that a file adds.
pub(super) fn read(file: &File<'_, '_>, facts: &mut FileFacts) {
    let mut places: Option<Places> = None;
    for (call, _) in file.of_role(Role::LogHandler) {
        let places = places.get_or_insert_with(|| Places::of(file));
        let again = again(file, places, call);
        let setup = Setup::Handler { again, doubled: None };
        add(file, call.name(), file.callee_span(call.id), setup, facts);
    }
}

/// Why the same logger is given it more than once.
fn again(file: &File<'_, '_>, places: &Places, call: &Call) -> Option<&'static str> {
    let unit = file.unit;
    let id = unit.function_of(call.id);
    let function = unit.function(id);
    let text = unit.slice(&function.at);
    if id == FunctionId(0)
        || GUARDS.iter().any(|word| text.contains(word))
        || is_own(file, id, call)
    {
        return None;
    }
    if places.handles(id) {
        return Some("with each request");
    }
    // An object of a controller is made for each request.
    let class = function.class.map(|class| unit.class(class));
    let controls = class.is_some_and(|class| {
        function.name == class.name
            && class.bases.iter().any(|base| matches!(*base, "Controller" | "ControllerBase"))
    });
    let often = match places.made(file, call.id) {
        Made::Constructor { objects, .. } => objects.len() > 1,
        _ => false,
    };
    (controls || often).then_some("for each object that is made")
}

/// Whether the function makes the logger itself: it goes when the function does.
fn is_own(file: &File<'_, '_>, id: FunctionId, call: &Call) -> bool {
    let unit = file.unit;
    let ExprKind::Call { callee, .. } = unit.expr(call.id) else { return true };
    let ExprKind::Member { of, .. } = unit.expr(*callee) else { return false };
    let made = file.names.resolved(*of);
    let fetched = file.called(made).is_some_and(|name| name.starts_with("get"));
    let local = match unit.expr(*of) {
        ExprKind::Name(name) => {
            let given = unit.function(id).params.iter().any(|param| param.name == *name);
            !given && file.names.owner(id, name) == Some(id)
        }
        ExprKind::Call { .. } => true,
        ExprKind::Member { .. } => file.names.class_of(id, inner(file, *of)).is_some(),
        _ => true,
    };
    local && !fetched
}

/// What a member is of.
fn inner(file: &File<'_, '_>, id: crate::parse::unit::ExprId) -> crate::parse::unit::ExprId {
    match file.unit.expr(id) {
        ExprKind::Member { of, .. } => *of,
        _ => id,
    }
}
