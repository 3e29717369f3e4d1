//! Settings that the release in use no longer takes. Rule: rules/elas/removed-setting.yaml

use super::unknown_setting::settings;
use crate::check::Case;
use crate::facts::elastic::Engine;
use crate::repo::engines::Cluster;

/// What stands in the place of a removed setting: the longest prefix that fits.
const INSTEAD: &[(&str, &str)] = &[
    ("discovery.zen.ping.unicast.hosts", "discovery.seed_hosts"),
    ("discovery.zen.minimum_master_nodes", "nothing: nodes agree by themselves"),
    ("discovery.zen.hosts_provider", "discovery.seed_providers"),
    ("node.master", "node.roles"),
    ("node.data", "node.roles"),
    ("node.ingest", "node.roles"),
    ("node.ml", "node.roles"),
    ("node.transform", "node.roles"),
    ("node.voting_only", "node.roles"),
    ("node.remote_cluster_client", "node.roles"),
    ("processors", "node.processors"),
    ("search.remote", "cluster.remote"),
    ("transport.tcp.port", "transport.port"),
    ("transport.tcp.compress", "transport.compress"),
    ("http.content_type.required", "nothing: it is always required"),
    ("xpack.ilm.enabled", "nothing: it is always on"),
    ("xpack.slm.enabled", "nothing: it is always on"),
    ("xpack.rollup.enabled", "nothing"),
    ("xpack.monitoring.enabled", "xpack.monitoring.collection.enabled"),
    ("xpack.graph.enabled", "nothing"),
    ("xpack.sql.enabled", "nothing: it is always on"),
    ("xpack.eql.enabled", "nothing: it is always on"),
    ("xpack.transform.enabled", "nothing: it is always on"),
    ("xpack.vectors.enabled", "nothing"),
    ("xpack.flattened.enabled", "nothing"),
    ("xpack.enrich.enabled", "nothing: it is always on"),
    ("cluster.join.timeout", "nothing"),
    ("thread_pool.bulk.size", "thread_pool.write.size"),
    ("thread_pool.bulk.queue_size", "thread_pool.write.queue_size"),
    ("thread_pool.index.size", "thread_pool.write.size"),
    ("thread_pool.index.queue_size", "thread_pool.write.queue_size"),
];

/// Settings of modules that the table does not list: the first major that refuses each.
const MODULES: &[(&str, u32)] = &[
    ("xpack.ilm.enabled", 8),
    ("xpack.slm.enabled", 8),
    ("xpack.rollup.enabled", 8),
    ("xpack.monitoring.enabled", 8),
    ("xpack.sql.enabled", 8),
    ("xpack.eql.enabled", 8),
    ("xpack.transform.enabled", 8),
    ("xpack.vectors.enabled", 8),
    ("xpack.flattened.enabled", 8),
    ("xpack.enrich.enabled", 8),
    ("xpack.data_frame.enabled", 8),
];

pub(super) fn check(cluster: &Cluster, case: &mut Case<'_>) {
    let Some((oldest, newest)) = cluster.majors else { return case.skip() };
    let table = cluster.engine.table();
    let mut told = Vec::new();
    for (setting, _) in settings(cluster, case.repo) {
        let key = setting.key.as_str();
        let module = MODULES.iter().find(|(known, _)| *known == key);
        let since = match (module, table.span(table.node(key))) {
            (Some((_, since)), _) if cluster.engine == Engine::Elasticsearch => *since,
            (_, Some((_, last))) if table.majors.contains(&oldest) => last + 1,
            _ => continue,
        };
        // A release that is newer than the table may have taken it back.
        let refused = oldest >= since && table.majors.contains(&newest);
        if !refused || told.contains(&setting.span) {
            continue;
        }
        told.push(setting.span);
        let instead = INSTEAD.iter().find(|(known, _)| *known == key).map(|(_, instead)| *instead);
        case.flag(setting.span)
            .with("key", key)
            .with("program", cluster.engine.name())
            .with("since", format!("{since}.0"))
            .with("hint", instead.map(|it| format!("; in its place: {it}")).unwrap_or_default());
    }
}
