//! JavaScript and TypeScript.

use super::build::Builder;
use super::{
    Arm, Block, Catch, Class, ExprId, ExprKind, Field, Function, Import, Param, StmtId, StmtKind,
};
use std::borrow::Cow;
use values::expression;

mod values;

type Reader<'c, 'a> = Builder<'c, 'a>;

pub(super) fn read(b: &mut Reader<'_, '_>) {
    let mut body = Block::new();
    for node in b.named(0) {
        body.extend(statements(b, node, false));
    }
    b.unit.functions[0].body = body;
}

fn block<'a>(b: &mut Reader<'_, 'a>, node: usize) -> Block {
    b.deeper(|b| {
        let mut found = Block::new();
        match b.kind(node) {
            "statement_block" | "switch_body" => {
                for child in b.named(node) {
                    found.extend(statements(b, child, false));
                }
            }
            _ => found.extend(statements(b, node, false)),
        }
        found
    })
    .unwrap_or_default()
}

fn body<'a>(b: &mut Reader<'_, 'a>, node: usize, field: &str) -> Block {
    b.field(node, field).map_or_else(Vec::new, |body| block(b, body))
}

/// One statement; a declaration of several names is several.
fn statements<'a>(b: &mut Reader<'_, 'a>, node: usize, exported: bool) -> Block {
    match b.kind(node) {
        "lexical_declaration" | "variable_declaration" => {
            let mut found = Block::new();
            for declarator in b.named(node) {
                if b.kind(declarator) == "variable_declarator" {
                    declaration(b, declarator, &mut found);
                }
            }
            found
        }
        "import_statement" => {
            imports(b, node);
            Vec::new()
        }
        "export_statement" => export(b, node),
        "empty_statement" | "interface_declaration" | "type_alias_declaration" => Vec::new(),
        "function_declaration" | "generator_function_declaration" => {
            let mut function = function(b, node);
            if let Some(name) = b.field(node, "name") {
                function.name = b.text(name);
                function.name_at = b.at(name);
            }
            function.exported = exported;
            let at = b.at(node);
            let id = b.function(function, |b| body(b, node, "body"));
            vec![b.add(StmtKind::Define(id), at)]
        }
        "class_declaration" | "abstract_class_declaration" => {
            let at = b.at(node);
            let id = class(b, node);
            vec![b.add(StmtKind::Class(id), at)]
        }
        _ => statement(b, node).into_iter().collect(),
    }
}

fn export<'a>(b: &mut Reader<'_, 'a>, node: usize) -> Block {
    if let Some(declaration) = b.field(node, "declaration") {
        return statements(b, declaration, true);
    }
    let at = b.at(node);
    if let Some(value) = b.field(node, "value") {
        let value = expression(b, value);
        return vec![b.add(StmtKind::Expr(value), at)];
    }
    // `export { a } from "b"` brings nothing into the file.
    Vec::new()
}

/// `{ a, b: c } = x` becomes one statement for each name.
fn declaration<'a>(b: &mut Reader<'_, 'a>, node: usize, found: &mut Block) {
    let Some(name) = b.field(node, "name") else { return };
    let at = b.at(node);
    let ty = b.field(node, "type").map(|ty| annotation(b.text(ty)));
    let value = b.field(node, "value").map(|value| expression(b, value));
    if b.kind(name) == "object_pattern"
        && let Some(value) = value
    {
        unpack(b, name, value, found);
        return;
    }
    let target = expression(b, name);
    found.push(b.add(StmtKind::Let { targets: vec![target], value, ty, declares: true }, at));
}

fn unpack<'a>(b: &mut Reader<'_, 'a>, pattern: usize, of: ExprId, found: &mut Block) {
    for item in b.named(pattern) {
        let at = b.at(item);
        let (key, target) = match b.kind(item) {
            "shorthand_property_identifier_pattern" => (item, item),
            "pair_pattern" => match b.field(item, "key").zip(b.field(item, "value")) {
                Some(pair) => pair,
                None => continue,
            },
            "object_assignment_pattern" => match b.field(item, "left") {
                Some(left) => (left, left),
                None => continue,
            },
            _ => continue,
        };
        let name = b.text(key);
        let value = b.push(ExprKind::Member { of, name }, at.clone());
        if b.kind(target) == "object_pattern" {
            b.deeper(|b| unpack(b, target, value, found));
            continue;
        }
        let target = match b.kind(target) {
            "shorthand_property_identifier_pattern" => b.name(target),
            _ => expression(b, target),
        };
        let kind =
            StmtKind::Let { targets: vec![target], value: Some(value), ty: None, declares: true };
        found.push(b.add(kind, at));
    }
}

/// A type without the colon before it.
fn annotation(text: &str) -> &str {
    text.trim_start_matches(':').trim()
}

fn imports<'a>(b: &mut Reader<'_, 'a>, node: usize) {
    let Some(source) = b.field(node, "source") else { return };
    let path = quoted(b.text(source));
    let at = b.at(source);
    let Some(clause) = b.child(node, "import_clause") else {
        b.unit.imports.push(Import { path: Cow::Borrowed(path), local: "", all: false, at });
        return;
    };
    for part in b.named(clause) {
        match b.kind(part) {
            // The default is the module itself, as `require` gives it.
            "identifier" => {
                let (local, at) = (b.text(part), b.at(part));
                b.unit.imports.push(Import { path: Cow::Borrowed(path), local, all: false, at });
            }
            "namespace_import" => {
                let Some(name) = b.named(part).first().copied() else { continue };
                let (local, at) = (b.text(name), b.at(name));
                b.unit.imports.push(Import { path: Cow::Borrowed(path), local, all: false, at });
            }
            "named_imports" => {
                for item in b.named(part) {
                    let Some(name) = b.field(item, "name") else { continue };
                    let local = b.field(item, "alias").unwrap_or(name);
                    let path = Cow::Owned(format!("{path}.{}", quoted(b.text(name))));
                    let (local, at) = (b.text(local), b.at(name));
                    b.unit.imports.push(Import { path, local, all: false, at });
                }
            }
            _ => {}
        }
    }
}

fn quoted(text: &str) -> &str {
    text.trim_matches(['"', '\'', '`'])
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
        "if_statement" => {
            let test = b.of_field(node, "condition", expression);
            let then = body(b, node, "consequence");
            let alternative = b.field(node, "alternative");
            let other = alternative.and_then(|it| b.named(it).first().copied());
            let other = other.map_or_else(Vec::new, |it| block(b, it));
            StmtKind::If { first: None, test, then, other }
        }
        "for_statement" | "while_statement" | "do_statement" | "for_in_statement" => {
            repeated(b, node)
        }
        "try_statement" => attempt(b, node),
        "switch_statement" => choice(b, node),
        "statement_block" => StmtKind::Block(block(b, node)),
        "labeled_statement" => {
            let inner = b.field(node, "body")?;
            return b.deeper(|b| statement(b, inner)).flatten();
        }
        _ => StmtKind::Other(b.expressions(node, expression)),
    };
    Some(b.add(kind, at))
}

fn repeated<'a>(b: &mut Reader<'_, 'a>, node: usize) -> StmtKind<'a> {
    let (mut targets, mut heads) = (Vec::new(), Vec::new());
    if b.kind(node) == "for_in_statement" {
        targets.extend(b.field(node, "left").map(|left| expression(b, left)));
        heads.extend(b.field(node, "right").map(|right| expression(b, right)));
    } else {
        // The parts of `for (a; b; c)` are statements or expressions.
        for part in b.named(node) {
            if matches!(b.code.node(part).field, "initializer" | "condition" | "increment") {
                let inner = match b.kind(part) {
                    "expression_statement" => b.named(part).first().copied(),
                    "empty_statement" => None,
                    _ => Some(part),
                };
                heads.extend(inner.map(|inner| expression(b, inner)));
            }
        }
    }
    let condition = b.field(node, "condition");
    let always =
        |node: usize| matches!(b.text(node).trim_matches(['(', ')', ' ']), "true" | "1" | ";");
    let endless = b.kind(node) != "for_in_statement" && condition.is_none_or(always);
    StmtKind::Loop { targets, heads, body: body(b, node, "body"), endless }
}

fn attempt<'a>(b: &mut Reader<'_, 'a>, node: usize) -> StmtKind<'a> {
    let main = body(b, node, "body");
    let mut catches = Vec::new();
    if let Some(handler) = b.field(node, "handler") {
        let name = b.field(handler, "parameter").map(|name| b.text(name));
        let body = body(b, handler, "body");
        catches.push(Catch { types: Vec::new(), name, body, at: b.at(handler) });
    }
    let last = b.field(node, "finalizer").map_or_else(Vec::new, |it| body(b, it, "body"));
    StmtKind::Try { body: main, catches, other: Vec::new(), last }
}

fn choice<'a>(b: &mut Reader<'_, 'a>, node: usize) -> StmtKind<'a> {
    let on = b.field(node, "value").map(|value| expression(b, value));
    let mut arms = Vec::new();
    for case in b.field(node, "body").map(|body| b.named(body)).unwrap_or_default() {
        let tests = b.field(case, "value").map(|value| expression(b, value)).into_iter().collect();
        let mut body = Block::new();
        for stmt in b.fields(case, "body") {
            body.extend(statements(b, stmt, false));
        }
        arms.push(Arm { tests, body });
    }
    StmtKind::Switch { on, arms }
}

fn function<'a>(b: &mut Reader<'_, 'a>, node: usize) -> Function<'a> {
    let at = b.at(node);
    let params = match b.field(node, "parameters") {
        Some(list) => parameters(b, list),
        // `x => …`
        None => b.field(node, "parameter").map_or_else(Vec::new, |name| {
            vec![Param { name: b.text(name), ty: None, default: None, at: b.at(name) }]
        }),
    };
    Function {
        params,
        is_async: b.has(node, "async"),
        returns: b.field(node, "return_type").map(|ty| annotation(b.text(ty))),
        name_at: at.start..at.start,
        at,
        ..Function::default()
    }
}

/// The names of a pattern are taken from one object.
fn taken_apart<'a>(b: &Reader<'_, 'a>, pattern: usize, params: &mut Vec<Param<'a>>) {
    for inner in b.code.below(pattern).collect::<Vec<_>>() {
        let named = match b.kind(inner) {
            "rest_pattern" => b.named(inner).first().copied(),
            kind if kind.ends_with("identifier_pattern") => Some(inner),
            _ => None,
        };
        if let Some(named) = named {
            let (name, at) = (b.text(named), b.at(named));
            params.push(Param { name, ty: None, default: None, at });
        }
    }
}

fn parameters<'a>(b: &mut Reader<'_, 'a>, list: usize) -> Vec<Param<'a>> {
    let mut params = Vec::new();
    for node in b.named(list) {
        // TypeScript wraps what JavaScript names by itself.
        let inside = match b.kind(node) {
            "required_parameter" | "optional_parameter" => b.field(node, "pattern").unwrap_or(node),
            _ => node,
        };
        if matches!(b.kind(inside), "object_pattern" | "array_pattern") {
            taken_apart(b, inside, &mut params);
            continue;
        }
        let name = match b.kind(node) {
            "identifier" => node,
            "required_parameter" | "optional_parameter" => {
                b.field(node, "pattern").or_else(|| b.field(node, "name")).unwrap_or(node)
            }
            "assignment_pattern" => b.field(node, "left").unwrap_or(node),
            "rest_pattern" => b.named(node).first().copied().unwrap_or(node),
            _ => continue,
        };
        let ty = b.field(node, "type").map(|ty| annotation(b.text(ty)));
        let default = b.field(node, "value").or_else(|| b.field(node, "right"));
        let default = default.map(|value| expression(b, value));
        params.push(Param { name: b.text(name), ty, default, at: b.at(name) });
    }
    params
}

fn class<'a>(b: &mut Reader<'_, 'a>, node: usize) -> super::ClassId {
    let name = b.field(node, "name");
    let at = b.at(node);
    let decorators = decorators(b, node);
    let heritage = b.child(node, "class_heritage");
    let mut bases = Vec::new();
    for part in heritage.map(|heritage| b.named(heritage)).unwrap_or_default() {
        match b.kind(part) {
            "extends_clause" | "implements_clause" => {
                bases.extend(b.named(part).into_iter().map(|it| b.text(it)));
            }
            _ => bases.push(b.text(part)),
        }
    }
    let class = Class {
        name: name.map_or("", |name| b.text(name)),
        name_at: name.map_or(at.start..at.start, |name| b.at(name)),
        bases,
        decorators,
        at,
        ..Class::default()
    };
    b.class(class, |b| {
        let mut waiting = Vec::new();
        for member in b.field(node, "body").map(|body| b.named(body)).unwrap_or_default() {
            match b.kind(member) {
                "decorator" => waiting.extend(b.named(member).first().copied()),
                "method_definition" => {
                    let decorators = std::mem::take(&mut waiting);
                    method(b, member, decorators);
                }
                "field_definition" | "public_field_definition" => {
                    waiting.clear();
                    field(b, member);
                }
                _ => waiting.clear(),
            }
        }
    })
}

fn decorators<'a>(b: &mut Reader<'_, 'a>, node: usize) -> Vec<ExprId> {
    let own = b.named(node).into_iter().filter(|&it| b.kind(it) == "decorator").collect::<Vec<_>>();
    // Those of an exported class stand beside it.
    let parent = b.code.parent(node).filter(|&it| b.kind(it) == "export_statement");
    let beside = parent.map(|parent| b.fields(parent, "decorator")).unwrap_or_default();
    let all = own.into_iter().chain(beside).filter_map(|it| b.named(it).first().copied());
    all.collect::<Vec<_>>().into_iter().map(|it| expression(b, it)).collect()
}

fn method<'a>(b: &mut Reader<'_, 'a>, node: usize, waiting: Vec<usize>) {
    let decorators = waiting.into_iter().map(|it| expression(b, it)).collect();
    let mut function = function(b, node);
    if let Some(name) = b.field(node, "name") {
        function.name = b.text(name);
        function.name_at = b.at(name);
    }
    function.decorators = decorators;
    function.receiver = Some("this");
    let hidden = b.child(node, "accessibility_modifier").is_some_and(|it| b.text(it) != "public");
    function.exported = !hidden && !function.name.starts_with('#');
    // `constructor(private log: Logger)` declares a field.
    if function.name == "constructor"
        && let Some(list) = b.field(node, "parameters")
    {
        let params = b.named(list).into_iter();
        let declared: Vec<&str> = params
            .filter(|&it| b.has(it, "accessibility_modifier") || b.has(it, "readonly"))
            .filter_map(|it| b.field(it, "pattern").map(|name| b.text(name)))
            .collect();
        let params = function.params.iter().filter(|param| declared.contains(&param.name));
        let fields: Vec<Field<'a>> = params
            .map(|param| Field {
                name: param.name,
                ty: param.ty,
                value: None,
                at: param.at.clone(),
            })
            .collect();
        if let Some(class) = b.class {
            b.unit.classes[class.0 as usize].fields.extend(fields);
        }
    }
    b.function(function, |b| body(b, node, "body"));
}

fn field<'a>(b: &mut Reader<'_, 'a>, node: usize) {
    let Some(name) = b.field(node, "name").or_else(|| b.field(node, "property")) else { return };
    let ty = b.field(node, "type").map(|ty| annotation(b.text(ty)));
    let value = b.field(node, "value").map(|value| expression(b, value));
    let field = Field { name: b.text(name), ty, value, at: b.at(name) };
    if let Some(class) = b.class {
        b.unit.classes[class.0 as usize].fields.push(field);
    }
}
