//! Identifiers of incidents, and whether two incidents can share one.

use crate::facts::code::file::File;
use crate::facts::code::routines::Routine;
use crate::facts::scalar::Scalar;
use crate::lang::duties::{Duty, squeezed, words};
use crate::libraries::Role;
use crate::parse::unit::{CallForm, ExprId, ExprKind, Part, StmtKind};
use std::collections::BTreeSet;

/// Words of what makes an identifier unique.
const UNIQUE: &[&str] = &[
    "uuid",
    "ulid",
    "nanoid",
    "fingerprint",
    "groupkey",
    "sha1",
    "sha256",
    "sha512",
    "md5",
    "hash",
    "digest",
    "sequence",
    "nextval",
    "counter",
    "atomic",
    "snowflake",
    "objectid",
    "guid",
    "tokenhex",
    "tokenurlsafe",
    "randomuuid",
    "ksuid",
    "xid",
    "cuid",
    "incrementandget",
    "fetchadd",
    "autoincrement",
    "lastinsertid",
    "nextid",
];

/// Identifiers that can collide, and what they are made of.
pub(super) fn weak(
    file: &File<'_, '_>,
    routine: &Routine,
    duties: &[Duty],
) -> Vec<(Scalar, &'static str)> {
    let unit = file.unit;
    let creates = duties.contains(&Duty::Create);
    let mut values: Vec<ExprId> = Vec::new();
    for stmt in routine.statements(unit) {
        if let StmtKind::Let { targets, value: Some(value), .. } = unit.stmt(stmt)
            && targets.iter().any(|target| is_id(unit.slice(&unit.place(*target)), creates))
        {
            values.push(*value);
        }
    }
    for id in &routine.exprs {
        match unit.expr(*id) {
            ExprKind::Assign { target, value, .. }
                if is_id(unit.slice(&unit.place(*target)), creates) =>
            {
                values.push(*value);
            }
            ExprKind::Call { callee, args, .. } => {
                let made = squeezed(unit.slice(&unit.place(*callee))).contains("incident");
                let named = args
                    .iter()
                    .filter(|arg| arg.name.is_some_and(|name| is_id(name, creates || made)));
                values.extend(named.map(|arg| arg.value));
            }
            ExprKind::Map { of, entries } => {
                let made =
                    of.is_some_and(|of| squeezed(unit.slice(&unit.place(of))).contains("incident"));
                for (key, value) in entries {
                    let name = key.map(|key| match unit.expr(key) {
                        ExprKind::Text(text) => text.clone().into_owned(),
                        _ => unit.slice(&unit.place(key)).to_owned(),
                    });
                    if name.is_some_and(|name| is_id(&name, creates || made)) {
                        values.push(*value);
                    }
                }
            }
            // The one argument of a function that gives back an identifier.
            _ => {}
        }
    }
    if is_id_maker(&routine.name.text) {
        let returned =
            routine.statements(unit).into_iter().filter_map(|stmt| match unit.stmt(stmt) {
                StmtKind::Return(value) => *value,
                _ => None,
            });
        values.extend(returned);
    }
    let kept = if creates { kept(file, routine) } else { BTreeSet::new() };
    let found: BTreeSet<(ExprId, &'static str)> =
        values.into_iter().filter_map(|value| weakness(file, value, &kept)).collect();
    let scalar = |id: ExprId| {
        let text = unit.slice(&unit.place(id)).to_owned();
        Scalar { text, span: file.expr_span(id), known: true, plain: false }
    };
    found.into_iter().map(|(id, what)| (scalar(id), what)).collect()
}

/// What a routine that opens an incident keeps something in: `open[id] = …`, `open.append(…)`.
fn kept<'f>(file: &'f File<'_, '_>, routine: &Routine) -> BTreeSet<&'f str> {
    const ADDS: &[&str] = &["append", "push", "add", "Add", "insert", "set", "put", "Store"];
    let unit = file.unit;
    let indexed = |id: ExprId| match unit.expr(id) {
        ExprKind::Index { of, .. } => Some(*of),
        _ => None,
    };
    let mut kept: Vec<ExprId> = Vec::new();
    for stmt in routine.statements(unit) {
        if let StmtKind::Let { targets, .. } = unit.stmt(stmt) {
            kept.extend(targets.iter().filter_map(|target| indexed(*target)));
        }
    }
    for id in &routine.exprs {
        match unit.expr(*id) {
            ExprKind::Assign { target, .. } => kept.extend(indexed(*target)),
            ExprKind::Call { callee, args, .. } => match unit.expr(*callee) {
                ExprKind::Member { of, name } if ADDS.contains(name) => kept.push(*of),
                // Go's own.
                ExprKind::Name("append") => kept.extend(args.first().map(|arg| arg.value)),
                _ => {}
            },
            _ => {}
        }
    }
    kept.into_iter().map(|id| unit.slice(&unit.place(id))).collect()
}

/// Whether a name is that of an incident's identifier.
fn is_id(name: &str, of_incident: bool) -> bool {
    let name = name.rsplit(['.', '>']).next().unwrap_or(name).trim_matches(['"', '\'']);
    let all = words(name);
    let ends =
        all.last().is_some_and(|last| matches!(last.as_str(), "id" | "key" | "number" | "ref"));
    let incident = all.iter().any(|word| matches!(word.as_str(), "incident" | "ticket" | "inc"));
    let alone = |one: &String| matches!(one.as_str(), "id" | "number" | "ref");
    ends && (incident || (of_incident && matches!(all.as_slice(), [one] if alone(one))))
}

/// `generate_incident_id`, `newIncidentID`.
fn is_id_maker(name: &str) -> bool {
    let all = words(name);
    all.len() > 2
        && is_id(name, false)
        && all.first().is_some_and(|verb| {
            matches!(
                verb.as_str(),
                "generate" | "new" | "next" | "make" | "create" | "build" | "gen" | "get"
            )
        })
}

/// What makes an identifier weak, and where.
fn weakness(
    file: &File<'_, '_>,
    value: ExprId,
    kept: &BTreeSet<&str>,
) -> Option<(ExprId, &'static str)> {
    let unit = file.unit;
    let value = file.names.resolved(value);
    let mut all = unit.all_in(value);
    // What a table begins with says nothing about an identifier.
    let plain = |id: &ExprId| {
        !matches!(
            unit.expr(*id),
            ExprKind::Call { form: CallForm::New, .. } | ExprKind::Map { .. } | ExprKind::List(_)
        )
    };
    let values: Vec<ExprId> =
        all.iter().filter_map(|id| file.names.value(*id)).filter(plain).collect();
    all.extend(values.into_iter().flat_map(|id| unit.all_in(id)));
    let said = |id: &ExprId| match unit.expr(*id) {
        ExprKind::Name(name) | ExprKind::Member { name, .. } => Some(squeezed(name)),
        ExprKind::Text(text) => Some(squeezed(text)),
        _ => None,
    };
    let unique =
        all.iter().filter_map(said).any(|word| UNIQUE.iter().any(|known| word.contains(known)));
    if unique || all.iter().any(|id| is_opaque(file, *id)) {
        return None;
    }
    all.iter().find_map(|id| Some((*id, source(file, *id, &all, value, kept)?)))
}

/// Calls whose result cannot be known.
fn is_opaque(file: &File<'_, '_>, id: ExprId) -> bool {
    const PLAIN: &[&str] = &[
        "int",
        "str",
        "round",
        "String",
        "format",
        "Sprintf",
        "strftime",
        "Format",
        "ToString",
        "toString",
        "floor",
        "Number",
        "parseInt",
        "Itoa",
        "FormatInt",
        "to_string",
        "len",
        "now",
        "Now",
        "utcnow",
        "upper",
        "lower",
        "padStart",
        "zfill",
        "unwrap",
        "valueOf",
        "concat",
        "join",
        "ofPattern",
        "isoformat",
        "toISOString",
        "timestamp",
        "Math",
        "trunc",
        "Next",
        "count",
        "size",
        "slice",
        "substr",
        "substring",
        "keys",
        "values",
        "entries",
    ];
    let unit = file.unit;
    let ExprKind::Call { callee, .. } = unit.expr(id) else { return false };
    let name = match unit.expr(*callee) {
        ExprKind::Name(name) | ExprKind::Member { name, .. } => *name,
        _ => return true,
    };
    let known = file
        .call(id)
        .is_some_and(|call| call.role(Role::Moment).is_some() || call.role(Role::Random).is_some());
    !known && !PLAIN.contains(&name) && !name.starts_with("new")
}

/// Why an expression says too little to tell two incidents apart.
fn source(
    file: &File<'_, '_>,
    id: ExprId,
    all: &[ExprId],
    value: ExprId,
    kept: &BTreeSet<&str>,
) -> Option<&'static str> {
    let unit = file.unit;
    if let Some(call) = file.call(id) {
        if let Some(api) = call.role(Role::Moment) {
            return is_coarse(file, id, api.get("gives")?, all, value)
                .then_some("a clock that counts seconds");
        }
        if let Some(api) = call.role(Role::Random) {
            return is_narrow(file, id, api.get("bound")?, all)
                .then_some("a random number of too few digits");
        }
    }
    if is_laid_out(file, id, all) {
        return Some("a clock that counts seconds");
    }
    let count = match unit.expr(id) {
        ExprKind::Call { callee, args, .. } => match unit.expr(*callee) {
            ExprKind::Name("len") => args.first().map(|arg| arg.value),
            ExprKind::Member { of, name: "size" | "len" | "count" | "Count" } => Some(*of),
            _ => None,
        },
        ExprKind::Member { of, name: "length" | "size" | "Count" | "Length" } => Some(*of),
        _ => None,
    };
    let counted = count.is_some_and(|of| {
        let text = unit.slice(&unit.place(of));
        kept.contains(text) || squeezed(text).contains("incident")
    });
    counted.then_some("the number of incidents there are")
}

/// `$"INC-{DateTime.UtcNow:yyyyMMddHHmmss}"`: whether a clock is written without parts of a second.
fn is_laid_out(file: &File<'_, '_>, clock: ExprId, all: &[ExprId]) -> bool {
    let unit = file.unit;
    let text = unit.slice(&unit.place(clock));
    let coarse = |part: &Part<'_>| match part {
        Part::Value(value, how) => *value == clock && is_layout(how) && !has_fraction(how),
        Part::Text(_) => false,
    };
    text.starts_with("DateTime")
        && text.ends_with("Now")
        && all.iter().any(|outer| match unit.expr(*outer) {
            ExprKind::Template(parts) => parts.iter().any(coarse),
            _ => false,
        })
}

/// Whether the time that goes into the identifier counts whole seconds or more.
fn is_coarse(file: &File<'_, '_>, id: ExprId, gives: &str, all: &[ExprId], value: ExprId) -> bool {
    let unit = file.unit;
    let text = unit.slice(&unit.place(value));
    match gives {
        "seconds" => true,
        // `int(time.time())`, `:.0f`
        "fraction" => {
            all.iter().any(|outer| match unit.expr(*outer) {
                ExprKind::Call { callee, args, .. } => {
                    matches!(unit.slice(&unit.place(*callee)), "int" | "round" | "math.floor")
                        && args.len() == 1
                        && args[0].value == id
                }
                _ => false,
            }) || text.contains(":.0f")
        }
        // `Math.floor(Date.now() / 1000)`
        "milliseconds" => {
            all.iter().any(|outer| match unit.expr(*outer) {
                ExprKind::Binary { op: "/", left, right } => {
                    let number = unit.slice(&unit.place(*right)).replace('_', "");
                    *left == id && matches!(number.trim_end_matches(['L', 'l']), "1000" | "1e3")
                }
                _ => false,
            }) && !all.iter().any(|outer| {
                matches!(unit.expr(*outer), ExprKind::Call { callee, .. }
            if unit.slice(&unit.place(*callee)).ends_with("toFixed"))
            })
        }
        // A layout without parts of a second.
        "layout" => {
            let layouts =
                all.iter().filter_map(|id| unit.literal(*id)).filter(|text| is_layout(text));
            let texts: Vec<&str> = layouts.collect();
            !texts.is_empty() && !texts.iter().any(|text| has_fraction(text))
        }
        _ => false,
    }
}

/// `Math.random().toString(36).slice(2, 6)` beside no clock: four digits of 36.
fn has_few_digits(file: &File<'_, '_>, random: ExprId, all: &[ExprId]) -> bool {
    /// Digits of 36 that 32 bits fill.
    const ENOUGH: u32 = 7;
    let unit = file.unit;
    let start = unit.place(random).start;
    let clock =
        all.iter().any(|id| file.call(*id).is_some_and(|it| it.role(Role::Moment).is_some()));
    let number = |id: ExprId| unit.slice(&unit.place(id)).parse::<u32>().ok();
    !clock
        && all.iter().any(|outer| {
            let ExprKind::Call { callee, args, .. } = unit.expr(*outer) else { return false };
            let ExprKind::Member { of, name } = unit.expr(*callee) else { return false };
            let [from, to] = args.as_slice() else { return false };
            let (Some(from), Some(to)) = (number(from.value), number(to.value)) else {
                return false;
            };
            let digits = if *name == "substr" { to } else { to.saturating_sub(from) };
            let made = unit.slice(&unit.place(*of)).ends_with(".toString(36)");
            matches!(*name, "slice" | "substring" | "substr")
                && made
                && unit.place(*of).start == start
                && digits < ENOUGH
        })
}

fn is_layout(text: &str) -> bool {
    text.contains("%Y")
        || text.contains("%y")
        || text.contains("%H")
        || text.contains("2006")
        || text.contains("yyyy")
        || text.contains("HH")
}

fn has_fraction(text: &str) -> bool {
    ["%f", "%3f", "%6f", "%9f", ".000", ".999", "000000", "SSS", "fff", "ff", "%N", "n"]
        .iter()
        .any(|part| text.contains(part))
}

/// Whether a random number has fewer than 32 bits.
fn is_narrow(file: &File<'_, '_>, id: ExprId, bound: &str, all: &[ExprId]) -> bool {
    const ENOUGH: f64 = 4_294_967_296.0;
    let unit = file.unit;
    let number = |id: ExprId| match unit.expr(id) {
        ExprKind::Number(text) => {
            text.replace('_', "").trim_end_matches(['L', 'l']).parse::<f64>().ok()
        }
        ExprKind::Text(_) => None,
        _ => unit
            .slice(&unit.place(id))
            .rsplit("..")
            .next()?
            .trim_start_matches('=')
            .replace('_', "")
            .parse()
            .ok(),
    };
    match bound {
        // `Math.random() * 10000`
        "factor" => {
            all.iter().any(|outer| match unit.expr(*outer) {
                ExprKind::Binary { op: "*", left, right } => {
                    (*left == id && number(*right).is_some_and(|top| top < ENOUGH))
                        || (*right == id && number(*left).is_some_and(|top| top < ENOUGH))
                }
                _ => false,
            }) || has_few_digits(file, id, all)
        }
        "last" => {
            let last = unit.args(id).last().and_then(|arg| number(arg.value));
            last.is_some_and(|top| top < ENOUGH)
        }
        _ => false,
    }
}
