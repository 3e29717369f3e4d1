//! Rust: expressions.

use super::super::text::{inner, unescaped};
use super::super::{Arg, CallForm, ExprId, ExprKind, Function, FunctionId, StmtKind};
use super::{Reader, items, macros, parameters, returned, statement};
use std::borrow::Cow;

pub(super) fn expression<'a>(b: &mut Reader<'_, 'a>, node: usize) -> ExprId {
    b.value(node, kind)
}

fn kind<'a>(b: &mut Reader<'_, 'a>, node: usize) -> ExprKind<'a> {
    let sides =
        |b: &Reader<'_, 'a>, one: &str, other: &str| b.field(node, one).zip(b.field(node, other));
    let op = |b: &Reader<'_, 'a>| b.field(node, "operator").map_or("=", |op| b.text(op));
    let first = b.named(node).first().copied();
    match b.kind(node) {
        "identifier"
        | "self"
        | "crate"
        | "super"
        | "type_identifier"
        | "field_identifier"
        | "shorthand_field_identifier"
        | "primitive_type" => ExprKind::Name(b.text(node)),
        "string_literal" => {
            let text = b.text(node).trim_start_matches(['b', 'c']);
            ExprKind::Text(unescaped(inner(text)))
        }
        "raw_string_literal" => {
            let text = b.text(node).trim_start_matches(['b', 'r']);
            ExprKind::Text(Cow::Borrowed(inner(text.trim_matches('#'))))
        }
        "char_literal" => ExprKind::Text(unescaped(inner(b.text(node)))),
        "integer_literal" | "float_literal" | "negative_literal" => ExprKind::Number(b.text(node)),
        "boolean_literal" => ExprKind::Bool(b.text(node) == "true"),
        "unit_expression" => ExprKind::Null,
        "scoped_identifier" | "scoped_type_identifier" => match sides(b, "path", "name") {
            Some((of, name)) => ExprKind::Member { of: expression(b, of), name: b.text(name) },
            None => ExprKind::Name(b.text(node)),
        },
        "field_expression" => match sides(b, "value", "field") {
            Some((of, name)) => ExprKind::Member { of: expression(b, of), name: b.text(name) },
            None => ExprKind::Other(b.expressions(node, expression)),
        },
        "generic_function" => match b.field(node, "function") {
            Some(inside) => kind(b, inside),
            None => ExprKind::Other(Vec::new()),
        },
        "generic_type" | "generic_type_with_turbofish" => match b.field(node, "type") {
            Some(inside) => kind(b, inside),
            None => ExprKind::Other(Vec::new()),
        },
        "index_expression" => match b.named(node).as_slice() {
            &[of, key] => {
                let of = expression(b, of);
                ExprKind::Index { of, key: Some(expression(b, key)) }
            }
            _ => ExprKind::Other(b.expressions(node, expression)),
        },
        "call_expression" => match sides(b, "function", "arguments") {
            Some((function, list)) => {
                let callee = expression(b, function);
                let items = b.named(list).into_iter().filter(|&it| b.kind(it) != "attribute_item");
                let items: Vec<usize> = items.collect();
                let args = items
                    .into_iter()
                    .map(|item| Arg { name: None, value: expression(b, item), spread: false })
                    .collect();
                ExprKind::Call { callee, args, form: CallForm::Call }
            }
            None => ExprKind::Other(b.expressions(node, expression)),
        },
        "macro_invocation" => macros::call(b, node),
        "struct_expression" => structure(b, node),
        "await_expression" => match first {
            Some(of) => ExprKind::Await(expression(b, of)),
            None => ExprKind::Other(Vec::new()),
        },
        "try_expression" => match first {
            Some(of) => ExprKind::Propagate(expression(b, of)),
            None => ExprKind::Other(Vec::new()),
        },
        "parenthesized_expression" | "mut_pattern" | "ref_pattern" | "match_pattern" => {
            match b.named(node).last().copied() {
                Some(inside) => kind(b, inside),
                None => ExprKind::Other(Vec::new()),
            }
        }
        "type_cast_expression" => match b.field(node, "value") {
            Some(inside) => kind(b, inside),
            None => ExprKind::Other(Vec::new()),
        },
        "reference_expression" => match b.field(node, "value") {
            Some(of) => ExprKind::Unary { op: "&", of: expression(b, of) },
            None => ExprKind::Other(Vec::new()),
        },
        "unary_expression" => match first {
            Some(of) => {
                let op = b.text(node).get(..1).unwrap_or_default();
                ExprKind::Unary { op, of: expression(b, of) }
            }
            None => ExprKind::Other(Vec::new()),
        },
        "binary_expression" => b.binary(node, expression),
        "assignment_expression" | "compound_assignment_expr" => match sides(b, "left", "right") {
            Some((target, value)) => {
                let op = op(b);
                let (target, value) = (expression(b, target), expression(b, value));
                ExprKind::Assign { target, op, value }
            }
            None => ExprKind::Other(b.expressions(node, expression)),
        },
        "array_expression" | "tuple_expression" | "tuple_pattern" | "slice_pattern" => {
            ExprKind::List(b.expressions(node, expression))
        }
        "closure_expression" => ExprKind::Lambda(closure(b, node)),
        "async_block" => match b.child(node, "block") {
            Some(block) => {
                let at = b.at(node);
                let function = Function {
                    is_async: true,
                    name_at: at.start..at.start,
                    at,
                    ..Function::default()
                };
                ExprKind::Lambda(b.function(function, |b| items(b, block)))
            }
            None => ExprKind::Other(Vec::new()),
        },
        "return_expression"
        | "break_expression"
        | "continue_expression"
        | "if_expression"
        | "match_expression"
        | "loop_expression"
        | "while_expression"
        | "for_expression"
        | "block"
        | "unsafe_block" => ExprKind::Flow(statement(b, node)),
        _ => ExprKind::Other(b.expressions(node, expression)),
    }
}

fn structure<'a>(b: &mut Reader<'_, 'a>, node: usize) -> ExprKind<'a> {
    let of = b.field(node, "name").map(|name| expression(b, name));
    let mut entries = Vec::new();
    for item in b.field(node, "body").map(|body| b.named(body)).unwrap_or_default() {
        let key = b.field(item, "field").map(|key| {
            let (text, at) = (b.text(key), b.at(key));
            b.push(ExprKind::Text(Cow::Borrowed(text)), at)
        });
        match (key, b.field(item, "value")) {
            (Some(key), Some(value)) => entries.push((Some(key), expression(b, value))),
            _ => {
                let value = b.named(item).first().copied().unwrap_or(item);
                entries.push((None, expression(b, value)));
            }
        }
    }
    ExprKind::Map { of, entries }
}

fn closure<'a>(b: &mut Reader<'_, 'a>, node: usize) -> FunctionId {
    let at = b.at(node);
    let params = b.field(node, "parameters").map(|list| parameters(b, list)).unwrap_or_default();
    let is_async = b.has(node, "async");
    let function =
        Function { params, is_async, name_at: at.start..at.start, at, ..Function::default() };
    b.function(function, |b| {
        let Some(body) = b.field(node, "body") else { return Vec::new() };
        match b.kind(body) {
            "block" => {
                let body = items(b, body);
                returned(b, body)
            }
            _ => {
                let at = b.at(body);
                let value = expression(b, body);
                vec![b.add(StmtKind::Return(Some(value)), at)]
            }
        }
    })
}
