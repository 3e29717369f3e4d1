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
    /// Where the values of a chart that depends on it speak of it: its alias, or its name.
    pub key: String,
    /// The paths in these values that switch it on.
    pub conditions: Vec<String>,
}

/// A part that values of a chart switch off: `enabled: false`.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct SwitchedOff {
    /// The values.
    pub document: DocumentId,
    /// The keys that lead to it: `prometheus.kube-state-metrics`.
    pub path: String,
}

/// Deepest part that is looked for.
const DEPTH: usize = 6;
/// So many mappings are looked at: aliases can make few lines many.
const MOST: usize = 20_000;

/// Reads what values switch off.
pub fn read_values(root: NodeRef<'_>, document: DocumentId, facts: &mut FileFacts) {
    let mut open = vec![(root, String::new(), 0)];
    for _ in 0..MOST {
        let Some((node, path, depth)) = open.pop() else { return };
        if node.get("enabled").and_then(NodeRef::scalar) == Some("false") && !path.is_empty() {
            facts.switched_off.push(SwitchedOff { document, path: path.clone() });
        }
        for (key, value) in node.entries() {
            if let Some(key) = key.scalar().filter(|_| value.is_mapping() && depth < DEPTH) {
                let below = if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
                open.push((value, below, depth + 1));
            }
        }
    }
}

/// Reads the charts that a document names.
pub fn read(root: NodeRef<'_>, document: DocumentId, facts: &mut FileFacts) {
    // The node, the key of the chart's name, the key of its version.
    let mut charts: Vec<(NodeRef<'_>, &str, &str)> = Vec::new();
    match root.get("kind").and_then(NodeRef::scalar) {
        Some("HelmRelease") => {
            charts.extend(root.at(&["spec", "chart", "spec"]).map(|it| (it, "chart", "version")));
            // A chart of an OCI repository, which goes by the name of the chart.
            charts.extend(root.at(&["spec", "chartRef"]).map(|it| (it, "name", "version")));
        }
        // k3s and RKE2 install charts by objects of their own.
        Some("HelmChart") => {
            charts.extend(root.get("spec").map(|it| (it, "chart", "version")));
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
        let alias = Scalar::under(node, "alias").filter(|alias| alias.known);
        let conditions = Scalar::under(node, "condition").map(|it| it.text).unwrap_or_default();
        Some(Package {
            document,
            version: Scalar::under(node, version),
            key: alias.map_or_else(|| name.text.clone(), |alias| alias.text),
            conditions: conditions.split(',').map(|path| path.trim().to_owned()).collect(),
            name,
        })
    }));
}
