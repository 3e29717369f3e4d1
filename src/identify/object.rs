//! Objects with `apiVersion` and `kind`.

use super::Kind;
use super::shape::Shape;

/// Kinds of the Prometheus operator.
const OPERATOR_KINDS: &[&str] = &[
    "Alertmanager",
    "AlertmanagerConfig",
    "PodMonitor",
    "Probe",
    "Prometheus",
    "PrometheusAgent",
    "PrometheusRule",
    "ScrapeConfig",
    "ServiceMonitor",
    "ThanosRuler",
];

/// The kind of an object; a definition of kinds (`CustomResourceDefinition`) is none.
pub(super) fn kind(shape: &Shape<'_>) -> Option<Kind> {
    let api = shape.root_value("apiVersion").unwrap_or_default();
    let group = api.split('/').next().unwrap_or_default();
    let kind = shape.root_value("kind").unwrap_or_default();
    if kind == "CustomResourceDefinition" || group == "apiextensions.k8s.io" {
        return None;
    }
    // Version alone: the first line may be lost or its key misspelt.
    let operator = group == "monitoring.coreos.com";
    if operator || (group.is_empty() && OPERATOR_KINDS.contains(&kind)) {
        return Some(if kind.ends_with("List") {
            Kind::Kubernetes
        } else {
            Kind::PrometheusOperator
        });
    }
    Some(match (group, kind) {
        ("openslo", _) | ("sloth.slok.dev", "PrometheusServiceLevel") => Kind::Slo,
        ("pyrra.dev" | "sloth.slok.dev" | "sre.google.com", "ServiceLevelObjective" | "") => {
            Kind::Slo
        }
        ("n9", _) => Kind::Slo,
        (group, _) if group.starts_with("openslo") => Kind::Slo,
        ("dashboard.grafana.app", "Dashboard") => Kind::GrafanaDashboard,
        ("", "PrometheusServiceLevel" | "ServiceLevelObjective" | "SLO") => Kind::Slo,
        _ => Kind::Kubernetes,
    })
}
