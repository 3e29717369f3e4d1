//! Calls that write records.

use super::absent::Absent;
use super::asides::{
    is_last_word, is_output, is_told_before, is_usage, is_version, is_within_logger,
};
use super::developing;
use super::own::{dynamic, own};
use super::shape::{is_map, level_of};
use super::values::Values;
use super::{Level, LogCall, Logged, arguments, fit};
use crate::facts::FileFacts;
use crate::facts::code::around;
use crate::facts::code::file::{Call, File};
use crate::facts::code::handlers::{acts, pages};
use crate::facts::scalar::Scalar;
use crate::lang::sensitive::words;
use crate::libraries::{Api, Role};
use crate::parse::code::Language;
use crate::parse::unit::{Arg, ExprId, ExprKind, Part, Place, Stmt, StmtKind};
use std::cell::LazyCell;
use std::collections::BTreeSet;

pub(super) fn read(file: &File<'_, '_>, facts: &mut FileFacts) {
    let caught = catches(file);
    let errors = errors(file);
    let shown = Shown::of(file);
    let ledger = speaks_with_ledger(file);
    let absent = Absent::of(file);
    let developing = developing::branches(file);
    let serves = LazyCell::new(|| {
        ["ListenAndServe", "HandleFunc"].iter().any(|it| file.unit.text.contains(it))
    });
    for call in &file.calls {
        let found = call.role(Role::Log).or_else(|| call.role(Role::Print));
        let Some(api) = found.or_else(|| dynamic(file, call)).or_else(|| own(file, call)) else {
            continue;
        };
        if api.get("fields") == Some("chain") && !is_chain(file, call, api) {
            continue;
        }
        let inside = file.unit.place(call.id);
        let after = caught.partition_point(|place| place.end < inside.end);
        let caught = caught.get(after).is_some_and(|place| place.start <= inside.start);
        if let Some(mut record) = record(file, call, api, caught, &errors) {
            record.ledger = ledger;
            record.developing =
                developing.iter().any(|it| it.start <= inside.start && inside.end <= it.end);
            record.coloured = is_coloured(file, call);
            empty(file, call, &absent, &mut record.values);
            record.aside = record.printed
                && (record.developing
                    || shown.has(&record.function.text, &inside)
                    || answers_user(file, call, &|| *serves)
                    || is_usage(file, call, &record)
                    || is_of_logger(&record)
                    || is_within_logger(file.path, &record)
                    || facts
                        .log_calls
                        .last()
                        .is_some_and(|last| is_told_before(file, last, &record))
                    || acts::is_of_logger(file.unit, file.unit.function_of(call.id))
                    || is_output(file, call));
            facts.log_calls.push(record);
        }
    }
}

/// Whether the text of a record has colours.
fn is_coloured(file: &File<'_, '_>, call: &Call) -> bool {
    /// Lines that such a call takes.
    const LINES: usize = 3;
    const COLOURS: &[&str] = &["\\x1b[", "\\033[", "\\u001b[", "COLOR_", "Fore.", "chalk."];
    let text = file.unit.slice(&file.unit.place(call.id));
    text.lines().take(LINES).any(|line| COLOURS.iter().any(|colour| line.contains(colour)))
}

/// Values that a condition around the record leaves empty are texts without a character.
fn empty(file: &File<'_, '_>, call: &Call, absent: &Absent<'_>, values: &mut [Logged]) {
    let unit = file.unit;
    let start = unit.place(call.id).start;
    let from = file.span(&unit.place(call.id)).start;
    for value in values {
        let (Some(before), len) = (value.span.start.checked_sub(from), value.span.range().len())
        else {
            continue;
        };
        let at = start + before..start + before + u32::try_from(len).unwrap_or_default();
        let written = unit.text.get(at.start as usize..at.end as usize);
        if written.is_some_and(|written| absent.has(unit, written, &at, start)) {
            value.name = None;
            value.constant = Some(String::new());
        }
    }
}

/// Whether a file speaks with a public ledger.
fn speaks_with_ledger(file: &File<'_, '_>) -> bool {
    const LEDGERS: &[&str] = &[
        "alloy",
        "alloy_primitives",
        "eth_typing",
        "ethcontract",
        "ethers",
        "go-ethereum",
        "nethereum",
        "safe_eth",
        "solana",
        "solana_sdk",
        "starknet",
        "viem",
        "web3",
        "web3j",
    ];
    let part = |c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-'));
    file.unit.imports.iter().any(|import| {
        let mut parts = import.path.split(part);
        parts.any(|it| LEDGERS.contains(&it.to_ascii_lowercase().as_str()))
    })
}

/// Whether a print is the answer of a command to whoever typed it; `serves` is of the file.
fn answers_user(file: &File<'_, '_>, call: &Call, serves: &dyn Fn() -> bool) -> bool {
    const PARSERS: &[&str] =
        &["clap", "structopt", "argparse", "click", "commander", "picocli", "cobra", "kingpin"];
    let unit = file.unit;
    let id = unit.function_of(call.id);
    let parses = || {
        unit.imports.iter().any(|import| {
            PARSERS.iter().any(|known| import.path.split(['.', ':', '/']).any(|it| it == *known))
        })
    };
    // `RunE: func(cmd *cobra.Command, …) error { return withStore(func(…) error { … }) }`
    around::is_command(unit, id)
        || unit.outward(id).any(|id| around::is_command(unit, id)) && !serves()
        || (unit.function(id).name == "main" && parses())
        || is_last_word(file, call)
        || is_version(file, call)
}

/// Whether a print says that the logger itself failed: there is no other to say it with.
fn is_of_logger(record: &LogCall) -> bool {
    const STEPS: &[&str] =
        &["close", "configure", "flush", "init", "initialize", "setup", "sync", "start"];
    let message = [&record.message, &record.template].into_iter().flatten().next();
    let words = words(message.map_or("", |text| text.text.as_str()));
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    has(&["logger", "logging"]) && has(STEPS) && has(&["failed", "cannot", "could", "unable"])
}

/// Where errors are handled, places inside others left out.
fn catches(file: &File<'_, '_>) -> Vec<Place> {
    let mut places: Vec<Place> = file
        .unit
        .stmts
        .iter()
        .filter_map(|stmt| match &stmt.kind {
            StmtKind::Try { catches, .. } => Some(catches.iter().map(|catch| catch.at.clone())),
            _ => None,
        })
        .flatten()
        .collect();
    places.sort_by_key(|place| (place.start, std::cmp::Reverse(place.end)));
    let mut outer: Vec<Place> = Vec::new();
    for place in places {
        if outer.last().is_none_or(|last| last.end <= place.start) {
            outer.push(place);
        }
    }
    outer
}

/// Where a file prints for who looks on.
struct Shown {
    page: bool,
    mains: Vec<Place>,
}

impl Shown {
    fn of(file: &File<'_, '_>) -> Shown {
        let unit = file.unit;
        let main = |stmt: &Stmt<'_>| match &stmt.kind {
            StmtKind::If { test, .. } => unit.slice(&unit.place(*test)).contains("__main__"),
            _ => false,
        };
        let stmts = unit.stmts.iter().filter(|stmt| main(stmt));
        let mains = stmts.map(|stmt| stmt.at.clone()).collect();
        Shown { page: pages::is_page(file), mains }
    }

    fn has(&self, function: &str, place: &Place) -> bool {
        let function = function.trim_start_matches('_').to_ascii_lowercase();
        let made_for_it = ["print", "usage", "help", "banner", "prettyprint", "dump"];
        self.page
            || made_for_it.iter().any(|word| function.starts_with(word))
            || self.mains.iter().any(|main| main.start <= place.start && place.end <= main.end)
    }
}

/// Whether a chain of calls that ends as this row says is one of its library.
fn is_chain(file: &File<'_, '_>, call: &Call, api: &Api) -> bool {
    let library = file.table.libraries.iter().find(|library| library.name == api.library);
    let own = |path: &str| {
        let path = path.trim_start_matches('<');
        library.is_some_and(|library| library.imports.iter().any(|known| path.starts_with(known)))
    };
    own(&call.path)
        || (file.unit.imports.iter().any(|import| own(&import.path)) && level_in(call).is_some())
}

/// The level that a chain of calls begins with: `log.Info().Msg("a")`.
fn level_in(call: &Call) -> Option<Level> {
    call.path.split('.').rev().skip(1).find_map(|part| Level::named(part.strip_suffix("()")?))
}

fn record(
    file: &File<'_, '_>,
    call: &Call,
    api: &'static Api,
    caught: bool,
    errors: &BTreeSet<&str>,
) -> Option<LogCall> {
    let unit = file.unit;
    let args = unit.args(call.id);
    let method = file.callee_span(call.id);
    let place = unit.place(call.id);
    let start = (method.start - file.span(&place).start) as usize;
    let name = unit.slice(&place).get(start..start + method.range().len()).unwrap_or(call.name());
    let message = message(file, args, api);
    let mut values = Values::new(file);
    if let Some(message) = message {
        values.message(args[message].value);
    }
    arguments::read(&mut values, file, call, api, message);
    let text = message.map(|number| args[number].value);
    let function = unit.function(unit.function_of(call.id));
    let template = text.and_then(|text| template(file, text));
    Some(LogCall {
        document: file.document,
        library: api.library,
        method: Scalar { text: name.to_owned(), span: method, known: true, plain: true },
        printed: api.role == Role::Print,
        aside: false,
        developing: false,
        coloured: false,
        ledger: false,
        level: match api.get("level") {
            Some("name") => Level::named(call.name()),
            Some("none") | None => level_in(call),
            Some(word) => match word.parse::<usize>() {
                Ok(number) => args.get(number).and_then(|arg| level_of(file, arg.value)),
                Err(_) => Level::named(word),
            },
        },
        message: text.and_then(|text| file.scalar(text)),
        template,
        written: matches!(api.get("style"), Some("percent" | "brace" | "plain")),
        open: args.iter().any(|arg| arg.spread),
        alone: args.len() == 1 && api.get("fields") != Some("chain"),
        encoded: args.len() == 1 && is_encoded(file, args[0].value),
        error: passes_error(file, call, api, errors),
        caught,
        function: Scalar {
            text: function.name.to_owned(),
            span: file.span(&function.name_at),
            known: true,
            plain: true,
        },
        mismatch: fit::mismatch(file, call, api, message),
        values: values.found,
    })
}

/// Whether a value is JSON as it is written: `json.dumps(record)`, `string(encoded)`.
pub(in crate::facts::code) fn is_encoded(file: &File<'_, '_>, id: ExprId) -> bool {
    let inner = match file.unit.expr(id) {
        ExprKind::Call { args, .. } if file.called(id) == Some("string") => {
            args.first().map_or(id, |arg| arg.value)
        }
        _ => id,
    };
    let marshalled = || {
        let path = file.names.path(inner).unwrap_or_default();
        path.starts_with("encoding/json.Marshal")
    };
    matches!(file.called(id), Some("stringify" | "dumps"))
        || file.unit.language == Language::Go && marshalled()
}

/// The number of the argument that is the message.
fn message(file: &File<'_, '_>, args: &[Arg<'_>], api: &Api) -> Option<usize> {
    let positional = |arg: &&Arg<'_>| arg.name.is_none() && !arg.spread;
    let is_text = |arg: &Arg<'_>| is_text(file, arg.value);
    let number = match api.get("message")? {
        // Fields, or an error, may come first.
        "last" if file.unit.language == Language::Rust => {
            args.iter().position(|arg| arg.name.is_none() && is_text(arg))?
        }
        "last" if args.first().is_some_and(is_text) => 0,
        "last" if args.len() == 1 && !is_map(file, args[0].value) => 0,
        "last" => 1,
        "template" => args.iter().position(|arg| {
            arg.name.is_none_or(|name| matches!(name, "message" | "messageTemplate"))
                && is_text(arg)
        })?,
        word => word.split(' ').next()?.parse().ok()?,
    };
    // A marker of SLF4J, a logger of slog's macros may come first.
    let found = args.get(number).filter(positional);
    if found.is_some_and(|arg| !is_text(arg))
        && api.get("style") == Some("brace")
        && args.get(number + 1).is_some_and(|next| file.unit.literal(next.value).is_some())
        && matches!(file.unit.language, Language::Java | Language::Rust)
        && marker(file, args[number].value)
    {
        return Some(number + 1);
    }
    if found.is_none() {
        // `logger.info(msg="a")`.
        return args.iter().position(|arg| matches!(arg.name, Some("msg" | "message" | "event")));
    }
    found.map(|_| number)
}

/// Whether an argument is a marker, which SLF4J takes before the message.
fn marker(file: &File<'_, '_>, of: ExprId) -> bool {
    let path = file.names.path(of).unwrap_or_default().to_ascii_lowercase();
    path.contains("marker")
}

pub(super) fn is_text(file: &File<'_, '_>, id: ExprId) -> bool {
    match file.unit.expr(file.names.resolved(id)) {
        ExprKind::Text(_) | ExprKind::Template(_) => true,
        ExprKind::Binary { op: "+", left, right } => [*left, *right].into_iter().any(|side| {
            file.unit
                .all_in(side)
                .into_iter()
                .any(|id| matches!(file.unit.expr(id), ExprKind::Text(_) | ExprKind::Template(_)))
        }),
        _ => false,
    }
}

/// The texts of a message that is made of texts and values, with a NUL for each value.
pub(in crate::facts::code) fn template(file: &File<'_, '_>, id: ExprId) -> Option<Scalar> {
    let whole = file.names.resolved(id);
    let mut text = String::new();
    let mut values = false;
    let mut open = vec![whole];
    while let Some(id) = open.pop() {
        match file.unit.expr(id) {
            ExprKind::Text(part) => text.push_str(part),
            ExprKind::Template(parts) => {
                for part in parts {
                    match part {
                        Part::Text(part) => text.push_str(part),
                        Part::Value(..) => {
                            values = true;
                            text.push('\0');
                        }
                    }
                }
            }
            ExprKind::Binary { op: "+", left, right } => open.extend([*right, *left]),
            _ => {
                values = true;
                text.push('\0');
            }
        }
    }
    let made = values && text.chars().any(|c| c != '\0');
    made.then(|| Scalar { text, span: file.expr_span(whole), known: true, plain: false })
}

/// Names of errors: those that everybody uses, and those that handlers give them.
fn errors<'a>(file: &File<'_, 'a>) -> BTreeSet<&'a str> {
    let usual = ["e", "ex", "err", "error", "exc", "exception", "t", "throwable", "cause"];
    let caught = file.unit.stmts.iter().filter_map(|stmt| match &stmt.kind {
        StmtKind::Try { catches, .. } => Some(catches.iter().filter_map(|catch| catch.name)),
        _ => None,
    });
    usual.into_iter().chain(caught.flatten()).collect()
}

/// Whether an error is passed as what it is.
fn passes_error(file: &File<'_, '_>, call: &Call, api: &Api, errors: &BTreeSet<&str>) -> bool {
    let unit = file.unit;
    let args = unit.args(call.id);
    let is_error = |id: ExprId| {
        let named =
            |id: ExprId| matches!(unit.expr(id), ExprKind::Name(name) if errors.contains(name));
        named(id) || unit.inside(id).into_iter().any(named)
    };
    match api.get("error") {
        Some("always") => true,
        Some("exc_info") => unit.arg(call.id, usize::MAX, "exc_info").is_some_and(|value| {
            !matches!(unit.expr(value), ExprKind::Bool(false) | ExprKind::Null)
        }),
        Some("last") => args.len() > 1 && args.last().is_some_and(|arg| is_error(arg.value)),
        Some(word) => word
            .parse::<usize>()
            .ok()
            .and_then(|number| args.get(number))
            .is_some_and(|arg| is_error(arg.value)),
        None => args.iter().any(|arg| is_error(arg.value)),
    }
}
