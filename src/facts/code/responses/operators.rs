//! Answers that only those who run the program, or work on it, can ask for.

use crate::facts::code::file::File;
use crate::facts::{DocumentId, FileFacts};
use crate::lang::sensitive::words;
use crate::parse::code::Language;
use crate::parse::unit::{ExprId, ExprKind, StmtKind, Unit};
use std::collections::BTreeSet;

/// A function that answers on a router of its own for those who run the program.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct OperatorRoute {
    /// The file that makes the router.
    pub document: DocumentId,
    /// The name of the function.
    pub handler: String,
    /// They are whoever has logged in, and that is the operator alone where there is one secret.
    pub shared: bool,
}

/// Words of marks and paths of what only those who run the program may ask for.
const OPERATORS: &[&str] = &[
    "admin",
    "administrator",
    "administrators",
    "admins",
    "goroutines",
    "heap",
    "memory",
    "operator",
    "pprof",
    "staff",
    "superuser",
];

/// Words of names of routers that are theirs.
const ROUTERS: &[&str] = &[
    "admin",
    "debug",
    "health",
    "internal",
    "management",
    "metrics",
    "monitoring",
    "operator",
    "ops",
    "pprof",
    "probe",
    "probes",
];

/// Words of names of marks that let only the own machine, or the own network, in, or whoever works
/// on the code: `@local_check`, `[DevTestCondition]`.
const NEAR: &[&str] = &[
    "debug",
    "dev",
    "development",
    "internal",
    "local",
    "localhost",
    "loopback",
    "test",
    "testing",
    "tests",
];

/// Words of the names of classes whose methods answer them.
const CLASSES: &[&str] = &["admin", "administration", "administrator", "debug", "diagnostics"];

/// Names of calls that give a router the function that answers.
const ROUTES: &[&str] =
    &["any", "delete", "get", "handle", "handlefunc", "on", "patch", "post", "put", "to"];

fn has(text: &str, list: &[&str]) -> bool {
    words(text).iter().any(|it| list.contains(&it.as_str()))
}

/// Reads the functions that are given to routers of those who run the program.
pub(super) fn read(file: &File<'_, '_>, facts: &mut FileFacts) {
    let unit = file.unit;
    let mut found: BTreeSet<(&str, bool)> = BTreeSet::new();
    for stmt in &unit.stmts {
        let StmtKind::Let { targets, value: Some(value), .. } = &stmt.kind else { continue };
        let [target] = targets.as_slice() else { continue };
        if !matches!(unit.expr(*target), ExprKind::Name(name) if has(name, ROUTERS)) {
            continue;
        }
        let all = unit.all_in(*value).into_iter().flat_map(|call| handlers(file, call));
        found.extend(all.map(|handler| (handler, false)));
    }
    let guarded = guarded(file);
    for call in unit.calls() {
        let ExprKind::Call { callee, args, .. } = unit.expr(call) else { continue };
        let ExprKind::Member { of, .. } = unit.expr(*callee) else { continue };
        let path = args.first().and_then(|arg| unit.literal(arg.value));
        if !path.is_some_and(|path| path.starts_with('/')) {
            continue;
        }
        let own = is_router(unit, *of);
        let shared = matches!(unit.expr(*of), ExprKind::Name(name) if guarded.contains(name));
        if own || shared {
            found.extend(handlers(file, call).into_iter().map(|handler| (handler, !own)));
        }
    }
    let document = file.document;
    let routes = found.into_iter().map(|(handler, shared)| OperatorRoute {
        document,
        handler: handler.to_owned(),
        shared,
    });
    facts.operator_routes.extend(routes);
}

/// Routers that ask everybody to have logged in: `views.Use(s.requireAuthentication)`.
fn guarded<'a>(file: &File<'_, 'a>) -> BTreeSet<&'a str> {
    let unit = file.unit;
    let asks = |name: &str| {
        has(name, &["ensure", "must", "require", "required", "requires"])
            && has(name, &["auth", "authenticated", "authentication", "login"])
    };
    let guarded = |call: ExprId| {
        let ExprKind::Call { callee, args, .. } = unit.expr(call) else { return None };
        let ExprKind::Member { of, name: "Use" | "use" } = unit.expr(*callee) else { return None };
        let ExprKind::Name(router) = unit.expr(*of) else { return None };
        let named = args.iter().any(|arg| match unit.expr(arg.value) {
            ExprKind::Name(name) | ExprKind::Member { name, .. } => asks(name),
            _ => false,
        });
        named.then_some(*router)
    };
    unit.calls().filter_map(guarded).collect()
}

/// The functions that a call gives to a router, by name.
fn handlers<'a>(file: &File<'_, 'a>, call: ExprId) -> Vec<&'a str> {
    let unit = file.unit;
    let routes = |name: &str| ROUTES.contains(&name.to_ascii_lowercase().as_str());
    if !file.called(call).is_some_and(routes) {
        return Vec::new();
    }
    let named = unit.args(call).iter().filter_map(|arg| match unit.expr(arg.value) {
        ExprKind::Name(name) | ExprKind::Member { name, .. } => Some(*name),
        // `s.settingsGet()` makes the function.
        ExprKind::Call { args, .. } if args.is_empty() => file.called(arg.value),
        _ => None,
    });
    named.collect()
}

fn is_router(unit: &Unit<'_>, of: ExprId) -> bool {
    match unit.expr(of) {
        ExprKind::Name(name) | ExprKind::Member { name, .. } => has(name, ROUTERS),
        _ => false,
    }
}

/// Whether a file answers those who run the program: profiles and the like, the pages of its
/// administrators, what a command of a command line serves for as long as it runs, and what the
/// cluster's own server asks.
pub(super) fn is_for_operators(file: &File<'_, '_>) -> bool {
    const DOORS: &[&str] = &["admin", "pprof", "profiling", "debug", "profiler"];
    const COMMANDS: &[&str] = &[
        "github.com/spf13/cobra",
        "github.com/urfave/cli",
        "github.com/alecthomas/kong",
        "k8s.io/api/admission",
    ];
    let commands = |path: &str| COMMANDS.iter().any(|known| path.starts_with(known));
    if file.unit.imports.iter().any(|import| commands(&import.path)) {
        return true;
    }
    // `//go:build dev`
    let built = || {
        let mut head = file.unit.text.lines().take_while(|line| !line.starts_with("package "));
        head.any(|line| {
            line.strip_prefix("//go:build ")
                .is_some_and(|tags| tags.split_whitespace().any(|tag| NEAR.contains(&tag)))
        })
    };
    if file.unit.language == Language::Go && built() {
        return true;
    }
    let is_door = |part: &str| {
        let stem = part.split('.').next().unwrap_or(part);
        DOORS.iter().any(|door| stem.eq_ignore_ascii_case(door))
    };
    file.path.split('/').any(is_door)
}

/// Whether a mark on the function, or the path that leads to it, says that only those who run the
/// program may ask: `@app.get("/logs", dependencies=[Depends(check_admin)])`, `@local_check`.
pub(super) fn is_guarded(file: &File<'_, '_>, whole: ExprId) -> bool {
    let unit = file.unit;
    let says = |text: &str| has(text, OPERATORS);
    let guards = |mark: &ExprId| {
        let text = unit.slice(&unit.place(*mark));
        let (name, rest) = text.split_once('(').unwrap_or((text, ""));
        // `#[cfg(feature = "test-utils")]`, `[Authorize(Policy = "Debug")]`
        let chooses = name.ends_with("cfg") || name.ends_with("Authorize");
        says(text) || has(name, NEAR) || (chooses && has(rest, NEAR))
    };
    let mut around = unit.outward(unit.function_of(whole));
    let marked = around.any(|id| {
        let function = unit.function(id);
        let of_class = function.class.map(|class| unit.class(class)).is_some_and(|class| {
            class.decorators.iter().any(guards)
                || class.bases.iter().chain([&class.name]).any(|name| has(name, CLASSES))
        });
        of_class || function.decorators.iter().any(guards)
    });
    marked || is_routed(file, whole, &says, true) || asks_for_key(unit, whole)
}

/// Whether the function has turned away before whoever does not hold the one key of its settings:
/// `if (token !== config.api_key) { res.sendStatus(403); return }`.
fn asks_for_key(unit: &Unit<'_>, whole: ExprId) -> bool {
    let start = unit.place(whole).start;
    let differs = |test: ExprId| {
        let ExprKind::Binary { op: "!=" | "!==", left, right } = unit.expr(test) else {
            return false;
        };
        [*left, *right].iter().any(|side| {
            let text = unit.slice(&unit.place(*side));
            has(text, &["cfg", "conf", "config", "env", "environ", "settings"])
                && has(text, &["key", "apikey", "password", "secret", "token"])
        })
    };
    unit.outward(unit.function_of(whole)).filter(|id| id.0 != 0).any(|id| {
        unit.function(id).body.iter().any(|stmt| match unit.stmt(*stmt) {
            StmtKind::If { test, then, .. } => {
                let leaves = then.last().is_some_and(|last| {
                    matches!(unit.stmt(*last), StmtKind::Return(_) | StmtKind::Throw(_))
                });
                unit.stmts[stmt.0 as usize].at.end <= start && leaves && differs(*test)
            }
            _ => false,
        })
    })
}

/// Whether the path that leads to the function around says something: `router.Post("/-/reload",
/// func(…) { … })`; or the router itself, where that is asked for.
fn is_routed(
    file: &File<'_, '_>,
    whole: ExprId,
    says: &dyn Fn(&str) -> bool,
    by_router: bool,
) -> bool {
    let unit = file.unit;
    let at = unit.place(whole);
    let holds = |id: ExprId| {
        let place = unit.place(id);
        place.start <= at.start && at.end <= place.end
    };
    let router = |call: ExprId| match unit.expr(call) {
        ExprKind::Call { callee, .. } => match unit.expr(*callee) {
            ExprKind::Member { of, .. } => is_router(unit, *of),
            _ => false,
        },
        _ => false,
    };
    let mut calls = unit.exprs_around(&at);
    calls.any(|call| {
        let beside = unit.args(call).iter().filter(|arg| !holds(arg.value));
        let parts = beside.flat_map(|arg| unit.all_in(arg.value));
        let mut paths =
            parts.filter_map(|id| unit.literal(id)).filter(|it| it.starts_with('/')).peekable();
        let routed = paths.peek().is_some();
        paths.any(says) || (by_router && routed && router(call))
    })
}

/// Whether what went wrong is what the answer is for: the function tries a connection or settings
/// for whoever asks.
pub(super) fn is_asked(file: &File<'_, '_>, whole: ExprId) -> bool {
    const TRIES: &[&str] = &[
        "diagnose",
        "health",
        "healthz",
        "liveness",
        "livez",
        "ping",
        "probe",
        "readiness",
        "ready",
        "readyz",
        "reload",
        "test",
    ];
    let unit = file.unit;
    let says = |text: &str| has(text, TRIES);
    let mut around = unit.outward(unit.function_of(whole));
    around.any(|id| says(unit.function(id).name)) || is_routed(file, whole, &says, false)
}

/// Whether an answer stands where a condition asks for a mode of tests: `if (e2eTestMode) { … }`.
pub(super) fn is_of_tests(unit: &Unit<'_>, whole: ExprId) -> bool {
    let at = unit.place(whole);
    unit.stmts_around(&at).any(|stmt| {
        let StmtKind::If { test, then, .. } = unit.stmt(stmt) else { return false };
        let ends = then.last().map(|last| unit.stmts[last.0 as usize].at.end);
        let starts = then.first().map(|first| unit.stmts[first.0 as usize].at.start);
        let holds =
            starts.is_some_and(|start| start <= at.start) && ends.is_some_and(|end| at.end <= end);
        let condition = || words(unit.slice(&unit.place(*test)));
        holds && asks_for_tests(&condition())
    })
}

fn asks_for_tests(words: &[String]) -> bool {
    let is = |word: &String, list: &[&str]| list.contains(&word.as_str());
    let negated = words.iter().any(|word| is(word, &["not", "no"]));
    let mode = words
        .windows(2)
        .any(|two| is(&two[0], &["test", "testing"]) && is(&two[1], &["mode", "env", "support"]));
    !negated && (mode || words.iter().any(|word| is(word, &["e2e"])))
}

/// What a value holds wherever the program runs: without what a choice gives only to those who work on
/// it, `production ? undefined : error.message`.
pub(super) fn parts_for_all(unit: &Unit<'_>, id: ExprId) -> Vec<ExprId> {
    const RUNS: &[&str] = &["dev", "development", "live", "prod", "production"];
    let mut found = Vec::new();
    let mut open = vec![id];
    while let Some(id) = open.pop() {
        match unit.expr(id) {
            ExprKind::Choice { test, .. } if has(unit.slice(&unit.place(*test)), RUNS) => {}
            _ => {
                found.push(id);
                open.extend(unit.inside(id).into_iter().rev());
            }
        }
    }
    found
}
