//! Saved objects of Kibana: exports of one object a line, lists of older releases, single ones.
//!
//! What an object holds as JSON in a text is parsed where it stands.

use super::body::Reader;
use super::{Fault, Form, How, LogQuery, SavedObject, text, visual};
use crate::facts::scalar::Scalar;
use crate::facts::{DocumentId, FileFacts};
use crate::parse::embed::{self, Host, Placed};
use crate::parse::tree::{NodeRef, Tree};
use crate::parse::{json, yaml};
use crate::source::Span;

/// What is written as JSON inside a text.
pub(super) struct Inner {
    placed: Placed,
    tree: Tree,
}

impl Inner {
    /// Parses a text that should be JSON; `Err` where it is none.
    pub(super) fn of(node: NodeRef<'_>, host: Host<'_>) -> Result<Option<Inner>, (Span, String)> {
        if node.is_null() || node.is_unknown() || node.scalar().is_none_or(str::is_empty) {
            return Ok(None);
        }
        let Some(placed) = embed::embedded(node, host) else { return Ok(None) };
        if let Some((range, message)) = json::fault(&placed.text) {
            // Something may be filled in before it is JSON.
            if crate::lang::placeholder::is_in(&placed.text) {
                return Ok(None);
            }
            return Err((placed.map.span(range.start, range.end), message));
        }
        let input = yaml::Input { text: &placed.text, map: &placed.map, masked: &placed.unknown };
        let tree = yaml::parse(&input);
        Ok(Some(Inner { placed, tree }))
    }

    /// Its value.
    pub(super) fn root(&self) -> Option<NodeRef<'_>> {
        self.tree.documents().next()
    }

    /// As the host of what it holds in turn.
    pub(super) fn host(&self) -> Host<'_> {
        Host { text: &self.placed.text, map: &self.placed.map, unknown: &self.placed.unknown }
    }
}

/// Reads the objects of a document: one, or a list of them.
pub(in crate::facts) fn read_objects(
    root: NodeRef<'_>,
    host: Host<'_>,
    document: DocumentId,
    facts: &mut FileFacts,
) {
    let lists = [Some(root), root.get("objects"), root.get("savedObjects")];
    let mut several = false;
    for item in lists.into_iter().flatten().flat_map(NodeRef::items) {
        several = true;
        if item.is_mapping() && !item.is_alias() {
            read_object(item, host, document, facts);
        }
    }
    if !several && root.is_mapping() {
        read_object(root, host, document, facts);
    }
}

/// Reads one object.
pub(in crate::facts) fn read_object(
    node: NodeRef<'_>,
    host: Host<'_>,
    document: DocumentId,
    facts: &mut FileFacts,
) {
    // The last line of an export counts what it holds.
    if node.get("exportedCount").is_some() {
        return;
    }
    let old = node.get("_source").is_some();
    let (kind, id, attributes) = match old {
        true => ("_type", "_id", node.get("_source")),
        false => ("type", "id", node.get("attributes")),
    };
    let kind = Scalar::under(node, kind);
    let id = Scalar::under(node, id);
    let title = attributes.and_then(|attributes| Scalar::under(attributes, "title"));
    let first = node.pairs().next().map_or(node.span(), |(key, _)| key.span());
    let named = title.as_ref().or(id.as_ref()).or(kind.as_ref());
    let mut object = SavedObject {
        document,
        anchor: named.map_or(first, |named| named.span),
        kind,
        id,
        title,
        references: references(node),
        faults: Vec::new(),
        old,
    };
    if !old {
        missing(&mut object, attributes.is_some(), first);
    }
    if let Some(attributes) = attributes {
        let from = facts.log_queries.len();
        Object { host, document, object: &mut object, facts }.read(attributes);
        // Kibana brings what older releases wrote into today's form before it asks.
        facts.log_queries[from..].iter_mut().for_each(|query| query.faults.clear());
    }
    facts.saved_objects.push(object);
}

fn missing(object: &mut SavedObject, attributes: bool, first: Span) {
    let anchor = object.anchor;
    let mut fault = |message: &str| {
        let span = if object.kind.is_some() || object.id.is_some() { anchor } else { first };
        object.faults.push(Fault { span, message: message.to_owned(), since: None });
    };
    if object.kind.is_none() {
        fault("has no `type`");
    }
    if !attributes {
        fault("has no `attributes`");
    }
}

fn references(node: NodeRef<'_>) -> Vec<(Scalar, Scalar)> {
    let list = node.get("references").into_iter().flat_map(NodeRef::items);
    list.filter_map(|one| Some((Scalar::under(one, "type")?, Scalar::under(one, "id")?))).collect()
}

/// The object that is being read.
pub(super) struct Object<'a, 'h> {
    pub(super) host: Host<'h>,
    pub(super) document: DocumentId,
    pub(super) object: &'a mut SavedObject,
    pub(super) facts: &'a mut FileFacts,
}

impl Object<'_, '_> {
    fn read(&mut self, attributes: NodeRef<'_>) {
        let kind = self.object.kind.as_ref().map(|kind| kind.text.clone());
        match kind.as_deref().unwrap_or_default() {
            "search" => self.search(attributes),
            "visualization" => {
                let mut query = self.query(Form::Visual);
                self.source(attributes, &mut query);
                let state = self.inner(attributes.get("visState"));
                if let Some(root) = state.as_ref().and_then(Inner::root) {
                    visual::classic(root, &mut query);
                }
                self.facts.log_queries.push(query);
            }
            "lens" => {
                let mut query = self.query(Form::Visual);
                visual::lens(attributes, &mut query);
                self.facts.log_queries.push(query);
            }
            "query" => {
                let mut query = self.query(Form::Search);
                if let Some(held) = attributes.get("query") {
                    bar(held, &mut query);
                }
                self.facts.log_queries.push(query);
            }
            "dashboard" => self.dashboard(attributes),
            _ => {}
        }
    }

    fn query(&self, form: Form) -> LogQuery {
        let title = self.object.title.clone();
        let mut query = LogQuery::new(self.document, title, self.object.anchor, form);
        query.timed_elsewhere = true;
        query
    }

    fn search(&mut self, attributes: NodeRef<'_>) {
        let mut query = self.query(Form::Search);
        for column in attributes.get("columns").into_iter().flat_map(NodeRef::items) {
            if let Some(column) = Scalar::of(column).filter(|column| column.text != "_source") {
                query.used(column, How::Column, false);
            }
        }
        for item in attributes.get("sort").into_iter().flat_map(NodeRef::items) {
            let field = item.items().next().unwrap_or(item);
            if let Some(field) = Scalar::of(field).filter(|it| !matches!(&*it.text, "asc" | "desc"))
            {
                query.used(field, How::Sort, false);
            }
        }
        self.source(attributes, &mut query);
        self.facts.log_queries.push(query);
    }

    /// `searchSourceJSON`: the search bar and its filters.
    fn source(&mut self, attributes: NodeRef<'_>, query: &mut LogQuery) {
        let held = attributes.at(&["kibanaSavedObjectMeta", "searchSourceJSON"]);
        let Some(source) = self.inner(held) else { return };
        if let Some(root) = source.root() {
            search_source(root, query);
        }
    }

    /// Panels that hold what they show themselves.
    fn dashboard(&mut self, attributes: NodeRef<'_>) {
        let Some(panels) = self.inner(attributes.get("panelsJSON")) else { return };
        let Some(root) = panels.root() else { return };
        for panel in root.items() {
            let config = panel.get("embeddableConfig").unwrap_or(panel);
            let title = Scalar::under(panel, "title").or_else(|| Scalar::under(config, "title"));
            let anchor = title.as_ref().map_or(self.object.anchor, |title| title.span);
            let mut query = LogQuery::new(self.document, title, anchor, Form::Visual);
            query.timed_elsewhere = true;
            if let Some(saved) = config.get("savedVis") {
                visual::classic(saved, &mut query);
                if let Some(source) = saved.at(&["data", "searchSource"]) {
                    search_source(source, &mut query);
                }
            } else if let Some(held) = config.get("attributes") {
                visual::lens(held, &mut query);
                let source = held.at(&["kibanaSavedObjectMeta", "searchSourceJSON"]);
                let inner = source.and_then(|node| Inner::of(node, panels.host()).ok().flatten());
                if let Some(root) = inner.as_ref().and_then(Inner::root) {
                    search_source(root, &mut query);
                }
            }
            if !query.uses.is_empty() {
                self.facts.log_queries.push(query);
            }
        }
    }

    /// JSON in a text; what is none is a fault of the object.
    fn inner(&mut self, node: Option<NodeRef<'_>>) -> Option<Inner> {
        match Inner::of(node?, self.host) {
            Ok(inner) => inner,
            Err((span, message)) => {
                let message = format!("holds a text that is no JSON: {message}");
                self.object.faults.push(Fault { span, message, since: None });
                None
            }
        }
    }
}

/// `{ query: { query, language }, filter: […] }`.
pub(super) fn search_source(root: NodeRef<'_>, query: &mut LogQuery) {
    if let Some(held) = root.get("query") {
        bar(held, query);
    }
    for filter in root.get("filter").into_iter().flat_map(NodeRef::items) {
        let negated = filter.at(&["meta", "negate"]).and_then(NodeRef::scalar) == Some("true");
        if filter.at(&["meta", "disabled"]).and_then(NodeRef::scalar) == Some("true") {
            continue;
        }
        let mut reader = Reader { out: query };
        match filter.get("query") {
            Some(held) => reader.query(held, negated, 0),
            // `range`, `exists` and `query_string` beside `meta`, as older releases write them.
            None => {
                for kind in ["range", "exists", "term", "terms", "match_phrase"] {
                    if let Some(body) = filter.get(kind) {
                        reader.bare(kind, body, negated);
                    }
                }
            }
        }
    }
}

/// The search bar: a text with its language, or a query body.
pub(super) fn bar(held: NodeRef<'_>, query: &mut LogQuery) {
    match held.get("query") {
        Some(words) if words.is_mapping() => Reader { out: query }.query(words, false, 0),
        Some(words) => text::read(words, query),
        None => match held.get("esql") {
            Some(words) => text::read(words, query),
            None if held.is_mapping()
                && held.pairs().len() > 0
                && held.get("language").is_none() =>
            {
                Reader { out: query }.query(held, false, 0);
            }
            None => {}
        },
    }
}

impl Reader<'_> {
    fn bare(&mut self, kind: &str, body: NodeRef<'_>, negated: bool) {
        if kind == "exists" {
            if let Some(field) = Scalar::under(body, "field") {
                self.out.used(field, How::Exists, negated);
            }
            return;
        }
        for (key, value) in body.entries() {
            let Some(field) = Scalar::of(key) else { continue };
            if kind != "range" {
                let value = Scalar::of(value).into_iter().collect();
                self.field(field, How::Exact, value, negated);
                continue;
            }
            for (bound, value) in value.entries() {
                let above = matches!(bound.scalar(), Some("gt" | "gte" | "from"));
                let how = if above { How::Above } else { How::Below };
                self.field(field.clone(), how, Scalar::of(value).into_iter().collect(), negated);
            }
        }
    }
}
