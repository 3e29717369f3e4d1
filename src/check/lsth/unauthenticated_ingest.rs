//! An input that takes records from anybody. Rule: rules/lsth/unauthenticated-ingest.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::logstash::{Plugin, Role};
use crate::repo::publish::Published;
use crate::repo::runs::LOGSTASH;
use crate::repo::scrape::is_loopback;

pub(super) fn check(plugin: &Plugin, case: &mut Case<'_>) {
    let usual = match (plugin.role, plugin.name.text.as_str()) {
        (Role::Input, "http") => 8080,
        (Role::Input, "tcp" | "udp") => 0,
        (Role::Input, "gelf") => 12201,
        (Role::Input, "syslog") => 514,
        _ => return case.skip(),
    };
    let user = plugin.option("user").is_some() || plugin.option("password").is_some();
    if user || certified(plugin) || plugin.open || plugin.text("mode") == Some("client") {
        return;
    }
    if plugin.text("host").is_some_and(|host| is_loopback(host) && host != "0.0.0.0") {
        return;
    }
    let port = match plugin.scalar("port") {
        None => usual,
        Some(port) => match port.known_text().and_then(|text| text.parse().ok()) {
            Some(port) => port,
            None => return,
        },
    };
    match case.repo.published_by(plugin.document, LOGSTASH, port) {
        Published::No => {}
        Published::Yes(span, how) => {
            case.flag(plugin.name.span).with("port", port.to_string()).related(span, how);
        }
        Published::Unknown => {
            let flag = case.flag(plugin.name.span).with("port", port.to_string());
            flag.severity(Severity::Info);
        }
    }
}

/// Whether senders must show a certificate.
fn certified(plugin: &Plugin) -> bool {
    let on = ["ssl_enabled", "ssl", "ssl_enable"].iter().any(|name| {
        plugin.option(name).is_some_and(|option| {
            option.value.scalar().is_none_or(|value| value.known_text() != Some("false"))
        })
    });
    let mode = |name: &str| plugin.scalar(name).map(|value| value.known_text().unwrap_or("?"));
    match mode("ssl_client_authentication").or_else(|| mode("ssl_verify_mode")) {
        Some(mode) => on && mode != "none",
        // Over TCP a certificate is asked for by default.
        None => on && plugin.name.text == "tcp" && plugin.flag("ssl_verify") != Some(false),
    }
}
