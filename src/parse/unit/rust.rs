//! Rust.

use super::build::Builder;
use super::{
    Arm, Block, CallForm, Class, ExprId, ExprKind, Field, Function, FunctionId, Import, Param,
    StmtId, StmtKind,
};
use std::borrow::Cow;
use values::expression;

mod macros;
mod values;

type Reader<'c, 'a> = Builder<'c, 'a>;

pub(super) fn read(b: &mut Reader<'_, '_>) {
    types(b, 0);
    let body = items(b, 0);
    b.unit.functions[0].body = body;
}

/// Types first: methods stand in `impl` blocks anywhere.
fn types<'a>(b: &mut Reader<'_, 'a>, node: usize) {
    let all: Vec<usize> = b.code.below(node).collect();
    for item in all {
        if !matches!(b.kind(item), "struct_item" | "enum_item" | "trait_item") {
            continue;
        }
        let Some(name) = b.field(item, "name") else { continue };
        let mut class =
            Class { name: b.text(name), name_at: b.at(name), at: b.at(item), ..Class::default() };
        let list = b.field(item, "body").filter(|&it| b.kind(it) == "field_declaration_list");
        for field in list.map(|list| b.named(list)).unwrap_or_default() {
            let Some(name) = b.field(field, "name") else { continue };
            let ty = b.field(field, "type").map(|ty| b.text(ty));
            class.fields.push(Field { name: b.text(name), ty, value: None, at: b.at(name) });
        }
        b.class(class, |_| {});
    }
}

/// Items and statements in a row; attributes belong to what follows them.
fn items<'a>(b: &mut Reader<'_, 'a>, node: usize) -> Block {
    b.deeper(|b| {
        let mut found = Block::new();
        let mut marks = Vec::new();
        let children = b.named(node);
        let last = children.last().copied();
        for child in children {
            match b.kind(child) {
                "attribute_item" => marks.push(child),
                "label" => {}
                _ => {
                    let waiting = std::mem::take(&mut marks);
                    found.extend(item(b, child, &waiting, Some(child) == last));
                }
            }
        }
        found
    })
    .unwrap_or_default()
}

fn item<'a>(b: &mut Reader<'_, 'a>, node: usize, marks: &[usize], last: bool) -> Block {
    let at = b.at(node);
    match b.kind(node) {
        "use_declaration" => {
            if let Some(argument) = b.field(node, "argument") {
                uses(b, argument, "");
            }
            Vec::new()
        }
        "extern_crate_declaration" => {
            // `#[macro_use] extern crate rocket;`: its macros have no other name here.
            let name = b.field(node, "name").map(|name| b.text(name));
            if let Some(name) =
                name.filter(|_| marks.iter().any(|mark| b.text(*mark).contains("macro_use")))
            {
                import(b, node, name.to_owned(), "", true);
            }
            Vec::new()
        }
        "function_item" => {
            let id = function(b, node, marks);
            vec![b.add(StmtKind::Define(id), at)]
        }
        "impl_item" => {
            implementation(b, node);
            Vec::new()
        }
        "trait_item" => {
            let name = b.field(node, "name").map(|name| b.text(name));
            let outer = b.class.take();
            b.class = name.and_then(|name| b.class_named(name));
            let body = b.field(node, "body").map(|body| items(b, body)).unwrap_or_default();
            b.class = outer;
            body
        }
        "mod_item" => {
            let tests = marks.iter().any(|&mark| b.text(mark).contains("cfg(test)"));
            match b.field(node, "body") {
                // Tests of a file are no part of the program.
                Some(body) if !tests => items(b, body),
                _ => Vec::new(),
            }
        }
        "struct_item"
        | "enum_item"
        | "union_item"
        | "type_item"
        | "macro_definition"
        | "inner_attribute_item"
        | "empty_statement" => Vec::new(),
        "let_declaration" | "const_item" | "static_item" => {
            declaration(b, node).into_iter().collect()
        }
        "macro_invocation" | "expression_statement" if macros::holds_statics(b, node) => {
            macros::statics(b, node)
        }
        "expression_statement" => {
            let Some(inner) = b.named(node).first().copied() else { return Vec::new() };
            vec![statement(b, inner)]
        }
        _ if last && is_value(b, node) => {
            let value = expression(b, node);
            vec![b.add(StmtKind::Expr(value), at)]
        }
        _ => vec![statement(b, node)],
    }
}

/// Whether a last expression is not one that only acts.
fn is_value(b: &Reader<'_, '_>, node: usize) -> bool {
    !matches!(b.kind(node), "return_expression" | "break_expression" | "continue_expression")
        && !matches!(b.kind(node), "if_expression" | "match_expression" | "loop_expression")
        && !matches!(b.kind(node), "for_expression" | "while_expression" | "block")
}

fn uses<'a>(b: &mut Reader<'_, 'a>, node: usize, prefix: &str) {
    let joined = |path: &str| match prefix.is_empty() {
        true => path.replace("::", "."),
        false => format!("{prefix}.{}", path.replace("::", ".")),
    };
    match b.kind(node) {
        "use_as_clause" => {
            if let Some((path, alias)) = b.field(node, "path").zip(b.field(node, "alias")) {
                let local = Some(b.text(alias)).filter(|local| *local != "_");
                let path = joined(b.text(path));
                import(b, node, path, local.unwrap_or_default(), false);
            }
        }
        "use_wildcard" => {
            let path = joined(b.text(node).trim_end_matches('*').trim_end_matches("::"));
            import(b, node, path, "", true);
        }
        "use_list" => {
            for child in b.named(node) {
                b.deeper(|b| uses(b, child, prefix));
            }
        }
        "scoped_use_list" => {
            let path = b.field(node, "path").map_or("", |path| b.text(path));
            let prefix = if path.is_empty() { prefix.to_owned() } else { joined(path) };
            if let Some(list) = b.field(node, "list") {
                b.deeper(|b| uses(b, list, &prefix));
            }
        }
        "self" => {
            let local = prefix.rsplit('.').next().unwrap_or_default();
            // Its name stands before the list.
            let before = b.unit.text.get(..b.at(node).start as usize).unwrap_or_default();
            let start = before.rfind(local).unwrap_or_default();
            let local = before.get(start..start + local.len()).unwrap_or_default();
            import(b, node, prefix.to_owned(), local, false);
        }
        _ => {
            let path = b.text(node);
            let local = path.rsplit("::").next().unwrap_or(path);
            import(b, node, joined(path), local, false);
        }
    }
}

fn import<'a>(b: &mut Reader<'_, 'a>, node: usize, path: String, local: &'a str, all: bool) {
    let at = b.at(node);
    b.unit.imports.push(Import { path: Cow::Owned(path), local, all, at });
}

fn implementation<'a>(b: &mut Reader<'_, 'a>, node: usize) {
    let name = b.field(node, "type").map_or("", |ty| b.text(ty));
    let name = name.split(['<', ' ']).next().unwrap_or(name);
    let outer = b.class.take();
    b.class = b.class_named(name);
    if let (Some(class), Some(base)) = (b.class, b.field(node, "trait")) {
        let base = b.text(base);
        b.unit.classes[class.0 as usize].bases.push(base);
    }
    if let Some(body) = b.field(node, "body") {
        let mut marks = Vec::new();
        for child in b.named(body) {
            match b.kind(child) {
                "attribute_item" => marks.push(child),
                "function_item" => {
                    function(b, child, &std::mem::take(&mut marks));
                }
                _ => marks.clear(),
            }
        }
    }
    b.class = outer;
}

fn function<'a>(b: &mut Reader<'_, 'a>, node: usize, marks: &[usize]) -> FunctionId {
    let at = b.at(node);
    let decorators = marks.iter().filter_map(|&mark| attribute(b, mark)).collect();
    let name = b.field(node, "name");
    let list = b.field(node, "parameters");
    let own = list.is_some_and(|list| b.child(list, "self_parameter").is_some());
    let words = b.child(node, "function_modifiers");
    let function = Function {
        name: name.map_or("", |name| b.text(name)),
        name_at: name.map_or(at.start..at.start, |name| b.at(name)),
        params: list.map(|list| parameters(b, list)).unwrap_or_default(),
        receiver: own.then_some("self"),
        decorators,
        is_async: words.is_some_and(|words| b.has(words, "async")),
        exported: b.child(node, "visibility_modifier").is_some(),
        returns: b.field(node, "return_type").map(|ty| b.text(ty)),
        at,
        ..Function::default()
    };
    b.function(function, |b| {
        let body = b.field(node, "body");
        let body = body.map(|body| items(b, body)).unwrap_or_default();
        returned(b, body)
    })
}

/// The last value of a function is what it gives back.
fn returned(b: &mut Reader<'_, '_>, body: Block) -> Block {
    if let Some(last) = body.last() {
        let stmt = &mut b.unit.stmts[last.0 as usize];
        let text = b.unit.text.as_bytes();
        if let StmtKind::Expr(value) = stmt.kind
            && text.get(stmt.at.end as usize) != Some(&b';')
        {
            stmt.kind = StmtKind::Return(Some(value));
        }
    }
    body
}

fn parameters<'a>(b: &mut Reader<'_, 'a>, list: usize) -> Vec<Param<'a>> {
    let mut params = Vec::new();
    for node in b.named(list) {
        let pattern = match b.kind(node) {
            "parameter" => b.field(node, "pattern"),
            "identifier" => Some(node),
            _ => None,
        };
        let Some(pattern) = pattern else { continue };
        let name = match b.kind(pattern) {
            "identifier" => Some(pattern),
            _ => b.code.below(pattern).find(|&it| b.kind(it) == "identifier"),
        };
        let Some(name) = name else { continue };
        let ty = b.field(node, "type").map(|ty| b.text(ty));
        params.push(Param { name: b.text(name), ty, default: None, at: b.at(name) });
    }
    params
}

/// `#[instrument(skip(a))]` as a call.
fn attribute<'a>(b: &mut Reader<'_, 'a>, node: usize) -> Option<ExprId> {
    let inner = b.child(node, "attribute")?;
    let path = b.named(inner).first().copied()?;
    let callee = expression(b, path);
    let args = match b.field(inner, "arguments") {
        Some(tree) => macros::arguments(b, tree),
        None => Vec::new(),
    };
    let at = b.at(inner);
    Some(b.push(ExprKind::Call { callee, args, form: CallForm::Macro }, at))
}

fn declaration<'a>(b: &mut Reader<'_, 'a>, node: usize) -> Option<StmtId> {
    let at = b.at(node);
    let pattern = b.field(node, "pattern").or_else(|| b.field(node, "name"))?;
    let target = expression(b, pattern);
    let ty = b.field(node, "type").map(|ty| b.text(ty));
    let value = b.field(node, "value").map(|value| expression(b, value));
    let bound =
        b.add(StmtKind::Let { targets: vec![target], value, ty, declares: true }, at.clone());
    // `let … else { … }` leaves where the pattern does not fit.
    let Some(otherwise) = b.field(node, "alternative") else { return Some(bound) };
    let other = items(b, otherwise);
    let test = b.push(ExprKind::Other(Vec::new()), at.clone());
    Some(b.add(StmtKind::If { first: Some(bound), test, then: Vec::new(), other }, at))
}

/// An expression that acts, as a statement.
fn statement<'a>(b: &mut Reader<'_, 'a>, node: usize) -> StmtId {
    let at = b.at(node);
    let kind = b.deeper(|b| action(b, node)).flatten();
    let kind = match kind {
        Some(kind) => kind,
        None => StmtKind::Expr(expression(b, node)),
    };
    b.add(kind, at)
}

fn action<'a>(b: &mut Reader<'_, 'a>, node: usize) -> Option<StmtKind<'a>> {
    let first = |b: &mut Reader<'_, 'a>| {
        let value = b.named(node).into_iter().find(|&it| b.kind(it) != "label");
        value.map(|it| expression(b, it))
    };
    Some(match b.kind(node) {
        "return_expression" => StmtKind::Return(first(b)),
        "break_expression" => StmtKind::Break,
        "continue_expression" => StmtKind::Continue,
        "if_expression" => conditional(b, node),
        "match_expression" => choice(b, node),
        "loop_expression" | "while_expression" | "for_expression" => repeated(b, node),
        "block" => StmtKind::Block(items(b, node)),
        "unsafe_block" | "const_block" => {
            let inner = b.child(node, "block")?;
            StmtKind::Block(items(b, inner))
        }
        _ => return None,
    })
}

fn conditional<'a>(b: &mut Reader<'_, 'a>, node: usize) -> StmtKind<'a> {
    let (first, test) = match b.field(node, "condition") {
        Some(test) => condition(b, test),
        None => (None, None),
    };
    let test = test.unwrap_or_else(|| {
        let at = b.at(node);
        b.push(ExprKind::Other(Vec::new()), at)
    });
    let then = b.field(node, "consequence").map(|it| items(b, it)).unwrap_or_default();
    let other = match b.field(node, "alternative").and_then(|it| b.named(it).first().copied()) {
        Some(block) if b.kind(block) == "block" => items(b, block),
        Some(next) => vec![statement(b, next)],
        None => Vec::new(),
    };
    StmtKind::If { first, test, then, other }
}

/// `if let P = v` gives names a value before it asks.
fn condition<'a>(b: &mut Reader<'_, 'a>, node: usize) -> (Option<StmtId>, Option<ExprId>) {
    if b.kind(node) != "let_condition" {
        return (None, Some(expression(b, node)));
    }
    let at = b.at(node);
    let target = b.field(node, "pattern").map(|it| expression(b, it));
    let value = b.field(node, "value").map(|it| expression(b, it));
    let targets = target.into_iter().collect();
    let kind = StmtKind::Let { targets, value: None, ty: None, declares: true };
    (Some(b.add(kind, at)), value)
}

fn choice<'a>(b: &mut Reader<'_, 'a>, node: usize) -> StmtKind<'a> {
    let on = b.field(node, "value").map(|value| expression(b, value));
    let mut arms = Vec::new();
    for arm in b.field(node, "body").map(|body| b.named(body)).unwrap_or_default() {
        let Some((pattern, value)) = b.field(arm, "pattern").zip(b.field(arm, "value")) else {
            continue;
        };
        let tests = match b.text(pattern).trim() {
            "_" => Vec::new(),
            _ => vec![expression(b, pattern)],
        };
        let body = match b.kind(value) {
            "block" => items(b, value),
            _ => vec![statement(b, value)],
        };
        arms.push(Arm { tests, body });
    }
    StmtKind::Switch { on, arms }
}

fn repeated<'a>(b: &mut Reader<'_, 'a>, node: usize) -> StmtKind<'a> {
    let targets = b.field(node, "pattern").map(|it| expression(b, it)).into_iter().collect();
    let head = b.field(node, "value").or_else(|| b.field(node, "condition"));
    let heads = head.map(|it| expression(b, it)).into_iter().collect();
    let body = b.field(node, "body").map(|it| items(b, it)).unwrap_or_default();
    StmtKind::Loop { targets, heads, body, endless: b.kind(node) == "loop_expression" }
}
