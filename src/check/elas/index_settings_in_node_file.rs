//! Settings of indices in a node's file. Rule: rules/elas/index-settings-in-node-file.yaml

use crate::check::Case;
use crate::facts::elastic::node::NodeConfig;
use crate::repo::engines::engine_of;

pub(super) fn check(config: &NodeConfig, case: &mut Case<'_>) {
    let engine = engine_of(case.repo, config);
    // One template is one fault, told at its first key.
    let mut strays = config.strays.iter().filter(|key| key.known);
    if let Some(first) = strays.next() {
        let mut flag = case
            .flag(first.span)
            .with("key", &first.text)
            .with("program", engine.name())
            .with("what", "belongs to an index template");
        for other in strays {
            flag = flag.related(other.span, "part of the same template");
        }
    }
    for setting in &config.settings.entries {
        // The few that a node takes too are among its own.
        if setting.key.starts_with("index.") && engine.table().node(&setting.key) == 0 {
            case.flag(setting.span)
                .with("key", &setting.key)
                .with("program", engine.name())
                .with("what", "is a setting of an index");
        }
    }
}
