//! Calls that start spans, and what holds what they give.

use super::{SpanEnd, SpanForm, SpanRole, SpanScope, catches, context, ends, names};
use crate::facts::FileFacts;
use crate::facts::code::file::{Call, File};
use crate::facts::code::layout::Layout;
use crate::libraries::{Api, Role};
use crate::parse::code::Language;
use crate::parse::unit::{ExprId, ExprKind, FunctionId, StmtId, StmtKind};
use std::collections::{BTreeMap, BTreeSet};

/// Most spans of one function that are followed: nobody writes more.
pub(super) const MANY: usize = 100;

/// A started span that is being read.
pub(super) struct Start<'f, 'a> {
    /// The call that starts it.
    pub(super) call: &'f Call,
    /// Its row.
    pub(super) api: &'static Api,
    /// How it is held.
    pub(super) form: SpanForm,
    /// The name of its variable.
    pub(super) name: Option<&'a str>,
    /// The statement that starts it.
    pub(super) stmt: Option<StmtId>,
    /// The function whose code it is open in.
    pub(super) function: FunctionId,
    /// The statements it is open in.
    pub(super) body: &'f [StmtId],
    /// Calls between the start and that code.
    pub(super) hops: usize,
}

/// What becomes of what the call gives.
enum Holder<'a> {
    Variable(&'a str, StmtId),
    Blank(StmtId),
    /// A variable that is set in the middle of a condition: `if (span := …).is_recording()`.
    Inside(&'a str, StmtId),
    Block(Option<&'a str>, StmtId),
    Given,
    Elsewhere,
}

impl<'f, 'a> Start<'f, 'a> {
    /// A start of which nothing is known yet but the call and its row.
    pub(super) fn of(file: &File<'_, 'a>, call: &'f Call, api: &'static Api) -> Start<'f, 'a> {
        Start {
            call,
            api,
            form: SpanForm::Own,
            name: None,
            stmt: None,
            function: file.unit.function_of(call.id),
            body: &[],
            hops: 0,
        }
    }
}

/// Reads the spans that a file starts; handlers that belong to them are added to `seen`.
pub(super) fn read(
    file: &File<'_, '_>,
    layout: &Layout<'_, '_>,
    seen: &mut BTreeSet<u32>,
    facts: &mut FileFacts,
) {
    let mut found: Vec<(Start<'_, '_>, SpanScope)> = Vec::new();
    let mut in_function: BTreeMap<FunctionId, usize> = BTreeMap::new();
    for (call, api) in file.of_role(Role::SpanStart) {
        let count = in_function.entry(file.unit.function_of(call.id)).or_default();
        *count += 1;
        if *count > MANY {
            continue;
        }
        let Some((start, end)) = start(file, layout, call, api) else { continue };
        let scope = scope(file, layout, &start, end);
        found.push((start, scope));
    }
    // A handler belongs to the innermost span around it.
    let mut order: Vec<usize> = (0..found.len()).collect();
    order.sort_by_key(|number| {
        let (_, scope) = &found[*number];
        scope.region.map_or(u32::MAX, |region| region.end - region.start)
    });
    for number in order {
        let (start, _) = &found[number];
        let handlers = catches::of(file, layout, start, seen);
        let (_, scope) = &mut found[number];
        (scope.twice, scope.swallowed) = handlers;
    }
    facts.span_scopes.extend(found.into_iter().map(|(_, scope)| scope));
}

pub(super) fn scope(
    file: &File<'_, '_>,
    layout: &Layout<'_, '_>,
    start: &Start<'_, '_>,
    end: SpanEnd,
) -> SpanScope {
    let unit = file.unit;
    let around = unit.function(unit.function_of(start.call.id));
    let region = start.body.first().zip(start.body.last()).map(|(first, last)| {
        let (first, last) = (&unit.stmts[first.0 as usize], &unit.stmts[last.0 as usize]);
        file.span(&(first.at.start..last.at.end.max(first.at.end)))
    });
    let named = part(file, start.call, start.api, "name");
    SpanScope {
        document: file.document,
        name: named.and_then(|name| file.named_text(name)),
        at: file.callee_span(start.call.id),
        form: start.form,
        role: role(file, layout, start),
        region,
        function: around.name.to_owned(),
        exported: around.exported,
        end,
        unbounded: named.and_then(|name| names::unbounded(file, name)),
        twice: Vec::new(),
        swallowed: Vec::new(),
        loss: context::loss(file, layout, start),
    }
}

/// The function that a call decorates.
pub(super) fn decorated(file: &File<'_, '_>, call: ExprId) -> Option<FunctionId> {
    let number = file.unit.functions.iter().position(|one| one.decorators.contains(&call))?;
    Some(FunctionId(u32::try_from(number).ok()?))
}

/// Reads one start; `None` where the call starts nothing by itself.
pub(super) fn start<'f, 'a>(
    file: &'f File<'_, 'a>,
    layout: &Layout<'f, 'a>,
    call: &'f Call,
    api: &'static Api,
) -> Option<(Start<'f, 'a>, SpanEnd)> {
    let unit = file.unit;
    let mut start = Start::of(file, call, api);
    let mut end = SpanEnd::Ended;
    let decorated = || decorated(file, call.id);
    match api.get("form")? {
        "context" | "manual" | "use" if decorated().is_some() => {
            start.form = SpanForm::Function;
            start.function = decorated()?;
            start.body = &unit.function(start.function).body;
        }
        "decorator" => {
            start.form = SpanForm::Function;
            start.function = decorated()?;
            start.body = &unit.function(start.function).body;
        }
        "callback" => {
            start.form = SpanForm::Callback;
            let last = unit.args(call.id).last().map(|arg| file.names.resolved(arg.value))?;
            if let ExprKind::Lambda(inner) = unit.expr(last) {
                start.function = *inner;
                start.name = unit.function(*inner).params.first().map(|param| param.name);
                start.body = &unit.function(*inner).body;
                end = ends::of(file, layout, &start);
            }
        }
        "own" => {}
        _ => end = held(file, layout, api.position("result"), &mut start)?,
    }
    Some((start, end))
}

/// Reads how code holds what a start gives, of several results the one of this number; `None`
/// where that is no span by itself.
pub(super) fn held<'f, 'a>(
    file: &'f File<'_, 'a>,
    layout: &Layout<'f, 'a>,
    result: Option<usize>,
    start: &mut Start<'f, 'a>,
) -> Option<SpanEnd> {
    let unit = file.unit;
    let form = start.api.get("form")?;
    if form == "guard" {
        start.form = SpanForm::Dropped;
        return Some(SpanEnd::Ended);
    }
    match holder(file, layout, start.call, result) {
        Holder::Block(name, stmt) => {
            start.form = SpanForm::Block;
            (start.name, start.stmt) = (name, Some(stmt));
            start.body = match unit.stmt(stmt) {
                StmtKind::With { body: Some(body), .. } => body,
                _ => layout.home(stmt)?.rest(),
            };
            let ends = file.argument(start.call, start.api, "closes");
            let never = |ends: ExprId| matches!(unit.expr(ends), ExprKind::Bool(false));
            if form == "context" && ends.is_some_and(never) {
                return Some(ends::left_open(file, layout, start));
            }
        }
        // A context manager that nothing enters.
        Holder::Blank(stmt) if form == "context" => {
            start.form = SpanForm::Manual;
            start.stmt = Some(stmt);
            return Some(SpanEnd::Unentered);
        }
        // What a context manager gives is no span, and one that is used was started before.
        _ if form == "use" => return None,
        _ if form != "manual" => {}
        Holder::Variable(name, stmt) => {
            start.form = SpanForm::Manual;
            (start.name, start.stmt) = (Some(name), Some(stmt));
            start.body = layout.home(stmt)?.rest();
            return Some(ends::of(file, layout, start));
        }
        Holder::Blank(stmt) => {
            start.form = SpanForm::Manual;
            start.stmt = Some(stmt);
            start.body = layout.home(stmt)?.rest();
            return Some(ends::of_blank(file, layout, start));
        }
        Holder::Inside(name, stmt) => {
            start.form = SpanForm::Manual;
            (start.name, start.stmt) = (Some(name), Some(stmt));
            start.body = layout.home(stmt)?.rest();
            return Some(ends::left_open(file, layout, start));
        }
        Holder::Given => {
            start.form = SpanForm::Manual;
            let named = !unit.function(start.function).name.is_empty();
            return Some(if named { SpanEnd::Returned } else { SpanEnd::Ended });
        }
        Holder::Elsewhere => start.form = SpanForm::Manual,
    }
    Some(SpanEnd::Ended)
}

/// What holds the result of a call, or the one of several that has this number.
fn holder<'a>(
    file: &File<'_, 'a>,
    layout: &Layout<'_, 'a>,
    call: &Call,
    result: Option<usize>,
) -> Holder<'a> {
    let unit = file.unit;
    let Some(stmt) = layout.stmt(call.id) else { return Holder::Elsewhere };
    // `await`, `?` and types around it change nothing.
    let mut whole = call.id;
    while let Some(outer) = layout.parent(whole)
        && matches!(unit.expr(outer), ExprKind::Await(_) | ExprKind::Propagate(_))
    {
        whole = outer;
    }
    match unit.stmt(stmt) {
        StmtKind::If { .. }
            if let Some(outer) = layout.parent(whole)
                && let ExprKind::Assign { target, value, .. } = unit.expr(outer)
                && *value == whole
                && let Holder::Variable(name, stmt) = bound(file, *target, stmt) =>
        {
            Holder::Inside(name, stmt)
        }
        StmtKind::Let { targets, value: Some(value), .. } if *value == whole => {
            let number = result.unwrap_or(0);
            // Where the language gives one value, all targets are that value.
            let Some(target) = targets.get(number) else { return Holder::Elsewhere };
            bound(file, *target, stmt)
        }
        StmtKind::Expr(expr) if *expr == whole => match result {
            // Two results cannot be a statement.
            Some(_) => Holder::Elsewhere,
            None => Holder::Blank(stmt),
        },
        StmtKind::Expr(expr) => match unit.expr(*expr) {
            ExprKind::Assign { target, value, .. } if *value == whole => bound(file, *target, stmt),
            _ => Holder::Elsewhere,
        },
        StmtKind::With { items, .. } => {
            let item = items.iter().find(|(value, _)| *value == whole);
            match item.map(|(_, target)| target.map(|target| unit.expr(target))) {
                Some(Some(ExprKind::Name(name))) => Holder::Block(Some(name), stmt),
                Some(_) => Holder::Block(None, stmt),
                None => Holder::Elsewhere,
            }
        }
        StmtKind::Return(Some(value)) if *value == whole => Holder::Given,
        _ => Holder::Elsewhere,
    }
}

fn bound<'a>(file: &File<'_, 'a>, target: ExprId, stmt: StmtId) -> Holder<'a> {
    let unit = file.unit;
    let ExprKind::Name(name) = unit.expr(target) else { return Holder::Elsewhere };
    if *name == "_" {
        return Holder::Blank(stmt);
    }
    let function = unit.function_of(target);
    // A variable of a function around, or a field of the class, is kept by others.
    let own = is_declared(file, stmt) || file.names.owner(function, name) == Some(function);
    if own { Holder::Variable(name, stmt) } else { Holder::Elsewhere }
}

/// Whether a statement makes a variable of its block, which nothing outside can see.
pub(super) fn is_declared(file: &File<'_, '_>, stmt: StmtId) -> bool {
    let declares = matches!(file.unit.stmt(stmt), StmtKind::Let { declares: true, .. });
    declares && file.unit.language != Language::Python
}

/// A part of a start that its row names under `key`: an argument, an entry of an argument, what
/// an option among the arguments is given, or what a builder before was given.
pub(super) fn part(file: &File<'_, '_>, call: &Call, api: &Api, key: &str) -> Option<ExprId> {
    if let Some(found) = file.argument(call, api, key) {
        return Some(found);
    }
    let word = api.get(key)?.rsplit(' ').next()?;
    let unit = file.unit;
    for arg in unit.args(call.id) {
        let value = file.names.resolved(arg.value);
        match unit.expr(value) {
            ExprKind::Map { entries, .. } => {
                let entry = entries
                    .iter()
                    .find(|(key, _)| key.is_some_and(|key| unit.literal(key) == Some(word)));
                if let Some((_, value)) = entry {
                    return Some(*value);
                }
            }
            ExprKind::Call { args, .. } if file.called(value) == Some(word) => {
                return args.first().map(|arg| arg.value);
            }
            _ => {}
        }
    }
    let mut chain = builders(file, call.id).into_iter();
    let found = chain.find(|call| file.called(*call) == Some(word))?;
    unit.args(found).first().map(|arg| arg.value)
}

/// The calls that a call is made on: `a().b().c()` is made on `b` and `a`.
pub(super) fn builders(file: &File<'_, '_>, call: ExprId) -> Vec<ExprId> {
    let unit = file.unit;
    let mut found = Vec::new();
    let mut at = call;
    while found.len() < 40
        && let ExprKind::Call { callee, .. } = unit.expr(at)
        && let ExprKind::Member { of, .. } = unit.expr(*callee)
    {
        at = file.names.resolved(*of);
        if matches!(unit.expr(at), ExprKind::Call { .. }) {
            found.push(at);
        }
    }
    found
}

/// What a step behind the start is given, in the same statement:
/// `tracer.span_builder("q").with_kind(SpanKind::Client)`.
fn built(
    file: &File<'_, '_>,
    layout: &Layout<'_, '_>,
    start: &Start<'_, '_>,
    key: &str,
) -> Option<ExprId> {
    let unit = file.unit;
    let word = start.api.get(key).filter(|_| unit.language == Language::Rust)?;
    let mut at = start.call.id;
    for _ in 0..40 {
        let member = layout.parent(at)?;
        at = layout.parent(member)?;
        match (unit.expr(member), unit.expr(at)) {
            (ExprKind::Member { .. }, ExprKind::Call { callee, args, .. }) if *callee == member => {
                if file.called(at) == Some(word) {
                    return args.first().map(|arg| arg.value);
                }
            }
            _ => return None,
        }
    }
    None
}

/// What a span says it is.
pub(super) fn role(
    file: &File<'_, '_>,
    layout: &Layout<'_, '_>,
    start: &Start<'_, '_>,
) -> SpanRole {
    let given =
        part(file, start.call, start.api, "kind").or_else(|| built(file, layout, start, "kind"));
    let Some(value) = given else {
        // Options that cannot be followed may say it.
        let options = file.unit.args(start.call.id).iter().any(|arg| arg.spread);
        return if options { SpanRole::Unknown } else { SpanRole::Default };
    };
    let value = file.names.resolved(value);
    let word = match file.unit.expr(value) {
        ExprKind::Member { name, .. } | ExprKind::Name(name) => name.to_ascii_lowercase(),
        _ => return SpanRole::Unknown,
    };
    let roles = [
        ("internal", SpanRole::Internal),
        ("server", SpanRole::Server),
        ("client", SpanRole::Client),
        ("producer", SpanRole::Producer),
        ("consumer", SpanRole::Consumer),
    ];
    let found = roles.into_iter().find(|(end, _)| word.ends_with(end));
    found.map_or(SpanRole::Unknown, |(_, role)| role)
}
