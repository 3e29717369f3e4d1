//! Handlers of errors inside spans: those that record what the span records anyway, and those
//! that hide an error from the trace.

use super::starts::Start;
use super::{RecordedTwice, SpanForm};
use crate::facts::code::file::{Call, File};
use crate::facts::code::layout::Layout;
use crate::lang::sensitive::words;
use crate::libraries::Role;
use crate::parse::code::Language;
use crate::parse::unit::{Catch, ExprId, ExprKind, StmtId, StmtKind, Unit};
use crate::source::Span;
use std::collections::BTreeSet;

/// Types of errors that are no failure: somebody asked for something that may not be there, or
/// gave up.
const EXPECTED: &[&str] = &[
    "stopiteration",
    "stopasynciteration",
    "keyerror",
    "indexerror",
    "lookuperror",
    "notfound",
    "doesnotexist",
    "nosuchelement",
    "nosuchkey",
    "cancel",
    "aborterror",
    "importerror",
    "modulenotfound",
    "generatorexit",
    "keyboardinterrupt",
    "interrupted",
    "empty",
    "systemexit",
    "objectdisposed",
    "closed",
    "eof",
    "alreadyexists",
    "conflict",
    "brokenpipe",
];

/// Types that say that a text or a value was not what it was taken for.
const MISREAD: &[&str] = &[
    "valueerror",
    "typeerror",
    "attributeerror",
    "numberformat",
    "formatexception",
    "decodeerror",
    "parse",
    "jsonexception",
    "syntaxerror",
    "unicode",
    "notimplemented",
    "unsupportedoperation",
];

/// Types that `except Exception` lets pass: no span sees them.
const BASE_ONLY: &[&str] = &["cancellederror", "generatorexit", "keyboardinterrupt", "systemexit"];

/// What the handlers in a span do: errors that are recorded twice, and handlers that hide one.
/// Those in `seen` belong to a span inside.
pub(super) fn of(
    file: &File<'_, '_>,
    layout: &Layout<'_, '_>,
    start: &Start<'_, '_>,
    seen: &mut BTreeSet<u32>,
) -> (Vec<RecordedTwice>, Vec<Span>) {
    let unit = file.unit;
    let (mut twice, mut swallowed) = (Vec::new(), Vec::new());
    if start.form == SpanForm::Own {
        return (twice, swallowed);
    }
    let until = end_of(file, start);
    for stmt in unit.under(start.body) {
        let StmtKind::Try { body, catches, .. } = unit.stmt(stmt) else { continue };
        for catch in catches {
            if catch.at.start >= until || !seen.insert(catch.at.start) || unit.is_faulty(&catch.at)
            {
                continue;
            }
            twice.extend(recorded_twice(file, layout, start, stmt, catch));
            if hides(file, body, catch) && does_work(file, body) {
                let keyword = catch.at.start + keyword(file, catch);
                swallowed.push(file.span(&(catch.at.start..keyword)));
            }
        }
    }
    (twice, swallowed)
}

/// Where a span that is ended by hand is over: at its last end in its own block.
fn end_of(file: &File<'_, '_>, start: &Start<'_, '_>) -> u32 {
    let (SpanForm::Manual, Some(name)) = (start.form, start.name) else { return u32::MAX };
    let ends = start.api.get("ends").unwrap_or_default();
    let unit = file.unit;
    let calls = unit.calls_under(start.body).into_iter().filter(|call| {
        let ExprKind::Call { callee, .. } = unit.expr(*call) else { return false };
        let ExprKind::Member { of, name: method } = unit.expr(*callee) else { return false };
        matches!(unit.expr(*of), ExprKind::Name(known) if *known == name)
            && ends.split(' ').any(|end| end == *method)
    });
    calls.map(|call| unit.place(call).end).max().unwrap_or(u32::MAX)
}

fn keyword(file: &File<'_, '_>, catch: &Catch<'_>) -> u32 {
    let text = file.unit.slice(&catch.at);
    let len = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    u32::try_from(len).unwrap_or_default()
}

/// An error that a handler records and passes on to what records it again.
fn recorded_twice(
    file: &File<'_, '_>,
    layout: &Layout<'_, '_>,
    start: &Start<'_, '_>,
    attempt: StmtId,
    catch: &Catch<'_>,
) -> Option<RecordedTwice> {
    let unit = file.unit;
    let records = |key: &str| match start.api.get(key) {
        None => false,
        Some("always") => true,
        Some(_) => match file.argument(start.call, start.api, key) {
            None => true,
            Some(value) => matches!(unit.expr(file.names.resolved(value)), ExprKind::Bool(true)),
        },
    };
    // What a call is given with `**options` may turn it off.
    if !matches!(start.form, SpanForm::Block | SpanForm::Function)
        || unit.args(start.call.id).iter().any(|arg| arg.spread)
        || (!catch.types.is_empty() && catch.types.iter().all(|ty| is_one_of(ty, BASE_ONLY)))
    {
        return None;
    }
    // Something between may take the error.
    let between = layout.outward(attempt).skip(1);
    let mut between = between.take_while(|stmt| start.stmt != Some(*stmt));
    if between
        .any(|stmt| matches!(unit.stmt(stmt), StmtKind::Try { catches, .. } if !catches.is_empty()))
    {
        return None;
    }
    let again = thrown_on(unit, catch)?;
    let calls = unit.calls_under(&catch.body);
    let mut own =
        calls.iter().filter_map(|id| file.call(*id)).filter(|call| is_of(file, start, call));
    let limit = unit.stmts[again.0 as usize].at.start;
    // A span that is ended here takes nothing more.
    if calls.iter().any(|call| file.called(*call) == Some("end")) {
        return None;
    }
    let mut status = None;
    let record = own.find(|call| {
        if unit.place(call.id).start > limit {
            return false;
        }
        if status.is_none() && call.role(Role::SpanStatus).is_some() && says_error(file, call) {
            status = Some(call.id);
        }
        call.role(Role::SpanError).is_some()
    });
    let record = match record {
        Some(call) if records("records") => call.id,
        // An error that is only marked keeps its text once.
        _ => status.filter(|_| {
            record.is_none() && start.api.get("status").is_some() && records("status")
        })?,
    };
    let place = |stmt: StmtId| unit.stmts[stmt.0 as usize].at.clone();
    // From the call to what stands after it: that it is there, is known from what passes it on.
    let statement = layout.stmt(record).and_then(|stmt| {
        let next = layout.home(stmt)?.rest().first()?;
        let whole = matches!(unit.stmt(stmt), StmtKind::Expr(expr) if *expr == record);
        whole.then(|| file.span(&(place(stmt).start..place(*next).start)))
    });
    let again = file.span(&place(again));
    Some(RecordedTwice { record: file.callee_span(record), again, statement })
}

/// Whether a call is made on this span, or on the one that is current.
fn is_of(file: &File<'_, '_>, start: &Start<'_, '_>, call: &Call) -> bool {
    let unit = file.unit;
    let ExprKind::Call { callee, .. } = unit.expr(call.id) else { return false };
    let ExprKind::Member { of, .. } = unit.expr(*callee) else { return false };
    if let ExprKind::Name(name) = unit.expr(*of)
        && Some(*name) == start.name
    {
        return true;
    }
    let of = file.names.resolved(*of);
    file.call(of).is_some_and(|call| call.role(Role::SpanCurrent).is_some())
}

/// Whether a call sets the status of an error.
fn says_error(file: &File<'_, '_>, call: &Call) -> bool {
    let at = file.unit.place(call.id);
    file.unit.slice(&at).to_ascii_lowercase().contains("error")
}

fn is_one_of(ty: &str, list: &[&str]) -> bool {
    let ty = ty.to_ascii_lowercase();
    list.iter().any(|known| ty.contains(known))
}

/// Whether a handler leaves no sign of the error.
fn hides(file: &File<'_, '_>, attempt: &[StmtId], catch: &Catch<'_>) -> bool {
    let unit = file.unit;
    if catch.types.iter().any(|ty| is_one_of(ty, EXPECTED) || is_one_of(ty, MISREAD)) {
        return false;
    }
    // A filter of the language may let all but the expected pass.
    if unit.slice(&catch.at).split('{').next().is_some_and(|head| head.contains(" when ")) {
        return false;
    }
    let throws = unit
        .under(&catch.body)
        .into_iter()
        .any(|stmt| matches!(unit.stmt(stmt), StmtKind::Throw(_)));
    let all = unit.all_under(&catch.body);
    // The error goes somewhere: who knows what becomes of it?
    let named = all
        .iter()
        .any(|id| matches!(unit.expr(*id), ExprKind::Name(name) if Some(*name) == catch.name));
    let handled = all.iter().any(|id| match unit.expr(*id) {
        ExprKind::Call { .. } => tells(file, *id) || hands_span(unit, *id),
        ExprKind::Propagate(_) | ExprKind::Lambda(_) => true,
        _ => false,
    });
    // What is awaited by its own type, and told, is no failure: `except QueueFull: logger.info(…)`.
    const ALL: &[&str] = &["Exception", "BaseException", "Throwable"];
    let own = !catch.types.is_empty()
        && !catch.types.iter().any(|ty| ALL.contains(&ty.rsplit('.').next().unwrap_or(ty).trim()));
    let told = own && unit.calls_under(&catch.body).iter().any(|call| is_info(file, *call));
    // A text that does not parse in JavaScript has no type of its own.
    let parses =
        matches!(unit.language, Language::Javascript | Language::Typescript | Language::Tsx)
            && unit.calls_under(attempt).iter().any(|call| file.called(*call) == Some("parse"));
    // What tries again and again counts on errors.
    let retries = unit
        .under(&catch.body)
        .into_iter()
        .any(|stmt| matches!(unit.stmt(stmt), StmtKind::Continue));
    !(throws || named || handled || told || parses || retries)
}

/// Whether a call writes a record that production keeps.
fn is_info(file: &File<'_, '_>, id: ExprId) -> bool {
    let log = file.call(id).and_then(|call| call.role(Role::Log));
    let name = file.called(id).unwrap_or_default().to_ascii_lowercase();
    log.is_some() && name.contains("info")
}

/// Whether a span is handed on: `answerOfFailure(fetchSpan, reason)`.
fn hands_span(unit: &Unit<'_>, call: ExprId) -> bool {
    unit.args(call).iter().any(|arg| match unit.expr(arg.value) {
        ExprKind::Name(name) => name.ends_with("span") || name.ends_with("Span"),
        _ => false,
    })
}

/// Calls that only prepare what telemetry is given.
const PREPARES: &[&str] = &[
    "dumps",
    "loads",
    "str",
    "len",
    "hasattr",
    "isinstance",
    "getattr",
    "get",
    "format",
    "append",
    "items",
    "keys",
    "values",
    "range",
    "stringify",
    "toString",
    "ToString",
    "json",
    "map",
    "join",
];

/// Whether a block does more than write telemetry: what only that fails on is no error of the
/// request.
fn does_work(file: &File<'_, '_>, block: &[StmtId]) -> bool {
    let unit = file.unit;
    let calls = unit.calls_under(block);
    let telemetry = |call: &ExprId| {
        let known = file.call(*call);
        known.is_some_and(|call| {
            call.roles.iter().any(|api| {
                api.role.is_of_spans() || matches!(api.role, Role::MetricUse | Role::Log)
            })
        })
    };
    let writes = calls.iter().any(telemetry);
    let works = calls.iter().any(|call| {
        let name = file.called(*call).unwrap_or_default();
        !(telemetry(call)
            || PREPARES.contains(&name)
            || words(name)
                .iter()
                .any(|word| matches!(word.as_str(), "attribute" | "attributes" | "span")))
    });
    works || !writes
}

/// Words in names of calls that speak of an error.
const TELLS: &[&str] = &[
    "err",
    "error",
    "errors",
    "warn",
    "warning",
    "fatal",
    "critical",
    "exception",
    "fail",
    "failed",
    "failure",
    "record",
    "capture",
    "report",
    "reject",
    "abort",
    "panic",
    "exit",
    "log",
    "alert",
    "notify",
    "raise",
    "throw",
    "severe",
    "status",
];

/// Whether a call in a handler may show the error.
fn tells(file: &File<'_, '_>, id: ExprId) -> bool {
    let known = file.call(id);
    if let Some(api) = known.and_then(|call| call.role(Role::Log)) {
        let name = file.called(id).unwrap_or_default().to_ascii_lowercase();
        let level = match api.get("level") {
            Some("name") | None => name,
            Some(level) => level.to_owned(),
        };
        let quiet =
            ["trace", "debug", "info", "verbose", "fine", "config", "information", "silly", "http"];
        return !quiet.iter().any(|word| level.contains(word));
    }
    if known.is_some_and(|call| {
        [Role::SpanError, Role::SpanStatus, Role::Respond]
            .iter()
            .any(|role| call.role(*role).is_some())
    }) {
        return true;
    }
    let name = file.called(id).unwrap_or_default();
    if known.is_some_and(|call| call.role(Role::Print).is_some()) {
        return matches!(name, "error" | "warn");
    }
    words(name).iter().any(|word| TELLS.contains(&word.as_str()))
}

/// Where a handler throws the error on that it caught.
pub(super) fn thrown_on(unit: &Unit<'_>, catch: &Catch<'_>) -> Option<StmtId> {
    unit.under(&catch.body).into_iter().find(|stmt| match unit.stmt(*stmt) {
        StmtKind::Throw(None) => true,
        StmtKind::Throw(Some(error)) => {
            matches!(unit.expr(*error), ExprKind::Name(name) if Some(*name) == catch.name)
        }
        _ => false,
    })
}
