//! Pipelines of an OpenTelemetry Collector: which signal goes where.

use super::DocumentId;
use super::FileFacts;
use super::scalar::Scalar;
use crate::parse::tree::NodeRef;

/// An entry of `service.pipelines`.
#[derive(Clone, Debug)]
pub struct Pipeline {
    /// Where it came from.
    pub document: DocumentId,
    /// Its key: `traces`, `metrics/host`.
    pub name: Scalar,
    /// Names under `receivers`.
    pub receivers: Vec<Scalar>,
    /// Names under `exporters`.
    pub exporters: Vec<Scalar>,
}

impl Pipeline {
    /// The signal: `traces`, `metrics`, `logs` or `profiles`.
    pub fn signal(&self) -> &str {
        kind_of(&self.name.text)
    }

    /// Whether it exports to a component of this type.
    pub fn exports_to(&self, kind: &str) -> bool {
        self.exporters.iter().any(|exporter| kind_of(&exporter.text) == kind)
    }
}

/// The type of a component or pipeline: what stands before the `/` of its name.
fn kind_of(name: &str) -> &str {
    name.split('/').next().unwrap_or(name)
}

/// Reads the pipelines of a collector's configuration.
pub fn read(root: NodeRef<'_>, document: DocumentId, facts: &mut FileFacts) {
    let Some(pipelines) = root.at(&["service", "pipelines"]) else { return };
    for (key, value) in pipelines.entries() {
        let names = |field: &str| {
            let list = value.get(field);
            list.into_iter().flat_map(NodeRef::items).filter_map(Scalar::of).collect()
        };
        if let Some(name) = Scalar::of(key) {
            let (receivers, exporters) = (names("receivers"), names("exporters"));
            facts.pipelines.push(Pipeline { document, name, receivers, exporters });
        }
    }
}
