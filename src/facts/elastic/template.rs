//! Index templates of all shapes: legacy, composable, component, and the body of an index.

use super::policy::LifecyclePolicy;
use super::{Endpoint, request_of};
use crate::facts::scalar::Scalar;
use crate::facts::settings::{Setting, Settings};
use crate::facts::subject::SubjectKind;
use crate::facts::{DocumentId, FileFacts, Subject};
use crate::identify::Kind;
use crate::parse::tree::NodeRef;
use crate::source::Span;

/// Deepest nesting of fields that is read.
const DEPTH: usize = 20;
/// Most fields that are read of one template.
const MOST: usize = 10_000;

/// The shape of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum Form {
    /// `_template`: settings and mappings at the root.
    Legacy,
    /// `_index_template`: they stand under `template`.
    Composable,
    /// `_component_template`.
    Component,
    /// The body of an index: no patterns.
    Index,
}

/// A template, or the body of an index.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct IndexTemplate {
    /// Where it came from.
    pub document: DocumentId,
    /// Its patterns' key, or the first key.
    pub anchor: Span,
    /// Its shape.
    pub form: Form,
    /// The request that sends it says its shape.
    pub form_is_stated: bool,
    /// Its name, where a request says it.
    pub name: Option<String>,
    /// `index_patterns`.
    pub patterns: Vec<Scalar>,
    /// The key of the patterns.
    pub patterns_key: Option<Span>,
    /// Keys at the root.
    pub keys: Vec<Scalar>,
    /// Settings of the indices, without a leading `index.`.
    pub settings: Settings,
    /// The key of the mappings.
    pub mappings: Option<Span>,
    /// Fields in the order of the file.
    pub fields: Vec<Field>,
    /// `dynamic` of the whole mapping.
    pub dynamic: Option<Scalar>,
    /// The key of `dynamic_templates`.
    pub dynamic_templates: Option<Span>,
    /// Names in these templates without `*`, and the types they are given.
    pub dynamic_fields: Vec<(String, String)>,
    /// `composed_of`.
    pub composed_of: Vec<Scalar>,
    /// `priority`, or `order` of a legacy one.
    pub priority: Option<Scalar>,
    /// The key `data_stream`.
    pub data_stream: Option<Span>,
    /// `lifecycle` of a data stream.
    pub lifecycle: Option<StreamLifecycle>,
    /// Aliases, and whether each is the one to write to.
    pub aliases: Vec<(Scalar, bool)>,
    /// It stands inside a node's settings file, where nobody reads it.
    pub in_node_file: bool,
    /// Nothing may be concluded from what is absent.
    pub open: bool,
}

/// A field of a mapping.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Field {
    /// All names, joined by dots.
    pub path: String,
    /// Its name.
    pub key: Span,
    /// `type`.
    pub kind: Option<Scalar>,
    /// `dynamic`.
    pub dynamic: Option<Scalar>,
    /// `enabled`.
    pub enabled: Option<Scalar>,
    /// `analyzer`.
    pub analyzer: Option<Scalar>,
    /// It lists fields of its own.
    pub has_properties: bool,
    /// Types of the other ways it is indexed, such as `keyword`.
    pub subfields: Vec<String>,
}

/// Lifecycle of a data stream.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct StreamLifecycle {
    /// Its key.
    pub span: Span,
    /// `data_retention`.
    pub retention: Option<Scalar>,
    /// `enabled`.
    pub enabled: Option<Scalar>,
}

impl StreamLifecycle {
    /// Reads `lifecycle: { data_retention: 7d }`.
    pub fn of(span: Span, node: NodeRef<'_>) -> StreamLifecycle {
        StreamLifecycle {
            span,
            retention: Scalar::under(node, "data_retention"),
            enabled: Scalar::under(node, "enabled"),
        }
    }
}

/// Reads a template.
pub fn read(root: NodeRef<'_>, id: DocumentId, masked: bool, facts: &mut FileFacts) {
    if !root.is_mapping() {
        return;
    }
    let document = &facts.documents[id.index as usize];
    let in_node_file = document.kind != Kind::IndexTemplate;
    let request = request_of(id, facts);
    let inner = root.get("template").filter(|inner| inner.is_mapping());
    let patterns_entry = root.entry("index_patterns").or_else(|| {
        // Before 6.0 the pattern stood under `template`.
        root.entry("template").filter(|(_, node)| node.scalar().is_some())
    });
    let list = |node: NodeRef<'_>| match Scalar::of(node) {
        Some(one) => vec![one],
        None => node.items().filter_map(Scalar::of).collect(),
    };
    let (form, form_is_stated) = form(root, inner, request.as_ref().map(|(endpoint, _)| *endpoint));
    let first = root.pairs().next().map(|(key, _)| key.span());
    let mut template = IndexTemplate {
        document: id,
        anchor: patterns_entry.map(|(key, _)| key.span()).or(first).unwrap_or(document.anchor),
        form,
        form_is_stated,
        name: request.clone().map(|(_, name)| name).filter(|name| !name.is_empty()),
        patterns: patterns_entry.map(|(_, node)| list(node)).unwrap_or_default(),
        patterns_key: patterns_entry.map(|(key, _)| key.span()),
        keys: root.pairs().filter_map(|(key, _)| Scalar::of(key)).collect(),
        settings: Settings { entries: Vec::new(), open: masked },
        mappings: None,
        fields: Vec::new(),
        dynamic: None,
        dynamic_templates: None,
        dynamic_fields: Vec::new(),
        composed_of: root.get("composed_of").map(list).unwrap_or_default(),
        priority: Scalar::under(root, "priority").or_else(|| Scalar::under(root, "order")),
        data_stream: root.entry("data_stream").map(|(key, _)| key.span()),
        lifecycle: None,
        aliases: Vec::new(),
        in_node_file,
        open: masked,
    };
    for part in [Some(root), inner].into_iter().flatten() {
        template.part(part);
    }
    match request.as_ref().map(|(endpoint, _)| *endpoint) {
        Some(Endpoint::Settings) if root.get("settings").is_none() => template.set(root),
        Some(Endpoint::Mapping) => template.mapping(of_type(root)),
        _ => {}
    }
    if let Some(stream) = template.lifecycle.clone().filter(|_| !template.in_node_file) {
        facts.lifecycle_policies.push(LifecyclePolicy::of_stream(id, stream, masked));
    }
    facts.index_templates.push(template);
}

/// The shape, and whether the request says it.
fn form(root: NodeRef<'_>, inner: Option<NodeRef<'_>>, endpoint: Option<Endpoint>) -> (Form, bool) {
    match endpoint {
        Some(Endpoint::IndexTemplate) => return (Form::Composable, true),
        Some(Endpoint::ComponentTemplate) => return (Form::Component, true),
        Some(Endpoint::LegacyTemplate) => return (Form::Legacy, true),
        Some(Endpoint::Index | Endpoint::Settings | Endpoint::Mapping) => {
            return (Form::Index, true);
        }
        _ => {}
    }
    let has = |key: &str| root.get(key).is_some();
    let composable = has("composed_of") || has("data_stream") || has("priority");
    let form = match (inner.is_some(), has("index_patterns")) {
        (true, true) => Form::Composable,
        (_, _) if composable => Form::Composable,
        (true, false) => Form::Component,
        (false, true) => Form::Legacy,
        (false, false) if root.get("template").is_some() => Form::Legacy,
        (false, false) => Form::Index,
    };
    (form, false)
}

impl IndexTemplate {
    /// Reads settings, mappings, aliases and lifecycle of one level.
    fn part(&mut self, node: NodeRef<'_>) {
        if let Some(settings) = node.get("settings").filter(|node| node.is_mapping()) {
            self.set(settings);
        }
        if let Some((key, lifecycle)) = node.entry("lifecycle") {
            self.lifecycle = Some(StreamLifecycle::of(key.span(), lifecycle));
        }
        for (name, alias) in node.get("aliases").map(NodeRef::entries).unwrap_or_default() {
            let write = Scalar::under(alias, "is_write_index").and_then(|it| it.boolean());
            self.aliases.extend(Scalar::of(name).map(|name| (name, write == Some(true))));
        }
        let Some((key, mappings)) = node.entry("mappings").filter(|(_, it)| it.is_mapping()) else {
            self.open |= node.get("mappings").is_some_and(NodeRef::is_unknown);
            return;
        };
        self.mappings = Some(key.span());
        self.mapping(of_type(mappings));
    }

    fn set(&mut self, settings: NodeRef<'_>) {
        let found = Settings::of(settings, false);
        self.settings.open |= found.open;
        self.settings.entries.extend(found.entries.into_iter().map(|mut setting| {
            if let Some(rest) = setting.key.strip_prefix("index.") {
                setting.key = rest.to_owned();
            }
            setting
        }));
    }

    fn mapping(&mut self, node: NodeRef<'_>) {
        self.dynamic = Scalar::under(node, "dynamic").or(self.dynamic.take());
        let templates = node.entry("dynamic_templates").map(|(key, _)| key.span());
        self.dynamic_templates = templates.or(self.dynamic_templates);
        let named = node.get("dynamic_templates").into_iter().flat_map(NodeRef::items);
        for (_, rule) in named.flat_map(NodeRef::pairs).take(MOST) {
            let kind = rule.at(&["mapping", "type"]).and_then(NodeRef::scalar);
            let name = |key: &str| rule.get(key).and_then(NodeRef::scalar);
            let name = name("path_match").or_else(|| name("match"));
            let Some((name, kind)) = name.zip(kind).filter(|(name, _)| !name.contains('*')) else {
                continue;
            };
            self.dynamic_fields.push((name.to_owned(), kind.to_owned()));
        }
        self.properties(node, "", 0);
    }

    fn properties(&mut self, node: NodeRef<'_>, above: &str, depth: usize) {
        let Some(properties) = node.get("properties").filter(|_| depth < DEPTH) else { return };
        self.open |= properties.is_unknown();
        for (key, field) in properties.entries() {
            let Some(name) = key.scalar().filter(|_| self.fields.len() < MOST) else { continue };
            if !field.is_mapping() {
                continue;
            }
            let path = match above {
                "" => name.to_owned(),
                above => format!("{above}.{name}"),
            };
            let subfields = field.get("fields").map(NodeRef::entries).unwrap_or_default();
            self.fields.push(Field {
                path: path.clone(),
                key: key.span(),
                kind: Scalar::under(field, "type"),
                dynamic: Scalar::under(field, "dynamic"),
                enabled: Scalar::under(field, "enabled"),
                analyzer: Scalar::under(field, "analyzer"),
                has_properties: field.get("properties").is_some(),
                subfields: subfields
                    .filter_map(|(_, sub)| sub.get("type")?.scalar().map(str::to_owned))
                    .collect(),
            });
            self.properties(field, &path, depth + 1);
        }
    }

    /// A setting of its indices, with or without `index.` before it.
    pub fn setting(&self, key: &str) -> Option<&Setting> {
        self.settings.get(key)
    }

    /// A field by all its names.
    pub fn field(&self, path: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.path == path)
    }
}

/// Before 7.0 a mapping stood under the name of its type.
fn of_type(mappings: NodeRef<'_>) -> NodeRef<'_> {
    const OWN: &[&str] = &[
        "properties",
        "dynamic",
        "dynamic_templates",
        "_source",
        "_meta",
        "_routing",
        "date_detection",
        "numeric_detection",
        "dynamic_date_formats",
        "runtime",
        "_data_stream_timestamp",
        "subobjects",
        "_size",
    ];
    let mut entries = mappings.pairs();
    match (entries.next(), entries.next()) {
        (Some((name, inner)), None)
            if inner.is_mapping()
                && !OWN.contains(&name.scalar().unwrap_or_default())
                && inner
                    .pairs()
                    .any(|(key, _)| OWN.contains(&key.scalar().unwrap_or_default())) =>
        {
            inner
        }
        _ => mappings,
    }
}

impl Subject for IndexTemplate {
    fn kind(&self) -> SubjectKind {
        SubjectKind::IndexTemplate
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        let pattern = || self.patterns.first().map(|pattern| pattern.text.clone());
        match self.name.clone().or_else(pattern) {
            Some(name) => format!("index template {name}"),
            None => "index template".to_owned(),
        }
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.anchor)
    }
}
