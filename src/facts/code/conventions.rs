//! Keys of attributes, and the constants of the semantic conventions that stand for them.

use super::file::{Call, File};
use super::spans::attributes;
use crate::facts::scalar::Scalar;
use crate::facts::subject::{Held, SubjectKind};
use crate::facts::{DocumentId, FileFacts, Subject};
use crate::libraries::Role;
use crate::parse::code::Language;
use crate::parse::unit::{Arg, CallForm, ExprId, ExprKind};
use crate::semconv::{self, Constant};
use crate::source::Span;
use std::collections::BTreeSet;

/// A key of an attribute that code sets.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct AttributeKey {
    /// The file.
    pub document: DocumentId,
    /// The key; its place is the literal, or the name of the constant.
    pub key: Scalar,
    /// It is written as a constant of the conventions.
    pub constant: bool,
}

/// A constant that code takes from a class or module of the conventions.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct ConventionConstant {
    /// The file.
    pub document: DocumentId,
    /// Its name.
    pub name: Scalar,
    /// The class or module.
    pub class: String,
    /// No release has it.
    pub missing: bool,
}

/// What an expression stands for as a key: a literal, or a constant of the conventions.
pub(super) fn key(file: &File<'_, '_>, id: ExprId) -> Option<Scalar> {
    if let Some(found) = constant(file, id) {
        return Some(found);
    }
    let resolved = file.names.resolved(id);
    if resolved != id
        && let Some(found) = constant(file, resolved)
    {
        return Some(found);
    }
    if let Some(text) = file.scalar(id) {
        return Some(text);
    }
    if let Some(text) = member(file, resolved) {
        return Some(text);
    }
    // `KEYS.method`, `Keys.STATUS`: what it says is known once all files are.
    if matches!(file.unit.expr(resolved), ExprKind::Member { .. } | ExprKind::Other(_)) {
        return file.constant(resolved).map(|path| Scalar { plain: false, ..path });
    }
    // `AttributeKey.stringKey("…")`: a call that makes a key.
    let call = file.call(resolved)?;
    let row = call.roles.iter().find(|api| api.role == Role::SpanAttribute)?;
    if row.get("value").is_some() {
        return None;
    }
    file.scalar(file.argument(call, row, "key")?)
}

/// The text of an entry of an object, or of a constant of a class, that the file itself holds.
fn member(file: &File<'_, '_>, id: ExprId) -> Option<Scalar> {
    let unit = file.unit;
    let plain = |id: ExprId| match unit.expr(id) {
        // `{ … } as const`, `{ [KEYS.method]: … }`
        ExprKind::Other(inner) if inner.len() == 1 => inner[0],
        _ => id,
    };
    let ExprKind::Member { of, name } = unit.expr(plain(id)) else { return None };
    if let Some(value) = file.names.constant_of(*of, name) {
        return file.scalar(value);
    }
    let ExprKind::Map { entries, .. } = unit.expr(plain(file.names.resolved(*of))) else {
        return None;
    };
    let is_key = |key: ExprId| {
        matches!(unit.expr(key), ExprKind::Name(it) if it == name)
            || unit.literal(key) == Some(name)
    };
    let entry = entries.iter().find(|(key, _)| key.is_some_and(is_key))?;
    file.scalar(entry.1)
}

/// The attribute that a constant, a method on it or a function of the conventions stands for.
pub(super) fn constant(file: &File<'_, '_>, id: ExprId) -> Option<Scalar> {
    let path = match file.unit.expr(id) {
        ExprKind::Call { .. } => file.call(id).map(|call| call.path.clone())?,
        ExprKind::Member { .. } | ExprKind::Name(_) => file.names.path(id)?,
        _ => return None,
    };
    match semconv::constant(file.unit.language, &path)? {
        Constant::Key(key) => Some(Scalar {
            text: key.to_owned(),
            span: name_span(file, id),
            known: true,
            plain: true,
        }),
        Constant::Other | Constant::Missing => None,
    }
}

/// Where the last name of an expression stands.
fn name_span(file: &File<'_, '_>, id: ExprId) -> Span {
    let id = match file.unit.expr(id) {
        ExprKind::Call { callee, .. } => *callee,
        _ => id,
    };
    let mut at = file.unit.place(id);
    if let ExprKind::Member { name, .. } = file.unit.expr(id)
        && file.unit.slice(&at).ends_with(name)
    {
        at.start = at.end - u32::try_from(name.len()).unwrap_or_default();
    }
    file.span(&at)
}

/// Reads the keys and constants of a file.
pub(super) fn read(file: &File<'_, '_>, facts: &mut FileFacts) {
    keys(file, facts);
    let language = file.unit.language;
    if file.unit.imports.iter().any(|import| semconv::is_import(language, &import.path)) {
        constants(file, facts);
    }
}

fn keys(file: &File<'_, '_>, facts: &mut FileFacts) {
    let mut found: Vec<Scalar> = Vec::new();
    for call in &file.calls {
        for api in &call.roles {
            match api.role {
                Role::SpanAttribute => {
                    found.extend(file.argument(call, api, "key").and_then(|it| key(file, it)));
                    found.extend(map_keys(file, file.argument(call, api, "map")));
                }
                Role::SpanStart => {
                    let attributes = file
                        .argument(call, api, "attributes")
                        .or_else(|| file.unit.arg(call.id, usize::MAX, "attributes"));
                    found.extend(map_keys(file, attributes.or_else(|| options(file, call.id))));
                    found.extend(macro_fields(file, call.id));
                }
                Role::Resource => {
                    found.extend(map_keys(file, file.argument(call, api, "attributes")));
                    found.extend(file.argument(call, api, "key").and_then(|it| key(file, it)));
                }
                Role::MetricUse if api.library == "opentelemetry" => {
                    found.extend(map_keys(file, file.argument(call, api, "labels")));
                }
                _ => {}
            }
        }
        found.extend(given(file, call));
        // Go's `semconv.HTTPMethod("GET")` is key and value in one.
        found.extend(constant(file, call.id));
    }
    let imported = file.unit.imports.iter();
    if imported.clone().any(|it| semconv::is_import(file.unit.language, &it.path)) {
        // Whoever makes a map of them means attributes.
        for expr in &file.unit.exprs {
            if let ExprKind::Map { entries, .. } = &expr.kind {
                found.extend(entries.iter().filter_map(|(it, _)| constant(file, (*it)?)));
            }
        }
    }
    found.extend(file.unit.exprs.iter().flat_map(|expr| made(file, &expr.kind)));
    let mut seen = BTreeSet::new();
    for key in found {
        if seen.insert(key.span) {
            let constant = key.plain;
            facts.attribute_keys.push(AttributeKey { document: file.document, key, constant });
        }
    }
}

/// Keys of an event on a span, and of a list of pairs that a span is started with.
fn given(file: &File<'_, '_>, call: &Call) -> Vec<Scalar> {
    let unit = file.unit;
    let traced = || unit.imports.iter().any(|it| it.path.contains("opentelemetry"));
    match (unit.language, call.name()) {
        (Language::Python, "add_event") if traced() => {
            map_keys(file, unit.arg(call.id, 1, "attributes"))
        }
        (Language::Javascript | Language::Typescript | Language::Tsx, "addEvent") if traced() => {
            map_keys(file, unit.arg(call.id, 1, ""))
        }
        (Language::Csharp, "StartActivity") => {
            let tags = unit.arg(call.id, 3, "tags").map(|tags| file.names.resolved(tags));
            tags.map_or_else(Vec::new, |tags| pair_keys(file, tags))
        }
        _ => Vec::new(),
    }
}

/// Keys of the pairs that are made for a list: `{ new("a", b) }`.
fn pair_keys(file: &File<'_, '_>, list: ExprId) -> Vec<Scalar> {
    let unit = file.unit;
    let pairs: Vec<ExprId> = match unit.expr(list) {
        ExprKind::List(items) => items.clone(),
        ExprKind::Map { entries, .. } => entries.iter().map(|(_, value)| *value).collect(),
        _ => return Vec::new(),
    };
    let of_pair = |pair: ExprId| match unit.args(pair) {
        [of, _] if matches!(unit.expr(pair), ExprKind::Call { .. }) => key(file, of.value),
        _ => None,
    };
    pairs.into_iter().filter_map(of_pair).collect()
}

/// Keys of what is made to hold attributes, whoever takes it.
fn made(file: &File<'_, '_>, expr: &ExprKind<'_>) -> Vec<Scalar> {
    if let ExprKind::Call { callee, args, form: CallForm::New } = expr {
        let path = file.names.path(*callee).unwrap_or_default();
        let tags = path.rsplit('.').next() == Some("ActivityTagsCollection");
        let named = args.iter().filter_map(|arg| bracketed(file, arg.name?)).collect();
        return if tags { named } else { Vec::new() };
    }
    let ExprKind::Map { of: Some(of), entries } = expr else { return Vec::new() };
    let path = || file.names.path(*of).unwrap_or_default();
    match file.unit.language {
        Language::Go if path() == "go.opentelemetry.io/otel/attribute.KeyValue" => {
            let is_key = |it: &Option<ExprId>| {
                it.is_some_and(|it| {
                    matches!(file.unit.expr(it), ExprKind::Name("Key"))
                        || file.unit.literal(it) == Some("Key")
                })
            };
            entries
                .iter()
                .filter(|(it, _)| is_key(it))
                .filter_map(|(_, it)| key(file, *it))
                .collect()
        }
        _ => Vec::new(),
    }
}

/// The text of C#'s `["key"] = value` in what an object is made with.
fn bracketed(file: &File<'_, '_>, name: &str) -> Option<Scalar> {
    let text = name.strip_prefix("[\"")?.strip_suffix("\"]")?;
    // A slice of the text itself.
    let start = (text.as_ptr() as usize).checked_sub(file.unit.text.as_ptr() as usize)?;
    let at = u32::try_from(start).ok()?..u32::try_from(start + text.len()).ok()?;
    let quoted = at.start - 1..at.end + 1;
    Some(Scalar { text: text.to_owned(), span: file.span(&quoted), known: true, plain: false })
}

/// Names of the fields that a macro of Rust starts a span with: texts, no constants.
fn macro_fields(file: &File<'_, '_>, call: ExprId) -> Vec<Scalar> {
    if file.unit.language != Language::Rust {
        return Vec::new();
    }
    let named = |arg: &Arg<'_>| {
        let found = attributes::field_name(file, call, arg.name?, arg.value)?;
        Some(Scalar { plain: false, ..found })
    };
    file.unit.args(call).iter().filter_map(named).collect()
}

/// `attributes` in the map of options that a span is started with.
fn options(file: &File<'_, '_>, call: ExprId) -> Option<ExprId> {
    let maps = file.unit.args(call).iter().filter_map(|arg| match file.unit.expr(arg.value) {
        ExprKind::Map { of: None, entries } => Some(entries),
        _ => None,
    });
    maps.flatten()
        .find(|(key, _)| key.and_then(|key| file.unit.literal(key)) == Some("attributes"))
        .map(|(_, value)| *value)
}

fn map_keys(file: &File<'_, '_>, map: Option<ExprId>) -> Vec<Scalar> {
    let Some(map) = map else { return Vec::new() };
    match file.unit.expr(file.names.resolved(map)) {
        ExprKind::Map { entries, .. } => {
            entries.iter().filter_map(|(it, _)| key(file, (*it)?)).collect()
        }
        _ => Vec::new(),
    }
}

fn constants(file: &File<'_, '_>, facts: &mut FileFacts) {
    let unit = file.unit;
    let mut seen = BTreeSet::new();
    for number in 0..unit.exprs.len() {
        let id = ExprId(u32::try_from(number).unwrap_or(u32::MAX));
        let ExprKind::Member { name, .. } = unit.expr(id) else { continue };
        // Constants and classes of constants are capitals; methods on them are not.
        let first = name.chars().next();
        if !first.is_some_and(|first| first.is_ascii_uppercase()) || file.is_faulty(id) {
            continue;
        }
        let Some(path) = file.names.path(id) else { continue };
        push_constant(file, &path, name, name_span(file, id), &mut seen, facts);
    }
    for import in &unit.imports {
        let name = import.path.rsplit(['.', '/']).next().unwrap_or_default();
        let capital = name.starts_with(|first: char| first.is_ascii_uppercase());
        if capital && !import.all && !unit.is_faulty(&import.at) {
            let text = unit.slice(&import.at);
            let start = text.find(name).unwrap_or(0);
            let from = import.at.start + u32::try_from(start).unwrap_or_default();
            let at = from..from + u32::try_from(name.len()).unwrap_or_default();
            push_constant(file, &import.path, name, file.span(&at), &mut seen, facts);
        }
    }
}

fn push_constant(
    file: &File<'_, '_>,
    path: &str,
    name: &str,
    span: Span,
    seen: &mut BTreeSet<Span>,
    facts: &mut FileFacts,
) {
    let Some(found) = semconv::constant(file.unit.language, path) else { return };
    // A method on a constant of Go has the constant's path and one more name.
    let class = path.strip_suffix(name).unwrap_or(path).trim_end_matches('.');
    if class.len() == path.len() || !seen.insert(span) {
        return;
    }
    if semconv::constant(file.unit.language, class).is_some() {
        return;
    }
    facts.convention_constants.push(ConventionConstant {
        document: file.document,
        name: Scalar { text: name.to_owned(), span, known: true, plain: true },
        class: class.to_owned(),
        missing: found == Constant::Missing,
    });
}

impl Subject for AttributeKey {
    fn kind(&self) -> SubjectKind {
        SubjectKind::AttributeKey
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        format!("attribute {}", self.key.text)
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.key.span)
    }
    fn field(&self, path: &str) -> Held<'_> {
        if path == "key" { self.key.held() } else { Held::Nothing }
    }
    fn field_span(&self, path: &str) -> Option<Span> {
        (path == "key").then_some(self.key.span)
    }
}

impl Subject for ConventionConstant {
    fn kind(&self) -> SubjectKind {
        SubjectKind::ConventionConstant
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        format!("constant {}", self.name.text)
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.name.span)
    }
    fn field(&self, path: &str) -> Held<'_> {
        match path {
            "name" => self.name.held(),
            "class" => Held::Text(&self.class),
            _ => Held::Nothing,
        }
    }
    fn field_span(&self, path: &str) -> Option<Span> {
        (path == "name").then_some(self.name.span)
    }
}
