//! Receivers that anybody can send to. Rule: rules/otcl/open-receiver.yaml

use super::model;
use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::collector::{Component, Section};
use crate::facts::flat::Setting;
use crate::repo::publish::Published;
use crate::repo::scrape::split_address;
use crate::source::Span;

pub(super) fn check(component: &Component, case: &mut Case<'_>) {
    if component.section != Section::Receivers || !component.id.known {
        return case.skip();
    }
    // A receiver that no pipeline takes does not listen.
    if !model::is_used(case.repo, component) {
        return;
    }
    let settings = &component.settings;
    for setting in settings.entries.iter().filter(|it| it.name() == "endpoint") {
        let Some(port) = open_port(setting) else { continue };
        let owner = setting.path.strip_suffix("endpoint").unwrap_or_default();
        let guarded = ["tls", "tls_settings", "auth"]
            .iter()
            .any(|key| settings.at(&format!("{owner}{key}")).is_some());
        if !guarded && !settings.open {
            report(component, setting, port, case);
        }
    }
}

/// The port of an endpoint that listens on every address.
fn open_port(setting: &Setting) -> Option<u16> {
    let text = setting.scalar()?.known_text()?;
    let address = text.split_once("://").map_or(text, |(_, rest)| rest);
    let (host, port) = split_address(address);
    let everywhere = matches!(host, "0.0.0.0" | "" | "::");
    port.filter(|_| everywhere).and_then(|port| port.parse().ok())
}

fn report(component: &Component, setting: &Setting, port: u16, case: &mut Case<'_>) {
    let (severity, reached, place): (Severity, &str, Option<Span>) =
        match published(component, port, case) {
            Published::No => return,
            Published::Yes(span, how) => (Severity::Warning, how, Some(span)),
            Published::Unknown => (Severity::Info, "and may be published", None),
        };
    let flag = case
        .flag(setting.span())
        .with("port", port.to_string())
        .with("how", reached)
        .severity(severity);
    if let Some(place) = place {
        flag.related(place, "the port is published here");
    }
}

/// Whether others than its neighbours reach the port, in any place that runs the document.
fn published(component: &Component, port: u16, case: &Case<'_>) -> Published {
    let containers = case.repo.collectors_with(component.document);
    let mut found = if containers.is_empty() { Published::Unknown } else { Published::No };
    for container in containers {
        match case.repo.published(container, port) {
            Published::No => {}
            Published::Unknown => found = Published::Unknown,
            yes @ Published::Yes(..) => return yes,
        }
    }
    found
}
