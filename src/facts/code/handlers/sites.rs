//! Where errors are caught, asked for, or thrown away, in each language.

use super::acts::{self, Effects};
use super::plenty;
use crate::facts::code::file::File;
use crate::lang::sensitive::words;
use crate::libraries::Role;
use crate::parse::code::Language;
use crate::parse::unit::{
    CallForm, Catch, ExprId, ExprKind, FunctionId, Place, StmtId, StmtKind, Unit,
};
use std::collections::BTreeSet;

/// A place that handles errors.
pub(in crate::facts::code) struct Site<'u> {
    /// All of it.
    pub(in crate::facts::code) whole: Place,
    /// What names the error.
    pub(in crate::facts::code) at: Place,
    /// The variable that holds the error.
    pub(in crate::facts::code) error: Option<&'u str>,
    /// It takes any error.
    pub(in crate::facts::code) broad: bool,
    /// The types that are caught; none where that is not said.
    pub(in crate::facts::code) types: &'u [&'u str],
    /// What is done; none where the error is only thrown away.
    pub(super) body: &'u [StmtId],
    /// What may fail.
    pub(in crate::facts::code) tried: Vec<ExprId>,
    /// How many statements may fail; none where what fails is no statement.
    pub(super) tries: usize,
    /// What else the call gives is used.
    pub(super) kept_value: bool,
    /// What may fail is done for what it does, not for a value.
    pub(super) acts: bool,
    /// What may fail ends the loop or the function where it works.
    pub(super) leaves: bool,
    /// What may fail leaves the function after it did something.
    pub(super) done: bool,
    /// The function it stands in.
    pub(super) function: FunctionId,
    /// The end of the loop around.
    pub(super) repeats_until: Option<u32>,
    /// It stands where things are cleaned up.
    pub(super) last: bool,
    /// It stands beside an error that is handed on.
    pub(super) told: bool,
    pub(super) start: u32,
    /// What may fail ends with noting that it worked: `self.traced = True`.
    pub(super) notes: bool,
}

/// What stands around a statement.
#[derive(Clone, Copy)]
struct Around {
    function: FunctionId,
    repeats_until: Option<u32>,
    last: bool,
    told: bool,
}

/// All places of a file, in the order of the text.
pub(in crate::facts::code) fn all<'u>(file: &File<'u, '_>) -> Vec<Site<'u>> {
    let unit = file.unit;
    let mut sites = Vec::new();
    let effects = Effects::of(unit);
    for number in 0..unit.functions.len() {
        let function = FunctionId(u32::try_from(number).unwrap_or(u32::MAX));
        let around = Around { function, repeats_until: None, last: false, told: false };
        let body = &unit.function(function).body;
        let mut open: Vec<(StmtId, Around)> = body.iter().map(|stmt| (*stmt, around)).collect();
        while let Some((id, around)) = open.pop() {
            at_statement(file, &effects, id, around, &mut sites);
            inside(unit, id, around, &mut open);
        }
    }
    if matches!(unit.language, Language::Javascript | Language::Typescript | Language::Tsx) {
        sites.extend(file.unit.calls().filter_map(|call| of_promise(file, &effects, call)));
    }
    sites.sort_by_key(|site| (site.at.start, site.at.end));
    sites.dedup_by(|one, other| one.at == other.at);
    sites
}

/// The statements right inside a statement, those of expressions with statements in them too.
fn inside(unit: &Unit<'_>, id: StmtId, around: Around, open: &mut Vec<(StmtId, Around)>) {
    let end = unit.stmts[id.0 as usize].at.end;
    let looped = match unit.stmt(id) {
        StmtKind::Loop { .. } => Around { repeats_until: Some(end), ..around },
        _ => around,
    };
    match unit.stmt(id) {
        StmtKind::Try { body, catches, other, last } => {
            open.extend(body.iter().chain(other).map(|stmt| (*stmt, around)));
            let cleaning = Around { last: true, ..around };
            let caught = catches.iter().flat_map(|catch| &catch.body).chain(last);
            open.extend(caught.map(|stmt| (*stmt, cleaning)));
        }
        // Beside an error that is handed on, others are only tried to be noted.
        StmtKind::If { first, test, then, other } if hands_on(unit, *first, *test, then) => {
            let telling = Around { told: true, ..around };
            open.extend(first.iter().chain(other).map(|stmt| (*stmt, around)));
            open.extend(then.iter().map(|stmt| (*stmt, telling)));
        }
        StmtKind::If { first: Some(first), .. } => {
            open.push((*first, around));
            open.extend(unit.blocks(id).into_iter().flatten().map(|stmt| (*stmt, around)));
        }
        _ => open.extend(unit.blocks(id).into_iter().flatten().map(|stmt| (*stmt, looped))),
    }
    for read in unit.reads(id) {
        open.extend(unit.all_in(read).into_iter().filter_map(|id| match unit.expr(id) {
            ExprKind::Flow(stmt) => Some((*stmt, around)),
            _ => None,
        }));
    }
}

/// Whether a condition is that something failed, and its block ends with handing that on.
fn hands_on(unit: &Unit<'_>, first: Option<StmtId>, test: ExprId, then: &[StmtId]) -> bool {
    let failed = match unit.language {
        Language::Go => matches!(
            unit.expr(test),
            ExprKind::Binary { op: "!=", right, .. } if matches!(unit.expr(*right), ExprKind::Null)
        ),
        Language::Rust => first.is_some_and(|first| match unit.stmt(first) {
            StmtKind::Let { targets, value: None, .. } => targets
                .first()
                .is_some_and(|target| unit.slice(&unit.place(*target)).starts_with("Err(")),
            _ => false,
        }),
        _ => false,
    };
    let end = then.last().map(|id| unit.stmt(*id));
    if unit.language == Language::Go && then.iter().any(|id| sends_error(unit, *id)) {
        return true;
    }
    if unit.language == Language::Go
        && let Some(StmtKind::Return(Some(value))) = end
        && gives_error(unit, *value)
    {
        return true;
    }
    failed && matches!(end, Some(StmtKind::Return(Some(_)) | StmtKind::Throw(_)))
}

/// Go: `errors <- fmt.Errorf(…)`: whoever waits there hears of it.
fn sends_error(unit: &Unit<'_>, id: StmtId) -> bool {
    let text = unit.slice(&unit.stmts[id.0 as usize].at);
    let Some((channel, value)) = text.split_once("<-") else { return false };
    let named = |text: &str| words(text).iter().any(|it| it.starts_with("err"));
    let channel = channel.trim();
    !channel.contains([' ', '(', '='])
        && (named(channel) || named(value.lines().next().unwrap_or(value)))
}

/// Go: whether what is given back ends with an error that is made for it.
fn gives_error(unit: &Unit<'_>, value: ExprId) -> bool {
    let last = match unit.expr(value) {
        ExprKind::List(items) => *items.last().unwrap_or(&value),
        _ => value,
    };
    let made = |name: &str| {
        let is = |word: &String| matches!(word.as_str(), "err" | "error" | "errorf" | "wrapf");
        words(name).iter().any(is)
    };
    match unit.expr(last) {
        ExprKind::Call { .. } => {
            made(acts::called(unit, last)) || unit.slice(&unit.place(last)).starts_with("errors.")
        }
        _ => false,
    }
}

fn at_statement<'u>(
    file: &File<'u, '_>,
    effects: &Effects,
    id: StmtId,
    around: Around,
    sites: &mut Vec<Site<'u>>,
) {
    let unit = file.unit;
    let place = unit.stmts[id.0 as usize].at.clone();
    match unit.stmt(id) {
        StmtKind::Try { body, catches, last, .. } => {
            for catch in catches {
                let (at, broad) = caught(unit, catch);
                sites.push(Site {
                    whole: catch.at.clone(),
                    at,
                    error: catch.name,
                    broad,
                    types: &catch.types,
                    body: &catch.body,
                    tried: unit.all_under(body),
                    tries: unit.under(body).len(),
                    kept_value: false,
                    acts: acts::does(file, body),
                    leaves: acts::leaves(unit, body),
                    done: last.is_empty() && acts::is_done(unit, body),
                    function: around.function,
                    repeats_until: around.repeats_until,
                    last: around.last,
                    told: around.told,
                    start: place.start,
                    notes: acts::notes(unit, body),
                });
            }
        }
        StmtKind::With { items, body: Some(body) } if unit.language == Language::Python => {
            let suppress = items.iter().find(|(of, _)| suppresses(file, *of));
            let Some((of, _)) = suppress else { return };
            sites.push(Site {
                whole: place,
                at: unit.place(*of),
                error: None,
                broad: true,
                types: &[],
                body: &[],
                tried: unit.all_under(body),
                tries: unit.under(body).len(),
                kept_value: false,
                acts: acts::does(file, body),
                leaves: acts::leaves(unit, body),
                done: false,
                function: around.function,
                repeats_until: around.repeats_until,
                last: around.last,
                told: around.told,
                start: unit.stmts[id.0 as usize].at.start,
                notes: acts::notes(unit, body),
            });
        }
        StmtKind::If { first, test, then, .. } => {
            let site = match unit.language {
                Language::Go => {
                    let before = first.or_else(|| effects.before(unit, &place));
                    asked_in_go(unit, before, *test, then)
                }
                Language::Rust => asked_in_rust(file, *first, *test, then),
                _ => None,
            };
            sites.extend(site.map(|site| Site { whole: place, ..site.within(around) }));
        }
        StmtKind::Switch { on: Some(on), arms } if unit.language == Language::Rust => {
            let errors = arms.iter().flat_map(|arm| &arm.tests);
            let errors = errors.filter(|test| unit.slice(&unit.place(**test)).starts_with("Err("));
            // Where other arms take errors of some kinds, the rest is a choice.
            let sorted = errors.count() > 1;
            for arm in arms {
                let [test] = arm.tests[..] else { continue };
                let site = error_arm(file, test, *on, &arm.body);
                let site = site.map(|site| Site { broad: site.broad && !sorted, ..site });
                sites.extend(site.map(|site| site.within(around)));
            }
        }
        StmtKind::Let { targets, value: Some(value), .. } => {
            sites.extend(thrown_away(file, targets, *value).map(|site| site.within(around)));
        }
        StmtKind::Expr(of) if unit.language == Language::Rust => {
            sites.extend(made_ok(file, *of).map(|site| site.within(around)));
        }
        _ => {}
    }
}

impl Site<'_> {
    fn within(self, around: Around) -> Self {
        let Around { function, repeats_until, last, told } = around;
        Site { function, repeats_until, last, told, ..self }
    }
}

fn site<'u>(at: Place, error: Option<&'u str>, body: &'u [StmtId], tried: Vec<ExprId>) -> Site<'u> {
    let start = at.start;
    Site {
        whole: at.clone(),
        at,
        error,
        broad: true,
        types: &[],
        body,
        tried,
        tries: 1,
        kept_value: false,
        acts: true,
        leaves: false,
        done: false,
        function: FunctionId(0),
        repeats_until: None,
        last: false,
        told: false,
        start,
        notes: false,
    }
}

/// Types that take every error.
fn takes_all(language: Language, ty: &str) -> bool {
    let bare = ty.rsplit('.').next().unwrap_or(ty).trim();
    match language {
        Language::Python => matches!(bare, "Exception" | "BaseException"),
        Language::Java => matches!(bare, "Exception" | "Throwable"),
        Language::Csharp => bare == "Exception",
        _ => false,
    }
}

/// What a `catch` names, and whether it takes everything.
fn caught(unit: &Unit<'_>, catch: &Catch<'_>) -> (Place, bool) {
    let head = unit.slice(&catch.at);
    let opens = if unit.language == Language::Python { ':' } else { '{' };
    let head = head.split(opens).next().unwrap_or(head);
    // `catch (Exception e) when (…)`: it chooses.
    let chooses = unit.language == Language::Csharp && head.contains(" when");
    let start = catch.at.start;
    let found = catch.types.iter().find(|ty| takes_all(unit.language, ty));
    let named = found.or(catch.types.first()).and_then(|ty| {
        let at = u32::try_from(head.find(ty)?).ok()?;
        let len = u32::try_from(ty.len()).ok()?;
        Some(start + at..start + at + len)
    });
    let word = head.find(|c: char| !c.is_alphabetic()).unwrap_or(head.len());
    let keyword = start..start + u32::try_from(word).unwrap_or_default();
    let broad = (catch.types.is_empty() || found.is_some()) && !chooses;
    (named.unwrap_or(keyword), broad)
}

/// `contextlib.suppress(Exception)`.
fn suppresses(file: &File<'_, '_>, of: ExprId) -> bool {
    let Some(call) = file.call(of) else { return false };
    let all = |value: ExprId| takes_all(Language::Python, file.unit.slice(&file.unit.place(value)));
    call.role(Role::Suppress).is_some() && file.unit.args(of).iter().any(|arg| all(arg.value))
}

/// `if err != nil { … }`, with what is done before it.
fn asked_in_go<'u>(
    unit: &'u Unit<'_>,
    first: Option<StmtId>,
    test: ExprId,
    then: &'u [StmtId],
) -> Option<Site<'u>> {
    let ExprKind::Binary { op: "!=", left, right } = unit.expr(test) else { return None };
    let (ExprKind::Name(name), ExprKind::Null) = (unit.expr(*left), unit.expr(*right)) else {
        return None;
    };
    let is_error = *name == "err" || name.ends_with("Err") || name.ends_with("err");
    let tried = first.map_or_else(Vec::new, |first| {
        unit.reads(first).into_iter().flat_map(|id| unit.all_in(id)).collect()
    });
    // `if r := recover(); r != nil`
    let recovers = tried.iter().any(|id| matches!(unit.expr(*id), ExprKind::Name("recover")));
    // `x, err := f()` is done for `x`, `_, err := f()` for what it does.
    let acts = first.is_none_or(|first| match unit.stmt(first) {
        StmtKind::Let { targets, .. } => {
            targets.iter().filter(|it| unit.slice(&unit.place(**it)) != "_").count() < 2
        }
        _ => true,
    });
    let site = || Site { acts, ..site(unit.place(test), Some(name), then, tried) };
    (is_error || recovers).then(site)
}

/// `if let Err(e) = f() { … }`.
fn asked_in_rust<'u>(
    file: &File<'u, '_>,
    first: Option<StmtId>,
    on: ExprId,
    then: &'u [StmtId],
) -> Option<Site<'u>> {
    let StmtKind::Let { targets, value: None, .. } = file.unit.stmt(first?) else { return None };
    error_arm(file, *targets.first()?, on, then)
}

/// `Err(e) => …` for something that reaches out of the program.
fn error_arm<'u>(
    file: &File<'u, '_>,
    pattern: ExprId,
    on: ExprId,
    body: &'u [StmtId],
) -> Option<Site<'u>> {
    let unit = file.unit;
    let at = unit.place(pattern);
    let inner = unit.slice(&at).strip_prefix("Err(")?.strip_suffix(')')?.trim();
    let error = inner.trim_start_matches("ref ").trim_start_matches("mut ");
    // A name that begins with a capital is one error of many.
    let binds = |it: &&str| {
        it.starts_with(|c: char| c.is_lowercase() || c == '_')
            && it.chars().all(|c| c.is_alphanumeric() || c == '_')
    };
    let error = Some(error).filter(binds);
    let tried = unit.all_in(on);
    let outside =
        tried.iter().any(|id| matches!(unit.expr(*id), ExprKind::Await(_)) || reaches(file, *id));
    // Of `timeout(…)` the only error is that time is up.
    let limited = match unit.expr(on) {
        ExprKind::Await(of) => file.called(*of) == Some("timeout"),
        _ => false,
    };
    let broad = outside && error.is_some() && !limited;
    let whole = at.start..body.last().map_or(at.end, |id| unit.stmts[id.0 as usize].at.end);
    Some(Site { whole, broad, ..site(at, error.filter(|it| *it != "_"), body, tried) })
}

/// Whether a call can fail because of what is outside of the program.
fn reaches(file: &File<'_, '_>, id: ExprId) -> bool {
    let Some(call) = file.call(id) else { return false };
    let fails = call.role(Role::Fallible).is_some_and(|api| api.get("kind") != Some("cleanup"));
    fails || call.role(Role::Outbound).is_some()
}

/// `_ = f()`, `let _ = f();`, `x, _ := f()` of something that reaches out of the program.
fn thrown_away<'u>(file: &File<'u, '_>, targets: &[ExprId], value: ExprId) -> Option<Site<'u>> {
    let unit = file.unit;
    let last = *targets.last()?;
    let at = unit.place(last);
    if unit.slice(&at) != "_" {
        return None;
    }
    // `let _ = f()?;` hands the error on.
    if matches!(unit.expr(value), ExprKind::Propagate(_)) {
        return None;
    }
    let tried = unit.all_in(value);
    let fails = match unit.language {
        // The outer call gives the error.
        Language::Go => {
            (is_fallible(file, value) && !plenty::never_fails(file, value))
                || is_recover(unit, value)
        }
        Language::Rust => {
            // `replace(&mut self.file, File::create(path)?)` hands the error on.
            let handed: BTreeSet<ExprId> = tried
                .iter()
                .filter_map(|id| match unit.expr(*id) {
                    ExprKind::Propagate(of) => Some(unit.all_in(*of)),
                    _ => None,
                })
                .flatten()
                .collect();
            tried.iter().any(|id| is_fallible(file, *id) && !handed.contains(id))
                && !tried.iter().any(|id| matches!(unit.expr(*id), ExprKind::Lambda(_)))
        }
        _ => false,
    };
    let kept_value = targets.iter().any(|it| unit.slice(&unit.place(*it)) != "_");
    fails.then(|| Site { kept_value, ..site(at, None, &[], tried) })
}

fn is_fallible(file: &File<'_, '_>, id: ExprId) -> bool {
    // `execute!(stdout, …)` moves a cursor: a macro is none of the methods of that name.
    !matches!(file.unit.expr(id), ExprKind::Call { form: CallForm::Macro, .. })
        && file.call(id).is_some_and(|call| call.role(Role::Fallible).is_some())
}

fn is_recover(unit: &Unit<'_>, id: ExprId) -> bool {
    let ExprKind::Call { callee, .. } = unit.expr(id) else { return false };
    matches!(unit.expr(*callee), ExprKind::Name("recover"))
}

/// `f().ok();`.
fn made_ok<'u>(file: &File<'u, '_>, of: ExprId) -> Option<Site<'u>> {
    let unit = file.unit;
    let ExprKind::Call { callee, .. } = unit.expr(of) else { return None };
    let ExprKind::Member { of: result, name: "ok" } = unit.expr(*callee) else { return None };
    let tried = unit.all_in(*result);
    let fails = tried.iter().any(|id| is_fallible(file, *id));
    // `.inspect_err(|e| warn!(…)).ok()`
    if tried.iter().any(|id| matches!(unit.expr(*id), ExprKind::Lambda(_))) {
        return None;
    }
    let end = unit.place(*callee).end;
    fails.then(|| site(end - 2..end, None, &[], tried))
}

/// `f().catch(() => {})`.
fn of_promise<'u>(file: &File<'u, '_>, effects: &Effects, call: ExprId) -> Option<Site<'u>> {
    let unit = file.unit;
    let ExprKind::Call { callee, args, .. } = unit.expr(call) else { return None };
    let ExprKind::Member { of, name: "catch" } = unit.expr(*callee) else { return None };
    let [arg] = args.as_slice() else { return None };
    let ExprKind::Lambda(inner) = unit.expr(arg.value) else { return None };
    let function = unit.function(*inner);
    let end = unit.place(*callee).end;
    Some(Site {
        whole: function.at.clone(),
        at: end - 5..end,
        error: function.params.first().map(|param| param.name),
        function: unit.function_of(call),
        acts: effects.is_statement(call),
        start: function.at.start,
        ..site(0..0, None, &function.body, unit.all_in(*of))
    })
}
