//! Kibana's pages without encryption. Rule: rules/kiba/plaintext-ui.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::kibana::{Form, KibanaConfig};
use crate::repo::publish::Published;
use crate::repo::runs::Program;
use crate::repo::scrape::is_loopback;

/// Programs that end TLS before Kibana.
const PROXIES: Program = Program(&[
    "nginx*",
    "traefik",
    "caddy",
    "haproxy",
    "envoy",
    "httpd",
    "nginx-proxy",
    "oauth2-proxy",
]);

pub(super) fn check(config: &KibanaConfig, case: &mut Case<'_>) {
    // The operator gives its Kibana a certificate.
    if config.form == Form::Operator {
        return;
    }
    let Some(kibana) = case.repo.kibana(config) else { return case.skip() };
    let host = kibana.get("server.host").and_then(|setting| setting.value.as_ref());
    let (text, span) = match (host, config.form) {
        (Some(host), _) => {
            let Some(text) = host.known_text() else { return };
            (text, host.span)
        }
        // The images listen everywhere, as otherwise no port of theirs could be published.
        (None, Form::Container(name)) if !kibana.open => ("0.0.0.0", name),
        _ => return case.skip(),
    };
    let everywhere = text == "0.0.0.0" || text == "0" || text == "::";
    if (is_loopback(text) && !everywhere) || kibana.open || text == "::1" {
        return;
    }
    match kibana.get("server.ssl.enabled").map(|setting| setting.boolean()) {
        None | Some(Some(false)) => {}
        _ => return,
    }
    if !case.repo.runs_with(config.document, PROXIES).is_empty() {
        return;
    }
    let port = kibana.get("server.port").and_then(|port| port.text()?.parse().ok()).unwrap_or(5601);
    let published = match (config.form, kibana.containers.as_slice()) {
        (Form::Container(_), [container]) => case.repo.published(container, port),
        _ => case.repo.published_by(config.document, config.program.image(), port),
    };
    if host.is_none() && !matches!(published, Published::Yes(..)) {
        return;
    }
    let flag = case.flag(span).with("program", config.program.name());
    match published {
        Published::No => {
            flag.with("reach", "inside its own network").severity(Severity::Info);
        }
        Published::Unknown => {
            flag.with("reach", "to whoever reaches it").severity(Severity::Info);
        }
        Published::Yes(_, "published by an entrance of the cluster") => {
            flag.with("reach", "behind the cluster's entrance").severity(Severity::Info);
        }
        Published::Yes(span, how) => {
            flag.with("reach", "to the outside").related(span, how);
        }
    }
}
