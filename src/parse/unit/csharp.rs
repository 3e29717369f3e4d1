//! C#.

use super::build::Builder;
use super::text::unescaped;
use super::{
    Arg, Arm, Block, CallForm, Catch, Class, ExprId, ExprKind, Field, Function, FunctionId, Import,
    Param, Part, Place, StmtId, StmtKind,
};
use std::borrow::Cow;

type Reader<'c, 'a> = Builder<'c, 'a>;

pub(super) fn read(b: &mut Reader<'_, '_>) {
    let body = top(b, 0);
    b.unit.functions[0].body = body;
}

fn top<'a>(b: &mut Reader<'_, 'a>, node: usize) -> Block {
    b.deeper(|b| {
        let mut found = Block::new();
        for child in b.named(node) {
            match b.kind(child) {
                "using_directive" => using(b, child),
                "namespace_declaration" | "file_scoped_namespace_declaration" => {
                    b.unit.package = b.field(child, "name").map(|name| b.text(name));
                    if let Some(body) = b.field(child, "body") {
                        found.extend(top(b, body));
                    }
                }
                "global_statement" => found.extend(
                    b.named(child).into_iter().flat_map(|it| statements(b, it)).collect::<Vec<_>>(),
                ),
                "preproc_if" | "preproc_else" | "preproc_elif" => found.extend(top(b, child)),
                kind if kind.ends_with("_declaration") => found.extend(statements(b, child)),
                _ => {}
            }
        }
        found
    })
    .unwrap_or_default()
}

fn using<'a>(b: &mut Reader<'_, 'a>, node: usize) {
    let alias = b.field(node, "name");
    let Some(name) = b.named(node).into_iter().rfind(|&it| Some(it) != alias) else { return };
    let (path, at) = (Cow::Borrowed(b.text(name)), b.at(name));
    // `using A;` makes all names of `A` known.
    let local = alias.map_or("", |alias| b.text(alias));
    b.unit.imports.push(Import { path, local, all: alias.is_none(), at });
}

fn block<'a>(b: &mut Reader<'_, 'a>, node: usize) -> Block {
    b.deeper(|b| match b.kind(node) {
        "block" | "preproc_if" | "preproc_else" | "preproc_elif" => {
            b.named(node).into_iter().flat_map(|child| statements(b, child)).collect()
        }
        "arrow_expression_clause" => {
            let at = b.at(node);
            let value = b.named(node).first().copied().map(|it| expression(b, it));
            vec![b.add(StmtKind::Return(value), at)]
        }
        _ => statements(b, node),
    })
    .unwrap_or_default()
}

/// The body of a function: a block, or what stands behind `=>`.
fn body<'a>(b: &mut Reader<'_, 'a>, node: usize, field: &str) -> Block {
    let body = b.field(node, field).or_else(|| b.child(node, "arrow_expression_clause"));
    body.map_or_else(Vec::new, |body| block(b, body))
}

fn expressions<'a>(b: &mut Reader<'_, 'a>, node: usize) -> Vec<ExprId> {
    b.named(node).into_iter().map(|child| expression(b, child)).collect()
}

fn statements<'a>(b: &mut Reader<'_, 'a>, node: usize) -> Block {
    match b.kind(node) {
        "local_declaration_statement" => local(b, node),
        "class_declaration"
        | "record_declaration"
        | "struct_declaration"
        | "interface_declaration" => {
            let at = b.at(node);
            let id = class(b, node);
            vec![b.add(StmtKind::Class(id), at)]
        }
        "local_function_statement" => {
            let at = b.at(node);
            let id = method(b, node);
            vec![b.add(StmtKind::Define(id), at)]
        }
        "preproc_if" | "preproc_else" | "preproc_elif" => block(b, node),
        _ => statement(b, node).into_iter().collect(),
    }
}

fn local<'a>(b: &mut Reader<'_, 'a>, node: usize) -> Block {
    let Some(list) = b.child(node, "variable_declaration") else { return Vec::new() };
    let closes = b.has(node, "using");
    let ty = written_type(b, list);
    let mut found = Block::new();
    for declarator in b.named(list) {
        if b.kind(declarator) != "variable_declarator" {
            continue;
        }
        let Some(name) = b.field(declarator, "name") else { continue };
        let at = b.at(declarator);
        let target = b.name(name);
        let value = value_of(b, declarator, name);
        let kind = match value {
            Some(value) if closes => {
                StmtKind::With { items: vec![(value, Some(target))], body: None }
            }
            _ => StmtKind::Let { targets: vec![target], value, ty, declares: true },
        };
        found.push(b.add(kind, at));
    }
    found
}

fn written_type<'a>(b: &Reader<'_, 'a>, node: usize) -> Option<&'a str> {
    b.field(node, "type").map(|ty| b.text(ty)).filter(|ty| *ty != "var")
}

fn value_of<'a>(b: &mut Reader<'_, 'a>, declarator: usize, name: usize) -> Option<ExprId> {
    let mut values = b.named(declarator).into_iter();
    let value = values.rfind(|&it| it != name && b.kind(it) != "bracketed_argument_list")?;
    Some(expression(b, value))
}

fn class<'a>(b: &mut Reader<'_, 'a>, node: usize) -> super::ClassId {
    let at = b.at(node);
    let name = b.field(node, "name");
    let bases = b.child(node, "base_list").map(|list| b.named(list)).unwrap_or_default();
    let class = Class {
        name: name.map_or("", |name| b.text(name)),
        name_at: name.map_or(at.start..at.start, |name| b.at(name)),
        bases: bases
            .into_iter()
            .filter(|&it| b.kind(it) != "argument_list")
            .map(|it| b.text(it))
            .collect(),
        decorators: attributes(b, node),
        at,
        ..Class::default()
    };
    // `class A(ILogger log)`: its parameters are known in all of it.
    let parts = b.child(node, "parameter_list").map(|list| parameters(b, list)).unwrap_or_default();
    b.class(class, |b| {
        for part in parts {
            add_field(b, Field { name: part.name, ty: part.ty, value: None, at: part.at });
        }
        if let Some(body) = b.field(node, "body") {
            members(b, body);
        }
    })
}

fn members<'a>(b: &mut Reader<'_, 'a>, body: usize) {
    for member in b.named(body) {
        match b.kind(member) {
            "method_declaration" | "constructor_declaration" | "destructor_declaration" => {
                method(b, member);
            }
            "field_declaration" => {
                let Some(list) = b.child(member, "variable_declaration") else { continue };
                let ty = written_type(b, list);
                for it in b.named(list) {
                    let Some(name) = b.field(it, "name") else { continue };
                    if b.kind(it) == "variable_declarator" {
                        let value = value_of(b, it, name);
                        let field = Field { name: b.text(name), ty, value, at: b.at(name) };
                        add_field(b, field);
                    }
                }
            }
            "property_declaration" => property(b, member),
            "class_declaration"
            | "record_declaration"
            | "struct_declaration"
            | "interface_declaration" => {
                class(b, member);
            }
            "preproc_if" | "preproc_else" | "preproc_elif" => {
                b.deeper(|b| members(b, member));
            }
            _ => {}
        }
    }
}

fn property<'a>(b: &mut Reader<'_, 'a>, node: usize) {
    let Some(name) = b.field(node, "name") else { return };
    let ty = b.field(node, "type").map(|ty| b.text(ty));
    let value = b.field(node, "value").filter(|&it| b.kind(it) != "arrow_expression_clause");
    let value = value.map(|value| expression(b, value));
    let field = Field { name: b.text(name), ty, value, at: b.at(name) };
    add_field(b, field);
    let mut bodies: Vec<usize> = Vec::new();
    if let Some(list) = b.field(node, "accessors") {
        bodies.extend(b.named(list).into_iter().filter_map(|it| b.field(it, "body")));
    }
    bodies.extend(b.child(node, "arrow_expression_clause"));
    for body in bodies {
        let at = b.at(body);
        let function = Function {
            name: b.text(name),
            name_at: b.at(name),
            receiver: Some("this"),
            exported: true,
            returns: ty,
            at,
            ..Function::default()
        };
        b.function(function, |b| block(b, body));
    }
}

fn add_field<'a>(b: &mut Reader<'_, 'a>, field: Field<'a>) {
    if let Some(class) = b.class {
        b.unit.classes[class.0 as usize].fields.push(field);
    }
}

/// Attributes as calls: `[HttpGet("/a")]`.
fn attributes<'a>(b: &mut Reader<'_, 'a>, node: usize) -> Vec<ExprId> {
    let lists =
        b.named(node).into_iter().filter(|&it| b.kind(it) == "attribute_list").collect::<Vec<_>>();
    let marks =
        lists.into_iter().flat_map(|list| b.named(list)).filter(|&it| b.kind(it) == "attribute");
    let marks: Vec<usize> = marks.collect();
    let mut found = Vec::new();
    for mark in marks {
        let Some(name) = b.field(mark, "name") else { continue };
        let callee = expression(b, name);
        let mut args = Vec::new();
        let list = b.child(mark, "attribute_argument_list");
        for item in list.map(|list| b.named(list)).unwrap_or_default() {
            let name = b.field(item, "name");
            let Some(value) = b.named(item).into_iter().rfind(|&it| Some(it) != name) else {
                continue;
            };
            let name = name.map(|name| b.text(name));
            args.push(Arg { name, value: expression(b, value), spread: false });
        }
        let at = b.at(mark);
        found.push(b.push(ExprKind::Call { callee, args, form: CallForm::Call }, at));
    }
    found
}

fn method<'a>(b: &mut Reader<'_, 'a>, node: usize) -> FunctionId {
    let at = b.at(node);
    let name = b.field(node, "name");
    let words = b.named(node).into_iter().filter(|&it| b.kind(it) == "modifier");
    let words: Vec<&str> = words.map(|it| b.text(it)).collect();
    let function = Function {
        name: name.map_or("", |name| b.text(name)),
        name_at: name.map_or(at.start..at.start, |name| b.at(name)),
        params: b.field(node, "parameters").map(|list| parameters(b, list)).unwrap_or_default(),
        receiver: (!words.contains(&"static")).then_some("this"),
        decorators: attributes(b, node),
        is_async: words.contains(&"async"),
        exported: words.iter().any(|word| matches!(*word, "public" | "internal" | "protected")),
        returns: b.field(node, "returns").or_else(|| b.field(node, "type")).map(|ty| b.text(ty)),
        at,
        ..Function::default()
    };
    b.function(function, |b| body(b, node, "body"))
}

fn parameters<'a>(b: &mut Reader<'_, 'a>, list: usize) -> Vec<Param<'a>> {
    let mut params = Vec::new();
    for node in b.named(list) {
        let name = match b.kind(node) {
            "identifier" | "implicit_parameter" => Some(node),
            "parameter" => b.field(node, "name"),
            _ => None,
        };
        let Some(name) = name else { continue };
        let ty = b.field(node, "type").map(|ty| b.text(ty));
        params.push(Param { name: b.text(name), ty, default: None, at: b.at(name) });
    }
    params
}

fn statement<'a>(b: &mut Reader<'_, 'a>, node: usize) -> Option<StmtId> {
    let at = b.at(node);
    let first = |b: &mut Reader<'_, 'a>| b.named(node).first().copied().map(|it| expression(b, it));
    let kind = match b.kind(node) {
        "expression_statement" => StmtKind::Expr(first(b)?),
        "return_statement" => StmtKind::Return(first(b)),
        "throw_statement" => StmtKind::Throw(first(b)),
        "break_statement" => StmtKind::Break,
        "continue_statement" => StmtKind::Continue,
        "empty_statement" => return None,
        "if_statement" => {
            let test = of_field(b, node, "condition");
            let then = plain(b, node, "consequence");
            StmtKind::If { first: None, test, then, other: plain(b, node, "alternative") }
        }
        "while_statement" | "do_statement" | "for_statement" | "foreach_statement" => {
            repeated(b, node)
        }
        "try_statement" => attempt(b, node),
        "using_statement" => with(b, node),
        "lock_statement" | "checked_statement" | "unsafe_statement" | "fixed_statement" => {
            let inner = b.named(node).last().copied()?;
            StmtKind::Block(block(b, inner))
        }
        "switch_statement" => choice(b, node),
        "block" => StmtKind::Block(block(b, node)),
        "labeled_statement" => {
            let inner = b.named(node).last().copied()?;
            return b.deeper(|b| statement(b, inner)).flatten();
        }
        _ => StmtKind::Other(expressions(b, node)),
    };
    Some(b.add(kind, at))
}

fn plain<'a>(b: &mut Reader<'_, 'a>, node: usize, field: &str) -> Block {
    b.field(node, field).map_or_else(Vec::new, |body| block(b, body))
}

fn of_field<'a>(b: &mut Reader<'_, 'a>, node: usize, field: &str) -> ExprId {
    match b.field(node, field) {
        Some(value) => expression(b, value),
        None => {
            let at = b.at(node);
            b.push(ExprKind::Other(Vec::new()), at)
        }
    }
}

fn repeated<'a>(b: &mut Reader<'_, 'a>, node: usize) -> StmtKind<'a> {
    let (mut targets, mut heads) = (Vec::new(), Vec::new());
    if b.kind(node) == "foreach_statement" {
        targets.extend(b.field(node, "left").map(|left| expression(b, left)));
        heads.extend(b.field(node, "right").map(|right| expression(b, right)));
    } else {
        for part in b.named(node) {
            if matches!(b.code.node(part).field, "initializer" | "condition" | "update") {
                heads.push(expression(b, part));
            }
        }
    }
    let always = |it: usize| b.text(it).trim() == "true";
    let endless = match b.kind(node) {
        "foreach_statement" => false,
        "for_statement" => b.field(node, "condition").is_none_or(always),
        _ => b.field(node, "condition").is_some_and(always),
    };
    StmtKind::Loop { targets, heads, body: plain(b, node, "body"), endless }
}

fn with<'a>(b: &mut Reader<'_, 'a>, node: usize) -> StmtKind<'a> {
    let mut items = Vec::new();
    let inner = b.field(node, "body");
    for part in b.named(node).into_iter().filter(|&it| Some(it) != inner) {
        if b.kind(part) != "variable_declaration" {
            items.push((expression(b, part), None));
            continue;
        }
        for it in b.named(part) {
            let Some(name) = b.field(it, "name") else { continue };
            if let Some(value) = value_of(b, it, name) {
                let target = b.name(name);
                items.push((value, Some(target)));
            }
        }
    }
    let body = plain(b, node, "body");
    StmtKind::With { items, body: Some(body) }
}

fn attempt<'a>(b: &mut Reader<'_, 'a>, node: usize) -> StmtKind<'a> {
    let main = plain(b, node, "body");
    let (mut catches, mut last) = (Vec::new(), Vec::new());
    for child in b.named(node) {
        match b.kind(child) {
            "catch_clause" => {
                let declared = b.child(child, "catch_declaration");
                let name = declared.and_then(|it| b.field(it, "name")).map(|name| b.text(name));
                let ty = declared.and_then(|it| b.field(it, "type")).map(|ty| b.text(ty));
                let body = plain(b, child, "body");
                catches.push(Catch {
                    types: ty.into_iter().collect(),
                    name,
                    body,
                    at: b.at(child),
                });
            }
            "finally_clause" => {
                last = b.child(child, "block").map_or_else(Vec::new, |it| block(b, it));
            }
            _ => {}
        }
    }
    StmtKind::Try { body: main, catches, other: Vec::new(), last }
}

fn choice<'a>(b: &mut Reader<'_, 'a>, node: usize) -> StmtKind<'a> {
    let on = b.field(node, "value").map(|value| expression(b, value));
    let mut arms = Vec::new();
    for section in b.field(node, "body").map(|body| b.named(body)).unwrap_or_default() {
        let (mut tests, mut body) = (Vec::new(), Block::new());
        for part in b.named(section) {
            match b.kind(part) {
                kind if kind.ends_with("_statement") || kind == "block" => {
                    body.extend(block(b, part))
                }
                "when_clause" => {}
                _ => tests.push(expression(b, part)),
            }
        }
        if b.has(section, "default") {
            tests.clear();
        }
        arms.push(Arm { tests, body });
    }
    StmtKind::Switch { on, arms }
}

fn expression<'a>(b: &mut Reader<'_, 'a>, node: usize) -> ExprId {
    let at = b.at(node);
    match b.deeper(|b| kind(b, node)) {
        Some(kind) => b.push(kind, at),
        None => b.push(ExprKind::Other(Vec::new()), at),
    }
}

fn kind<'a>(b: &mut Reader<'_, 'a>, node: usize) -> ExprKind<'a> {
    let sides =
        |b: &Reader<'_, 'a>, one: &str, other: &str| b.field(node, one).zip(b.field(node, other));
    let op = |b: &Reader<'_, 'a>| b.field(node, "operator").map_or("=", |op| b.text(op));
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
                None => ExprKind::Other(expressions(b, node)),
            }
        }
        "conditional_access_expression" => conditional_access(b, node),
        "element_access_expression" => match sides(b, "expression", "subscript") {
            Some((of, list)) => {
                let of = expression(b, of);
                let key = arguments(b, list).first().map(|arg| arg.value);
                ExprKind::Index { of, key }
            }
            None => ExprKind::Other(expressions(b, node)),
        },
        "invocation_expression" => match sides(b, "function", "arguments") {
            Some((function, list)) => {
                let callee = expression(b, function);
                ExprKind::Call { callee, args: arguments(b, list), form: CallForm::Call }
            }
            None => ExprKind::Other(expressions(b, node)),
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
        "binary_expression" | "is_expression" => match sides(b, "left", "right") {
            Some((left, right)) => {
                let op = op(b);
                let (left, right) = (expression(b, left), expression(b, right));
                ExprKind::Binary { op, left, right }
            }
            None => ExprKind::Other(expressions(b, node)),
        },
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
        "assignment_expression" => match sides(b, "left", "right") {
            Some((target, value)) => {
                let op = op(b);
                let (target, value) = (expression(b, target), expression(b, value));
                ExprKind::Assign { target, op, value }
            }
            None => ExprKind::Other(expressions(b, node)),
        },
        "conditional_expression" => {
            let test = of_field(b, node, "condition");
            let (yes, no) = (of_field(b, node, "consequence"), of_field(b, node, "alternative"));
            ExprKind::Choice { test, yes, no }
        }
        "lambda_expression" | "anonymous_method_expression" => ExprKind::Lambda(lambda(b, node)),
        "initializer_expression" | "collection_expression" | "tuple_expression" => {
            ExprKind::List(expressions(b, node))
        }
        "array_creation_expression" | "implicit_array_creation_expression" => {
            match b.child(node, "initializer_expression") {
                Some(list) => ExprKind::List(expressions(b, list)),
                None => ExprKind::List(Vec::new()),
            }
        }
        "argument" => match b.named(node).last().copied() {
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
        _ => ExprKind::Other(expressions(b, node)),
    }
}

/// A name without its type arguments.
fn bare<'a>(b: &Reader<'_, 'a>, node: usize) -> &'a str {
    match b.kind(node) {
        "generic_name" => b.named(node).first().map_or("", |&name| b.text(name)),
        _ => b.text(node),
    }
}

fn inner(text: &str) -> &str {
    text.get(1..text.len().saturating_sub(1)).unwrap_or_default()
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

fn arguments<'a>(b: &mut Reader<'_, 'a>, list: usize) -> Vec<Arg<'a>> {
    let mut args = Vec::new();
    for item in b.named(list) {
        let name = b.field(item, "name");
        let value = match b.kind(item) {
            "argument" => b.named(item).into_iter().rfind(|&it| Some(it) != name),
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
