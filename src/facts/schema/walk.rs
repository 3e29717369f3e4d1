//! The one walker: a document against its table.

use super::fault::{nearest, short, takes};
use super::fields::Fields;
use super::scalars::{self, Value};
use super::table::{Field, Reader, Schema, Type, TypeTable};
use super::{Refusal, SchemaIssue, checks};
use crate::facts::scalar::{Credential, Scalar};
use crate::facts::{Dialect, DocumentId};
use crate::lang::placeholder;
use crate::parse::tree::{NodeId, NodeRef};
use crate::source::Span;
use std::collections::HashSet;
use std::fmt::Write;

/// How a document is to be read.
#[derive(Clone, Copy, Debug)]
pub struct Reading {
    /// The table.
    pub schema: &'static Schema,
    /// The document's root in the table.
    pub root: &'static Field,
    /// The document.
    pub document: DocumentId,
    /// Fields of this dialect are no errors.
    pub dialect: Option<Dialect>,
    /// Nothing may be concluded from what is absent.
    pub open: bool,
}

impl Reading {
    /// The reading of a document by the names of its table and root.
    pub fn of(schema: &str, root: &str, document: DocumentId) -> Option<Reading> {
        let schema = Schema::named(schema)?;
        let root = schema.root(root)?;
        Some(Reading { schema, root, document, dialect: None, open: false })
    }
}

/// What the walker found.
#[derive(Debug, Default)]
pub struct Outcome {
    /// What the reader refuses, in the order of the walk.
    pub issues: Vec<SchemaIssue>,
    /// Fields that hold credentials.
    pub credentials: Vec<Credential>,
}

/// Compares a document with its table.
pub fn walk(reading: Reading, root: NodeRef<'_>) -> Outcome {
    let mut walker = Walker {
        reading,
        reader: reading.schema.reader_of(reading.root.name),
        root,
        out: Outcome::default(),
        path: String::new(),
        seen: HashSet::default(),
        budget: 64 * root.tree().nodes.len() + 10_000,
        depth: 0,
    };
    let owner = root.pairs().next().map_or_else(|| root.span(), |(key, _)| key.span());
    let place = Place { field: reading.root, name: reading.root.name, context: "", owner };
    walker.value(&reading.root.ty, root, place);
    walker.out
}

/// Compares a mapping that is not there with its table.
pub fn walk_absent(reading: Reading, root: NodeRef<'_>, owner: Span) -> Outcome {
    let mut walker = Walker {
        reading,
        reader: reading.schema.reader_of(reading.root.name),
        root,
        out: Outcome::default(),
        path: String::new(),
        seen: HashSet::default(),
        budget: 0,
        depth: 0,
    };
    if let Type::Named(index) = reading.root.ty {
        let table = &reading.schema.types[index];
        let fields = Fields { table, entries: Vec::new(), open: reading.open, owner };
        checks::run(&mut walker, &fields);
    }
    walker.out
}

/// Whose value is being read.
#[derive(Clone, Copy)]
pub(crate) struct Place<'n> {
    pub(crate) field: &'static Field,
    pub(crate) name: &'n str,
    pub(crate) context: &'static str,
    /// The token that names what holds the value.
    pub(crate) owner: Span,
}

pub(crate) struct Walker<'t> {
    pub(crate) reading: Reading,
    pub(crate) reader: Reader,
    pub(crate) root: NodeRef<'t>,
    pub(crate) out: Outcome,
    pub(crate) path: String,
    seen: HashSet<(NodeId, usize), foldhash::fast::RandomState>,
    budget: usize,
    depth: usize,
}

/// Deepest nesting that is followed.
const DEPTH: usize = 200;

impl<'t> Walker<'t> {
    fn value(&mut self, ty: &'static Type, node: NodeRef<'t>, place: Place<'_>) {
        if self.budget == 0 || self.depth > DEPTH || node.is_unknown() {
            return;
        }
        self.budget -= 1;
        self.depth += 1;
        match ty {
            Type::Any => {}
            Type::Named(index) => self.named(*index, node, place),
            Type::List(item) => self.list(item, node, place),
            Type::Map(key, value) => self.map(key, value, node, place),
            _ if node.scalar().is_some() => self.scalar(ty, node, place),
            _ => {
                let found = if node.is_mapping() { "a mapping" } else { "a list" };
                self.wrong(node, place, &format!("takes {}, not {found}", takes(ty)));
            }
        }
        self.depth -= 1;
    }

    /// Null, a placeholder, or a scalar where none can be: `true` if there is nothing to walk.
    fn not_here(&mut self, what: &str, node: NodeRef<'t>, place: Place<'_>) -> bool {
        let Some(text) = node.scalar() else { return false };
        if !node.is_null() && !placeholder::opens(text) {
            self.wrong(node, place, &format!("takes {what}, not the text `{}`", short(text)));
        }
        true
    }

    /// Whether a collection was compared with this type before: only aliases lead to it again.
    fn is_seen(&mut self, node: NodeRef<'t>, ty: usize) -> bool {
        node.tree().aliased && !self.seen.insert((node.resolve().id(), ty))
    }

    fn named(&mut self, index: usize, node: NodeRef<'t>, place: Place<'_>) {
        let table = &self.reading.schema.types[index];
        if let Some(lines) = &table.lines {
            return self.value(lines, node, place);
        }
        if let (Some(ty), true) = (&table.scalar, node.scalar().is_some()) {
            return self.value(ty, node, place);
        }
        if self.not_here("a mapping", node, place) {
            return;
        }
        if node.is_sequence() {
            return match (&table.items, &table.open) {
                (Some(item), _) => self.list(item, node, place),
                (None, Some(_)) => {}
                (None, None) => self.wrong(node, place, "takes a mapping, not a list"),
            };
        }
        // Through an alias the same mapping comes again: its faults are known.
        if self.is_seen(node, index) {
            return;
        }
        let fields = self.fields(table, node, place.owner);
        checks::run(self, &fields);
        for &(field, key, value) in &fields.entries {
            self.entry(table, field, key, value);
        }
    }

    /// Looks up all keys of a mapping; speaks of those the table does not know.
    fn fields(&mut self, table: &'static TypeTable, node: NodeRef<'t>, owner: Span) -> Fields<'t> {
        let entries = node.entries();
        let known = Vec::with_capacity(entries.len());
        let mut fields = Fields { table, entries: known, open: self.reading.open, owner };
        self.budget = self.budget.saturating_sub(entries.len());
        for (key, value) in entries {
            let Some(name) = key.scalar() else { continue };
            // The Kubernetes API server ignores case nowhere; go-yaml neither.
            let field = table.field(name).filter(|_| !key.is_unknown());
            let open = || key.is_unknown() || placeholder::is_in(name) || is_assertion(name);
            match field {
                Some(field) => {
                    self.known_field(table, field, key);
                    fields.entries.push((field, key, value));
                }
                None if open() => fields.open = true,
                None => match &table.open {
                    Some(ty) => {
                        let place = Place {
                            field: self.reading.root,
                            name,
                            context: table.name,
                            owner: key.span(),
                        };
                        self.value(ty, value, place);
                    }
                    None => self.unknown_field(table, key, name),
                },
            }
        }
        fields
    }

    fn known_field(&mut self, table: &'static TypeTable, field: &'static Field, key: NodeRef<'t>) {
        if let (Some(dialect), name) = (field.dialect, self.reading.dialect.map(Dialect::name))
            && name != Some(dialect)
            && !is_kin(dialect, name)
        {
            let message = format!("is known to {dialect} only");
            self.push(Refusal::UnknownField, key.span(), table.name, field.name, message, None);
        }
        if let Some(removed) = field.removed {
            let program = self.reading.schema.program;
            let mut message = format!("was removed in {program} {removed}");
            if let Some(renamed) = field.renamed {
                message.push_str(&format!("; it is called `{renamed}` now"));
            }
            let new = field.renamed.map(str::to_owned);
            self.push(Refusal::Removed, key.span(), table.name, field.name, message, new);
        }
    }

    fn unknown_field(&mut self, table: &'static TypeTable, key: NodeRef<'t>, name: &str) {
        let current = table.fields.iter().filter(|field| field.removed.is_none());
        let near = nearest(current.map(|field| field.name), name);
        let mut message = "is no field here".to_owned();
        if near.is_none()
            && let Some(place) = self.moved(table, name)
        {
            message = format!("is no field here; it belongs {place}");
        }
        let name = name.to_owned();
        self.push(Refusal::UnknownField, key.span(), table.name, &name, message, near);
    }

    /// Where a field belongs that stands in the wrong mapping.
    fn moved(&self, table: &'static TypeTable, name: &str) -> Option<String> {
        let schema = self.reading.schema;
        let below = table.fields.iter().find(|field| match field.ty {
            Type::Named(index) => schema.types[index].field(name).is_some(),
            _ => false,
        });
        if let Some(field) = below {
            return Some(format!("under `{}`", field.name));
        }
        let above = schema.types.iter().any(|other| {
            other.field(name).is_some()
                && other.fields.iter().any(|field| match &field.ty {
                    Type::Named(index) | Type::List(Type::Named(index)) => {
                        schema.types[*index].name == table.name
                    }
                    _ => false,
                })
        });
        above.then(|| "one level up: look at its indentation".to_owned())
    }

    fn entry(
        &mut self,
        table: &'static TypeTable,
        field: &'static Field,
        key: NodeRef<'t>,
        value: NodeRef<'t>,
    ) {
        let mark = self.path.len();
        if !self.path.is_empty() {
            self.path.push('.');
        }
        self.path.push_str(field.name);
        let place = Place { field, name: field.name, context: table.name, owner: key.span() };
        if matches!(field.ty, Type::Secret | Type::SecretUrl) {
            self.credential(key, value);
        }
        self.value(&field.ty, value, place);
        self.path.truncate(mark);
    }

    fn credential(&mut self, key: NodeRef<'t>, value: NodeRef<'t>) {
        if value.is_null() {
            return;
        }
        if let (Some(key), Some(value)) = (Scalar::of(key), Scalar::of(value)) {
            self.out.credentials.push(Credential {
                document: self.reading.document,
                program: program(self.reading.schema.name),
                key,
                path: self.path.clone(),
                value,
            });
        }
    }

    /// Whether a text stands for a list: `a,b`, as `mapstructure` takes it.
    fn is_joined(&self, item: &'static Type, node: NodeRef<'t>) -> bool {
        self.reader == Reader::Mapstructure
            && matches!(item, Type::String)
            && node.scalar().is_some()
            && matches!(scalars::resolve(node, self.reader), Value::Text(_))
    }

    fn list(&mut self, item: &'static Type, node: NodeRef<'t>, place: Place<'_>) {
        if self.is_joined(item, node) {
            return;
        }
        if self.not_here("a list", node, place) {
            return;
        }
        if node.is_mapping() {
            // Actions of a template may bring the entries, and leave the last one's fields here.
            if self.reading.open {
                return;
            }
            let message = "takes a list: each entry begins with `- `";
            return self.wrong(node, place, message);
        }
        if self.is_seen(node, std::ptr::from_ref(item) as usize) {
            return;
        }
        for (index, entry) in node.items().enumerate() {
            let mark = self.path.len();
            // Writing to a text cannot fail.
            let _ = write!(self.path, "[{index}]");
            if entry.is_null() && !entry.is_unknown() && place.field.nonnull {
                let span =
                    if entry.span().start < entry.span().end { entry.span() } else { place.owner };
                let message = "holds an entry that is null".to_owned();
                self.push(Refusal::Missing, span, place.context, place.name, message, None);
            } else {
                let owner = item_owner(entry, place.owner);
                let secret = matches!(item, Type::Secret);
                if secret {
                    self.item_credential(entry, place);
                }
                self.value(item, entry, Place { owner, ..place });
            }
            self.path.truncate(mark);
        }
    }

    fn item_credential(&mut self, entry: NodeRef<'t>, place: Place<'_>) {
        if let Some(value) = Scalar::of(entry).filter(|_| !entry.is_null()) {
            let key =
                Scalar { text: place.name.to_owned(), span: place.owner, known: true, plain: true };
            self.out.credentials.push(Credential {
                document: self.reading.document,
                program: program(self.reading.schema.name),
                key,
                path: self.path.clone(),
                value,
            });
        }
    }

    fn map(
        &mut self,
        key_type: &'static Type,
        value_type: &'static Type,
        node: NodeRef<'t>,
        place: Place<'_>,
    ) {
        if self.not_here("a mapping", node, place) {
            return;
        }
        if node.is_sequence() {
            return self.wrong(node, place, "takes a mapping, not a list");
        }
        if self.is_seen(node, std::ptr::from_ref(value_type) as usize) {
            return;
        }
        let entries = node.entries();
        self.budget = self.budget.saturating_sub(entries.len());
        for (key, value) in entries {
            if key.is_unknown() {
                continue;
            }
            let name = key.scalar().unwrap_or_default();
            let mark = self.path.len();
            self.path.push('.');
            self.path.push_str(name);
            let inner = Place { name, owner: key.span(), ..place };
            if key.scalar().is_none() {
                self.wrong(key, inner, "has a key that is no text");
            } else if !matches!(key_type, Type::String) {
                self.scalar(key_type, key, inner);
            }
            self.value(value_type, value, inner);
            self.path.truncate(mark);
        }
    }

    fn scalar(&mut self, ty: &'static Type, node: NodeRef<'t>, place: Place<'_>) {
        let text = node.scalar().unwrap_or_default();
        if self.takes_any(ty, text, place) {
            return;
        }
        let value = scalars::resolve(node, self.reader);
        // Null sets the zero value; the type's own parser does not run.
        let key = place.owner == node.span();
        if value == Value::Null && !(key && matches!(ty, Type::LabelName)) {
            return;
        }
        let Some((refusal, message, near)) = self.fault(ty, text, value, place) else { return };
        let template = matches!(ty, Type::Template | Type::Regex | Type::Matcher);
        if template || !placeholder::is_in(text) {
            self.push(refusal, node.span(), place.context, place.name, message, near);
        }
    }

    /// Whether no scalar can be wrong here, whatever its reader makes of it: most are texts.
    fn takes_any(&self, ty: &Type, text: &str, place: Place<'_>) -> bool {
        let text = match ty {
            Type::String | Type::LabelValue => true,
            Type::LabelName => !text.is_empty(),
            _ => false,
        };
        let typed = !matches!(self.reader, Reader::GoYamlV2 | Reader::GoYamlV3);
        text && !typed && place.field.numbers.is_none()
    }

    pub(crate) fn wrong(&mut self, node: NodeRef<'t>, place: Place<'_>, message: &str) {
        // A block is no place to point at: its key is.
        let span = if node.scalar().is_some() { node.span() } else { place.owner };
        let message = message.to_owned();
        self.push(Refusal::WrongType, span, place.context, place.name, message, None);
    }

    pub(crate) fn push(
        &mut self,
        refusal: Refusal,
        span: Span,
        context: &'static str,
        field: &str,
        message: String,
        suggestion: Option<String>,
    ) {
        let mut path = self.path.clone();
        if path.rsplit(['.', '[']).next() != Some(field) && !path.ends_with(']') {
            path.push_str(if path.is_empty() { "" } else { "." });
            path.push_str(field);
        }
        let field = field.to_owned();
        self.out.issues.push(SchemaIssue {
            refusal,
            span,
            path,
            context,
            field,
            message,
            suggestion,
        });
    }
}

/// Mimir, Cortex and Loki share their rule tools.
fn is_kin(dialect: &str, name: Option<&str>) -> bool {
    dialect == "mimir" && matches!(name, Some("cortex" | "loki"))
}

fn program(schema: &str) -> &'static str {
    match schema {
        "alertmanager" => "alertmanager",
        _ => "prometheus",
    }
}

/// What names an entry of a list.
fn item_owner(entry: NodeRef<'_>, list: Span) -> Span {
    if entry.scalar().is_some() {
        return if entry.span().start < entry.span().end { entry.span() } else { list };
    }
    let named = entry
        .first_of(&["job_name", "name", "alert", "record", "alertname", "receiver", "url"])
        .filter(|(_, value)| value.scalar().is_some_and(|text| !text.is_empty()))
        .map(|(_, value)| value.span());
    let first = || entry.pairs().next().map(|(key, _)| key.span());
    named.or_else(first).unwrap_or(list)
}

/// A key by which a test of objects states what they hold: `~.rules`, `(length(rules))`.
fn is_assertion(key: &str) -> bool {
    key.starts_with("~.") || (key.starts_with('(') && key.ends_with(')'))
}
