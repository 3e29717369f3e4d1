//! Roles for whoever does not log in. Rule: rules/elas/anonymous-access.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::elastic::node::list_of;
use crate::facts::scalar::Scalar;
use crate::repo::engines::Cluster;

/// Roles of the program that change data, users or the cluster, or read every index.
const POWERFUL: &[&str] = &[
    "superuser",
    "kibana_admin",
    "kibana_system",
    "kibana_user",
    "editor",
    "viewer",
    "ingest_admin",
    "machine_learning_admin",
    "data_frame_transforms_admin",
    "transform_admin",
    "transport_client",
    "watcher_admin",
    "rollup_admin",
    "snapshot_user",
    "logstash_admin",
    "logstash_system",
    "beats_admin",
    "enrich_user",
    "remote_monitoring_agent",
    "apm_system",
    "all_access",
    "admin",
];

pub(super) fn check(cluster: &Cluster, case: &mut Case<'_>) {
    for node in &cluster.nodes {
        let Some(setting) = node.get("xpack.security.authc.anonymous.roles") else { continue };
        let Some(roles) = list_of(setting).filter(|roles| !roles.is_empty()) else { continue };
        let powerful = roles.iter().find(|role| {
            POWERFUL.contains(role) || case.repo.facts.engine_roles.iter().any(|it| it.is(role))
        });
        let role = powerful.or_else(|| roles.first()).copied().unwrap_or_default();
        let items: Vec<&Scalar> = setting.values().iter().collect();
        let place = items.iter().find(|item| item.text == role).or_else(|| items.first());
        let span = place.map_or(setting.span, |item| item.span);
        let flag = case.flag(span).with("role", role);
        if powerful.is_none() {
            flag.severity(Severity::Warning);
        }
        return;
    }
}
