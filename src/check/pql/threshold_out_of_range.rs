//! Comparisons that always or never hold. Rule: rules/pql/threshold-out-of-range.yaml

use super::{constant, places};
use crate::check::Case;
use crate::lang::promql::ast::{Kind, Op};
use crate::repo::model::scale::{self, Scale};
use crate::repo::queries::Query;

pub(super) fn check<'a>(query: &'a Query<'a>, case: &mut Case<'a>) {
    for place in places(query) {
        let Kind::Binary(binary) = place.kind() else { continue };
        if !binary.op.is_comparison() {
            continue;
        }
        let left = constant(case.model, query, binary.left);
        let right = constant(case.model, query, binary.right);
        let (value, bound, number, op) = match (left, right) {
            (None, Some(bound)) => (binary.left, bound, binary.right, binary.op),
            (Some(bound), None) => (binary.right, bound, binary.left, turned(binary.op)),
            _ => continue,
        };
        let Scale::Share { whole, exact } = scale::of(case.model, place.at(value)) else {
            continue;
        };
        let Some(holds) = decided(op, bound, whole, exact) else { continue };
        let span = case.at(place.at(number));
        case.flag(span)
            .with("outcome", if holds { "always" } else { "never" })
            .with("comparison", format!("{} {}", op.sign(), query.node_text(number)))
            .with("whole", whole.to_string());
    }
}

fn turned(op: Op) -> Op {
    match op {
        Op::Less => Op::Greater,
        Op::LessEqual => Op::GreaterEqual,
        Op::Greater => Op::Less,
        Op::GreaterEqual => Op::LessEqual,
        op => op,
    }
}

/// Whether every value from 0 to `whole` fulfils the comparison, or none; `None` if it depends.
/// A value that is only nearly a share may leave its bounds by a hundredth.
fn decided(op: Op, bound: f64, whole: f64, exact: bool) -> Option<bool> {
    let slack = if exact { 0.0 } else { whole / 100.0 };
    let (low, high) = (-slack, whole + slack);
    let outside = bound < low || bound > high;
    match op {
        Op::Greater if bound >= high => Some(false),
        Op::Greater if bound < low => Some(true),
        Op::GreaterEqual if bound > high => Some(false),
        Op::GreaterEqual if bound <= low => Some(true),
        Op::Less if bound <= low => Some(false),
        Op::Less if bound > high => Some(true),
        Op::LessEqual if bound < low => Some(false),
        Op::LessEqual if bound >= high => Some(true),
        Op::Equal if outside => Some(false),
        Op::NotEqual if outside => Some(true),
        _ => None,
    }
}
