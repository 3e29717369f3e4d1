//! Several nodes that talk without encryption. Rule: rules/elas/transport-tls-off.yaml

use crate::check::Case;
use crate::facts::elastic::Engine;
use crate::repo::engines::security::{Binding, Security};
use crate::repo::engines::{Cluster, Size};

pub(super) fn check(cluster: &Cluster, case: &mut Case<'_>) {
    if cluster.engine != Engine::Elasticsearch || cluster.declared.is_some() {
        return case.skip();
    }
    let Security::On(Some(said)) = case.repo.engine_security(cluster) else { return };
    // With a trial licence older releases start all the same.
    let trial = |license: &str| license == "trial" && cluster.is_at_least(8) != Some(true);
    let license = cluster.get("xpack.license.self_generated.type");
    if cluster.size != Size::Several || license.is_some_and(|it| it.text().is_none_or(trial)) {
        return;
    }
    for node in &cluster.nodes {
        let listens = match node.transport_binding() {
            Binding::Open(span) => Some(span),
            Binding::Image => None,
            Binding::Loopback(_) | Binding::Unknown => continue,
        };
        if cluster.encrypts(node, "transport") != Some(false) {
            continue;
        }
        let setting = node.get("xpack.security.transport.ssl.enabled");
        let span = match setting {
            Some(setting) => setting.value.as_ref().map_or(setting.span, |value| value.span),
            None => said,
        };
        let mut flag = case.flag(span);
        if let Some(listens) = listens {
            flag = flag.related(listens, "it listens on addresses that others reach");
        }
        let _ = flag;
        return;
    }
}
