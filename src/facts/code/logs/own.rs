//! Records by loggers that the repository makes or wraps itself: known by their names and by what
//! they are given.

use super::arguments::is_field;
use super::read::is_text;
use crate::facts::code::file::{Call, File};
use crate::libraries::{Api, Role};
use crate::parse::code::Language;
use crate::parse::unit::{Arg, ExprId, ExprKind};

/// Longest chain of calls to the name of a logger.
const MAX_CHAIN: usize = 12;

/// What the functions of such a logger do with a message is not known.
static OWN: Api = Api {
    library: "own",
    role: Role::Log,
    attributes: &[("level", "name"), ("message", "last"), ("fields", "own")],
};

/// Loggers of Go take the message first, or after a context, and keys and values after that.
static PAIRS: [Api; 2] = [
    Api {
        library: "own",
        role: Role::Log,
        attributes: &[("level", "name"), ("message", "0"), ("fields", "pairs")],
    },
    Api {
        library: "own",
        role: Role::Log,
        attributes: &[("level", "name"), ("message", "1"), ("fields", "pairs")],
    },
];

/// Or values for the places of the message.
static PERCENT: [Api; 2] = [
    Api {
        library: "own",
        role: Role::Log,
        attributes: &[("level", "name"), ("message", "0"), ("style", "percent")],
    },
    Api {
        library: "own",
        role: Role::Log,
        attributes: &[("level", "name"), ("message", "1"), ("style", "percent")],
    },
];

/// `getattr(logger, level)(message)`: some function of a logger.
pub(super) fn dynamic(file: &File<'_, '_>, call: &Call) -> Option<&'static Api> {
    if file.unit.language != Language::Python || call.path != "getattr()" {
        return None;
    }
    let ExprKind::Call { callee, .. } = file.unit.expr(call.id) else { return None };
    let of = file.unit.args(*callee).first()?.value;
    file.table.role(&format!("{}.info", file.names.path(of)?), Role::Log)
}

/// `logger.info(…)`, wherever the logger comes from, and `logInfo(…)`.
pub(super) fn own(file: &File<'_, '_>, call: &Call) -> Option<&'static Api> {
    let ExprKind::Call { callee, args, .. } = file.unit.expr(call.id) else { return None };
    if args.is_empty() || !call.roles.is_empty() {
        return None;
    }
    let (of, name) = match file.unit.expr(*callee) {
        ExprKind::Member { of, name } => (*of, *name),
        ExprKind::Name(name) => return function(file, name, args),
        _ => return None,
    };
    if file.unit.language == Language::Go {
        return of_go(file, of, name, args);
    }
    let lower = name.to_ascii_lowercase();
    // `logger.infoRequest(req, "…")`
    if !is_level(lower.strip_suffix("request").unwrap_or(&lower)) {
        return None;
    }
    let owner = match file.unit.expr(of) {
        ExprKind::Name(owner) | ExprKind::Member { name: owner, .. } => {
            owner.trim_start_matches('_').to_ascii_lowercase()
        }
        _ => String::new(),
    };
    if owner == "log" || owner.ends_with("logger") {
        return Some(&OWN);
    }
    // A name further off says less: what is passed must look like a record.
    let says = |arg: &Arg<'_>| {
        is_text(file, arg.value)
            || matches!(file.unit.expr(file.names.resolved(arg.value)), ExprKind::Map { .. })
    };
    (args.iter().any(says) && is_of_logger(file, of)).then_some(&OWN)
}

fn is_level(name: &str) -> bool {
    matches!(
        name,
        "trace"
            | "debug"
            | "info"
            | "warn"
            | "warning"
            | "error"
            | "critical"
            | "exception"
            | "fatal"
    )
}

/// `From(ctx).Info("sent", "id", id)`, `s.InfoContext(ctx, "sent", slog.Any("id", id))`.
fn of_go(file: &File<'_, '_>, of: ExprId, name: &str, args: &[Arg<'_>]) -> Option<&'static Api> {
    let lower = name.to_ascii_lowercase();
    let bare = ["context", "ctx"].iter().find_map(|end| lower.strip_suffix(end));
    let bare = bare.unwrap_or(&lower);
    let plain = bare.strip_suffix(['f', 'w']).filter(|it| is_level(it));
    if plain.is_none() && !is_level(bare) && !matches!(bare, "dpanic" | "panic") {
        return None;
    }
    let at = match args {
        [first, ..] if is_text(file, first.value) => 0,
        [_, second, ..] if is_text(file, second.value) => 1,
        _ => return None,
    };
    let rest = &args[at + 1..];
    if rest.iter().any(|arg| is_field(file, arg.value)) {
        return Some(&PAIRS[at]);
    }
    if !is_of_logger(file, of) {
        return None;
    }
    let keyed = rest.iter().step_by(2).all(|key| file.names.text(key.value).is_some());
    match plain {
        Some(_) if bare.ends_with('f') => Some(&PERCENT[at]),
        _ => (keyed && rest.len().is_multiple_of(2)).then_some(&PAIRS[at]),
    }
}

/// `logInfo("sent", { id })`: a function that is called like what it does.
fn function(file: &File<'_, '_>, name: &str, args: &[Arg<'_>]) -> Option<&'static Api> {
    let script = matches!(
        file.unit.language,
        Language::Javascript | Language::Typescript | Language::Tsx | Language::Python
    );
    let lower = name.to_ascii_lowercase();
    let rest = lower.strip_prefix("log")?.trim_start_matches('_');
    let says = is_level(rest) || matches!(rest, "" | "event" | "message" | "msg");
    let text = args.iter().take(2).any(|arg| is_text(file, arg.value));
    (script && says && text && args.len() > 1).then_some(&OWN)
}

/// Whether names on the way to what a method is called on say that it is a logger: as they are written
/// here, and as what they stand for is called.
pub(super) fn is_of_logger(file: &File<'_, '_>, of: ExprId) -> bool {
    let unit = file.unit;
    let mut at = of;
    for _ in 0..MAX_CHAIN {
        match unit.expr(at) {
            ExprKind::Name(name) => {
                if is_name(name) {
                    return true;
                }
                break;
            }
            ExprKind::Member { of, name } => {
                if is_name(name) {
                    return true;
                }
                at = *of;
            }
            ExprKind::Call { callee, .. } => at = *callee,
            ExprKind::Await(of) => at = *of,
            _ => break,
        }
    }
    // Of a path to a module only its last part.
    let path = file.names.path(of).unwrap_or_default();
    let path = path.rsplit('/').next().unwrap_or_default();
    path.split('.').any(|part| is_name(part.split(['(', '#', '[']).next().unwrap_or_default()))
}

/// Whether a name is one of loggers, or of what gives them: `auditLog`, `get_logger`.
fn is_name(name: &str) -> bool {
    const GIVERS: &[&str] = &[
        "createlog",
        "getlog",
        "loggerfor",
        "loggerfrom",
        "logfrom",
        "makelog",
        "newlog",
        "withlog",
    ];
    const OTHERS: &[&str] = &["catalog", "changelog", "dialog", "backlog", "blog", "vlog"];
    let name = name.trim_matches(|c: char| matches!(c, '_' | '<' | '>'));
    let lower = name.to_ascii_lowercase().replace('_', "");
    let own = matches!(lower.as_str(), "log" | "logs" | "logx" | "slog" | "zlog")
        || lower.ends_with("logger")
        || name.ends_with("Log")
        || name.to_ascii_lowercase().ends_with("_log");
    let other = OTHERS.iter().any(|it| lower.ends_with(it));
    own && !other || GIVERS.iter().any(|it| lower.starts_with(it))
}
