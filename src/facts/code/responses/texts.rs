//! What of an error an expression gives: its text, or the object with its fields.

use super::Shows;
use crate::facts::code::file::File;
use crate::facts::code::handlers::sites::Site;
use crate::parse::code::Language;
use crate::parse::unit::{ExprId, ExprKind, Part, StmtKind, Unit};

/// Members of errors that hold their text.
const TEXTS: &[&str] = &[
    "message",
    "Message",
    "getMessage",
    "getLocalizedMessage",
    "Error",
    "to_string",
    "toString",
    "ToString",
    "args",
    "description",
];

/// Functions that make a text of an error.
const MAKERS: &[&str] = &[
    "str",
    "repr",
    "String",
    "format",
    "Sprintf",
    "Sprint",
    "Errorf",
    "Error",
    "dumps",
    "stringify",
    "format!",
];

/// Functions that answer with what they are given.
const TAKERS: &[&str] = &[
    "send",
    "json",
    "end",
    "JSON",
    "String",
    "jsonify",
    "body",
    "status_json",
    "StatusCode",
    "Fprint",
    "Fprintf",
    "Fprintln",
];

/// Libraries of JavaScript whose errors have fields of their own, which say what is behind the
/// program: statements, addresses, paths. An error of the language gives `{}`.
const FIELDED: &[&str] = &[
    "@prisma/client",
    "axios",
    "child_process",
    "fs",
    "fs/promises",
    "ioredis",
    "knex",
    "mongodb",
    "mongoose",
    "mysql",
    "mysql2",
    "mysql2/promise",
    "node:child_process",
    "node:fs",
    "node:fs/promises",
    "pg",
    "redis",
    "sequelize",
    "typeorm",
];

/// Names of modules of a program's own that hold what such libraries made.
const STORES: &[&str] =
    &["database", "db", "entities", "entity", "knex", "model", "models", "mongoose", "sequelize"];

fn is_script(unit: &Unit<'_>) -> bool {
    matches!(unit.language, Language::Javascript | Language::Typescript | Language::Tsx)
}

/// Whether an answer prints every error that it is given: in all languages but JavaScript, in pages, whose
/// templates make texts of what they name, and in Fastify, which answers with the message.
pub(super) fn prints_objects(unit: &Unit<'_>, whole: ExprId) -> bool {
    let ExprKind::Call { callee, .. } = unit.expr(whole) else { return !is_script(unit) };
    let renders = matches!(unit.expr(*callee), ExprKind::Member { name: "render", .. });
    let replies = || unit.slice(&unit.place(*callee)).starts_with("reply.");
    !is_script(unit) || renders || replies()
}

/// Whether what a site tries is a call of what makes errors with fields of their own.
pub(super) fn has_fields(file: &File<'_, '_>, site: &Site<'_>) -> bool {
    let unit = file.unit;
    if !is_script(unit) {
        return false;
    }
    let fielded = |path: &str| {
        FIELDED.contains(&path)
            || path.starts_with('.')
                && path.split('/').any(|part| {
                    let part = part.split('.').next().unwrap_or(part);
                    STORES.contains(&part.to_ascii_lowercase().as_str())
                })
    };
    let imports = unit.imports.iter().filter(|import| fielded(&import.path));
    let names: Vec<&str> = imports.map(|import| import.local).collect();
    site.tried.iter().any(|id| match unit.expr(*id) {
        ExprKind::Call { callee, .. } => {
            // `require("axios")` is no import, and stands in the path.
            let path = file.names.path(*callee).unwrap_or_default();
            root(unit, *callee).is_some_and(|root| names.contains(&root))
                || path.starts_with('.') && fielded(&path)
                || FIELDED.iter().any(|library| {
                    path.strip_prefix(library).is_some_and(|rest| rest.starts_with('.'))
                })
        }
        _ => false,
    })
}

/// The name that a chain of members and calls begins with.
fn root<'a>(unit: &Unit<'a>, mut id: ExprId) -> Option<&'a str> {
    loop {
        id = match unit.expr(id) {
            ExprKind::Name(name) => return Some(name),
            ExprKind::Member { of, .. } => *of,
            ExprKind::Call { callee, .. } => *callee,
            _ => return None,
        };
    }
}

/// Whether an answer stands where the text of an error was asked for, so that it is known:
/// `if (err.message === 'Connection is closed.')`.
pub(super) fn is_fixed(unit: &Unit<'_>, whole: ExprId, error: &str) -> bool {
    let at = unit.place(whole);
    let of_error = |id: ExprId| {
        let member = match unit.expr(id) {
            ExprKind::Call { callee, .. } => *callee,
            _ => id,
        };
        match unit.expr(member) {
            ExprKind::Member { of, name } if TEXTS.contains(name) => {
                matches!(unit.expr(*of), ExprKind::Name(name) if *name == error)
            }
            _ => false,
        }
    };
    let asks = |id: ExprId| match unit.expr(id) {
        ExprKind::Binary { op: "==" | "===", left, right } => {
            of_error(*left) && unit.literal(*right).is_some()
        }
        _ => false,
    };
    unit.stmts_around(&at).any(|stmt| match unit.stmt(stmt) {
        StmtKind::If { test, then, .. } => {
            let within = then.first().zip(then.last()).is_some_and(|(first, last)| {
                unit.stmts[first.0 as usize].at.start <= at.start
                    && at.end <= unit.stmts[last.0 as usize].at.end
            });
            within && unit.all_in(*test).into_iter().any(asks)
        }
        _ => false,
    })
}

/// What an expression shows of the error with this name, and where; `whole` where the object itself
/// does.
pub(super) fn shows(
    unit: &Unit<'_>,
    id: ExprId,
    error: &str,
    whole: bool,
) -> Option<(ExprId, Shows)> {
    let names = |id: ExprId| match unit.expr(id) {
        ExprKind::Name(name) => *name == error,
        ExprKind::Unary { of, .. } => {
            matches!(unit.expr(*of), ExprKind::Name(name) if *name == error)
        }
        _ => false,
    };
    let holds = match unit.expr(id) {
        ExprKind::Member { of, name } if names(*of) => {
            // `err.(*echo.HTTPError).Message` was written for whoever asks.
            let sorted = unit.slice(&unit.place(*of));
            if unit.language == Language::Go && sorted.contains(".(") && sorted.contains("HTTP") {
                return None;
            }
            // The whole of it is printed with its stack there.
            let all = unit.language == Language::Csharp && *name == "ToString"
                || is_script(unit) && *name == "stack";
            return match TEXTS.contains(name) || all {
                true => Some((id, if all { Shows::Stack } else { Shows::Text })),
                false => None,
            };
        }
        ExprKind::Template(parts) => {
            parts.iter().any(|part| matches!(part, Part::Value(value, _) if names(*value)))
        }
        ExprKind::Map { entries, .. } => {
            let value = entries.iter().find(|(_, value)| names(*value)).filter(|_| whole);
            return value.map(|(_, value)| (*value, Shows::Text));
        }
        ExprKind::List(items) => whole && items.iter().any(|item| names(*item)),
        ExprKind::Binary { op: "+", left, right } => names(*left) || names(*right),
        ExprKind::Call { callee, args, .. } => {
            let name = match unit.expr(*callee) {
                ExprKind::Name(name) | ExprKind::Member { name, .. } => *name,
                _ => "",
            };
            let inline = unit.language == Language::Rust
                && name == "format"
                && args.iter().any(|arg| {
                    unit.literal(arg.value).is_some_and(|text| {
                        text.contains(&format!("{{{error}}}"))
                            || text.contains(&format!("{{{error}:"))
                    })
                });
            let makes = MAKERS.contains(&name) && (whole || name != "stringify" || args.len() > 1);
            inline
                || ((makes || whole && TAKERS.contains(&name))
                    && args.iter().any(|arg| names(arg.value)))
        }
        _ => false,
    };
    holds.then_some((id, Shows::Text))
}
