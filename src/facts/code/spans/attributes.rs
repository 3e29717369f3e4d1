//! Attributes that code sets on spans: where they start, and later.

mod values;

use super::starts::{builders, part};
use crate::facts::code::file::{Call, File};
use crate::facts::code::layout::Layout;
use crate::facts::scalar::Scalar;
use crate::facts::subject::{self, SubjectKind};
use crate::facts::{DocumentId, FileFacts, Subject};
use crate::lang::sensitive::Sensitive;
use crate::libraries::Role;
use crate::parse::code::Language;
use crate::parse::unit::{ExprId, ExprKind, FunctionId, Place, StmtKind};
use crate::source::Span;
use std::collections::{BTreeMap, BTreeSet};

/// An attribute that code sets on a span.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct SpanAttribute {
    /// The file.
    pub document: DocumentId,
    /// Its key: the text, or the name of the constant that holds it.
    pub key: Scalar,
    /// Where its value stands.
    pub value: Span,
    /// The word that starts the span it is set on, where that is certain.
    pub scope: Option<Span>,
    /// A null in its value.
    pub null: Option<Span>,
    /// A value that is written into the text of a query, and where the text is made.
    pub in_query: Option<Span>,
    /// What must not be in telemetry, and the word that says so.
    pub sensitive: Option<(Sensitive, Span)>,
    /// Its value is the time since something in the same span.
    pub elapsed: Option<Span>,
}

impl SpanAttribute {
    /// Whether this is its key, as a text or as a constant of a library.
    pub fn is(&self, key: &str) -> bool {
        plain(&self.key.text) == plain(key)
    }
}

/// `DB_QUERY_TEXT`, `ATTR_DB_QUERY_TEXT`, `DBQueryText` and `db.query.text` are one.
fn plain(key: &str) -> String {
    let key = key.strip_prefix("SEMATTRS_").or_else(|| key.strip_prefix("ATTR_")).unwrap_or(key);
    let mut plain: String = key.chars().filter(|c| c.is_alphanumeric()).collect();
    plain.make_ascii_lowercase();
    if !key.contains(['.', '_']) && key.ends_with("Key") {
        plain.truncate(plain.len() - "key".len());
    }
    plain
}

impl Subject for SpanAttribute {
    fn kind(&self) -> SubjectKind {
        SubjectKind::SpanAttribute
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        format!("span attribute {}", self.key.text)
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.key.span)
    }
    fn field(&self, path: &str) -> subject::Held<'_> {
        if path == "key" { self.key.held() } else { subject::Held::Nothing }
    }
    fn field_span(&self, path: &str) -> Option<Span> {
        (path == "key").then_some(self.key.span)
    }
}

/// A key and its value, and what they are set on.
struct Pair {
    key: ExprId,
    value: ExprId,
    /// The call that starts the span, or the span as it is named.
    of: Option<ExprId>,
    /// The key as a word of a macro.
    word: Option<Scalar>,
}

pub(super) fn read(file: &File<'_, '_>, layout: &Layout<'_, '_>, facts: &mut FileFacts) {
    let held = Held::of(file, layout);
    let mut pairs: Vec<Pair> = Vec::new();
    for call in &file.calls {
        if call.role(Role::SpanStart).is_some() {
            started(file, call, &mut pairs);
        }
        if call.role(Role::SpanAttribute).is_some() {
            set(file, &held, call, &mut pairs);
        }
    }
    let flows = values::Queries::of(
        file,
        &pairs.iter().map(|pair| (pair.key, pair.value)).collect::<Vec<_>>(),
    );
    let mut seen = BTreeSet::new();
    // Attributes of a resource are set on no span: `Resource::new([KeyValue::new(…)])`.
    let made = file.calls.iter().filter(|call| call.path.contains("Resource"));
    let resources: Vec<Place> = made.map(|call| file.unit.place(call.id)).collect();
    let of_resource = |id: ExprId| {
        let at = file.unit.place(id);
        resources.iter().any(|whole| whole.start <= at.start && at.end <= whole.end)
    };
    for pair in pairs {
        if of_resource(pair.value) {
            continue;
        }
        if !seen.insert(pair.value) || file.is_faulty(pair.value) {
            continue;
        }
        let Some(key) = pair.word.or_else(|| key(file, pair.key)) else { continue };
        facts.span_attributes.push(SpanAttribute {
            document: file.document,
            value: file.expr_span(pair.value),
            scope: pair.of.and_then(|of| scope(file, &held, of)),
            null: values::null(file, pair.value),
            in_query: flows.of_value(pair.value),
            sensitive: values::sensitive(file, &key, pair.value),
            elapsed: values::elapsed(file, layout, pair.of, pair.value),
            key,
        });
    }
}

/// Attributes that a span starts with.
fn started(file: &File<'_, '_>, call: &Call, pairs: &mut Vec<Pair>) {
    let unit = file.unit;
    let Some(api) = call.role(Role::SpanStart) else { return };
    match unit.language {
        Language::Go => {
            let word = api.get("attributes").unwrap_or_default();
            for arg in unit.args(call.id) {
                let option = file.names.resolved(arg.value);
                if file.called(option) == Some(word) {
                    let given = unit.args(option).iter().map(|arg| arg.value);
                    given.for_each(|value| go_pairs(file, value, Some(call.id), pairs));
                }
            }
        }
        Language::Java => {
            let word = api.get("attributes").unwrap_or_default();
            for builder in builders(file, call.id) {
                if file.called(builder) == Some(word)
                    && let [key, value] = unit.args(builder)
                {
                    pairs.push(Pair {
                        key: key.value,
                        value: value.value,
                        of: Some(call.id),
                        word: None,
                    });
                }
            }
        }
        Language::Rust => {
            for arg in unit.args(call.id) {
                if let Some(name) = arg.name
                    && !matches!(name, "parent" | "target" | "level" | "name")
                {
                    let word = field_name(file, call.id, name, arg.value);
                    pairs.push(Pair { key: arg.value, value: arg.value, of: Some(call.id), word });
                }
            }
        }
        _ => {
            if let Some(map) = part(file, call, api, "attributes") {
                entries(file, map, Some(call.id), pairs);
            }
        }
    }
}

/// Attributes of a map.
fn entries(file: &File<'_, '_>, map: ExprId, of: Option<ExprId>, pairs: &mut Vec<Pair>) {
    let ExprKind::Map { entries, .. } = file.unit.expr(file.names.resolved(map)) else { return };
    pairs.extend(
        entries
            .iter()
            .filter_map(|(key, value)| Some(Pair { key: (*key)?, value: *value, of, word: None })),
    );
}

/// Attributes that a call sets later.
fn set<'a>(file: &File<'_, 'a>, held: &Held<'a>, call: &Call, pairs: &mut Vec<Pair>) {
    let unit = file.unit;
    let Some(api) = call.role(Role::SpanAttribute) else { return };
    let ExprKind::Call { callee, .. } = unit.expr(call.id) else { return };
    let ExprKind::Member { of, .. } = unit.expr(*callee) else { return };
    let of = Some(*of);
    match unit.language {
        Language::Go => {
            // Pairs are made by calls of their own; only those that a span is given count.
            if file.called(call.id) == Some("SetAttributes") {
                let given = unit.args(call.id).iter().map(|arg| arg.value);
                given.for_each(|value| go_pairs(file, value, of, pairs));
            }
            return;
        }
        Language::Java | Language::Javascript | Language::Typescript | Language::Tsx
            if !of.is_some_and(|of| is_span(file, held, of)) =>
        {
            return;
        }
        Language::Rust if file.called(call.id) == Some("set_attribute") => {
            let pair = unit.args(call.id).first().map(|arg| file.names.resolved(arg.value));
            if let Some(pair) = pair
                && let [key, value] = unit.args(pair)
            {
                pairs.push(Pair { key: key.value, value: value.value, of, word: None });
            }
            return;
        }
        _ => {}
    }
    if let Some(map) = file.argument(call, api, "map") {
        return entries(file, map, of, pairs);
    }
    let key = file.argument(call, api, "key");
    let value = file.argument(call, api, "value");
    if let Some((key, value)) = key.zip(value) {
        pairs.push(Pair { key, value, of, word: None });
    }
}

/// The pairs of Go that an argument is: `attribute.String(k, v)`, `k.String(v)`, `semconv.K(v)`, or
/// a list of them.
fn go_pairs(file: &File<'_, '_>, value: ExprId, of: Option<ExprId>, pairs: &mut Vec<Pair>) {
    let unit = file.unit;
    let value = file.names.resolved(value);
    match unit.expr(value) {
        ExprKind::Map { entries, .. } => {
            for (_, item) in entries.iter().take(200) {
                go_pair(file, *item, of, pairs);
            }
        }
        ExprKind::List(items) => items.iter().for_each(|item| go_pair(file, *item, of, pairs)),
        _ => go_pair(file, value, of, pairs),
    }
}

fn go_pair(file: &File<'_, '_>, pair: ExprId, of: Option<ExprId>, pairs: &mut Vec<Pair>) {
    let unit = file.unit;
    let ExprKind::Call { callee, args, .. } = unit.expr(pair) else { return };
    if let [key, value] = args.as_slice() {
        return pairs.push(Pair { key: key.value, value: value.value, of, word: None });
    }
    let [value] = args.as_slice() else { return };
    let ExprKind::Member { of: owner, name } = unit.expr(*callee) else { return };
    // `attribute.Key("k").String(v)`, `semconv.HTTPMethodKey.String(v)`, `semconv.URLFull(v)`
    let key = match unit.expr(*owner) {
        ExprKind::Call { args, .. } => args.first().map(|arg| arg.value),
        ExprKind::Member { .. } => Some(*owner),
        ExprKind::Name(_) if name.chars().next().is_some_and(char::is_uppercase) => Some(*callee),
        _ => None,
    };
    if let Some(key) = key {
        pairs.push(Pair { key, value: value.value, of, word: None });
    }
}

/// Whether an expression is certainly a span.
fn is_span<'a>(file: &File<'_, 'a>, held: &Held<'a>, of: ExprId) -> bool {
    // A builder of one.
    let made = builders(file, of)
        .into_iter()
        .chain([of])
        .any(|call| matches!(file.called(call), Some("spanBuilder")));
    let resolved = file.names.resolved(of);
    let given = file.call(resolved).is_some_and(|call| {
        call.role(Role::SpanStart).is_some() || call.role(Role::SpanCurrent).is_some()
    });
    let typed =
        || file.names.path(of).is_some_and(|path| path.starts_with('<') && path.ends_with("Span>"));
    let callback = || held.start(file, of).is_some_and(|(_, given)| given);
    made || given || typed() || callback()
}

/// The key as a text, or the name of its constant.
fn key(file: &File<'_, '_>, id: ExprId) -> Option<Scalar> {
    let unit = file.unit;
    if let Some(text) = file.scalar(id) {
        return Some(text);
    }
    let resolved = file.names.resolved(id);
    match unit.expr(resolved) {
        ExprKind::Member { name, .. } => {
            let at = file.expr_span(resolved);
            let start = (at.end as usize).saturating_sub(name.len());
            let span = Span::new(at.source, start, at.end as usize);
            Some(Scalar { text: (*name).to_owned(), span, known: true, plain: true })
        }
        // `AttributeKey.stringKey("a")`
        ExprKind::Call { args, .. } => match args.as_slice() {
            [only] => file.scalar(only.value),
            _ => None,
        },
        ExprKind::Name(name) => {
            let path = file.names.path(resolved)?;
            let last = path.rsplit('.').next().filter(|last| last.contains('_'))?;
            (path.contains('.') && last == *name || path.ends_with(name)).then(|| Scalar {
                text: last.to_owned(),
                span: file.expr_span(resolved),
                known: true,
                plain: true,
            })
        }
        _ => None,
    }
}

/// The name of a field of a macro: it stands right before its value.
pub(in crate::facts::code) fn field_name(
    file: &File<'_, '_>,
    call: ExprId,
    name: &str,
    value: ExprId,
) -> Option<Scalar> {
    let unit = file.unit;
    let start = unit.place(call).start;
    let before = unit.text.get(start as usize..unit.place(value).start as usize)?;
    let start = start + u32::try_from(before.rfind(name)?).ok()?;
    let end = start + u32::try_from(name.len()).ok()?;
    Some(Scalar { text: name.to_owned(), span: file.span(&(start..end)), known: true, plain: true })
}

/// Which names hold spans: variables of starts, and what callbacks are given.
struct Held<'a> {
    by_name: BTreeMap<&'a str, Vec<(FunctionId, ExprId, bool)>>,
}

impl<'a> Held<'a> {
    fn of(file: &File<'_, 'a>, layout: &Layout<'_, 'a>) -> Held<'a> {
        let unit = file.unit;
        let mut by_name: BTreeMap<&'a str, Vec<(FunctionId, ExprId, bool)>> = BTreeMap::new();
        for (call, api) in file.of_role(Role::SpanStart) {
            let last = unit.args(call.id).last().map(|arg| unit.expr(arg.value));
            if let Some(ExprKind::Lambda(inner)) = last
                && let Some(param) = unit.function(*inner).params.first()
            {
                let given = api.get("form") == Some("callback");
                by_name.entry(param.name).or_default().push((*inner, call.id, given));
            }
            let stmt = layout.stmt(call.id).map(|stmt| unit.stmt(stmt));
            if let Some(StmtKind::Let { targets, .. }) = stmt {
                for target in targets {
                    if let ExprKind::Name(name) = unit.expr(*target) {
                        let home = unit.function_of(call.id);
                        by_name.entry(name).or_default().push((home, call.id, false));
                    }
                }
            }
        }
        Held { by_name }
    }

    /// The start of the span that a name holds where it is used, and whether a callback got it.
    fn start(&self, file: &File<'_, 'a>, of: ExprId) -> Option<(ExprId, bool)> {
        let ExprKind::Name(name) = file.unit.expr(of) else { return None };
        let known = self.by_name.get(name)?;
        file.unit.outward(file.unit.function_of(of)).find_map(|function| {
            let found = known.iter().find(|(home, ..)| *home == function)?;
            Some((found.1, found.2))
        })
    }
}

/// The word that starts the span which an expression is.
fn scope<'a>(file: &File<'_, 'a>, held: &Held<'a>, of: ExprId) -> Option<Span> {
    let resolved = file.names.resolved(of);
    if file.call(resolved).is_some_and(|call| call.role(Role::SpanStart).is_some()) {
        return Some(file.callee_span(resolved));
    }
    held.start(file, of).map(|(call, _)| file.callee_span(call))
}
