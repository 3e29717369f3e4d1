//! C#.

use super::build::Builder;
use super::{
    Arg, Arm, Block, CallForm, Catch, Class, ExprId, ExprKind, Field, Function, FunctionId, Import,
    Param, StmtId, StmtKind,
};
use std::borrow::Cow;
use values::expression;

mod values;

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
            b.add_field(Field { name: part.name, ty: part.ty, value: None, at: part.at });
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
                        b.add_field(field);
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
    b.add_field(field);
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
            let test = b.of_field(node, "condition", expression);
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
        _ => StmtKind::Other(b.expressions(node, expression)),
    };
    Some(b.add(kind, at))
}

fn plain<'a>(b: &mut Reader<'_, 'a>, node: usize, field: &str) -> Block {
    b.field(node, field).map_or_else(Vec::new, |body| block(b, body))
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
