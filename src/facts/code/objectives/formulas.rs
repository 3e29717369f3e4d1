//! Burn rates that code computes.

use super::variables::{Variable, Variables};
use crate::facts::FileFacts;
use crate::facts::code::BurnFormula;
use crate::facts::scalar::Scalar;
use crate::parse::unit::{ExprId, ExprKind, StmtKind};
use std::collections::{BTreeMap, BTreeSet};

/// Words that speak of the budget: what a burn rate must be divided by.
fn is_budget(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    ["budget", "objective", "target", "slo", "goal", "allowed", "threshold", "limit"]
        .iter()
        .any(|part| word.contains(part))
}

/// Words that speak of errors or of what was used up.
fn is_errors(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    ["err", "fail", "bad", "consumed", "unavail", "downtime", "violation"]
        .iter()
        .any(|part| word.contains(part))
}

/// Assignments to a burn rate.
pub(super) fn read(python: &Variables<'_, '_, '_>, facts: &mut FileFacts) {
    let unit = python.file.unit;
    let mut formulas: BTreeMap<Variable<'_>, Vec<(ExprId, ExprId)>> = BTreeMap::new();
    for stmt in &unit.stmts {
        let StmtKind::Let { targets, value: Some(value), .. } = &stmt.kind else { continue };
        let [target] = targets.as_slice() else { continue };
        let (ExprKind::Name(name) | ExprKind::Member { name, .. }) = unit.expr(*target) else {
            continue;
        };
        if name.to_ascii_lowercase().replace('_', "").contains("burnrate") {
            formulas.entry((python.owner(*target), name)).or_default().push((*target, *value));
        }
    }
    for ((_, name), places) in formulas {
        // Two formulas may be steps of one.
        let [(target, value)] = *places else { continue };
        if python.file.is_faulty(value) {
            continue;
        }
        let mut at = unit.place(target);
        at.start = at.end - u32::try_from(name.len()).unwrap_or_default();
        let span = python.file.span(&at);
        facts.burn_formulas.push(BurnFormula {
            document: python.file.document,
            name: Scalar { text: name.to_owned(), span, known: true, plain: false },
            formula: python.file.expr_span(value),
            plain: is_plain_ratio(python, value),
        });
    }
}

/// Whether an expression is errors by total, or one less a ratio, and no budget is in it.
fn is_plain_ratio(python: &Variables<'_, '_, '_>, id: ExprId) -> bool {
    let unit = python.file.unit;
    // `a / b if b else 0`
    let at = match unit.expr(id) {
        ExprKind::Choice { yes, .. } => *yes,
        _ => id,
    };
    let ExprKind::Binary { op, left, right } = unit.expr(at) else { return false };
    let (words, opaque) = reached(python, at);
    let shape = match *op {
        "/" => {
            let (above, _) = reached(python, *left);
            above.iter().any(|word| is_errors(word)) && !opaque
        }
        "-" => python.number(*left) == Some(1.0) && python.number(*right).is_none(),
        _ => false,
    };
    shape && !words.iter().any(|word| is_budget(word))
}

/// The words of an expression, and of what its variables are set to in their function; whether
/// something in it could not be looked into.
fn reached<'u>(python: &Variables<'_, 'u, '_>, id: ExprId) -> (BTreeSet<&'u str>, bool) {
    let mut words = python.words(id);
    let mut opaque = false;
    for id in python.file.unit.all_in(id) {
        let ExprKind::Name(_) = python.file.unit.expr(id) else { continue };
        let Some(variable) = python.variable(id) else { continue };
        match python.value(variable) {
            Some(value) => words.extend(python.words(value)),
            None => opaque |= python.assignments(variable) > 1,
        }
    }
    (words, opaque)
}
