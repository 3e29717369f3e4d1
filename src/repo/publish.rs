//! Which ports of a container are reached from outside its own network.

use super::Repo;
use super::runs::Program;
use crate::facts::DocumentId;
use crate::facts::deploy::{Bind, Container, Service};
use crate::source::Span;

/// Whether others than its neighbours reach a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Published {
    /// The repository shows the container, and nothing that publishes the port.
    No,
    /// Nobody can know: no container is here, or a placeholder decides. Counts as published, one
    /// level lower.
    Unknown,
    /// Published at this place, in these words: "published by the host".
    Yes(Span, &'static str),
}

impl Repo {
    /// Whether a port of the program that runs with a document is published.
    pub fn published_by(&self, document: DocumentId, program: Program, port: u16) -> Published {
        let containers = self.runs_with(document, program);
        let mut found = if containers.is_empty() { Published::Unknown } else { Published::No };
        for container in containers {
            match self.published(container, port) {
                Published::No => {}
                Published::Unknown => found = Published::Unknown,
                yes @ Published::Yes(..) => return yes,
            }
        }
        found
    }

    /// Whether a port of a container is published.
    pub fn published(&self, container: &Container, port: u16) -> Published {
        if container.host_network {
            return Published::Yes(container.name.span, "on the network of its host");
        }
        let mut unknown = false;
        for offer in container.offers.iter().filter(|offer| offer.bound.is_some()) {
            match (offer.covers(port), offer.bound) {
                (Some(false), _) | (_, Some(Bind::Loopback) | None) => {}
                (Some(true), Some(Bind::Reachable)) => {
                    return Published::Yes(offer.span, "published by its host");
                }
                _ => unknown = true,
            }
        }
        if container.workload != "compose" {
            for (service, number) in self.services_of(container, port) {
                match self.exposed(service, number) {
                    Published::No => {}
                    Published::Unknown => unknown = true,
                    yes @ Published::Yes(..) => return yes,
                }
            }
        }
        if unknown { Published::Unknown } else { Published::No }
    }

    /// Services that lead to a container's port, each with the number of the service's port.
    pub fn services_of<'r>(
        &'r self,
        container: &Container,
        port: u16,
    ) -> Vec<(&'r Service, usize)> {
        let mut found = Vec::new();
        for service in &self.facts.services {
            if !self.selects(service, container) {
                continue;
            }
            for (number, offered) in service.ports.iter().enumerate() {
                let target = offered.target.as_ref().or(offered.port.as_ref());
                let Some(target) = target.and_then(|target| target.known_text()) else { continue };
                let named = || {
                    let offers = container.offers.iter();
                    let mut named = offers.filter(|offer| offer.name.as_deref() == Some(target));
                    named.any(|offer| offer.covers(port) == Some(true))
                };
                if target.parse() == Ok(port) || named() {
                    found.push((service, number));
                }
            }
        }
        found
    }

    /// Whether a service selects the pods of a container.
    pub fn selects(&self, service: &Service, container: &Container) -> bool {
        let spaces = (&service.object.namespace, &container.owner.namespace);
        let apart = matches!(spaces, (Some(one), Some(other)) if one != other);
        !apart
            && !service.selector.entries.is_empty()
            && self.run_together(service.document, container.document)
            && service.selector.entries.iter().all(|(key, value)| {
                container.labels.get(&key.text).is_some_and(|label| label.text == value.text)
            })
    }

    fn exposed(&self, service: &Service, number: usize) -> Published {
        match service.exposure.as_ref().map(|exposure| (exposure.known_text(), exposure.span)) {
            Some((Some("NodePort"), span)) => {
                return Published::Yes(span, "published on every node");
            }
            Some((Some("LoadBalancer"), span)) if !is_internal(service) => {
                return Published::Yes(span, "published by a load balancer");
            }
            Some((None, _)) => return Published::Unknown,
            _ => {}
        }
        let Some(port) = service.ports.get(number) else { return Published::No };
        let is_port = |written: &str| {
            [&port.name, &port.port].into_iter().flatten().any(|own| own.text == written)
        };
        for entrance in &self.facts.entrances {
            if !self.run_together(entrance.document, service.document) {
                continue;
            }
            for (name, written) in &entrance.backends {
                let leads = written.as_ref().is_none_or(|written| is_port(&written.text));
                if name.text == service.object.name && leads {
                    return Published::Yes(name.span, "published by an entrance of the cluster");
                }
            }
        }
        Published::No
    }
}

/// Whether a load balancer is the own network's.
fn is_internal(service: &Service) -> bool {
    service.annotations.entries.iter().any(|(key, value)| {
        let (key, value) = (key.text.as_str(), value.text.as_str());
        match key.rsplit('/').next().unwrap_or(key) {
            "aws-load-balancer-internal" | "azure-load-balancer-internal" => {
                !matches!(value, "false" | "")
            }
            "load-balancer-type" | "aws-load-balancer-scheme" => {
                value.eq_ignore_ascii_case("internal")
            }
            _ => false,
        }
    })
}
