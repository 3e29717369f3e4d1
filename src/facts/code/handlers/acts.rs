//! What the code that may fail is there for: for what it does, or for a value.

use super::sites::Site;
use crate::facts::code::file::{Call, File};
use crate::facts::code::routines::class_of;
use crate::lang::sensitive::words;
use crate::libraries::Role;
use crate::parse::code::Language;
use crate::parse::unit::{ExprId, ExprKind, FunctionId, Place, StmtId, StmtKind, Unit};
use std::collections::{BTreeMap, BTreeSet};

/// The statements of a file, as one asks for them by what they evaluate or where they end.
pub(super) struct Effects {
    /// Expressions that are statements of their own.
    whole: BTreeSet<ExprId>,
    /// Go: where each assignment ends.
    ends: Vec<(u32, StmtId)>,
}

impl Effects {
    pub(super) fn of(unit: &Unit<'_>) -> Effects {
        let mut effects = Effects { whole: BTreeSet::new(), ends: Vec::new() };
        for (number, stmt) in unit.stmts.iter().enumerate() {
            match stmt.kind {
                StmtKind::Expr(of) => {
                    effects.whole.insert(core(unit, of));
                }
                StmtKind::Let { .. } if unit.language == Language::Go => {
                    let id = StmtId(u32::try_from(number).unwrap_or(u32::MAX));
                    effects.ends.push((stmt.at.end, id));
                }
                _ => {}
            }
        }
        effects.ends.sort_unstable();
        effects
    }

    /// Whether nobody takes the value of an expression.
    pub(super) fn is_statement(&self, id: ExprId) -> bool {
        self.whole.contains(&id)
    }

    /// The assignment right before a place: only space stands between.
    pub(super) fn before(&self, unit: &Unit<'_>, place: &Place) -> Option<StmtId> {
        let after = self.ends.partition_point(|(end, _)| *end <= place.start);
        let (end, id) = *self.ends.get(after.checked_sub(1)?)?;
        let between = unit.text.get(end as usize..place.start as usize)?;
        between.trim().is_empty().then_some(id)
    }
}

/// An expression without what only waits for it, hands its error on, or throws its value away.
fn core(unit: &Unit<'_>, id: ExprId) -> ExprId {
    let mut at = id;
    while let ExprKind::Await(of) | ExprKind::Propagate(of) | ExprKind::Unary { op: "void", of } =
        unit.expr(at)
    {
        at = *of;
    }
    at
}

/// Names of what only adds to a collection, or waits.
const FILLS: &[&str] = &[
    "putall",
    "putifabsent",
    "add",
    "tryadd",
    "addrange",
    "append",
    "push",
    "push_back",
    "extend",
    "setdefault",
    "unshift",
    "sleep",
];

/// Whether a block does something that is not there for a value: it calls, and nobody takes what
/// the call gives.
pub(super) fn does(file: &File<'_, '_>, block: &[StmtId]) -> bool {
    let unit = file.unit;
    let acts = |id: ExprId| {
        let quiet = || file.call(id).is_some_and(|call| call.role(Role::Quiet).is_some());
        let fills = || {
            let name = called(unit, id).to_ascii_lowercase();
            // `await this.push()` is no list.
            !unit.args(id).is_empty() && FILLS.contains(&name.as_str())
                || (unit.language == Language::Java && name == "put")
        };
        matches!(unit.expr(id), ExprKind::Call { .. }) && !quiet() && !fills()
    };
    unit.under(block).into_iter().any(|id| match unit.stmt(id) {
        StmtKind::Expr(of) => {
            let of = core(unit, *of);
            match unit.expr(of) {
                ExprKind::Assign { .. } => false,
                // What a list is filled with is a value.
                ExprKind::Call { .. } => acts(of),
                _ => unit.all_in(of).into_iter().any(&acts),
            }
        }
        // `#pragma` does nothing.
        StmtKind::Other(_) => !unit.slice(&unit.stmts[id.0 as usize].at).starts_with('#'),
        StmtKind::Spawn(_) => true,
        _ => false,
    })
}

/// Whether a block leaves the loop or the function around it where it works.
pub(super) fn leaves(unit: &Unit<'_>, block: &[StmtId]) -> bool {
    let stmts = unit.under(block);
    stmts.into_iter().any(|id| matches!(unit.stmt(id), StmtKind::Return(_) | StmtKind::Break))
}

/// Whether what may fail ends the function where it works, and another way is gone after it where
/// it does not.
pub(super) fn goes_another_way(unit: &Unit<'_>, site: &Site<'_>) -> bool {
    let after = |id: &StmtId| unit.stmts[id.0 as usize].at.start >= site.whole.end;
    site.done && unit.under(&unit.function(site.function).body).iter().any(after)
}

/// Whether a block, after it did something, leaves the function without a value.
pub(super) fn is_done(unit: &Unit<'_>, block: &[StmtId]) -> bool {
    let returns =
        |id: Option<&StmtId>| id.is_some_and(|id| matches!(unit.stmt(*id), StmtKind::Return(None)));
    let ends = |block: &[StmtId]| block.len() > 1 && returns(block.last());
    ends(block) || unit.under(block).into_iter().any(|id| unit.blocks(id).into_iter().any(&ends))
}

/// Whether a block ends with noting that it worked.
pub(super) fn notes(unit: &Unit<'_>, block: &[StmtId]) -> bool {
    let is_true = |id: ExprId| matches!(unit.expr(id), ExprKind::Bool(true));
    block.last().is_some_and(|last| match unit.stmt(*last) {
        StmtKind::Let { value: Some(value), .. } => is_true(*value),
        StmtKind::Expr(of) => match unit.expr(*of) {
            ExprKind::Assign { value, .. } => is_true(*value),
            _ => false,
        },
        _ => false,
    })
}

/// Whether a call is of a function of the file that records the errors it meets.
pub(super) fn tells(file: &File<'_, '_>, call: ExprId) -> bool {
    let unit = file.unit;
    let ExprKind::Call { callee, .. } = unit.expr(call) else { return false };
    let lambda = || match unit.expr(file.names.value(*callee)?) {
        ExprKind::Lambda(of) => Some(*of),
        _ => None,
    };
    let Some(called) = file.own_function(call).or_else(lambda) else { return false };
    let body = &unit.function(called).body;
    let records = |block: &[StmtId]| {
        let mut calls = unit.calls_under(block).into_iter();
        calls.any(|id| file.call(id).is_some_and(|it| it.role(Role::Log).is_some()))
    };
    match unit.language {
        // Errors are values there, and are met anywhere.
        Language::Go | Language::Rust => records(body),
        _ => unit.under(body).into_iter().any(|id| match unit.stmt(id) {
            StmtKind::Try { catches, .. } => catches.iter().any(|catch| records(&catch.body)),
            _ => false,
        }),
    }
}

/// Go: whether what fails here does so where another error was met and recorded already: the answer
/// to that one is put together.
pub(super) fn is_told_around(file: &File<'_, '_>, site: &Site<'_>) -> bool {
    let unit = file.unit;
    if unit.language != Language::Go {
        return false;
    }
    let records = |id: &StmtId| {
        let stmt = &unit.stmts[id.0 as usize];
        let StmtKind::Expr(call) = stmt.kind else { return false };
        let ExprKind::Call { callee, .. } = unit.expr(call) else { return false };
        let written = unit.slice(&unit.place(*callee));
        let known = file.call(call).is_some_and(|it| it.role(Role::Log).is_some());
        let named = ["log.Error", "logger.Error", "log.Warn", "logger.Warn"];
        stmt.at.end <= site.start && (known || named.iter().any(|name| written.contains(name)))
    };
    unit.stmts_around(&site.whole).any(|id| match unit.stmt(id) {
        StmtKind::If { test, then, .. } => {
            unit.slice(&unit.place(*test)).ends_with("!= nil") && then.first().is_some_and(records)
        }
        _ => false,
    })
}

/// Whether little else is done but to write records.
pub(super) fn only_logs(file: &File<'_, '_>, calls: &[ExprId]) -> bool {
    let logs = |id: &ExprId| {
        let writes = |it: &Call| it.role(Role::Log).is_some() || it.role(Role::Print).is_some();
        file.call(*id).is_some_and(writes) || is_log(file.unit, *id)
    };
    calls.iter().any(logs) && calls.len() < 3
}

/// Whether a function is a part of what writes records, as its class extends one: an appender, a
/// handler of records. A record of what fails there would come back to it.
pub(in crate::facts::code) fn is_of_logger(unit: &Unit<'_>, function: FunctionId) -> bool {
    const LOGS: &[&str] = &["log", "logs", "logger", "logging"];
    const PARTS: &[&str] =
        &["encoder", "enricher", "filter", "formatter", "handler", "layout", "sink", "target"];
    let is_part = |base: &&str| {
        let words = words(base);
        let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
        has(&["appender"]) || (has(LOGS) && has(PARTS))
    };
    class_of(unit, function).is_some_and(|id| unit.class(id).bases.iter().any(is_part))
}

/// `logger.Log(…)` of a logger that no table knows.
fn is_log(unit: &Unit<'_>, id: ExprId) -> bool {
    is_on_logger(unit, id) && called(unit, id).to_ascii_lowercase().starts_with("log")
}

/// Whether a call is one on what is named a logger.
fn is_on_logger(unit: &Unit<'_>, id: ExprId) -> bool {
    let ExprKind::Call { callee, .. } = unit.expr(id) else { return false };
    let ExprKind::Member { of, .. } = unit.expr(*callee) else { return false };
    let (ExprKind::Name(owner) | ExprKind::Member { name: owner, .. }) = unit.expr(*of) else {
        return false;
    };
    let owner = owner.trim_start_matches('_').to_ascii_lowercase();
    matches!(owner.as_str(), "log" | "logger")
}

/// Functions that are values, by the names they are given: `const send = async () => {}`.
pub(super) fn lambdas<'a>(unit: &Unit<'a>) -> BTreeMap<FunctionId, &'a str> {
    let named = unit.stmts.iter().filter_map(|stmt| {
        let StmtKind::Let { targets, value: Some(value), .. } = &stmt.kind else { return None };
        let [target] = targets.as_slice() else { return None };
        match (unit.expr(*target), unit.expr(*value)) {
            (ExprKind::Name(name), ExprKind::Lambda(of)) => Some((*of, *name)),
            _ => None,
        }
    });
    named.collect()
}

/// The function around a handler that writes a record of the error, by its name.
pub(super) fn teller(
    file: &File<'_, '_>,
    site: &Site<'_>,
    lambdas: &BTreeMap<FunctionId, &str>,
) -> Option<String> {
    let unit = file.unit;
    let records = |id: ExprId| {
        file.call(id).is_some_and(|it| it.role(Role::Log).is_some()) || is_on_logger(unit, id)
    };
    if !unit.calls_under(site.body).into_iter().any(records) {
        return None;
    }
    let named = unit.outward(site.function).map(|id| match unit.function(id).name {
        "" => lambdas.get(&id).copied().unwrap_or_default(),
        name => name,
    });
    named.filter(|name| is_telling(name)).last().map(str::to_owned)
}

/// Functions that what may fail calls by their names: of methods those of two words, which are not
/// a library's.
pub(super) fn asked(file: &File<'_, '_>, site: &Site<'_>) -> Vec<String> {
    let unit = file.unit;
    let known = |id: ExprId| file.call(id).is_some_and(|call| !call.roles.is_empty());
    let bare = |id: &ExprId| match unit.expr(*id) {
        ExprKind::Call { callee, .. } => match unit.expr(*callee) {
            ExprKind::Name(name) if is_telling(name) => Some((*name).to_owned()),
            ExprKind::Member { name, .. }
                if is_telling(name) && words(name).len() > 1 && !known(*id) =>
            {
                Some((*name).to_owned())
            }
            _ => None,
        },
        _ => None,
    };
    site.tried.iter().filter_map(bare).collect()
}

/// Whether a name says enough to mean one function: `sendToPipeline`, not `save`.
fn is_telling(name: &str) -> bool {
    const MIN: usize = 8;
    name.len() >= MIN
}

/// Names of what makes a folder where there is none.
const ROOM: &[&str] = &[
    "mkdirall",
    "mkdir",
    "mkdirsync",
    "makedirs",
    "create_dir",
    "create_dir_all",
    "createdirectory",
    "createdirectories",
    "ensuredir",
    "ensuredirsync",
    "mkdirp",
];

/// Names of what is called on the way there.
const BESIDE: &[&str] = &[
    "dir",
    "join",
    "dirname",
    "parent",
    "unwrap",
    "as_ref",
    "exists",
    "combine",
    "getdirectoryname",
];

/// Whether all that may fail makes folders: what writes there fails if they are missing.
pub(super) fn only_makes_room(unit: &Unit<'_>, calls: &[ExprId]) -> bool {
    let mut made = false;
    let all = calls.iter().all(|id| {
        let name = called(unit, *id).to_ascii_lowercase();
        // `File::create(path).ok()`: nobody takes the file.
        if name == "create" && unit.language == Language::Rust {
            made = unit.slice(&unit.place(*id)).contains("File::create");
            return made;
        }
        made |= ROOM.contains(&name.as_str());
        // `filepath.Dir(path)` is handed to it.
        ROOM.contains(&name.as_str()) || BESIDE.contains(&name.as_str())
    });
    all && made
}

/// The name of what a call calls.
pub(super) fn called<'a>(unit: &Unit<'a>, call: ExprId) -> &'a str {
    let ExprKind::Call { callee, .. } = unit.expr(call) else { return "" };
    match unit.expr(*callee) {
        ExprKind::Member { name, .. } | ExprKind::Name(name) => name,
        _ => "",
    }
}

/// Whether all that may fail is what others hand in: `step()` of `isolate(step)`.
pub(super) fn is_handed_in(unit: &Unit<'_>, site: &Site<'_>, calls: &[ExprId]) -> bool {
    let handed = |id: &ExprId| {
        let ExprKind::Call { callee, .. } = unit.expr(*id) else { return false };
        let ExprKind::Name(name) = unit.expr(*callee) else { return false };
        let params = |id: FunctionId| unit.function(id).params.iter().any(|it| it.name == *name);
        unit.outward(site.function).any(params)
    };
    !calls.is_empty() && calls.iter().all(handed)
}
