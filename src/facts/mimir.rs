//! Mimir and Cortex: how long they keep samples, and who may ask.

use super::scalar::Scalar;
use super::{DocumentId, FileFacts};
use crate::parse::tree::NodeRef;
use crate::source::Span;

/// A configuration of Mimir or Cortex.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct MimirConfig {
    /// Where it came from.
    pub document: DocumentId,
    /// The token that names it.
    pub anchor: Span,
    /// `limits.compactor_blocks_retention_period`: nothing, or 0, keeps blocks for ever.
    pub period: Option<Scalar>,
    /// `multitenancy_enabled`, or `auth_enabled` of Cortex: whether requests must name a tenant.
    pub tenants: Option<Scalar>,
    /// The store of its blocks: `filesystem`, `s3`, …
    pub storage: Option<Scalar>,
    /// Nothing may be concluded from what is absent.
    pub open: bool,
}

/// Reads its own file.
pub fn read(root: NodeRef<'_>, id: DocumentId, masked: bool, facts: &mut FileFacts) {
    let anchor = facts.documents[id.index as usize].anchor;
    facts.mimirs.push(config(root, id, anchor, masked));
}

fn config(root: NodeRef<'_>, document: DocumentId, anchor: Span, open: bool) -> MimirConfig {
    let under = |path: &[&str], key: &str| root.at(path).and_then(|node| Scalar::under(node, key));
    MimirConfig {
        document,
        anchor,
        period: under(&["limits"], "compactor_blocks_retention_period"),
        tenants: Scalar::under(root, "multitenancy_enabled")
            .or_else(|| Scalar::under(root, "auth_enabled")),
        storage: under(&["blocks_storage"], "backend")
            .or_else(|| under(&["common", "storage"], "backend")),
        open,
    }
}

/// Reads what values of a chart set of it: `mimir: { structuredConfig: … }`.
pub fn read_values(root: NodeRef<'_>, id: DocumentId, facts: &mut FileFacts) {
    let places: [&[&str]; 2] = [&["mimir"], &["mimir-distributed", "mimir"]];
    for path in places {
        let Some(held) = root.at(path).filter(|held| held.is_mapping()) else { continue };
        let Some((key, node)) = held.entry("structuredConfig") else { continue };
        // The chart has a configuration of its own below these values.
        if node.is_mapping() {
            facts.mimirs.push(config(node, id, key.span(), true));
        }
    }
}
