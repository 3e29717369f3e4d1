//! Where ids are kept while a request is worked on.

use super::{CorrelationId, IdForm, names_id, scalar};
use crate::facts::FileFacts;
use crate::facts::code::file::File;
use crate::facts::scalar::Scalar;
use crate::libraries::Role;
use crate::parse::code::Language;
use crate::parse::unit::{ExprId, ExprKind, Field, FunctionId, Place, StmtId, StmtKind, Unit};

/// Reads the stores of a file.
pub(super) fn read(file: &File<'_, '_>, facts: &mut FileFacts) {
    let mut found = per_thread(file);
    found.extend(shared(file));
    found.extend(put(file));
    found.sort_by_key(|(id, _)| file.unit.place(*id).start);
    found.dedup_by_key(|(id, _)| *id);
    for (id, form) in found {
        let name = scalar(file, id);
        facts.correlation_ids.push(CorrelationId { document: file.document, name, form });
    }
    for at in fields_per_thread(file).into_iter().chain(statics_per_thread(file)) {
        let text = file.unit.slice(&at).to_owned();
        let name = Scalar { text, span: file.span(&at), known: true, plain: false };
        let form = IdForm::PerThread;
        facts.correlation_ids.push(CorrelationId { document: file.document, name, form });
    }
}

/// Fields of C# that every thread has for itself: marked `[ThreadStatic]`, or of the type `ThreadLocal`
/// that `new()` stands for.
fn fields_per_thread(file: &File<'_, '_>) -> Vec<Place> {
    let unit = file.unit;
    if unit.language != Language::Csharp {
        return Vec::new();
    }
    let local = |field: &Field<'_>| {
        let ty = field.ty.unwrap_or_default();
        let ty = ty.rsplit_once("Threading.").map_or(ty, |(_, ty)| ty);
        let made = field.value.map(|value| unit.slice(&unit.place(value)));
        ty.starts_with("ThreadLocal<") && made.is_some_and(|made| made.starts_with("new("))
    };
    // Its marks stand between the end of what is before it and its name.
    let marked = |field: &Field<'_>| {
        let before = unit.text.get(..field.at.start as usize).unwrap_or_default();
        let own = before.rsplit([';', '{', '}']).next().unwrap_or_default();
        own.contains("[ThreadStatic") || own.contains("[System.ThreadStatic")
    };
    let fields = unit.classes.iter().flat_map(|class| &class.fields);
    let ids = fields.filter(|field| names_id(field.name) && (local(field) || marked(field)));
    ids.map(|field| field.at.clone()).collect()
}

/// Statics of Rust that every thread has for itself: `thread_local! { static REQUEST_ID: … }`.
fn statics_per_thread(file: &File<'_, '_>) -> Vec<Place> {
    let unit = file.unit;
    if unit.language != Language::Rust {
        return Vec::new();
    }
    let mut found = Vec::new();
    let said = |at: u32| unit.comments.iter().any(|it| it.start <= at && at < it.end);
    for (start, _) in unit.text.match_indices("thread_local!") {
        let body = &unit.text[start..];
        // The block ends where its own line of depth does.
        let end = body.find("\n}").unwrap_or(body.len());
        for (at, word) in body[..end].match_indices("static ") {
            let from = start + at + word.len();
            let rest = &unit.text[from..];
            let len = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            let (Ok(from), Ok(len)) = (u32::try_from(from), u32::try_from(len)) else { continue };
            let place = from..from + len;
            if names_id(unit.slice(&place)) && !said(from) {
                found.push(place);
            }
        }
    }
    found
}

/// Every assignment of a file: what gets a value, and the value.
fn assignments(file: &File<'_, '_>) -> Vec<(ExprId, Option<ExprId>)> {
    let unit = file.unit;
    let mut found = Vec::new();
    for stmt in &unit.stmts {
        if let StmtKind::Let { targets, value, .. } = &stmt.kind {
            found.extend(targets.iter().map(|target| (*target, *value)));
        }
    }
    for expr in &unit.exprs {
        if let ExprKind::Assign { target, value, .. } = &expr.kind {
            found.push((*target, Some(*value)));
        }
    }
    found
}

/// Ids in stores of a thread.
fn per_thread(file: &File<'_, '_>) -> Vec<(ExprId, IdForm)> {
    let unit = file.unit;
    let stores: Vec<ExprId> = file.of_role(Role::ThreadLocal).map(|(call, _)| call.id).collect();
    let mut found = Vec::new();
    if stores.is_empty() {
        return found;
    }
    let assignments = assignments(file);
    // `local.correlation_id = id`
    let kept = assignments.iter().any(|(target, _)| match unit.expr(*target) {
        ExprKind::Member { of, name } => {
            names_id(name)
                && file.names.path(*of).is_some_and(|path| {
                    let path = path.trim_end_matches("()");
                    file.table.role(path, Role::ThreadLocal).is_some()
                })
        }
        _ => false,
    });
    for store in stores {
        // `REQUEST_ID = ThreadLocal()`, or a class that is named for it.
        let at = unit.place(store);
        let fields = unit.classes.iter().flat_map(|class| &class.fields);
        let named = assignments.iter().any(|(target, value)| {
            *value == Some(store) && names_id(unit.slice(&unit.place(*target)))
        }) || fields
            .into_iter()
            .any(|field| field.value == Some(store) && names_id(field.name))
            || unit.classes.iter().any(|class| {
                names_id(class.name) && class.at.start <= at.start && at.end <= class.at.end
            });
        if kept || named {
            found.push((store, IdForm::PerThread));
        }
    }
    found
}

/// Ids in one variable of a file that functions set.
fn shared(file: &File<'_, '_>) -> Vec<(ExprId, IdForm)> {
    let unit = file.unit;
    let script =
        matches!(unit.language, Language::Javascript | Language::Typescript | Language::Tsx);
    if !script && !matches!(unit.language, Language::Go | Language::Python) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for stmt in unit.statements(FunctionId(0)) {
        let StmtKind::Let { targets, value, .. } = unit.stmt(stmt) else { continue };
        let [target] = targets.as_slice() else { continue };
        let ExprKind::Name(name) = unit.expr(*target) else { continue };
        let empty = value
            .is_none_or(|value| matches!(unit.expr(value), ExprKind::Null | ExprKind::Text(_)));
        if !names_id(name) || !empty {
            continue;
        }
        let set = assignments(file).into_iter().any(|(other, _)| {
            let inside = unit.function_of(other) != FunctionId(0);
            let same = matches!(unit.expr(other), ExprKind::Name(it) if it == name);
            // Python's functions have names of their own unless they say otherwise.
            let function = unit.function(unit.function_of(other));
            let global = unit.language != Language::Python
                || unit.slice(&function.at).contains(&format!("global {name}"));
            // Another variable of that name is declared there.
            let own = unit.outward(unit.function_of(other)).any(|id| {
                id != FunctionId(0)
                    && (unit.function(id).params.iter().any(|param| param.name == *name)
                        || unit.statements(id).into_iter().any(|stmt| declares(file, stmt, name)))
            });
            inside && same && global && (!own || unit.language == Language::Python)
        });
        if set {
            found.push((*target, IdForm::Shared));
        }
    }
    found
}

fn declares(file: &File<'_, '_>, stmt: StmtId, name: &str) -> bool {
    match file.unit.stmt(stmt) {
        StmtKind::Let { targets, declares: true, .. } => targets
            .iter()
            .any(|target| matches!(file.unit.expr(*target), ExprKind::Name(it) if *it == name)),
        _ => false,
    }
}

/// Keys that tracing itself puts and takes away.
const OWN: &[&str] = &["traceid", "spanid", "xb3traceid", "xb3spanid", "traceflags"];

/// `keys.forEach(MDC::remove)`.
fn named(file: &File<'_, '_>) -> Vec<ExprId> {
    const FORMS: &[&str] = &["MDC::remove", "MDC::clear"];
    let unit = file.unit;
    if !FORMS.iter().any(|form| unit.text.contains(form)) {
        return Vec::new();
    }
    let all = (0..unit.exprs.len()).map(|number| ExprId(u32::try_from(number).unwrap_or(u32::MAX)));
    all.filter(|id| FORMS.contains(&unit.slice(&unit.place(*id)))).collect()
}

/// C#: what is given to others, or back, for them to take it away: `stack.Push(LogContext.PushProperty(…))`.
fn handed_on(unit: &Unit<'_>) -> Vec<ExprId> {
    if unit.language != Language::Csharp {
        return Vec::new();
    }
    let given = unit.calls().flat_map(|call| unit.args(call)).map(|arg| arg.value);
    let back = unit.stmts.iter().filter_map(|stmt| match &stmt.kind {
        StmtKind::Return(value) => *value,
        _ => None,
    });
    given.chain(back).collect()
}

/// Values that are put beside the records of a thread.
fn put(file: &File<'_, '_>) -> Vec<(ExprId, IdForm)> {
    let unit = file.unit;
    let clears: Vec<ExprId> = file.of_role(Role::MdcClear).map(|(call, _)| call.id).collect();
    let clears: Vec<ExprId> = clears.into_iter().chain(named(file)).collect();
    // Where something is taken away whatever happens.
    let mut safe: Vec<ExprId> = Vec::new();
    for stmt in &unit.stmts {
        if let StmtKind::Try { last, .. } = &stmt.kind {
            safe.extend(unit.all_under(last));
        }
    }
    let mut held: Vec<ExprId> = Vec::new();
    for stmt in &unit.stmts {
        if let StmtKind::With { items, .. } = &stmt.kind {
            held.extend(items.iter().flat_map(|(of, _)| unit.all_in(*of)));
        }
    }
    held.extend(handed_on(unit));
    let mut found: Vec<(ExprId, IdForm)> = clears.iter().map(|id| (*id, IdForm::Cleared)).collect();
    for (call, api) in file.of_role(Role::MdcPut) {
        let function = unit.function(unit.function_of(call.id));
        let starts = matches!(function.name, "main" | "run" | "")
            || function.class.is_some_and(|class| unit.class(class).name == function.name);
        let key = unit.args(call.id).first().and_then(|arg| unit.literal(arg.value));
        let key: String = key
            .unwrap_or_default()
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .collect::<String>()
            .to_ascii_lowercase();
        // What an asynchronous method of C# puts there lasts as long as it does.
        let flows = unit.language == Language::Csharp
            && function.is_async
            && (call.path.contains("LogContext") || call.path.contains("LogicalContext"));
        if starts || flows || OWN.contains(&key.as_str()) {
            continue;
        }
        let held = held.contains(&call.id);
        // A method that is called when the request is done clears as well.
        let elsewhere = |id: &ExprId| unit.function_of(*id) != unit.function_of(call.id);
        let cleared = held || clears.iter().any(|id| safe.contains(id) || elsewhere(id));
        let anywhere = api.get("cleared") == Some("anywhere");
        found.push((call.id, IdForm::Put { cleared, anywhere }));
    }
    found
}
