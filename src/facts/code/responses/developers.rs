//! Answers that only whoever works on the code gets to see.

use crate::facts::code::file::File;
use crate::lang::sensitive::words;
use crate::parse::unit::{ExprId, ExprKind, Place, StmtId, StmtKind, Unit};

/// What conditions that hold for developers only ask.
const DEVELOPERS: &[&str] = &[
    "NODE_ENV",
    "IsDevelopment",
    "isDev",
    "is_dev",
    "DEBUG",
    "debug_mode",
    "isDebug",
    "app.debug",
    "IsLocalOrDev",
    "settings.debug",
    "ebugging",
    "evelopment",
    "cfg!(debug",
    "debug_assertions",
    "isProd",
    "is_prod",
    "IsProd",
];

/// Words of such conditions.
const WORDS: &[&str] = &["dev", "development", "prod", "production"];

fn says(text: &str) -> bool {
    DEVELOPERS.iter().any(|word| text.contains(word))
        || text.contains("DeveloperExceptionPage")
        || words(text).iter().any(|word| WORDS.contains(&word.as_str()))
}

/// Whether an answer is given only where a condition, or the name of what gives it, says that it is for
/// developers. What stands beside such a condition, or holds such a word as a text, says nothing.
pub(super) fn is_for_developers(file: &File<'_, '_>, whole: ExprId) -> bool {
    let unit = file.unit;
    is_asked(file, whole)
        || chooses(file, whole)
        || unit.outward(unit.function_of(whole)).any(|id| {
            let function = unit.function(id);
            let held = held_by(unit, function.at.start);
            DEVELOPERS.iter().any(|word| function.name.contains(word) || held.contains(word))
                || function.decorators.iter().any(|it| says(unit.slice(&unit.place(*it))))
        })
        || is_compiled_for_them(unit, whole)
}

/// What a function is given to where it is made: `exports.developmentErrors = (err, …) => …`.
fn held_by<'u>(unit: &Unit<'u>, start: u32) -> &'u str {
    let before = unit.text.get(..start as usize).unwrap_or_default();
    let Some(line) = before.rsplit(['\n', ';']).next() else { return "" };
    line.trim_end().strip_suffix('=').unwrap_or_default()
}

/// Whether a place is reached only where a condition of developers was asked: one around it, or one
/// before it whose branch leaves the function, or gives a name of the answer another value.
pub(super) fn is_asked(file: &File<'_, '_>, whole: ExprId) -> bool {
    let unit = file.unit;
    let at = unit.place(whole);
    let around = unit.stmts_around(&at).any(|stmt| match unit.stmt(stmt) {
        StmtKind::If { test, .. } => is_outside(unit, *test, &at) && asks(file, *test),
        StmtKind::Switch { on, arms } => {
            let tests = arms.iter().filter(|arm| holds(unit, &arm.body, &at));
            let mut tests = tests.flat_map(|arm| &arm.tests).chain(on);
            tests.any(|test| is_outside(unit, *test, &at) && asks(file, *test))
        }
        _ => false,
    });
    let inside = || {
        unit.exprs_around(&at).any(|id| {
            let test = match unit.expr(id) {
                ExprKind::Choice { test, .. } => *test,
                ExprKind::Binary { op: "&&" | "||" | "and" | "or", left, .. } => *left,
                _ => return false,
            };
            is_outside(unit, test, &at) && asks(file, test)
        })
    };
    let leaves = |block: &[StmtId]| {
        block.last().is_some_and(|last| {
            matches!(unit.stmt(*last), StmtKind::Return(_) | StmtKind::Throw(_))
        })
    };
    let before = || {
        unit.statements(unit.function_of(whole)).into_iter().any(|stmt| {
            let StmtKind::If { test, then, other, .. } = unit.stmt(stmt) else { return false };
            let ended = unit.stmts[stmt.0 as usize].at.end <= at.start;
            let gives = || [then, other].into_iter().any(|block| gives_name(unit, block, whole));
            ended && asks(file, *test) && (leaves(then) || gives())
        })
    };
    around || inside() || before()
}

/// Whether a field of what is answered is taken out again for all but developers:
/// `if (env !== 'development') delete body.stack;`.
pub(super) fn takes_out(file: &File<'_, '_>, held: &str, field: &str, whole: ExprId) -> bool {
    let unit = file.unit;
    let end = unit.place(whole).start;
    let gone = format!("delete {held}.{field};");
    unit.statements(unit.function_of(whole)).into_iter().any(|stmt| {
        let StmtKind::If { test, .. } = unit.stmt(stmt) else { return false };
        let at = &unit.stmts[stmt.0 as usize].at;
        at.end <= end && unit.slice(at).contains(&gone) && asks(file, *test)
    })
}

/// Whether a block gives a name that an answer holds another value: `if (live) text = "failed";`.
fn gives_name(unit: &Unit<'_>, block: &[StmtId], whole: ExprId) -> bool {
    let is = |id: ExprId, name: &str| matches!(unit.expr(id), ExprKind::Name(it) if *it == name);
    let named = |name: &str| unit.all_in(whole).into_iter().any(|id| is(id, name));
    let target = |id: ExprId| matches!(unit.expr(id), ExprKind::Name(name) if named(name));
    block.iter().any(|stmt| match unit.stmt(*stmt) {
        StmtKind::Let { targets, .. } => targets.iter().any(|it| target(*it)),
        StmtKind::Expr(id) => {
            matches!(unit.expr(*id), ExprKind::Assign { target: it, .. } if target(*it))
        }
        _ => false,
    })
}

fn is_outside(unit: &Unit<'_>, test: ExprId, at: &Place) -> bool {
    let test = unit.place(test);
    test.end <= at.start || at.end <= test.start
}

fn holds(unit: &Unit<'_>, block: &[StmtId], at: &Place) -> bool {
    let place = |id: &StmtId| &unit.stmts[id.0 as usize].at;
    block.first().is_some_and(|first| place(first).start <= at.start)
        && block.last().is_some_and(|last| at.end <= place(last).end)
}

/// Whether a condition asks for developers, by its words or by those of what its names were made of.
fn asks(file: &File<'_, '_>, test: ExprId) -> bool {
    let unit = file.unit;
    let made = |id: ExprId| {
        let made = file.names.value(id).filter(|made| *made != id);
        made.is_some_and(|made| {
            !matches!(unit.expr(made), ExprKind::Lambda(_)) && says(unit.slice(&unit.place(made)))
        })
    };
    says(unit.slice(&unit.place(test)))
        || unit.all_in(test).into_iter().any(|id| {
            matches!(unit.expr(id), ExprKind::Name(_) | ExprKind::Member { .. }) && made(id)
        })
}

/// Whether an answer asks for developers itself: `env.IsDevelopment() ? e.ToString() : null`.
fn chooses(file: &File<'_, '_>, whole: ExprId) -> bool {
    let unit = file.unit;
    unit.all_in(whole).into_iter().any(|id| match unit.expr(id) {
        ExprKind::Name(name) | ExprKind::Member { name, .. } => {
            DEVELOPERS.iter().any(|word| name.contains(word))
        }
        ExprKind::Binary { op: "&&" | "and", left, .. } => asks(file, *left),
        _ => false,
    })
}

/// Whether a place is compiled for developers only: `#if DEBUG`.
fn is_compiled_for_them(unit: &Unit<'_>, whole: ExprId) -> bool {
    let at = unit.place(whole);
    let function = unit.function(unit.function_of(whole));
    let before = unit.slice(&(function.at.start..at.start));
    let Some(start) = before.rfind("#if ") else { return false };
    let line = before[start..].lines().next().unwrap_or_default();
    !before[start..].contains("#endif") && line.contains("DEBUG")
}
