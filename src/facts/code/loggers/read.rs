//! What calls say of loggers, in all languages.

use super::{
    Form, LoggerSetup, Places, Setup, handlers, levels, mapping, python, redacted, scripts,
};
use crate::facts::FileFacts;
use crate::facts::code::file::{Call, File};
use crate::facts::code::logs::{is_encoded, template};
use crate::facts::code::records::serializes;
use crate::facts::scalar::Scalar;
use crate::lang::path::{folder, last};
use crate::lang::sensitive::words;
use crate::libraries::{Api, Role};
use crate::parse::code::Language;
use crate::parse::unit::{ExprId, ExprKind, Part, Place, StmtKind, Unit};
use crate::source::Span;

pub(in crate::facts::code) fn read(file: &File<'_, '_>, facts: &mut FileFacts) {
    forms(file, facts);
    for call in &file.calls {
        if let Some(api) = call.role(Role::LogFormat) {
            patterns(file, call, api, facts);
        }
        if call.role(Role::Log).or_else(|| call.role(Role::Print)).is_some() {
            message(file, call, facts);
        }
        if let Some(api) = call.role(Role::LogFile) {
            log_file(file, call, api, facts);
        }
    }
    clocks(file, facts);
    super::zones::read(file, facts);
    python::read(file, facts);
    mapping::read(file, facts);
    scripts::read(file, facts);
    handlers::read(file, facts);
    levels::read(file, facts);
    redacted::read(file, facts);
}

pub(super) fn add(
    file: &File<'_, '_>,
    text: &str,
    span: Span,
    setup: Setup,
    facts: &mut FileFacts,
) {
    let name = Scalar { text: text.to_owned(), span, known: true, plain: true };
    facts.logger_setups.push(LoggerSetup { document: file.document, name, setup });
}

fn form_of(api: &Api) -> Option<Form> {
    match api.get("format")? {
        "json" | "otlp" => Some(Form::Structured),
        "text" => Some(Form::Text),
        "logfmt" => Some(Form::Pairs),
        "file" => Some(Form::Open),
        _ => None,
    }
}

/// What records look like: calls, values of a type, imports; names that only stand somewhere.
fn forms(file: &File<'_, '_>, facts: &mut FileFacts) {
    let unit = file.unit;
    let mut sure = false;
    for call in &file.calls {
        let Some(api) = call.role(Role::LogFormat) else { continue };
        if !asks(file, call, api) {
            if takes_options(file, call) {
                let setup = Setup::Form(Form::Open, true);
                add(file, call.name(), file.callee_span(call.id), setup, facts);
            }
            continue;
        }
        let serialized = api.get("format") == Some("serialize") && serializes(unit, call);
        let form = if serialized { Some(Form::Structured) } else { form_of(api) };
        let form = scripts::form(file, call, api).or_else(|| mapping::form(file, call)).or(form);
        if let Some(form) = form {
            sure |= form == Form::Structured;
            let setup = Setup::Form(form, true);
            add(file, call.name(), file.callee_span(call.id), setup, facts);
        }
    }
    // `&logrus.JSONFormatter{}` is no call.
    for (number, expr) in unit.exprs.iter().enumerate() {
        if let ExprKind::Map { of: Some(of), .. } = &expr.kind {
            let id = ExprId(u32::try_from(number).unwrap_or(u32::MAX));
            let path = file.names.path(id).unwrap_or_default();
            if let Some(form) = file.table.role(&path, Role::LogFormat).and_then(form_of) {
                sure |= form == Form::Structured;
                let text = unit.slice(&unit.place(*of));
                add(file, text, file.expr_span(*of), Setup::Form(form, true), facts);
            }
        }
    }
    // A class that settings in the code name: `"pythonjsonlogger.json.JsonFormatter"`.
    for expr in &unit.exprs {
        if let ExprKind::Text(text) = &expr.kind
            && unit.language == Language::Python
            && text.contains('.')
            && text.len() < 80
            && let Some(api) = file.table.role(text, Role::LogFormat)
            && form_of(api) == Some(Form::Structured)
        {
            sure = true;
            let setup = Setup::Form(Form::Structured, true);
            add(file, text, file.span(&expr.at), setup, facts);
        }
    }
    // A class made of one that makes JSON.
    for class in &unit.classes {
        let known = |base: &&&str| {
            let api = file.table.role(&file.type_path(base), Role::LogFormat);
            api.and_then(form_of) == Some(Form::Structured)
        };
        if let Some(base) = class.bases.iter().find(known) {
            sure = true;
            let setup = Setup::Form(Form::Structured, true);
            add(file, base, file.span(&class.name_at), setup, facts);
        }
    }
    for value in encodings(unit) {
        if unit.literal(value) == Some("json") {
            sure = true;
            let setup = Setup::Form(Form::Structured, true);
            add(file, "json", file.expr_span(value), setup, facts);
        }
    }
    for import in &unit.imports {
        let row = file.table.role(&import.path, Role::LogFormat);
        let found = row.filter(|api| api.get("asks").is_none()).and_then(form_of);
        if found == Some(Form::Structured) {
            sure = true;
            let setup = Setup::Form(Form::Structured, true);
            add(file, &import.path, file.span(&import.at), setup, facts);
        }
    }
    if let Some(call) = encodes(file) {
        let span = file.callee_span(call);
        add(file, "json.Marshal", span, Setup::Form(Form::Structured, false), facts);
    }
    if let Some(at) = pairs(file) {
        add(file, "level=", file.span(&at), Setup::Form(Form::Structured, false), facts);
    }
    if sure {
        return;
    }
    // A name may be given to something that is not followed: a class above it, a list of settings.
    let names = file
        .table
        .paths_of(Role::LogFormat)
        .filter(|(_, api)| form_of(api) == Some(Form::Structured));
    let names = names.filter_map(|(path, _)| {
        let last = path.trim_end_matches("()").rsplit(['.', '/']).next()?;
        let lower = last.to_ascii_lowercase();
        let telling =
            ["json", "ecs", "otel", "telemetry", "compact", "powertools", "logstash", "bunyan"];
        (last.len() > 6 && telling.iter().any(|word| lower.contains(word))).then_some(last)
    });
    let found = names.filter_map(|name| Some((unit.text.find(name)?, name))).min();
    if let Some((at, name)) = found {
        let start = u32::try_from(at).unwrap_or(u32::MAX);
        let place: Place =
            start..start.saturating_add(u32::try_from(name.len()).unwrap_or_default());
        add(file, name, file.span(&place), Setup::Form(Form::Structured, false), facts);
    }
}

/// Go: where a logger of its own prints records as JSON, always or by a choice:
/// `func logMsg(…) { b, err := json.Marshal(msg); …; console.Println(string(b)) }`.
fn encodes(file: &File<'_, '_>) -> Option<ExprId> {
    let unit = file.unit;
    let prints = |call: &ExprId| {
        let function = unit.function(unit.function_of(*call)).name;
        matches!(file.called(*call), Some("Print" | "Printf" | "Println" | "Fprint" | "Fprintln"))
            && words(function).iter().any(|it| matches!(it.as_str(), "log" | "logs" | "logger"))
            && unit.args(*call).iter().any(|arg| is_encoded(file, arg.value))
    };
    unit.calls().find(prints).filter(|_| unit.language == Language::Go)
}

/// Whether a call is given the option without which it makes no logger: `fastify({ logger: true })`;
/// or nothing of the file chooses what the call does by default: `winston.createLogger({})`.
pub(in crate::facts::code) fn asks(file: &File<'_, '_>, call: &Call, api: &Api) -> bool {
    if let Some(option) = api.get("unless") {
        return keeps_default(file, call, option);
    }
    let Some(option) = api.get("asks") else { return true };
    let unit = file.unit;
    let maps = unit.args(call.id).iter().map(|arg| unit.expr(file.names.resolved(arg.value)));
    let given = maps.filter_map(|kind| match kind {
        ExprKind::Map { entries, .. } => entries.iter().find_map(|(key, value)| {
            let named = key.and_then(|key| unit.literal(key)) == Some(option);
            named.then_some(*value)
        }),
        _ => None,
    });
    let off = |value: ExprId| matches!(unit.expr(value), ExprKind::Bool(false) | ExprKind::Null);
    given.into_iter().any(|value| !off(value))
}

/// Whether all options of a call are seen, and this one is nowhere in the file: a transport that is added
/// later may have it.
fn keeps_default(file: &File<'_, '_>, call: &Call, option: &str) -> bool {
    let unit = file.unit;
    let seen = unit.args(call.id).iter().all(|arg| {
        matches!(unit.expr(file.names.resolved(arg.value)), ExprKind::Map { entries, .. }
            if entries.iter().all(|(key, _)| key.is_some()))
    });
    let names = |kind: &ExprKind<'_>| match kind {
        ExprKind::Map { entries, .. } => {
            entries.iter().any(|(key, _)| key.is_some_and(|key| unit.literal(key) == Some(option)))
        }
        ExprKind::Member { name, .. } | ExprKind::Name(name) => *name == option,
        _ => false,
    };
    seen && !unit.exprs.iter().any(|expr| names(&expr.kind))
}

/// Whether a call passes on what its function was given: `Fastify(options)`.
fn takes_options(file: &File<'_, '_>, call: &Call) -> bool {
    let unit = file.unit;
    let function = unit.function(unit.function_of(call.id));
    unit.args(call.id).iter().any(|arg| match unit.expr(arg.value) {
        ExprKind::Name(name) => function.params.iter().any(|it| it.name == *name),
        _ => false,
    })
}

/// Where a logger of the program's own writes keys and values: `"level=" + level`.
fn pairs(file: &File<'_, '_>) -> Option<Place> {
    let stem = last(file.path).split('.').next().unwrap_or_default();
    let of_logs = |name: &str| {
        ["log", "logs", "logger", "logging"].iter().any(|known| name.eq_ignore_ascii_case(known))
    };
    if !of_logs(stem) && !of_logs(last(folder(file.path))) {
        return None;
    }
    let writes = |text: &str| text.trim_start().starts_with("level=") || text.contains(" level=");
    let found = file.unit.exprs.iter().find(|expr| match &expr.kind {
        ExprKind::Text(text) => writes(text),
        ExprKind::Template(parts) => {
            parts.iter().any(|part| matches!(part, Part::Text(text) if writes(text)))
        }
        _ => false,
    });
    found.map(|expr| expr.at.clone())
}

/// What the configuration of a zap logger is told its records look like: `config.Encoding = "json"`,
/// `zap.Config{Encoding: "json"}`.
fn encodings(unit: &Unit<'_>) -> Vec<ExprId> {
    let zap = unit.imports.iter().any(|import| import.path.starts_with("go.uber.org/zap"));
    if unit.language != Language::Go || !zap {
        return Vec::new();
    }
    let is_encoding =
        |target: &ExprId| matches!(unit.expr(*target), ExprKind::Member { name: "Encoding", .. });
    let set = unit.stmts.iter().filter_map(|stmt| match &stmt.kind {
        StmtKind::Let { targets, value: Some(value), .. } if targets.iter().any(is_encoding) => {
            Some(*value)
        }
        _ => None,
    });
    let given = unit.exprs.iter().flat_map(|expr| match &expr.kind {
        ExprKind::Assign { target, value, .. } if is_encoding(target) => vec![*value],
        ExprKind::Map { entries, .. } => {
            let named = |key: &Option<ExprId>| {
                key.is_some_and(|key| unit.slice(&unit.place(key)) == "Encoding")
            };
            entries.iter().filter(|(key, _)| named(key)).map(|(_, value)| *value).collect()
        }
        _ => Vec::new(),
    });
    set.chain(given).collect()
}

/// Texts that a call makes the pattern of records.
fn patterns(file: &File<'_, '_>, call: &Call, api: &Api, facts: &mut FileFacts) {
    let unit = file.unit;
    for arg in unit.args(call.id) {
        let wanted = match arg.name {
            None => true,
            Some(name) => matches!(name, "fmt" | "format" | "outputTemplate"),
        };
        if !wanted {
            continue;
        }
        let places = match unit.language {
            Language::Python if api.get("format") == Some("serialize") => Places::Braces,
            Language::Python => Places::Python,
            Language::Csharp => Places::Braces,
            _ => Places::Code,
        };
        pattern(file, arg.value, places, facts);
        // `winston.format.printf(info => …)`
        if let ExprKind::Lambda(function) = unit.expr(file.names.resolved(arg.value)) {
            for stmt in unit.statements(*function) {
                if let StmtKind::Return(Some(value)) = unit.stmt(stmt) {
                    pattern(file, *value, Places::Code, facts);
                }
            }
        }
    }
}

pub(super) fn pattern(file: &File<'_, '_>, id: ExprId, places: Places, facts: &mut FileFacts) {
    let Some(text) = file.scalar(id).or_else(|| template(file, id)) else { return };
    if text.text.trim_start().starts_with('{') {
        let setup = Setup::Pattern { text: text.text.clone(), places };
        add(file, "", text.span, setup, facts);
    }
}

/// A message that is written as JSON by hand.
fn message(file: &File<'_, '_>, call: &Call, facts: &mut FileFacts) {
    let unit = file.unit;
    for arg in unit.args(call.id).iter().take(3).filter(|arg| arg.name.is_none()) {
        let formats = match unit.expr(arg.value) {
            ExprKind::Binary { op: "%", left, .. } => Some(*left),
            ExprKind::Call { callee, args, .. } => {
                let name = unit.slice(&unit.place(*callee));
                let made = name.ends_with("Sprintf") || name.ends_with("String.format");
                args.first().filter(|_| made).map(|arg| arg.value)
            }
            _ => None,
        };
        let places = match unit.language {
            Language::Java | Language::Csharp | Language::Rust if formats.is_none() => Places::Code,
            _ => Places::Printf,
        };
        let id = formats.unwrap_or(arg.value);
        let made = unit.literal(id).is_none();
        pattern(file, id, if made { Places::Code } else { places }, facts);
        // What stands after the message goes into it.
        if file.scalar(id).is_some() || template(file, id).is_some() {
            break;
        }
    }
}

/// A file that records go to.
fn log_file(file: &File<'_, '_>, call: &Call, api: &Api, facts: &mut FileFacts) {
    let unit = file.unit;
    // Some calls write to a file only where they are told to.
    if let Some(only) = api.get("only")
        && unit.arg(call.id, usize::MAX, only).is_none()
    {
        return;
    }
    // Others are given what was opened before.
    let opened = match api.get("opens") {
        Some(calls) => match opened(file, call, calls) {
            Some(opened) => Some(opened),
            None => return,
        },
        None => None,
    };
    let given = |name: &str| {
        unit.args(call.id).iter().any(|arg| {
            arg.name == Some(name)
                || matches!(unit.expr(file.names.resolved(arg.value)), ExprKind::Map { entries, .. }
                    if entries.iter().any(|(key, _)| key.is_some_and(|key| unit.literal(key) == Some(name))))
        })
    };
    let rotates = match api.get("rotate") {
        Some("always") => true,
        Some(names) => {
            let placed =
                |name: &str| name.parse::<usize>().is_ok_and(|at| unit.args(call.id).len() > at);
            names.split(' ').any(|name| given(name) || placed(name))
                || unit.args(call.id).iter().any(|arg| arg.spread)
        }
        None => false,
    };
    let from = opened.unwrap_or(call.id);
    let mut texts = unit.args(from).iter().filter_map(|arg| file.scalar(arg.value));
    let path = texts.find(|text| text.text.contains(['/', '.']));
    let setup = Setup::File { rotates, ends: api.get("ends"), path };
    add(file, call.name(), file.callee_span(call.id), setup, facts);
}

/// The call of these that opened the file a call is given; devices are no files.
fn opened(file: &File<'_, '_>, call: &Call, calls: &str) -> Option<ExprId> {
    let given = file.names.resolved(file.unit.args(call.id).first()?.value);
    let known = file.call(given)?;
    let path = file.unit.args(given).first().and_then(|arg| file.scalar(arg.value))?;
    let opens = calls.split(' ').any(|name| name == known.path);
    (opens && !path.text.starts_with("/dev/")).then_some(given)
}

/// Times that records show.
fn clocks(file: &File<'_, '_>, facts: &mut FileFacts) {
    let unit = file.unit;
    let inside: Vec<Place> = file
        .calls
        .iter()
        .filter(|call| {
            call.role(Role::Log).or_else(|| call.role(Role::Print)).is_some()
                || call.role(Role::LogFormat).is_some()
        })
        .map(|call| unit.place(call.id))
        .collect();
    let logged = |id: ExprId| {
        let at = unit.place(id);
        let before = inside.partition_point(|place| place.start <= at.start);
        inside[before.saturating_sub(8)..before].iter().any(|place| at.end <= place.end)
    };
    for call in &file.calls {
        let fault = match (unit.language, call.name()) {
            (Language::Javascript | Language::Typescript | Language::Tsx, name)
                if name.starts_with("toLocale")
                    && name.ends_with("String")
                    && call.path.starts_with("Date()")
                    && logged(call.id)
                    // Whoever names the zone wants it said.
                    && !unit.slice(&unit.place(call.id)).contains("timeZone") =>
            {
                Some("the time of the machine, in the words of its language")
            }
            (Language::Go, "SetFlags") if call.path == "log.SetFlags" => go_flags(file, call, 0),
            (Language::Go, "New") if call.path == "log.New" => go_flags(file, call, 2),
            _ => continue,
        };
        add(
            file,
            call.name(),
            file.callee_span(call.id),
            Setup::Clock { fault, right: false },
            facts,
        );
    }
    if unit.language == Language::Csharp {
        for (number, expr) in unit.exprs.iter().enumerate() {
            let id = ExprId(u32::try_from(number).unwrap_or(u32::MAX));
            if let ExprKind::Member { name: "Now", .. } = expr.kind
                && unit.slice(&expr.at) == "DateTime.Now"
                && logged(id)
                && !is_day(unit.text.get(expr.at.end as usize..).unwrap_or_default())
            {
                let fault = Some("the time of the machine");
                add(
                    file,
                    "DateTime.Now",
                    file.expr_span(id),
                    Setup::Clock { fault, right: false },
                    facts,
                );
            }
        }
    }
}

/// Whether what follows a time in a text of C# shows no hour of it: `:yyyy-MM}`, the end of the name of
/// an index or a file.
fn is_day(rest: &str) -> bool {
    let format = rest.strip_prefix(':').and_then(|rest| rest.split_once('}'));
    format.is_some_and(|(format, _)| {
        format.contains('y') && !format.contains(['H', 'h', 'm', 's', 'o', 'u'])
    })
}

/// Flags of Go's logger: a time without `LUTC` is the machine's.
fn go_flags(file: &File<'_, '_>, call: &Call, position: usize) -> Option<&'static str> {
    let flags = file.unit.args(call.id).get(position)?;
    let text = file.unit.slice(&file.unit.place(flags.value));
    let shows =
        ["LstdFlags", "Ldate", "Ltime", "Lmicroseconds"].iter().any(|flag| text.contains(flag));
    (shows && !text.contains("LUTC")).then_some("the time of the machine: `LUTC` is missing")
}
