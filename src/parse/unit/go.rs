//! Go.

use super::build::Builder;
use super::text::{inner, unescaped};
use super::{
    Arg, Arm, Block, Class, ExprId, ExprKind, Field, Function, FunctionId, Import, Param, Place,
    StmtId, StmtKind,
};
use std::borrow::Cow;

type Reader<'c, 'a> = Builder<'c, 'a>;

pub(super) fn read(b: &mut Reader<'_, '_>) {
    // Types first: methods stand anywhere.
    for node in b.named(0) {
        if b.kind(node) == "type_declaration" {
            types(b, node);
        }
    }
    let mut body = Block::new();
    for node in b.named(0) {
        body.extend(top(b, node));
    }
    b.unit.functions[0].body = body;
}

fn top<'a>(b: &mut Reader<'_, 'a>, node: usize) -> Block {
    match b.kind(node) {
        "package_clause" => {
            b.unit.package = b.named(node).first().map(|&name| b.text(name));
            Vec::new()
        }
        "import_declaration" => {
            imports(b, node);
            Vec::new()
        }
        "function_declaration" | "method_declaration" => definition(b, node).into_iter().collect(),
        "type_declaration" => Vec::new(),
        _ => statements(b, node),
    }
}

fn imports<'a>(b: &mut Reader<'_, 'a>, node: usize) {
    let specs: Vec<usize> = b.code.below(node).filter(|&it| b.kind(it) == "import_spec").collect();
    for spec in specs {
        let Some(path) = b.field(spec, "path") else { continue };
        let text = b.text(path).trim_matches(['"', '`']);
        let name = b.field(spec, "name").map(|name| b.text(name));
        let local = match name {
            Some("_" | ".") => "",
            Some(name) => name,
            None => package_of(text),
        };
        let all = name == Some(".");
        let at = b.at(path);
        b.unit.imports.push(Import { path: Cow::Borrowed(text), local, all, at });
    }
}

/// The name that an import path usually has: its last part, without a major version, `go-` and
/// `.go`.
fn package_of(path: &str) -> &str {
    let mut parts = path.rsplit('/');
    let last = parts.next().unwrap_or(path);
    let version = |part: &str| {
        part.strip_prefix('v')
            .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|c| c.is_ascii_digit()))
    };
    let last = if version(last) { parts.next().unwrap_or(last) } else { last };
    // `gopkg.in/yaml.v3`
    let last = match last.rsplit_once('.') {
        Some((name, rest)) if version(rest) => name,
        _ => last,
    };
    let last = last.strip_prefix("go-").unwrap_or(last);
    last.strip_suffix("-go").or_else(|| last.strip_suffix(".go")).unwrap_or(last)
}

fn types<'a>(b: &mut Reader<'_, 'a>, node: usize) {
    for spec in b.named(node) {
        let (Some(name), Some(ty)) = (b.field(spec, "name"), b.field(spec, "type")) else {
            continue;
        };
        let mut class =
            Class { name: b.text(name), name_at: b.at(name), at: b.at(spec), ..Class::default() };
        if b.kind(ty) == "struct_type" {
            let list = b.child(ty, "field_declaration_list");
            for field in list.map(|list| b.named(list)).unwrap_or_default() {
                let ty = b.field(field, "type").map(|ty| b.text(ty));
                let names = b.fields(field, "name");
                if names.is_empty() {
                    // An embedded type gives its methods.
                    class.bases.extend(ty);
                }
                for name in names {
                    class.fields.push(Field {
                        name: b.text(name),
                        ty,
                        value: None,
                        at: b.at(name),
                    });
                }
            }
        }
        b.class(class, |_| {});
    }
}

fn definition<'a>(b: &mut Reader<'_, 'a>, node: usize) -> Option<StmtId> {
    let name = b.field(node, "name")?;
    let at = b.at(node);
    let (receiver, class) = match b.field(node, "receiver") {
        Some(list) => receiver(b, list),
        None => (None, None),
    };
    let text = b.text(name);
    let mut function = function(b, node);
    function.name = text;
    function.name_at = b.at(name);
    function.receiver = receiver;
    function.exported = text.starts_with(char::is_uppercase);
    b.class = class;
    let id = b.function(function, |b| body(b, node, "body"));
    b.class = None;
    Some(b.add(StmtKind::Define(id), at))
}

fn receiver<'a>(b: &mut Reader<'_, 'a>, list: usize) -> (Option<&'a str>, Option<super::ClassId>) {
    let Some(&param) = b.named(list).first() else { return (None, None) };
    let name = b.field(param, "name").map(|name| b.text(name));
    let ty = b.field(param, "type").map_or("", |ty| b.text(ty)).trim_start_matches('*');
    let ty = ty.split('[').next().unwrap_or(ty);
    (name, b.class_named(ty))
}

fn function<'a>(b: &mut Reader<'_, 'a>, node: usize) -> Function<'a> {
    let at = b.at(node);
    Function {
        params: b.field(node, "parameters").map(|list| parameters(b, list)).unwrap_or_default(),
        returns: b.field(node, "result").map(|ty| b.text(ty)),
        name_at: at.start..at.start,
        at,
        ..Function::default()
    }
}

fn parameters<'a>(b: &mut Reader<'_, 'a>, list: usize) -> Vec<Param<'a>> {
    let mut params = Vec::new();
    for node in b.named(list) {
        let ty = b.field(node, "type").map(|ty| b.text(ty));
        for name in b.fields(node, "name") {
            params.push(Param { name: b.text(name), ty, default: None, at: b.at(name) });
        }
    }
    params
}

fn body<'a>(b: &mut Reader<'_, 'a>, node: usize, field: &str) -> Block {
    b.field(node, field).map_or_else(Vec::new, |body| block(b, body))
}

/// The statements of a block or of a case.
fn block<'a>(b: &mut Reader<'_, 'a>, node: usize) -> Block {
    b.deeper(|b| {
        let mut found = Block::new();
        let list = b.child(node, "statement_list");
        for child in list.map(|list| b.named(list)).unwrap_or_default() {
            found.extend(statements(b, child));
        }
        found
    })
    .unwrap_or_default()
}

/// One statement; a declaration of several names is several.
fn statements<'a>(b: &mut Reader<'_, 'a>, node: usize) -> Block {
    match b.kind(node) {
        "var_declaration" | "const_declaration" => {
            let specs =
                b.code.below(node).filter(|&it| matches!(b.kind(it), "var_spec" | "const_spec"));
            let specs: Vec<usize> = specs.collect();
            specs.into_iter().map(|spec| declaration(b, spec)).collect()
        }
        "type_declaration" => {
            types(b, node);
            Vec::new()
        }
        _ => statement(b, node).into_iter().collect(),
    }
}

fn declaration<'a>(b: &mut Reader<'_, 'a>, spec: usize) -> StmtId {
    let at = b.at(spec);
    let targets = b.fields(spec, "name");
    let targets = targets.into_iter().map(|name| b.name(name)).collect();
    let ty = b.field(spec, "type").map(|ty| b.text(ty));
    let value = b.field(spec, "value").and_then(|value| value_of(b, value));
    b.add(StmtKind::Let { targets, value, ty, declares: true }, at)
}

/// One value of an expression list; several become a list.
fn value_of<'a>(b: &mut Reader<'_, 'a>, node: usize) -> Option<ExprId> {
    if b.kind(node) != "expression_list" {
        return Some(expression(b, node));
    }
    let items = b.named(node);
    match items.as_slice() {
        [] => None,
        &[one] => Some(expression(b, one)),
        _ => {
            let at = b.at(node);
            let items = items.into_iter().map(|item| expression(b, item)).collect();
            Some(b.push(ExprKind::List(items), at))
        }
    }
}

fn list_of<'a>(b: &mut Reader<'_, 'a>, node: usize, field: &str) -> Vec<ExprId> {
    match b.field(node, field) {
        Some(list) if b.kind(list) == "expression_list" => b.expressions(list, expression),
        Some(one) => vec![expression(b, one)],
        None => Vec::new(),
    }
}

fn statement<'a>(b: &mut Reader<'_, 'a>, node: usize) -> Option<StmtId> {
    let at = b.at(node);
    let first =
        |b: &mut Reader<'_, 'a>| b.named(node).first().copied().map(|child| expression(b, child));
    let kind = match b.kind(node) {
        "expression_statement" => StmtKind::Expr(first(b)?),
        "short_var_declaration" | "assignment_statement" => return assignment(b, node, at),
        "inc_statement" | "dec_statement" => {
            let target = first(b)?;
            let op = if b.kind(node) == "inc_statement" { "++" } else { "--" };
            let one = b.push(ExprKind::Number("1"), at.clone());
            StmtKind::Expr(b.push(ExprKind::Assign { target, op, value: one }, at.clone()))
        }
        "return_statement" => {
            let list = b.named(node).first().copied();
            StmtKind::Return(list.and_then(|list| value_of(b, list)))
        }
        "if_statement" => conditional(b, node),
        "for_statement" => repeated(b, node),
        "expression_switch_statement" | "type_switch_statement" | "select_statement" => {
            choice(b, node)
        }
        "defer_statement" => StmtKind::Defer(first(b)?),
        "go_statement" => StmtKind::Spawn(first(b)?),
        "block" => StmtKind::Block(block(b, node)),
        "break_statement" => StmtKind::Break,
        "continue_statement" => StmtKind::Continue,
        "empty_statement" => return None,
        "labeled_statement" => {
            let inner = b.named(node).last().copied()?;
            return statement(b, inner);
        }
        _ => StmtKind::Other(b.expressions(node, expression)),
    };
    Some(b.add(kind, at))
}

fn assignment<'a>(b: &mut Reader<'_, 'a>, node: usize, at: Place) -> Option<StmtId> {
    let op = b.field(node, "operator").map_or(":=", |op| b.text(op));
    let declares = op == ":=";
    let left = b.field(node, "left").map(|left| b.named(left).len()).unwrap_or_default();
    let right = b.field(node, "right")?;
    let values = b.named(right);
    if !matches!(op, "=" | ":=") {
        let target = list_of(b, node, "left").first().copied()?;
        let value = value_of(b, right)?;
        let assign = b.push(ExprKind::Assign { target, op, value }, at.clone());
        return Some(b.add(StmtKind::Expr(assign), at));
    }
    let targets = list_of(b, node, "left");
    // `a, b := 1, 2` is two in one; each name has its own value.
    if left > 1 && values.len() == left {
        let mut block = Block::new();
        for (target, value) in targets.into_iter().zip(values) {
            let value = Some(expression(b, value));
            let kind = StmtKind::Let { targets: vec![target], value, ty: None, declares };
            block.push(b.add(kind, at.clone()));
        }
        return Some(b.add(StmtKind::Block(block), at));
    }
    let value = value_of(b, right);
    Some(b.add(StmtKind::Let { targets, value, ty: None, declares }, at))
}

fn conditional<'a>(b: &mut Reader<'_, 'a>, node: usize) -> StmtKind<'a> {
    let first = b.field(node, "initializer").and_then(|it| statement(b, it));
    let test = test_of(b, node);
    let then = body(b, node, "consequence");
    let other = match b.field(node, "alternative") {
        Some(block_node) if b.kind(block_node) == "block" => block(b, block_node),
        Some(next) => b.deeper(|b| statement(b, next)).flatten().into_iter().collect(),
        None => Block::new(),
    };
    StmtKind::If { first, test, then, other }
}

fn test_of<'a>(b: &mut Reader<'_, 'a>, node: usize) -> ExprId {
    match b.field(node, "condition") {
        Some(test) => expression(b, test),
        None => {
            let at = b.at(node);
            b.push(ExprKind::Bool(true), at)
        }
    }
}

fn repeated<'a>(b: &mut Reader<'_, 'a>, node: usize) -> StmtKind<'a> {
    let head = b.named(node).into_iter().find(|&it| b.code.node(it).field != "body");
    let (mut targets, mut heads, mut endless) = (Vec::new(), Vec::new(), false);
    match head.map(|head| (head, b.kind(head))) {
        None => endless = true,
        Some((head, "range_clause")) => {
            targets = list_of(b, head, "left");
            heads = list_of(b, head, "right");
        }
        Some((head, "for_clause")) => {
            endless = b.field(head, "condition").is_none();
            heads = list_of(b, head, "condition");
        }
        Some((head, _)) => heads = vec![expression(b, head)],
    }
    StmtKind::Loop { targets, heads, body: body(b, node, "body"), endless }
}

fn choice<'a>(b: &mut Reader<'_, 'a>, node: usize) -> StmtKind<'a> {
    let on = b.field(node, "value").map(|value| expression(b, value));
    let mut arms = Vec::new();
    for case in b.named(node) {
        let tests = match b.kind(case) {
            "default_case" => Vec::new(),
            "expression_case" => list_of(b, case, "value"),
            "type_case" => b.fields(case, "type").into_iter().map(|it| b.name(it)).collect(),
            "communication_case" => {
                let inner = b.field(case, "communication").and_then(|it| statement(b, it));
                let body = inner.into_iter().chain(block(b, case)).collect();
                let at = b.at(case);
                let any = b.push(ExprKind::Other(Vec::new()), at);
                arms.push(Arm { tests: vec![any], body });
                continue;
            }
            _ => continue,
        };
        let body = block(b, case);
        arms.push(Arm { tests, body });
    }
    StmtKind::Switch { on, arms }
}

fn expression<'a>(b: &mut Reader<'_, 'a>, node: usize) -> ExprId {
    b.value(node, kind)
}

fn kind<'a>(b: &mut Reader<'_, 'a>, node: usize) -> ExprKind<'a> {
    let sides =
        |b: &Reader<'_, 'a>, one: &str, other: &str| b.field(node, one).zip(b.field(node, other));
    match b.kind(node) {
        "identifier" | "package_identifier" | "type_identifier" | "field_identifier" | "iota" => {
            ExprKind::Name(b.text(node))
        }
        "interpreted_string_literal" => ExprKind::Text(unescaped(inner(b.text(node)))),
        "raw_string_literal" => ExprKind::Text(Cow::Borrowed(inner(b.text(node)))),
        "int_literal" | "float_literal" | "imaginary_literal" | "rune_literal" => {
            ExprKind::Number(b.text(node))
        }
        "true" => ExprKind::Bool(true),
        "false" => ExprKind::Bool(false),
        "nil" => ExprKind::Null,
        "parenthesized_expression" => match b.named(node).first().copied() {
            Some(inside) => kind(b, inside),
            None => ExprKind::Other(Vec::new()),
        },
        "selector_expression" => match sides(b, "operand", "field") {
            Some((of, name)) => ExprKind::Member { of: expression(b, of), name: b.text(name) },
            None => ExprKind::Other(b.expressions(node, expression)),
        },
        "qualified_type" => match sides(b, "package", "name") {
            Some((of, name)) => ExprKind::Member { of: expression(b, of), name: b.text(name) },
            None => ExprKind::Other(b.expressions(node, expression)),
        },
        "index_expression" => match b.field(node, "operand") {
            Some(of) => {
                let of = expression(b, of);
                let key = b.field(node, "index").map(|key| expression(b, key));
                ExprKind::Index { of, key }
            }
            None => ExprKind::Other(b.expressions(node, expression)),
        },
        "call_expression" => call(b, node),
        "composite_literal" => composite(b, node),
        "literal_value" => ExprKind::Map { of: None, entries: entries(b, node) },
        "literal_element" | "variadic_argument" => match b.named(node).first().copied() {
            Some(inside) => kind(b, inside),
            None => ExprKind::Other(Vec::new()),
        },
        "binary_expression" => match sides(b, "left", "right") {
            Some((left, right)) => {
                let op = b.field(node, "operator").map_or("", |op| b.text(op));
                let (left, right) = (expression(b, left), expression(b, right));
                ExprKind::Binary { op, left, right }
            }
            None => ExprKind::Other(b.expressions(node, expression)),
        },
        "unary_expression" => match b.field(node, "operand") {
            Some(of) => {
                let op = b.field(node, "operator").map_or("", |op| b.text(op));
                ExprKind::Unary { op, of: expression(b, of) }
            }
            None => ExprKind::Other(b.expressions(node, expression)),
        },
        // What it is asserted to be is its value still.
        "type_assertion_expression" => match b.field(node, "operand") {
            Some(of) => ExprKind::Unary { op: ".()", of: expression(b, of) },
            None => ExprKind::Other(b.expressions(node, expression)),
        },
        "func_literal" => ExprKind::Lambda(lambda(b, node)),
        _ => ExprKind::Other(b.expressions(node, expression)),
    }
}

fn lambda<'a>(b: &mut Reader<'_, 'a>, node: usize) -> FunctionId {
    let function = function(b, node);
    b.function(function, |b| body(b, node, "body"))
}

fn call<'a>(b: &mut Reader<'_, 'a>, node: usize) -> ExprKind<'a> {
    let (Some(function), Some(list)) = (b.field(node, "function"), b.field(node, "arguments"))
    else {
        return ExprKind::Other(b.expressions(node, expression));
    };
    let callee = expression(b, function);
    let mut args = Vec::new();
    for item in b.named(list) {
        let spread = b.kind(item) == "variadic_argument";
        args.push(Arg { name: None, value: expression(b, item), spread });
    }
    ExprKind::Call { callee, args, form: super::CallForm::Call }
}

/// `T{…}`: a list where its type is one.
fn composite<'a>(b: &mut Reader<'_, 'a>, node: usize) -> ExprKind<'a> {
    let (Some(ty), Some(value)) = (b.field(node, "type"), b.field(node, "body")) else {
        return ExprKind::Other(b.expressions(node, expression));
    };
    match b.kind(ty) {
        "slice_type" | "array_type" | "implicit_length_array_type" => {
            ExprKind::List(b.expressions(value, expression))
        }
        "map_type" => ExprKind::Map { of: None, entries: entries(b, value) },
        _ => {
            let of = Some(expression(b, ty));
            ExprKind::Map { of, entries: entries(b, value) }
        }
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
            _ => entries.push((None, expression(b, item))),
        }
    }
    entries
}
