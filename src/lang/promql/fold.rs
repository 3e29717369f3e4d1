//! Constants: nodes whose value does not depend on any series.

use super::ast::{Ast, Kind, Op};

/// The value of every node that is a constant, parallel to [`Ast::nodes`]; `vector(1)` counts.
pub fn fold(ast: &Ast) -> Vec<Option<f64>> {
    let mut values: Vec<Option<f64>> = Vec::with_capacity(ast.nodes.len());
    for node in &ast.nodes {
        let value = match &node.kind {
            Kind::Number { value, .. } => Some(*value),
            Kind::Paren(inner) => values[inner.index()],
            Kind::Unary { negative, inner } => {
                values[inner.index()].map(|value| if *negative { -value } else { value })
            }
            Kind::Call(call) => match (call.function.map(|function| function.name), &*call.args) {
                (Some("vector" | "scalar"), [arg]) => values[arg.index()],
                (Some("pi"), []) => Some(std::f64::consts::PI),
                _ => None,
            },
            Kind::Binary(binary) => {
                values[binary.left.index()].zip(values[binary.right.index()]).and_then(
                    |(left, right)| compute(binary.op, binary.returns_bool.is_some(), left, right),
                )
            }
            _ => None,
        };
        values.push(value);
    }
    values
}

fn compute(op: Op, returns_bool: bool, left: f64, right: f64) -> Option<f64> {
    Some(match op {
        Op::Add => left + right,
        Op::Sub => left - right,
        Op::Mul => left * right,
        Op::Div => left / right,
        Op::Mod => left % right,
        Op::Pow => left.powf(right),
        Op::Atan2 => left.atan2(right),
        op if returns_bool => f64::from(u8::from(holds(op, left, right)?)),
        _ => return None,
    })
}

/// Whether a comparison of two numbers holds; `None` for other operators.
pub fn holds(op: Op, left: f64, right: f64) -> Option<bool> {
    #[expect(clippy::float_cmp, reason = "as Prometheus compares")]
    Some(match op {
        Op::Equal => left == right,
        Op::NotEqual => left != right,
        Op::Less => left < right,
        Op::LessEqual => left <= right,
        Op::Greater => left > right,
        Op::GreaterEqual => left >= right,
        _ => return None,
    })
}
