//! Java: expressions.

use super::super::text::unescaped;
use super::super::{Arg, CallForm, Class, ExprId, ExprKind, Function, FunctionId, Param, StmtKind};
use super::{Reader, annotation, block, choice, members, parameters, statements};

pub(super) fn expression<'a>(b: &mut Reader<'_, 'a>, node: usize) -> ExprId {
    b.value(node, kind)
}

fn kind<'a>(b: &mut Reader<'_, 'a>, node: usize) -> ExprKind<'a> {
    let sides =
        |b: &Reader<'_, 'a>, one: &str, other: &str| b.field(node, one).zip(b.field(node, other));
    let op = |b: &Reader<'_, 'a>| b.field(node, "operator").map_or("=", |op| b.text(op));
    match b.kind(node) {
        "identifier" | "type_identifier" | "this" | "super" => ExprKind::Name(b.text(node)),
        "string_literal" => {
            let text = b.text(node);
            let block = text.strip_prefix("\"\"\"").and_then(|rest| rest.strip_suffix("\"\"\""));
            let plain = block.or_else(|| text.get(1..text.len().saturating_sub(1)));
            ExprKind::Text(unescaped(plain.unwrap_or_default()))
        }
        "character_literal" => ExprKind::Text(unescaped(b.text(node).trim_matches('\''))),
        "true" => ExprKind::Bool(true),
        "false" => ExprKind::Bool(false),
        "null_literal" => ExprKind::Null,
        literal if literal.ends_with("_literal") && literal != "class_literal" => {
            ExprKind::Number(b.text(node))
        }
        "class_literal" => match b.named(node).first().copied() {
            Some(of) => ExprKind::Member { of: expression(b, of), name: "class" },
            None => ExprKind::Other(Vec::new()),
        },
        "field_access" => match sides(b, "object", "field") {
            Some((of, name)) => ExprKind::Member { of: expression(b, of), name: b.text(name) },
            None => ExprKind::Other(b.expressions(node, expression)),
        },
        "scoped_identifier" | "scoped_type_identifier" => scoped(b, node),
        "generic_type" => match b.named(node).first().copied() {
            Some(of) => kind(b, of),
            None => ExprKind::Other(Vec::new()),
        },
        "array_access" => match sides(b, "array", "index") {
            Some((of, key)) => {
                let of = expression(b, of);
                ExprKind::Index { of, key: Some(expression(b, key)) }
            }
            None => ExprKind::Other(b.expressions(node, expression)),
        },
        "method_invocation" => invocation(b, node),
        "object_creation_expression" => creation(b, node),
        "parenthesized_expression" => match b.named(node).first().copied() {
            Some(inside) => kind(b, inside),
            None => ExprKind::Other(Vec::new()),
        },
        "cast_expression" => match b.field(node, "value") {
            Some(inside) => kind(b, inside),
            None => ExprKind::Other(Vec::new()),
        },
        "binary_expression" => b.binary(node, expression),
        "unary_expression" => match b.field(node, "operand") {
            Some(of) => ExprKind::Unary { op: op(b), of: expression(b, of) },
            None => ExprKind::Other(b.expressions(node, expression)),
        },
        "assignment_expression" => b.assignment(node, expression),
        "ternary_expression" => b.choice(node, expression),
        "lambda_expression" => ExprKind::Lambda(lambda(b, node)),
        "array_initializer" | "element_value_array_initializer" => {
            ExprKind::List(b.expressions(node, expression))
        }
        "array_creation_expression" => match b.field(node, "value") {
            Some(value) => kind(b, value),
            None => ExprKind::List(Vec::new()),
        },
        "switch_expression" => {
            let at = b.at(node);
            let stmt = choice(b, node);
            ExprKind::Flow(b.add(stmt, at))
        }
        "local_variable_declaration" => {
            let stmts = statements(b, node);
            let at = b.at(node);
            ExprKind::Flow(b.add(StmtKind::Block(stmts), at))
        }
        "annotation" | "marker_annotation" => match annotation(b, node) {
            Some(call) => ExprKind::Other(vec![call]),
            None => ExprKind::Other(Vec::new()),
        },
        _ => ExprKind::Other(b.expressions(node, expression)),
    }
}

/// `a.b.C`: a chain of members.
fn scoped<'a>(b: &mut Reader<'_, 'a>, node: usize) -> ExprKind<'a> {
    match b.named(node).as_slice() {
        &[scope, name] => ExprKind::Member { of: expression(b, scope), name: b.text(name) },
        _ => ExprKind::Name(b.text(node)),
    }
}

fn arguments<'a>(b: &mut Reader<'_, 'a>, node: usize) -> Vec<Arg<'a>> {
    let list = b.field(node, "arguments").map(|list| b.named(list)).unwrap_or_default();
    list.into_iter()
        .map(|item| Arg { name: None, value: expression(b, item), spread: false })
        .collect()
}

fn invocation<'a>(b: &mut Reader<'_, 'a>, node: usize) -> ExprKind<'a> {
    let Some(name) = b.field(node, "name") else {
        return ExprKind::Other(b.expressions(node, expression));
    };
    let at = b.at(name);
    let callee = match b.field(node, "object") {
        Some(object) => {
            let start = b.at(object).start;
            let of = expression(b, object);
            b.push(ExprKind::Member { of, name: b.text(name) }, start..at.end)
        }
        None => b.name(name),
    };
    ExprKind::Call { callee, args: arguments(b, node), form: CallForm::Call }
}

/// `new T(…) { … }`: methods of the body are functions of the file.
fn creation<'a>(b: &mut Reader<'_, 'a>, node: usize) -> ExprKind<'a> {
    let callee = b.of_field(node, "type", expression);
    let args = arguments(b, node);
    if let Some(body) = b.child(node, "class_body") {
        let at = b.at(body);
        let class = Class { name_at: at.start..at.start, at, ..Class::default() };
        b.class(class, |b| {
            b.deeper(|b| members(b, body));
        });
    }
    ExprKind::Call { callee, args, form: CallForm::New }
}

fn lambda<'a>(b: &mut Reader<'_, 'a>, node: usize) -> FunctionId {
    let at = b.at(node);
    let params = match b.field(node, "parameters") {
        Some(one) if b.kind(one) == "identifier" => {
            vec![Param { name: b.text(one), ty: None, default: None, at: b.at(one) }]
        }
        Some(list) => parameters(b, list),
        None => Vec::new(),
    };
    let function = Function { params, name_at: at.start..at.start, at, ..Function::default() };
    b.function(function, |b| {
        let Some(body) = b.field(node, "body") else { return Vec::new() };
        match b.kind(body) {
            "block" => block(b, body),
            _ => {
                let at = b.at(body);
                let value = expression(b, body);
                vec![b.add(StmtKind::Return(Some(value)), at)]
            }
        }
    })
}
