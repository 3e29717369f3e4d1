//! Objects of Kubernetes, and others in their form.

use crate::facts::{DocumentId, FileFacts, deploy, elastic, loki, owners, package, shipper};
use crate::parse::tree::NodeRef;

/// Reads what an object says, whoever asks.
pub(super) fn read(node: NodeRef<'_>, id: DocumentId, facts: &mut FileFacts) {
    deploy::read_object(node, id, facts);
    package::read(node, id, facts);
    owners::read_entry(node, id, facts);
    elastic::object::read_object(node, id, facts);
    loki::read_object(node, id, facts);
    shipper::read_object(node, id, facts);
}
