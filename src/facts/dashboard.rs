//! Grafana dashboards: the little that alerts need.

use super::scalar::Scalar;
use super::{DocumentId, FileFacts};
use crate::parse::tree::NodeRef;

/// A committed dashboard.
#[derive(Clone, Debug)]
pub struct Dashboard {
    /// Where it came from.
    pub document: DocumentId,
    /// `uid`, or `metadata.name` of the newer object form; without one the server picks it.
    pub uid: Option<Scalar>,
}

/// Reads a dashboard.
pub fn read(root: NodeRef<'_>, document: DocumentId, facts: &mut FileFacts) {
    let uid = Scalar::under(root, "uid")
        .or_else(|| root.get("dashboard").and_then(|inner| Scalar::under(inner, "uid")))
        .or_else(|| {
            let object = root.get("kind").and_then(NodeRef::scalar) == Some("Dashboard");
            root.get("metadata").filter(|_| object).and_then(|meta| Scalar::under(meta, "name"))
        });
    facts.dashboards.push(Dashboard { document, uid });
}
