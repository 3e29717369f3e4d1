//! ConfigMaps, the texts of Secrets, and who refers to either.

use super::scalar::{Pairs, Scalar};
use super::schema::scalars::{Value, resolve};
use super::schema::table::Reader;
use super::subject::{Held, SubjectKind};
use super::{DocumentId, FileFacts, ObjectName, Subject};
use crate::parse::tree::NodeRef;
use crate::source::Span;

/// A ConfigMap or a Secret.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct ConfigMap {
    /// Where it came from.
    pub document: DocumentId,
    /// The object.
    pub object: ObjectName,
    /// Its name, or its `kind` where it has none.
    pub anchor: Span,
    /// `data` of a ConfigMap, `stringData` of a Secret: values that are scalars.
    pub data: Pairs,
    /// Values that are no strings.
    pub ill_typed: Vec<IllTyped>,
}

/// A value that the API server refuses because it is no string.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct IllTyped {
    /// Its key.
    pub key: Scalar,
    /// The value, or the key of one that is no scalar.
    pub span: Span,
    /// The value as written, where quotes around it mend it.
    pub text: Option<String>,
    /// What it is read as: `a number`.
    #[borsh(deserialize_with = "crate::kept::word")]
    pub what: &'static str,
}

/// A place that names a ConfigMap or a Secret.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct MapReference {
    /// Where it came from.
    pub document: DocumentId,
    /// A Secret, not a ConfigMap.
    pub secret: bool,
    /// The name of the map.
    pub name: Scalar,
    /// The key, where one is named.
    pub key: Option<Scalar>,
    /// All its keys become variables of the environment.
    pub whole_environment: bool,
}

/// Deepest level of an object that is searched for references.
const MAX_DEPTH: usize = 24;

/// Reads a ConfigMap or Secret, and what any object refers to.
pub fn read(root: NodeRef<'_>, document: DocumentId, facts: &mut FileFacts) {
    let found = &facts.documents[document.index as usize];
    let masked = found.masked;
    let Some(object) = found.object.clone() else { return };
    match object.kind.as_str() {
        "ConfigMap" | "Secret" if object.api_version == "v1" => {
            let field = if object.kind == "Secret" { "stringData" } else { "data" };
            let named = root.at(&["metadata", "name"]).or_else(|| root.get("kind"));
            let data = root.get(field);
            facts.config_maps.push(ConfigMap {
                document,
                anchor: named.map_or(root.span().at_start(), NodeRef::span),
                data: data.map_or_else(
                    || Pairs { open: masked, ..Pairs::default() },
                    |data| Pairs::of(data, masked),
                ),
                ill_typed: data.map(|data| ill_typed(data, masked)).unwrap_or_default(),
                object,
            });
        }
        _ => references(root, document, facts, 0),
    }
}

/// What the API server reads as no string; a null is taken.
fn ill_typed(data: NodeRef<'_>, masked: bool) -> Vec<IllTyped> {
    let mut found = Vec::new();
    for (key, value) in data.entries() {
        let Some(key) = Scalar::of(key) else { continue };
        if value.is_unknown() {
            continue;
        }
        if value.scalar().is_none() {
            let what = if value.is_sequence() { "a list" } else { "a mapping" };
            // A template fills in what stands there.
            if !masked && (value.is_sequence() || value.is_mapping()) {
                found.push(IllTyped { span: key.span, key, text: None, what });
            }
            continue;
        }
        if Scalar::of(value).is_none_or(|scalar| !scalar.known) {
            continue;
        }
        let what = match resolve(value, Reader::GoYamlV2) {
            Value::Int(_) => "a whole number",
            Value::Float(_) => "a number",
            Value::Bool(_) => "a boolean",
            Value::Null | Value::Text(_) => continue,
        };
        let quotable = !value.is_alias() && value.tag().is_none();
        let text = value.scalar().filter(|_| quotable).map(str::to_owned);
        found.push(IllTyped { key, span: value.span(), text, what });
    }
    found
}

fn references(node: NodeRef<'_>, document: DocumentId, facts: &mut FileFacts, depth: usize) {
    if depth > MAX_DEPTH || node.is_alias() {
        return;
    }
    for item in node.items() {
        references(item, document, facts, depth + 1);
    }
    for (key, value) in node.pairs() {
        let row = key.scalar().and_then(|key| REFERENCES.iter().find(|(known, ..)| *known == key));
        if let Some(&(_, secret, field, whole_environment)) = row {
            let name =
                if field.is_empty() { Scalar::of(value) } else { Scalar::under(value, field) };
            if let Some(name) = name {
                let key = Scalar::under(value, "key");
                let reference = MapReference { document, secret, name, key, whole_environment };
                facts.map_references.push(reference);
            }
        }
        if value.is_mapping() || value.is_sequence() {
            references(value, document, facts, depth + 1);
        }
    }
}

/// Keys that name a map: whether a Secret, the field with the name (none: the value itself), and
/// whether all keys become variables.
const REFERENCES: &[(&str, bool, &str, bool)] = &[
    ("configMapKeyRef", false, "name", false),
    ("configMapRef", false, "name", true),
    ("configMap", false, "name", false),
    ("configMapName", false, "", false),
    ("configMapSelector", false, "name", false),
    ("secretKeyRef", true, "name", false),
    ("secretRef", true, "name", true),
    ("secret", true, "secretName", false),
    ("secretName", true, "", false),
];

impl Subject for ConfigMap {
    fn kind(&self) -> SubjectKind {
        SubjectKind::ConfigMap
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        format!("{} {}", self.object.kind, self.object.name)
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.anchor)
    }
    fn field(&self, path: &str) -> Held<'_> {
        match path {
            "name" => Held::Text(&self.object.name),
            "kind" => Held::Text(&self.object.kind),
            _ => Held::Nothing,
        }
    }
    fn field_span(&self, path: &str) -> Option<Span> {
        (path == "name").then_some(self.anchor)
    }
}
