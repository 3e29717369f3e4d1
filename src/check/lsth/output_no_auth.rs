//! An output to Elasticsearch that shows no identity. Rule: rules/lsth/output-no-auth.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::logstash::{Plugin, Role};
use crate::repo::scrape::host_of;

/// Options that say who writes.
const IDENTITY: &[&str] = &[
    "user",
    "password",
    "api_key",
    "cloud_auth",
    "ssl_certificate",
    "ssl_keystore_path",
    "keystore",
    "custom_headers",
    "parameters",
    "proxy",
];

pub(super) fn check(plugin: &Plugin, case: &mut Case<'_>) {
    if !plugin.is(Role::Output, "elasticsearch") {
        return case.skip();
    }
    if plugin.open || IDENTITY.iter().any(|name| plugin.option(name).is_some()) {
        return;
    }
    let hosts = plugin.value("hosts").map(|value| value.scalars()).unwrap_or_default();
    // An address may bring name and password along, also one that is filled in.
    if hosts.iter().any(|host| host.text.contains('@') || host.text.starts_with("${")) {
        return;
    }
    let names: Vec<&str> = hosts.iter().map(|host| host_of(&host.text)).collect();
    let security = case.repo.search_security(plugin.document, &names);
    if security.is_some_and(|(on, _)| !on) {
        return;
    }
    let flag = case.flag(plugin.name.span);
    if let Some((_, span)) = security {
        flag.severity(Severity::Error).related(span, "security is on in the store");
    }
}
