//! Readings of one document, for those who know beforehand what a file is.

use super::{Origin, Parsed, Reader};
use crate::facts::FileFacts;
use crate::identify::Kind;
use crate::parse::offsets::OffsetMap;
use crate::parse::tree::NodeRef;
use crate::parse::yaml;
use crate::source::{Source, SourceId};

/// Reads a file whose kind is known: its first document, as the program itself would.
pub fn read_as(kind: Kind, id: SourceId, source: &Source) -> FileFacts {
    let mut reader = Reader::new(id, source);
    let start = source.content_start();
    let map = OffsetMap::slice(id, start);
    let text = &source.text()[start..];
    let tree = yaml::parse(&yaml::Input { text, map: &map, masked: &[] });
    let origin = Origin { kind: Some(kind), ..Origin::default() };
    if let Some(root) = tree.roots.first() {
        let parsed =
            Parsed { text, map: &map, unknown: &[], tree: &tree, masked: false, filled_in: false };
        let id = match root.node {
            Some(node) => reader.node(&parsed, tree.node(node), Some(kind), &origin),
            None => Some(reader.push(kind, root.span, root.span, &origin, 0)),
        };
        if let Some(document) = id.and_then(|id| reader.facts.documents.get_mut(id.index as usize))
        {
            document.text_issues = root.issues.clone();
            document.broken = root.broken;
        }
    }
    reader.facts
}

/// Names of the charts that a `Chart.yaml` depends on.
pub fn chart_dependencies(source: &Source) -> Vec<String> {
    let map = OffsetMap::slice(SourceId(0), 0);
    let text = &source.text()[source.content_start()..];
    let tree = yaml::parse(&yaml::Input { text, map: &map, masked: &[] });
    let name = |node: NodeRef<'_>| node.get("name").and_then(NodeRef::scalar).map(str::to_owned);
    tree.documents()
        .filter_map(|root| root.get("dependencies"))
        .flat_map(|list| list.items().filter_map(name).collect::<Vec<_>>())
        .collect()
}
