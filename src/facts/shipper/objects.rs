//! Objects of the operators that run Fluentd and Fluent Bit.

use super::vector::flatten;
use super::{Program, Role, Section, keep};
use crate::facts::scalar::Scalar;
use crate::facts::{DocumentId, FileFacts};
use crate::parse::tree::NodeRef;

/// Keys of a `spec` that are no plugin.
const SETTINGS: &[&str] = &[
    "match",
    "matchRegex",
    "alias",
    "loggingRef",
    "logLevel",
    "retry_limit",
    "retryLimit",
    "processors",
    "buffer",
    "labels",
    "match_labels",
    "filters",
    "localOutputRefs",
    "globalOutputRefs",
    "outputRefs",
];

/// Reads inputs, flows and outputs.
pub(in crate::facts) fn read_object(
    root: NodeRef<'_>,
    document: DocumentId,
    facts: &mut FileFacts,
) {
    let text = |key: &str| root.get(key).and_then(|node| node.scalar()).unwrap_or_default();
    let group = text("apiVersion").split('/').next().unwrap_or_default();
    let program = match group {
        "logging.banzaicloud.io" | "fluentd.fluent.io" => Program::Fluentd,
        "fluentbit.fluent.io" => Program::FluentBit,
        _ => return,
    };
    let role = match text("kind") {
        "Output" | "ClusterOutput" => Role::Output,
        "Flow" | "ClusterFlow" | "ClusterInput" => Role::Input,
        _ => return,
    };
    let Some(spec) = root.get("spec") else { return };
    let Some(header) = root.at(&["metadata", "name"]).and_then(Scalar::of) else { return };
    let mut sections: Vec<Section> = Vec::new();
    let mut add = |plugin: Option<NodeRef<'_>>, node: NodeRef<'_>| {
        let mut properties = Vec::new();
        flatten(node, None, 0, &mut properties);
        sections.push(Section {
            document,
            index: u32::try_from(sections.len()).unwrap_or(u32::MAX),
            parent: None,
            program,
            role,
            header: header.clone(),
            argument: None,
            plugin: plugin.and_then(Scalar::of),
            properties,
            // The operator adds what the object does not say.
            open: true,
            structured: true,
        });
    };
    if role == Role::Input {
        add(None, spec);
    } else {
        let nested = spec.get("outputs").into_iter().flat_map(NodeRef::items);
        for holder in std::iter::once(spec).chain(nested) {
            let plugins = holder.entries().filter(|(key, value)| {
                value.is_mapping() && !SETTINGS.contains(&key.scalar().unwrap_or_default())
            });
            for (key, value) in plugins.collect::<Vec<_>>() {
                add(Some(key), value);
            }
        }
    }
    keep(sections, facts);
}
