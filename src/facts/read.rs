//! One file's text to its facts: identify, parse, and read every document in it.

use super::{Document, DocumentId, FileFacts, annotation, rules};
use crate::identify::{self, Kind};
use crate::parse::offsets::OffsetMap;
use crate::parse::tree::{NodeRef, Root, Tree};
use crate::parse::yaml;
use crate::source::{Source, SourceId, Span};

/// Reads all facts of one file.
pub fn read(id: SourceId, source: &Source) -> FileFacts {
    let mut facts = FileFacts::default();
    if !identify::is_candidate(&source.text) {
        annotation::read(id, source, &[], &mut facts);
        return facts;
    }
    let start = source.content_start();
    let map = OffsetMap::slice(id, start);
    let text = &source.text[start..];
    let tree = yaml::parse(&yaml::Input { text, map: &map, masked: &[] });
    for (index, root) in tree.roots.iter().enumerate() {
        let node = root.node.map(|node| tree.node(node));
        let kind = match node {
            Some(node) => identify::classify(node),
            None => identify::classify_text(source.slice(root.span)),
        };
        if let Some(kind) = kind {
            let stream_index = u32::try_from(index).unwrap_or(u32::MAX);
            document(id, kind, root, &tree, stream_index, &mut facts);
        }
    }
    annotation::read(id, source, &[&tree], &mut facts);
    facts
}

fn document(
    source: SourceId,
    kind: Kind,
    root: &Root,
    tree: &Tree,
    stream_index: u32,
    facts: &mut FileFacts,
) {
    let index = u32::try_from(facts.documents.len()).unwrap_or(u32::MAX);
    let id = DocumentId { source, index };
    let node = root.node.map(|node| tree.node(node));
    facts.documents.push(Document {
        id,
        kind,
        span: root.span,
        anchor: node.map_or(root.span, |node| first_key(node)),
        host: None,
        object: None,
        dialect: None,
        masked: false,
        stream_index,
        text_issues: root.issues.clone(),
        schema_issues: Vec::new(),
    });
    if let Some(node) = node {
        extract(node, id, facts);
    }
}

fn first_key(node: NodeRef<'_>) -> Span {
    node.pairs().next().map_or(node.span(), |(key, _)| key.span())
}

/// Reads the facts of a document by its kind.
fn extract(node: NodeRef<'_>, id: DocumentId, facts: &mut FileFacts) {
    let document = &facts.documents[id.index as usize];
    let masked = document.masked;
    match document.kind {
        Kind::PrometheusRules => rules::read_groups(node, id, masked, facts),
        Kind::PrometheusRuleTest => rules::read_test(node, id, facts),
        _ => {}
    }
}
