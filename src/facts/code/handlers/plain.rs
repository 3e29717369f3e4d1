//! Calls that only read or make a value.

use crate::facts::code::file::File;
use crate::libraries::Role;
use crate::parse::code::Language;
use crate::parse::unit::{ExprId, ExprKind, Unit};

/// First words of names of what only reads or makes a value.
const PLAIN: &[&str] = &[
    "parse",
    "decode",
    "encode",
    "unquote",
    "quote",
    "convert",
    "coerce",
    "loads",
    "dumps",
    "marshal",
    "unmarshal",
    "stringify",
    "valueof",
    "from",
    "to",
    "as_",
    "is",
    "has",
    "split",
    "join",
    "trim",
    "strip",
    "replace",
    "format",
    "int",
    "float",
    "str",
    "len",
    "bool",
    "list",
    "dict",
    "tuple",
    "set",
    "getattr",
    "setattr",
    "hasattr",
    "isinstance",
    "type",
    "repr",
    "literal_eval",
    "strptime",
    "strftime",
    "datetime",
    "uuid",
    "url",
    "date",
    "bigint",
    "number",
    "string",
    "decimal",
    "compile",
    "match",
    "getitem",
    "substring",
    "indexof",
    "charat",
    "contains",
    "startswith",
    "endswith",
    "lower",
    "upper",
    "append",
    "apply",
    "push",
    "add",
    "index",
    "items",
    "keys",
    "values",
    "json",
    "round",
    "min",
    "max",
    "sum",
    "sorted",
    "map",
    "filter",
    "zip",
    "range",
    "enumerate",
    "slice",
    "equals",
    "hash",
    "b64",
    "atob",
    "btoa",
    "regex",
    "pattern",
    "safe_load",
    "get_type",
    "gettype",
    "getclass",
    "getmethod",
    "getfield",
    "getdeclared",
    "getenv",
    "getproperty",
    "getstring",
    "getint",
    "gettext",
    "gettime",
    "math",
    "abs",
    "print",
    "length",
    "size",
    "isoformat",
    "group",
    "find",
    "try",
    "as",
    "timezone",
    "pytz",
    "all",
    "any",
    "next",
    "iter",
    "copy",
    "deepcopy",
    "sort",
    "version",
    "atoi",
    "bind",
    "shouldbind",
    "param",
    "pathvariable",
    "changetype",
    "readvalue",
    "readtree",
];

/// Whether a call is `it.getName()`.
pub(super) fn is_getter(unit: &Unit<'_>, id: ExprId) -> bool {
    let ExprKind::Call { callee, args, .. } = unit.expr(id) else { return false };
    let ExprKind::Member { name, .. } = unit.expr(*callee) else { return false };
    args.is_empty() && name.starts_with("get")
}

/// Whether a call only reads or makes a value.
pub(super) fn is_plain(file: &File<'_, '_>, id: ExprId) -> bool {
    let unit = file.unit;
    let ExprKind::Call { callee, args, .. } = unit.expr(id) else { return true };
    let outside = file.call(id).is_some_and(|call| {
        call.role(Role::Outbound).is_some() || call.role(Role::Fallible).is_some()
    });
    let name = match unit.expr(*callee) {
        ExprKind::Member { name, .. } | ExprKind::Name(name) => name.to_ascii_lowercase(),
        _ => return false,
    };
    let reads = ["parse", "decode", "serialize", "base64"].iter().any(|word| name.contains(word));
    // `getIssuerUrl()` puts an address together.
    let names = name.starts_with("get") && (name.ends_with("url") || name.ends_with("uri"));
    // `/a+/.exec(text)`, `new RegExp(pattern).test(text)`
    let script =
        matches!(unit.language, Language::Javascript | Language::Typescript | Language::Tsx);
    let matches = script
        && match unit.expr(*callee) {
            ExprKind::Member { of, name: "exec" | "test" } => {
                let on = unit.slice(&unit.place(*of));
                on.starts_with('/') || on.starts_with("new RegExp(")
            }
            _ => false,
        };
    if matches {
        return true;
    }
    // A list is given what it is to hold.
    if args.is_empty() && matches!(name.as_str(), "add" | "append" | "push") {
        return false;
    }
    !outside && (name == "get" || reads || names || PLAIN.iter().any(|word| name.starts_with(word)))
}
