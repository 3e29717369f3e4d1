//! Two components on one port. Rule: rules/otcl/port-clash.yaml

use super::model;
use crate::check::Case;
use crate::facts::collector::{Collector, Component, Section, kind_of};
use crate::repo::collectors::There;
use crate::repo::scrape::split_address;
use crate::source::Span;
use std::collections::BTreeMap;

/// Where components listen: section, type, path of the address, port without one, protocol.
/// A path that does not end in an address is a key whose presence opens the default port.
const LISTENERS: &[(Section, &str, &str, u16, &str)] = &[
    (Section::Receivers, "otlp", "protocols.grpc", 4317, "tcp"),
    (Section::Receivers, "otlp", "protocols.http", 4318, "tcp"),
    (Section::Receivers, "jaeger", "protocols.grpc", 14250, "tcp"),
    (Section::Receivers, "jaeger", "protocols.thrift_http", 14268, "tcp"),
    (Section::Receivers, "jaeger", "protocols.thrift_compact", 6831, "udp"),
    (Section::Receivers, "jaeger", "protocols.thrift_binary", 6832, "udp"),
    (Section::Receivers, "zipkin", "", 9411, "tcp"),
    (Section::Receivers, "opencensus", "", 55678, "tcp"),
    (Section::Receivers, "influxdb", "", 8086, "tcp"),
    (Section::Receivers, "statsd", "", 8125, "udp"),
    (Section::Receivers, "carbon", "", 2003, "tcp"),
    (Section::Receivers, "collectd", "", 8081, "tcp"),
    (Section::Receivers, "datadog", "", 8126, "tcp"),
    (Section::Receivers, "splunk_hec", "", 8088, "tcp"),
    (Section::Receivers, "signalfx", "", 9943, "tcp"),
    (Section::Receivers, "fluentforward", "", 8006, "tcp"),
    (Section::Receivers, "awsxray", "", 2000, "udp"),
    (Section::Receivers, "loki", "protocols.grpc", 3600, "tcp"),
    (Section::Receivers, "loki", "protocols.http", 3500, "tcp"),
    (Section::Receivers, "prometheusremotewrite", "", 9090, "tcp"),
    (Section::Extensions, "health_check", "", 13133, "tcp"),
    (Section::Extensions, "zpages", "", 55679, "tcp"),
    (Section::Extensions, "pprof", "", 1777, "tcp"),
];

struct Bound<'r> {
    component: &'r Component,
    host: String,
    port: u16,
    protocol: &'static str,
    span: Span,
}

pub(super) fn check(collector: &Collector, case: &mut Case<'_>) {
    let repo = case.repo;
    let mut bound: Vec<Bound<'_>> = Vec::new();
    for component in repo.components_of(collector.document) {
        let runs = match component.section {
            Section::Extensions => repo
                .collectors()
                .of_document(collector.document)
                .any(|set| set.starts(repo, &component.id.text) == There::Yes),
            _ => model::is_used(repo, component),
        };
        if runs && component.id.known && !component.settings.open {
            bound.extend(binds(component));
        }
    }
    let mut by_port: BTreeMap<(u16, &str), Vec<&Bound<'_>>> = BTreeMap::new();
    for later in &bound {
        let here = by_port.entry((later.port, later.protocol)).or_default();
        let clash = here.iter().find(|earlier| meets(&earlier.host, &later.host));
        if let Some(earlier) = clash {
            case.flag(later.span)
                .with("port", later.port.to_string())
                .with(
                    "one",
                    format!("{} `{}`", earlier.component.section.one(), earlier.component.id.text),
                )
                .with(
                    "other",
                    format!("{} `{}`", later.component.section.one(), later.component.id.text),
                )
                .related(earlier.span, "listens there already");
        }
        here.push(later);
    }
}

/// Whether two addresses cannot both be bound.
fn meets(one: &str, other: &str) -> bool {
    let every = |host: &str| matches!(host, "" | "0.0.0.0" | "::");
    let local = |host: &str| matches!(host, "localhost" | "127.0.0.1");
    one == other || every(one) || every(other) || (local(one) && local(other))
}

fn binds(component: &Component) -> Vec<Bound<'_>> {
    let rows = LISTENERS.iter().filter(|(section, kind, ..)| {
        *section == component.section && *kind == kind_of(&component.id.text)
    });
    let mut found = Vec::new();
    for &(_, _, path, port, protocol) in rows {
        let settings = &component.settings;
        let place = if path.is_empty() {
            Some(component.id.span)
        } else {
            settings.at(path).map(|it| it.key)
        };
        let Some(place) = place else { continue };
        let key = if path.is_empty() { "endpoint".to_owned() } else { format!("{path}.endpoint") };
        let transport =
            if path.is_empty() { "transport".to_owned() } else { format!("{path}.transport") };
        if settings
            .get(&transport)
            .is_some_and(|it| !it.text.starts_with("tcp") && !it.text.starts_with("udp"))
        {
            continue;
        }
        match settings.get(&key) {
            None => found.push(Bound {
                component,
                host: "localhost".to_owned(),
                port,
                protocol,
                span: place,
            }),
            Some(address) => {
                let Some(text) = address.known_text() else { continue };
                let (host, written) = split_address(text);
                if let Some(Ok(port)) = written.map(str::parse::<u16>) {
                    let host = host.to_owned();
                    found.push(Bound { component, host, port, protocol, span: address.span });
                }
            }
        }
    }
    // Port 0 is any free one.
    found.retain(|bound| bound.port > 0);
    found
}
