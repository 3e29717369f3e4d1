//! Quotients as people write them: scaled, complemented, compared.

use super::{Model, Place};
use crate::lang::promql::ast::{Kind, NodeId, Op};

/// `(1 - part / whole) * factor`, perhaps compared with a number.
#[derive(Clone, Copy, Debug)]
pub struct Ratio<'q, 'r> {
    /// What is divided, constants taken off.
    pub part: Place<'q, 'r>,
    /// By what it is divided.
    pub whole: Place<'q, 'r>,
    /// What stands for everything: 1, or 100 for a percentage.
    pub factor: f64,
    /// Subtracted from everything.
    pub complement: bool,
}

/// Steps that are looked through.
const DEPTH: usize = 32;

impl<'q, 'r> Ratio<'q, 'r> {
    /// The quotient at a place, recorded names followed.
    pub fn of(model: &'q Model<'r>, mut place: Place<'q, 'r>) -> Option<Ratio<'q, 'r>> {
        let (mut factor, mut complement) = (1.0, false);
        for _ in 0..DEPTH {
            place = model.follow(place);
            let Kind::Binary(binary) = place.kind() else { return None };
            let (left, right) = (place.at(binary.left), place.at(binary.right));
            let constants = (model.constant(left), model.constant(right));
            place = match (binary.op, constants) {
                (op, (None, Some(_))) if op.is_comparison() && binary.returns_bool.is_none() => {
                    left
                }
                (op, (Some(_), None)) if op.is_comparison() && binary.returns_bool.is_none() => {
                    right
                }
                (Op::And | Op::Unless | Op::Or, _) => left,
                (Op::Mul, (Some(number), None)) => {
                    factor *= number;
                    right
                }
                (Op::Mul, (None, Some(number))) => {
                    factor *= number;
                    left
                }
                (Op::Div, (None, Some(number))) => {
                    factor /= number;
                    left
                }
                (Op::Sub, (Some(_), None)) => {
                    complement = !complement;
                    right
                }
                (Op::Div, (None, None)) => {
                    let (part, number) = unscaled(model, left);
                    let factor = factor * number;
                    return Some(Ratio { part, whole: right, factor, complement });
                }
                _ => return None,
            };
        }
        None
    }
}

/// A place without constant factors, and their product.
fn unscaled<'q, 'r>(model: &'q Model<'r>, mut place: Place<'q, 'r>) -> (Place<'q, 'r>, f64) {
    let mut factor = 1.0;
    for _ in 0..DEPTH {
        place = model.follow(place);
        let Kind::Binary(binary) = place.kind() else { break };
        let (left, right) = (place.at(binary.left), place.at(binary.right));
        place = match (binary.op, model.constant(left), model.constant(right)) {
            (Op::Mul, Some(number), None) => {
                factor *= number;
                right
            }
            (Op::Mul, None, Some(number)) => {
                factor *= number;
                left
            }
            _ => break,
        };
    }
    (place, factor)
}

/// A comparison at the top of an expression: the value's side, the operator as it stands with
/// the value on the left, the constant and its node.
#[derive(Clone, Copy, Debug)]
pub struct Bound<'q, 'r> {
    /// The side that is compared.
    pub value: Place<'q, 'r>,
    /// Operator.
    pub op: Op,
    /// The constant.
    pub bound: f64,
    /// Where the constant stands.
    pub number: NodeId,
    /// The comparison.
    pub place: Place<'q, 'r>,
}

impl<'q, 'r> Bound<'q, 'r> {
    /// The comparison with a constant that a node is.
    pub fn of(model: &Model<'r>, place: Place<'q, 'r>) -> Option<Bound<'q, 'r>> {
        let place = place.at(place.ast().bare(place.node));
        let Kind::Binary(binary) = place.kind() else { return None };
        if !binary.op.is_comparison() {
            return None;
        }
        let (left, right) = (place.at(binary.left), place.at(binary.right));
        match (model.constant(left), model.constant(right)) {
            (None, Some(bound)) => {
                Some(Bound { value: left, op: binary.op, bound, number: binary.right, place })
            }
            (Some(bound), None) => {
                let op = turned(binary.op);
                Some(Bound { value: right, op, bound, number: binary.left, place })
            }
            _ => None,
        }
    }
}

/// The operator with its sides exchanged.
fn turned(op: Op) -> Op {
    match op {
        Op::Less => Op::Greater,
        Op::LessEqual => Op::GreaterEqual,
        Op::Greater => Op::Less,
        Op::GreaterEqual => Op::LessEqual,
        op => op,
    }
}
