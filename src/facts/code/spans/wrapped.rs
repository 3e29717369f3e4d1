//! Functions of the repository that start spans for others, and calls that may be calls of them.
//!
//! One file holds the function, others call it: what a call would start is read here as if it
//! did, and `repo/settled/spans.rs` keeps what certainly does.

use super::starts::{self, Start, part};
use super::{SpanEnd, SpanForm, SpanRole, SpanScope, names, speaks_of_spans};
use crate::facts::code::file::{Call, File};
use crate::facts::code::layout::Layout;
use crate::facts::code::workers;
use crate::facts::scalar::Scalar;
use crate::facts::{DocumentId, FileFacts};
use crate::lang::sensitive::words;
use crate::libraries::{Api, Role};
use crate::parse::code::Language;
use crate::parse::unit::{ExprId, ExprKind, FunctionId, Place, StmtKind};
use crate::source::Span;
use std::collections::{BTreeMap, BTreeSet};

/// Most arguments of a call that are kept.
const MANY: usize = 6;

/// A function whose name speaks of spans.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct SpanFunction {
    /// The file.
    pub document: DocumentId,
    /// Its name.
    pub name: String,
    /// The class it is a method of.
    pub class: Option<String>,
    /// The package or namespace of its file.
    pub package: Option<String>,
    /// The span that it certainly starts for its caller.
    pub gives: Option<Given>,
}

/// A span that a function starts for its caller.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Given {
    /// How the caller holds it: `Manual` where it has to end it.
    pub form: SpanForm,
    /// Which of the function's results it is.
    pub result: usize,
    /// The parameter that is run inside of it.
    pub work: Option<usize>,
    /// The parameter that its name is made of, by number and name.
    pub named: Option<(usize, String)>,
    /// That parameter is the whole name.
    pub whole: bool,
    /// Its name, where the function chooses it.
    pub name: Option<Scalar>,
    /// The parameter that is its context.
    pub context: Option<usize>,
    /// What it says it is.
    pub role: SpanRole,
    /// It records errors that leave it.
    pub records: bool,
}

/// An argument of a call that may start a span.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct WrappedArg {
    /// Its name, where it is given by name.
    pub keyword: Option<String>,
    /// The text that it is.
    pub text: Option<Scalar>,
    /// A value in it that takes any number of forms.
    pub unbounded: Option<Scalar>,
}

/// A call that may be one of a function that starts a span.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct WrappedSpan {
    /// What is called, as the file names it.
    pub called: String,
    /// It is a function of the file itself.
    pub own: bool,
    /// A library has a function of this name: the call counts as one of that.
    pub taken: bool,
    /// Which result is taken for the span.
    pub result: usize,
    /// The argument that is a function.
    pub work: Option<usize>,
    /// Its arguments.
    pub args: Vec<WrappedArg>,
    /// What it would start.
    pub scope: SpanScope,
}

/// Whether the name of a function says that it may start spans.
fn speaks(name: &str) -> bool {
    speaks_of_spans(name) || (name.contains("raced") && words(name).iter().any(|it| it == "traced"))
}

/// Reads functions that start spans, and calls that may be calls of them. Handlers in `seen`
/// belong to spans that the file starts itself.
pub(super) fn read(file: &File<'_, '_>, seen: &mut BTreeSet<u32>, facts: &mut FileFacts) {
    let names = workers::names(file);
    let spoken = |at: &Place| speaks(file.unit.slice(at));
    let functions: Vec<_> = names.into_iter().filter(|(_, at)| spoken(at)).collect();
    let own: BTreeSet<&str> = functions.iter().map(|(_, at)| file.unit.slice(at)).collect();
    let calls = calls(file, &own);
    if functions.is_empty() && calls.is_empty() {
        return;
    }
    let layout = Layout::of(file.unit);
    let started = Started::of(file);
    for (id, at) in functions {
        let function = file.unit.function(id);
        facts.span_functions.push(SpanFunction {
            document: file.document,
            name: file.unit.slice(&at).to_owned(),
            class: function.class.map(|class| file.unit.class(class).name.to_owned()),
            package: file.unit.package.map(str::to_owned),
            gives: started.given(file, &layout, id).filter(|_| !file.unit.is_faulty(&function.at)),
        });
    }
    let mut found: Vec<WrappedSpan> = Vec::new();
    let mut begun: Vec<(usize, Start<'_, '_>)> = Vec::new();
    let mut in_function: BTreeMap<FunctionId, usize> = BTreeMap::new();
    for called in &calls {
        let count = in_function.entry(file.unit.function_of(called.call.id)).or_default();
        *count += 1;
        if *count > starts::MANY {
            continue;
        }
        let decorated = started.decorated.get(&called.call.id).copied();
        let Some((start, span)) = begin(file, &layout, called, decorated) else { continue };
        begun.push((found.len(), start));
        found.push(span);
    }
    begun.sort_by_key(|(number, _)| {
        found[*number].scope.region.map_or(u32::MAX, |region| region.end - region.start)
    });
    for (number, start) in &begun {
        let scope = &mut found[*number].scope;
        (scope.twice, scope.swallowed) = super::catches::of(file, &layout, start, seen);
    }
    facts.wrapped_spans.extend(found);
}

/// A call that may start a span.
struct Called {
    call: Call,
    own: bool,
    taken: bool,
}

/// Calls by names that speak of spans, of functions that no library is certainly known for.
fn calls(file: &File<'_, '_>, own: &BTreeSet<&str>) -> Vec<Called> {
    let unit = file.unit;
    let mut found = Vec::new();
    for id in unit.calls() {
        let Some(name) = file.called(id).filter(|name| speaks(name)) else { continue };
        let known = file.call(id);
        let roles = known.map_or(&[][..], |call| call.roles.as_slice());
        if file.is_faulty(id) || roles.iter().any(|api| api.role != Role::SpanStart) {
            continue;
        }
        let path = known.map_or("", |call| call.path.as_str());
        let bare = match unit.expr(id) {
            ExprKind::Call { callee, .. } => matches!(unit.expr(*callee), ExprKind::Name(_)),
            _ => false,
        };
        let own = own.contains(name) && (bare || file.own_function(id).is_some());
        let library = file.table.library(path.trim_start_matches('<')).is_some();
        // Of what nobody knows the type of, more than `trace` is asked: loggers have that too.
        let vague = path.starts_with('?') && (!roles.is_empty() || words(name).len() < 2);
        if library || (!own && (path.is_empty() || vague)) {
            continue;
        }
        let path = match path {
            "" => name.to_owned(),
            _ if roles.is_empty() && words(name).len() > 1 && is_given(file, id) => {
                format!("?.{name}")
            }
            path => path.to_owned(),
        };
        let call = Call { id, path, roles: Vec::new() };
        found.push(Called { call, own, taken: !roles.is_empty() });
    }
    found
}

/// Whether a call is made on a parameter of a script, which stands for its name and may be anything.
fn is_given(file: &File<'_, '_>, call: ExprId) -> bool {
    let unit = file.unit;
    let ExprKind::Call { callee, .. } = unit.expr(call) else { return false };
    let ExprKind::Member { of, .. } = unit.expr(*callee) else { return false };
    let ExprKind::Name(object) = unit.expr(*of) else { return false };
    let mut around = unit.outward(unit.function_of(call)).map(|id| unit.function(id));
    around.any(|function| {
        function.params.iter().any(|param| param.name == *object && param.ty.is_none())
    })
}

/// The row of the language's own way to start a span.
fn row(file: &File<'_, '_>, forms: &[&str]) -> Option<&'static Api> {
    let rows = file.table.paths_of(Role::SpanStart).map(|(_, api)| api);
    let fits = |api: &'static Api| {
        let form = forms.iter().position(|form| api.get("form") == Some(*form))?;
        // Of two libraries the one that has a way to end a span.
        Some(((form, api.get("name").is_none(), api.get("ends").is_none()), api))
    };
    rows.filter_map(fits).min_by_key(|(order, _)| *order).map(|(_, api)| api)
}

/// Reads a call as if it started a span.
fn begin<'f, 'a>(
    file: &'f File<'_, 'a>,
    layout: &Layout<'f, 'a>,
    called: &'f Called,
    decorated: Option<FunctionId>,
) -> Option<(Start<'f, 'a>, WrappedSpan)> {
    let unit = file.unit;
    let call = &called.call;
    let stmt = layout.stmt(call.id).map(|stmt| unit.stmt(stmt));
    let block = matches!(stmt, Some(StmtKind::With { .. }));
    let api = row(file, if block { &["context", "manual", "use"] } else { &["manual", "guard"] })?;
    let mut start = Start::of(file, call, api);
    let (mut end, mut result, mut work) = (SpanEnd::Ended, 0, None);
    let lambda = unit
        .args(call.id)
        .iter()
        .position(|arg| matches!(unit.expr(file.names.resolved(arg.value)), ExprKind::Lambda(_)));
    if let Some(function) = decorated {
        start.form = SpanForm::Function;
        start.function = function;
        start.body = &unit.function(function).body;
    } else if let Some(at) = lambda {
        let value = file.names.resolved(unit.args(call.id)[at].value);
        let ExprKind::Lambda(inner) = unit.expr(value) else { return None };
        start.form = SpanForm::Callback;
        start.function = *inner;
        start.body = &unit.function(*inner).body;
        work = Some(at);
    } else {
        let several = match stmt {
            Some(StmtKind::Let { targets, .. }) if targets.len() > 1 => Some(targets),
            _ => None,
        };
        let named = several.map(|targets| {
            let speaks = |id: &ExprId| match unit.expr(*id) {
                ExprKind::Name(name) => name.to_ascii_lowercase().contains("sp"),
                _ => false,
            };
            targets.iter().rposition(speaks).unwrap_or(targets.len() - 1)
        });
        result = named.unwrap_or(0);
        end = starts::held(file, layout, named, &mut start)?;
    }
    let mut scope = starts::scope(file, layout, &start, end);
    (scope.name, scope.unbounded) = (None, None);
    let span = WrappedSpan {
        called: call.path.clone(),
        own: called.own,
        taken: called.taken,
        result,
        work,
        args: args(file, call.id),
        scope,
    };
    Some((start, span))
}

fn args(file: &File<'_, '_>, call: ExprId) -> Vec<WrappedArg> {
    let args = file.unit.args(call);
    if args.iter().any(|arg| arg.spread) {
        return Vec::new();
    }
    let one = |arg: &crate::parse::unit::Arg<'_>| WrappedArg {
        keyword: arg.name.map(str::to_owned),
        text: file.named_text(arg.value),
        unbounded: names::unbounded(file, arg.value),
    };
    args.iter().take(MANY).map(one).collect()
}

/// What functions of a file start and run, found once.
struct Started<'f> {
    /// The calls that start spans in a function and in those written in it.
    starts: BTreeMap<FunctionId, Vec<(&'f Call, &'static Api)>>,
    /// Calls of parameters: where they stand, whose parameter it is, and its number.
    runs: Vec<(Place, ExprId, FunctionId, usize)>,
    /// The functions that calls decorate.
    decorated: BTreeMap<ExprId, FunctionId>,
}

impl<'f> Started<'f> {
    fn of(file: &'f File<'_, '_>) -> Started<'f> {
        let unit = file.unit;
        let mut found =
            Started { starts: BTreeMap::new(), runs: Vec::new(), decorated: BTreeMap::new() };
        for (call, api) in file.of_role(Role::SpanStart) {
            for at in unit.outward(unit.function_of(call.id)) {
                found.starts.entry(at).or_default().push((call, api));
            }
        }
        for (number, function) in unit.functions.iter().enumerate() {
            let id = FunctionId(u32::try_from(number).unwrap_or(u32::MAX));
            found.decorated.extend(function.decorators.iter().map(|mark| (*mark, id)));
        }
        if found.starts.is_empty() {
            return found;
        }
        for call in unit.calls() {
            let ExprKind::Call { callee, .. } = unit.expr(call) else { continue };
            let ExprKind::Name(name) = unit.expr(*callee) else { continue };
            let param = unit.outward(unit.function_of(call)).find_map(|at| {
                let params = &unit.function(at).params;
                Some((at, params.iter().position(|param| param.name == *name)?))
            });
            found.runs.extend(param.map(|(at, number)| (unit.place(call), call, at, number)));
        }
        found.runs.sort_by_key(|(at, ..)| at.start);
        found
    }

    /// The span that a function starts for its caller: the only one it starts.
    fn given(&self, file: &File<'_, '_>, layout: &Layout<'_, '_>, id: FunctionId) -> Option<Given> {
        let [(call, api)] = self.starts.get(&id)?.as_slice() else { return None };
        self.gives(file, layout, id, call, api)
    }

    fn gives(
        &self,
        file: &File<'_, '_>,
        layout: &Layout<'_, '_>,
        id: FunctionId,
        call: &Call,
        api: &'static Api,
    ) -> Option<Given> {
        let unit = file.unit;
        let (start, end) = starts::start(file, layout, call, api)?;
        let direct = unit.function_of(call.id) == id;
        let (form, result, work) = match handed(file, id, &start, &end).filter(|_| direct) {
            Some((form, result)) => (form, result, None),
            None => self.worked(file, id, &start, &end)?,
        };
        let params = &unit.function(id).params;
        let param = |expr: ExprId| match unit.expr(expr) {
            ExprKind::Name(name) => params.iter().position(|param| param.name == *name),
            _ => None,
        };
        let name = part(file, call, api, "name");
        let named = name.and_then(|name| unit.all_in(name).into_iter().find_map(param));
        let records = |key: &str| file.argument(call, api, key).is_none();
        Some(Given {
            form,
            result,
            work,
            named: named.map(|at| (at, params[at].name.to_owned())),
            whole: name.is_some_and(|name| param(name).is_some()),
            name: name.filter(|_| named.is_none()).and_then(|name| file.named_text(name)),
            context: part(file, call, api, "context").and_then(param),
            role: starts::role(file, layout, &start),
            records: records("records") && records("status"),
        })
    }

    /// A parameter that a function runs inside of its span: its own, or that of a decorator in it.
    fn worked(
        &self,
        file: &File<'_, '_>,
        id: FunctionId,
        start: &Start<'_, '_>,
        end: &SpanEnd,
    ) -> Option<(SpanForm, usize, Option<usize>)> {
        let unit = file.unit;
        if *end != SpanEnd::Ended || start.form == SpanForm::Own {
            return None;
        }
        let (first, last) = (start.body.first()?, start.body.last()?);
        let (from, to) = (&unit.stmts[first.0 as usize].at, &unit.stmts[last.0 as usize].at);
        let begin = self.runs.partition_point(|(at, ..)| at.start < from.start);
        let inside = self.runs[begin..].iter().take_while(|(at, ..)| at.start < to.end);
        inside.filter(|(at, ..)| at.end <= to.end).find_map(|&(_, call, owner, number)| {
            if owner == id {
                return Some((SpanForm::Callback, 0, Some(number)));
            }
            let decorator = unit.language == Language::Python
                && unit.function(owner).outer == Some(id)
                && unit.function_of(call) != owner;
            decorator.then_some((SpanForm::Function, 0, None))
        })
    }
}

/// How a function gives its span back, and which of its results it is.
fn handed(
    file: &File<'_, '_>,
    id: FunctionId,
    start: &Start<'_, '_>,
    end: &SpanEnd,
) -> Option<(SpanForm, usize)> {
    let unit = file.unit;
    let function = unit.function(id);
    let manages = function.decorators.iter().any(|it| {
        let path = file.names.path(*it).unwrap_or_default();
        path.trim_end_matches("()").ends_with("contextmanager")
    });
    if manages {
        let yields = start
            .body
            .iter()
            .any(|stmt| unit.slice(&unit.stmts[stmt.0 as usize].at).contains("yield"));
        return (start.form == SpanForm::Block && yields).then_some((SpanForm::Block, 0));
    }
    let form = match start.api.get("form")? {
        "manual" => SpanForm::Manual,
        "context" => SpanForm::Block,
        "guard" => SpanForm::Dropped,
        _ => return None,
    };
    let is_span = |value: ExprId| match unit.expr(value) {
        ExprKind::Name(name) => *end == SpanEnd::Returned && start.name == Some(*name),
        _ => false,
    };
    unit.statements(id).into_iter().find_map(|stmt| {
        let StmtKind::Return(Some(mut value)) = *unit.stmt(stmt) else { return None };
        while let ExprKind::Await(inner) | ExprKind::Propagate(inner) = unit.expr(value) {
            value = *inner;
        }
        let number = match unit.expr(value) {
            _ if value == start.call.id => start.api.position("result").unwrap_or(0),
            ExprKind::List(items) => items.iter().position(|item| is_span(*item))?,
            _ if is_span(value) => 0,
            _ => return None,
        };
        Some((form, number))
    })
}

impl Given {
    /// What a call of the function certainly starts; `None` where it holds it in another way.
    pub fn scope(&self, call: &WrappedSpan) -> Option<SpanScope> {
        let mut scope = call.scope.clone();
        match (self.form, scope.form) {
            (SpanForm::Manual, SpanForm::Manual) if self.result == call.result => {}
            (SpanForm::Manual | SpanForm::Block, SpanForm::Block)
            | (SpanForm::Block | SpanForm::Function, SpanForm::Function) => {}
            (SpanForm::Dropped, SpanForm::Manual | SpanForm::Dropped) => {
                (scope.form, scope.end) = (SpanForm::Dropped, SpanEnd::Ended);
            }
            (SpanForm::Callback, SpanForm::Callback) if self.work == call.work => {}
            _ => return None,
        }
        let arg = self.named.as_ref().and_then(|(number, name)| {
            let by_name = |arg: &&WrappedArg| arg.keyword.as_ref() == Some(name);
            let placed = call.args.get(*number).filter(|arg| arg.keyword.is_none());
            call.args.iter().find(by_name).or(placed)
        });
        scope.unbounded = arg.and_then(|arg| arg.unbounded.clone());
        scope.name = match arg {
            Some(arg) if self.whole => arg.text.clone(),
            Some(_) => None,
            // The function's own text stands in its file.
            None => self.name.clone().map(|name| Scalar { span: call.at(), ..name }),
        };
        scope.role = self.role;
        if self.context != Some(0) {
            scope.loss = None;
        }
        if !self.records || self.form == SpanForm::Callback {
            scope.twice.clear();
        }
        Some(scope)
    }
}

impl WrappedSpan {
    /// Where the call stands.
    pub fn at(&self) -> Span {
        self.scope.at
    }
}
