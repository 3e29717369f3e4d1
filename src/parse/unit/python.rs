//! Python.

use super::build::Builder;
use super::{
    Arm, Block, Catch, Class, ExprId, ExprKind, Field, Function, Import, Param, Place, StmtId,
    StmtKind,
};
use std::borrow::Cow;
use values::expression;

mod values;

type Reader<'c, 'a> = Builder<'c, 'a>;

pub(super) fn read(b: &mut Reader<'_, '_>) {
    let body = block(b, 0);
    b.unit.functions[0].body = body;
}

fn block<'a>(b: &mut Reader<'_, 'a>, node: usize) -> Block {
    b.deeper(|b| b.named(node).into_iter().filter_map(|child| statement(b, child)).collect())
        .unwrap_or_default()
}

fn body<'a>(b: &mut Reader<'_, 'a>, node: usize, field: &str) -> Block {
    b.field(node, field).map_or_else(Vec::new, |body| block(b, body))
}

fn statement<'a>(b: &mut Reader<'_, 'a>, node: usize) -> Option<StmtId> {
    let kind = match b.kind(node) {
        "expression_statement" => return expression_statement(b, node),
        "return_statement" => StmtKind::Return(first(b, node)),
        "raise_statement" => StmtKind::Throw(first(b, node)),
        "break_statement" => StmtKind::Break,
        "continue_statement" => StmtKind::Continue,
        "pass_statement" => StmtKind::Nothing,
        "if_statement" => conditional(b, node, "alternative"),
        "for_statement" => {
            let (targets, heads) = (one(b, node, "left"), one(b, node, "right"));
            StmtKind::Loop { targets, heads, body: body(b, node, "body"), endless: false }
        }
        "while_statement" => {
            let heads = one(b, node, "condition");
            let endless =
                b.field(node, "condition").is_some_and(|it| matches!(b.text(it), "True" | "1"));
            StmtKind::Loop { targets: Vec::new(), heads, body: body(b, node, "body"), endless }
        }
        "try_statement" => attempt(b, node),
        "with_statement" => with(b, node),
        "match_statement" => choice(b, node),
        "function_definition" | "class_definition" => return definition(b, node, node),
        "decorated_definition" => {
            let inner = b.field(node, "definition")?;
            return definition(b, inner, node);
        }
        "import_statement" | "import_from_statement" | "future_import_statement" => {
            imports(b, node);
            return None;
        }
        "block" => StmtKind::Block(block(b, node)),
        _ => StmtKind::Other(b.expressions(node, expression)),
    };
    let at = b.at(node);
    Some(b.add(kind, at))
}

/// `pattern_list` and `expression_list` are read as their items.
fn one<'a>(b: &mut Reader<'_, 'a>, node: usize, field: &str) -> Vec<ExprId> {
    let Some(child) = b.field(node, field) else { return Vec::new() };
    match b.kind(child) {
        "pattern_list" | "expression_list" => b.expressions(child, expression),
        _ => vec![expression(b, child)],
    }
}

fn first<'a>(b: &mut Reader<'_, 'a>, node: usize) -> Option<ExprId> {
    let child = b.named(node).into_iter().find(|&child| b.code.node(child).field != "cause")?;
    Some(expression(b, child))
}

fn expression_statement<'a>(b: &mut Reader<'_, 'a>, node: usize) -> Option<StmtId> {
    let inner = *b.named(node).first()?;
    let at = b.at(node);
    let kind = match b.kind(inner) {
        "assignment" => {
            let mut targets = one(b, inner, "left");
            // `a = b = c`
            let mut value = b.field(inner, "right");
            while let Some(next) = value.filter(|&it| b.kind(it) == "assignment") {
                targets.extend(one(b, next, "left"));
                value = b.field(next, "right");
            }
            let ty = b.field(inner, "type").map(|ty| b.text(ty));
            let value = value.map(|value| expression(b, value));
            StmtKind::Let { targets, value, ty, declares: true }
        }
        _ => StmtKind::Expr(expression(b, inner)),
    };
    Some(b.add(kind, at))
}

/// `elif` is an `if` in the other block.
fn conditional<'a>(b: &mut Reader<'_, 'a>, node: usize, field: &'static str) -> StmtKind<'a> {
    let test = condition(b, node);
    let then = body(b, node, "consequence");
    let mut other: Block = Vec::new();
    // From the last arm inward.
    for arm in b.fields(node, field).into_iter().rev() {
        if b.kind(arm) == "else_clause" {
            other = body(b, arm, "body");
        } else {
            let test = condition(b, arm);
            let then = body(b, arm, "consequence");
            let at = b.at(arm);
            let kind = StmtKind::If { first: None, test, then, other: std::mem::take(&mut other) };
            other = vec![b.add(kind, at)];
        }
    }
    StmtKind::If { first: None, test, then, other }
}

fn condition<'a>(b: &mut Reader<'_, 'a>, node: usize) -> ExprId {
    match b.field(node, "condition") {
        Some(test) => expression(b, test),
        None => {
            let at = b.at(node);
            b.push(ExprKind::Other(Vec::new()), at)
        }
    }
}

fn attempt<'a>(b: &mut Reader<'_, 'a>, node: usize) -> StmtKind<'a> {
    let main = body(b, node, "body");
    let (mut catches, mut other, mut last) = (Vec::new(), Vec::new(), Vec::new());
    for child in b.named(node) {
        match b.kind(child) {
            "except_clause" | "except_group_clause" => catches.push(catch(b, child)),
            "else_clause" => other = body(b, child, "body"),
            "finally_clause" => {
                last = b.child(child, "block").map_or_else(Vec::new, |it| block(b, it));
            }
            _ => {}
        }
    }
    StmtKind::Try { body: main, catches, other, last }
}

fn catch<'a>(b: &mut Reader<'_, 'a>, node: usize) -> Catch<'a> {
    let mut types = Vec::new();
    let mut name = b.field(node, "alias").map(|alias| b.text(alias));
    for value in b.fields(node, "value") {
        let mut value = value;
        if b.kind(value) == "as_pattern" {
            name = b.field(value, "alias").map(|alias| b.text(alias)).or(name);
            let Some(inner) = b.named(value).first().copied() else { continue };
            value = inner;
        }
        match b.kind(value) {
            "tuple" => types.extend(b.named(value).into_iter().map(|it| b.text(it))),
            _ => types.push(b.text(value)),
        }
    }
    let body = b.child(node, "block").map_or_else(Vec::new, |it| block(b, it));
    Catch { types, name, body, at: b.at(node) }
}

fn with<'a>(b: &mut Reader<'_, 'a>, node: usize) -> StmtKind<'a> {
    let mut items = Vec::new();
    let clause = b.child(node, "with_clause");
    for item in clause.map(|clause| b.named(clause)).unwrap_or_default() {
        let Some(value) = b.field(item, "value") else { continue };
        if b.kind(value) == "as_pattern" {
            let alias = b.field(value, "alias");
            let Some(of) = b.named(value).first().copied() else { continue };
            let of = expression(b, of);
            let target = alias.and_then(|alias| b.named(alias).first().copied());
            let target = target.map(|target| expression(b, target));
            items.push((of, target));
        } else {
            let of = expression(b, value);
            items.push((of, None));
        }
    }
    let main = body(b, node, "body");
    StmtKind::With { items, body: Some(main) }
}

fn choice<'a>(b: &mut Reader<'_, 'a>, node: usize) -> StmtKind<'a> {
    let on = b.field(node, "subject").map(|it| expression(b, it));
    let mut arms = Vec::new();
    let cases = b.field(node, "body").map(|body| b.named(body)).unwrap_or_default();
    for case in cases {
        if b.kind(case) != "case_clause" {
            continue;
        }
        let patterns: Vec<usize> =
            b.named(case).into_iter().filter(|&it| b.kind(it) == "case_pattern").collect();
        let rest = patterns.iter().any(|&it| b.text(it) == "_");
        let tests = match rest {
            true => Vec::new(),
            false => patterns.into_iter().map(|it| expression(b, it)).collect(),
        };
        arms.push(Arm { tests, body: body(b, case, "consequence") });
    }
    StmtKind::Switch { on, arms }
}

fn definition<'a>(b: &mut Reader<'_, 'a>, node: usize, whole: usize) -> Option<StmtId> {
    let at = b.at(whole);
    let decorators = b
        .named(whole)
        .into_iter()
        .filter(|&child| b.kind(child) == "decorator")
        .filter_map(|decorator| b.named(decorator).first().copied())
        .collect::<Vec<_>>();
    let decorators = decorators.into_iter().map(|it| expression(b, it)).collect();
    let name = b.field(node, "name")?;
    if b.kind(node) == "class_definition" {
        return Some(class(b, node, name, decorators, at));
    }
    let params = b.field(node, "parameters").map(|list| parameters(b, list)).unwrap_or_default();
    let (params, receiver) = own(b, params);
    let text = b.text(name);
    let function = Function {
        name: text,
        name_at: b.at(name),
        params,
        receiver,
        decorators,
        is_async: b.has(node, "async"),
        exported: !text.starts_with('_'),
        returns: b.field(node, "return_type").map(|ty| b.text(ty)),
        at: at.clone(),
        ..Function::default()
    };
    let id = b.function(function, |b| body(b, node, "body"));
    Some(b.add(StmtKind::Define(id), at))
}

/// The first parameter of a method is its object.
fn own<'a>(b: &Reader<'_, 'a>, mut params: Vec<Param<'a>>) -> (Vec<Param<'a>>, Option<&'a str>) {
    let first = params.first().map(|param| param.name);
    match first {
        Some(name @ ("self" | "cls")) if b.class.is_some() => {
            params.remove(0);
            (params, Some(name))
        }
        _ => (params, None),
    }
}

fn parameters<'a>(b: &mut Reader<'_, 'a>, list: usize) -> Vec<Param<'a>> {
    let mut params = Vec::new();
    for node in b.named(list) {
        let name = match b.kind(node) {
            "identifier" => Some(node),
            "default_parameter" | "typed_default_parameter" => b.field(node, "name"),
            "typed_parameter" | "list_splat_pattern" | "dictionary_splat_pattern" => {
                b.code.below(node).find(|&it| b.kind(it) == "identifier")
            }
            _ => None,
        };
        let Some(name) = name else { continue };
        let default = b.field(node, "value").map(|value| expression(b, value));
        let ty = b.field(node, "type").map(|ty| b.text(ty));
        params.push(Param { name: b.text(name), ty, default, at: b.at(name) });
    }
    params
}

fn class<'a>(
    b: &mut Reader<'_, 'a>,
    node: usize,
    name: usize,
    decorators: Vec<ExprId>,
    at: Place,
) -> StmtId {
    let bases = b.field(node, "superclasses").map(|list| b.named(list)).unwrap_or_default();
    let bases = bases.into_iter().filter(|&it| b.kind(it) != "keyword_argument");
    let class = Class {
        name: b.text(name),
        name_at: b.at(name),
        bases: bases.map(|it| b.text(it)).collect(),
        decorators,
        at: at.clone(),
        ..Class::default()
    };
    let id = b.class(class, |b| {
        // Statements of the class run when it is made: they belong to the code around it.
        for stmt in body(b, node, "body") {
            if let StmtKind::Let { targets, value, ty, .. } = &b.unit.stmts[stmt.0 as usize].kind {
                let (value, ty) = (*value, *ty);
                let fields: Vec<Field<'a>> = targets
                    .iter()
                    .filter_map(|target| {
                        let expr = &b.unit.exprs[target.0 as usize];
                        match expr.kind {
                            ExprKind::Name(name) => {
                                Some(Field { name, ty, value, at: expr.at.clone() })
                            }
                            _ => None,
                        }
                    })
                    .collect();
                if let Some(class) = b.class {
                    b.unit.classes[class.0 as usize].fields.extend(fields);
                }
            }
        }
    });
    b.add(StmtKind::Class(id), at)
}

fn imports<'a>(b: &mut Reader<'_, 'a>, node: usize) {
    let from = b.field(node, "module_name").map(|module| b.text(module));
    let all = b.child(node, "wildcard_import");
    if let (Some(module), Some(star)) = (from, all) {
        let at = b.at(star);
        b.unit.imports.push(Import { path: Cow::Borrowed(module), local: "", all: true, at });
    }
    for name in b.fields(node, "name") {
        let (path, local) = match b.kind(name) {
            "aliased_import" => {
                let Some(path) = b.field(name, "name") else { continue };
                (b.text(path), b.field(name, "alias").map_or("", |alias| b.text(alias)))
            }
            // `import a.b` makes `a` known.
            _ if from.is_none() => {
                let text = b.text(name);
                (text, text.split('.').next().unwrap_or(text))
            }
            _ => (b.text(name), b.text(name)),
        };
        let at = b.at(name);
        let path = match from {
            // `from . import a` is `.a`.
            Some(module) if module.ends_with('.') => Cow::Owned(format!("{module}{path}")),
            Some(module) => Cow::Owned(format!("{module}.{path}")),
            None if local.len() < path.len() && path.starts_with(local) => {
                b.unit.imports.push(Import {
                    path: Cow::Borrowed(path),
                    local: "",
                    all: false,
                    at: at.clone(),
                });
                Cow::Borrowed(local)
            }
            None => Cow::Borrowed(path),
        };
        b.unit.imports.push(Import { path, local, all: false, at });
    }
}
