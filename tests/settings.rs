//! The tables of settings know what upstream's own examples use.

#![allow(clippy::panic, reason = "a test that cannot go on should stop")]

use obsproof::facts::settings::table::{Standing, Table};

/// Keys of the files that come with the programs, their images, charts and operators.
const USED: &[(&str, &[&str])] = &[
    (
        "kibana",
        &[
            "server.port",
            "server.host",
            "server.basePath",
            "server.rewriteBasePath",
            "server.publicBaseUrl",
            "server.maxPayload",
            "server.name",
            "server.shutdownTimeout",
            "server.ssl.enabled",
            "server.ssl.certificate",
            "server.ssl.key",
            "server.ssl.certificateAuthorities",
            "server.securityResponseHeaders.strictTransportSecurity",
            "elasticsearch.hosts",
            "elasticsearch.username",
            "elasticsearch.password",
            "elasticsearch.serviceAccountToken",
            "elasticsearch.pingTimeout",
            "elasticsearch.requestTimeout",
            "elasticsearch.maxSockets",
            "elasticsearch.compression",
            "elasticsearch.requestHeadersWhitelist",
            "elasticsearch.customHeaders",
            "elasticsearch.shardTimeout",
            "elasticsearch.ssl.certificate",
            "elasticsearch.ssl.key",
            "elasticsearch.ssl.certificateAuthorities",
            "elasticsearch.ssl.verificationMode",
            "pid.file",
            "path.data",
            "ops.interval",
            "i18n.locale",
            "logging.root.level",
            "logging.root.appenders",
            "logging.appenders.default.type",
            "logging.loggers",
            "migrations.batchSize",
            "migrations.maxBatchSizeBytes",
            "migrations.retryAttempts",
            "unifiedSearch.autocomplete.valueSuggestions.timeout",
            "monitoring.ui.enabled",
            "monitoring.ui.container.elasticsearch.enabled",
            "interactiveSetup.enabled",
            "monitoring.ui.container.logstash.enabled",
            "telemetry.optIn",
            "telemetry.enabled",
            "xpack.fleet.agents.fleet_server.hosts",
            "xpack.fleet.outputs",
            "xpack.fleet.packages",
            "xpack.fleet.agentPolicies",
            "xpack.fleet.isAirGapped",
            "xpack.fleet.registryUrl",
            "xpack.encryptedSavedObjects.encryptionKey",
            "xpack.security.encryptionKey",
            "xpack.security.audit.enabled",
            "xpack.security.audit.appender.type",
            "xpack.security.session.idleTimeout",
            "xpack.security.authc.providers.basic.basic1.order",
            "xpack.reporting.encryptionKey",
            "xpack.reporting.csv.maxSizeBytes",
            "xpack.reporting.kibanaServer.hostname",
            "xpack.actions.preconfigured",
            "xpack.alerting.rules.run.timeout",
            "xpack.maps.showMapsInspectorAdapter",
            "map.tilemap.url",
            "xpack.spaces.maxSpaces",
            "csp.strict",
            "status.allowAnonymous",
            "data.search.sessions.enabled",
            "uiSettings.overrides.theme:darkMode",
            "savedObjects.maxImportPayloadBytes",
            "node.roles",
            "xpack.license_management.ui.enabled",
            "newsfeed.enabled",
            "xpack.apm.ui.enabled",
        ],
    ),
    (
        "opensearch-dashboards",
        &[
            "server.host",
            "server.name",
            "server.ssl.enabled",
            "server.basePath",
            "opensearch.hosts",
            "opensearch.username",
            "opensearch.password",
            "opensearch.ssl.verificationMode",
            "opensearch.ssl.certificateAuthorities",
            "opensearch.requestHeadersWhitelist",
            "opensearch.requestHeadersAllowlist",
            "opensearchDashboards.index",
            "opensearchDashboards.branding.logo.defaultUrl",
            "logging.verbose",
            "logging.dest",
            "opensearch_security.multitenancy.enabled",
            "opensearch_security.auth.type",
            "opensearch_security.cookie.secure",
            "opensearch_security.readonly_mode.roles",
            "opensearch_security.openid.connect_url",
            "uiSettings.overrides.defaultRoute",
            "data_source.enabled",
            "workspace.enabled",
            "home.disableWelcomeScreen",
            "i18n.locale",
            "pid.file",
            "ops.interval",
            "server.defaultRoute",
            "csp.rules",
            "map.tilemap.url",
        ],
    ),
];

#[test]
fn tables_know_what_upstream_uses() {
    let mut lacking = Vec::new();
    for (name, keys) in USED {
        let table = Table::named(name).unwrap_or_else(|| panic!("no table {name}"));
        for key in *keys {
            if !matches!(table.look_up(key), Standing::Known) {
                lacking.push(format!("{name}: {key}: {:?}", table.look_up(key)));
            }
        }
    }
    assert!(lacking.is_empty(), "{}", lacking.join("\n"));
}
