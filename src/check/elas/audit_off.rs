//! Nobody records who reads the records. Rule: rules/elas/audit-off.yaml

use crate::check::Case;
use crate::facts::elastic::Engine;
use crate::repo::engines::Cluster;

pub(super) fn check(cluster: &Cluster, case: &mut Case<'_>) {
    let Some(family) = case.repo.audit_family(cluster) else { return case.skip() };
    let (keys, hint): (&[&str], &str) = match cluster.engine {
        Engine::Elasticsearch => (
            &["xpack.security.audit.enabled"],
            "`xpack.security.audit.enabled` is not true (it needs a paid or a trial licence)",
        ),
        Engine::Opensearch => (
            &["plugins.security.audit.type", "opendistro_security.audit.type"],
            "`plugins.security.audit.type` is not set",
        ),
    };
    // Without security there is nobody to tell of: ELAS003 speaks of that.
    if cluster.engine == Engine::Elasticsearch
        && cluster.nodes.iter().any(|node| {
            node.first(&["xpack.security.enabled"]).and_then(|it| it.boolean()) == Some(false)
        })
    {
        return;
    }
    for node in &cluster.nodes {
        match node.first(keys) {
            Some(setting) => {
                let off = match cluster.engine {
                    Engine::Elasticsearch => setting.boolean() == Some(false),
                    Engine::Opensearch => setting.text() == Some("noop"),
                };
                if off {
                    let span = setting.value.as_ref().map_or(setting.span, |value| value.span);
                    case.flag(span).with("hint", hint).related(family, "the records that are kept");
                    return;
                }
            }
            None if node.settings.open => return,
            None => {
                case.flag(node.anchor)
                    .with("hint", hint)
                    .related(family, "the records that are kept");
                return;
            }
        }
    }
}
