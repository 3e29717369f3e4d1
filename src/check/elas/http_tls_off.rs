//! HTTP without encryption. Rule: rules/elas/http-tls-off.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::elastic::Engine;
use crate::repo::engines::Cluster;
use crate::repo::engines::security::{Binding, Security};
use crate::repo::publish::Published;

pub(super) fn check(cluster: &Cluster, case: &mut Case<'_>) {
    let repo = case.repo;
    if let Some((_, Some(span))) = cluster.declared {
        case.flag(span).with("how", "TLS of the HTTP interface is switched off");
        return;
    }
    // Where nobody said that security is on, a new node sets up TLS by itself.
    let Security::On(Some(said)) = repo.engine_security(cluster) else { return };
    if cluster.engine != Engine::Elasticsearch || repo.is_behind_proxy(cluster) {
        return;
    }
    for node in &cluster.nodes {
        if cluster.encrypts(node, "http") != Some(false) {
            continue;
        }
        let inside = match node.http_binding() {
            Binding::Loopback(_) => true,
            _ => repo.node_published(cluster, node, 9200) == Published::No,
        };
        let (span, how) = match node.get("xpack.security.http.ssl.enabled") {
            Some(setting) => {
                let span = setting.value.as_ref().map_or(setting.span, |value| value.span);
                (span, "TLS of the HTTP interface is switched off")
            }
            None => (said, "security is on, and nothing switches TLS of the HTTP interface on"),
        };
        let flag = case.flag(span).with("how", how);
        if inside {
            flag.severity(Severity::Info);
        }
        return;
    }
}
