//! Ports on which a collector takes telemetry, by the configuration it loads.

use super::LoadSet;
use crate::facts::DocumentId;
use crate::facts::collector::{Component, Section};
use crate::facts::deploy::Container;
use crate::facts::flat::Settings;
use crate::repo::Repo;

/// Ports of the protocols of traces: no other receiver takes one of them by itself.
const TRACES: &[u16] = &[4317, 4318, 6831, 6832, 9411, 14250, 14268];
/// Receivers that fetch what they take, and listen on nothing.
const FETCHES: &[&str] = &[
    "prometheus",
    "hostmetrics",
    "filelog",
    "kubeletstats",
    "k8s_cluster",
    "k8s_events",
    "k8sobjects",
    "docker_stats",
    "journald",
    "kafka",
];
/// Receivers, what in their settings switches a protocol on, and its port.
const LISTENS: &[(&str, &str, u16)] = &[
    ("otlp", "protocols.grpc", 4317),
    ("otlp", "protocols.http", 4318),
    ("jaeger", "protocols.grpc", 14250),
    ("jaeger", "protocols.thrift_http", 14268),
    ("jaeger", "protocols.thrift_compact", 6831),
    ("jaeger", "protocols.thrift_binary", 6832),
    ("zipkin", "", 9411),
];

impl Repo {
    /// Whether a container takes telemetry on a port; `None` where it loads no configuration that is
    /// here whole, or nobody can know.
    pub fn collects_on(&self, container: &Container, port: u16) -> Option<bool> {
        let number = self.facts.containers.iter().position(|one| std::ptr::eq(one, container))?;
        let set = self.collectors().sets.iter().find(|set| set.container == Some(number))?;
        self.set_takes(set, port)
    }

    /// Whether the service that an operator makes of a collector's object has a port: those of its
    /// receivers, and what the object names itself.
    pub fn operated_offers(&self, object: DocumentId, port: u16) -> Option<bool> {
        let own = |document: &DocumentId| self.document(*document).host == Some(object);
        let set = self.collectors().sets.iter().find(|set| set.documents.iter().any(own))?;
        let named = self.text(self.document(object).span).contains("ports:");
        if named { None } else { self.set_takes(set, port) }
    }

    /// Whether the receivers of what is loaded together take a port.
    fn set_takes(&self, set: &LoadSet, port: u16) -> Option<bool> {
        if !set.known || set.open || set.values {
            return None;
        }
        let used = |component: &&Component| {
            set.users(Section::Receivers, &component.id.text).next().is_some()
        };
        let receivers = set.components(self).filter(|it| it.section == Section::Receivers);
        let mut found = false;
        for receiver in receivers.filter(used) {
            found |= takes(self, set, receiver, port)?;
        }
        Some(found)
    }
}

/// Whether a receiver listens on a port.
fn takes(repo: &Repo, set: &LoadSet, receiver: &Component, port: u16) -> Option<bool> {
    let settings = set.settings(repo, Section::Receivers, &receiver.id.text)?;
    if settings.open {
        return None;
    }
    let kind = receiver.kind();
    let mut found = false;
    for (_, switch, own) in LISTENS.iter().filter(|(known, ..)| *known == kind) {
        if !switch.is_empty() && settings.at(switch).is_none() {
            continue;
        }
        found |= match endpoint(&settings, switch) {
            None => *own == port,
            Some(written) => written? == port,
        };
    }
    // Whatever else it is, an address may name the port.
    let named = settings.entries.iter().filter_map(|setting| setting.scalar()).any(|value| {
        !value.known
            || value.text.rsplit(':').next().and_then(|text| text.parse().ok()) == Some(port)
    });
    let modelled = LISTENS.iter().any(|(known, ..)| *known == kind);
    // Some other port may be a receiver's own.
    let own = !TRACES.contains(&port) && !FETCHES.contains(&kind);
    match (found, (named || own) && !modelled) {
        (true, _) => Some(true),
        (false, true) => None,
        (false, false) => Some(false),
    }
}

/// The port of an address that is written; nothing inside where it cannot be known.
fn endpoint(settings: &Settings, switch: &str) -> Option<Option<u16>> {
    let path = if switch.is_empty() { "endpoint".to_owned() } else { format!("{switch}.endpoint") };
    let written = settings.get(&path)?;
    let port = written.known_text().and_then(|text| text.rsplit(':').next()?.parse().ok());
    Some(port)
}
