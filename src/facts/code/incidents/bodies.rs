//! Bodies that do nothing, drop what they build, or say nothing where they should.

use super::stores;
use crate::facts::code::file::File;
use crate::facts::code::routines::{Routine, is_declared_only};
use crate::facts::code::tables;
use crate::facts::scalar::Scalar;
use crate::lang::duties::{Duty, squeezed};
use crate::lang::sensitive::words;
use crate::parse::code::Language;
use crate::parse::unit::{CallForm, ExprId, ExprKind, StmtId, StmtKind, Unit};

/// Classes that do nothing on purpose.
const DOUBLES: &[&str] = &[
    "noop",
    "null",
    "dummy",
    "fake",
    "mock",
    "stub",
    "abstract",
    "disabled",
    "inmemory",
    "interface",
];

/// Words in names of classes that are there so that nothing need be asked for: `NilChannel`.
const NOTHING: &[&str] = &["blank", "discard", "empty", "nil", "none", "nop", "silent", "void"];

/// Why a function that should act does nothing.
pub(super) fn stub(
    file: &File<'_, '_>,
    routine: &Routine,
    duties: &[Duty],
) -> Option<&'static str> {
    let unit = file.unit;
    let function = unit.function(routine.id);
    let class = squeezed(&routine.class);
    let base = words(&routine.class).iter().any(|word| word == "base");
    let acting = duties.iter().any(|duty| *duty != Duty::Severity);
    if !acting
        || function.name.is_empty()
            && function.body.is_empty()
            && unit.language != Language::Javascript
        || base
        || DOUBLES.iter().any(|word| class.contains(word))
        || words(&routine.class).iter().any(|word| NOTHING.contains(&word.as_str()))
        || is_declared_only(file, routine.id)
        || unit.is_faulty(&function.at)
    {
        return None;
    }
    let mut seen = Seen::default();
    for stmt in unit.under(&function.body) {
        seen.look(unit, stmt);
    }
    // Who is on call may be chosen in several ways, as long as the answer stands in the code.
    let looks_up = duties == [Duty::Assign] && seen.text && !function.params.is_empty();
    match seen {
        Seen { real: true, .. } => None,
        Seen { refuses: true, .. } => Some("is not implemented"),
        Seen { branches: true, .. } if !looks_up => None,
        Seen { returns: true, .. } => Some("only returns a constant"),
        Seen { .. } => Some("has an empty body"),
    }
}

/// What the statements of a body do.
#[derive(Clone, Copy, Default)]
struct Seen {
    /// Something that acts.
    real: bool,
    /// An error that says that the code is not there yet.
    refuses: bool,
    /// Ways that part.
    branches: bool,
    /// A constant that is given back.
    returns: bool,
    /// The constant is a text.
    text: bool,
}

impl Seen {
    fn look(&mut self, unit: &Unit<'_>, stmt: StmtId) {
        match unit.stmt(stmt) {
            StmtKind::Nothing | StmtKind::Block(_) => {}
            StmtKind::Expr(expr) => self.value(unit, *expr, stmt),
            StmtKind::Return(value) => match value {
                None => {}
                Some(value) => match unit.expr(*value) {
                    ExprKind::Flow(_) => {}
                    _ => self.value(unit, *value, stmt),
                },
            },
            StmtKind::Throw(value) => {
                let text = value.map_or("", |value| unit.slice(&unit.place(value)));
                if says_unfinished(text) { self.refuses = true } else { self.real = true }
            }
            StmtKind::Let { targets, value, .. } => {
                let named = targets.iter().all(|it| matches!(unit.expr(*it), ExprKind::Name(_)));
                self.real |= !named || value.is_some_and(|value| !is_read(unit, value));
            }
            StmtKind::If { test, .. } => {
                self.branches = true;
                self.real |= !is_read(unit, *test);
            }
            _ => self.real = true,
        }
    }

    fn value(&mut self, unit: &Unit<'_>, expr: ExprId, stmt: StmtId) {
        let returns = matches!(unit.stmt(stmt), StmtKind::Return(_));
        let text = unit.slice(&unit.place(expr));
        match unit.expr(expr) {
            ExprKind::Call { callee, form, .. } => {
                let name = unit.slice(&unit.place(*callee));
                let macro_call =
                    *form == CallForm::Macro && matches!(name, "todo" | "unimplemented");
                if macro_call || (name == "panic" && says_unfinished(text)) {
                    self.refuses = true;
                } else if is_constant(unit, expr) {
                    self.returns = true;
                } else {
                    self.real = true;
                }
            }
            // A docstring, or `...`.
            ExprKind::Text(_) if !returns && unit.language == Language::Python => {}
            _ if text == "..." => {}
            _ if is_constant(unit, expr) => {
                self.returns = true;
                self.text |= unit
                    .all_in(expr)
                    .into_iter()
                    .any(|id| matches!(unit.expr(id), ExprKind::Text(text) if !text.is_empty()));
            }
            _ => self.real = true,
        }
    }
}

fn says_unfinished(text: &str) -> bool {
    let text = squeezed(text);
    ["notimplemented", "unsupportedoperation", "todo", "notyetimplemented", "unimplemented"]
        .iter()
        .any(|word| text.contains(word))
}

/// A value that stands in the code, perhaps wrapped: `True`, `Ok(())`, `Task.CompletedTask`.
fn is_constant(unit: &Unit<'_>, expr: ExprId) -> bool {
    const WRAPPERS: &[&str] =
        &["Ok", "Some", "resolve", "FromResult", "completedFuture", "just", "of", "ok"];
    match unit.expr(expr) {
        ExprKind::Text(_) | ExprKind::Number(_) | ExprKind::Bool(_) | ExprKind::Null => true,
        ExprKind::Name(name) => matches!(*name, "None" | "nil" | "undefined"),
        ExprKind::Member { name, .. } => *name == "CompletedTask",
        ExprKind::List(items) => items.iter().all(|item| is_constant(unit, *item)),
        ExprKind::Map { of: None, entries } => {
            entries.iter().all(|(_, value)| is_constant(unit, *value))
        }
        ExprKind::Other(items) => items.is_empty() && unit.slice(&unit.place(expr)).trim() == "()",
        ExprKind::Unary { of, .. } | ExprKind::Await(of) => is_constant(unit, *of),
        ExprKind::Call { callee, args, .. } => {
            let name = match unit.expr(*callee) {
                ExprKind::Name(name) | ExprKind::Member { name, .. } => *name,
                _ => return false,
            };
            let plain = match unit.expr(*callee) {
                ExprKind::Member { of, .. } => is_read(unit, *of),
                _ => true,
            };
            plain && WRAPPERS.contains(&name) && args.iter().all(|arg| is_constant(unit, arg.value))
        }
        _ => false,
    }
}

/// Whether an expression only reads what is there.
fn is_read(unit: &Unit<'_>, expr: ExprId) -> bool {
    unit.all_in(expr).into_iter().all(|id| match unit.expr(id) {
        ExprKind::Call { callee, .. } => matches!(unit.expr(*callee), ExprKind::Member { name, .. }
            if matches!(*name, "get" | "getOrDefault" | "get_mut" | "lower" | "toLowerCase")),
        ExprKind::Await(_)
        | ExprKind::Assign { .. }
        | ExprKind::Propagate(_)
        | ExprKind::Flow(_) => false,
        _ => true,
    })
}

/// Objects that are built, and read by nobody.
pub(super) fn dropped(file: &File<'_, '_>, routine: &Routine) -> Vec<Scalar> {
    let unit = file.unit;
    // The compiler of Go refuses it.
    if unit.language == Language::Go {
        return Vec::new();
    }
    let whole = &unit.function(routine.id).at;
    let text = unit.slice(whole);
    let mut found = Vec::new();
    for stmt in routine.statements(unit) {
        let StmtKind::Let { targets, value: Some(value), declares, .. } = unit.stmt(stmt) else {
            continue;
        };
        let [target] = targets[..] else { continue };
        let ExprKind::Name(name) = unit.expr(target) else { continue };
        let declared = *declares || unit.language == Language::Python;
        if !declared
            || name.starts_with('_')
            || !is_object(unit, *value)
            || text.contains("locals()")
        {
            continue;
        }
        let uses = unit.exprs.iter().filter(|expr| {
            let inside = whole.start <= expr.at.start && expr.at.end <= whole.end;
            inside
                && match &expr.kind {
                    ExprKind::Name(other) => other == name,
                    // Rust's formats name variables.
                    ExprKind::Text(text) => text.contains(&format!("{{{name}")),
                    // What a macro does with it cannot be seen.
                    ExprKind::Call { form: CallForm::Macro, args, .. } => {
                        args.is_empty() && unit.slice(&expr.at).contains(name)
                    }
                    _ => false,
                }
        });
        if uses.count() == 1 && !is_global(text, name) {
            let span = file.expr_span(target);
            found.push(Scalar { text: (*name).to_owned(), span, known: true, plain: false });
        }
    }
    found
}

fn is_global(text: &str, name: &str) -> bool {
    text.contains(&format!("global {name}")) || text.contains(&format!("nonlocal {name}"))
}

/// An object with at least two parts that stands in the code.
fn is_object(unit: &Unit<'_>, value: ExprId) -> bool {
    let text = unit.slice(&unit.place(value));
    let literal = matches!(unit.expr(value), ExprKind::Map { .. })
        || matches!(unit.expr(value), ExprKind::Call { callee, form: CallForm::Call, .. }
            if unit.slice(&unit.place(*callee)) == "Map.of");
    let entries = || tables::entries(unit, value).map_or(0, |entries| entries.len());
    let anonymous = unit.language == Language::Csharp
        && text.starts_with("new {")
        && text.matches('=').count() >= 2;
    let made_of_json = matches!(unit.expr(value), ExprKind::Call { callee, form: CallForm::Macro, .. }
        if unit.slice(&unit.place(*callee)).ends_with("json"))
        && text.matches(':').count() >= 2;
    (literal && entries() >= 2) || anonymous || made_of_json
}

/// The condition without which a change of an incident is dropped in silence.
pub(super) fn silent(file: &File<'_, '_>, routine: &Routine, duties: &[Duty]) -> Option<Scalar> {
    let unit = file.unit;
    let changes = [Duty::Assign, Duty::Update, Duty::Note, Duty::Resolve];
    let function = unit.function(routine.id);
    if !duties.iter().any(|duty| changes.contains(duty)) || gives_back(function.returns) {
        return None;
    }
    let body: Vec<StmtId> = function
        .body
        .iter()
        .copied()
        .filter(|stmt| match unit.stmt(*stmt) {
            StmtKind::Nothing => false,
            StmtKind::Expr(expr) => !matches!(unit.expr(*expr), ExprKind::Text(_)),
            _ => true,
        })
        .collect();
    let is_test = |stmt: &StmtId| matches!(unit.stmt(*stmt), StmtKind::If { .. });
    let Some(end) = body.iter().position(is_test) else {
        let (last, before) = body.split_last()?;
        let StmtKind::Expr(expr) = unit.stmt(*last) else { return None };
        let named = before.iter().all(|stmt| is_look(unit, *stmt));
        return skipped(file, *expr).filter(|_| named);
    };
    let (before, rest) = body.split_at(end);
    let (first_test, rest) = rest.split_first()?;
    let StmtKind::If { first, test, then, other } = unit.stmt(*first_test) else { return None };
    let leaves = match then.as_slice() {
        [only] => matches!(unit.stmt(*only), StmtKind::Return(None)),
        _ => false,
    };
    let reads = before.iter().chain(first).all(|stmt| is_look(unit, *stmt));
    let asked = before.iter().chain(first).flat_map(|stmt| unit.reads(*stmt)).chain([*test]);
    let mut asked = asked.flat_map(|expr| unit.all_in(expr));
    let known = asked.any(|expr| stores::is_look_up(file, expr));
    let acts = match leaves {
        // `if (!incident) return;` before what is done.
        true => denies(unit, *test) && acts(unit, rest) && asks_for(file, before, first, *test),
        false => rest.is_empty() && acts(unit, then),
    };
    if !other.is_empty() || !reads || !known || !acts {
        return None;
    }
    let text = unit.slice(&unit.place(*test)).to_owned();
    Some(Scalar { text, span: file.expr_span(*test), known: true, plain: false })
}

/// Whether a condition is about what is looked up in it, or in the statements before it.
fn asks_for(file: &File<'_, '_>, before: &[StmtId], first: &Option<StmtId>, test: ExprId) -> bool {
    let unit = file.unit;
    let looks = |id: ExprId| unit.all_in(id).into_iter().any(|id| stores::is_look_up(file, id));
    let found = before.iter().chain(first).filter_map(|stmt| match unit.stmt(*stmt) {
        StmtKind::Let { targets, value: Some(value), .. } if looks(*value) => Some(targets),
        _ => None,
    });
    let names: Vec<&str> = found
        .flatten()
        .filter_map(|target| match unit.expr(*target) {
            ExprKind::Name(name) => Some(*name),
            _ => None,
        })
        .collect();
    looks(test)
        || unit.all_in(test).into_iter().any(|id| match unit.expr(id) {
            ExprKind::Name(name) => names.contains(name),
            _ => false,
        })
}

/// Whether a block does something, and gives nothing back.
fn acts(unit: &Unit<'_>, block: &[StmtId]) -> bool {
    let gives = |stmt: StmtId| matches!(unit.stmt(stmt), StmtKind::Return(Some(_)));
    let leaves =
        |stmt: &StmtId| matches!(unit.stmt(*stmt), StmtKind::Return(_) | StmtKind::Throw(_));
    !unit.under(block).into_iter().any(gives) && !block.iter().all(leaves)
}

/// Whether a statement only looks something up, or takes a lock for that.
fn is_look(unit: &Unit<'_>, stmt: StmtId) -> bool {
    match unit.stmt(stmt) {
        StmtKind::Let { .. } => true,
        StmtKind::Expr(expr) | StmtKind::Defer(expr) => {
            unit.slice(&unit.place(*expr)).to_ascii_lowercase().contains("lock")
        }
        _ => false,
    }
}

/// Whether a condition holds where nothing was found: `!incident`, `incident == null`, `not ok`.
fn denies(unit: &Unit<'_>, test: ExprId) -> bool {
    let nothing = |id: ExprId| {
        matches!(unit.expr(id), ExprKind::Null)
            || matches!(unit.expr(id), ExprKind::Name("None" | "nil" | "undefined" | "null"))
    };
    match unit.expr(test) {
        ExprKind::Unary { op, .. } => matches!(*op, "!" | "not"),
        ExprKind::Binary { op: "not in", .. } => true,
        ExprKind::Binary { op: "==" | "===" | "is", left, right } => {
            nothing(*left) || nothing(*right)
        }
        ExprKind::Other(items) => matches!(items[..], [only] if denies(unit, only)),
        _ => false,
    }
}

/// A change that is only made of what was found: `incidents.get(id)?.notes.push(note)`,
/// `Optional.ofNullable(incidents.get(id)).ifPresent(…)`.
fn skipped(file: &File<'_, '_>, expr: ExprId) -> Option<Scalar> {
    let unit = file.unit;
    let ExprKind::Call { callee, .. } = unit.expr(expr) else { return None };
    let callee = *callee;
    let look = unit.all_in(callee).into_iter().find(|id| stores::is_look_up(file, *id))?;
    let behind = unit.slice(&(unit.place(look).end..unit.place(callee).end));
    let skips = match unit.language {
        Language::Java => behind.trim_start_matches([')', ' ', '\n']).starts_with(".ifPresent"),
        Language::Javascript | Language::Typescript | Language::Tsx | Language::Csharp => {
            behind.starts_with("?.")
        }
        _ => false,
    };
    let text = unit.slice(&unit.place(look)).to_owned();
    skips.then(|| Scalar { text, span: file.expr_span(look), known: true, plain: false })
}

/// Whether a function gives back whether it found what it should change.
fn gives_back(returns: Option<&str>) -> bool {
    let Some(returns) = returns else { return false };
    let returns = returns.trim_start_matches([':', '-', '>', ' ']);
    !matches!(returns, "" | "None" | "void" | "Task" | "Promise<void>" | "()" | "async Task")
}
