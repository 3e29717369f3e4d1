//! Lengths of time that code measures, by which clock, and where they go.

use super::file::{Call, File};
use crate::facts::scalar::Scalar;
use crate::facts::subject::SubjectKind;
use crate::facts::{DocumentId, FileFacts, Subject};
use crate::libraries::Role;
use crate::parse::unit::{ExprId, ExprKind, FunctionId};
use crate::source::Span;
use std::collections::BTreeSet;

/// A measured length of time that a metric, a span or a log record is given.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Measured {
    /// The file.
    pub document: DocumentId,
    /// Where the clock is read at the end.
    pub now: Scalar,
    /// Where it is read at the start.
    pub start: Option<Span>,
    /// Where the length goes.
    pub sink: Span,
    /// What gets it: `a metric`.
    #[borsh(deserialize_with = "crate::kept::word")]
    pub what: &'static str,
    /// The clock is one that can be set.
    pub wall: bool,
    /// A clock that cannot, where both readings can be written with it.
    pub instead: Option<String>,
    /// What gets it is a metric only if another file declares one under that name.
    pub held: bool,
}

impl Subject for Measured {
    fn kind(&self) -> SubjectKind {
        SubjectKind::Measured
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        "measured time".to_owned()
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.now.span)
    }
}

/// The difference of two readings of a clock.
#[derive(Clone, Copy, Debug)]
pub(super) struct Difference {
    /// The later reading.
    pub(super) now: ExprId,
    /// The earlier one, where the expression names it.
    pub(super) start: Option<ExprId>,
    /// The clock can be set.
    pub(super) wall: bool,
}

/// Calls that change the form of a length, not which it is.
const FORMS: &[&str] = &[
    "round",
    "int",
    "float",
    "abs",
    "str",
    "format",
    "Number",
    "String",
    "toFixed",
    "floor",
    "ceil",
    "total_seconds",
    "toMillis",
    "toSeconds",
    "toNanos",
    "getSeconds",
    "as_secs",
    "as_secs_f64",
    "as_millis",
    "num_milliseconds",
    "num_seconds",
    "Seconds",
    "Milliseconds",
    "Math",
    "trunc",
    "max",
    "unwrap",
    "unwrap_or_default",
    "expect",
    "ToString",
    "toString",
    "float64",
    "int64",
];

/// Properties that do the same.
const FORM_FIELDS: &[&str] = &[
    "TotalMilliseconds",
    "TotalSeconds",
    "TotalMicroseconds",
    "Milliseconds",
    "Ticks",
    "seconds",
    "milliseconds",
    "microseconds",
];

/// Methods that turn a reading into a number.
const READINGS: &[&str] = &[
    "getTime",
    "valueOf",
    "timestamp",
    "toEpochMilli",
    "Unix",
    "UnixNano",
    "UnixMilli",
    "UnixMicro",
    "getEpochSecond",
    "timestamp_millis",
    "timestamp_micros",
    "ToUnixTimeMilliseconds",
    "replace",
];

/// The difference of readings that a value is, whatever it is counted in.
pub(super) fn difference(file: &File<'_, '_>, value: ExprId) -> Option<Difference> {
    let unit = file.unit;
    let mut at = value;
    for _ in 0..16 {
        at = file.names.resolved(at);
        match unit.expr(at) {
            ExprKind::Binary { op: "-", left, right } => {
                let (now, wall) = reading(file, *left)?;
                let (start, _) = reading(file, *right)?;
                return Some(Difference { now, start: Some(start), wall });
            }
            ExprKind::Binary { op: "*" | "/" | "//", left, right } => {
                let number =
                    |id: ExprId| matches!(unit.expr(file.names.resolved(id)), ExprKind::Number(_));
                at = if number(*left) { *right } else { *left };
            }
            ExprKind::Member { of, name } if FORM_FIELDS.contains(name) => at = *of,
            ExprKind::Call { args, .. } if is_since(file, at) => {
                let (start, wall) = reading(file, args.first()?.value)?;
                return Some(Difference { now: at, start: Some(start), wall });
            }
            ExprKind::Call { callee, args, .. } => match (unit.expr(*callee), args.as_slice()) {
                // `Duration.between(a, b)`, `ChronoUnit.MILLIS.between(a, b)`
                (ExprKind::Member { name: "between", .. }, [from, to]) => {
                    let (now, wall) = reading(file, to.value)?;
                    let (start, _) = reading(file, from.value)?;
                    return Some(Difference { now, start: Some(start), wall });
                }
                (
                    ExprKind::Member {
                        of,
                        name:
                            "duration_since" | "signed_duration_since" | "Subtract" | "minus" | "Sub",
                    },
                    [from],
                ) => {
                    let (now, wall) = reading(file, *of)?;
                    let (start, _) = reading(file, from.value)?;
                    return Some(Difference { now, start: Some(start), wall });
                }
                (ExprKind::Member { of, name: "elapsed" }, []) => {
                    let (start, wall) = reading(file, *of)?;
                    return Some(Difference { now: at, start: Some(start), wall });
                }
                (ExprKind::Member { of, name }, rest) if FORMS.contains(name) => {
                    at = match (unit.expr(*of), rest) {
                        // `Math.round(x)`
                        (ExprKind::Name("Math"), [only, ..]) => only.value,
                        _ => *of,
                    };
                }
                (ExprKind::Name(name), [only, ..]) if FORMS.contains(name) => at = only.value,
                _ => return None,
            },
            ExprKind::Template(parts) => {
                let [only] = parts
                    .iter()
                    .filter_map(|part| match part {
                        crate::parse::unit::Part::Value(value, _) => Some(*value),
                        crate::parse::unit::Part::Text(_) => None,
                    })
                    .collect::<Vec<_>>()[..]
                else {
                    return None;
                };
                at = only;
            }
            ExprKind::Unary { of, .. } | ExprKind::Propagate(of) => at = *of,
            _ => return None,
        }
    }
    None
}

fn is_since(file: &File<'_, '_>, call: ExprId) -> bool {
    let api = file.call(call).and_then(|call| call.role(Role::Clock));
    api.is_some_and(|api| api.get("kind") == Some("since"))
}

/// The reading of a clock that an expression is, and whether that clock can be set.
fn reading(file: &File<'_, '_>, id: ExprId) -> Option<(ExprId, bool)> {
    let unit = file.unit;
    let mut at = id;
    for _ in 0..8 {
        let path = file.names.path(at);
        if let Some(path) = &path {
            let called = path.strip_suffix("()").unwrap_or(path);
            if let Some(api) = file.table.role(called, Role::Clock) {
                return match api.get("kind")? {
                    "wall" => Some((file.names.resolved(at), true)),
                    "steady" => Some((file.names.resolved(at), false)),
                    _ => None,
                };
            }
        }
        at = file.names.resolved(at);
        at = match unit.expr(at) {
            ExprKind::Call { callee, .. } => match unit.expr(*callee) {
                ExprKind::Member { of, name } if READINGS.contains(name) => *of,
                _ => return None,
            },
            ExprKind::Unary { op: "+" | "&" | "*", of } | ExprKind::Propagate(of) => *of,
            ExprKind::Binary { op: "*" | "/", left, right } => {
                if matches!(unit.expr(*right), ExprKind::Number(_)) { *left } else { *right }
            }
            _ => return None,
        };
    }
    None
}

/// What a call that is a place for measured times is called.
fn sink(call: &Call) -> Option<&'static str> {
    call.roles.iter().find_map(|api| match api.role {
        Role::MetricUse => Some("a metric"),
        Role::SpanAttribute => Some("a span"),
        Role::Log => Some("a log record"),
        _ => None,
    })
}

/// Reads the measured times of a file.
pub(super) fn read(file: &File<'_, '_>, facts: &mut FileFacts) {
    let clocks = file.calls.iter().any(|call| call.role(Role::Clock).is_some())
        || file
            .unit
            .exprs
            .iter()
            .any(|expr| matches!(expr.kind, ExprKind::Member { name: "UtcNow" | "Now", .. }));
    if !clocks {
        return;
    }
    let mut seen: BTreeSet<ExprId> = BTreeSet::new();
    for (call, what) in sinks(file) {
        facts.measured.extend(measured(file, call, what, false, &mut seen));
    }
    // `TOOK.observe(…)`, where another file makes `TOOK`.
    for call in file.unit.calls().filter(|call| file.may_use_metric(*call)) {
        facts.measured.extend(measured(file, call, "a metric", true, &mut seen));
    }
}

/// The lengths of time that a call is given.
fn measured(
    file: &File<'_, '_>,
    call: ExprId,
    what: &'static str,
    held: bool,
    seen: &mut BTreeSet<ExprId>,
) -> Vec<Measured> {
    let given = file.unit.args(call).iter().flat_map(|arg| inner(file, arg.value));
    let lengths = given.filter_map(|arg| difference(file, arg));
    let mut fresh = |found: &Difference| seen.insert(found.now) && !file.is_faulty(found.now);
    let lengths = lengths.filter(|found| fresh(found));
    let one = |found: Difference| Measured {
        document: file.document,
        now: Scalar {
            text: file.unit.slice(&file.unit.place(found.now)).to_owned(),
            span: file.expr_span(found.now),
            known: true,
            plain: true,
        },
        start: found.start.map(|start| file.expr_span(start)),
        sink: file.callee_span(call),
        what,
        wall: found.wall,
        instead: found.start.and_then(|start| instead(file, found.now, start)),
        held,
    };
    lengths.map(one).collect()
}

/// The clock that both readings could be taken from, written out.
fn instead(file: &File<'_, '_>, now: ExprId, start: ExprId) -> Option<String> {
    let unit = file.unit;
    let path = file.names.callee(now)?;
    let clock = file.table.role(&path, Role::Clock)?.get("instead")?;
    let plain = format!("{path}()");
    let both = [now, start].iter().all(|id| unit.slice(&unit.place(*id)) == plain);
    (both && is_read_once(file, start)).then(|| format!("{clock}()"))
}

/// Whether the variable that a reading begins is read in one place alone: what else is made of it,
/// a deadline or a second length, would not fit another clock.
fn is_read_once(file: &File<'_, '_>, start: ExprId) -> bool {
    let unit = file.unit;
    let is_word = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '$');
    let last_word = |text: &str| {
        let rest = text.trim_end().trim_end_matches(is_word).len();
        (rest, text.trim_end().len())
    };
    let whole = &unit.function(unit.function_of(start)).at;
    let at = unit.place(start);
    let before = unit.slice(&(whole.start..at.start)).trim_end();
    let Some(head) = before.strip_suffix('=') else { return false };
    let head = head.strip_suffix(':').unwrap_or(head);
    let (mut begin, mut end) = last_word(head);
    // `const began: number = Date.now()`
    if let Some(typed) = head[..begin].trim_end().strip_suffix(':') {
        (begin, end) = last_word(typed);
    }
    let name = &head[begin..end];
    let text = unit.slice(whole);
    let alone = |(from, _): &(usize, &str)| {
        !text[..*from].ends_with(is_word) && !text[from + name.len()..].starts_with(is_word)
    };
    !name.is_empty()
        && !head[..begin].ends_with('.')
        && text.match_indices(name).filter(alone).count() == 2
}

/// An argument, and the values of the map, list or option that it is.
fn inner(file: &File<'_, '_>, id: ExprId) -> Vec<ExprId> {
    let unit = file.unit;
    let resolved = file.names.resolved(id);
    match unit.expr(resolved) {
        ExprKind::Map { entries, .. } => entries.iter().map(|(_, value)| *value).collect(),
        ExprKind::List(items) => items.clone(),
        ExprKind::Template(_) => unit.inside(resolved),
        // `slog.Float64("took", d)`
        ExprKind::Call { args, .. } if difference(file, resolved).is_none() => {
            args.iter().map(|arg| arg.value).collect()
        }
        _ => vec![id],
    }
}

/// Calls that write telemetry, and calls of functions of the file that hand a parameter to one.
fn sinks(file: &File<'_, '_>) -> Vec<(ExprId, &'static str)> {
    let unit = file.unit;
    let mut found: Vec<(ExprId, &'static str)> =
        file.calls.iter().filter_map(|call| Some((call.id, sink(call)?))).collect();
    let mut functions: BTreeSet<FunctionId> = BTreeSet::new();
    let mut next = 0;
    // Each function is asked once who calls it.
    while let Some((call, what)) = found.get(next).copied() {
        next += 1;
        let gives = unit.args(call).iter().flat_map(|arg| inner(file, arg.value));
        for value in gives {
            let ExprKind::Name(name) = unit.expr(value) else { continue };
            let home = unit.outward(unit.function_of(value)).find(|function| {
                unit.function(*function).params.iter().any(|param| param.name == *name)
            });
            let Some(home) = home.filter(|home| functions.insert(*home)) else { continue };
            found.extend(file.callers(home).iter().copied().map(|call| (call, what)));
        }
    }
    let mut seen = BTreeSet::new();
    found.retain(|(call, _)| seen.insert(*call));
    found
}
