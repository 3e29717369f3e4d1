//! What a Logstash pipeline does to the fields of its events: which it reads, which it writes.

use super::Repo;
use crate::facts::DocumentId;
use crate::facts::logstash::{Pipeline, Plugin, Role, Value};
use crate::facts::scalar::Scalar;
use crate::lang::logstash::event::{interpolations, is_same, path};
use crate::lang::logstash::{Kind, NodeId, Test};
use crate::source::Span;
use std::collections::BTreeMap;

/// The parts of one pipeline: Logstash joins the files of a folder.
#[derive(Debug, Default)]
pub struct Groups {
    of: BTreeMap<DocumentId, usize>,
    members: Vec<Vec<DocumentId>>,
}

impl Groups {
    pub(super) fn of(repo: &Repo) -> Groups {
        let mut groups = Groups::default();
        let mut open: BTreeMap<(Option<DocumentId>, String), usize> = BTreeMap::new();
        // Logstash joins what an entry of its list names.
        for documents in repo.listed_pipelines() {
            let new: Vec<DocumentId> =
                documents.into_iter().filter(|id| !groups.of.contains_key(id)).collect();
            if !new.is_empty() {
                groups.of.extend(new.iter().map(|id| (*id, groups.members.len())));
                groups.members.push(new);
            }
        }
        for pipeline in &repo.facts.logstash_pipelines {
            let id = pipeline.document;
            if groups.of.contains_key(&id) {
                continue;
            }
            let has = |role: Role| repo.plugins(id).iter().any(|plugin| plugin.role == role);
            // What has an input and an output is a pipeline of its own.
            let whole = has(Role::Input) && has(Role::Output);
            let file = &repo.source(id.source).path;
            let folder = crate::lang::path::folder(file).to_owned();
            let key = (repo.document(id).host, folder);
            let at = match open.get(&key).filter(|_| !whole) {
                Some(&at) => at,
                None => {
                    groups.members.push(Vec::new());
                    let at = groups.members.len() - 1;
                    if !whole {
                        open.insert(key, at);
                    }
                    at
                }
            };
            groups.members[at].push(id);
            groups.of.insert(id, at);
        }
        groups
    }

    /// The documents that are one pipeline with this one.
    pub fn with(&self, document: DocumentId) -> &[DocumentId] {
        self.of.get(&document).map_or(&[], |at| &self.members[*at])
    }
}

/// A pipeline with all its parts.
#[derive(Clone, Debug)]
pub struct Joined<'r> {
    repo: &'r Repo,
    /// Its parts.
    pub parts: &'r [DocumentId],
}

impl Repo {
    /// The pipeline that a document is a part of.
    pub fn joined(&self, document: DocumentId) -> Joined<'_> {
        Joined { repo: self, parts: self.logstash_groups().with(document) }
    }
}

impl<'r> Joined<'r> {
    /// All its plugins.
    pub fn plugins(&self) -> impl Iterator<Item = &'r Plugin> + use<'r> {
        let repo = self.repo;
        self.parts.iter().flat_map(move |part| repo.plugins(*part))
    }

    /// Its plugins of a role.
    pub fn of_role(&self, role: Role) -> impl Iterator<Item = &'r Plugin> + use<'r> {
        self.plugins().filter(move |plugin| plugin.role == role)
    }

    /// Whether a part of it is filled in by something else, so that nothing may be concluded from
    /// what is absent, or it is only a part: no input or no output is here.
    pub fn is_open(&self) -> bool {
        self.parts.iter().any(|part| {
            let document = self.repo.document(*part);
            document.masked || document.broken
        }) || self.of_role(Role::Input).next().is_none()
            || self.of_role(Role::Output).next().is_none()
    }

    /// Texts and patterns in conditions.
    pub fn words_in_conditions(&self) -> impl Iterator<Item = &'r str> + use<'r> {
        let repo = self.repo;
        self.parts.iter().filter_map(move |part| repo.pipeline(*part)).flat_map(|pipeline| {
            let leaf = |node: &&crate::lang::logstash::Node| {
                matches!(node.kind, Kind::Text | Kind::Regexp)
                    && matches!(pipeline.tree.node(node.parent).kind, Kind::Test(_))
            };
            pipeline.tree.nodes.iter().filter(leaf).map(|node| pipeline.slice(node.extent))
        })
    }

    /// Values that filters give to a field.
    pub fn assigned(&self, field: &str) -> Vec<(&'r Plugin, &'r Scalar)> {
        let ways = ["add_field", "replace", "update", "coerce"];
        let mut found = Vec::new();
        for plugin in self.plugins().filter(|plugin| plugin.role != Role::Output) {
            for option in plugin.options.iter().filter(|one| ways.contains(&one.name.text.as_str()))
            {
                for (key, value) in option.value.pairs() {
                    if let Some(value) = value.scalar().filter(|_| is_same(&key.text, field)) {
                        found.push((plugin, value));
                    }
                }
            }
        }
        found
    }

    /// Whether a filter writes a field in small letters.
    pub fn is_lowercased(&self, field: &str) -> bool {
        self.of_role(Role::Filter).filter(|plugin| plugin.name.text == "mutate").any(|plugin| {
            let list = plugin.value("lowercase").map(Value::scalars).unwrap_or_default();
            list.iter().any(|one| is_same(&one.text, field))
        })
    }

    /// Whether the pipeline asks what to do where a field is missing.
    pub fn has_default(&self, field: &str) -> bool {
        let asks = self.parts.iter().filter_map(|part| self.repo.pipeline(*part)).any(|pipeline| {
            pipeline.tree.nodes.iter().any(|node| {
                node.kind == Kind::Selector
                    && pipeline.tree.node(node.parent).kind == Kind::Not
                    && is_same(pipeline.slice(node.extent), field)
            })
        });
        asks || self.of_role(Role::Filter).any(|plugin| {
            let coerced = plugin.value("coerce").map(Value::pairs).unwrap_or_default();
            coerced.iter().any(|(key, _)| is_same(&key.text, field))
        })
    }
}

/// How a condition around a plugin speaks of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Guarded {
    /// Not at all.
    No,
    /// It is there.
    Present,
    /// It is one of the words named.
    Pinned,
}

impl Pipeline {
    /// What the conditions around a node say of a field.
    pub fn guarded(&self, node: NodeId, field: &str) -> Guarded {
        let mut best = Guarded::No;
        for above in self.tree.ancestors(node).take(64) {
            if self.tree.node(above).kind != Kind::If {
                continue;
            }
            let Some(condition) = self.tree.children(above).next() else { continue };
            for test in self.tree.subtree(condition) {
                let Kind::Test(how) = self.tree.node(test).kind else { continue };
                let mut sides = self.tree.children(test);
                let left = sides.next().map(|side| self.slice(self.tree.node(side).extent));
                if !left.is_some_and(|left| is_same(left, field)) {
                    continue;
                }
                best = best.max(match how {
                    Test::Equal | Test::In | Test::Matches => Guarded::Pinned,
                    Test::Truthy | Test::Unequal => Guarded::Present,
                    _ => Guarded::No,
                });
            }
        }
        best
    }

    /// Fields that the pipeline reads, in the order of the text: in conditions, in texts, and by
    /// what filters are told to take.
    pub fn reads(&self, plugins: &[Plugin]) -> Vec<(String, Span)> {
        let mut found: Vec<(String, Span)> = Vec::new();
        for node in &self.tree.nodes {
            if node.kind == Kind::Selector {
                let first = path(self.slice(node.extent)).first().map(|part| (*part).to_owned());
                found.extend(first.map(|first| (first, self.span(node.extent))));
            }
        }
        for plugin in plugins.iter().filter(|plugin| plugin.role != Role::Input) {
            let name = plugin.name.text.as_str();
            for option in &plugin.options {
                let takes = takes_fields(name, &option.name.text);
                for value in option.value.texts() {
                    for (range, field) in interpolations(&value.text) {
                        push(field, inner(value, range), &mut found);
                    }
                }
                let named = match (takes, &option.value) {
                    (Takes::No, _) => Vec::new(),
                    (Takes::First, value) => value.scalars().into_iter().take(1).collect(),
                    (Takes::All, Value::Hash(entries, _)) => {
                        entries.iter().map(|(key, _)| key).collect()
                    }
                    (Takes::All, value) => value.scalars(),
                };
                for field in
                    named.into_iter().filter(|field| field.known && !field.text.contains("%{"))
                {
                    push(&field.text, field.span, &mut found);
                }
            }
        }
        found.sort_by_key(|(_, span)| *span);
        found
    }
}

fn push(field: &str, span: Span, found: &mut Vec<(String, Span)>) {
    if let Some(first) = path(field).first() {
        found.push(((*first).to_owned(), span));
    }
}

/// The place of a part of a text that stands letter by letter.
pub fn inner(scalar: &Scalar, range: std::ops::Range<usize>) -> Span {
    let span = scalar.span;
    if span.range().len() != scalar.text.len() {
        return span;
    }
    let start = span.start as usize;
    Span::new(span.source, start + range.start, start + range.end)
}

/// Which texts of an option are names of fields that are read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Takes {
    No,
    First,
    All,
}

fn takes_fields(plugin: &str, option: &str) -> Takes {
    match (plugin, option) {
        ("date", "match") => Takes::First,
        (
            "mutate",
            "rename" | "convert" | "uppercase" | "lowercase" | "capitalize" | "strip" | "split"
            | "join" | "copy",
        ) => Takes::All,
        (
            "geoip" | "useragent" | "translate" | "json" | "kv" | "csv" | "xml" | "fingerprint"
            | "syslog_pri",
            "source" | "syslog_pri_field_name",
        ) => Takes::All,
        _ => Takes::No,
    }
}
