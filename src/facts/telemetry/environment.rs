//! Variables of OpenTelemetry's SDKs, wherever a program's environment is set: containers,
//! ConfigMaps, images, environment files, values of charts.

pub(in crate::facts) mod lines;

use crate::facts::scalar::Scalar;
use crate::facts::subject::{Held, SubjectKind};
use crate::facts::{DocumentId, FileFacts, Subject};
use crate::identify::Kind;
use crate::parse::tree::NodeRef;
use crate::source::Span;
use std::collections::HashSet;

/// A variable of an SDK.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct OtelVariable {
    /// Where it is set.
    pub document: DocumentId,
    /// Its name.
    pub name: Scalar,
    /// Its value.
    pub value: Scalar,
    /// The container it is set on, by its name's place.
    pub container: Option<Span>,
}

/// What the names of all of them begin with.
pub(in crate::facts) const PREFIX: &str = "OTEL_";

impl OtelVariable {
    /// The variable, if its name is one of an SDK.
    pub(in crate::facts) fn of(
        document: DocumentId,
        name: &Scalar,
        value: &Scalar,
        container: Option<Span>,
    ) -> Option<OtelVariable> {
        let is = name.text.starts_with(PREFIX) && name.known;
        is.then(|| OtelVariable { document, name: name.clone(), value: value.clone(), container })
    }
}

/// Notes which names of variables source code holds.
pub(super) fn mentions(text: &str, document: DocumentId, facts: &mut FileFacts) {
    let mut seen: Vec<&str> = Vec::new();
    for at in memchr::memmem::find_iter(text.as_bytes(), PREFIX.as_bytes()) {
        let rest = &text[at..];
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let name = &rest[..end.unwrap_or(rest.len())];
        if !seen.contains(&name) && seen.len() < MOST_NAMES {
            seen.push(name);
            facts.variable_mentions.push((document, name.to_owned()));
        }
    }
}

/// Most names that are kept of one file.
const MOST_NAMES: usize = 64;

/// Deepest level of the values of a chart that is searched.
const MAX_DEPTH: usize = 24;

/// Reads the variables of a document whose containers and maps were read before.
pub(super) fn read(root: NodeRef<'_>, id: DocumentId, facts: &mut FileFacts) {
    let mut found = Vec::new();
    for container in facts.containers.iter().filter(|container| container.document == id) {
        let pairs = container.env.entries.iter();
        let place = Some(container.name.span);
        found.extend(pairs.filter_map(|(name, value)| OtelVariable::of(id, name, value, place)));
    }
    for map in facts.config_maps.iter().filter(|map| map.document == id) {
        let pairs = map.data.entries.iter();
        found.extend(pairs.filter_map(|(name, value)| OtelVariable::of(id, name, value, None)));
    }
    let kind = facts.documents[id.index as usize].kind;
    let object = root.get("kind").and_then(NodeRef::scalar);
    if kind == Kind::HelmValues || object == Some("Instrumentation") {
        pairs(root, id, &mut found);
    }
    facts.otel_variables.extend(found);
}

/// `OTEL_X: value` and `{name: OTEL_X, value: …}` at any place.
fn pairs(root: NodeRef<'_>, id: DocumentId, found: &mut Vec<OtelVariable>) {
    let mut open = vec![(root, 0)];
    // Through aliases the same node comes again, and inside itself without an end.
    let mut seen = HashSet::new();
    while let Some((node, depth)) = open.pop() {
        if depth > MAX_DEPTH || node.tree().aliased && !seen.insert(node.resolve().id()) {
            continue;
        }
        if let (Some(name), Some(value)) =
            (node.get("name").and_then(Scalar::of), node.get("value").and_then(Scalar::of))
        {
            found.extend(OtelVariable::of(id, &name, &value, None));
        }
        for (key, value) in node.entries() {
            if let (Some(name), Some(value)) = (Scalar::of(key), Scalar::of(value)) {
                found.extend(OtelVariable::of(id, &name, &value, None));
            }
            open.push((value, depth + 1));
        }
        open.extend(node.items().map(|item| (item, depth + 1)));
    }
}

impl Subject for OtelVariable {
    fn kind(&self) -> SubjectKind {
        SubjectKind::OtelVariable
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        self.name.text.clone()
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.name.span)
    }
    fn field(&self, path: &str) -> Held<'_> {
        match path {
            "name" => self.name.held(),
            "value" => self.value.held(),
            _ => Held::Nothing,
        }
    }
    fn field_span(&self, path: &str) -> Option<Span> {
        match path {
            "name" => Some(self.name.span),
            "value" => Some(self.value.span),
            _ => None,
        }
    }
}
