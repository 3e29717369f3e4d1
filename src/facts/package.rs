//! Charts that the repository deploys without their templates: dependencies of a chart, releases
//! of Flux and Argo CD.

use super::scalar::Scalar;
use super::{DocumentId, FileFacts};
use crate::parse::tree::NodeRef;

/// A chart by name.
#[derive(Clone, Debug)]
pub struct Package {
    /// Where it came from.
    pub document: DocumentId,
    /// The chart's name: `kube-prometheus-stack`.
    pub name: Scalar,
}

/// Reads the charts that a document names.
pub fn read(root: NodeRef<'_>, document: DocumentId, facts: &mut FileFacts) {
    let mut names = Vec::new();
    match root.get("kind").and_then(NodeRef::scalar) {
        Some("HelmRelease") => {
            names.extend(root.at(&["spec", "chart", "spec"]).and_then(|it| it.get("chart")));
        }
        Some("Application") => {
            names.extend(root.at(&["spec", "source", "chart"]));
            let sources = root.at(&["spec", "sources"]);
            let sources = sources.into_iter().flat_map(NodeRef::items);
            names.extend(sources.filter_map(|source| source.get("chart")));
        }
        Some(_) => {}
        None => {
            let list = root.get("dependencies").into_iter().flat_map(NodeRef::items);
            names.extend(list.filter_map(|dependency| dependency.get("name")));
        }
    }
    let names = names.into_iter().filter_map(Scalar::of);
    facts.packages.extend(names.map(|name| Package { document, name }));
}
