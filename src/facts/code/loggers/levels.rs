//! From which level on code lets records through, and where it has values of statements written.

use super::read::add;
use super::{LoggerSetup, Setup};
use crate::facts::FileFacts;
use crate::facts::code::file::{Call, File};
use crate::facts::scalar::Scalar;
use crate::libraries::{Api, Role};
use crate::parse::unit::{ExprId, ExprKind, Place, StmtId, StmtKind, Unit};
use crate::source::Span;

pub(super) fn read(file: &File<'_, '_>, facts: &mut FileFacts) {
    let levels: Vec<(&Call, &Api)> = file.of_role(Role::LogLevel).collect();
    let options = options(file);
    if levels.is_empty() && options.is_empty() {
        return;
    }
    let branches = branches(file.unit);
    let always = |at: &Place| {
        !branches.iter().any(|branch| branch.start <= at.start && at.end <= branch.end)
    };
    for (call, api) in levels {
        let function = file.unit.function(file.unit.function_of(call.id)).name.to_ascii_lowercase();
        let asked = ["debug", "verbose", "trace"].iter().any(|word| function.contains(word));
        if asked || !always(&file.unit.place(call.id)) {
            continue;
        }
        if let Some((text, span)) = level(file, call, api)
            && let Some(logger) = logger(file, call, api)
        {
            add(file, &text, span, Setup::Level { logger, only: None }, facts);
        }
    }
    for (id, text) in options {
        if always(&file.unit.place(id)) {
            let name = Scalar { text, span: word(file, id).1, known: true, plain: true };
            let setup = Setup::Level { logger: "root".to_owned(), only: None };
            facts.logger_setups.push(LoggerSetup { document: file.document, name, setup });
        }
    }
}

/// The level a call sets, where that is certain: what it is given, or what its name says.
fn level(file: &File<'_, '_>, call: &Call, api: &Api) -> Option<(String, Span)> {
    let unit = file.unit;
    match api.get("level")? {
        "name" => Some((call.name().to_owned(), file.callee_span(call.id))),
        "fixed" => Some(("debug".to_owned(), file.callee_span(call.id))),
        "sql" => {
            let switch = api.get("when");
            let on = switch.is_none_or(|name| {
                option(file, call, name)
                    .is_some_and(|value| matches!(unit.expr(value), ExprKind::Bool(true)))
            });
            on.then(|| ("trace".to_owned(), switched(file, call, switch)))
        }
        _ => {
            let value =
                file.argument(call, api, "level").or_else(|| option(file, call, "level"))?;
            let value = file.names.resolved(value);
            // `10` of Python is its level for debugging.
            let text = match unit.expr(value) {
                ExprKind::Number("10") => "debug".to_owned(),
                ExprKind::Text(_) | ExprKind::Member { .. } | ExprKind::Name(_) => {
                    word(file, value).0
                }
                _ => return None,
            };
            Some((text, word(file, value).1))
        }
    }
}

/// Where an option is set; the call where it needs none.
fn switched(file: &File<'_, '_>, call: &Call, switch: Option<&str>) -> Span {
    let value = switch.and_then(|name| option(file, call, name));
    value.map_or_else(|| file.callee_span(call.id), |value| file.expr_span(value))
}

/// An option by its name: an argument, or a key of an object that is an argument.
fn option(file: &File<'_, '_>, call: &Call, name: &str) -> Option<ExprId> {
    let unit = file.unit;
    if let Some(value) = unit.arg(call.id, usize::MAX, name) {
        return Some(value);
    }
    unit.args(call.id).iter().find_map(|arg| {
        let ExprKind::Map { entries, .. } = unit.expr(file.names.resolved(arg.value)) else {
            return None;
        };
        let named = |key: ExprId| match unit.expr(key) {
            ExprKind::Text(text) => text == name,
            ExprKind::Name(text) => *text == name,
            _ => false,
        };
        entries.iter().find(|(key, _)| key.is_some_and(named)).map(|(_, value)| *value)
    })
}

/// The word that names a level, and where it stands: `DEBUG` of `logging.DEBUG`.
fn word(file: &File<'_, '_>, id: ExprId) -> (String, Span) {
    let at = file.unit.place(id);
    match file.unit.expr(id) {
        ExprKind::Text(text) => (text.to_string(), file.span(&at)),
        ExprKind::Member { name, .. } if file.unit.slice(&at).ends_with(name) => {
            let len = u32::try_from(name.len()).unwrap_or_default();
            ((*name).to_owned(), file.span(&(at.end - len..at.end)))
        }
        _ => (file.unit.slice(&at).to_owned(), file.span(&at)),
    }
}

/// The logger that a call sets the level of; nothing where it is one of a library.
fn logger(file: &File<'_, '_>, call: &Call, api: &Api) -> Option<String> {
    let root = || Some("root".to_owned());
    if api.get("level") == Some("sql") {
        return Some("sql".to_owned());
    }
    if api.get("of") != Some("receiver") {
        return root();
    }
    let unit = file.unit;
    let ExprKind::Call { callee, .. } = unit.expr(call.id) else { return root() };
    let ExprKind::Member { of, .. } = unit.expr(*callee) else { return root() };
    let made = file.names.resolved(*of);
    let Some(first) = unit.args(made).first() else { return root() };
    match unit.literal(file.names.resolved(first.value)) {
        Some(name) => Some(name.to_owned()),
        // `getLogger(__name__)`: its own.
        None => root(),
    }
}

/// Structs that hold the level of what they are given to: `&slog.HandlerOptions{Level: …}`.
fn options(file: &File<'_, '_>) -> Vec<(ExprId, String)> {
    let unit = file.unit;
    let mut found = Vec::new();
    for (number, expr) in unit.exprs.iter().enumerate() {
        let ExprKind::Map { of: Some(_), entries } = &expr.kind else { continue };
        let id = ExprId(u32::try_from(number).unwrap_or(u32::MAX));
        let path = file.names.path(id).unwrap_or_default();
        let Some(key) = file.table.role(&path, Role::LogLevel).and_then(|api| api.get("level"))
        else {
            continue;
        };
        let named = |id: ExprId| {
            matches!(unit.expr(id), ExprKind::Name(name) if *name == key)
                || unit.literal(id) == Some(key)
        };
        let value = entries.iter().find(|(name, _)| name.is_some_and(named));
        if let Some((_, value)) = value
            && matches!(unit.expr(*value), ExprKind::Member { .. })
        {
            found.push((*value, word(file, *value).0));
        }
    }
    found
}

/// Blocks that run under a condition only, that of a script's main part aside.
fn branches(unit: &Unit<'_>) -> Vec<Place> {
    let block = |stmts: &[StmtId]| {
        let first = unit.stmts.get(stmts.first()?.0 as usize)?;
        let last = unit.stmts.get(stmts.last()?.0 as usize)?;
        Some(first.at.start..last.at.end)
    };
    let mut found: Vec<Place> = Vec::new();
    for stmt in &unit.stmts {
        match &stmt.kind {
            StmtKind::If { test, then, other, .. } => {
                if !unit.slice(&unit.place(*test)).contains("__name__") {
                    found.extend(block(then));
                }
                found.extend(block(other));
            }
            StmtKind::Switch { arms, .. } => {
                found.extend(arms.iter().filter_map(|arm| block(&arm.body)));
            }
            StmtKind::Try { catches, .. } => {
                found.extend(catches.iter().filter_map(|catch| block(&catch.body)));
            }
            _ => {}
        }
    }
    for expr in &unit.exprs {
        if let ExprKind::Choice { yes, no, .. } = expr.kind {
            found.extend([unit.place(yes), unit.place(no)]);
        }
    }
    found
}
