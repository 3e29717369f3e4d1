//! Who answers for what: lines of `CODEOWNERS`, and components of a Backstage catalogue.

use super::scalar::Scalar;
use super::{DocumentId, FileFacts};
use crate::parse::offsets::OffsetMap;
use crate::parse::tree::NodeRef;

/// A line of `CODEOWNERS`.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct OwnerLine {
    /// Where it came from.
    pub document: DocumentId,
    /// Which paths, as written.
    pub pattern: Scalar,
    /// Teams and people; empty where nobody owns them.
    pub owners: Vec<String>,
}

/// A component of a Backstage catalogue.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct CatalogEntry {
    /// Where it came from.
    pub document: DocumentId,
    /// `metadata.name`.
    pub name: Scalar,
    /// `spec.type`: `service`, `library`, `website`.
    pub form: Option<Scalar>,
    /// `spec.owner`.
    pub owner: Option<Scalar>,
}

/// Reads `CODEOWNERS`.
pub fn read_owners(text: &str, map: &OffsetMap, document: DocumentId, facts: &mut FileFacts) {
    // Owners in the head of a section hold for its lines that name none (GitLab).
    let mut section: Vec<String> = Vec::new();
    for line in text.lines() {
        let body = line.split(" #").next().unwrap_or(line).trim();
        if body.is_empty() || body.starts_with('#') {
            continue;
        }
        if body.starts_with('[') || body.starts_with("^[") {
            let after = body.rsplit(']').next().unwrap_or_default();
            section = after.split_whitespace().map(str::to_owned).collect();
            continue;
        }
        let mut words = body.split_whitespace();
        let Some(pattern) = words.next() else { continue };
        let from = pattern.as_ptr() as usize - text.as_ptr() as usize;
        let owners: Vec<String> = words.map(str::to_owned).collect();
        facts.owner_lines.push(OwnerLine {
            document,
            pattern: Scalar {
                text: pattern.to_owned(),
                span: map.span(from, from + pattern.len()),
                known: true,
                plain: true,
            },
            owners: if owners.is_empty() { section.clone() } else { owners },
        });
    }
}

/// Reads a `Component` of Backstage.
pub fn read_entry(root: NodeRef<'_>, document: DocumentId, facts: &mut FileFacts) {
    let text = |key: &str| root.get(key).and_then(NodeRef::scalar).unwrap_or_default();
    if !text("apiVersion").starts_with("backstage.io/") || text("kind") != "Component" {
        return;
    }
    let name = root.get("metadata").and_then(|metadata| Scalar::under(metadata, "name"));
    let spec = |key: &str| root.get("spec").and_then(|spec| Scalar::under(spec, key));
    facts.catalog_entries.extend(name.map(|name| CatalogEntry {
        document,
        name,
        form: spec("type"),
        owner: spec("owner"),
    }));
}
