//! Tables that code writes down: dictionaries, maps that are made of pairs, and switches.

use super::file::File;
use crate::parse::unit::{ExprId, ExprKind, Stmt, StmtId, StmtKind, Unit};
use std::collections::{BTreeMap, BTreeSet};

/// A table: what it is known by, its keys and values.
pub(super) struct Pairs {
    /// The expression; of a switch, its first test.
    pub(super) id: ExprId,
    /// Keys and values; no key where other entries are taken over, or for all that is left.
    pub(super) entries: Vec<(Option<ExprId>, ExprId)>,
    /// More may be added.
    pub(super) open: bool,
}

/// All tables of a file.
pub(super) fn all(file: &File<'_, '_>) -> Vec<Pairs> {
    let unit = file.unit;
    let extended = extended(unit);
    let names: BTreeMap<ExprId, String> =
        named(file).into_iter().map(|(name, table)| (table, name)).collect();
    let mut found = Vec::new();
    for number in 0..unit.exprs.len() {
        let id = ExprId(u32::try_from(number).unwrap_or(u32::MAX));
        if file.is_faulty(id) {
            continue;
        }
        if let Some(entries) = entries(unit, id) {
            let open = names.get(&id).is_some_and(|name| extended.contains(name.as_str()));
            found.push(Pairs { id, entries, open });
        }
    }
    for number in 0..unit.stmts.len() {
        let id = StmtId(u32::try_from(number).unwrap_or(u32::MAX));
        found.extend(switched(unit, id));
    }
    found
}

/// The entries of an expression that is a table.
pub(super) fn entries(unit: &Unit<'_>, id: ExprId) -> Option<Vec<(Option<ExprId>, ExprId)>> {
    match unit.expr(id) {
        ExprKind::Map { entries, .. } => Some(entries.clone()),
        ExprKind::Call { callee, args, .. } => {
            let values: Vec<ExprId> = args.iter().map(|arg| arg.value).collect();
            let alternating = matches!(unit.expr(*callee), ExprKind::Member { of, name: "of" }
                if matches!(unit.expr(*of), ExprKind::Name("Map" | "ImmutableMap")));
            if alternating && values.len().is_multiple_of(2) {
                return Some(values.chunks(2).map(|pair| (Some(pair[0]), pair[1])).collect());
            }
            let list: Vec<ExprId> = match values.as_slice() {
                [only] => match unit.expr(*only) {
                    ExprKind::List(items) => items.clone(),
                    _ => values,
                },
                _ => values,
            };
            pairs(unit, &list)
        }
        // `x switch { "a" => b }`
        ExprKind::Other(parts) if unit.slice(&unit.place(id)).contains(" switch") => {
            let arms = parts.get(1..)?.iter().map(|part| match unit.expr(*part) {
                ExprKind::Other(pair) if pair.len() == 2 => Some((Some(pair[0]), pair[1])),
                _ => None,
            });
            arms.collect::<Option<Vec<_>>>().filter(|arms| !arms.is_empty())
        }
        _ => None,
    }
}

/// `[("a", 1), ("b", 2)]`
fn pairs(unit: &Unit<'_>, list: &[ExprId]) -> Option<Vec<(Option<ExprId>, ExprId)>> {
    let pair = |id: &ExprId| match unit.expr(*id) {
        ExprKind::List(items) => match items.as_slice() {
            [key, value] => Some((Some(*key), *value)),
            _ => None,
        },
        _ => None,
    };
    let found: Option<Vec<_>> = list.iter().map(pair).collect();
    found.filter(|found| !found.is_empty())
}

/// A switch as a table: what is tested, and what the arm ends with.
fn switched(unit: &Unit<'_>, id: StmtId) -> Option<Pairs> {
    let StmtKind::Switch { arms, .. } = unit.stmt(id) else { return None };
    let first = *arms.iter().flat_map(|arm| &arm.tests).next()?;
    let mut found = Vec::new();
    for arm in arms {
        let Some(value) = result(unit, &arm.body) else { continue };
        if arm.tests.is_empty() {
            found.push((None, value));
        }
        found.extend(arm.tests.iter().map(|test| (Some(*test), value)));
    }
    (!found.is_empty()).then_some(Pairs { id: first, entries: found, open: false })
}

/// What a block gives back or sets last.
fn result(unit: &Unit<'_>, body: &[StmtId]) -> Option<ExprId> {
    let last = body
        .iter()
        .rev()
        .find(|id| !matches!(unit.stmt(**id), StmtKind::Break | StmtKind::Nothing))?;
    match unit.stmt(*last) {
        StmtKind::Return(value) => *value,
        StmtKind::Let { value, .. } => *value,
        StmtKind::Expr(value) => Some(match unit.expr(*value) {
            ExprKind::Assign { value, .. } => *value,
            _ => *value,
        }),
        StmtKind::Block(body) => match body.as_slice() {
            [only] => match unit.stmt(*only) {
                StmtKind::Return(value) => *value,
                _ => None,
            },
            _ => None,
        },
        _ => None,
    }
}

/// Tables by the name they are given, where one table has it.
pub(super) fn named(file: &File<'_, '_>) -> BTreeMap<String, ExprId> {
    let unit = file.unit;
    let mut found: BTreeMap<String, Option<ExprId>> = BTreeMap::new();
    let mut add = |name: &str, value: ExprId| {
        if entries(unit, value).is_some() {
            let seen = found.entry(name.to_owned()).or_insert(Some(value));
            if *seen != Some(value) {
                *seen = None;
            }
        }
    };
    for Stmt { kind, .. } in &unit.stmts {
        if let StmtKind::Let { targets, value: Some(value), .. } = kind {
            for target in targets {
                if let ExprKind::Name(name) | ExprKind::Member { name, .. } = unit.expr(*target) {
                    add(name, *value);
                }
            }
        }
    }
    for expr in &unit.exprs {
        if let ExprKind::Assign { target, value, .. } = expr.kind
            && let ExprKind::Name(name) | ExprKind::Member { name, .. } = unit.expr(target)
        {
            add(name, value);
        }
    }
    for field in unit.classes.iter().flat_map(|class| &class.fields) {
        if let Some(value) = field.value {
            add(field.name, value);
        }
    }
    found.into_iter().filter_map(|(name, table)| Some((name, table?))).collect()
}

/// The table that an expression stands for.
pub(super) fn find(
    file: &File<'_, '_>,
    named: &BTreeMap<String, ExprId>,
    expr: ExprId,
) -> Option<ExprId> {
    let value = file.names.resolved(expr);
    if entries(file.unit, value).is_some() {
        return Some(value);
    }
    match file.unit.expr(expr) {
        ExprKind::Name(name) | ExprKind::Member { name, .. } => named.get(*name).copied(),
        _ => None,
    }
}

/// Names of what keys may be added to after it was written down.
fn extended<'a>(unit: &Unit<'a>) -> BTreeSet<&'a str> {
    const ADDS: &[&str] = &[
        "update",
        "setdefault",
        "pop",
        "clear",
        "append",
        "extend",
        "set",
        "put",
        "insert",
        "delete",
        "Add",
        "remove",
        "TryAdd",
    ];
    let name = |id: ExprId| match unit.expr(id) {
        ExprKind::Name(name) | ExprKind::Member { name, .. } => Some(*name),
        _ => None,
    };
    let index = |target: &ExprId| match unit.expr(*target) {
        ExprKind::Index { of, .. } => name(*of),
        _ => None,
    };
    let mut found = BTreeSet::new();
    for stmt in &unit.stmts {
        if let StmtKind::Let { targets, .. } = &stmt.kind {
            found.extend(targets.iter().filter_map(index));
        }
    }
    for expr in &unit.exprs {
        match &expr.kind {
            ExprKind::Assign { target, .. } => found.extend(index(target)),
            ExprKind::Call { callee, .. } => {
                if let ExprKind::Member { of, name: method } = unit.expr(*callee)
                    && ADDS.contains(method)
                {
                    found.extend(name(*of));
                }
            }
            _ => {}
        }
    }
    found
}
