//! Why losing an error may be meant.

use super::plain::{is_getter, is_plain};
use super::sites::Site;
use super::{Excuse, Fate, acts, deeds};
use crate::facts::code::file::File;
use crate::lang::sensitive::words;
use crate::libraries::Role;
use crate::parse::code::Language;
use crate::parse::unit::{
    Arg, CallForm, ExprId, ExprKind, FunctionId, Place, StmtId, StmtKind, Unit,
};
use std::collections::BTreeSet;

/// Why losing the error may be meant.
pub(super) fn of(file: &File<'_, '_>, site: &Site<'_>, fate: Fate) -> Option<Excuse> {
    let unit = file.unit;
    if is_explained(file, site) {
        return Some(Excuse::Explained);
    }
    let calls: Vec<ExprId> = site
        .tried
        .iter()
        .copied()
        .filter(|id| matches!(unit.expr(*id), ExprKind::Call { .. }))
        .collect();
    let module = site.tried.iter().any(|id| matches!(unit.expr(*id), ExprKind::Module(_)));
    // `try: import magic`, and what is done with it.
    let inside = |at: &Place| at.start >= site.start && at.end <= site.whole.start;
    let imports = unit.imports.iter().any(|import| inside(&import.at));
    if module || imports || (site.tried.is_empty() && site.tries == 0) {
        return Some(Excuse::Optional);
    }
    let drained = |id: &ExprId| matches!(unit.expr(*id), ExprKind::Member { name: "Discard", .. });
    // `_, _ = io.ReadAll(resp.Body)`: nothing of it is kept.
    let emptied = |id: &ExprId| {
        matches!(file.names.callee(*id).as_deref(), Some("io.ReadAll" | "io/ioutil.ReadAll"))
            && site.error.is_none()
            && !site.kept_value
            && unit.slice(&unit.place(*id)).contains("Body")
    };
    if site.last
        || site.tried.iter().any(drained)
        || calls.iter().any(emptied)
        || calls.iter().any(|id| is_cleanup(file, *id))
        || (in_cleanup(unit, site) && !deeds::keeps(file, site))
    {
        return Some(Excuse::Cleanup);
    }
    if acts::only_logs(file, &calls) || acts::is_of_logger(unit, site.function) {
        return Some(Excuse::Logging);
    }
    if acts::is_told_around(file, site) {
        return Some(Excuse::Told);
    }
    if site.told || only_explains(file, site) || calls.iter().any(|id| acts::tells(file, *id)) {
        return Some(Excuse::Told);
    }
    // Whoever sent what cannot be read is told so.
    if site.reads_request(unit) && fate == Fate::Refused {
        return Some(Excuse::Told);
    }
    if site.writes_answer(unit) || deeds::is_of_tunnel(unit, site, &calls) {
        return Some(Excuse::Gone);
    }
    if acts::only_makes_room(unit, &calls) {
        return Some(Excuse::Needed);
    }
    if acts::is_handed_in(unit, site, &calls) {
        return Some(Excuse::Isolated);
    }
    if (site.leaves && site.repeats_until.is_some()) || acts::goes_another_way(unit, site) {
        return Some(Excuse::Turns);
    }
    if told_later(file, site) {
        return Some(Excuse::Retried);
    }
    let asked = deeds::only_asks(unit, &calls) || is_asked(unit, site);
    if gives_default(unit, site) {
        return Some(Excuse::Attempt);
    }
    if site.notes || asked || is_probe(unit, site) {
        return Some(Excuse::Asked);
    }
    if deeds::is_usage(unit, site, &calls) {
        return Some(Excuse::Usage);
    }
    let waits = site.tried.iter().any(|id| matches!(unit.expr(*id), ExprKind::Await(_)));
    // `return new Score(home, away)`: what was read is given back as one.
    let made = |id: ExprId| {
        let before = unit.text.get(..unit.place(id).start as usize).unwrap_or_default();
        matches!(unit.expr(id), ExprKind::Call { form: CallForm::New, .. })
            && file.call(id).is_none_or(|call| call.role(Role::Fallible).is_none())
            && before.trim_end().ends_with("return")
    };
    let (plain, other): (Vec<ExprId>, Vec<ExprId>) =
        calls.iter().partition(|id| is_plain(file, **id));
    let other: Vec<ExprId> = match plain.is_empty() {
        true => other,
        false => other.into_iter().filter(|id| !made(*id)).collect(),
    };
    // `Long.parseLong(row.getValue())`: the getter hands over what is read.
    let read: BTreeSet<ExprId> = plain.iter().flat_map(|id| unit.all_in(*id)).collect();
    if !waits && other.iter().all(|id| read.contains(id) && is_getter(unit, *id)) {
        return Some(Excuse::Attempt);
    }
    None
}

/// Whether whoever calls has said what to give where it fails: `return defaultValue`.
fn gives_default(unit: &Unit<'_>, site: &Site<'_>) -> bool {
    let [only] = site.body else { return false };
    let StmtKind::Return(Some(value)) = unit.stmt(*only) else { return false };
    let ExprKind::Name(name) = unit.expr(*value) else { return false };
    let said = words(name);
    let first = said.first().map(String::as_str);
    matches!(first, Some("default" | "fallback"))
        && unit.function(site.function).params.iter().any(|param| param.name == *name)
}

/// Words of comments that explain nothing.
const MARKS: &[&str] = &[
    "noqa",
    "nosec",
    "todo",
    "fixme",
    "pylint",
    "eslint",
    "nolint",
    "nosonar",
    "pragma",
    "ts-ignore",
    "xxx",
    "type: ignore",
    "noinspection",
    "@ts-",
];

/// Whether a comment in the body says why.
fn is_explained(file: &File<'_, '_>, site: &Site<'_>) -> bool {
    let unit = file.unit;
    // `ignored` is a word to the reader, and says not why what is kept may be lost.
    let named = site.error.is_some_and(|error| {
        let error = error.to_ascii_lowercase();
        error.contains("ignore") || error.contains("expected")
    });
    if (named && !deeds::keeps(file, site)) || told_above(unit, site) {
        return true;
    }
    // `defer func() { _ = recover() }()`, with a comment above it.
    let function = unit.function(site.function);
    let lambda = function.name.is_empty() && function.body.len() < 3;
    if lambda && above(unit, function.at.start).is_some_and(|at| says_why(unit, at)) {
        return true;
    }
    // A comment may follow on the last line.
    let rest = unit.text.get(site.whole.end as usize..).unwrap_or_default();
    let line = rest.find('\n').unwrap_or(rest.len());
    let mut whole = site.whole.start..site.whole.end + u32::try_from(line).unwrap_or_default();
    // `Err(_) => { … }` with nothing in it but words.
    if site.body.is_empty() && rest.trim_start().starts_with("=> {") {
        let close = rest.find('}').unwrap_or(line);
        whole.end = whole.end.max(site.whole.end + u32::try_from(close).unwrap_or_default());
    }
    let start = above(unit, whole.start).unwrap_or(whole.start);
    let first = unit.comments.partition_point(|comment| comment.start < start);
    let mut here = unit.comments[first..].iter().take_while(|comment| comment.start < whole.end);
    here.any(|comment| says_why(unit, comment.start))
}

/// Whether the comment that begins at a place says something to a reader.
fn says_why(unit: &Unit<'_>, at: u32) -> bool {
    let number = unit.comments.partition_point(|comment| comment.start < at);
    let text = unit.comments.get(number).map_or("", |comment| unit.slice(comment));
    let text = text.to_ascii_lowercase();
    // Another checker asked for this very thing, and was told that it is meant.
    const ASKED: &[&str] = &["no-empty", "s110", "b110", "errcheck", "s2486", "s108"];
    let mut parts = text.split(|c: char| !(c.is_alphanumeric() || c == '-'));
    if parts.any(|part| ASKED.contains(&part)) {
        return true;
    }
    let says = text.chars().filter(|c| c.is_alphabetic()).count() >= 4;
    says && !MARKS.iter().any(|mark| text.contains(mark))
}

/// Words of comments that say that errors are passed over.
const PASSES_OVER: &[&str] = &[
    "ignor",
    "best effort",
    "best-effort",
    "swallow",
    "silently",
    "throws for",
    "fails for",
    "recover",
];

/// Words of comments right above what may fail that say that it may.
const MAY_FAIL: &[&str] = &[
    "already exist",
    "attempt to",
    "avoid crash",
    "can fail",
    "could fail",
    "does not work",
    "doesn't matter",
    "doesn't work",
    "don't care",
    "fire and forget",
    "fire-and-forget",
    "hack",
    "if available",
    "if possible",
    "just in case",
    "may fail",
    "might fail",
    "non-critical",
    "non-fatal",
    "not critical",
    "not fatal",
    "opportunistic",
    "optional",
    "unsupported",
    "work around",
    "workaround",
];

/// Words of comments that say that something is not to be, and what: `don't let this abort the task`.
const NOT: &[&str] = &["n't", "not ", "never", "even if", "regardless", "shall no"];
const STOPS: &[&str] =
    &["abort", "affect", "block", "break", "crash", "interrupt", "prevent", "stop", "take down"];

/// Whether the comment on the function, or one on what may fail, says that errors are passed over.
fn told_above(unit: &Unit<'_>, site: &Site<'_>) -> bool {
    let function = &unit.function(site.function).at;
    let tried = site.tried.iter().map(|id| unit.place(*id).start).min();
    let on_tried = tried.and_then(|tried| {
        // The comment stands above `try`, or above the variable that is set in it.
        let after = unit.comments.partition_point(|comment| comment.start < tried);
        let comment = unit.comments.get(after.checked_sub(1)?)?;
        let between = unit.text.get(comment.end as usize..tried as usize)?;
        // An `if` that holds nothing else may stand between.
        let ended = match unit.language {
            Language::Go | Language::Python => between.contains(['(', '}']),
            _ => between.contains('}') || (between.contains('(') && between.contains(';')),
        };
        (between.lines().count() <= 6 && !ended).then_some(comment.start)
    });
    let mut starts: Vec<u32> = on_tried.into_iter().chain(above(unit, site.start)).collect();
    let mut at = on_tried;
    while let Some(start) = at.and_then(|at| above(unit, at)).filter(|_| starts.len() < MAX_LINES) {
        starts.push(start);
        at = Some(start);
    }
    let goes_on = |start: u32| comment_says(unit, start, NOT) && comment_says(unit, start, STOPS);
    if starts.iter().any(|start| comment_says(unit, *start, MAY_FAIL) || goes_on(*start)) {
        return true;
    }
    let mut at = function.start;
    for _ in 0..MAX_LINES {
        let Some(start) = above(unit, at) else { break };
        starts.push(start);
        at = start;
    }
    starts.into_iter().any(|start| comment_says(unit, start, PASSES_OVER))
}

/// Whether the comment that begins at a place has one of these words.
fn comment_says(unit: &Unit<'_>, start: u32, words: &[&str]) -> bool {
    let number = unit.comments.partition_point(|comment| comment.start < start);
    let text = unit.comments.get(number).map_or("", |comment| unit.slice(comment));
    let text = text.to_ascii_lowercase();
    words.iter().any(|word| text.contains(word))
}

/// Most lines of a comment on a function that are read.
const MAX_LINES: usize = 12;

/// Where the line above begins, if it holds a comment and nothing else.
fn above(unit: &Unit<'_>, at: u32) -> Option<u32> {
    let before = unit.text.get(..at as usize)?;
    let line = before.rfind('\n')?;
    let start = before[..line].rfind('\n').map_or(0, |at| at + 1);
    let first = before[start..line].find(|c: char| !c.is_whitespace())?;
    let start = u32::try_from(start + first).ok()?;
    let comment = unit.comments.binary_search_by_key(&start, |comment| comment.start);
    comment.is_ok().then_some(start)
}

/// `body, _ := io.ReadAll(r.Body)` where the text only goes into an error or a record that is made
/// anyway: what failed is told.
fn only_explains(file: &File<'_, '_>, site: &Site<'_>) -> bool {
    let unit = file.unit;
    if !site.kept_value || unit.language != Language::Go {
        return false;
    }
    let stmts = unit.statements(site.function);
    let declared = stmts.iter().find_map(|stmt| match unit.stmt(*stmt) {
        StmtKind::Let { targets, .. } => targets
            .iter()
            .any(|target| unit.place(*target) == site.at)
            .then(|| targets.first().copied())
            .flatten(),
        _ => None,
    });
    let Some((target, ExprKind::Name(name))) = declared.map(|it| (it, unit.expr(it))) else {
        return false;
    };
    let after = site.at.end;
    let all: Vec<ExprId> =
        stmts.iter().flat_map(|stmt| unit.reads(*stmt)).flat_map(|id| unit.all_in(id)).collect();
    let tells = |id: &&ExprId| {
        let path = file.names.callee(**id).unwrap_or_default();
        matches!(path.as_str(), "fmt.Errorf" | "errors.New")
            || file.call(**id).is_some_and(|it| it.role(Role::Log).is_some())
    };
    let told: BTreeSet<ExprId> = all.iter().filter(tells).flat_map(|id| unit.all_in(*id)).collect();
    let mut uses = all.iter().filter(|id| {
        **id != target
            && unit.place(**id).start >= after
            && matches!(unit.expr(**id), ExprKind::Name(one) if one == name)
    });
    let mut any = false;
    uses.all(|id| {
        any = true;
        told.contains(id)
    }) && any
}

/// First words of names of what ends or removes something.
const CLEANING: &[&str] = &[
    "close",
    "shutdown",
    "stop",
    "disconnect",
    "cleanup",
    "dispose",
    "unlink",
    "remove",
    "delete",
    "kill",
    "terminate",
    "cancel",
    "release",
    "unsubscribe",
    "destroy",
    "quit",
    "rollback",
    "abort",
    "detach",
    "teardown",
    "clear",
    "purge",
    "free",
    "flush",
    "rmtree",
    "rmdir",
    "rimraf",
    "__exit__",
    "__del__",
    "__aexit__",
    "finalize",
    "end",
    "drain",
    "logout",
    "unregister",
    "unbind",
    "reset",
    "clean",
    "drop",
    "interrupt",
    "unmount",
    "tear",
    "unwrap",
    "unpatch",
    "uninstrument",
];

fn is_cleaning(name: &str) -> bool {
    let name = name.trim_start_matches(['_', '$']).to_ascii_lowercase();
    CLEANING.iter().any(|word| name.starts_with(word.trim_start_matches('_')))
}

fn is_cleanup(file: &File<'_, '_>, id: ExprId) -> bool {
    let unit = file.unit;
    let ExprKind::Call { callee, .. } = unit.expr(id) else { return false };
    let row = file.call(id).and_then(|call| call.role(Role::Fallible));
    let name = match unit.expr(*callee) {
        ExprKind::Member { name, .. } | ExprKind::Name(name) => name,
        _ => "",
    };
    // `tx.Exec("ROLLBACK")`
    let rolls_back = || {
        let first = unit.args(id).iter().find_map(|arg| file.names.text(arg.value));
        first
            .and_then(|it| it.trim_start().get(..8))
            .is_some_and(|it| it.eq_ignore_ascii_case("rollback"))
    };
    row.is_some_and(|api| api.get("kind") == Some("cleanup")) || is_cleaning(name) || rolls_back()
}

/// Whether the function around is one that cleans up.
fn in_cleanup(unit: &Unit<'_>, site: &Site<'_>) -> bool {
    unit.outward(site.function).any(|id| is_cleaning(unit.function(id).name))
}

/// Whether the function tells of failure after the loop, or after the last attempt.
fn told_later(file: &File<'_, '_>, site: &Site<'_>) -> bool {
    let unit = file.unit;
    let after = site.repeats_until.unwrap_or(site.whole.end);
    let body = &unit.function(site.function).body;
    let outer = body.iter().rev().take(1).copied();
    let stmts: Vec<StmtId> = match site.repeats_until {
        Some(_) => unit.under(body),
        // Without a loop only the last word of the function counts.
        None => outer.collect(),
    };
    stmts.into_iter().filter(|id| unit.stmts[id.0 as usize].at.start >= after).any(|id| {
        // `Err(…)` at the end of a function.
        let fails = || {
            unit.language == Language::Rust
                && unit.slice(&unit.stmts[id.0 as usize].at).starts_with("Err(")
        };
        matches!(unit.stmt(id), StmtKind::Throw(_))
            || fails()
            || (site.repeats_until.is_some()
                && unit
                    .reads(id)
                    .into_iter()
                    .flat_map(|id| unit.all_in(id))
                    .any(|id| file.call(id).is_some_and(|it| it.role(Role::Log).is_some())))
    })
}

/// First words of names of functions that ask whether something works.
const ASKING: &[&str] = &[
    "is", "has", "can", "check", "ping", "try", "exist", "valid", "test", "probe", "health",
    "ready", "alive", "supports", "should", "detect", "verify", "could", "would",
];

/// Whether the function asks how it is, and answers that.
fn is_asked(unit: &Unit<'_>, site: &Site<'_>) -> bool {
    let name = unit.function(site.function).name.trim_start_matches('_').to_ascii_lowercase();
    let answers = unit.under(site.body).into_iter().any(|id| match unit.stmt(id) {
        StmtKind::Return(Some(value)) => {
            matches!(unit.expr(*value), ExprKind::Bool(_) | ExprKind::Null)
        }
        _ => false,
    });
    // `check_version` goes on to what it answers.
    let last = unit.function(site.function).body.last().map(|id| unit.stmt(*id));
    let goes_on = || matches!(last, Some(StmtKind::Return(Some(_)))) && name.starts_with("check_");
    (answers && (ASKING.iter().any(|word| name.starts_with(word)) || name.ends_with("valid")))
        || goes_on()
}

/// Whether the function answers whoever asks if the program, or what it needs, is there.
fn is_probe(unit: &Unit<'_>, site: &Site<'_>) -> bool {
    const PROBES: &[&str] = &[
        "health",
        "healthz",
        "heartbeat",
        "livez",
        "ping",
        "readyz",
        "ready",
        "readiness",
        "liveness",
        "probe",
    ];
    let is_probe = |word: &String| PROBES.contains(&word.as_str());
    // `app.get("/healthz", async () => …)`
    let around: Vec<FunctionId> = unit.outward(site.function).collect();
    if around.iter().any(|id| words(unit.function(*id).name).iter().any(is_probe)) {
        return true;
    }
    // `UntilAsync(container)` is asked again and again.
    let until =
        |id: &FunctionId| words(unit.function(*id).name).first().is_some_and(|it| it == "until");
    if around.iter().any(until) {
        return true;
    }
    unit.calls().any(|call| {
        let args = unit.args(call);
        let handler = |arg: &Arg<'_>| {
            matches!(unit.expr(arg.value), ExprKind::Lambda(of) if around.contains(of))
        };
        let path = args.first().and_then(|arg| unit.literal(arg.value));
        path.is_some_and(|path| path.starts_with('/') && words(path).iter().any(is_probe))
            && args.iter().any(handler)
    })
}
