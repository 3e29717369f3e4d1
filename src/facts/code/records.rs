//! What every record of a program says: what its format brings, and what is bound to its loggers.

use super::file::{Call, File};
use super::loggers::asks;
use crate::facts::{DocumentId, FileFacts};
use crate::lang::records::Part;
use crate::libraries::{Api, Role};
use crate::parse::code::Language;
use crate::parse::unit::{ExprId, ExprKind, FunctionId, Place, StmtKind, Unit};
use crate::source::Span;
use std::collections::{BTreeMap, BTreeSet};

/// What one file says of the parts that every record has.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct RecordParts {
    /// The file.
    pub document: DocumentId,
    /// Parts that records have, and where that is said.
    pub parts: BTreeMap<Part, Span>,
    /// Parts that they may have besides, by what is not in the file.
    pub maybe: BTreeSet<Part>,
    /// What makes records is not followed: they may have any part.
    pub open: bool,
    /// Records leave as OTLP, beside the resource of the program.
    pub otlp: bool,
}

/// Fields that only Google Cloud's logging and error reporting read.
const GOOGLE: &[&str] = &["serviceContext", "reportLocation", "logging.googleapis.com/"];

impl RecordParts {
    /// Nothing yet.
    pub(in crate::facts) fn of(document: DocumentId) -> RecordParts {
        let (parts, maybe) = (BTreeMap::new(), BTreeSet::new());
        RecordParts { document, parts, maybe, open: false, otlp: false }
    }

    /// Adds what a row of a library gives.
    pub(in crate::facts) fn give(&mut self, api: &Api, span: Span) {
        match (api.get("format"), api.get("gives")) {
            (Some("text"), _) => return,
            (Some("file"), _) | (_, None) => self.open = true,
            (Some("otlp"), _) => self.otlp = true,
            _ => {}
        }
        let words = api.get("gives").unwrap_or_default().split(' ');
        words.filter_map(Part::named).for_each(|part| self.add(part, span));
    }

    /// Adds a field by its name.
    pub(in crate::facts) fn field(&mut self, name: &str, span: Span) {
        if let Some(part) = Part::of_field(name) {
            self.add(part, span);
        }
        // Google Cloud adds to what a program prints in its form when and where that was.
        if GOOGLE.iter().any(|field| name.starts_with(field)) {
            let added = [Part::Time, Part::Service, Part::Environment, Part::Logger, Part::Host];
            self.maybe.extend(added);
        }
    }

    fn add(&mut self, part: Part, span: Span) {
        self.parts.entry(part).or_insert(span);
    }

    /// Whether it says anything.
    pub(in crate::facts) fn is_empty(&self) -> bool {
        self.parts.is_empty() && self.maybe.is_empty() && !self.open && !self.otlp
    }
}

/// Reads what records have from what sets their loggers up.
pub(super) fn read(file: &File<'_, '_>, facts: &mut FileFacts) {
    let mut found = RecordParts::of(file.document);
    let mut sets_up = formats(file, &mut found);
    sets_up |= file.unit.classes.iter().any(|class| {
        class.bases.iter().any(|base| base.ends_with("Formatter") || base.ends_with("Layout"))
    });
    let words = Words::of(file, sets_up);
    words.read(&mut found);
    if !found.is_empty() {
        facts.record_parts.push(found);
    }
}

/// What formats bring by themselves; whether the file chooses any.
fn formats(file: &File<'_, '_>, found: &mut RecordParts) -> bool {
    let unit = file.unit;
    let mut any = false;
    for (call, api) in file.of_role(Role::LogFormat) {
        if api.get("unless").is_some() && !asks(file, call, api) {
            continue;
        }
        any = true;
        found.open |= takes_foreign(file, call);
        if api.get("format") == Some("serialize") && !serializes(unit, call) {
            continue;
        }
        found.give(api, file.callee_span(call.id));
        if let Some(name) = api.get("names") {
            named_by(file, call, name, found);
        }
    }
    for import in &unit.imports {
        if let Some(api) = file.table.role(&import.path, Role::LogFormat) {
            any = true;
            found.give(api, file.span(&import.at));
        }
    }
    for class in &unit.classes {
        for base in &class.bases {
            if let Some(api) = file.table.role(&file.type_path(base), Role::LogFormat) {
                any = true;
                found.give(api, file.span(&class.name_at));
            }
        }
    }
    for (number, expr) in unit.exprs.iter().enumerate() {
        let id = ExprId(u32::try_from(number).unwrap_or(u32::MAX));
        let path = match &expr.kind {
            ExprKind::Map { of: Some(_), .. } => file.names.path(id),
            // `structlog.stdlib.add_log_level` is passed on, not called.
            ExprKind::Member { .. } if any => file.names.path(id),
            // A class that settings name: `"pythonjsonlogger.json.JsonFormatter"`.
            ExprKind::Text(text)
                if unit.language == Language::Python && text.contains('.') && text.len() < 80 =>
            {
                Some(text.to_string())
            }
            _ => None,
        };
        if let Some(api) = path.and_then(|path| file.table.role(&path, Role::LogFormat))
            && api.get("format") != Some("file")
        {
            any = true;
            found.give(api, file.expr_span(id));
        }
    }
    any
}

/// Whether a format is put together with one of a package that nobody here looks into:
/// `format.combine(stamped({ of: "shop" }), format.json())`.
fn takes_foreign(file: &File<'_, '_>, call: &Call) -> bool {
    let unit = file.unit;
    unit.args(call.id).iter().any(|arg| {
        let ExprKind::Call { callee, .. } = unit.expr(arg.value) else { return false };
        let path = file.names.callee(arg.value).unwrap_or_default();
        let imported = || {
            let of = |path: &str, import: &str| {
                let rest = path.strip_prefix(import);
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '(']))
            };
            let foreign = |import: &str| {
                !import.starts_with(['.', '/']) && file.table.library(import).is_none()
            };
            unit.imports.iter().any(|import| foreign(&import.path) && of(&path, &import.path))
        };
        matches!(unit.expr(*callee), ExprKind::Name(_) | ExprKind::Member { .. }) && imported()
    })
}

/// Whether `serialize=True` is given.
pub(super) fn serializes(unit: &Unit<'_>, call: &Call) -> bool {
    unit.arg(call.id, usize::MAX, "serialize")
        .is_some_and(|value| !matches!(unit.expr(value), ExprKind::Bool(false)))
}

/// An option that names the service: `pino({ name: "cart" })`.
fn named_by(file: &File<'_, '_>, call: &Call, name: &str, found: &mut RecordParts) {
    for arg in file.unit.args(call.id) {
        let ExprKind::Map { entries, .. } = file.unit.expr(file.names.resolved(arg.value)) else {
            continue;
        };
        for (key, value) in entries {
            if key.is_some_and(|key| file.unit.literal(key) == Some(name)) {
                found.add(Part::Service, file.expr_span(*value));
            }
        }
    }
}

/// Beginnings of the names of calls that bind fields to a logger, or to all records.
const BINDS: &[&str] = &[
    "with",
    "With",
    "bind",
    "child",
    "ForContext",
    "PushProperty",
    "contextualize",
    "addField",
    "AddField",
    "withField",
];

/// Beginnings of the names of calls that look a word up.
const READS: &[&str] = &["get", "Get", "read", "Read", "lookup", "Lookup", "env", "Env", "getenv"];

/// Where names of fields stand in a file.
struct Words<'f, 'u, 'a> {
    file: &'f File<'u, 'a>,
    /// All of the file is looked at, not only what binds fields.
    whole: bool,
    /// Calls that bind fields, or make loggers and what formats records.
    binding: Vec<Place>,
    /// Records themselves, answers, what is looked up, whose telemetry it is.
    others: Vec<Place>,
    /// Functions that answer requests.
    answers: Vec<FunctionId>,
}

impl<'f, 'u, 'a> Words<'f, 'u, 'a> {
    fn of(file: &'f File<'u, 'a>, whole: bool) -> Words<'f, 'u, 'a> {
        let unit = file.unit;
        let (mut binding, mut others) = (Vec::new(), Vec::new());
        for id in unit.calls() {
            let name = file.called(id).unwrap_or_default();
            let role = |role: Role| file.call(id).is_some_and(|call| call.role(role).is_some());
            if role(Role::LogFormat)
                || role(Role::Logger)
                || role(Role::MdcPut)
                || BINDS.iter().any(|start| name.starts_with(start))
            {
                binding.push(unit.place(id));
            } else if [Role::Log, Role::Print, Role::Respond, Role::Route, Role::Resource]
                .into_iter()
                .any(role)
                || READS.iter().any(|start| name.starts_with(start))
            {
                others.push(unit.place(id));
            }
        }
        let answers = answering(file);
        Words { file, whole, binding: merged(binding), others: merged(others), answers }
    }

    /// Whether what stands at a place may be the name of a field.
    fn counts(&self, id: ExprId) -> bool {
        let at = self.file.unit.place(id);
        if is_within(&self.binding, &at) {
            return true;
        }
        let mut around = self.file.unit.outward(self.file.unit.function_of(id));
        self.whole && !is_within(&self.others, &at) && !around.any(|it| self.answers.contains(&it))
    }

    fn read(&self, found: &mut RecordParts) {
        if !self.whole && self.binding.is_empty() {
            return;
        }
        let unit = self.file.unit;
        let read: BTreeSet<ExprId> = unit
            .exprs
            .iter()
            .filter_map(|expr| match expr.kind {
                ExprKind::Index { key, .. } => key,
                _ => None,
            })
            .collect();
        let written: BTreeSet<ExprId> = targets(unit);
        for (number, expr) in unit.exprs.iter().enumerate() {
            let id = ExprId(u32::try_from(number).unwrap_or(u32::MAX));
            match &expr.kind {
                ExprKind::Text(text) if !read.contains(&id) || written.contains(&id) => {
                    self.text(text, id, found);
                }
                ExprKind::Template(_) => self.text(unit.slice(&expr.at), id, found),
                ExprKind::Map { entries, .. } => {
                    for key in entries.iter().filter_map(|(key, _)| *key) {
                        if let ExprKind::Name(name) = unit.expr(key)
                            && self.counts(key)
                        {
                            found.field(name, self.file.expr_span(key));
                        }
                    }
                }
                ExprKind::Call { args, .. } if self.binds(id) => {
                    for arg in args {
                        if let Some(name) = arg.name {
                            found.field(name, self.file.expr_span(arg.value));
                        }
                    }
                }
                // `options.TimestampFormat = "O"`
                ExprKind::Member { name, .. }
                    if unit.language == Language::Csharp && self.counts(id) =>
                {
                    found.field(name, self.file.expr_span(id));
                }
                _ => {}
            }
        }
    }

    /// Whether the names of a call's arguments are fields.
    fn binds(&self, call: ExprId) -> bool {
        let at = self.file.unit.place(call);
        is_within(&self.binding, &at)
            || (self.whole && (self.file.called(call) == Some("dict") || self.updates(call)))
    }

    /// Python: whether a call adds to what a function that works on records is given:
    /// `event_dict.update(service="shop")`.
    fn updates(&self, call: ExprId) -> bool {
        let unit = self.file.unit;
        let ExprKind::Call { callee, .. } = unit.expr(call) else { return false };
        let ExprKind::Member { of, name: "update" } = unit.expr(*callee) else { return false };
        let ExprKind::Name(of) = unit.expr(*of) else { return false };
        let function = unit.function(unit.function_of(call));
        unit.language == Language::Python && function.params.iter().any(|param| param.name == *of)
    }

    /// A text that is a name, or a format in which names stand.
    fn text(&self, text: &str, id: ExprId, found: &mut RecordParts) {
        let named = Part::of_field(text).is_some();
        let formats = text.contains("%(") || (text.contains('{') && text.contains('"'));
        if !(named || formats) || !self.counts(id) {
            return;
        }
        let span = self.file.expr_span(id);
        if named {
            found.field(text, span);
        }
        fields_of(text, |name| found.field(name, span));
    }
}

/// Places in the order of the text, those inside others left out.
fn merged(mut places: Vec<Place>) -> Vec<Place> {
    places.sort_by_key(|at| (at.start, std::cmp::Reverse(at.end)));
    let mut end = 0;
    places.retain(|at| {
        let outer = at.end > end;
        end = end.max(at.end);
        outer
    });
    places
}

/// Whether one of these places holds another.
fn is_within(places: &[Place], at: &Place) -> bool {
    let before = places.partition_point(|it| it.start <= at.start);
    before.checked_sub(1).is_some_and(|last| at.end <= places[last].end)
}

/// Names of fields in a format: `%(levelname)s`, `"level":`.
pub(in crate::facts) fn fields_of(text: &str, mut add: impl FnMut(&str)) {
    for part in text.split("%(").skip(1) {
        if let Some((name, _)) = part.split_once(')') {
            add(name);
        }
    }
    // What stands in quotes before a colon.
    let mut parts = text.split('"');
    let mut last = parts.next().unwrap_or_default();
    for part in parts {
        if part.trim_start().starts_with(':') {
            add(last.trim_end_matches('\\'));
        }
        last = part;
    }
}

/// Keys that are written to: `record["service"] = name`.
fn targets(unit: &Unit<'_>) -> BTreeSet<ExprId> {
    let key = |id: &ExprId| match unit.expr(*id) {
        ExprKind::Index { key, .. } => *key,
        _ => None,
    };
    let declared = unit.stmts.iter().flat_map(|stmt| match &stmt.kind {
        StmtKind::Let { targets, .. } => targets.as_slice(),
        _ => &[],
    });
    let assigned = unit.exprs.iter().filter_map(|expr| match &expr.kind {
        ExprKind::Assign { target, .. } => Some(target),
        _ => None,
    });
    declared.chain(assigned).filter_map(key).collect()
}

/// Functions that answer requests: what they make is no part of a record.
fn answering(file: &File<'_, '_>) -> Vec<FunctionId> {
    const REQUESTS: &[&str] =
        &["http.Request", "gin.Context", "echo.Context", "fiber.Ctx", "HttpContext", "HttpServlet"];
    let unit = file.unit;
    let numbered = unit.functions.iter().enumerate().skip(1);
    let answers = numbered.filter(|(_, function)| {
        let routed = function
            .decorators
            .iter()
            .any(|it| file.call(*it).is_some_and(|call| call.role(Role::Route).is_some()));
        let asked = function.params.iter().filter_map(|param| param.ty);
        routed || asked.into_iter().any(|ty| REQUESTS.iter().any(|known| ty.contains(known)))
    });
    answers.map(|(number, _)| FunctionId(u32::try_from(number).unwrap_or(u32::MAX))).collect()
}
