//! Settings that no release takes. Rule: rules/elas/unknown-setting.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::settings::Setting;
use crate::repo::Repo;
use crate::repo::engines::Cluster;

pub(super) fn check(cluster: &Cluster, case: &mut Case<'_>) {
    let table = cluster.engine.table();
    let mut told = Vec::new();
    for (setting, installs) in settings(cluster, case.repo) {
        let key = setting.key.as_str();
        // Of what belongs into the keystore ELAS012 speaks.
        let elsewhere = key.starts_with("index.") || table.is_secure(key);
        if table.node(key) != 0 || elsewhere || told.contains(&setting.span) {
            continue;
        }
        let near = table.near_node(key);
        // What a plugin reads is the plugin's to know.
        let foreign = table.is_foreign(key) || (!table.has_space(key) && installs != Some(false));
        if (foreign && near.is_none()) || is_for_others(key) {
            continue;
        }
        told.push(setting.span);
        let flag = case
            .flag(setting.span)
            .with("key", key)
            .with("program", cluster.engine.name())
            .with("hint", near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default());
        if cluster.majors.is_none() {
            flag.severity(Severity::Warning);
        }
    }
}

/// Keys that the program's start reads before the node does, and those of its own start scripts.
fn is_for_others(key: &str) -> bool {
    matches!(key, "path.conf" | "default.path.conf") || key.ends_with('*')
}

/// Settings of all nodes, and whether plugins are installed there, if that is known.
pub(super) fn settings<'a>(cluster: &'a Cluster, repo: &Repo) -> Vec<(&'a Setting, Option<bool>)> {
    let mut found = Vec::new();
    for node in &cluster.nodes {
        let container = node.container.map(|at| &repo.facts.containers[at]);
        let installs = container.map(|container| container.build.is_some() || !node.official);
        found.extend(node.settings.entries.iter().map(|setting| (setting, installs)));
    }
    found
}
