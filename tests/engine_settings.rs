//! The tables of settings against what upstream's own examples set.
//!
//! The keys are those of the samples of elastic/cloud-on-k8s, elastic/helm-charts, deviantony/docker-elk,
//! opensearch-project/helm-charts and opensearch-project/opensearch-k8s-operator (2026-11).

use obsproof::facts::elastic::Engine;

const ELASTICSEARCH: &[&str] = &[
    "action.auto_create_index",
    "bootstrap.memory_lock",
    "cluster.initial_master_nodes",
    "cluster.name",
    "discovery.seed_hosts",
    "discovery.type",
    "discovery.zen.minimum_master_nodes",
    "http.cors.allow-credentials",
    "http.cors.allow-headers",
    "http.cors.allow-methods",
    "http.cors.allow-origin",
    "http.cors.enabled",
    "http.port",
    "network.host",
    "node.data",
    "node.master",
    "node.name",
    "node.roles",
    "node.store.allow_mmap",
    "path.data",
    "path.logs",
    "xpack.license.self_generated.type",
    "xpack.monitoring.collection.enabled",
    "xpack.security.authc.anonymous.roles",
    "xpack.security.authc.anonymous.username",
    "xpack.security.authc.api_key.enabled",
    "xpack.security.enabled",
    "xpack.security.http.ssl.certificate",
    "xpack.security.http.ssl.certificate_authorities",
    "xpack.security.http.ssl.client_authentication",
    "xpack.security.http.ssl.enabled",
    "xpack.security.http.ssl.key",
    "xpack.security.http.ssl.keystore.path",
    "xpack.security.http.ssl.truststore.path",
    "xpack.security.transport.ssl.certificate",
    "xpack.security.transport.ssl.certificate_authorities",
    "xpack.security.transport.ssl.enabled",
    "xpack.security.transport.ssl.key",
    "xpack.security.transport.ssl.keystore.path",
    "xpack.security.transport.ssl.truststore.path",
    "xpack.security.transport.ssl.verification_mode",
];

const OPENSEARCH: &[&str] = &[
    "cluster.initial_cluster_manager_nodes",
    "cluster.name",
    "cluster.routing.allocation.disk.watermark.flood_stage",
    "cluster.routing.allocation.disk.watermark.high",
    "cluster.routing.allocation.disk.watermark.low",
    "cluster.routing.allocation.enable",
    "cluster.routing.allocation.node_concurrent_recoveries",
    "cluster.routing.allocation.node_initial_primaries_recoveries",
    "network.host",
    "node.attr.temp",
    "plugins.security.disabled",
    "transport.host",
    "transport.tcp.port",
];

#[test]
fn what_upstreams_examples_set_is_known() {
    for (engine, keys) in [(Engine::Elasticsearch, ELASTICSEARCH), (Engine::Opensearch, OPENSEARCH)]
    {
        let table = engine.table();
        let lacking: Vec<_> =
            keys.iter().filter(|key| table.node(key) == 0 && !table.is_foreign(key)).collect();
        assert!(lacking.is_empty(), "the table of {} lacks {lacking:?}", engine.name());
    }
}
