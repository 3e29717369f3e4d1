//! How the context of a trace travels: written into requests, read from them, handed to other
//! threads; what instruments libraries; and wrappers that must wait for what they measure.

use super::around::Around;
use super::file::{Call, File};
use crate::facts::named::named_subject;
use crate::facts::scalar::Scalar;
use crate::facts::{DocumentId, FileFacts};
use crate::libraries::{Api, Role};
use crate::parse::code::Language;
use crate::parse::unit::{ExprId, ExprKind, FunctionId, StmtKind};
use crate::source::Span;
use std::collections::BTreeSet;

/// What becomes of a context that was read.
#[derive(Clone, Debug, PartialEq, Eq, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum Fate {
    /// Something works on with it, or may.
    Used,
    /// Nothing takes it.
    Dropped,
    /// This name gets it, and nothing reads that.
    Unread(String),
    /// A function gives it back, and nothing in this file takes it from there.
    Returned(String),
}

/// A place where the context of a trace is read from a request.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Extraction {
    /// The file.
    pub document: DocumentId,
    /// The name it is called by.
    pub name: Scalar,
    /// What becomes of it.
    pub fate: Fate,
    /// A call of the function that gives it back, whose result nothing takes.
    pub dropped_at: Option<Span>,
}

/// A place where the context of a trace is written into a request.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Injection {
    /// The file.
    pub document: DocumentId,
    /// The name it is called by.
    pub name: Scalar,
    /// What it is written into, where nothing sends that.
    pub lost: Option<Scalar>,
}

/// Something that instruments a library.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Instrumentation {
    /// The file.
    pub document: DocumentId,
    /// Where.
    pub span: Span,
    /// The library; `all` for whatever is there.
    #[borsh(deserialize_with = "crate::kept::word")]
    pub of: &'static str,
    /// `server`, `client`, `both`, `threads`, `logs`.
    #[borsh(deserialize_with = "crate::kept::word")]
    pub side: &'static str,
    /// It is told to record errors that leave a handler.
    pub records: Option<Span>,
}

named_subject!(Extraction, Extraction, "extraction");
named_subject!(Injection, Injection, "injection");

/// Reads how context travels in a file.
pub(super) fn read(file: &File<'_, '_>, facts: &mut FileFacts) {
    instrumentations(file, facts);
    mentions(file, facts);
    let travels =
        |call: &&Call| call.role(Role::Inject).is_some() || call.role(Role::Extract).is_some();
    if !file.calls.iter().any(|call| travels(&call)) {
        return;
    }
    let around = Around::of(file.unit);
    // A call inside of the function that another is given plays its role once.
    let mut seen = BTreeSet::new();
    for (call, api) in file.of_role(Role::Extract) {
        let Some(at) = acts(file, call, api).filter(|at| seen.insert(*at)) else { continue };
        let (fate, dropped_at) = fate(file, &around, call.id);
        facts.extractions.push(Extraction {
            document: file.document,
            name: name(file, at),
            fate,
            dropped_at,
        });
    }
    for (call, api) in file.of_role(Role::Inject) {
        let Some(at) = acts(file, call, api).filter(|at| seen.insert(*at)) else { continue };
        let carrier = match at == call.id {
            true => file.argument(call, api, "carrier"),
            false => {
                api.position("carrier").and_then(|at_arg| file.unit.arg(at, at_arg, "carrier"))
            }
        };
        let lost = carrier.and_then(|carrier| lost(file, &around, at, carrier));
        facts.injections.push(Injection { document: file.document, name: name(file, at), lost });
    }
}

fn name(file: &File<'_, '_>, call: ExprId) -> Scalar {
    let text = file.called(call).unwrap_or_default().to_owned();
    Scalar { text, span: file.callee_span(call), known: true, plain: false }
}

/// The call that reads or writes: the call itself, or one inside the function it is given.
fn acts(file: &File<'_, '_>, call: &Call, api: &'static Api) -> Option<ExprId> {
    let Some(methods) = api.get("form") else { return Some(call.id) };
    let unit = file.unit;
    let mut inside = unit.args(call.id).iter().filter_map(|arg| match unit.expr(arg.value) {
        ExprKind::Lambda(function) => Some(unit.calls_under(&unit.function(*function).body)),
        _ => None,
    });
    let method = |id: &ExprId| {
        file.called(*id).is_some_and(|name| methods.split(' ').any(|method| method == name))
    };
    inside.find_map(|calls| calls.into_iter().find(method))
}

fn instrumentations(file: &File<'_, '_>, facts: &mut FileFacts) {
    let errors = file.of_role(Role::SpanError).chain(file.of_role(Role::SpanStatus));
    if let Some((call, _)) = errors.into_iter().next() {
        facts.span_errors.push((file.document, file.callee_span(call.id)));
    }
    let spans = |api: &Api| matches!(api.get("signal"), Some("traces" | "all"));
    if file.of_role(Role::Provider).any(|(_, api)| spans(api)) {
        facts.span_providers.push(file.document);
    }
    for (call, api) in file.of_role(Role::Instrument) {
        facts.instrumentations.push(Instrumentation {
            document: file.document,
            span: file.callee_span(call.id),
            of: api.get("of").unwrap_or_default(),
            side: api.get("side").unwrap_or_default(),
            records: api.get("records").and_then(|field| {
                let said = file.assigned(call.id, field)?;
                let yes = matches!(file.unit.expr(said), ExprKind::Bool(true));
                yes.then(|| file.expr_span(said))
            }),
        });
    }
}

/// Whether a name says that it reads context: only then its uses in other files are known.
fn says_extract(name: &str) -> bool {
    name.to_ascii_lowercase().contains("extract")
}

/// Names of functions elsewhere that this file calls or hands on, if they may give back context.
fn mentions(file: &File<'_, '_>, facts: &mut FileFacts) {
    let unit = file.unit;
    let mut names: Vec<&str> = unit
        .exprs
        .iter()
        .filter_map(|expr| match expr.kind {
            ExprKind::Name(name) | ExprKind::Member { name, .. } => Some(name),
            _ => None,
        })
        .filter(|name| says_extract(name))
        .collect();
    names.sort_unstable();
    names.dedup();
    let document = file.document;
    facts.context_mentions.extend(names.into_iter().map(|name| (document, name.to_owned())));
}

/// What becomes of the value of a call.
fn fate(file: &File<'_, '_>, around: &Around<'_, '_>, call: ExprId) -> (Fate, Option<Span>) {
    match taken(file, around, call) {
        Taken::Dropped => (Fate::Dropped, None),
        Taken::Unread(name) => (Fate::Unread(name), None),
        Taken::Elsewhere => (Fate::Used, None),
        Taken::Returned(function) => returned(file, around, function),
    }
}

enum Taken {
    Dropped,
    Unread(String),
    Returned(FunctionId),
    Elsewhere,
}

/// Who takes the value of an expression.
fn taken(file: &File<'_, '_>, around: &Around<'_, '_>, id: ExprId) -> Taken {
    let unit = file.unit;
    let id = around.past(id);
    let function = unit.function_of(id);
    let Some(stmt) = around.whole(id).filter(|_| around.parent(id).is_none()) else {
        // Rust's last expression of a block is its value; an assignment may stand in one too.
        return match around.parent(id).map(|parent| unit.expr(parent)) {
            Some(ExprKind::Assign { target, value, .. }) if *value == id => {
                named_by(file, around, *target, function)
            }
            _ => Taken::Elsewhere,
        };
    };
    match unit.stmt(stmt) {
        StmtKind::Expr(_) => {
            let end = unit.place(id).end as usize;
            let rest = unit.text.get(end..).unwrap_or_default().trim_start();
            // Without a semicolon it is the value of its block.
            match unit.language == Language::Rust && !rest.starts_with(';') {
                true => Taken::Elsewhere,
                false => Taken::Dropped,
            }
        }
        StmtKind::Let { targets, value: Some(value), .. } if *value == id => {
            match targets.as_slice() {
                [target] => named_by(file, around, *target, function),
                _ => Taken::Elsewhere,
            }
        }
        StmtKind::Return(Some(value)) if *value == id => {
            match unit.function(function).name.is_empty() {
                // What a lambda gives back goes where it was handed to.
                true => Taken::Elsewhere,
                false => Taken::Returned(function),
            }
        }
        _ => Taken::Elsewhere,
    }
}

/// Who reads a name that gets the value.
fn named_by(
    file: &File<'_, '_>,
    around: &Around<'_, '_>,
    target: ExprId,
    function: FunctionId,
) -> Taken {
    let unit = file.unit;
    let ExprKind::Name(name) = unit.expr(target) else { return Taken::Elsewhere };
    if *name == "_" {
        return Taken::Dropped;
    }
    // A name of the file or of a function around it may be read elsewhere.
    if function.0 == 0 {
        return Taken::Elsewhere;
    }
    let mut reads = around.reads(name, function);
    reads.retain(|read| *read != target);
    match reads.as_slice() {
        [] if is_outer(file, function, name) => Taken::Elsewhere,
        [] => Taken::Unread((*name).to_owned()),
        [read] => match around.whole(*read).map(|stmt| unit.stmt(stmt)) {
            Some(StmtKind::Return(_)) if !unit.function(function).name.is_empty() => {
                Taken::Returned(function)
            }
            _ => Taken::Elsewhere,
        },
        _ => Taken::Elsewhere,
    }
}

fn is_field(file: &File<'_, '_>, function: FunctionId, name: &str) -> bool {
    let class = file.unit.function(function).class;
    class.is_some_and(|class| file.unit.class(class).fields.iter().any(|field| field.name == name))
}

/// Whether a name may belong to what is around the function: a field, or a variable there.
fn is_outer(file: &File<'_, '_>, function: FunctionId, name: &str) -> bool {
    let unit = file.unit;
    is_field(file, function, name)
        || unit.stmts.iter().any(|stmt| match &stmt.kind {
            StmtKind::Let { targets, .. } => targets.iter().any(|target| {
                matches!(unit.expr(*target), ExprKind::Name(other) if *other == name)
                    && unit.function_of(*target) != function
            }),
            StmtKind::Other(_) => {
                // `global ctx`, `nonlocal ctx`.
                let text = unit.slice(&stmt.at);
                (text.starts_with("global ") || text.starts_with("nonlocal "))
                    && text.contains(name)
            }
            _ => false,
        })
}

/// Whether somebody in this file takes what a function gives back.
fn returned(
    file: &File<'_, '_>,
    around: &Around<'_, '_>,
    function: FunctionId,
) -> (Fate, Option<Span>) {
    let unit = file.unit;
    let name = unit.function(function).name;
    // Without such a word in its name nobody knows who else calls it.
    if !says_extract(name) {
        return (Fate::Used, None);
    }
    let mut dropped = None;
    for (number, expr) in unit.exprs.iter().enumerate() {
        let id = ExprId(u32::try_from(number).unwrap_or(u32::MAX));
        let names = match expr.kind {
            ExprKind::Name(other) => other == name,
            ExprKind::Member { name: other, .. } => other == name,
            _ => false,
        };
        if !names {
            continue;
        }
        let call = around.parent(id).filter(
            |parent| matches!(unit.expr(*parent), ExprKind::Call { callee, .. } if *callee == id),
        );
        match call.map(|call| taken(file, around, call)) {
            Some(Taken::Dropped) => dropped = call.map(|call| file.callee_span(call)),
            // It is handed on, or its value is taken.
            _ => return (Fate::Used, None),
        }
    }
    (Fate::Returned(name.to_owned()), dropped)
}

/// What context is written into, if nothing can send that.
fn lost(
    file: &File<'_, '_>,
    around: &Around<'_, '_>,
    call: ExprId,
    carrier: ExprId,
) -> Option<Scalar> {
    let unit = file.unit;
    let inner = bare(file, carrier);
    let told = |id: ExprId| {
        let text = unit.slice(&unit.place(id)).to_owned();
        Scalar { text, span: file.expr_span(id), known: true, plain: false }
    };
    if is_fresh(file, inner) {
        return Some(told(inner));
    }
    let ExprKind::Name(name) = unit.expr(inner) else { return None };
    let function = unit.function_of(call);
    let value = file.names.value(inner)?;
    if function.0 == 0 || unit.function_of(value) != function || is_outer(file, function, name) {
        return None;
    }
    let reads = around.reads(name, function);
    let only = reads.iter().all(|read| around.upward(*read).any(|id| id == call));
    (only && is_fresh(file, bare(file, value))).then(|| told(inner))
}

/// An expression without what only makes a carrier of it.
fn bare(file: &File<'_, '_>, id: ExprId) -> ExprId {
    let unit = file.unit;
    let mut id = id;
    loop {
        match unit.expr(id) {
            ExprKind::Unary { op, of } if matches!(*op, "&" | "&mut" | "mut" | "*") => id = *of,
            ExprKind::Call { args, .. } => match (file.called(id), args.as_slice()) {
                (Some(name), [arg]) if name.ends_with("Carrier") || name.ends_with("Injector") => {
                    id = arg.value;
                }
                _ => return id,
            },
            _ => return id,
        }
    }
}

/// Whether an expression is a collection that only it names.
fn is_fresh(file: &File<'_, '_>, id: ExprId) -> bool {
    let unit = file.unit;
    match unit.expr(id) {
        ExprKind::Map { of: None, .. } => true,
        ExprKind::Map { of: Some(of), entries } => {
            // `http.Header{}`, `propagation.MapCarrier{}`; a struct may hold what others know.
            let path = file.names.path(*of).unwrap_or_default();
            // What points at something writes there: `carrier{headers: &headers}`.
            let points = |id: ExprId| matches!(unit.expr(id), ExprKind::Unary { op: "&", .. });
            let mut values = entries.iter().map(|(_, value)| *value);
            let known = path.ends_with("Carrier") || file.table.role(&path, Role::Fresh).is_some();
            // `Carrier{Map: request.Metadata}` fills what travels with the request.
            let held =
                |id: ExprId| matches!(unit.expr(id), ExprKind::Name(_) | ExprKind::Member { .. });
            known && !values.any(|id| points(id) || held(id))
        }
        ExprKind::Call { .. } => {
            let path = file.call(id).map(|call| call.path.clone());
            let path = path.or_else(|| file.called(id).map(|name| format!("?.{name}")));
            let role = path.and_then(|path| file.table.role(&path, Role::Fresh));
            // `Object.assign(headers, …)` gives back what it was given.
            let kept = file.called(id) == Some("assign")
                && !unit.args(id).first().is_some_and(|arg| is_fresh(file, arg.value));
            role.is_some() && !kept
        }
        ExprKind::Other(_) => {
            let text = unit.slice(&unit.place(id)).trim();
            text.starts_with("map[") && text.ends_with("{}")
        }
        _ => false,
    }
}
