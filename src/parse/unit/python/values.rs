//! Python: expressions.

use super::super::text::unescaped;
use super::super::{Arg, CallForm, ExprId, ExprKind, Function, FunctionId, Part, StmtKind};
use super::{Reader, parameters};
use std::borrow::Cow;

pub(super) fn expression<'a>(b: &mut Reader<'_, 'a>, node: usize) -> ExprId {
    b.value(node, kind)
}

fn kind<'a>(b: &mut Reader<'_, 'a>, node: usize) -> ExprKind<'a> {
    match b.kind(node) {
        "identifier" => ExprKind::Name(b.text(node)),
        "string" => string(b, node),
        "concatenated_string" => joined(b, node),
        "integer" | "float" => ExprKind::Number(b.text(node)),
        "true" => ExprKind::Bool(true),
        "false" => ExprKind::Bool(false),
        "none" => ExprKind::Null,
        "attribute" => match (b.field(node, "object"), b.field(node, "attribute")) {
            (Some(of), Some(name)) => {
                ExprKind::Member { of: expression(b, of), name: b.text(name) }
            }
            _ => ExprKind::Other(b.expressions(node, expression)),
        },
        "subscript" => match b.field(node, "value") {
            Some(of) => {
                let of = expression(b, of);
                let key = b.field(node, "subscript").map(|key| expression(b, key));
                ExprKind::Index { of, key }
            }
            None => ExprKind::Other(b.expressions(node, expression)),
        },
        "call" => call(b, node),
        "await" => match b.named(node).first().copied() {
            Some(of) => ExprKind::Await(expression(b, of)),
            None => ExprKind::Other(Vec::new()),
        },
        "parenthesized_expression" => match b.named(node).first().copied() {
            Some(inner) => kind(b, inner),
            None => ExprKind::Other(Vec::new()),
        },
        "binary_operator" | "boolean_operator" => {
            let op = b.field(node, "operator").map_or("", |op| b.text(op));
            binary(b, node, op)
        }
        "comparison_operator" => comparison(b, node),
        "not_operator" | "unary_operator" => {
            let op = b.field(node, "operator").map_or("not", |op| b.text(op));
            match b.field(node, "argument") {
                Some(of) => ExprKind::Unary { op, of: expression(b, of) },
                None => ExprKind::Other(Vec::new()),
            }
        }
        "augmented_assignment" => {
            let op = b.field(node, "operator").map_or("", |op| b.text(op));
            match (b.field(node, "left"), b.field(node, "right")) {
                (Some(target), Some(value)) => {
                    let (target, value) = (expression(b, target), expression(b, value));
                    ExprKind::Assign { target, op, value }
                }
                _ => ExprKind::Other(b.expressions(node, expression)),
            }
        }
        "assignment" | "named_expression" => {
            let target = b.field(node, "left").or_else(|| b.field(node, "name"));
            let value = b.field(node, "right").or_else(|| b.field(node, "value"));
            match (target, value) {
                (Some(target), Some(value)) => {
                    let (target, value) = (expression(b, target), expression(b, value));
                    ExprKind::Assign { target, op: "=", value }
                }
                _ => ExprKind::Other(b.expressions(node, expression)),
            }
        }
        "dictionary" => ExprKind::Map { of: None, entries: entries(b, node) },
        "list" | "tuple" | "set" | "expression_list" | "pattern_list" | "tuple_pattern"
        | "list_pattern" => ExprKind::List(b.expressions(node, expression)),
        "conditional_expression" => match b.named(node).as_slice() {
            &[yes, test, no] => {
                let (yes, test, no) = (expression(b, yes), expression(b, test), expression(b, no));
                ExprKind::Choice { test, yes, no }
            }
            _ => ExprKind::Other(b.expressions(node, expression)),
        },
        "lambda" => ExprKind::Lambda(lambda(b, node)),
        _ => ExprKind::Other(b.expressions(node, expression)),
    }
}

fn binary<'a>(b: &mut Reader<'_, 'a>, node: usize, op: &'a str) -> ExprKind<'a> {
    match (b.field(node, "left"), b.field(node, "right")) {
        (Some(left), Some(right)) => {
            let (left, right) = (expression(b, left), expression(b, right));
            ExprKind::Binary { op, left, right }
        }
        _ => ExprKind::Other(b.expressions(node, expression)),
    }
}

/// `a < b`; longer chains keep their parts only.
fn comparison<'a>(b: &mut Reader<'_, 'a>, node: usize) -> ExprKind<'a> {
    let ops = b.fields(node, "operators");
    let sides: Vec<usize> = b.named(node).into_iter().filter(|it| !ops.contains(it)).collect();
    match (ops.first(), sides.as_slice()) {
        (Some(first), &[left, right]) => {
            // `not in`, `is not` are two words.
            let start = b.at(*first).start;
            let end = ops.last().map_or(start, |&last| b.at(last).end);
            let op = b.unit.slice(&(start..end));
            let (left, right) = (expression(b, left), expression(b, right));
            ExprKind::Binary { op, left, right }
        }
        _ => ExprKind::Other(sides.into_iter().map(|side| expression(b, side)).collect()),
    }
}

fn entries<'a>(b: &mut Reader<'_, 'a>, node: usize) -> Vec<(Option<ExprId>, ExprId)> {
    let mut entries = Vec::new();
    for item in b.named(node) {
        match (b.field(item, "key"), b.field(item, "value")) {
            (Some(key), Some(value)) => {
                let key = expression(b, key);
                entries.push((Some(key), expression(b, value)));
            }
            _ => {
                let spread = b.named(item).first().copied().unwrap_or(item);
                entries.push((None, expression(b, spread)));
            }
        }
    }
    entries
}

fn call<'a>(b: &mut Reader<'_, 'a>, node: usize) -> ExprKind<'a> {
    let (Some(function), Some(list)) = (b.field(node, "function"), b.field(node, "arguments"))
    else {
        return ExprKind::Other(b.expressions(node, expression));
    };
    let callee = expression(b, function);
    // `f(x for x in y)`
    let items = match b.kind(list) {
        "argument_list" => b.named(list),
        _ => vec![list],
    };
    let mut args = Vec::new();
    for item in items {
        let (name, value, spread) = match b.kind(item) {
            "keyword_argument" => {
                let name = b.field(item, "name").map(|name| b.text(name));
                (name, b.field(item, "value"), false)
            }
            "list_splat" | "dictionary_splat" => (None, b.named(item).first().copied(), true),
            _ => (None, Some(item), false),
        };
        let Some(value) = value else { continue };
        args.push(Arg { name, value: expression(b, value), spread });
    }
    ExprKind::Call { callee, args, form: CallForm::Call }
}

fn lambda<'a>(b: &mut Reader<'_, 'a>, node: usize) -> FunctionId {
    let params = b.field(node, "parameters").map(|list| parameters(b, list)).unwrap_or_default();
    let at = b.at(node);
    let function =
        Function { name_at: at.start..at.start, params, at: at.clone(), ..Function::default() };
    let body = b.field(node, "body");
    b.function(function, |b| {
        let value = body.map(|body| expression(b, body));
        vec![b.add(StmtKind::Return(value), at)]
    })
}

fn string<'a>(b: &mut Reader<'_, 'a>, node: usize) -> ExprKind<'a> {
    let mut parts = Vec::new();
    string_parts(b, node, &mut parts);
    let raw = b.text(node).split(['"', '\'']).next().unwrap_or_default();
    finish(parts, raw.contains(['r', 'R']))
}

fn joined<'a>(b: &mut Reader<'_, 'a>, node: usize) -> ExprKind<'a> {
    let mut parts = Vec::new();
    for child in b.named(node) {
        string_parts(b, child, &mut parts);
    }
    finish(parts, false)
}

fn string_parts<'a>(b: &mut Reader<'_, 'a>, node: usize, parts: &mut Vec<Part<'a>>) {
    for child in b.named(node) {
        match b.kind(child) {
            "string_content" => parts.push(Part::Text(b.text(child))),
            "interpolation" => {
                let Some(value) = b.field(child, "expression") else { continue };
                let format = b
                    .field(child, "type_conversion")
                    .or_else(|| b.field(child, "format_specifier"));
                let format = format.map_or("", |format| b.text(format));
                let value = expression(b, value);
                parts.push(Part::Value(value, format));
            }
            _ => {}
        }
    }
}

/// Plain where no value is in it.
fn finish(parts: Vec<Part<'_>>, raw: bool) -> ExprKind<'_> {
    let plain: Option<Vec<&str>> = parts
        .iter()
        .map(|part| match part {
            Part::Text(text) => Some(*text),
            Part::Value(..) => None,
        })
        .collect();
    match plain.as_deref() {
        None => ExprKind::Template(parts),
        Some([]) => ExprKind::Text(Cow::Borrowed("")),
        Some([text]) if raw => ExprKind::Text(Cow::Borrowed(text)),
        Some([text]) => ExprKind::Text(unescaped(text)),
        Some(several) => {
            let whole: String = several.iter().map(|text| unescaped(text)).collect();
            ExprKind::Text(Cow::Owned(whole))
        }
    }
}
