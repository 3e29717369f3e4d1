//! Reachable by others, and unsecured. Rule: rules/elas/open-and-unsecured.yaml

use crate::check::Case;
use crate::repo::engines::Cluster;
use crate::repo::engines::security::{Binding, PORTS, Security};
use crate::repo::publish::Published;
use crate::source::Span;

pub(super) fn check(cluster: &Cluster, case: &mut Case<'_>) {
    let repo = case.repo;
    let (Security::Off(security) | Security::Never(security)) = repo.engine_security(cluster)
    else {
        return;
    };
    let mut places: Vec<(Span, String)> = Vec::new();
    for node in &cluster.nodes {
        if let Binding::Open(span) = node.http_binding() {
            places.push((span, "it listens on addresses that others reach".to_owned()));
        }
        for port in PORTS {
            if let Published::Yes(span, how) = repo.node_published(cluster, node, port) {
                places.push((span, format!("port {port} is {how}")));
            }
        }
    }
    places.sort();
    places.dedup_by_key(|(span, _)| *span);
    let mut places = places.into_iter();
    let Some((span, how)) = places.next() else { return };
    let mut flag = case
        .flag(span)
        .with("how", how)
        .with("program", cluster.engine.name())
        .related(security, "security is off here");
    for (other, how) in places {
        flag = flag.related(other, how);
    }
}
