//! Java.

use super::build::Builder;
use super::{
    Arg, Arm, Block, CallForm, Catch, Class, ExprId, ExprKind, Field, Function, FunctionId, Import,
    Param, Place, StmtId, StmtKind,
};
use std::borrow::Cow;
use values::expression;

mod values;

type Reader<'c, 'a> = Builder<'c, 'a>;

pub(super) fn read(b: &mut Reader<'_, '_>) {
    let mut body = Block::new();
    for node in b.named(0) {
        match b.kind(node) {
            "package_declaration" => b.unit.package = b.named(node).last().map(|&it| b.text(it)),
            "import_declaration" => import(b, node),
            _ => body.extend(statements(b, node)),
        }
    }
    b.unit.functions[0].body = body;
}

fn import<'a>(b: &mut Reader<'_, 'a>, node: usize) {
    let Some(name) = b.named(node).into_iter().find(|&it| b.kind(it) != "asterisk") else { return };
    let (path, at) = (b.text(name), b.at(name));
    let all = b.has(node, "asterisk");
    let local = if all { "" } else { path.rsplit('.').next().unwrap_or(path) };
    b.unit.imports.push(Import { path: Cow::Borrowed(path), local, all, at });
}

fn block<'a>(b: &mut Reader<'_, 'a>, node: usize) -> Block {
    b.deeper(|b| match b.kind(node) {
        "block" | "constructor_body" => {
            b.named(node).into_iter().flat_map(|child| statements(b, child)).collect()
        }
        _ => statements(b, node),
    })
    .unwrap_or_default()
}

fn body<'a>(b: &mut Reader<'_, 'a>, node: usize, field: &str) -> Block {
    b.field(node, field).map_or_else(Vec::new, |body| block(b, body))
}

fn statements<'a>(b: &mut Reader<'_, 'a>, node: usize) -> Block {
    match b.kind(node) {
        "local_variable_declaration" => {
            let ty = b.field(node, "type").map(|ty| b.text(ty)).filter(|ty| *ty != "var");
            let declarators = b.fields(node, "declarator").into_iter();
            declarators.filter_map(|it| declarator(b, it, ty)).collect()
        }
        "class_declaration"
        | "record_declaration"
        | "enum_declaration"
        | "interface_declaration" => {
            let at = b.at(node);
            let id = class(b, node);
            vec![b.add(StmtKind::Class(id), at)]
        }
        "method_declaration" => {
            let at = b.at(node);
            let id = method(b, node);
            vec![b.add(StmtKind::Define(id), at)]
        }
        _ => statement(b, node).into_iter().collect(),
    }
}

fn declarator<'a>(b: &mut Reader<'_, 'a>, node: usize, ty: Option<&'a str>) -> Option<StmtId> {
    let name = b.field(node, "name")?;
    let at = b.at(node);
    let target = b.name(name);
    let value = b.field(node, "value").map(|value| expression(b, value));
    Some(b.add(StmtKind::Let { targets: vec![target], value, ty, declares: true }, at))
}

fn class<'a>(b: &mut Reader<'_, 'a>, node: usize) -> super::ClassId {
    let at = b.at(node);
    let name = b.field(node, "name");
    let mut bases = Vec::new();
    for field in ["superclass", "interfaces"] {
        let Some(list) = b.field(node, field) else { continue };
        for part in b.named(list) {
            match b.kind(part) {
                "type_list" => bases.extend(b.named(part).into_iter().map(|it| b.text(it))),
                _ => bases.push(b.text(part)),
            }
        }
    }
    let class = Class {
        name: name.map_or("", |name| b.text(name)),
        name_at: name.map_or(at.start..at.start, |name| b.at(name)),
        bases,
        decorators: annotations(b, node),
        at,
        ..Class::default()
    };
    // The parts of a record are fields.
    let parts = b.field(node, "parameters").map(|list| parameters(b, list)).unwrap_or_default();
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
            "method_declaration"
            | "constructor_declaration"
            | "compact_constructor_declaration" => {
                method(b, member);
            }
            "field_declaration" | "constant_declaration" => {
                let ty = b.field(member, "type").map(|ty| b.text(ty));
                for it in b.fields(member, "declarator") {
                    let Some(name) = b.field(it, "name") else { continue };
                    let value = b.field(it, "value").map(|value| expression(b, value));
                    let field = Field { name: b.text(name), ty, value, at: b.at(name) };
                    b.add_field(field);
                }
            }
            "class_declaration"
            | "record_declaration"
            | "enum_declaration"
            | "interface_declaration" => {
                class(b, member);
            }
            "enum_body_declarations" => {
                b.deeper(|b| members(b, member));
            }
            "static_initializer" | "block" => {
                let inner = b.child(member, "block").unwrap_or(member);
                let at = b.at(member);
                let function = Function { name_at: at.start..at.start, at, ..Function::default() };
                b.function(function, |b| block(b, inner));
            }
            _ => {}
        }
    }
}

/// Annotations as calls: `@GetMapping("/a")`.
fn annotations<'a>(b: &mut Reader<'_, 'a>, node: usize) -> Vec<ExprId> {
    let modifiers = b.child(node, "modifiers");
    let list = modifiers.map(|modifiers| b.named(modifiers)).unwrap_or_default();
    let marks =
        list.into_iter().filter(|&it| matches!(b.kind(it), "annotation" | "marker_annotation"));
    marks.collect::<Vec<_>>().into_iter().filter_map(|it| annotation(b, it)).collect()
}

fn annotation<'a>(b: &mut Reader<'_, 'a>, node: usize) -> Option<ExprId> {
    let name = b.field(node, "name")?;
    let callee = expression(b, name);
    let mut args = Vec::new();
    for item in b.field(node, "arguments").map(|list| b.named(list)).unwrap_or_default() {
        let (name, value) = match b.kind(item) {
            "element_value_pair" => {
                (b.field(item, "key").map(|key| b.text(key)), b.field(item, "value"))
            }
            _ => (None, Some(item)),
        };
        let Some(value) = value else { continue };
        args.push(Arg { name, value: expression(b, value), spread: false });
    }
    let at = b.at(node);
    Some(b.push(ExprKind::Call { callee, args, form: CallForm::Call }, at))
}

fn method<'a>(b: &mut Reader<'_, 'a>, node: usize) -> FunctionId {
    let at = b.at(node);
    let name = b.field(node, "name");
    let modifiers = b.child(node, "modifiers");
    let has = |b: &Reader<'_, 'a>, word: &str| modifiers.is_some_and(|it| b.has(it, word));
    let function = Function {
        name: name.map_or("", |name| b.text(name)),
        name_at: name.map_or(at.start..at.start, |name| b.at(name)),
        params: b.field(node, "parameters").map(|list| parameters(b, list)).unwrap_or_default(),
        receiver: (!has(b, "static")).then_some("this"),
        decorators: annotations(b, node),
        exported: !has(b, "private"),
        returns: b.field(node, "type").map(|ty| b.text(ty)),
        at,
        ..Function::default()
    };
    b.function(function, |b| body(b, node, "body"))
}

fn parameters<'a>(b: &mut Reader<'_, 'a>, list: usize) -> Vec<Param<'a>> {
    let mut params = Vec::new();
    for node in b.named(list) {
        let name = match b.kind(node) {
            "identifier" => Some(node),
            "spread_parameter" => {
                b.child(node, "variable_declarator").and_then(|it| b.field(it, "name"))
            }
            _ => b.field(node, "name"),
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
        "return_statement" | "yield_statement" => StmtKind::Return(first(b)),
        "throw_statement" => StmtKind::Throw(first(b)),
        "break_statement" => StmtKind::Break,
        "continue_statement" => StmtKind::Continue,
        "if_statement" => {
            let test = b.of_field(node, "condition", expression);
            let then = body(b, node, "consequence");
            StmtKind::If { first: None, test, then, other: body(b, node, "alternative") }
        }
        "while_statement" | "do_statement" | "for_statement" | "enhanced_for_statement" => {
            repeated(b, node)
        }
        "try_statement" | "try_with_resources_statement" => attempt(b, node, &at),
        "synchronized_statement" => StmtKind::Block(body(b, node, "body")),
        "switch_expression" => choice(b, node),
        "block" => StmtKind::Block(block(b, node)),
        "labeled_statement" => {
            let inner = b.named(node).last().copied()?;
            return b.deeper(|b| statement(b, inner)).flatten();
        }
        "explicit_constructor_invocation" => return None,
        _ => StmtKind::Other(b.expressions(node, expression)),
    };
    Some(b.add(kind, at))
}

fn repeated<'a>(b: &mut Reader<'_, 'a>, node: usize) -> StmtKind<'a> {
    let (mut targets, mut heads) = (Vec::new(), Vec::new());
    if let ("enhanced_for_statement", Some(name)) = (b.kind(node), b.field(node, "name")) {
        targets.push(b.name(name));
        heads.extend(b.field(node, "value").map(|value| expression(b, value)));
    } else {
        for part in b.named(node) {
            if !matches!(b.code.node(part).field, "init" | "condition" | "update") {
                continue;
            }
            heads.push(expression(b, part));
        }
    }
    let always = |it: usize| b.text(it).trim_matches(['(', ')', ' ']) == "true";
    let endless = match b.kind(node) {
        "enhanced_for_statement" => false,
        "for_statement" => b.field(node, "condition").is_none_or(always),
        _ => b.field(node, "condition").is_some_and(always),
    };
    StmtKind::Loop { targets, heads, body: body(b, node, "body"), endless }
}

fn attempt<'a>(b: &mut Reader<'_, 'a>, node: usize, at: &Place) -> StmtKind<'a> {
    let mut items = Vec::new();
    if let Some(list) = b.field(node, "resources") {
        for resource in b.named(list) {
            let value = b.field(resource, "value").or_else(|| b.named(resource).first().copied());
            let Some(value) = value else { continue };
            let value = expression(b, value);
            let target = b.field(resource, "name").map(|name| b.name(name));
            items.push((value, target));
        }
    }
    let mut main = body(b, node, "body");
    if !items.is_empty() {
        main = vec![b.add(StmtKind::With { items, body: Some(main) }, at.clone())];
    }
    let (mut catches, mut last) = (Vec::new(), Vec::new());
    for child in b.named(node) {
        match b.kind(child) {
            "catch_clause" => catches.push(catch(b, child)),
            "finally_clause" => {
                last = b.child(child, "block").map_or_else(Vec::new, |it| block(b, it));
            }
            _ => {}
        }
    }
    match catches.is_empty() && last.is_empty() {
        true => StmtKind::Block(main),
        false => StmtKind::Try { body: main, catches, other: Vec::new(), last },
    }
}

fn catch<'a>(b: &mut Reader<'_, 'a>, node: usize) -> Catch<'a> {
    let parameter = b.child(node, "catch_formal_parameter");
    let name = parameter.and_then(|it| b.field(it, "name")).map(|name| b.text(name));
    let types = parameter.and_then(|it| b.child(it, "catch_type"));
    let types = types.map(|types| b.named(types)).unwrap_or_default();
    let types = types.into_iter().map(|ty| b.text(ty)).collect();
    let body = body(b, node, "body");
    Catch { types, name, body, at: b.at(node) }
}

fn choice<'a>(b: &mut Reader<'_, 'a>, node: usize) -> StmtKind<'a> {
    let on = b.field(node, "condition").map(|value| expression(b, value));
    let mut arms = Vec::new();
    for group in b.field(node, "body").map(|body| b.named(body)).unwrap_or_default() {
        let (mut tests, mut body, mut rest) = (Vec::new(), Block::new(), false);
        for part in b.named(group) {
            if b.kind(part) == "switch_label" {
                rest |= b.text(part).starts_with("default");
                tests.extend(b.expressions(part, expression));
            } else {
                body.extend(block(b, part));
            }
        }
        if rest {
            tests.clear();
        }
        arms.push(Arm { tests, body });
    }
    StmtKind::Switch { on, arms }
}
