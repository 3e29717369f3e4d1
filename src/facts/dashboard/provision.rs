//! Provisioning: where Grafana finds dashboards and data sources.

use super::{DataSource, Provider};
use crate::facts::scalar::Scalar;
use crate::facts::{DocumentId, FileFacts};
use crate::parse::tree::NodeRef;

/// Reads the providers and data sources of a provisioning file.
pub(in crate::facts) fn read(root: NodeRef<'_>, document: DocumentId, facts: &mut FileFacts) {
    for node in root.get("providers").into_iter().flat_map(NodeRef::items) {
        let name = Scalar::under(node, "name");
        let first = node.pairs().next().map_or(node.span(), |(key, _)| key.span());
        let path = node.at(&["options", "path"]).and_then(Scalar::of);
        let anchor = name.as_ref().map_or(first, |name| name.span);
        facts.dashboard_providers.push(Provider { document, name, path, anchor });
    }
    for node in root.get("datasources").into_iter().flat_map(NodeRef::items) {
        facts.data_sources.push(DataSource {
            document,
            name: Scalar::under(node, "name"),
            uid: Scalar::under(node, "uid"),
            plugin: Scalar::under(node, "type"),
            default: Scalar::under(node, "isDefault").and_then(|flag| flag.boolean()) == Some(true),
        });
    }
}
