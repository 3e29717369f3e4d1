//! Reads of an alert's message, and of other data by literal keys, in whatever form a language
//! has: `a["labels"]`, `a.get("labels")`, `a.labels`, `a.Labels`, `a.getLabels()`.

use super::file::File;
use super::routines::Routine;
use crate::parse::code::Language;
use crate::parse::unit::{ExprId, ExprKind, FunctionId, Param, Place, StmtKind, Unit};
use std::collections::BTreeSet;

/// Parts of Alertmanager's message.
const PARTS: &[&str] = &[
    "alerts",
    "labels",
    "annotations",
    "commonLabels",
    "groupLabels",
    "commonAnnotations",
    "groupKey",
    "startsAt",
    "endsAt",
    "fingerprint",
    "generatorURL",
    "externalURL",
    "alertname",
    "severity",
];

/// Methods that read a key.
const READS: &[&str] = &[
    "get",
    "pop",
    "path",
    "getString",
    "getJSONObject",
    "getJSONArray",
    "getOrDefault",
    "optString",
    "optJSONObject",
    "GetProperty",
    "TryGetProperty",
    "get_str",
    "get_mut",
    "pointer",
    "at",
    "value",
    "Value",
    "getAsJsonObject",
    "getAsJsonArray",
];

/// Something that is read by a name.
pub(super) struct Read {
    /// The whole expression.
    pub(super) expr: ExprId,
    /// What it is read from.
    pub(super) holder: ExprId,
    /// Its name as the message has it.
    pub(super) key: String,
    /// Where the name stands.
    pub(super) at: Place,
    /// It is a literal, and no member of a type.
    pub(super) by_key: bool,
}

/// All reads of a file in the order of the text.
pub(super) fn reads(file: &File<'_, '_>) -> Vec<Read> {
    let unit = file.unit;
    let targets = targets(file);
    let mut found = Vec::new();
    for number in 0..unit.exprs.len() {
        let expr = ExprId(u32::try_from(number).unwrap_or(u32::MAX));
        if targets.contains(&expr) || file.is_faulty(expr) {
            continue;
        }
        let read = match unit.expr(expr) {
            ExprKind::Index { of, key: Some(key) } => {
                unit.literal(*key).map(|text| (*of, text.to_owned(), unit.place(*key), true))
            }
            ExprKind::Call { callee, args, .. } => match unit.expr(*callee) {
                ExprKind::Member { of, name } if READS.contains(name) => {
                    args.first().and_then(|arg| {
                        Some((
                            *of,
                            unit.literal(arg.value)?.to_owned(),
                            unit.place(arg.value),
                            true,
                        ))
                    })
                }
                _ => None,
            },
            ExprKind::Member { of, name } => part(name).map(|part| {
                let at = unit.place(expr);
                let start = at.end - u32::try_from(name.len()).unwrap_or_default();
                (*of, part.to_owned(), start..at.end, false)
            }),
            _ => None,
        };
        if let Some((holder, key, at, by_key)) = read {
            found.push(Read { expr, holder, key, at, by_key });
        }
    }
    found.sort_by_key(|read| (read.at.start, read.at.end));
    found
}

/// The part of the message that a member stands for: `CommonLabels`, `common_labels`,
/// `getCommonLabels`.
fn part(member: &str) -> Option<&'static str> {
    let bare = member
        .strip_prefix("get")
        .filter(|rest| rest.starts_with(char::is_uppercase))
        .unwrap_or(member);
    let same = |known: &&&str| {
        let squeezed = bare.chars().filter(|c| *c != '_');
        squeezed.map(|c| c.to_ascii_lowercase()).eq(known.chars().map(|c| c.to_ascii_lowercase()))
    };
    PARTS.iter().find(same).copied()
}

/// Expressions that something is assigned to.
fn targets(file: &File<'_, '_>) -> BTreeSet<ExprId> {
    let unit = file.unit;
    let set = unit.stmts.iter().filter_map(|stmt| match &stmt.kind {
        StmtKind::Let { targets, .. } => Some(targets.iter().copied()),
        _ => None,
    });
    let assigned = unit.exprs.iter().filter_map(|expr| match expr.kind {
        ExprKind::Assign { target, .. } => Some(target),
        _ => None,
    });
    set.flatten().chain(assigned).collect()
}

/// Whether a function asks whether a part of a message is there, or has something else in its place.
pub(super) fn chooses(file: &File<'_, '_>, routine: &Routine, read: &Read) -> bool {
    let unit = file.unit;
    let at = unit.place(read.expr);
    let holds = |id: ExprId| {
        let place = unit.place(id);
        place.start <= at.start && at.end <= place.end
    };
    let speaks = |id: ExprId| unit.slice(&unit.place(id)).contains(read.key.as_str());
    let tests = routine.statements(unit).into_iter().any(|id| match unit.stmt(id) {
        StmtKind::If { test, .. } => speaks(*test),
        StmtKind::Switch { on: Some(on), .. } => speaks(*on),
        _ => false,
    });
    tests
        || routine.exprs.iter().any(|id| match unit.expr(*id) {
            ExprKind::Choice { .. } => holds(*id) || speaks(*id),
            ExprKind::Binary { op: "or" | "||" | "??" | "in" | "not in", .. } => {
                holds(*id) || speaks(*id)
            }
            // `body.get("alerts", [body])`
            ExprKind::Call { args, .. } => *id == read.expr && args.len() > 1,
            _ => false,
        })
}

/// Whether an expression is the whole body of a request.
pub(super) fn is_body(file: &File<'_, '_>, expr: ExprId) -> bool {
    let unit = file.unit;
    let expr = match unit.expr(expr) {
        ExprKind::Await(of) | ExprKind::Propagate(of) => *of,
        _ => expr,
    };
    let followed = file.names.resolved(expr);
    [expr, followed].into_iter().any(|expr| {
        let inner = match unit.expr(expr) {
            ExprKind::Await(of) | ExprKind::Propagate(of) => *of,
            _ => expr,
        };
        let resolved = file.names.path(inner).is_some_and(|path| is_request_body(file, &path));
        resolved || is_request_body(file, unit.slice(&unit.place(inner))) || is_decoded(file, inner)
    })
}

fn is_request_body(file: &File<'_, '_>, path: &str) -> bool {
    let path = path.strip_suffix("()").unwrap_or(path);
    file.table.role(path, crate::libraries::Role::RequestBody).is_some()
}

/// `json.loads(request.data)`, `JSON.parse(event.body)`: what is read out of a body.
fn is_decoded(file: &File<'_, '_>, expr: ExprId) -> bool {
    let unit = file.unit;
    let ExprKind::Call { args, .. } = unit.expr(expr) else { return false };
    let [arg] = args.as_slice() else { return false };
    let text = unit.slice(&unit.place(arg.value));
    let path = file.names.path(arg.value);
    is_request_body(file, text) || path.is_some_and(|path| is_request_body(file, &path))
}

/// Whether a parameter or variable takes what a request brings, by how it is declared or filled:
/// `@RequestBody`, `[FromBody]`, `Json(payload)`, `Decode(&payload)`.
pub(super) fn is_filled_by_request(file: &File<'_, '_>, expr: ExprId) -> bool {
    let unit = file.unit;
    let ExprKind::Name(name) = unit.expr(expr) else { return false };
    let function = unit.function_of(expr);
    let marked = unit.outward(function).any(|id| {
        let function = unit.function(id);
        function.params.iter().filter(|param| param.name == *name).any(|param| {
            let head = unit.slice(&(function.at.start..param.at.end));
            let head = head.rsplit(name_break(unit, function.params.as_slice(), param)).next();
            head.is_some_and(|head| head.contains("RequestBody") || head.contains("FromBody"))
        })
    });
    let marked = marked
        || inside_json(file, expr).is_some()
        || is_json(file, name, function)
        || is_loose_body(file, name, function);
    marked || is_read_into(file, name, expr)
}

/// Types of parameters that take any body.
const LOOSE: &[&str] = &[
    "Any",
    "JObject",
    "JSONObject",
    "JsonDocument",
    "JsonElement",
    "JsonNode",
    "JsonObject",
    "dict",
    "Dict",
    "dynamic",
];

/// Whether a parameter of what a route leads to takes any body by its type: `payload: dict`.
fn is_loose_body(file: &File<'_, '_>, name: &str, function: FunctionId) -> bool {
    let unit = file.unit;
    let routed = |id: FunctionId| {
        unit.function(id).decorators.iter().any(|mark| {
            let text = unit.slice(&unit.place(*mark)).to_ascii_lowercase();
            let head = text.split('(').next().unwrap_or(&text);
            head.ends_with("post") || head.ends_with("put") || head.ends_with("route")
        })
    };
    unit.outward(function).any(|id| {
        let params = &unit.function(id).params;
        let loose = |ty: &str| LOOSE.contains(&ty.split(['[', '<', '?']).next().unwrap_or(ty));
        let typed = params.iter().any(|it| it.name == name && it.ty.is_some_and(loose));
        typed && (routed(id) || (unit.language == Language::Csharp && is_mapped(file, id)))
    })
}

/// C#: whether a lambda is what `app.MapPost("/alerts", …)` leads to.
fn is_mapped(file: &File<'_, '_>, lambda: FunctionId) -> bool {
    let unit = file.unit;
    unit.calls().any(|call| {
        file.called(call).is_some_and(|name| matches!(name, "MapPost" | "MapPut"))
            && unit
                .args(call)
                .iter()
                .any(|arg| matches!(unit.expr(arg.value), ExprKind::Lambda(id) if *id == lambda))
    })
}

/// Rust: whether a parameter is the body as a type of its own: `hook: Json<Webhook>`.
fn is_json(file: &File<'_, '_>, name: &str, function: FunctionId) -> bool {
    let unit = file.unit;
    let typed = |ty: &str| ty.split('<').next().is_some_and(|ty| ty.trim().ends_with("Json"));
    unit.language == Language::Rust
        && unit.outward(function).any(|id| {
            let params = &unit.function(id).params;
            params.iter().any(|it| it.name == name && it.ty.is_some_and(typed))
        })
}

/// The name of the parameter before one, where what is said of the one begins.
fn name_break<'a>(unit: &Unit<'a>, params: &[Param<'a>], param: &Param<'a>) -> &'a str {
    let before = params.iter().rfind(|other| other.at.start < param.at.start);
    before.map_or("(", |other| unit.slice(&other.at))
}

/// The type inside of `Json(payload): Json<Payload>`, where the expression is that payload.
pub(super) fn inside_json<'a>(file: &File<'_, 'a>, expr: ExprId) -> Option<&'a str> {
    let unit = file.unit;
    let ExprKind::Name(name) = unit.expr(expr) else { return None };
    unit.outward(unit.function_of(expr)).find_map(|id| {
        let function = unit.function(id);
        function.params.iter().find_map(|param| {
            let whole = unit.slice(&(param.at.start..function.at.end));
            let pattern = whole.split(')').next().unwrap_or(whole);
            let (outer, inner) = pattern.rsplit_once('(')?;
            let ty = param.ty?;
            (outer.ends_with("Json") && inner.trim() == *name)
                .then(|| ty.split_once('<').map_or(ty, |(_, rest)| rest.trim_end_matches('>')))
        })
    })
}

/// Whether a call fills the variable: `c.ShouldBindJSON(&p)`, `json.NewDecoder(r.Body).Decode(&p)`.
fn is_read_into(file: &File<'_, '_>, name: &str, expr: ExprId) -> bool {
    let unit = file.unit;
    let function = unit.function_of(expr);
    unit.language == Language::Go
        && unit.calls().any(|call| {
            let ExprKind::Call { callee, args, .. } = unit.expr(call) else { return false };
            let ExprKind::Member { name: method, .. } = unit.expr(*callee) else { return false };
            let reads = match *method {
                "Decode" => unit.slice(&unit.place(*callee)).contains(".Body"),
                method => method.contains("Bind") || matches!(method, "BodyParser" | "Unmarshal"),
            };
            reads
                && unit.function_of(call) == function
                && args
                    .iter()
                    .any(|arg| unit.slice(&unit.place(arg.value)).trim_start_matches('&') == name)
        })
}
