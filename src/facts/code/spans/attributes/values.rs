//! What the values of attributes are: nulls, texts of queries, names of what must not be shown.

use crate::facts::code::clocks;
use crate::facts::code::file::File;
use crate::facts::code::layout::Layout;
use crate::facts::code::logs::is_same;
use crate::facts::scalar::Scalar;
use crate::lang::sensitive::{self, Sensitive, words};
use crate::libraries::Role;
use crate::parse::code::Language;
use crate::parse::unit::{ExprId, ExprKind, Part, StmtKind};
use crate::source::Span;
use std::collections::BTreeMap;

/// A null that a value may be.
pub(super) fn null(file: &File<'_, '_>, value: ExprId) -> Option<Span> {
    // Elsewhere a null is refused by the compiler, or takes the attribute away.
    let unit = file.unit;
    if !matches!(
        unit.language,
        Language::Python | Language::Javascript | Language::Typescript | Language::Tsx
    ) {
        return None;
    }
    let is_null =
        |id: &ExprId| matches!(unit.expr(*id), ExprKind::Null | ExprKind::Name("undefined"));
    let found = match unit.expr(value) {
        _ if is_null(&value) => Some(value),
        ExprKind::Choice { yes, no, .. } => [*yes, *no].into_iter().find(is_null),
        ExprKind::Binary { op: "or" | "||" | "??", right, .. } => Some(*right).filter(is_null),
        _ => None,
    };
    found.map(|id| file.expr_span(id))
}

/// Calls that put values into a text.
const FORMAT: &[&str] = &["format", "Format", "Sprintf", "formatted", "sprintf", "Sprint"];

/// Words of names that stand for queries, or parts of them, that people wrote.
const CONSTANT: &[&str] = &[
    "query",
    "sql",
    "statement",
    "stmt",
    "command",
    "table",
    "tablename",
    "tables",
    "column",
    "columns",
    "col",
    "cols",
    "field",
    "fields",
    "schema",
    "placeholders",
    "placeholder",
    "format",
    "order",
    "direction",
    "limit",
    "offset",
    "index",
    "database",
    "db",
    "keyspace",
    "collection",
    "prefix",
    "suffix",
    "name",
    "clause",
    "select",
    "from",
    "join",
    "type",
    "operation",
    "op",
];

/// A value in the text of a query that is no constant.
fn interpolated(file: &File<'_, '_>, id: ExprId) -> Option<ExprId> {
    let unit = file.unit;
    let id = file.names.resolved(id);
    let mut parts: Vec<ExprId> = Vec::new();
    match unit.expr(id) {
        ExprKind::Template(all) => {
            parts.extend(all.iter().filter_map(|part| match part {
                Part::Value(value, _) => Some(*value),
                Part::Text(_) => None,
            }));
        }
        ExprKind::Binary { op: "+" | "%", .. } => {
            let mut sides = vec![id];
            let mut texts = false;
            while let Some(side) = sides.pop() {
                match unit.expr(side) {
                    ExprKind::Binary { op: "+" | "%", left, right } => {
                        sides.extend([*right, *left])
                    }
                    ExprKind::List(items) => sides.extend(items.iter().copied()),
                    ExprKind::Text(_) => texts = true,
                    _ => parts.push(side),
                }
            }
            if !texts {
                return None;
            }
        }
        ExprKind::Call { callee, args, .. }
            if file.called(id).is_some_and(|name| FORMAT.contains(&name)) =>
        {
            let text = |id: ExprId| file.names.text(id).is_some();
            let method = match unit.expr(*callee) {
                ExprKind::Member { of, .. } => text(*of),
                _ => false,
            };
            let first = args.first().is_some_and(|arg| text(arg.value));
            if !method && !first {
                return None;
            }
            parts.extend(args.iter().skip(usize::from(!method)).map(|arg| arg.value));
        }
        _ => return None,
    }
    parts.into_iter().find(|part| !is_constant(file, *part))
}

fn is_constant(file: &File<'_, '_>, id: ExprId) -> bool {
    is_constant_within(file, id, DEEP)
}

/// Most conversions that are looked through: a value may be made of itself.
const DEEP: usize = 16;

fn is_constant_within(file: &File<'_, '_>, id: ExprId, deep: usize) -> bool {
    let Some(deep) = deep.checked_sub(1) else { return false };
    let unit = file.unit;
    let resolved = file.names.resolved(id);
    let name = match unit.expr(resolved) {
        ExprKind::Text(_) | ExprKind::Number(_) | ExprKind::Bool(_) => return true,
        ExprKind::Name(name) | ExprKind::Member { name, .. } => *name,
        ExprKind::Index { of, .. } => match unit.expr(*of) {
            ExprKind::Name(name) | ExprKind::Member { name, .. } => *name,
            _ => return true,
        },
        ExprKind::Call { args, .. } => {
            // What a function makes of values is its own matter; a conversion changes nothing.
            let called = file.called(resolved).unwrap_or_default();
            let converts = matches!(
                called,
                "str" | "String" | "int" | "repr" | "to_string" | "toString" | "ToString" | "Itoa"
            );
            return match (converts, args.as_slice()) {
                (true, [only]) => is_constant_within(file, only.value, deep),
                (true, []) => false,
                _ => true,
            };
        }
        _ => return true,
    };
    let upper = name.len() > 1 && !name.chars().any(char::is_lowercase);
    let last = words(name).pop().unwrap_or_default();
    upper || CONSTANT.contains(&last.as_str())
}

/// Texts of queries with values in them, by the value of the attribute they end in.
pub(super) struct Queries {
    found: BTreeMap<ExprId, Span>,
}

impl Queries {
    /// Reads the values of attributes that hold texts of queries, and what callers in the same
    /// file hand to them.
    pub(super) fn of(file: &File<'_, '_>, pairs: &[(ExprId, ExprId)]) -> Queries {
        let mut found = BTreeMap::new();
        for (key, value) in pairs {
            let is_text = super::key(file, *key).is_some_and(|key| {
                matches!(super::plain(&key.text).as_str(), "dbstatement" | "dbquerytext")
            });
            if !is_text {
                continue;
            }
            let mut value_of = *value;
            // `query[:1000] if query else None`
            for _ in 0..4 {
                match file.unit.expr(file.names.resolved(value_of)) {
                    ExprKind::Choice { yes, no, .. } => {
                        value_of =
                            if matches!(file.unit.expr(*yes), ExprKind::Null) { *no } else { *yes };
                    }
                    ExprKind::Index { of, .. } => value_of = *of,
                    _ => break,
                }
            }
            if let Some(part) = interpolated(file, value_of) {
                found.insert(*value, file.expr_span(part));
            } else if let Some(part) = handed(file, value_of) {
                found.insert(*value, file.expr_span(part));
            }
        }
        Queries { found }
    }

    /// The value in the text that an attribute holds.
    pub(super) fn of_value(&self, value: ExprId) -> Option<Span> {
        self.found.get(&value).copied()
    }
}

/// The value in a text that a caller hands to the parameter which an expression is.
fn handed(file: &File<'_, '_>, id: ExprId) -> Option<ExprId> {
    let unit = file.unit;
    let ExprKind::Name(name) = unit.expr(id) else { return None };
    let home = unit
        .outward(unit.function_of(id))
        .find(|function| unit.function(*function).params.iter().any(|param| param.name == *name))?;
    if unit.function(home).name.is_empty() {
        return None;
    }
    file.callers(home).iter().copied().find_map(|call| {
        let position = unit.function(home).params.iter().position(|param| param.name == *name)?;
        interpolated(file, unit.arg(call, position, name)?)
    })
}

/// What must not be in telemetry: the key says so, or the name of the value.
pub(super) fn sensitive(
    file: &File<'_, '_>,
    key: &Scalar,
    value: ExprId,
) -> Option<(Sensitive, Span)> {
    let unit = file.unit;
    let mut at = value;
    for _ in 0..8 {
        match unit.expr(at) {
            // What is written in the code says nothing about a person.
            ExprKind::Text(_) | ExprKind::Number(_) | ExprKind::Bool(_) | ExprKind::Null => {
                return None;
            }
            ExprKind::Unary { op: "!" | "not", .. } => return None,
            ExprKind::Unary { of, .. } | ExprKind::Await(of) | ExprKind::Propagate(of) => at = *of,
            ExprKind::Binary { op, left, .. } => {
                if !matches!(*op, "+" | "or" | "||" | "??") {
                    return None;
                }
                at = *left;
            }
            ExprKind::Call { callee, args, .. } => {
                let path = file.names.callee(at).unwrap_or_default();
                let name = file.called(at).unwrap_or_default();
                if sensitive::protects(&path) || sensitive::protects(name) {
                    return None;
                }
                match (unit.expr(*callee), args.as_slice()) {
                    // `user.getEmail()`, `email.lower()`, `str(email)`
                    (ExprKind::Member { of, name }, []) => {
                        if let Some(found) = sensitive::of_name(name.trim_start_matches("get")) {
                            return Some((found, file.expr_span(at)));
                        }
                        // `token.Locale()` is what it says, no token.
                        if !is_same(name) {
                            break;
                        }
                        at = *of;
                    }
                    (_, [only]) => at = only.value,
                    _ => break,
                }
            }
            ExprKind::Name(_) => {
                let resolved = file.names.resolved(at);
                if resolved == at {
                    break;
                }
                if let ExprKind::Name(name) = unit.expr(at)
                    && let Some(found) = sensitive::of_name(name)
                    && !is_protected(file, resolved)
                {
                    return Some((found, file.expr_span(at)));
                }
                at = resolved;
            }
            _ => break,
        }
    }
    if let Some(found) = sensitive::of_name(&key.text) {
        return Some((found, key.span));
    }
    // `GetType().FullName`, `repository.full_name`: not every full name is a person's.
    if let ExprKind::Member { of, name } = unit.expr(at)
        && words(name).last().is_some_and(|word| word == "name")
        && !is_person(file, *of)
    {
        return None;
    }
    let name = match unit.expr(at) {
        ExprKind::Name(name) | ExprKind::Member { name, .. } => *name,
        ExprKind::Index { key: Some(key), .. } => {
            let text = unit.literal(*key)?;
            return sensitive::of_name(text).map(|found| (found, file.expr_span(*key)));
        }
        _ => return None,
    };
    sensitive::of_name(name).map(|found| (found, file.expr_span(at)))
}

/// Whether an expression is named for a person.
fn is_person(file: &File<'_, '_>, id: ExprId) -> bool {
    let name = match file.unit.expr(id) {
        ExprKind::Name(name) | ExprKind::Member { name, .. } => *name,
        ExprKind::Call { .. } => file.called(id).unwrap_or_default(),
        _ => return false,
    };
    let people = [
        "user",
        "customer",
        "person",
        "contact",
        "patient",
        "account",
        "profile",
        "employee",
        "member",
        "client",
        "owner",
        "author",
        "request",
        "req",
        "body",
        "input",
        "form",
        "claims",
        "guest",
        "passenger",
        "holder",
        "recipient",
        "applicant",
        "student",
        "buyer",
    ];
    words(name).last().is_some_and(|word| people.contains(&word.as_str()))
}

fn is_protected(file: &File<'_, '_>, id: ExprId) -> bool {
    let unit = file.unit;
    unit.all_in(id).into_iter().any(|one| match unit.expr(one) {
        ExprKind::Call { .. } => {
            sensitive::protects(&file.names.callee(one).unwrap_or_default())
                || file.called(one).is_some_and(sensitive::protects)
        }
        _ => false,
    })
}

/// Where a clock is read again, if the value is the time since something in the same span.
pub(super) fn elapsed(
    file: &File<'_, '_>,
    layout: &Layout<'_, '_>,
    of: Option<ExprId>,
    value: ExprId,
) -> Option<Span> {
    let unit = file.unit;
    // The current span began elsewhere, and takes longer.
    let holder = file.names.resolved(of?);
    if file.call(holder).is_some_and(|call| call.role(Role::SpanCurrent).is_some()) {
        return None;
    }
    let difference = clocks::difference(file, value)?;
    let start = difference.start?;
    let ExprKind::Name(name) = unit.expr(of?) else { return None };
    let function = unit.function_of(start);
    // What binds the span stands before the first reading, in a block around it.
    let stmt = layout.stmt(start)?;
    let bound = layout.outward(stmt).any(|outer| match unit.stmt(outer) {
        StmtKind::With { items, .. } => items.iter().any(|(_, target)| {
            target.is_some_and(
                |target| matches!(unit.expr(target), ExprKind::Name(one) if one == name),
            )
        }),
        _ => false,
    });
    let before = || {
        let at = unit.stmts[stmt.0 as usize].at.start;
        unit.statements(function).into_iter().any(|one| {
            let stands = unit.stmts[one.0 as usize].at.start < at;
            let binds = match unit.stmt(one) {
                StmtKind::Let { targets, .. } => targets.iter().any(
                    |target| matches!(unit.expr(*target), ExprKind::Name(known) if known == name),
                ),
                StmtKind::With { items, body: None } => items.iter().any(|(_, target)| {
                    target.is_some_and(|target| {
                        matches!(unit.expr(target), ExprKind::Name(known) if known == name)
                    })
                }),
                _ => false,
            };
            stands && binds
        })
    };
    let callback = unit.function(function).params.first().is_some_and(|param| param.name == *name);
    (bound || before() || callback).then(|| file.expr_span(difference.now))
}
