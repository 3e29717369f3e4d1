//! Charts that the repository deploys without their templates: dependencies of a chart, releases
//! of Flux and Argo CD.

use super::scalar::Scalar;
use super::{DocumentId, FileFacts};
use crate::parse::tree::NodeRef;

/// A chart by name.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Package {
    /// Where it came from.
    pub document: DocumentId,
    /// The chart's name: `kube-prometheus-stack`.
    pub name: Scalar,
    /// The release that is asked for.
    pub version: Option<Scalar>,
}

/// Reads the charts that a document names.
pub fn read(root: NodeRef<'_>, document: DocumentId, facts: &mut FileFacts) {
    // The node, the key of the chart's name, the key of its version.
    let mut charts: Vec<(NodeRef<'_>, &str, &str)> = Vec::new();
    match root.get("kind").and_then(NodeRef::scalar) {
        Some("HelmRelease") => {
            charts.extend(root.at(&["spec", "chart", "spec"]).map(|it| (it, "chart", "version")));
        }
        Some("Application") => {
            let one = root.at(&["spec", "source"]);
            let sources = root.at(&["spec", "sources"]);
            let sources = one.into_iter().chain(sources.into_iter().flat_map(NodeRef::items));
            charts.extend(sources.map(|source| (source, "chart", "targetRevision")));
        }
        Some(_) => {}
        None => {
            let list = root.get("dependencies").into_iter().flat_map(NodeRef::items);
            charts.extend(list.map(|dependency| (dependency, "name", "version")));
        }
    }
    facts.packages.extend(charts.into_iter().filter_map(|(node, name, version)| {
        let name = node.get(name).and_then(Scalar::of)?;
        Some(Package { document, name, version: Scalar::under(node, version) })
    }));
}
