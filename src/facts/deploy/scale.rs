//! How often something runs, and where it is asked whether it is well.

use super::kubernetes::is_true;
use crate::facts::scalar::Scalar;
use crate::facts::{DocumentId, FileFacts, embedded};
use crate::parse::tree::NodeRef;
use crate::source::Span;

/// How often a workload, a compose service or what a chart's values describe runs.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Scale {
    /// Where it came from.
    pub document: DocumentId,
    /// The workload's or service's name; of an autoscaler that of its target.
    pub name: String,
    /// `Deployment`, `DaemonSet`, `compose`, `OpenTelemetryCollector`, `values`,
    /// `HorizontalPodAutoscaler`, …
    pub workload: String,
    /// How many of it are asked for.
    pub replicas: Option<Scalar>,
    /// Its number follows the load.
    pub autoscaled: Option<Span>,
    /// It runs on every node.
    pub per_node: Option<Span>,
    /// Ports that probes ask.
    pub probes: Vec<Scalar>,
    /// Parts may be missing here: masked.
    pub open: bool,
}

/// Reads the scale of a Kubernetes object.
pub(super) fn read_scale(root: NodeRef<'_>, document: DocumentId, facts: &mut FileFacts) {
    let Some(owner) = embedded::object_name(root) else { return };
    let open = facts.documents[document.index as usize].masked;
    let Some(spec) = root.get("spec") else { return };
    let mut scale = Scale {
        document,
        name: owner.name,
        workload: owner.kind.clone(),
        replicas: Scalar::under(spec, "replicas"),
        autoscaled: None,
        per_node: None,
        probes: Vec::new(),
        open,
    };
    match owner.kind.as_str() {
        "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" => {
            if owner.kind == "DaemonSet" {
                scale.per_node = root.get("kind").map(|kind| kind.span());
            }
            let containers = root.at(&["spec", "template", "spec", "containers"]);
            for container in containers.into_iter().flat_map(|list| list.items()) {
                scale.probes.extend(probes(container));
            }
        }
        "HorizontalPodAutoscaler" => {
            let target =
                spec.get("scaleTargetRef").and_then(|target| Scalar::under(target, "name"));
            let Some(target) = target else { return };
            scale.autoscaled = Some(target.span);
            scale.name = target.text;
        }
        "OpenTelemetryCollector" => mode(spec, &mut scale, &["autoscaler"]),
        _ => return,
    }
    facts.scales.push(scale);
}

/// Reads the scale that the values of a collector's chart ask for.
pub(super) fn read_values_scale(root: NodeRef<'_>, document: DocumentId, facts: &mut FileFacts) {
    let described = ["mode", "replicaCount", "replicas"].iter().any(|key| root.get(key).is_some());
    if !described || root.get("config").is_none() {
        return;
    }
    let replicas = Scalar::under(root, "replicaCount").or_else(|| Scalar::under(root, "replicas"));
    let mut scale = Scale {
        document,
        name: String::new(),
        workload: "values".to_owned(),
        replicas,
        autoscaled: None,
        per_node: None,
        probes: Vec::new(),
        open: facts.documents[document.index as usize].masked,
    };
    mode(root, &mut scale, &["autoscaling"]);
    facts.scales.push(scale);
}

/// `mode: daemonset`, and the keys that turn an autoscaler on.
fn mode(node: NodeRef<'_>, scale: &mut Scale, autoscalers: &[&str]) {
    let mode = Scalar::under(node, "mode");
    scale.open |= mode.as_ref().is_some_and(|mode| !mode.known);
    scale.per_node = mode.filter(|mode| mode.text == "daemonset").map(|mode| mode.span);
    let on = autoscalers.iter().find_map(|key| {
        let (key, value) = node.entry(key)?;
        let enabled = value.get("enabled").or_else(|| value.get("maxReplicas"));
        let on = enabled.is_some_and(|value| {
            is_true(Some(value))
                || value.scalar().is_some_and(|text| text.parse::<u32>().is_ok_and(|n| n > 1))
        });
        on.then(|| key.span())
    });
    scale.autoscaled = on;
}

/// Reads the scale of a compose service.
pub(super) fn of_service(
    service: NodeRef<'_>,
    name: &str,
    document: DocumentId,
    open: bool,
) -> Scale {
    let deployed = service.get("deploy").and_then(|deploy| Scalar::under(deploy, "replicas"));
    let mode = service.get("deploy").and_then(|deploy| Scalar::under(deploy, "mode"));
    Scale {
        document,
        name: name.to_owned(),
        workload: "compose".to_owned(),
        replicas: deployed.or_else(|| Scalar::under(service, "scale")),
        autoscaled: None,
        per_node: mode.filter(|mode| mode.text == "global").map(|mode| mode.span),
        probes: Vec::new(),
        open,
    }
}

fn probes(container: NodeRef<'_>) -> Vec<Scalar> {
    let kinds = ["livenessProbe", "readinessProbe", "startupProbe"];
    let ports = kinds.iter().filter_map(|kind| {
        let probe = container.get(kind)?.get("httpGet")?;
        Scalar::under(probe, "port")
    });
    ports.collect()
}
