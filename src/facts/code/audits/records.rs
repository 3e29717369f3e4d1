//! Functions that write records for auditors, and log calls that are such records.

use super::words::{Said, WHAT, WHEN, WHERE, WHO};
use super::{AuditRecord, Logs};
use crate::facts::code::file::File;
use crate::facts::code::logs::{Level, LogCall};
use crate::facts::code::routines::{Routine, Routines, is_declared_only};
use crate::facts::scalar::Scalar;
use crate::lang::sensitive::words;
use crate::parse::unit::{ExprId, ExprKind, FunctionId, Param, Part};
use std::collections::BTreeSet;

/// Verbs that write a record.
const WRITES: &str = "\
    log write record emit send create add save append publish insert store put on handle";

/// Words after `audit` that make it something else than an event.
const OTHERS: &str = "\
    config configuration file path dir filter policy policies level enabled logger handler service \
    client store repository middleware table query reader writer logs events records entries id \
    ids url report reports schema mode settings count page dependencies packages request requests \
    response responses aspect status job jobs context";

/// Most records that a function writes which is there for one: with more it looks over something.
const MOST: usize = 3;

/// What keeps a record apart from the logger.
const SINKS: &str = "\
    write insert save append publish send enqueue push produce persist store put index execute exec \
    post commit create emit add";

/// Parameters that may carry anything.
const CARRIERS: &str = "\
    event entry record data payload details detail extra extras metadata meta fields attrs \
    attributes props properties context ctx request req info params options opts body input args \
    values obj object dto message http exchange c r";

/// Steps that give a logger values of its own, which its records have too.
const BASES: &[&str] = &[
    ".bind(",
    ".With(",
    ".WithFields(",
    ".WithField(",
    ".child(",
    "MDC",
    "ThreadContext",
    "contextvars",
    "BeginScope",
    "LogContext",
    "LoggerAdapter",
    "addFilter",
    "instrument",
    "span!",
    "AsyncLocalStorage",
];

fn is_in(word: &str, list: &str) -> bool {
    list.split_ascii_whitespace().any(|one| one == word)
}

fn says_audit(text: &str) -> bool {
    text.to_ascii_lowercase().contains("audit")
}

pub(super) fn read(file: &File<'_, '_>, routines: &Routines, logs: &Logs<'_>) -> Vec<AuditRecord> {
    let mut found = Vec::new();
    let mut taken = Vec::new();
    for (number, routine) in routines.all.iter().enumerate() {
        if writes(&routine.name.text) && !is_declared_only(file, routine.id) {
            found.extend(function(file, routines, routine, logs));
            taken.push(number);
        }
    }
    for id in file.unit.calls() {
        let Some(log) = log_of(file, logs, id) else { continue };
        let owner = routines.owner(file.unit.function_of(id));
        if owner.is_none_or(|owner| !taken.contains(&owner)) && !file.is_faulty(id) {
            found.extend(call(file, id, log));
        }
    }
    found.sort_by_key(|record| record.name.span.start);
    found
}

/// Whether a function of this name writes a record for auditors.
fn writes(name: &str) -> bool {
    let all = words(name);
    let Some(at) = all.iter().position(|word| word == "audit") else { return false };
    let after = all.get(at + 1).map_or("", String::as_str);
    match at {
        0 => !is_in(after, OTHERS),
        1 => is_in(&all[0], WRITES) && !is_in(after, OTHERS),
        _ => false,
    }
}

fn log_of<'l>(file: &File<'_, '_>, logs: &Logs<'l>, id: ExprId) -> Option<&'l LogCall> {
    logs.get(&(file.callee_span(id).start as usize)).copied()
}

/// A function that writes records.
fn function(
    file: &File<'_, '_>,
    routines: &Routines,
    routine: &Routine,
    logs: &Logs<'_>,
) -> Option<AuditRecord> {
    let unit = file.unit;
    // The logger that it is handed is nothing of the event.
    let params = unit.function(routine.id).params.iter().filter(|param| !is_logger(param));
    let params: Vec<&Param<'_>> = params.collect();
    let calls = |routine: &Routine| -> Vec<ExprId> {
        let calls = routine.exprs.iter().copied();
        calls.filter(|id| matches!(unit.expr(*id), ExprKind::Call { .. })).collect()
    };
    let own: Vec<ExprId> = calls(routine);
    let helpers: Vec<&Routine> = own
        .iter()
        .filter_map(|id| routines.owner(file.own_function(*id)?))
        .filter_map(|number| routines.all.get(number))
        .filter(|helper| helper.id != routine.id && is_for_records(&helper.name.text))
        .collect();
    if own.iter().filter(|id| log_of(file, logs, **id).is_some()).count() > MOST {
        return None;
    }
    let all = own.iter().copied().chain(helpers.iter().flat_map(|it| calls(it)));
    let written: Vec<(ExprId, &LogCall)> = all
        .filter_map(|id| Some((id, log_of(file, logs, id)?)))
        .filter(|(_, log)| log.message.is_none() || !log.values.is_empty())
        // What is said where keeping the record failed is no record.
        .filter(|(_, log)| !log.caught)
        .collect();
    let (first, _) = written.first()?;
    // `store.updateAuditStatus(…)` beside an ordinary record of what failed.
    let elsewhere = |id: &ExprId| {
        file.called(*id).is_some_and(says_audit)
            && log_of(file, logs, *id).is_none()
            && file.own_function(*id).is_none()
    };
    if own.iter().any(elsewhere) && !own.iter().any(|id| receiver_says(file, *id)) {
        return None;
    }
    let kept = own.iter().any(|id| is_sink(file, logs, *id));
    let through = written
        .iter()
        .filter(|(id, _)| !kept && !is_dedicated(file, *id, routine.id))
        .find_map(|(_, log)| suppressible(log));
    let mut said = Said::default();
    if written.iter().any(|(_, log)| !log.printed) {
        // Every logger says when; which service it is, its own settings may add.
        said.give(WHEN);
        said.give(WHERE);
    }
    for param in &params {
        said.say(param.name);
    }
    for routine in helpers.iter().copied().chain([routine]) {
        values(file, routine, &mut said);
    }
    for (_, log) in &written {
        let text = log.message.as_ref().or(log.template.as_ref());
        said.say(text.map_or("", |text| &text.text));
    }
    let rest = params.iter().any(|param| is_rest(file, param));
    // What is handed on whole may hold anything; what only parts are taken of does not.
    let whole = handed_on(file, routine);
    let handed = |param: &Param<'_>| whole.contains(param.name);
    let carried = params
        .iter()
        .filter(|param| !is_rest(file, param))
        .any(|param| carries(param) && handed(param));
    let apart = !params.is_empty() && !params.iter().any(|param| handed(param));
    let elsewhere = is_based(file, *first)
        || params.iter().any(|param| says_record(param))
        || own.iter().any(|id| keeps(file, logs, *id));
    let judged =
        !carried && !elsewhere && (said.has(WHAT) || said.has(WHO)) && (params.len() > 1 || apart);
    let lacks = if judged { said.lacks() } else { Vec::new() };
    Some(AuditRecord {
        document: file.document,
        name: routine.name.clone(),
        lacks,
        open: rest,
        through,
    })
}

/// Whether the name of a function says that it makes or writes records.
fn is_for_records(name: &str) -> bool {
    const RECORDS: &str = "audit entry event events log record";
    words(name).iter().any(|word| is_in(word, RECORDS) || is_in(word, WRITES))
}

/// Names that a routine puts into its records: keys, arguments, whatever it writes.
fn values(file: &File<'_, '_>, routine: &Routine, said: &mut Said) {
    let unit = file.unit;
    for id in &routine.exprs {
        match unit.expr(*id) {
            ExprKind::Text(text) if !text.contains(' ') => said.say(text),
            ExprKind::Template(parts) => {
                for part in parts {
                    if let Part::Value(value, _) = part {
                        said.say(unit.slice(&unit.place(*value)));
                    }
                }
            }
            ExprKind::Call { args, .. } => {
                for arg in args {
                    said.say(arg.name.unwrap_or_default());
                    match unit.expr(arg.value) {
                        ExprKind::Name(name) | ExprKind::Member { name, .. } => said.say(name),
                        ExprKind::Call { .. } => {
                            said.say(file.called(arg.value).unwrap_or_default());
                        }
                        _ => {}
                    }
                }
            }
            ExprKind::Map { entries, .. } => {
                for key in entries.iter().filter_map(|(key, _)| *key) {
                    said.say(unit.slice(&unit.place(key)));
                }
            }
            _ => {}
        }
    }
}

/// Names that a routine hands on as they are, not only parts of what they stand for.
fn handed_on<'a>(file: &File<'_, 'a>, routine: &Routine) -> BTreeSet<&'a str> {
    let unit = file.unit;
    let parts: BTreeSet<ExprId> = routine
        .exprs
        .iter()
        .filter_map(|id| match unit.expr(*id) {
            ExprKind::Member { of, .. } => Some(*of),
            _ => None,
        })
        .collect();
    let names = routine.exprs.iter().filter(|id| !parts.contains(id));
    names
        .filter_map(|id| match unit.expr(*id) {
            ExprKind::Name(name) => Some(*name),
            _ => None,
        })
        .collect()
}

/// Whether a parameter is the logger that records go through.
fn is_logger(param: &Param<'_>) -> bool {
    words(param.name).last().is_some_and(|last| matches!(last.as_str(), "log" | "logger"))
}

/// `**kwargs`, `...fields`.
fn is_rest(file: &File<'_, '_>, param: &Param<'_>) -> bool {
    let before = file.unit.text.get(..param.at.start as usize).unwrap_or_default();
    let ty = param.ty.unwrap_or_default();
    before.ends_with('*')
        || before.ends_with("...")
        || param.name.starts_with("**")
        || ty.contains("...")
        || before.ends_with("params ")
}

/// Whether a parameter may hold more than its name says.
fn carries(param: &Param<'_>) -> bool {
    let all = words(param.name);
    let object = param.ty.is_some_and(says_audit);
    object || all.last().is_some_and(|last| is_in(last, CARRIERS))
}

/// Whether the record is kept by something else than the logger.
fn is_sink(file: &File<'_, '_>, logs: &Logs<'_>, id: ExprId) -> bool {
    let ExprKind::Call { callee, .. } = file.unit.expr(id) else { return false };
    let ExprKind::Member { name, .. } = file.unit.expr(*callee) else { return false };
    let first = words(name).into_iter().next().unwrap_or_default();
    is_in(&first, SINKS) && log_of(file, logs, id).is_none()
}

/// Whether a parameter is a record that was made before: the log only tells of it. An event is none
/// yet.
fn says_record(param: &Param<'_>) -> bool {
    let ty = words(param.ty.unwrap_or_default());
    let last = ty.last().map_or("", String::as_str);
    let record = matches!(last, "audit" | "record" | "entry" | "trail");
    param.name.eq_ignore_ascii_case("audit") || (record && ty.iter().any(|word| word == "audit"))
}

/// Whether a call hands a record to what keeps records for auditors.
fn keeps(file: &File<'_, '_>, logs: &Logs<'_>, id: ExprId) -> bool {
    let hands = |name: &str| {
        let first = words(name).into_iter().next().unwrap_or_default();
        says_audit(name) && (is_in(&first, WRITES) || first == "update")
    };
    file.called(id).is_some_and(hands)
        && file.own_function(id).is_none()
        && log_of(file, logs, id).is_none()
}

/// Whether the logger of a call has values of its own.
fn is_based(file: &File<'_, '_>, call: ExprId) -> bool {
    let text = file.unit.slice(&file.unit.place(call));
    BASES.iter().any(|word| text.contains(word) || file.unit.text.contains(word))
}

/// Whether audit records have a logger, or a mark, that can be set apart from all others.
fn is_dedicated(file: &File<'_, '_>, call: ExprId, function: FunctionId) -> bool {
    let unit = file.unit;
    let ExprKind::Call { callee, args, .. } = unit.expr(call) else { return true };
    let receiver = match unit.expr(*callee) {
        ExprKind::Member { of, .. } => *of,
        _ => *callee,
    };
    let named = |id: ExprId| {
        let value = file.names.resolved(id);
        says_audit(unit.slice(&unit.place(id)))
            || says_audit(unit.slice(&unit.place(value)))
            || file.names.held(id).is_some_and(|held| says_audit(unit.slice(&unit.place(held))))
    };
    let class = unit.outward(function).find_map(|id| unit.function(id).class);
    let stem = file.path.rsplit('/').next().unwrap_or(file.path);
    let marked = args.iter().any(|arg| {
        let text = unit.slice(&unit.place(arg.value)).to_ascii_lowercase();
        let name = arg.name.unwrap_or_default();
        says_audit(&text) && (text.contains("marker") || matches!(name, "target" | "logger"))
    });
    let macro_target = {
        let text = unit.slice(&unit.place(call));
        text.contains("target:") && says_audit(text)
    };
    named(receiver)
        || marked
        || macro_target
        || says_audit(stem)
        || class.is_some_and(|class| says_audit(unit.class(class).name))
}

/// The level of a record that is dropped where somebody raises the level of the log.
fn suppressible(log: &LogCall) -> Option<(Level, Scalar)> {
    let level = log.level.filter(|level| *level <= Level::Info)?;
    (!log.printed).then(|| (level, log.method.clone()))
}

/// A log call that is a record for auditors.
fn call(file: &File<'_, '_>, id: ExprId, log: &LogCall) -> Option<AuditRecord> {
    let function = file.unit.function_of(id);
    let event = is_event(log);
    let dedicated = is_dedicated(file, id, function);
    let own_logger = receiver_says(file, id);
    if !event && !own_logger || speaks_of_itself(log) || !own_logger && misses(log) {
        return None;
    }
    let through = if event && !dedicated { suppressible(log) } else { None };
    let sure = log.library != "own" && !log.open && !is_based(file, id);
    let text = log.message.as_ref().or(log.template.as_ref());
    // `log.info("AUDIT: {}", serialize(event))`: what is in it was put there elsewhere.
    let unseen = log.values.is_empty() && file.unit.args(id).len() > 1;
    let closed =
        !unseen && log.values.iter().all(|value| value.key.is_some() || value.name.is_some());
    let lacks = match text {
        Some(text) if sure && closed && log.level.is_some_and(|level| level >= Level::Info) => {
            let mut said = Said::default();
            if !log.printed {
                said.give(WHEN);
                said.give(WHERE);
            }
            said.say(&text.text);
            for value in &log.values {
                said.say(value.key.as_ref().map_or("", |key| &key.text));
                said.say(value.name.as_deref().unwrap_or_default());
            }
            // A message that is more than the word says what was done.
            if words(&text.text).iter().any(|word| !matches!(word.as_str(), "audit" | "event")) {
                said.give(WHAT);
            }
            said.lacks()
        }
        _ => Vec::new(),
    };
    Some(AuditRecord {
        document: file.document,
        name: log.method.clone(),
        lacks,
        open: false,
        through,
    })
}

/// `audit_logger.info(…)`, `auditLog.Info(…)`.
fn receiver_says(file: &File<'_, '_>, id: ExprId) -> bool {
    let ExprKind::Call { callee, .. } = file.unit.expr(id) else { return false };
    let ExprKind::Member { of, .. } = file.unit.expr(*callee) else { return false };
    let (ExprKind::Name(name) | ExprKind::Member { name, .. }) = file.unit.expr(*of) else {
        return false;
    };
    let all = words(name);
    all.first().is_some_and(|word| word == "audit")
        && all.iter().skip(1).all(|word| matches!(word.as_str(), "log" | "logger" | "trail"))
}

/// Whether a record says that it is an audit event: by its message, or by a field.
fn is_event(log: &LogCall) -> bool {
    let text = log.message.as_ref().or(log.template.as_ref());
    let by_text = text.is_some_and(|text| {
        let bare = text.text.trim_start_matches(|c: char| !c.is_alphanumeric());
        let Some(head) = bare.get(..5).filter(|head| head.eq_ignore_ascii_case("audit")) else {
            return false;
        };
        let rest = &bare[head.len()..];
        let word = rest.trim_start_matches(['_', '-', ' ', '.']);
        rest.is_empty()
            || rest.starts_with([':', ']', '|', '.'])
            || rest.starts_with(" -")
            // `AUDIT action=login user=…`
            || word.split(' ').next().is_some_and(|first| first.contains('='))
            || matches!(word.to_ascii_lowercase().as_str(), "event" | "record" | "log" | "entry")
            || word.to_ascii_lowercase().starts_with("event:")
    });
    let by_field = log.fields().any(|field| {
        let key = field.key.as_ref().map_or("", |key| key.text.as_str());
        let last = words(key).into_iter().next_back().unwrap_or_default();
        let constant = field.constant.as_deref().unwrap_or_default();
        matches!(last.as_str(), "event" | "type" | "category" | "channel" | "stream")
            && words(constant).first().is_some_and(|word| word == "audit")
    });
    by_text || by_field
}

/// Whether a record says that something called an audit is not there: `Audit: 12 not found`.
fn misses(log: &LogCall) -> bool {
    let text = log.message.as_ref().or(log.template.as_ref());
    let text = text.map_or_else(String::new, |text| text.text.to_ascii_lowercase());
    let absent = ["not found", "does not exist", "no such"];
    log.caught
        && log.level.is_some_and(|level| level > Level::Info)
        && absent.iter().any(|words| text.contains(words))
}

/// Records about the keeping of audit records.
fn speaks_of_itself(log: &LogCall) -> bool {
    const KEEPING: &str = "\
        unable cannot could start started starting enabled disabled init initialized initialised \
        initializing deserialize marshal serialize serialise unmarshal load loaded loading configured using writing flush flushed closed closing skip \
        skipped skipping stop stopped stopping dropped rotating rotated";
    let text = log.message.as_ref().or(log.template.as_ref());
    text.is_some_and(|text| {
        let all = words(&text.text);
        let keeping = all.iter().any(|word| is_in(word, KEEPING));
        let about = all.windows(2).any(|two| {
            two[0] == "audit" && matches!(two[1].as_str(), "log" | "record" | "event" | "logger")
        });
        keeping || (about && all.iter().any(|word| matches!(word.as_str(), "failed" | "error")))
    })
}
