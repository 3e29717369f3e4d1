//! Search bodies, alone or inside documents of other shapes.

use super::{Fault, Form, How, LogQuery};
use super::{scoring, table};
use crate::facts::scalar::Scalar;
use crate::facts::schema::nearest;
use crate::facts::{DocumentId, FileFacts};
use crate::lang::placeholder;
use crate::parse::tree::NodeRef;
use crate::source::Span;

/// Deepest level at which a body is looked for in other shapes.
const DEPTH: usize = 8;
/// Most bodies of one document.
const MOST: usize = 2_000;

/// Reads into one search.
pub(super) struct Reader<'q> {
    pub(super) out: &'q mut LogQuery,
}

impl Reader<'_> {
    pub(super) fn fault(&mut self, span: Span, message: &str) {
        self.out.faults.push(Fault { span, message: message.to_owned(), since: None });
    }

    /// Whether a node is filled in later, or stands for another, which may be the one around it.
    pub(super) fn is_open(&mut self, node: NodeRef<'_>) -> bool {
        let open =
            node.is_unknown() || node.is_alias() || node.scalar().is_some_and(placeholder::is_in);
        self.out.open |= open;
        open
    }

    /// A whole search; `strict`: nothing but what a search takes may stand there.
    pub(super) fn body(&mut self, node: NodeRef<'_>, strict: bool) {
        for (key, value) in node.entries() {
            let Some(name) = key.scalar() else { continue };
            match name {
                "query" | "post_filter" => {
                    if name == "query" {
                        self.out.query_key = Some(key.span());
                    }
                    self.query(value, false, 0);
                }
                "aggs" | "aggregations" => self.aggregations(value, None, 0),
                "sort" => self.sort(Some(value)),
                "size" => self.out.size = Scalar::of(value),
                "_source" | "fields" | "docvalue_fields" => self.columns(value),
                _ if placeholder::is_in(name) => self.out.open = true,
                _ if strict && !table::body().contains(&name) => {
                    let near = nearest(table::body().iter().copied(), name);
                    let hint =
                        near.map_or(String::new(), |near| format!(" (did you mean `{near}`?)"));
                    let what = format!("`{name}` is no key of a search{hint}");
                    self.fault(key.span(), &what);
                }
                _ => {}
            }
        }
    }

    pub(super) fn sort(&mut self, node: Option<NodeRef<'_>>) {
        let Some(node) = node else { return };
        let items: Vec<NodeRef<'_>> =
            if node.is_sequence() { node.items().collect() } else { vec![node] };
        for item in items {
            let keys: Vec<Scalar> = match item.is_mapping() {
                true => item.entries().filter_map(|(key, _)| Scalar::of(key)).collect(),
                false => Scalar::of(item).into_iter().collect(),
            };
            for mut key in keys.into_iter().filter(|key| !key.text.starts_with('_')) {
                if let Some((bare, _)) = key.text.split_once(':') {
                    key.text = bare.to_owned();
                }
                self.out.used(key, How::Sort, false);
            }
        }
    }

    fn columns(&mut self, node: NodeRef<'_>) {
        let lists = [Some(node), node.get("includes"), node.get("include")];
        for item in lists.into_iter().flatten().flat_map(NodeRef::items) {
            let field = match item.is_mapping() {
                true => Scalar::under(item, "field"),
                false => Scalar::of(item),
            };
            if let Some(field) = field {
                self.out.used(field, How::Column, false);
            }
        }
    }
}

/// Keys that describe a search and are no part of it.
const LABELS: &[&str] = &[
    "name",
    "title",
    "description",
    "id",
    "type",
    "index",
    "indices",
    "comment",
    "_comment",
    "language",
    "method",
    "path",
    "params",
    "body",
    "indexes",
    "uri",
    "tags",
    "version_tag",
    "datafeed_id",
    "job_id",
    "frequency",
    "query_delay",
    "scroll_size",
    "chunking_config",
    "delayed_data_check_config",
    "indices_options",
    "max_empty_searches",
    "source",
    "dest",
    "conflicts",
    "max_docs",
    "script",
    "filter_path",
    "policy",
    "match",
    "range",
    "settings",
    "mappings",
    "is_write_index",
    "filter",
    "routing",
    "search_routing",
    "index_routing",
    "operations",
    "schedule",
    "challenges",
    "clients",
    "iterations",
    "operation-type",
    "cache",
    "meta",
    "_meta",
    "$schema",
    "alias",
    "enabled",
    "interval",
    "severity",
    "risk_score",
    "rule",
    "threat",
    "author",
    "license",
    "false_positives",
    "references",
    "rule_id",
    "created_at",
];

/// Reads the searches of a document.
pub(in crate::facts) fn read(root: NodeRef<'_>, document: DocumentId, facts: &mut FileFacts) {
    let whole = is_body(root);
    let labelled =
        root.entries().any(|(key, _)| key.scalar().is_some_and(|name| LABELS.contains(&name)));
    let mut open: Vec<(NodeRef<'_>, Option<Scalar>, usize)> = vec![(root, None, 0)];
    let mut found = 0;
    while let Some((node, name, depth)) = open.pop() {
        if node.is_alias() || depth > DEPTH || found >= MOST {
            continue;
        }
        if is_body(node) {
            found += 1;
            let form = if whole && depth == 0 { Form::Body } else { Form::Wrapped };
            let anchor = name.as_ref().map_or_else(
                || node.pairs().next().map_or(node.span(), |(key, _)| key.span()),
                |name| name.span,
            );
            let mut query = LogQuery::new(document, name, anchor, form);
            // A data feed asks for what came since it last asked.
            let feed = ["job_id", "datafeed_id", "query_delay", "scroll_size"];
            query.timed_elsewhere = feed.iter().any(|key| node.get(key).is_some());
            Reader { out: &mut query }.body(node, form == Form::Body && !labelled);
            scoring::read(node, &mut query);
            facts.log_queries.push(query);
            continue;
        }
        let below: Vec<_> = node
            .pairs()
            .map(|(key, value)| (value, Scalar::of(key)))
            .chain(node.items().map(|item| (item, title_of(item))))
            .filter(|(value, _)| value.is_mapping() || value.is_sequence())
            .collect();
        open.extend(below.into_iter().rev().map(|(value, name)| (value, name, depth + 1)));
    }
}

fn title_of(node: NodeRef<'_>) -> Option<Scalar> {
    ["name", "title", "id"].iter().find_map(|key| Scalar::under(node, key))
}

/// A mapping with a query or aggregations in it, as a search has.
fn is_body(node: NodeRef<'_>) -> bool {
    let kinds = |key: &str, is: fn(&str) -> bool| {
        node.get(key)
            .filter(|inner| inner.is_mapping())
            .is_some_and(|inner| inner.pairs().any(|(key, _)| key.scalar().is_some_and(is)))
    };
    let near =
        |name: &str| table::clause(name).is_some() || nearest(table::clauses(), name).is_some();
    let aggregated = |key: &str| {
        let of_kind = |body: NodeRef<'_>| {
            body.pairs().any(|(key, _)| {
                key.scalar().is_some_and(|name| {
                    table::aggregation(name).is_some()
                        || nearest(table::aggregations(), name).is_some()
                })
            })
        };
        node.get(key).is_some_and(|aggs| {
            aggs.is_mapping() && aggs.pairs().any(|(_, body)| body.is_mapping() && of_kind(body))
        })
    };
    kinds("query", near) || aggregated("aggs") || aggregated("aggregations")
}
