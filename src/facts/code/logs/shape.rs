//! What is certain of one value: its name, whether it is a map, where it was read.

use super::Level;
use crate::facts::code::file::File;
use crate::lang::sensitive;
use crate::libraries::Role;
use crate::parse::code::Language;
use crate::parse::unit::{ExprId, ExprKind, Function, Part, StmtKind};

/// Marks of parameters that a framework fills from a request.
const FILLED: &[(&str, &str)] = &[
    ("@RequestParam", "query"),
    ("@PathVariable", "path"),
    ("@RequestBody", "body"),
    ("@RequestHeader", "headers"),
    ("@QueryParam", "query"),
    ("@PathParam", "path"),
    ("@HeaderParam", "headers"),
    ("@Query(", "query"),
    ("@Param(", "path"),
    ("@Body(", "body"),
    ("@Headers(", "headers"),
    ("[FromQuery", "query"),
    ("[FromRoute", "path"),
    ("[FromBody", "body"),
    ("[FromHeader", "headers"),
];

/// Methods that give what they are called on, in another form.
pub(super) const SAME: &str = "\
    clone to_string as_str unwrap expect to_owned into trim strip toString ToString as_deref \
    as_ref borrow unwrap_or_default lower upper toLowerCase toUpperCase decode encode String \
    Trim display copy items";

/// Whether a method without arguments gives what it is asked of again.
pub(in crate::facts::code) fn is_same(method: &str) -> bool {
    is_in(method, SAME) || matches!(method, "get" | "value" | "Value" | "orElseThrow")
}

/// Methods that look a value up by the name they are given.
pub(super) const LOOK_UPS: &str = "\
    get Get getenv Getenv env var getHeader get_header header Header getParameter FormValue \
    PostFormValue Query Param Cookie cookie GetString getProperty getString LookupEnv getItem \
    GetHeader GetValue pop param PathValue DefaultQuery PostForm getOrDefault getAttribute";

/// Whether a list of words has this one.
pub(super) fn is_in(word: &str, list: &str) -> bool {
    list.split_ascii_whitespace().any(|known| known == word)
}

pub(super) fn is_text_of(file: &File<'_, '_>, id: ExprId) -> bool {
    matches!(
        file.unit.expr(file.names.resolved(id)),
        ExprKind::Text(_) | ExprKind::Template(_) | ExprKind::Binary { op: "+", .. }
    )
}

/// Whether an expression is certainly a map.
pub(super) fn is_map(file: &File<'_, '_>, id: ExprId) -> bool {
    let unit = file.unit;
    let of = file.names.resolved(id);
    match unit.expr(of) {
        ExprKind::Map { of: None, .. } => true,
        ExprKind::Map { of: Some(of), .. } => unit.slice(&unit.place(*of)).starts_with("map["),
        ExprKind::Call { callee, .. } => {
            let made = unit.slice(&unit.place(*callee));
            let made = made.split('<').next().unwrap_or(made).trim_start_matches("new ");
            matches!(
                made,
                "dict"
                    | "asdict"
                    | "dataclasses.asdict"
                    | "HashMap"
                    | "LinkedHashMap"
                    | "TreeMap"
                    | "ConcurrentHashMap"
                    | "Map.of"
                    | "Map.ofEntries"
                    | "Dictionary"
                    | "HashMap::new"
                    | "HashMap::from"
                    | "BTreeMap::new"
                    | "BTreeMap::from"
            )
        }
        ExprKind::Name(_) | ExprKind::Member { .. } => {
            file.names.declared(of).is_some_and(|ty| is_map_type(ty) && !is_own_type(file, ty))
        }
        _ => false,
    }
}

/// Python: whether a name that sounds like a map is imported from the program itself.
fn is_own_type(file: &File<'_, '_>, ty: &str) -> bool {
    const MAPS: &[&str] = &["typing", "typing_extensions", "collections", "types"];
    let bare = ty.trim_start_matches([':', ' ']).split(['[', ' ', '.']).next().unwrap_or(ty);
    let path = file.type_path(bare);
    file.unit.language == Language::Python
        && path.split_once('.').is_some_and(|(first, _)| !MAPS.contains(&first))
}

fn is_map_type(ty: &str) -> bool {
    let ty = ty.trim_start_matches([':', '&', '*', ' ']).trim();
    let bare = ty.split(['<', '[', ' ']).next().unwrap_or(ty);
    let bare = bare.rsplit(['.', ':']).next().unwrap_or(bare);
    ty.starts_with("map[")
        || matches!(
            bare,
            "dict"
                | "Dict"
                | "Mapping"
                | "MutableMapping"
                | "Map"
                | "HashMap"
                | "LinkedHashMap"
                | "TreeMap"
                | "ConcurrentHashMap"
                | "BTreeMap"
                | "Record"
                | "Dictionary"
                | "IDictionary"
                | "IReadOnlyDictionary"
        )
}

/// Whether a value is only a part of another, `token[:8]`, or what nobody can use: a signal that work
/// is to stop, which is called a token.
pub(super) fn is_part(file: &File<'_, '_>, id: ExprId) -> bool {
    let unit = file.unit;
    if let ExprKind::Index { of, .. } = unit.expr(id) {
        let inside = unit.place(*of).end..unit.place(id).end;
        let text = unit.slice(&inside);
        return text.contains(':') && !text.contains(['"', '\''])
            || (matches!(unit.language, Language::Csharp | Language::Rust) && text.contains(".."));
    }
    file.names.declared(id).is_some_and(|ty| ty.contains("CancellationToken"))
        || is_name_of_cookie(file, id)
}

/// Whether a value is what settings call a cookie: `CONF.authCookie()`. No cookie comes from them.
fn is_name_of_cookie(file: &File<'_, '_>, id: ExprId) -> bool {
    let unit = file.unit;
    let member = match unit.expr(id) {
        ExprKind::Call { callee, args, .. } if args.is_empty() => *callee,
        _ => id,
    };
    let ExprKind::Member { of, name } = unit.expr(member) else { return false };
    let owner = match unit.expr(*of) {
        ExprKind::Name(owner) | ExprKind::Member { name: owner, .. } => owner.to_ascii_lowercase(),
        _ => return false,
    };
    let owner = owner.trim_start_matches('_').trim_end_matches("uration");
    let settings = ["conf", "config", "settings", "properties", "props"];
    name.to_ascii_lowercase().ends_with("cookie") && settings.iter().any(|it| owner.ends_with(it))
}

/// Whether a value is what logs in: `"Basic " + encoded`, or a login in base64.
pub(super) fn is_login(file: &File<'_, '_>, value: ExprId) -> bool {
    let unit = file.unit;
    if is_answer(file, value) {
        return false;
    }
    let all = unit.all_in(value);
    let begins = |text: &str| {
        let text = text.trim_start_matches("Authorization: ");
        let rest = text.strip_prefix("Basic ").or_else(|| text.strip_prefix("Bearer "));
        rest.is_some_and(|rest| matches!(rest, "" | "%s" | "%v" | "{}" | "{0}"))
    };
    let headed = all.iter().any(|id| match unit.expr(*id) {
        ExprKind::Text(text) => begins(text) && *id != value,
        ExprKind::Template(parts) => {
            matches!(parts.first(), Some(Part::Text(text)) if begins(text)) && parts.len() > 1
        }
        _ => false,
    });
    let made = matches!(
        unit.expr(value),
        ExprKind::Template(_) | ExprKind::Binary { op: "+", .. } | ExprKind::Call { .. }
    );
    let encodes = || {
        let text = unit.slice(&unit.place(value));
        ["base64", "b64encode", "Base64", "btoa("].iter().any(|word| text.contains(word))
            && all.iter().any(|id| match unit.expr(*id) {
                ExprKind::Name(name) | ExprKind::Member { name, .. } => {
                    sensitive::of_name(name).is_some_and(|it| it.what == "password")
                }
                _ => false,
            })
    };
    made && (headed || encodes())
}

/// Whether a value is what a request gives back: what was sent with it is not in it.
fn is_answer(file: &File<'_, '_>, value: ExprId) -> bool {
    let unit = file.unit;
    let call = match unit.expr(value) {
        ExprKind::Await(of) => *of,
        _ => value,
    };
    matches!(unit.expr(call), ExprKind::Call { .. })
        && (file.call(call).is_some_and(|call| call.role(Role::Outbound).is_some())
            || unit.args(call).iter().any(|arg| arg.name == Some("headers")))
}

/// Whether a value is certainly yes or no.
pub(super) fn is_truth(file: &File<'_, '_>, id: ExprId) -> bool {
    let unit = file.unit;
    let compares = |id: ExprId| match unit.expr(id) {
        ExprKind::Binary { op, .. } => matches!(
            *op,
            "==" | "!=" | "===" | "!==" | "<" | ">" | "<=" | ">=" | "in" | "instanceof" | "is"
        ),
        ExprKind::Unary { op, .. } => matches!(*op, "!" | "not"),
        ExprKind::Bool(_) => true,
        _ => false,
    };
    match unit.expr(id) {
        ExprKind::Binary { op: "&&" | "||" | "and" | "or", left, right } => {
            compares(*left) && compares(*right)
        }
        _ => compares(id),
    }
}

/// The name that says what a value is.
pub(super) fn leaf_name(file: &File<'_, '_>, id: ExprId) -> Option<String> {
    let unit = file.unit;
    match unit.expr(id) {
        ExprKind::Name(name) | ExprKind::Member { name, .. } => Some((*name).to_owned()),
        ExprKind::Index { of, key } => match key.and_then(|key| unit.literal(key)) {
            Some(key) => Some(key.to_owned()),
            None => leaf_name(file, *of),
        },
        ExprKind::Unary { of, .. } | ExprKind::Await(of) | ExprKind::Propagate(of) => {
            leaf_name(file, *of)
        }
        ExprKind::Call { callee, args, .. } => {
            let ExprKind::Member { of, name } = unit.expr(*callee) else { return None };
            match args.first().map(|arg| arg.value) {
                Some(key) if is_in(name, LOOK_UPS) => match unit.expr(key) {
                    // `headers.get(X_SHOP_TOKEN)`
                    ExprKind::Name(name) if !name.contains(char::is_lowercase) => {
                        Some((*name).to_owned())
                    }
                    _ => unit.literal(key).map(str::to_owned),
                },
                Some(_) => None,
                None if is_in(name, SAME) => leaf_name(file, *of),
                None => {
                    let bare = name.strip_prefix("get").or_else(|| name.strip_prefix("Get"));
                    let bare = bare.map(|rest| rest.trim_start_matches('_'));
                    Some(bare.filter(|rest| !rest.is_empty()).unwrap_or(name).to_owned())
                }
            }
        }
        _ => None,
    }
}

/// Which part of a request, or the environment, a value is read from, and whether it is all of it.
pub(super) fn request(file: &File<'_, '_>, id: ExprId) -> (Option<&'static str>, bool) {
    if let Some(part) = filled(file, file.names.resolved(id)) {
        return (Some(part), false);
    }
    let unit = file.unit;
    if is_of_reply(file, id) {
        return (None, false);
    }
    // A parameter without a type stands for nothing: then what is written counts.
    let written = || unit.slice(&unit.place(id)).to_owned();
    let path = file.names.path(id).unwrap_or_else(written);
    // `System.getenv(name)` is one variable, also where it is kept first.
    let given = [id, file.names.resolved(id)]
        .into_iter()
        .any(|id| matches!(unit.expr(id), ExprKind::Call { args, .. } if !args.is_empty()));
    let ends = path.char_indices().filter(|(_, c)| matches!(c, '.' | '[' | '(')).map(|(at, _)| at);
    let ends: Vec<usize> = ends.chain([path.len()]).collect();
    for end in ends {
        let found = file.table.role(&path[..end], Role::Request);
        if let Some(part) = found.and_then(|api| api.get("part")) {
            let rest = path[end..].trim_start_matches("()");
            return (Some(part), rest.is_empty() && !given && part != "value");
        }
    }
    if let ExprKind::Call { callee, .. } = unit.expr(id)
        && let ExprKind::Member { of, name } = unit.expr(*callee)
        && is_in(name, LOOK_UPS)
        && unit.slice(&unit.place(*of)).trim_end_matches("()").to_lowercase().ends_with("headers")
    {
        return (Some("headers"), false);
    }
    (None, false)
}

/// Whether a part is of the answer to a request that the code makes, whatever it is called:
/// `request = session.get(url)`, `request.headers`.
fn is_of_reply(file: &File<'_, '_>, id: ExprId) -> bool {
    const ASKS: &str = "delete get head patch post put request";
    let unit = file.unit;
    let ExprKind::Member { of, .. } = unit.expr(id) else { return false };
    let ExprKind::Name(name) = unit.expr(*of) else { return false };
    let asked = |value: ExprId| {
        let asks = |id: &ExprId| match unit.expr(*id) {
            ExprKind::Call { callee, .. } => match unit.expr(*callee) {
                ExprKind::Member { of, name } => {
                    is_in(name, ASKS) && unit.slice(&unit.place(*of)).ends_with("session")
                }
                _ => false,
            },
            _ => false,
        };
        unit.all_in(value).iter().any(asks)
    };
    unit.language == Language::Python
        && unit.statements(unit.function_of(id)).into_iter().any(|stmt| match unit.stmt(stmt) {
            StmtKind::Let { targets, value: Some(value), .. } => {
                matches!(targets.as_slice(), [target] if matches!(unit.expr(*target), ExprKind::Name(it) if it == name))
                    && asked(*value)
            }
            _ => false,
        })
}

/// Whether a value is a configuration that was loaded as a whole.
pub(super) fn configuration(file: &File<'_, '_>, id: ExprId) -> bool {
    let ExprKind::Name(name) = file.unit.expr(id) else { return false };
    if !matches!(*name, "config" | "cfg" | "conf" | "settings" | "configuration") {
        return false;
    }
    let Some(value) = file.names.value(id) else { return false };
    let ExprKind::Call { callee, .. } = file.unit.expr(value) else { return false };
    let called = file.unit.slice(&file.unit.place(*callee)).to_ascii_lowercase();
    let name = called.rsplit(['.', ':']).next().unwrap_or(&called);
    ["load", "parse", "read", "from_env", "dotenv_values"].iter().any(|word| name.contains(word))
}

/// The part of a request that a framework fills a parameter with.
fn filled(file: &File<'_, '_>, id: ExprId) -> Option<&'static str> {
    let ExprKind::Name(name) = file.unit.expr(id) else { return None };
    let unit = file.unit;
    let function = unit
        .outward(unit.function_of(id))
        .map(|id| unit.function(id))
        .find(|function| function.params.iter().any(|param| param.name == *name))?;
    let param = function.params.iter().find(|param| param.name == *name)?;
    let text = param.ty.is_none_or(|ty| {
        matches!(
            ty.trim_start_matches([':', ' ']),
            "str" | "String" | "string" | "Optional[str]" | "string?"
        )
    });
    if !text {
        return None;
    }
    let from =
        function.params.iter().map(|other| other.at.end).filter(|end| *end <= param.at.start).max();
    let before = unit.slice(&(from.unwrap_or(function.name_at.end)..param.at.start));
    let marked = FILLED.iter().find(|(mark, _)| before.contains(mark)).map(|(_, part)| *part);
    marked.or_else(|| routed(file, function, name).then_some("path"))
}

/// Whether the path of a route names a parameter: `"/users/<name>"`, `"/users/{name}"`.
fn routed(file: &File<'_, '_>, function: &Function<'_>, name: &str) -> bool {
    function.decorators.iter().any(|decorator| {
        let routes = file.call(*decorator).is_some_and(|call| call.role(Role::Route).is_some());
        let path = file.unit.args(*decorator).first().and_then(|arg| file.unit.literal(arg.value));
        routes
            && path.is_some_and(|path| {
                ["<", "<string:", "<path:", "{"].iter().any(|open| {
                    let close = if *open == "{" { "}" } else { ">" };
                    path.contains(&format!("{open}{name}{close}"))
                })
            })
    })
}

/// The level that an argument names: `logging.INFO`, `Level.WARN`.
pub(super) fn level_of(file: &File<'_, '_>, id: ExprId) -> Option<Level> {
    match file.unit.expr(id) {
        ExprKind::Text(text) => Level::named(text),
        ExprKind::Member { name, .. } | ExprKind::Name(name) => {
            Level::named(name.strip_prefix("Level").unwrap_or(name))
        }
        _ => None,
    }
}

/// Whether the value of a header may let somebody in: `Authorization`, `X-Shop-Auth`, `X-Session`.
pub(super) fn lets_in(header: &str) -> bool {
    const WORDS: &[&str] = &["auth", "authentication", "key", "session", "sid", "signature"];
    sensitive::of_name(header).is_some()
        || sensitive::words(header).iter().any(|word| WORDS.contains(&word.as_str()))
}
