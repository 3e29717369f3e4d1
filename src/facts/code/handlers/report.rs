//! Records at error level that handlers write, and what they hold of the error.

use super::fate::words;
use super::sites::Site;
use super::{Cause, Report};
use crate::facts::code::file::{Call, File};
use crate::facts::scalar::Scalar;
use crate::libraries::{Api, Role};
use crate::parse::code::Language;
use crate::parse::unit::{ExprId, ExprKind, Part, Place, StmtKind, Unit};
use crate::source::Span;

/// Records at error level, unless one of them holds the error or the error goes on.
pub(super) fn all(file: &File<'_, '_>, site: &Site<'_>) -> Vec<Report> {
    let unit = file.unit;
    if goes_on(unit, site) {
        return Vec::new();
    }
    let mut reports = Vec::new();
    let inner = inner_handlers(unit, site);
    for id in unit.calls_under(site.body) {
        let Some(call) = file.call(id) else { continue };
        if call.role(Role::SpanError).is_some() || warns_of(file, site, call) {
            return Vec::new();
        }
        // What is caught in here is another error.
        let at = unit.place(id).start;
        if inner.iter().any(|place| place.start <= at && at < place.end) {
            continue;
        }
        let Some(api) = error_record(file, call) else { continue };
        let cause = cause(file, site, call, api);
        if cause == Cause::Given {
            return Vec::new();
        }
        let span = file.callee_span(id);
        let text = call.name().to_owned();
        let call_name = Scalar { text, span, known: true, plain: false };
        reports.push(Report { call: call_name, cause, addition: addition(file, site, call, api) });
    }
    // What one of them told of the error the others need not repeat.
    if reports.iter().any(|report| report.cause == Cause::Text) {
        reports.retain(|report| report.cause == Cause::Text);
    }
    reports
}

/// Where errors of what a handler does are handled in turn.
fn inner_handlers(unit: &Unit<'_>, site: &Site<'_>) -> Vec<Place> {
    let tries = unit.under(site.body).into_iter().filter_map(|id| match unit.stmt(id) {
        StmtKind::Try { catches, .. } => Some(catches),
        _ => None,
    });
    tries.flatten().map(|catch| catch.at.clone()).collect()
}

/// Whether a call is a record of a warning that holds the error itself: `logger.LogWarning(ex, …)`.
fn warns_of(file: &File<'_, '_>, site: &Site<'_>, call: &Call) -> bool {
    let warns = call.role(Role::Log).is_some() && call.name().to_ascii_lowercase().contains("warn");
    let named = |id: ExprId| matches!(file.unit.expr(id), ExprKind::Name(name) if site.error == Some(*name));
    warns && file.unit.args(call.id).iter().any(|arg| named(arg.value))
}

/// Whether the error leaves the function.
fn goes_on(unit: &Unit<'_>, site: &Site<'_>) -> bool {
    let named = |id: ExprId| {
        let text = unit.slice(&unit.place(id));
        site.error.is_some_and(|error| words(text, error).next().is_some()) || text.contains("Err(")
    };
    unit.under(site.body).into_iter().any(|id| match unit.stmt(id) {
        StmtKind::Throw(_) => true,
        StmtKind::Return(Some(value)) => named(*value),
        _ => false,
    })
}

/// Levels at which something is wrong.
const LEVELS: &[&str] =
    &["error", "err", "exception", "critical", "fatal", "crit", "severe", "panic", "dpanic"];

/// The row of a call that writes a record at error level.
fn error_record(file: &File<'_, '_>, call: &Call) -> Option<&'static Api> {
    let api = match call.role(Role::Log) {
        Some(api) => api,
        // Node's console has levels.
        None => call.role(Role::Print).filter(|_| call.path == "console.error")?,
    };
    let level = match api.get("level") {
        None | Some("name" | "none") => call.name().to_ascii_lowercase(),
        Some(position) if position.parse::<usize>().is_ok() => {
            let at = file.argument(call, api, "level")?;
            let text = file.unit.slice(&file.unit.place(at)).to_ascii_lowercase();
            text.rsplit(['.', ':']).next().unwrap_or_default().trim_matches(['"', '\'']).to_owned()
        }
        Some(level) => level.to_owned(),
    };
    let level = level.strip_prefix("log").filter(|rest| !rest.is_empty()).unwrap_or(&level);
    // `Errorf`, `Errorw`, `ErrorContext`.
    let at_level = |word: &str| {
        level
            .strip_prefix(word)
            .is_some_and(|rest| matches!(rest, "" | "f" | "w" | "ln" | "s" | "context" | "v"))
    };
    // `log.Error().Err(err).Msg("…")` names it on the way.
    let chained = call.path.contains(".Error().") || call.path.contains(".Fatal().");
    (LEVELS.iter().any(|word| at_level(word)) || (chained && call.name().starts_with("Msg")))
        .then_some(api)
}

fn cause(file: &File<'_, '_>, site: &Site<'_>, call: &Call, api: &Api) -> Cause {
    let unit = file.unit;
    if api.get("error") == Some("always") {
        return Cause::Given;
    }
    let with_stack = unit.args(call.id).iter().any(|arg| {
        matches!(arg.name, Some("exc_info" | "stack_info"))
            && !matches!(unit.expr(arg.value), ExprKind::Bool(false) | ExprKind::Null)
    });
    let text = unit.slice(&unit.place(call.id));
    let stack = ["traceback", "exc_info", ".stack", "StackTrace", "stackTrace", "recover()"];
    if with_stack || stack.iter().any(|word| text.contains(word)) {
        return Cause::Given;
    }
    let Some(error) = site.error else {
        // What is thrown away has no name to pass on.
        return Cause::Missing;
    };
    if words(text, error).next().is_none() {
        // A name that was made of it: `const text = e.message`.
        if let Some(text) = made_of(file, site, call.id, error) {
            const TEXTS: &[&str] = &["essage", "str(", "String(", "toString", "ToString"];
            let only = TEXTS.iter().any(|word| text.contains(word));
            return if only { Cause::Text } else { Cause::Given };
        }
        // Passed on by a name of its own: `fields`, `entry`.
        let spread = unit.args(call.id).iter().any(|arg| arg.spread);
        return if spread { Cause::Given } else { Cause::Missing };
    }
    match unit.language {
        // Errors are values there: what they print is all they hold.
        Language::Go | Language::Rust => Cause::Given,
        _ if as_text(unit, call.id, error) => Cause::Text,
        _ => Cause::Given,
    }
}

/// The text of a value that names in an expression stand for, if it names the error: by way of a few
/// names, as of `let payload = e.into_panic(); let msg = payload.downcast_ref()`.
fn made_of<'a>(file: &File<'a, '_>, site: &Site<'_>, of: ExprId, error: &str) -> Option<&'a str> {
    const STEPS: usize = 3;
    let unit = file.unit;
    let mut next = vec![of];
    for _ in 0..STEPS {
        let given = next.into_iter().flat_map(|id| unit.all_in(id)).filter_map(|id| {
            let value = file.names.value(id).filter(|value| *value != id);
            value.or_else(|| made_here(unit, site, id))
        });
        let given: Vec<ExprId> = given.collect();
        let mut texts = given.iter().map(|id| unit.slice(&unit.place(*id)));
        if let Some(text) = texts.find(|text| words(text, error).next().is_some()) {
            return Some(text);
        }
        next = given;
    }
    None
}

/// The value that a handler gives a name before it uses it, where other handlers give it others.
fn made_here(unit: &Unit<'_>, site: &Site<'_>, id: ExprId) -> Option<ExprId> {
    let written = match unit.expr(id) {
        // `file.err = wrap(err)`
        ExprKind::Name(_) | ExprKind::Member { .. } => unit.slice(&unit.place(id)),
        _ => return None,
    };
    let before = unit.place(id).start;
    site.body.iter().rev().find_map(|stmt| match unit.stmt(*stmt) {
        StmtKind::Let { targets, value: Some(value), .. } => match targets.as_slice() {
            [target] if unit.place(*value).end <= before => {
                (unit.slice(&unit.place(*target)) == written).then_some(*value)
            }
            _ => None,
        },
        _ => None,
    })
}

/// Whether only the text of the error is passed: `str(e)`, `f"{e}"`, `e.message`.
fn as_text(unit: &Unit<'_>, call: ExprId, error: &str) -> bool {
    let names = |id: ExprId| matches!(unit.expr(id), ExprKind::Name(name) if *name == error);
    for arg in unit.args(call) {
        let value = arg.value;
        // The error itself, alone or in an object.
        let whole = names(value)
            || match unit.expr(value) {
                ExprKind::Map { entries, .. } => entries.iter().any(|(_, value)| names(*value)),
                ExprKind::List(items) => items.iter().any(|item| names(*item)),
                _ => false,
            };
        // Its type beside its text.
        let typed = ["type(", "__class__", "getClass", "GetType", ".name", ".Name", "repr("];
        let slice = unit.slice(&unit.place(value));
        let tells = typed.iter().any(|word| slice.contains(word))
            || matches!(unit.expr(value), ExprKind::Template(parts)
                if parts.iter().any(|part| matches!(part, Part::Value(_, "!r"))));
        if whole || tells {
            return false;
        }
    }
    true
}

/// What would add the error to the record.
fn addition(
    file: &File<'_, '_>,
    site: &Site<'_>,
    call: &Call,
    api: &Api,
) -> Option<(Span, String)> {
    let unit = file.unit;
    let args = unit.args(call.id);
    let (first, last) = (args.first()?, args.last()?);
    let error = site.error.filter(|error| *error != "_");
    let (at, text) = match api.get("error")? {
        "exc_info" => (unit.place(last.value).end, ", exc_info=True".to_owned()),
        "last" => (unit.place(last.value).end, format!(", {}", error?)),
        "0" => (unit.place(first.value).start, format!("{}, ", error?)),
        _ => return None,
    };
    Some((file.span(&(at..at)), text))
}
