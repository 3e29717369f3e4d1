//! What becomes of an error in the body of its handler.

use super::Fate;
use super::sites::Site;
use crate::facts::code::file::File;
use crate::facts::code::responses::{Status, status};
use crate::libraries::Role;
use crate::parse::code::Language;
use crate::parse::unit::{ExprId, ExprKind, Place, StmtId, StmtKind, Unit};

/// What becomes of the error.
pub(super) fn of(file: &File<'_, '_>, site: &Site<'_>) -> Fate {
    match of_body(file, site) {
        Fate::Answered | Fate::Refused | Fate::Replaced if is_told_at_the_end(file.unit, site) => {
            Fate::Kept
        }
        fate => fate,
    }
}

/// Go: whether what is done at the end of the function is given the error, which is a variable of the
/// function: `defer func() { if err != nil { span.RecordError(err) } }()`.
fn is_told_at_the_end(unit: &Unit<'_>, site: &Site<'_>) -> bool {
    let Some(error) = site.error.filter(|_| unit.language == Language::Go) else { return false };
    // `if err := f(); err != nil` has one of its own.
    let test = unit.slice(&(site.whole.start..site.at.start));
    if test.contains(":=") {
        return false;
    }
    let named = |id: ExprId| matches!(unit.expr(id), ExprKind::Name(name) if *name == error);
    let tells = |id: ExprId| {
        matches!(unit.expr(id), ExprKind::Call { .. })
            && unit.args(id).iter().any(|arg| named(arg.value))
    };
    unit.statements(site.function).into_iter().any(|stmt| {
        let StmtKind::Defer(of) = unit.stmt(stmt) else { return false };
        let ExprKind::Call { callee, .. } = unit.expr(*of) else { return false };
        let ExprKind::Lambda(inner) = unit.expr(*callee) else { return false };
        unit.all_under(&unit.function(*inner).body).into_iter().any(tells)
    })
}

/// What becomes of it in the body of the handler.
fn of_body(file: &File<'_, '_>, site: &Site<'_>) -> Fate {
    let unit = file.unit;
    let stmts = unit.under(site.body);
    if stmts.iter().any(|id| hands_on(unit, *id)) {
        return Fate::Kept;
    }
    let exprs = unit.all_under(site.body);
    // `res.status(500).json(…)` is one answer.
    let steps: Vec<ExprId> = exprs
        .iter()
        .filter(|id| !matches!(heard(file, **id), Heard::Kept))
        .filter_map(|id| match unit.expr(*id) {
            ExprKind::Call { callee, .. } => Some(*callee),
            _ => None,
        })
        .flat_map(|callee| unit.all_in(callee))
        .collect();
    let mut printed = false;
    let mut answered: Option<Status> = None;
    let mut printing: Vec<Place> = Vec::new();
    for id in &exprs {
        match unit.expr(*id) {
            ExprKind::Call { .. } if steps.contains(id) => {}
            ExprKind::Call { .. } => match heard(file, *id) {
                Heard::Kept => return Fate::Kept,
                Heard::Printed => {
                    printed = true;
                    printing.push(unit.place(*id));
                }
                Heard::Answered => answered = worse(answered, said(unit, *id)),
                Heard::Nobody => {}
            },
            ExprKind::Propagate(_) | ExprKind::Lambda(_) => return Fate::Kept,
            ExprKind::Assign { target, .. } if tells(unit, *target) => return Fate::Kept,
            _ => {}
        }
    }
    if site.error.is_some_and(|error| is_used(unit, site, error, &printing)) {
        return Fate::Kept;
    }
    if printed {
        return Fate::Printed;
    }
    let given = stmts.iter().filter_map(|id| gives_status(unit, *id));
    match given.fold(answered, worse) {
        Some(Status::Server) => return Fate::Answered,
        Some(_) => return Fate::Refused,
        None => {}
    }
    if site.kept_value {
        return Fate::Replaced;
    }
    if unit.language == Language::Go && !site.body.is_empty() {
        // A function without an error result has other ways to say that it failed.
        return if returns_no_error(file, site, &stmts) { Fate::Replaced } else { Fate::Kept };
    }
    // Where what failed was to give a value, the program goes on with what it had before.
    match stmts.iter().any(|id| replaces(unit, *id)) || !site.acts || gives_later(unit, site) {
        true => Fate::Replaced,
        false => Fate::Dropped,
    }
}

/// What the status in an answer says.
fn said(unit: &Unit<'_>, id: ExprId) -> Status {
    status(unit.slice(&unit.place(id)))
}

/// Of two answers the one that says that the program failed.
fn worse(known: Option<Status>, one: Status) -> Option<Status> {
    match known {
        Some(Status::Server) => known,
        _ => Some(one),
    }
}

/// Whether a statement leaves with an error, or says what happened in a variable's name.
fn hands_on(unit: &Unit<'_>, id: StmtId) -> bool {
    match unit.stmt(id) {
        StmtKind::Throw(_) | StmtKind::Define(_) | StmtKind::Spawn(_) => true,
        StmtKind::Let { targets, .. } => targets.iter().any(|target| tells(unit, *target)),
        // `errors++`: it is counted.
        StmtKind::Expr(of) => {
            let text = unit.slice(&unit.place(*of));
            let counted = text.strip_suffix("++").or(text.strip_prefix("++"));
            counted.is_some_and(|name| {
                let name = name.to_ascii_lowercase();
                TELLING.iter().any(|part| name.contains(part))
            })
        }
        // `Err(…)`, `yield`, `raise` in a form that is not known.
        StmtKind::Return(Some(value)) => {
            unit.language == Language::Rust && unit.slice(&unit.place(*value)).contains("Err")
        }
        StmtKind::Other(of) => {
            let at = &unit.stmts[id.0 as usize].at;
            of.is_empty() && unit.slice(at).len() > 3
        }
        _ => false,
    }
}

/// `return body, 500`.
fn gives_status(unit: &Unit<'_>, id: StmtId) -> Option<Status> {
    let StmtKind::Return(Some(value)) = unit.stmt(id) else { return None };
    let ExprKind::List(items) = unit.expr(*value) else { return None };
    let number = items.get(1).filter(|_| unit.language == Language::Python)?;
    let ExprKind::Number(number) = unit.expr(*number) else { return None };
    (number.starts_with(['4', '5']) && number.len() == 3).then(|| status(number))
}

/// Parts of names of variables that say how something went.
const TELLING: &[&str] = &[
    "err",
    "fail",
    "exc",
    "success",
    "ok",
    "valid",
    "health",
    "status",
    "state",
    "retr",
    "attempt",
    "miss",
    "skip",
    "invalid",
    "broken",
    "problem",
    "reason",
    "result",
    "message",
    "msg",
    "count",
    "alive",
    "connected",
    "ready",
    "available",
    "warn",
    "bad",
    "unreach",
    "down",
    "panic",
    "abort",
    "response",
];

fn tells(unit: &Unit<'_>, target: ExprId) -> bool {
    let name = match unit.expr(target) {
        ExprKind::Name(name) | ExprKind::Member { name, .. } => name.to_ascii_lowercase(),
        ExprKind::Index { .. } => return true,
        _ => return false,
    };
    name != "_" && TELLING.iter().any(|part| name.contains(part))
}

enum Heard {
    Kept,
    Printed,
    Answered,
    Nobody,
}

/// Who hears of the error by a call.
fn heard(file: &File<'_, '_>, id: ExprId) -> Heard {
    let Some(call) = file.call(id) else { return Heard::Kept };
    if call.role(Role::Respond).is_some() {
        return Heard::Answered;
    }
    if call.role(Role::Quiet).is_some() {
        return Heard::Nobody;
    }
    let Some(print) = call.role(Role::Print) else { return Heard::Kept };
    // Node's console is where its programs log; what goes to the error stream is meant to be seen.
    let language = file.unit.language;
    let script = matches!(language, Language::Javascript | Language::Typescript | Language::Tsx);
    let stream = print
        .get("stream")
        .is_some_and(|stream| stream == "err" || file.argument(call, print, "stream").is_some());
    let errors = call.path.contains("err") || call.path.contains("Error");
    if script || stream || errors { Heard::Kept } else { Heard::Printed }
}

/// Whether the error is named in the body, other than where it is printed.
fn is_used(unit: &Unit<'_>, site: &Site<'_>, error: &str, printing: &[Place]) -> bool {
    let (Some(first), Some(last)) = (site.body.first(), site.body.last()) else { return false };
    let start = unit.stmts[first.0 as usize].at.start;
    let end = unit.stmts[last.0 as usize].at.end;
    let within =
        |places: &[Place], at: u32| places.iter().any(|place| place.start <= at && at < place.end);
    words(unit.slice(&(start..end)), error).any(|at| {
        let at = start + u32::try_from(at).unwrap_or_default();
        !within(printing, at) && !within(&unit.comments, at)
    })
}

/// Where a word stands in a text.
pub(super) fn words<'t>(text: &'t str, word: &'t str) -> impl Iterator<Item = usize> + 't {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).map(|(at, _)| at).filter(move |&at| {
        !word.is_empty()
            && !text[..at].chars().next_back().is_some_and(part)
            && !text[at + word.len()..].chars().next().is_some_and(part)
    })
}

/// Whether a statement gives a value in place of what failed.
fn replaces(unit: &Unit<'_>, id: StmtId) -> bool {
    match unit.stmt(id) {
        StmtKind::Return(value) => value.is_some(),
        // What is left is left because of it.
        StmtKind::Break => true,
        StmtKind::Let { targets, .. } => {
            targets.iter().any(|it| unit.slice(&unit.place(*it)) != "_")
        }
        // The last expression of an arm is its value.
        StmtKind::Expr(of) => match unit.expr(*of) {
            ExprKind::Assign { .. } | ExprKind::Unary { op: "delete", .. } => true,
            ExprKind::Null => false,
            _ => unit.language == Language::Rust,
        },
        _ => false,
    }
}

/// Whether what may fail gives a value back, and the function another one after it.
fn gives_later(unit: &Unit<'_>, site: &Site<'_>) -> bool {
    let end = site.whole.end;
    let gives = |id: &StmtId| matches!(unit.stmt(*id), StmtKind::Return(Some(_)));
    let body = &unit.function(site.function).body;
    site.leaves
        && site.repeats_until.is_none()
        && unit.under(body).iter().any(|id| unit.stmts[id.0 as usize].at.start >= end && gives(id))
}

/// Go: a function that could give back an error gives back none.
fn returns_no_error(file: &File<'_, '_>, site: &Site<'_>, stmts: &[StmtId]) -> bool {
    let unit = file.unit;
    let result = unit.function(site.function).returns.unwrap_or_default();
    let gives = result.trim_end_matches(')').ends_with("error");
    let [only] = stmts else { return false };
    let StmtKind::Return(Some(value)) = unit.stmt(*only) else { return false };
    let last = match unit.expr(*value) {
        ExprKind::List(items) => items.last().copied(),
        _ => Some(*value),
    };
    gives && last.is_some_and(|last| matches!(unit.expr(last), ExprKind::Null))
}
