//! C#: expressions.

use super::super::text::{inner, unescaped};
use super::super::{
    Arg, CallForm, ExprId, ExprKind, Function, FunctionId, Param, Part, Place, StmtKind,
};
use super::{Reader, block, parameters};
use std::borrow::Cow;

pub(super) fn expression<'a>(b: &mut Reader<'_, 'a>, node: usize) -> ExprId {
    b.value(node, kind)
}

fn kind<'a>(b: &mut Reader<'_, 'a>, node: usize) -> ExprKind<'a> {
    let sides =
        |b: &Reader<'_, 'a>, one: &str, other: &str| b.field(node, one).zip(b.field(node, other));
    let first = b.named(node).first().copied();
    match b.kind(node) {
        "identifier" | "this" | "base" | "predefined_type" => ExprKind::Name(b.text(node)),
        "generic_name" => ExprKind::Name(bare(b, node)),
        "string_literal" => ExprKind::Text(unescaped(inner(b.text(node)))),
        "verbatim_string_literal" => {
            let text = b.text(node).trim_start_matches('@');
            ExprKind::Text(Cow::Borrowed(inner(text)))
        }
        "raw_string_literal" => ExprKind::Text(Cow::Borrowed(b.text(node).trim_matches('"'))),
        "character_literal" => ExprKind::Text(unescaped(inner(b.text(node)))),
        "interpolated_string_expression" => interpolated(b, node),
        "integer_literal" | "real_literal" => ExprKind::Number(b.text(node)),
        "boolean_literal" => ExprKind::Bool(b.text(node) == "true"),
        "null_literal" => ExprKind::Null,
        "member_access_expression" | "alias_qualified_name" | "qualified_name" => {
            let parts = sides(b, "expression", "name").or_else(|| sides(b, "qualifier", "name"));
            match parts.or_else(|| sides(b, "alias", "name")) {
                Some((of, name)) => ExprKind::Member { of: expression(b, of), name: bare(b, name) },
                None => ExprKind::Other(b.expressions(node, expression)),
            }
        }
        "conditional_access_expression" => conditional_access(b, node),
        "element_access_expression" => match sides(b, "expression", "subscript") {
            Some((of, list)) => {
                let of = expression(b, of);
                let key = arguments(b, list).first().map(|arg| arg.value);
                ExprKind::Index { of, key }
            }
            None => ExprKind::Other(b.expressions(node, expression)),
        },
        "invocation_expression" => match sides(b, "function", "arguments") {
            Some((function, list)) => {
                let callee = expression(b, function);
                ExprKind::Call { callee, args: arguments(b, list), form: CallForm::Call }
            }
            None => ExprKind::Other(b.expressions(node, expression)),
        },
        "object_creation_expression" | "implicit_object_creation_expression" => creation(b, node),
        "await_expression" => match first {
            Some(of) => ExprKind::Await(expression(b, of)),
            None => ExprKind::Other(Vec::new()),
        },
        "parenthesized_expression"
        | "checked_expression"
        | "ref_expression"
        | "constant_pattern"
        | "expression_element"
        | "declaration_expression" => match first {
            Some(inside) => kind(b, inside),
            None => ExprKind::Other(Vec::new()),
        },
        "cast_expression" => match b.field(node, "value") {
            Some(inside) => kind(b, inside),
            None => ExprKind::Other(Vec::new()),
        },
        "as_expression" => match b.field(node, "left") {
            Some(inside) => kind(b, inside),
            None => ExprKind::Other(Vec::new()),
        },
        "binary_expression" | "is_expression" => b.binary(node, expression),
        "prefix_unary_expression" | "postfix_unary_expression" | "unary_expression" => {
            match first {
                Some(of) => {
                    let whole = b.text(node);
                    let op = whole.trim_end_matches(b.text(of)).trim();
                    ExprKind::Unary { op, of: expression(b, of) }
                }
                None => ExprKind::Other(Vec::new()),
            }
        }
        "assignment_expression" => b.assignment(node, expression),
        "conditional_expression" => b.choice(node, expression),
        "lambda_expression" | "anonymous_method_expression" => ExprKind::Lambda(lambda(b, node)),
        "initializer_expression" | "collection_expression" | "tuple_expression" => {
            ExprKind::List(b.expressions(node, expression))
        }
        "array_creation_expression" | "implicit_array_creation_expression" => {
            match b.child(node, "initializer_expression") {
                Some(list) => ExprKind::List(b.expressions(list, expression)),
                None => ExprKind::List(Vec::new()),
            }
        }
        "argument" => match given(b, node, None) {
            Some(inside) => kind(b, inside),
            None => ExprKind::Other(Vec::new()),
        },
        "throw_expression" => {
            let at = b.at(node);
            let value = first.map(|it| expression(b, it));
            ExprKind::Flow(b.add(StmtKind::Throw(value), at))
        }
        "typeof_expression" => match b.field(node, "type") {
            Some(of) => ExprKind::Member { of: expression(b, of), name: "typeof" },
            None => ExprKind::Other(Vec::new()),
        },
        _ => ExprKind::Other(b.expressions(node, expression)),
    }
}

/// A name without its type arguments.
fn bare<'a>(b: &Reader<'_, 'a>, node: usize) -> &'a str {
    match b.kind(node) {
        "generic_name" => b.named(node).first().map_or("", |&name| b.text(name)),
        _ => b.text(node),
    }
}

/// `a?.b` is `a.b` where there is an `a`.
fn conditional_access<'a>(b: &mut Reader<'_, 'a>, node: usize) -> ExprKind<'a> {
    let Some(of) = b.field(node, "condition") else { return ExprKind::Other(Vec::new()) };
    let of = expression(b, of);
    match b.child(node, "member_binding_expression").and_then(|it| b.field(it, "name")) {
        Some(name) => ExprKind::Member { of, name: bare(b, name) },
        None => ExprKind::Index { of, key: None },
    }
}

/// The value of an argument. The grammar calls `this` and `base` keywords.
fn given(b: &Reader<'_, '_>, argument: usize, name: Option<usize>) -> Option<usize> {
    b.named(argument)
        .into_iter()
        .rfind(|&it| Some(it) != name)
        .or_else(|| ["this", "base"].into_iter().find_map(|word| b.child(argument, word)))
}

fn arguments<'a>(b: &mut Reader<'_, 'a>, list: usize) -> Vec<Arg<'a>> {
    let mut args = Vec::new();
    for item in b.named(list) {
        let name = b.field(item, "name");
        let value = match b.kind(item) {
            "argument" => given(b, item, name),
            _ => Some(item),
        };
        let Some(value) = value else { continue };
        let name = name.map(|name| b.text(name));
        args.push(Arg { name, value: expression(b, value), spread: false });
    }
    args
}

/// `new T(a) { B = c }`: what is set is given by name.
fn creation<'a>(b: &mut Reader<'_, 'a>, node: usize) -> ExprKind<'a> {
    let callee = match b.field(node, "type") {
        Some(ty) => expression(b, ty),
        None => {
            let at: Place = b.at(node);
            b.push(ExprKind::Name("new"), at)
        }
    };
    let list = b.field(node, "arguments").or_else(|| b.child(node, "argument_list"));
    let mut args = list.map(|list| arguments(b, list)).unwrap_or_default();
    let set = b.field(node, "initializer").or_else(|| b.child(node, "initializer_expression"));
    for item in set.map(|set| b.named(set)).unwrap_or_default() {
        let pair = b.field(item, "left").zip(b.field(item, "right"));
        match pair.filter(|_| b.kind(item) == "assignment_expression") {
            Some((name, value)) => {
                let name = Some(b.text(name));
                args.push(Arg { name, value: expression(b, value), spread: false });
            }
            None => args.push(Arg { name: None, value: expression(b, item), spread: true }),
        }
    }
    ExprKind::Call { callee, args, form: CallForm::New }
}

fn interpolated<'a>(b: &mut Reader<'_, 'a>, node: usize) -> ExprKind<'a> {
    let mut parts = Vec::new();
    for child in b.named(node) {
        match b.kind(child) {
            "interpolation" => {
                let inside = b.named(child);
                let value =
                    inside.iter().copied().find(|&it| !b.kind(it).starts_with("interpolation"));
                let format =
                    inside.iter().copied().find(|&it| b.kind(it) == "interpolation_format_clause");
                let format = format.map_or("", |it| b.text(it));
                let Some(value) = value else { continue };
                let value = expression(b, value);
                parts.push(Part::Value(value, format));
            }
            "interpolation_start" | "interpolation_quote" => {}
            _ => parts.push(Part::Text(b.text(child))),
        }
    }
    ExprKind::Template(parts)
}

fn lambda<'a>(b: &mut Reader<'_, 'a>, node: usize) -> FunctionId {
    let at = b.at(node);
    let params = match b.field(node, "parameters") {
        Some(one) if b.kind(one) != "parameter_list" => {
            vec![Param { name: b.text(one), ty: None, default: None, at: b.at(one) }]
        }
        Some(list) => parameters(b, list),
        None => Vec::new(),
    };
    let words = b.named(node).into_iter().filter(|&it| b.kind(it) == "modifier");
    let is_async = words.into_iter().any(|it| b.text(it) == "async") || b.has(node, "async");
    let function =
        Function { params, is_async, name_at: at.start..at.start, at, ..Function::default() };
    b.function(function, |b| {
        let inner = b.field(node, "body").or_else(|| b.child(node, "block"));
        let Some(body) = inner else { return Vec::new() };
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
