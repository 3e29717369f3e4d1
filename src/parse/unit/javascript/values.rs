//! JavaScript and TypeScript: expressions.

use super::super::text::{inner, unescaped};
use super::super::{Arg, CallForm, ExprId, ExprKind, FunctionId, Import, Part, Place, StmtKind};
use super::{Reader, block, function, quoted};
use std::borrow::Cow;

pub(super) fn expression<'a>(b: &mut Reader<'_, 'a>, node: usize) -> ExprId {
    b.value(node, kind)
}

fn kind<'a>(b: &mut Reader<'_, 'a>, node: usize) -> ExprKind<'a> {
    let sides =
        |b: &Reader<'_, 'a>, one: &str, other: &str| b.field(node, one).zip(b.field(node, other));
    let op = |b: &Reader<'_, 'a>| b.field(node, "operator").map_or("=", |op| b.text(op));
    match b.kind(node) {
        "identifier"
        | "property_identifier"
        | "private_property_identifier"
        | "shorthand_property_identifier"
        | "shorthand_property_identifier_pattern"
        | "this"
        | "super" => ExprKind::Name(b.text(node)),
        "string" => ExprKind::Text(unescaped(inner(b.text(node)))),
        "template_string" => template(b, node),
        "number" => ExprKind::Number(b.text(node)),
        "true" => ExprKind::Bool(true),
        "false" => ExprKind::Bool(false),
        "null" | "undefined" => ExprKind::Null,
        "member_expression" => match sides(b, "object", "property") {
            Some((of, name)) => ExprKind::Member { of: expression(b, of), name: b.text(name) },
            None => ExprKind::Other(b.expressions(node, expression)),
        },
        "subscript_expression" => match b.field(node, "object") {
            Some(of) => {
                let of = expression(b, of);
                let key = b.field(node, "index").map(|key| expression(b, key));
                ExprKind::Index { of, key }
            }
            None => ExprKind::Other(b.expressions(node, expression)),
        },
        "call_expression" => call(b, node, "function", CallForm::Call),
        "new_expression" => call(b, node, "constructor", CallForm::New),
        "await_expression" => match b.named(node).first().copied() {
            Some(of) => ExprKind::Await(expression(b, of)),
            None => ExprKind::Other(Vec::new()),
        },
        // What only tells the type stands for what is inside.
        "parenthesized_expression"
        | "as_expression"
        | "satisfies_expression"
        | "non_null_expression"
        | "type_assertion" => match b.named(node).first().copied() {
            Some(inside) => kind(b, inside),
            None => ExprKind::Other(Vec::new()),
        },
        "binary_expression" => b.binary(node, expression),
        "unary_expression" | "update_expression" => match b.field(node, "argument") {
            Some(of) => ExprKind::Unary { op: op(b), of: expression(b, of) },
            None => ExprKind::Other(b.expressions(node, expression)),
        },
        "assignment_expression" | "augmented_assignment_expression" => {
            b.assignment(node, expression)
        }
        "ternary_expression" => b.choice(node, expression),
        "object" => ExprKind::Map { of: None, entries: entries(b, node) },
        "array" | "array_pattern" => ExprKind::List(b.expressions(node, expression)),
        "arrow_function" | "function_expression" | "generator_function" => {
            ExprKind::Lambda(lambda(b, node))
        }
        _ => ExprKind::Other(b.expressions(node, expression)),
    }
}

fn template<'a>(b: &mut Reader<'_, 'a>, node: usize) -> ExprKind<'a> {
    let mut parts = Vec::new();
    for child in b.named(node) {
        match b.kind(child) {
            "template_substitution" => {
                let Some(value) = b.named(child).first().copied() else { continue };
                let value = expression(b, value);
                parts.push(Part::Value(value, ""));
            }
            _ => parts.push(Part::Text(b.text(child))),
        }
    }
    match parts.iter().any(|part| matches!(part, Part::Value(..))) {
        true => ExprKind::Template(parts),
        false => ExprKind::Text(unescaped(inner(b.text(node)))),
    }
}

/// `require("x")` stands for the module, as an import would.
fn call<'a>(b: &mut Reader<'_, 'a>, node: usize, callee: &str, form: CallForm) -> ExprKind<'a> {
    let Some(function) = b.field(node, callee) else {
        return ExprKind::Other(b.expressions(node, expression));
    };
    let list = b.field(node, "arguments");
    if form == CallForm::Call
        && matches!(b.text(function), "require" | "import")
        && let Some(list) = list
        && let [only] = b.named(list).as_slice()
        && b.kind(*only) == "string"
    {
        let path = quoted(b.text(*only));
        let at: Place = b.at(*only);
        b.unit.imports.push(Import { path: Cow::Borrowed(path), local: "", all: false, at });
        return ExprKind::Module(path);
    }
    let callee = expression(b, function);
    let mut args = Vec::new();
    match list {
        Some(list) if b.kind(list) == "arguments" => {
            for item in b.named(list) {
                let spread = b.kind(item) == "spread_element";
                let value = if spread { b.named(item).first().copied() } else { Some(item) };
                let Some(value) = value else { continue };
                args.push(Arg { name: None, value: expression(b, value), spread });
            }
        }
        // A tagged template.
        Some(text) => args.push(Arg { name: None, value: expression(b, text), spread: false }),
        None => {}
    }
    ExprKind::Call { callee, args, form }
}

fn entries<'a>(b: &mut Reader<'_, 'a>, node: usize) -> Vec<(Option<ExprId>, ExprId)> {
    let mut entries = Vec::new();
    for item in b.named(node) {
        match b.kind(item) {
            "pair" => {
                let Some((key, value)) = b.field(item, "key").zip(b.field(item, "value")) else {
                    continue;
                };
                let key = match b.kind(key) {
                    // A bare key is a text.
                    "property_identifier" => {
                        let (text, at) = (b.text(key), b.at(key));
                        b.push(ExprKind::Text(Cow::Borrowed(text)), at)
                    }
                    // `[ATTR_SERVICE_NAME]: …`
                    "computed_property_name" => {
                        let inner = b.named(key).first().copied().unwrap_or(key);
                        expression(b, inner)
                    }
                    _ => expression(b, key),
                };
                entries.push((Some(key), expression(b, value)));
            }
            "shorthand_property_identifier" => {
                let (text, at) = (b.text(item), b.at(item));
                let key = b.push(ExprKind::Text(Cow::Borrowed(text)), at);
                entries.push((Some(key), b.name(item)));
            }
            "method_definition" => {
                let Some(name) = b.field(item, "name") else { continue };
                let (text, at) = (b.text(name), b.at(name));
                let key = b.push(ExprKind::Text(Cow::Borrowed(text)), at);
                let id = lambda(b, item);
                let at = b.at(item);
                entries.push((Some(key), b.push(ExprKind::Lambda(id), at)));
            }
            _ => {
                let spread = b.named(item).first().copied().unwrap_or(item);
                entries.push((None, expression(b, spread)));
            }
        }
    }
    entries
}

/// An arrow function's object is that of the code around it.
fn lambda<'a>(b: &mut Reader<'_, 'a>, node: usize) -> FunctionId {
    let mut function = function(b, node);
    if let Some(name) = b.field(node, "name") {
        function.name = b.text(name);
        function.name_at = b.at(name);
    }
    b.function(function, |b| {
        let Some(body) = b.field(node, "body") else { return Vec::new() };
        match b.kind(body) {
            "statement_block" => block(b, body),
            _ => {
                let at = b.at(body);
                let value = expression(b, body);
                vec![b.add(StmtKind::Return(Some(value)), at)]
            }
        }
    })
}
