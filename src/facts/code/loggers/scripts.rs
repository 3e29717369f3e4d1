//! Functions of JavaScript that write records: what they encode, and what they give back.

use super::read::add;
use super::{Form, Setup};
use crate::facts::FileFacts;
use crate::facts::code::file::{Call, File};
use crate::libraries::{Api, Role};
use crate::parse::unit::{ExprId, ExprKind, FunctionId, Place, StmtKind};
use crate::source::Span;

/// Words of code that asks what a parsed value is.
const CHECKS: &[&str] = &["typeof", "isArray", "isPlainObject", "isObject", "instanceof"];

/// Reads the functions that a library is given to write records with.
pub(super) fn read(file: &File<'_, '_>, facts: &mut FileFacts) {
    for (call, api) in file.of_role(Role::LogFormat) {
        if let Some(function) = writer(file, call, api) {
            encoders(file, function, facts);
            passes(file, function, facts);
        }
    }
}

/// The function that a call is given to write records with.
fn writer(file: &File<'_, '_>, call: &Call, api: &Api) -> Option<FunctionId> {
    let given = file.names.resolved(file.argument(call, api, "writer")?);
    match file.unit.expr(given) {
        ExprKind::Lambda(function) => Some(*function),
        ExprKind::Name(name) => {
            let mut all = file.unit.functions.iter().enumerate();
            let (number, _) = all.find(|(_, one)| one.name == *name)?;
            Some(FunctionId(u32::try_from(number).ok()?))
        }
        _ => None,
    }
}

/// What records look like that the function of a call writes: JSON, where it gives that back.
pub(super) fn form(file: &File<'_, '_>, call: &Call, api: &Api) -> Option<Form> {
    let function = writer(file, call, api)?;
    let json = returned(file, function).into_iter().any(|value| {
        let value = match file.unit.expr(value) {
            ExprKind::Binary { op: "+", left, .. } => *left,
            _ => value,
        };
        is(file, value, "JSON.stringify")
    });
    json.then_some(Form::Structured)
}

fn is(file: &File<'_, '_>, id: ExprId, path: &str) -> bool {
    let mut id = file.names.resolved(id);
    if let ExprKind::Await(inner) = file.unit.expr(id) {
        id = *inner;
    }
    file.call(id).is_some_and(|call| call.path == path)
}

fn returned(file: &File<'_, '_>, function: FunctionId) -> Vec<ExprId> {
    let stmts = file.unit.statements(function).into_iter();
    stmts
        .filter_map(|stmt| match file.unit.stmt(stmt) {
            StmtKind::Return(value) => *value,
            _ => None,
        })
        .collect()
}

/// `JSON.stringify` of all that callers gave: a cycle in it throws.
fn encoders(file: &File<'_, '_>, function: FunctionId, facts: &mut FileFacts) {
    let unit = file.unit;
    let tries: Vec<Place> = unit
        .statements(function)
        .into_iter()
        .filter(
            |stmt| matches!(unit.stmt(*stmt), StmtKind::Try { catches, .. } if !catches.is_empty()),
        )
        .map(|stmt| unit.stmts[stmt.0 as usize].at.clone())
        .collect();
    for id in unit.calls_under(&unit.function(function).body) {
        let Some(call) = file.call(id).filter(|call| call.path == "JSON.stringify") else {
            continue;
        };
        let at = unit.place(call.id);
        let nothing =
            |kind: &ExprKind<'_>| matches!(kind, ExprKind::Name("undefined") | ExprKind::Null);
        let replaces = unit.args(id).get(1).is_some_and(|arg| !nothing(unit.expr(arg.value)));
        let caught = tries.iter().any(|it| it.start <= at.start && at.end <= it.end);
        let open = unit.args(id).first().and_then(|arg| open(file, function, arg.value));
        let end = file.span(&(at.end.saturating_sub(1)..at.end.saturating_sub(1)));
        let setup = Setup::Encoder { open, guarded: replaces || caught, end };
        add(file, "JSON.stringify", file.callee_span(id), setup, facts);
    }
}

/// Where all that callers gave comes in: the record, or what is left of it.
fn open(file: &File<'_, '_>, function: FunctionId, value: ExprId) -> Option<Span> {
    let unit = file.unit;
    let params = &unit.function(function).params;
    let before = |at: u32, len: u32| unit.slice(&(at.saturating_sub(len)..at));
    let all = |id: ExprId| match unit.expr(id) {
        ExprKind::Name(name) => params.iter().any(|param| {
            let whole =
                params.len() == 1 && !unit.slice(&unit.function(function).at).starts_with("({");
            param.name == *name && (whole || before(param.at.start, 3) == "...")
        }),
        _ => false,
    };
    let given = match unit.expr(value) {
        ExprKind::Map { of: None, entries } => {
            let spread = entries.iter().filter(|(key, _)| key.is_none());
            spread.map(|(_, value)| *value).find(|value| all(*value))?
        }
        _ if all(value) => value,
        _ => return None,
    };
    Some(file.expr_span(given))
}

/// A message that is JSON and is given back as it is.
fn passes(file: &File<'_, '_>, function: FunctionId, facts: &mut FileFacts) {
    let unit = file.unit;
    let text = |id: ExprId| unit.slice(&unit.place(id));
    let back = returned(file, function);
    for id in unit.calls_under(&unit.function(function).body) {
        if !is(file, id, "JSON.parse") {
            continue;
        }
        let Some(parsed) = unit.args(id).first().map(|arg| text(arg.value)) else { continue };
        if back.iter().any(|value| text(*value) == parsed) {
            let whole = unit.slice(&unit.function(function).at);
            let checked = CHECKS.iter().any(|word| whole.contains(word));
            let setup = Setup::Passthrough { checked };
            add(file, "JSON.parse", file.callee_span(id), setup, facts);
        }
    }
}
