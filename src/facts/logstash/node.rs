//! Settings of Logstash itself, and its list of pipelines.

use crate::facts::scalar::Scalar;
use crate::facts::settings::Settings;
use crate::facts::subject::SubjectKind;
use crate::facts::{DocumentId, FileFacts, Subject};
use crate::parse::tree::NodeRef;
use crate::source::Span;

/// `logstash.yml`, or the same in an operator's object.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Node {
    /// Where it came from.
    pub document: DocumentId,
    /// Its settings.
    pub settings: Settings,
    /// The first key.
    pub anchor: Span,
}

/// An entry of `pipelines.yml`.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Entry {
    /// Where it came from.
    pub document: DocumentId,
    /// `pipeline.id`.
    pub id: Option<Scalar>,
    /// Its settings.
    pub settings: Settings,
    /// The first key.
    pub anchor: Span,
}

/// Reads the settings of a node.
pub(in crate::facts) fn read_node(root: NodeRef<'_>, document: DocumentId, facts: &mut FileFacts) {
    let masked = facts.documents[document.index as usize].masked;
    let anchor = facts.documents[document.index as usize].anchor;
    let settings = Settings::of(root, masked);
    facts.logstash_nodes.push(Node { document, settings, anchor });
}

/// Reads the entries of a list of pipelines.
pub(in crate::facts) fn read_entries(
    root: NodeRef<'_>,
    document: DocumentId,
    facts: &mut FileFacts,
) {
    let masked = facts.documents[document.index as usize].masked;
    for item in root.items().filter(|item| item.is_mapping()) {
        let settings = Settings::of(item, masked);
        let anchor = item.pairs().next().map_or(item.span(), |(key, _)| key.span());
        let id = settings.get("pipeline.id").and_then(|setting| setting.value.clone());
        facts.logstash_entries.push(Entry { document, id, settings, anchor });
    }
}

impl Subject for Node {
    fn kind(&self) -> SubjectKind {
        SubjectKind::LogstashNode
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        "Logstash".to_owned()
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.anchor)
    }
}

impl Subject for Entry {
    fn kind(&self) -> SubjectKind {
        SubjectKind::LogstashEntry
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        let name = self.id.as_ref().map_or("?", |id| id.text.as_str());
        format!("pipeline {name}")
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.id.as_ref().map_or(self.anchor, |id| id.span))
    }
}
