//! Names of spans that take any number of forms.

use crate::facts::code::file::File;
use crate::facts::scalar::Scalar;
use crate::lang::sensitive::words;
use crate::parse::code::Language;
use crate::parse::unit::{ExprId, ExprKind, FunctionId, Part};

/// Last words of names whose values have no bound.
const OPEN: &[&str] = &[
    "id",
    "uuid",
    "guid",
    "path",
    "pathname",
    "url",
    "uri",
    "query",
    "sql",
    "email",
    "originalurl",
    "rawpath",
    "querystring",
    "userid",
    "orderid",
    "requestid",
    "sessionid",
];

/// Words before them that say that there are few.
const FEW: &[&str] = &[
    "operation",
    "op",
    "route",
    "template",
    "pattern",
    "shard",
    "partition",
    "node",
    "instance",
    "worker",
    "region",
    "zone",
    "cluster",
    "plugin",
    "tool",
    "model",
    "method",
    "task",
    "step",
    "component",
    "resource",
    "type",
    "kind",
    "base",
    "metric",
    "action",
    "command",
    "module",
    "class",
    "rule",
    "handler",
];

/// Calls that change how a value is written, not which it is.
const SAME: &[&str] = &[
    "str",
    "string",
    "tostring",
    "lower",
    "upper",
    "tolowercase",
    "touppercase",
    "strip",
    "trim",
    "format",
    "repr",
    "clone",
    "asstring",
    "tolower",
    "toupper",
    "valueof",
    "hex",
    "sprint",
    "tostringlossy",
    "display",
    "asstr",
    "toowned",
    "encodeuricomponent",
];

/// Calls that put values into a text.
const FORMAT: &[&str] =
    &["format", "sprintf", "formatted", "concat", "join", "Format", "Sprintf", "Sprint", "Concat"];

/// The value in the name of a span that has no bound.
pub(super) fn unbounded(file: &File<'_, '_>, name: ExprId) -> Option<Scalar> {
    let unit = file.unit;
    let start = unit.function_of(name);
    let name = file.names.resolved(name);
    let mut open = vec![name];
    if is_made_before(file, start, name) {
        return None;
    }
    // The whole name is a raw target: only what a request holds is certain then.
    if let Some(found) = value(file, name, true) {
        return Some(found);
    }
    let mut steps = 0;
    while let Some(id) = open.pop() {
        steps += 1;
        if steps > 100 {
            break;
        }
        match unit.expr(id) {
            ExprKind::Template(parts) => {
                for part in parts {
                    if let Part::Value(inner, _) = part
                        && let Some(found) = value(file, *inner, false)
                    {
                        return Some(found);
                    }
                }
            }
            ExprKind::Binary { op: "+" | "%", left, right } => {
                for side in [left, right] {
                    match unit.expr(*side) {
                        ExprKind::Binary { .. } | ExprKind::Template(_) => open.push(*side),
                        _ => {}
                    }
                    let items = match unit.expr(*side) {
                        ExprKind::List(items) => items.clone(),
                        _ => vec![*side],
                    };
                    if let Some(found) = items.into_iter().find_map(|item| value(file, item, false))
                    {
                        return Some(found);
                    }
                }
            }
            ExprKind::Call { callee, args, .. } => {
                let called = match unit.expr(*callee) {
                    ExprKind::Member { name, .. } | ExprKind::Name(name) => *name,
                    _ => "",
                };
                if FORMAT.contains(&called) {
                    let found = args.iter().find_map(|arg| value(file, arg.value, false));
                    let found = found.or_else(|| inline(file, args.first()?.value));
                    if found.is_some() {
                        return found;
                    }
                }
            }
            ExprKind::Choice { yes, no, .. } => open.extend([*no, *yes]),
            ExprKind::Unary { op: "&", of } => open.push(*of),
            _ => {}
        }
    }
    None
}

/// A value that the text of a macro of Rust names by itself: `"buy {order_id}"`.
fn inline(file: &File<'_, '_>, text: ExprId) -> Option<Scalar> {
    if file.unit.language != Language::Rust {
        return None;
    }
    file.unit.literal(text)?;
    let at = file.unit.place(text);
    let written = file.unit.slice(&at);
    written.match_indices('{').find_map(|(open, _)| {
        let inside = written.get(open + 1..)?.split('}').next()?;
        let name = inside.split(':').next().unwrap_or(inside);
        let whole =
            !name.is_empty() && name.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'_');
        if !whole || is_constant(name) || !is_open(name) {
            return None;
        }
        let start = at.start + u32::try_from(open + 1).ok()?;
        let span = file.span(&(start..start + u32::try_from(name.len()).ok()?));
        Some(Scalar { text: name.to_owned(), span, known: true, plain: true })
    })
}

/// Whether a name was put together by the function around that makes the one that starts the span:
/// once for each thing that is set up.
fn is_made_before(file: &File<'_, '_>, start: FunctionId, name: ExprId) -> bool {
    let unit = file.unit;
    let home = unit.function_of(name);
    let asked = |id: FunctionId| {
        let mut params = unit.function(id).params.iter().filter_map(|param| param.ty);
        params.any(|ty| ty.contains("Request") || ty.ends_with("Context"))
    };
    unit.language == Language::Go
        && home != start
        && unit.outward(start).skip(1).any(|id| id == home)
        && !asked(home)
}

/// A value that a name says is of any number of forms.
fn value(file: &File<'_, '_>, id: ExprId, whole: bool) -> Option<Scalar> {
    let unit = file.unit;
    let mut at = id;
    for _ in 0..8 {
        match unit.expr(at) {
            ExprKind::Name(name) => {
                // A constant of the file is one form.
                if whole || file.names.text(at).is_some() || is_constant(name) {
                    return None;
                }
                return is_open(name).then(|| scalar(file, at, name));
            }
            ExprKind::Member { of, name } => {
                if is_constant(name) {
                    return None;
                }
                let owner = match unit.expr(*of) {
                    ExprKind::Name(owner) => *owner,
                    ExprKind::Member { name, .. } => *name,
                    _ => "",
                };
                let raw = is_request(owner)
                    || (matches!(owner, "URL" | "url" | "uri")
                        && matches!(*name, "Path" | "RawQuery" | "path" | "pathname"));
                if whole && !raw {
                    return None;
                }
                let few = words(owner).last().is_some_and(|word| FEW.contains(&word.as_str()))
                    && !is_request(owner);
                return (is_open(name) && !few).then(|| scalar(file, at, name));
            }
            ExprKind::Call { callee, args, .. } => match unit.expr(*callee) {
                ExprKind::Member { of, name } => {
                    let plain = name.to_ascii_lowercase().replace('_', "");
                    if SAME.contains(&plain.as_str()) {
                        at = if args.is_empty() { *of } else { args[0].value };
                        continue;
                    }
                    // `getRequestURI()`, `uri().path()`: what a getter gives is named by it.
                    let getter = args.is_empty();
                    let request = match unit.expr(*of) {
                        ExprKind::Name(owner) => is_request(owner),
                        ExprKind::Call { callee, .. } => matches!(
                            unit.expr(*callee),
                            ExprKind::Member { name: "uri" | "url" | "getURI", .. }
                        ),
                        _ => false,
                    };
                    let open = getter && is_open(name) && (request || !whole);
                    return open.then(|| scalar(file, at, name));
                }
                ExprKind::Name(name) if SAME.contains(&name.to_ascii_lowercase().as_str()) => {
                    at = args.first()?.value;
                }
                _ => return None,
            },
            ExprKind::Unary { of, .. } | ExprKind::Await(of) | ExprKind::Propagate(of) => at = *of,
            ExprKind::Index { of, key } => {
                // `params["id"]`
                let key = (*key).and_then(|key| unit.literal(key));
                return match (key, whole) {
                    (Some(key), false) => is_open(key).then(|| scalar(file, at, key)),
                    (None, false) => {
                        at = *of;
                        continue;
                    }
                    _ => None,
                };
            }
            _ => return None,
        }
    }
    None
}

fn scalar(file: &File<'_, '_>, id: ExprId, name: &str) -> Scalar {
    Scalar { text: name.to_owned(), span: file.expr_span(id), known: true, plain: true }
}

fn is_constant(name: &str) -> bool {
    name.len() > 1
        && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
        && name.contains('_')
}

fn is_request(name: &str) -> bool {
    matches!(
        name.to_ascii_lowercase().as_str(),
        "request" | "req" | "r" | "httprequest" | "servletrequest" | "exchange" | "ctx" | "context"
    ) && !name.eq("R")
}

fn is_open(name: &str) -> bool {
    let words = words(name);
    let Some((last, before)) = words.split_last() else { return false };
    // `ids` is a list, `queryType` is a type.
    OPEN.contains(&last.as_str()) && !before.last().is_some_and(|word| FEW.contains(&word.as_str()))
}

#[cfg(test)]
mod tests {
    use super::is_open;

    #[test]
    fn the_last_word_of_a_name_says_what_it_is() {
        for name in
            ["id", "user_id", "orderId", "requestPath", "getRequestURI", "sql", "email", "UserID"]
        {
            assert!(is_open(name), "{name}");
        }
        for name in
            ["operation_id", "queryType", "method", "grid", "shard_id", "route", "ids", "valid"]
        {
            assert!(!is_open(name), "{name}");
        }
    }
}
