//! Secrets among the settings of a node. Rule: rules/elas/secret-in-node-file.yaml

use crate::check::Case;
use crate::facts::elastic::Engine;
use crate::repo::engines::Cluster;

pub(super) fn check(cluster: &Cluster, case: &mut Case<'_>) {
    let table = cluster.engine.table();
    let mut told = Vec::new();
    for setting in cluster.nodes.iter().flat_map(|node| &node.settings.entries) {
        let key = setting.key.as_str();
        let Some(value) = setting.value.as_ref().filter(|value| value.known) else { continue };
        let refused = table.is_secure(key)
            || key.rsplit('.').next().is_some_and(|it| it.starts_with("secure_"));
        // The certificates' own passwords: taken, and in clear.
        let store = cluster.engine == Engine::Elasticsearch
            && (key.ends_with("keystore.password")
                || key.ends_with("keystore.key_password")
                || key.ends_with("truststore.password")
                || key.ends_with(".key_passphrase")
                || key.ends_with(".bind_password"));
        if value.text.is_empty() || !(refused || store) || told.contains(&setting.span) {
            continue;
        }
        told.push(setting.span);
        let what = match refused {
            true => "may stand in the keystore only: the node does not start",
            false => "is a secret in clear; the keystore is its place",
        };
        case.flag(setting.span).with("key", key).with("what", what);
    }
}
