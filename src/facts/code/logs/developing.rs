//! Branches that are taken on a developer's machine alone: `if (config.env === 'development')`, or where
//! a switch asks for what is shown: `if config.print_token`.

use crate::facts::code::file::File;
use crate::lang::sensitive::words;
use crate::parse::unit::{ExprId, ExprKind, Place, StmtKind, Unit};

/// Deepest condition that is taken apart.
const MAX_DEPTH: usize = 8;
/// Modes that nothing runs in for others.
const MODES: &[&str] = &["dev", "develop", "development", "e2e", "local", "test", "testing"];
/// Words of names of what says the mode.
const ASKED: &[&str] = &["env", "environment", "mode", "profile", "stage"];
/// First words of switches that show what is hidden else.
const SWITCHES: &[&str] = &["debug", "dump", "print", "show"];

/// Branches of a file that only developers see the records of.
pub(super) fn branches(file: &File<'_, '_>) -> Vec<Place> {
    let unit = file.unit;
    let mut found = Vec::new();
    for stmt in &unit.stmts {
        let StmtKind::If { test, then, .. } = &stmt.kind else { continue };
        if let Some((first, last)) = then.first().zip(then.last())
            && develops(unit, *test, 0)
        {
            let end = unit.stmts[last.0 as usize].at.end;
            found.push(unit.stmts[first.0 as usize].at.start..end);
        }
    }
    found
}

/// Whether a condition holds for developers alone.
fn develops(unit: &Unit<'_>, test: ExprId, depth: usize) -> bool {
    if depth >= MAX_DEPTH {
        return false;
    }
    let inner = |id: ExprId| develops(unit, id, depth + 1);
    match unit.expr(test) {
        ExprKind::Binary { op: "||" | "or", left, right } => inner(*left) && inner(*right),
        ExprKind::Binary { op: "&&" | "and", left, right } => inner(*left) || inner(*right),
        ExprKind::Binary { op: "==" | "===", left, right } => {
            let mode = |id: ExprId| {
                unit.literal(id).is_some_and(|it| MODES.contains(&it.to_ascii_lowercase().as_str()))
            };
            let asks = |id: ExprId| {
                let text = unit.slice(&unit.place(id));
                words(text).iter().any(|word| ASKED.contains(&word.as_str()))
            };
            mode(*left) && asks(*right) || mode(*right) && asks(*left)
        }
        ExprKind::Name(name) | ExprKind::Member { name, .. } => {
            let words = words(name);
            let first = words.first().is_some_and(|word| SWITCHES.contains(&word.as_str()));
            // `process.env.E2E_TEST`, `settings.DEBUG_LOGIN`
            first || name.to_ascii_lowercase().starts_with("e2e")
        }
        _ => false,
    }
}
