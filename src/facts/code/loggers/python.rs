//! What Python says of its loggers: handlers, formatters, the clock, encoders.

use super::read::add;
use super::{Form, Setup};
use crate::facts::FileFacts;
use crate::facts::code::file::{Call, File};
use crate::libraries::Role;
use crate::parse::code::Language;
use crate::parse::unit::{ExprId, ExprKind, Function, FunctionId, Place, StmtKind};
use crate::source::Span;

pub(super) fn read(file: &File<'_, '_>, facts: &mut FileFacts) {
    if file.unit.language != Language::Python {
        return;
    }
    formatters(file, facts);
    setups(file, facts);
    encoders(file, facts);
    naive_times(file, facts);
}

fn is_formatter(file: &File<'_, '_>, function: &Function<'_>) -> bool {
    let class = function.class.map(|class| file.unit.class(class));
    class.is_some_and(|class| class.bases.iter().any(|base| base.ends_with("Formatter")))
}

fn id_of(number: usize) -> FunctionId {
    FunctionId(u32::try_from(number).unwrap_or(u32::MAX))
}

/// `format` of a class of formatters: what it gives back.
fn formatters(file: &File<'_, '_>, facts: &mut FileFacts) {
    let unit = file.unit;
    for (number, function) in unit.functions.iter().enumerate() {
        if function.name != "format" || !is_formatter(file, function) {
            continue;
        }
        let stmts = unit.statements(id_of(number));
        let mut loads: Option<ExprId> = None;
        let mut back = false;
        for stmt in &stmts {
            match unit.stmt(*stmt) {
                StmtKind::Return(Some(value)) => {
                    let dumps =
                        unit.all_in(*value).into_iter().find(|id| called(file, *id, "dumps"));
                    if let Some(dumps) = dumps {
                        let setup = Setup::Form(Form::Structured, true);
                        add(file, "dumps", file.callee_span(dumps), setup, facts);
                    }
                    // The text that was parsed, and nothing else.
                    let parsed = loads.and_then(|loads| unit.args(loads).first());
                    let same = parsed.is_some_and(|parsed| {
                        unit.slice(&unit.place(parsed.value)) == unit.slice(&unit.place(*value))
                    });
                    back |= same;
                }
                _ => {
                    let reads = unit.reads(*stmt).into_iter();
                    let found =
                        reads.flat_map(|id| unit.all_in(id)).find(|id| called(file, *id, "loads"));
                    loads = loads.or(found);
                }
            }
        }
        if let Some(loads) = loads.filter(|_| back) {
            let checked = unit.slice(&function.at).contains("isinstance");
            add(file, "loads", file.callee_span(loads), Setup::Passthrough { checked }, facts);
        }
    }
}

/// Whether an expression calls this function of `json`.
fn called(file: &File<'_, '_>, id: ExprId, name: &str) -> bool {
    file.call(id).is_some_and(|call| call.path.strip_prefix("json.") == Some(name))
}

/// `basicConfig`, handlers, and the clock of formatters.
fn setups(file: &File<'_, '_>, facts: &mut FileFacts) {
    let unit = file.unit;
    let utc = unit.text.contains("gmtime");
    let mut first: Option<Span> = None;
    let root = file.calls.iter().find(|call| {
        let sets = call.path == "logging.basicConfig"
            || (call.path == "logging.getLogger().addHandler" && is_root(file, call));
        sets && !writes_nothing(file, call)
    });
    let root = root.map(|call| file.callee_span(call.id));
    for call in &file.calls {
        let span = file.callee_span(call.id);
        let outside = unit.function_of(call.id) == FunctionId(0);
        match call.path.as_str() {
            "logging.basicConfig" => {
                let forced = unit.arg(call.id, usize::MAX, "force").is_some();
                let before = first.filter(|_| !forced);
                add(file, "basicConfig", span, Setup::First { before }, facts);
                first = first.or(Some(span));
                dates(file, call, utc, facts);
            }
            "logging.Formatter" => dates(file, call, utc, facts),
            // These set the root up where nobody did.
            "logging.info" | "logging.warning" | "logging.error" | "logging.debug"
            | "logging.critical"
                if outside =>
            {
                first = first.or(Some(span));
            }
            "logging.getLogger().addHandler" => handler(file, call, root, facts),
            _ => {}
        }
    }
}

/// Whether all that a call gives a logger is a handler that writes nothing.
fn writes_nothing(file: &File<'_, '_>, call: &Call) -> bool {
    let unit = file.unit;
    let given = unit.arg(call.id, usize::MAX, "handlers").or_else(|| {
        let first = unit.args(call.id).first();
        first.filter(|_| call.path.ends_with("addHandler")).map(|arg| arg.value)
    });
    let silent = |id: &ExprId| {
        let made = file.names.callee(file.names.resolved(*id));
        made.is_some_and(|path| path.ends_with("NullHandler"))
    };
    match given.map(|given| (given, unit.expr(file.names.resolved(given)))) {
        Some((_, ExprKind::List(items))) => !items.is_empty() && items.iter().all(silent),
        Some((given, _)) => silent(&given),
        None => false,
    }
}

/// Whether a handler goes to the root logger.
fn is_root(file: &File<'_, '_>, call: &Call) -> bool {
    let ExprKind::Call { callee, .. } = file.unit.expr(call.id) else { return false };
    let ExprKind::Member { of, .. } = file.unit.expr(*callee) else { return false };
    let made = file.names.resolved(*of);
    matches!(file.unit.expr(made), ExprKind::Call { args, .. } if args.is_empty())
}

fn handler(file: &File<'_, '_>, call: &Call, root: Option<Span>, facts: &mut FileFacts) {
    let unit = file.unit;
    let function = unit.function(unit.function_of(call.id));
    let text = unit.slice(&function.at);
    // It asks first, or takes away what is there.
    let guarded = [
        "handlers.clear",
        "if not ",
        "hasHandlers",
        "handlers = []",
        "removeHandler",
        ".handlers:",
    ]
    .iter()
    .any(|word| text.contains(word) && (*word != "if not " || text.contains("andlers")));
    // Another method of the object takes it away again.
    let guarded = guarded
        || function
            .class
            .is_some_and(|it| unit.slice(&unit.class(it).at).contains("removeHandler"));
    let routed = function
        .decorators
        .iter()
        .any(|it| file.call(*it).is_some_and(|call| call.role(Role::Route).is_some()));
    let again = match function.name {
        _ if guarded => None,
        "__init__" => Some("for each object that is made"),
        _ if routed => Some("with each request"),
        _ => None,
    };
    let doubled = root.filter(|_| !is_root(file, call) && !unit.text.contains("propagate"));
    add(file, "addHandler", file.callee_span(call.id), Setup::Handler { again, doubled }, facts);
}

/// The form of dates that a call sets.
fn dates(file: &File<'_, '_>, call: &Call, utc: bool, facts: &mut FileFacts) {
    let named = file.unit.arg(call.id, usize::MAX, "datefmt");
    let placed = || {
        let second = file.unit.args(call.id).get(1);
        second
            .filter(|arg| call.path.ends_with("Formatter") && arg.name.is_none())
            .map(|arg| arg.value)
    };
    if let Some(format) = named.or_else(placed) {
        clock(file, format, utc, facts);
    }
}

/// A form of dates without an offset shows the time of the machine.
pub(super) fn clock(file: &File<'_, '_>, format: ExprId, utc: bool, facts: &mut FileFacts) {
    let Some(format) = file.scalar(format) else { return };
    let local = !utc && !format.text.contains("%z") && format.text.contains('%');
    let fault = local.then_some("the time of the machine, without its offset");
    add(file, "datefmt", format.span, Setup::Clock { fault, right: false }, facts);
}

/// `datetime.now().isoformat() + "Z"`.
fn naive_times(file: &File<'_, '_>, facts: &mut FileFacts) {
    let unit = file.unit;
    for expr in &unit.exprs {
        let ExprKind::Binary { op: "+", left, right } = &expr.kind else { continue };
        if unit.literal(*right).is_none_or(|text| text != "Z") {
            continue;
        }
        for id in unit.all_in(*left) {
            let Some(call) = file.call(id) else { continue };
            let now = call.path.ends_with("datetime.now") && unit.args(id).is_empty();
            let utcnow = call.path.ends_with("datetime.utcnow");
            if now || utcnow {
                let fault = if now {
                    "the time of the machine, called UTC"
                } else {
                    "a time without a zone: `utcnow` is deprecated"
                };
                let setup = Setup::Clock { fault: Some(fault), right: utcnow };
                add(file, call.name(), file.callee_span(id), setup, facts);
            }
        }
    }
}

/// `json.dumps` of what callers gave, where records are written.
fn encoders(file: &File<'_, '_>, facts: &mut FileFacts) {
    let unit = file.unit;
    let logged: Vec<Place> = file
        .calls
        .iter()
        .filter(|call| call.role(Role::Log).is_some() || call.path == "getattr()")
        .map(|call| unit.place(call.id))
        .collect();
    let tries: Vec<Place> = unit
        .stmts
        .iter()
        .filter(|stmt| matches!(&stmt.kind, StmtKind::Try { catches, .. } if !catches.is_empty()))
        .map(|stmt| stmt.at.clone())
        .collect();
    let inside = |places: &[Place], at: &Place| {
        places.iter().any(|place| place.start <= at.start && at.end <= place.end)
    };
    for call in file.calls.iter().filter(|call| call.path == "json.dumps") {
        let function = unit.function(unit.function_of(call.id));
        let formats = matches!(function.name, "format" | "emit") && is_formatter(file, function);
        let at = unit.place(call.id);
        if !formats && !inside(&logged, &at) {
            continue;
        }
        let Some(value) = unit.args(call.id).first() else { continue };
        let guarded = ["default", "cls", "skipkeys"]
            .iter()
            .any(|name| unit.arg(call.id, usize::MAX, name).is_some())
            || unit.args(call.id).iter().any(|arg| arg.spread)
            || (!formats && inside(&tries, &at));
        let open = open_values(file, function, value.value);
        let end = file.span(&(at.end.saturating_sub(1)..at.end.saturating_sub(1)));
        let setup = Setup::Encoder { open, guarded, end };
        add(file, "json.dumps", file.callee_span(call.id), setup, facts);
    }
}

/// Where values of any type come into a map: `**fields` of the caller, `update(fields)`.
fn open_values(file: &File<'_, '_>, function: &Function<'_>, value: ExprId) -> Option<Span> {
    let unit = file.unit;
    let stars = |at: u32| unit.slice(&(at.saturating_sub(2)..at)) == "**";
    let fields = |id: ExprId| match unit.expr(id) {
        ExprKind::Name(name) => {
            function.params.iter().any(|param| param.name == *name && stars(param.at.start))
        }
        ExprKind::Member { name, .. } => *name == "__dict__",
        _ => false,
    };
    let of = file.names.resolved(value);
    for id in unit.all_in(of) {
        let spread = stars(unit.place(id).start);
        let kept = matches!(unit.expr(of), ExprKind::Map { .. });
        if fields(id) && (spread || kept || id == of) {
            return Some(file.expr_span(id));
        }
    }
    let ExprKind::Name(name) = unit.expr(value) else { return None };
    let updates = unit.calls_under(&function.body).into_iter().find_map(|call| {
        let ExprKind::Call { callee, args, .. } = unit.expr(call) else { return None };
        let ExprKind::Member { of, name: "update" } = unit.expr(*callee) else { return None };
        let own = matches!(unit.expr(*of), ExprKind::Name(target) if target == name);
        args.iter().map(|arg| arg.value).find(|value| own && fields(*value))
    });
    updates.map(|id| file.expr_span(id))
}
