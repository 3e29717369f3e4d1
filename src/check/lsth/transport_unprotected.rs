//! Records that travel readable, or to whoever answers. Rule: rules/lsth/transport-unprotected.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::logstash::{Plugin, Role};
use crate::facts::scalar::Scalar;
use crate::repo::publish::Published;
use crate::repo::runs::LOGSTASH;
use crate::repo::scrape::{host_of, is_inside, is_loopback};

/// Options that switch the check of the other side's certificate off, by this word.
const UNCHECKED: &[(&str, &str)] = &[
    ("ssl_verification_mode", "none"),
    ("ssl_certificate_verification", "false"),
    ("ssl_certificate_validation", "false"),
];
/// Options that hold addresses records are sent to.
const ADDRESSES: &[&str] = &["hosts", "url", "uri", "host"];

pub(super) fn check(plugin: &Plugin, case: &mut Case<'_>) {
    if plugin.role == Role::Codec {
        return case.skip();
    }
    for (name, word) in UNCHECKED {
        if let Some(value) = plugin.scalar(name).filter(|value| value.known_text() == Some(*word)) {
            case.flag(value.span)
                .with("what", "the certificate of the other side is not checked: whoever answers gets the records");
        }
    }
    match plugin.role {
        Role::Output | Role::Filter => addresses(plugin, case),
        _ => listener(plugin, case),
    }
}

fn addresses(plugin: &Plugin, case: &mut Case<'_>) {
    let values =
        plugin.options.iter().filter(|option| ADDRESSES.contains(&option.name.text.as_str()));
    let plain: Vec<&Scalar> = values
        .flat_map(|option| option.value.scalars())
        .filter(|value| value.known && value.text.starts_with("http://"))
        .collect();
    for value in plain {
        let host = host_of(&value.text);
        if is_loopback(host) || host.is_empty() || host.contains("%{") {
            continue;
        }
        let inside = is_inside(case.repo, host);
        let flag = case.flag(value.span).with("what", "records and passwords travel in plain text");
        if inside {
            flag.severity(Severity::Info);
        }
    }
}

fn listener(plugin: &Plugin, case: &mut Case<'_>) {
    let name = plugin.name.text.as_str();
    let usual = match name {
        "beats" | "elastic_agent" => 5044,
        "http" => 8080,
        "tcp" => 0,
        _ => return,
    };
    let protected =
        ["ssl_enabled", "ssl", "ssl_enable"].iter().filter_map(|option| plugin.option(option)).any(
            |option| option.value.scalar().is_none_or(|value| value.known_text() != Some("false")),
        );
    let local = plugin.text("host").is_some_and(|host| is_loopback(host) && host != "0.0.0.0");
    if protected || local || plugin.open || plugin.text("mode") == Some("client") {
        return;
    }
    let port = match plugin.scalar("port") {
        None => usual,
        Some(port) => match port.known_text().and_then(|text| text.parse().ok()) {
            Some(port) => port,
            None => return,
        },
    };
    let published = case.repo.published_by(plugin.document, LOGSTASH, port);
    if matches!(published, Published::No) || case.repo.is_test_pipeline(plugin.document) {
        return;
    }
    let what = format!("port {port} takes records in plain text");
    let flag = case.flag(plugin.name.span).with("what", what);
    match published {
        Published::Yes(span, how) => {
            flag.related(span, how);
        }
        _ => {
            flag.severity(Severity::Info);
        }
    }
}
