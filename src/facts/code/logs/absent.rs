//! Values that are certainly nothing, or an error in their place, where they are written:
//! `if not token: log("no token", token)`.

use crate::facts::code::file::File;
use crate::parse::unit::{ExprId, ExprKind, Place, StmtKind, Unit};

/// Deepest condition that is taken apart.
const MAX_DEPTH: usize = 8;

/// Methods and functions that ask whether something is empty.
const EMPTY: &[&str] = &[
    "isBlank",
    "isEmpty",
    "isNullOrBlank",
    "isNullOrEmpty",
    "is_blank",
    "is_empty",
    "is_none",
    "IsNullOrEmpty",
    "IsNullOrWhiteSpace",
];

/// Where a condition has left a value empty: the branch, and the values as they are written.
pub(super) struct Absent<'a> {
    branches: Vec<(Place, Vec<&'a str>)>,
}

impl<'a> Absent<'a> {
    pub(super) fn of(file: &File<'_, 'a>) -> Absent<'a> {
        let unit = file.unit;
        let mut branches = Vec::new();
        for stmt in &unit.stmts {
            let StmtKind::If { test, then, other, .. } = &stmt.kind else { continue };
            for (block, holds) in [(then, true), (other, false)] {
                let ends = block.first().zip(block.last());
                let Some((first, last)) = ends else { continue };
                let empty = emptied(unit, *test, holds, 0);
                if !empty.is_empty() {
                    let end = unit.stmts[last.0 as usize].at.end;
                    branches.push((unit.stmts[first.0 as usize].at.start..end, empty));
                }
            }
        }
        Absent { branches }
    }

    /// Whether what is written at a place, in a call that begins at `call`, is certainly empty there:
    /// nothing was put in before. What the call says of itself (`"token = ", token`) puts nothing in.
    pub(super) fn has(&self, unit: &Unit<'_>, text: &str, at: &Place, call: u32) -> bool {
        self.branches.iter().any(|(branch, empty)| {
            branch.start <= at.start
                && at.end <= branch.end
                && empty.contains(&text)
                && !is_filled(unit.slice(&(branch.start..call.max(branch.start))), text)
        })
    }
}

/// Whether a text gives a name a value: `token = ask()`, `token := ask()`.
fn is_filled(before: &str, name: &str) -> bool {
    before.match_indices(name).any(|(at, _)| {
        let after = before[at + name.len()..].trim_start().trim_start_matches(':');
        after.starts_with('=') && !after.starts_with("==")
    })
}

/// What is empty where a condition holds, or where it does not.
fn emptied<'a>(unit: &Unit<'a>, test: ExprId, holds: bool, depth: usize) -> Vec<&'a str> {
    if depth >= MAX_DEPTH {
        return Vec::new();
    }
    let inner = |id: ExprId, holds: bool| emptied(unit, id, holds, depth + 1);
    let written = |id: ExprId| unparenthesized(unit.slice(&unit.place(id)));
    match unit.expr(test) {
        ExprKind::Binary { op: "||" | "or", left, right } => {
            joined(inner(*left, holds), inner(*right, holds), !holds)
        }
        ExprKind::Binary { op: "&&" | "and", left, right } => {
            joined(inner(*left, holds), inner(*right, holds), holds)
        }
        // What is an error is nothing else.
        ExprKind::Binary { op: "instanceof", left, right } => {
            let error = is_error(unit, *right) && holds;
            error.then(|| written(*left)).into_iter().collect()
        }
        ExprKind::Binary { op, left, right } => {
            if let ExprKind::Member { of, name: "name" } = unit.expr(*left)
                && unit.literal(*right).is_some_and(|it| it.ends_with("Error"))
            {
                let error = matches!(*op, "==" | "===") && holds;
                return error.then(|| written(*of)).into_iter().collect();
            }
            let equal = matches!(*op, "==" | "===" | "is");
            if !equal && !matches!(*op, "!=" | "!==" | "is not") || equal != holds {
                return Vec::new();
            }
            let of = if is_nothing(unit, *right) { *left } else { *right };
            // `token.name === 'Error'`
            if let ExprKind::Member { of: error, name: "name" } = unit.expr(*left)
                && equal
                && unit.literal(*right) == Some("Error")
            {
                return vec![written(*error)];
            }
            let compared = is_nothing(unit, *left) || is_nothing(unit, *right);
            compared.then(|| written(measured(unit, of))).into_iter().collect()
        }
        ExprKind::Unary { op: "!" | "not", of } => inner(*of, !holds),
        ExprKind::Call { callee, args, .. } => {
            let (owner, name) = match unit.expr(*callee) {
                ExprKind::Member { of, name } => (Some(*of), *name),
                ExprKind::Name(name) => (None, *name),
                _ => return Vec::new(),
            };
            if !holds || !EMPTY.contains(&name) {
                return Vec::new();
            }
            let of = args.first().map(|arg| arg.value).or(owner);
            of.map(written).into_iter().collect()
        }
        // What is taken for true is there.
        ExprKind::Name(_) | ExprKind::Member { .. } | ExprKind::Index { .. } if !holds => {
            vec![written(test)]
        }
        _ => Vec::new(),
    }
}

/// Whether a name is that of a class of errors.
fn is_error(unit: &Unit<'_>, class: ExprId) -> bool {
    let name = unit.slice(&unit.place(class));
    name.ends_with("Error") || name.ends_with("Exception")
}

/// What two conditions empty: together all of it, as alternatives only what both do.
fn joined<'a>(left: Vec<&'a str>, right: Vec<&'a str>, together: bool) -> Vec<&'a str> {
    if together {
        return left.into_iter().chain(right).collect();
    }
    left.into_iter().filter(|text| right.contains(text)).collect()
}

/// The condition of a script stands in parentheses.
fn unparenthesized(text: &str) -> &str {
    let inner = text.strip_prefix('(').and_then(|text| text.strip_suffix(')'));
    inner.map_or(text, str::trim)
}

fn is_nothing(unit: &Unit<'_>, id: ExprId) -> bool {
    match unit.expr(id) {
        ExprKind::Null => true,
        ExprKind::Text(text) => text.is_empty(),
        ExprKind::Number(number) => *number == "0",
        _ => false,
    }
}

/// `token` of `len(token)` and `token.length`.
fn measured(unit: &Unit<'_>, id: ExprId) -> ExprId {
    match unit.expr(id) {
        ExprKind::Call { callee, args, .. } => match (unit.expr(*callee), args.as_slice()) {
            (ExprKind::Name("len"), [only]) => only.value,
            (ExprKind::Member { of, name: "length" }, []) => *of,
            _ => id,
        },
        ExprKind::Member { of, name: "length" | "Length" } => *of,
        _ => id,
    }
}
