//! CloudFormation templates: alarms of CloudWatch.

use super::Monitor;
use crate::facts::scalar::Scalar;
use crate::facts::{DocumentId, FileFacts};
use crate::parse::tree::NodeRef;

/// Types of resources that are alarms.
const ALARMS: &[&str] = &["AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"];

/// Reads the alarms of a template.
pub(in crate::facts) fn read(root: NodeRef<'_>, document: DocumentId, facts: &mut FileFacts) {
    for (name, resource) in root.get("Resources").into_iter().flat_map(NodeRef::entries) {
        let kind = resource.get("Type").and_then(NodeRef::scalar);
        if !kind.is_some_and(|kind| ALARMS.contains(&kind)) {
            continue;
        }
        let properties = resource.get("Properties");
        let given = properties.and_then(|it| Scalar::under(it, "AlarmName"));
        let Some(name) = given.filter(|name| name.known).or_else(|| Scalar::of(name)) else {
            continue;
        };
        let actions = properties.and_then(|it| it.get("AlarmActions"));
        let targets = actions.into_iter().flat_map(NodeRef::items).filter_map(target).collect();
        facts.monitors.push(Monitor {
            document,
            service: "CloudWatch",
            name,
            severity: None,
            targets,
        });
    }
}

/// An address, or a reference in its short or its long form: `!Ref Topic`, `{Ref: Topic}`.
fn target(node: NodeRef<'_>) -> Option<Scalar> {
    match Scalar::of(node) {
        Some(text) => Some(text),
        None => {
            let (key, _) = node.pairs().next()?;
            Some(Scalar { known: false, ..Scalar::of(key)? })
        }
    }
}
