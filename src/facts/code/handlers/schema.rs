//! Steps of a database's schema, which fail where they were done before.

use super::acts::called;
use super::sites::Site;
use crate::facts::code::file::File;
use crate::parse::code::Language;
use crate::parse::unit::{ExprId, ExprKind, StmtKind, Unit};

/// How steps begin that fail where they were done before.
const STEPS: &[&str] = &[
    "ALTER TABLE ",
    "CREATE INDEX ",
    "CREATE TABLE ",
    "CREATE UNIQUE INDEX ",
    "DROP INDEX ",
    "DROP TABLE ",
];

/// Whether all that may fail is such a step.
pub(super) fn is_step(file: &File<'_, '_>, site: &Site<'_>) -> bool {
    let unit = file.unit;
    if site.tried.iter().any(|id| is_text(unit, *id)) {
        return true;
    }
    if unit.language != Language::Csharp {
        return false;
    }
    // `command.CommandText = "…"` stands before `try { command.ExecuteNonQuery() }`.
    let executes = |id: &ExprId| called(unit, *id).starts_with("Execute");
    let objects = site.tried.iter().filter(|id| executes(id)).filter_map(|id| {
        let ExprKind::Call { callee, .. } = unit.expr(*id) else { return None };
        let ExprKind::Member { of, .. } = unit.expr(*callee) else { return None };
        match unit.expr(*of) {
            ExprKind::Name(name) => Some((*name, unit.place(*id).start)),
            _ => None,
        }
    });
    objects
        .filter_map(|(name, before)| text_of(unit, site, name, before))
        .any(|text| is_text(unit, text))
}

/// The last text that a command is given before a place.
fn text_of(unit: &Unit<'_>, site: &Site<'_>, object: &str, before: u32) -> Option<ExprId> {
    let given = |target: ExprId| match unit.expr(target) {
        ExprKind::Member { of, name: "CommandText" } => {
            matches!(unit.expr(*of), ExprKind::Name(name) if *name == object)
        }
        _ => false,
    };
    let stmts = unit.statements(site.function).into_iter();
    let texts = stmts.filter_map(|id| match unit.stmt(id) {
        StmtKind::Let { targets, value: Some(value), .. } => {
            targets.first().is_some_and(|it| given(*it)).then_some(*value)
        }
        StmtKind::Expr(of) => match unit.expr(*of) {
            ExprKind::Assign { target, value, .. } => given(*target).then_some(*value),
            _ => None,
        },
        _ => None,
    });
    texts.filter(|id| unit.place(*id).end <= before).max_by_key(|id| unit.place(*id).end)
}

fn is_text(unit: &Unit<'_>, id: ExprId) -> bool {
    if !matches!(unit.expr(id), ExprKind::Text(_) | ExprKind::Template(_)) {
        return false;
    }
    let text = unit.slice(&unit.place(id));
    let start =
        text.trim_start_matches(|c: char| !c.is_ascii_alphabetic() || matches!(c, 'r' | 'f'));
    let begins =
        |step: &&str| start.get(..step.len()).is_some_and(|head| head.eq_ignore_ascii_case(step));
    let Some(step) = STEPS.iter().find(|step| begins(step)) else { return false };
    // To change a column again does no harm.
    *step != "ALTER TABLE " || {
        let text = start.to_ascii_uppercase();
        [" ADD ", " DROP ", " RENAME "].iter().any(|word| text.contains(word))
    }
}
