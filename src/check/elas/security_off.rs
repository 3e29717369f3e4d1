//! Security switched off. Rule: rules/elas/security-off.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::repo::engines::Cluster;
use crate::repo::engines::security::{Binding, Security};

pub(super) fn check(cluster: &Cluster, case: &mut Case<'_>) {
    let (span, why) = match case.repo.engine_security(cluster) {
        Security::Off(span) => (span, "security is switched off"),
        Security::Never(span) => {
            (span, "nothing switches security on, and this release leaves it off")
        }
        Security::On(_) | Security::Unknown => return,
    };
    let local =
        cluster.nodes.iter().all(|node| matches!(node.http_binding(), Binding::Loopback(Some(_))));
    let flag = case.flag(span).with("why", why).with("program", cluster.engine.name());
    if local {
        flag.severity(Severity::Warning);
    }
}
