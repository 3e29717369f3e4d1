//! Branches that are taken on a developer's machine alone: `if (config.env === 'development')`, or where
//! a switch asks for what is shown: `if config.print_token`.

use crate::facts::code::file::File;
use crate::lang::sensitive;
use crate::parse::unit::{Block, ExprId, ExprKind, Place, StmtId, StmtKind, Unit};

/// Deepest condition that is taken apart.
const MAX_DEPTH: usize = 8;

/// How a program's surroundings are called where it is developed or tested.
const DEVELOPED: &[&str] = &["dev", "develop", "development", "e2e", "local", "test", "testing"];
/// How they are called where it serves others.
const SERVING: &[&str] = &["live", "prod", "production"];
/// Words of the names that hold which it is.
const SURROUNDINGS: &[&str] = &["env", "environment", "mode", "profile", "profiles", "stage"];

/// Branches of a file that only developers see the records of.
pub(super) fn branches(file: &File<'_, '_>) -> Vec<Place> {
    let unit = file.unit;
    let mut found = stand_ins(unit);
    for function in &unit.functions {
        found.extend(after_guard(unit, &function.body));
    }
    for stmt in &unit.stmts {
        let StmtKind::If { test, then, other, .. } = &stmt.kind else { continue };
        for (block, holds) in [(then, true), (other, false)] {
            if let Some((first, last)) = block.first().zip(block.last())
                && develops(unit, *test, holds, 0)
            {
                let end = unit.stmts[last.0 as usize].at.end;
                found.push(unit.stmts[first.0 as usize].at.start..end);
            }
        }
    }
    found
}

/// What follows in a function whose first steps leave it everywhere else:
/// `if getenv("ENVIRONMENT") not in ["development", "test"]: return`.
fn after_guard(unit: &Unit<'_>, body: &Block) -> Option<Place> {
    let stmt = |id: &StmtId| &unit.stmts[id.0 as usize];
    let guard = body.iter().find(|id| match &stmt(id).kind {
        StmtKind::If { test, then, other, .. } => {
            let leaves = then.last().is_some_and(|last| {
                matches!(stmt(last).kind, StmtKind::Return(_) | StmtKind::Throw(_))
            });
            leaves && other.is_empty() && develops(unit, *test, false, 0)
        }
        _ => false,
    })?;
    let last = body.last()?;
    Some(stmt(guard).at.end..stmt(last).at.end)
}

/// Classes that stand in for what lets people in while a program is tried out: `TestJwtGenerator`.
fn stand_ins(unit: &Unit<'_>) -> Vec<Place> {
    const ABOUT: &[&str] =
        &["auth", "authentication", "authorization", "data", "jwt", "login", "token", "user"];
    let stands_in = |name: &str| {
        let words = sensitive::words(name);
        let first = words.first().is_some_and(|word| word == "test");
        // `JwtTestGenerator`
        let made = words.iter().any(|word| word == "test")
            && words.last().is_some_and(|word| word == "generator");
        (first || made) && words.iter().any(|word| ABOUT.contains(&word.as_str()))
    };
    let classes = unit.classes.iter().filter(|class| stands_in(class.name));
    classes.map(|class| class.at.clone()).collect()
}

/// Whether a condition holds (or, if not `holds`, does not) for developers only.
fn develops(unit: &Unit<'_>, test: ExprId, holds: bool, depth: usize) -> bool {
    if depth >= MAX_DEPTH {
        return false;
    }
    let inner = |id: ExprId, holds: bool| develops(unit, id, holds, depth + 1);
    match unit.expr(test) {
        ExprKind::Binary { op: op @ ("||" | "or" | "&&" | "and"), left, right } => {
            let (left, right) = (inner(*left, holds), inner(*right, holds));
            let either = matches!(*op, "||" | "or") == holds;
            if either { left && right } else { left || right }
        }
        ExprKind::Unary { op: "!" | "not", of } => inner(*of, !holds),
        ExprKind::Binary { op: op @ ("in" | "not in"), left, right } => {
            let ExprKind::List(items) = unit.expr(*right) else { return false };
            let known = if (*op == "in") == holds { DEVELOPED } else { SERVING };
            let named = |item: &ExprId| {
                let word = unit.literal(*item).map(str::to_ascii_lowercase);
                word.is_some_and(|word| known.contains(&word.as_str()))
            };
            !items.is_empty() && items.iter().all(named) && holds_surroundings(unit, *left)
        }
        ExprKind::Binary { op, left, right } => {
            let equal = matches!(*op, "==" | "===");
            if !equal && !matches!(*op, "!=" | "!==") {
                return false;
            }
            let (value, word) = match (unit.literal(*left), unit.literal(*right)) {
                (None, Some(word)) => (*left, word),
                (Some(word), None) => (*right, word),
                _ => return false,
            };
            let known = if equal == holds { DEVELOPED } else { SERVING };
            known.contains(&word.to_ascii_lowercase().as_str()) && holds_surroundings(unit, value)
        }
        _ => holds && is_switch(unit.slice(&unit.place(test))),
    }
}

/// Whether what is compared says where the program runs.
fn holds_surroundings(unit: &Unit<'_>, value: ExprId) -> bool {
    let words = sensitive::words(unit.slice(&unit.place(value)));
    words.iter().any(|word| SURROUNDINGS.contains(&word.as_str()))
}

/// Whether a value, as it is written, is a switch of developers: `isDevelopment`, `settings.DEBUG`,
/// `process.env.E2E_TEST`, `config.print_token`.
fn is_switch(written: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || "_.()[]'\"".contains(c);
    if written.len() > 80 || !written.chars().all(plain) {
        return false;
    }
    let name = written.trim_end_matches(['(', ')', '[', ']', '\'', '"']);
    let name = name.rsplit(['.', '(', '[', '\'', '"']).next().unwrap_or(name);
    let words = sensitive::words(name);
    let first = words.first().map(String::as_str);
    let asks = matches!(first, Some("is" | "in"));
    let named = match asks {
        true => words.get(1).map(String::as_str),
        false => first,
    };
    let developed = named.is_some_and(|word| DEVELOPED.contains(&word))
        && (asks || name.len() > 5 && words.len() == 1 || words.iter().any(|word| word == "mode"));
    let asked = matches!(first, Some("debug" | "dump" | "print" | "show")) && words.len() > 1
        // `sensitiveInfoLogging`, `EnableSensitiveDataLogging`
        || words.iter().any(|word| word == "sensitive");
    let whole = name.to_ascii_lowercase().starts_with("e2e_") || matches!(name, "DEBUG" | "DEV");
    developed || asked || whole
}

#[cfg(test)]
mod tests {
    use super::is_switch;

    #[test]
    fn switches_of_developers_are_known_by_their_names() {
        let switches = ["isDevelopment", "settings.DEBUG", "process.env.E2E_TEST", "app.isDev()"];
        assert!(switches.iter().all(|name| is_switch(name)));
        assert!(is_switch("config.print_token") && is_switch("env.IsDevelopment()"));
        assert!(is_switch("p.sensitiveInfoLogging"));
        let others = ["debug", "isTested", "token", "devices", "user.isActive", "latest", "test"];
        assert!(others.iter().all(|name| !is_switch(name)), "{others:?}");
    }
}
