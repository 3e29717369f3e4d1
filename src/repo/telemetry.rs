//! Where telemetry is sent: which service of the repository has the name, and whether it offers
//! the port.

use super::Repo;
use super::images::{Class, known_as};
use super::scrape::is_loopback;
use crate::config::World;
use crate::facts::deploy::{Container, Service};
use crate::facts::jaeger::{Component, component_of};
use crate::facts::telemetry::{Role, TelemetryPort};
use crate::facts::{Document, DocumentId};
use crate::identify::Kind;
use crate::repo::jaeger::Given;
use crate::source::Span;
use std::collections::{BTreeMap, BTreeSet};

/// Who has a name.
#[derive(Clone, Copy, Debug)]
pub enum Named<'r> {
    /// A Kubernetes service.
    Service(&'r Service),
    /// A compose service.
    Compose(&'r Container),
    /// Something that an operator makes of an object.
    Operated(DocumentId),
}

/// What is known of an address.
#[derive(Clone, Debug)]
pub enum Target<'r> {
    /// The repository has these of the name.
    Here(Vec<Named<'r>>),
    /// Nothing here has the name, and everything that could is here; the workload of that name,
    /// if there is one.
    Missing(Option<&'r Container>),
    /// Nobody can know: a placeholder, this machine, another network.
    Elsewhere,
}

/// Names of services, looked up.
#[derive(Debug, Default)]
pub struct Names {
    services: BTreeMap<String, Vec<usize>>,
    compose: BTreeMap<String, Vec<usize>>,
    operated: BTreeMap<String, DocumentId>,
    workloads: BTreeMap<String, usize>,
    /// Namespaces that the repository shows.
    namespaces: BTreeSet<String>,
    /// Containers behind the services that something dials, by the service's name in its file.
    behind: BTreeMap<Span, Vec<usize>>,
}

impl Names {
    pub(super) fn of(repo: &Repo) -> Names {
        let mut names = Names::default();
        for (number, service) in repo.facts.services.iter().enumerate() {
            names.services.entry(service.object.name.clone()).or_default().push(number);
        }
        for (number, container) in repo.facts.containers.iter().enumerate() {
            if container.workload != "compose" {
                names.workloads.entry(container.owner.name.clone()).or_insert(number);
                continue;
            }
            let own = std::iter::once(&container.name).chain(&container.aliases);
            for name in own {
                let list = names.compose.entry(name.text.clone()).or_default();
                if list.last() != Some(&number) {
                    list.push(number);
                }
            }
        }
        for document in &repo.facts.documents {
            for name in made_by(document) {
                names.operated.entry(name).or_insert(document.id);
            }
            if let Some(object) = &document.object {
                names.namespaces.extend(object.namespace.clone());
                names.namespaces.extend((object.kind == "Namespace").then(|| object.name.clone()));
            }
        }
        names.look_behind(repo);
        names
    }

    /// Finds the containers behind the services that are dialled, or that lead to a receiver.
    fn look_behind(&mut self, repo: &Repo) {
        let dialled: BTreeSet<&str> = repo
            .facts
            .telemetry_ports
            .iter()
            .filter_map(|port| port.address())
            .filter_map(|(host, _)| in_cluster(host).map(|(name, _)| name))
            .collect();
        let mut labelled: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
        for (number, container) in repo.facts.containers.iter().enumerate() {
            for (key, value) in &container.labels.entries {
                labelled.entry((&key.text, &value.text)).or_default().push(number);
            }
        }
        for service in &repo.facts.services {
            if !dialled.contains(service.object.name.as_str()) {
                continue;
            }
            let Some((key, value)) = service.selector.entries.first() else { continue };
            let candidates = labelled.get(&(key.text.as_str(), value.text.as_str()));
            let selected = candidates.into_iter().flatten().copied();
            let selected =
                selected.filter(|&number| repo.selects(service, &repo.facts.containers[number]));
            self.behind.insert(service.anchor, selected.collect());
        }
    }
}

/// Names of the services that operators make of an object.
fn made_by(document: &Document) -> Vec<String> {
    let Some(object) = &document.object else { return Vec::new() };
    let ends: (&str, &[&str]) = match object.kind.as_str() {
        "Jaeger" => ("", &["-collector", "-collector-headless", "-query", "-agent"]),
        "OpenTelemetryCollector" => ("", &["-collector", "-collector-headless"]),
        "TempoStack" => {
            ("tempo-", &["-distributor", "-query-frontend", "-gateway", "-ingester", "-querier"])
        }
        "TempoMonolithic" => ("tempo-", &["", "-gateway", "-jaegerui"]),
        "ServiceEntry" | "ExternalService" | "Endpoints" => ("", &[""]),
        _ => return Vec::new(),
    };
    ends.1.iter().map(|end| format!("{}{}{end}", ends.0, object.name)).collect()
}

/// Namespace of `name.namespace`, `name.namespace.svc…`; the name alone has none. `None` for
/// names that no cluster gives.
fn in_cluster(host: &str) -> Option<(&str, Option<&str>)> {
    let host = host.trim_end_matches('.');
    let mut parts = host.split('.');
    let (name, space, rest) = (parts.next()?, parts.next(), parts.next());
    match (space, rest) {
        (None, _) => Some((name, None)),
        (Some(space), None | Some("svc")) => Some((name, Some(space))),
        _ => None,
    }
}

impl Repo {
    fn names(&self) -> &Names {
        self.names.get_or_init(|| Names::of(self))
    }

    /// Who has the name that is dialled.
    pub fn target<'r>(&'r self, port: &'r TelemetryPort) -> Target<'r> {
        let Some((host, _)) = port.address() else { return Target::Elsewhere };
        let address = host.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        if is_loopback(host) || address || self.is_external_service(host) {
            return Target::Elsewhere;
        }
        let Some((name, space)) = in_cluster(host) else { return Target::Elsewhere };
        let names = self.names();
        let found = self.named(name, host);
        if !found.is_empty() {
            return Target::Here(found);
        }
        // Another namespace is another team's; with two parts it may be any domain.
        if space.is_some_and(|space| !names.namespaces.contains(space)) {
            return Target::Elsewhere;
        }
        let workload = names.workloads.get(name).map(|&number| &self.facts.containers[number]);
        match self.is_closed_for(port) && (workload.is_some() || self.has_services(port)) {
            true => Target::Missing(workload),
            false => Target::Elsewhere,
        }
    }

    fn named<'r>(&'r self, name: &str, host: &str) -> Vec<Named<'r>> {
        let names = self.names();
        let list = |map: &'r BTreeMap<String, Vec<usize>>, key: &str| {
            map.get(key).cloned().unwrap_or_default()
        };
        let services = list(&names.services, name).into_iter();
        let mut found: Vec<Named<'_>> =
            services.map(|number| Named::Service(&self.facts.services[number])).collect();
        for key in [name, host] {
            let numbers = list(&names.compose, key).into_iter();
            found.extend(numbers.map(|number| Named::Compose(&self.facts.containers[number])));
            found.extend(names.operated.get(key).copied().map(Named::Operated));
        }
        // Pods of a set are `name-0.service`.
        let set = host.split('.').nth(1).filter(|_| name.contains('-'));
        if let Some(set) = set.filter(|_| found.is_empty()) {
            let numbers = list(&names.services, set).into_iter();
            found.extend(numbers.map(|number| Named::Service(&self.facts.services[number])));
        }
        found
    }

    /// Whether everything that could have a name where this runs is in the repository.
    fn is_closed_for(&self, port: &TelemetryPort) -> bool {
        let document = self.document(port.document);
        if document.kind == Kind::Compose {
            return self.is_closed_project(port.document);
        }
        self.runs_in_closed(port.document) || self.holds_all(World::Exporters)
    }

    /// Whether a Compose file says of everything in its network what it is called.
    fn is_closed_project(&self, id: DocumentId) -> bool {
        let document = self.document(id);
        let mut project = self.facts.containers.iter().filter(|it| it.document == id);
        !document.masked && !document.broken && project.all(|container| !container.shares_network)
    }

    /// Whether code runs in such networks, and nowhere else.
    fn runs_in_closed(&self, document: DocumentId) -> bool {
        if !self.document(document).kind.is_code() {
            return false;
        }
        let service = self.service_of(document).filter(|service| service.has(document));
        let containers = service.map_or(&[][..], |service| service.containers.as_slice());
        let runs = |number: &usize| {
            let container = &self.facts.containers[*number];
            container.workload == "compose" && self.is_closed_project(container.document)
        };
        !containers.is_empty() && containers.iter().all(runs)
    }

    fn has_services(&self, port: &TelemetryPort) -> bool {
        match self.document(port.document).kind {
            Kind::Compose => true,
            // A collector's configuration alone shows nothing of its network.
            Kind::OtelCollector | Kind::JaegerConfig => false,
            kind if kind.is_code() && self.runs_in_closed(port.document) => true,
            _ => !self.facts.services.is_empty() || !self.facts.operated_collectors.is_empty(),
        }
    }

    /// Where a port that is dialled is certainly not offered: the place that should offer it, and
    /// whether only a container does not name it.
    pub fn unoffered(&self, port: &TelemetryPort, target: &Target<'_>) -> Option<Gap> {
        let number = port.address()?.1?;
        let Target::Here(named) = target else {
            let Target::Missing(Some(workload)) = target else { return None };
            let named = workload.offers.iter().all(|it| it.covers(number) == Some(false));
            return (named && !workload.offers.is_empty()).then_some(Gap {
                place: workload.name.span,
                number,
                named_only: true,
            });
        };
        let mut gap = None;
        for one in named {
            let found = match one {
                Named::Service(service) => self.service_gap(service, number),
                Named::Compose(container) => match self.listens(container, number) {
                    Some(false) => {
                        Some(Gap { place: container.name.span, number, named_only: false })
                    }
                    _ => None,
                },
                Named::Operated(object) => match self.operated_offers(*object, number) {
                    Some(false) => {
                        let place = self.document(*object).anchor;
                        Some(Gap { place, number, named_only: false })
                    }
                    _ => None,
                },
            };
            // One that offers it is enough.
            gap = Some(found?);
        }
        gap
    }

    fn service_gap(&self, service: &Service, number: u16) -> Option<Gap> {
        let external =
            service.exposure.as_ref().is_some_and(|it| it.text == "ExternalName" || !it.known);
        let known = |port: &crate::facts::deploy::ServicePort| {
            port.port.as_ref().and_then(|port| port.known_text()?.parse::<u16>().ok())
        };
        let masked = self.document(service.document).masked;
        let ports: Option<Vec<u16>> = service.ports.iter().map(known).collect();
        let ports =
            ports.filter(|ports| !ports.is_empty() && !service.headless && !external && !masked)?;
        let place = service.anchor;
        if !ports.contains(&number) {
            return Some(Gap { place, number, named_only: false });
        }
        // The service leads on; the program behind it may not listen.
        let target = service.ports.iter().find(|port| known(port) == Some(number))?;
        let inner = match &target.target {
            Some(target) => target.known_text()?.parse().ok()?,
            None => number,
        };
        let behind = self.behind(service);
        let silent = behind.iter().all(|container| self.listens(container, inner) == Some(false));
        (silent && !behind.is_empty()).then_some(Gap { place, number, named_only: false })
    }

    /// Containers behind a service that something dials.
    fn behind(&self, service: &Service) -> Vec<&Container> {
        let numbers = self.names().behind.get(&service.anchor).into_iter().flatten();
        numbers.map(|&number| &self.facts.containers[number]).collect()
    }

    /// Whether a program listens on a port; `None` where nobody can know.
    fn listens(&self, container: &Container, port: u16) -> Option<bool> {
        // What its configuration says stands over what is named for it.
        if let Some(listens) = self.collects_on(container, port) {
            return Some(listens);
        }
        if container.offers.iter().any(|offer| offer.covers(port) != Some(false)) {
            return None;
        }
        let image = container.image.as_ref()?.known_text()?;
        let component = component_of(image)?;
        let release = self.release_of(container).map(|release| release.version);
        let listens: &[u16] = match component {
            Component::Agent => &[5775, 6831, 6832, 5778, 14271],
            Component::Query => &[16685, 16686, 16687],
            Component::Collector => &[14250, 14267, 14268, 14269],
            Component::AllInOne => {
                &[5775, 6831, 6832, 5778, 14250, 14267, 14268, 14269, 14271, 16685, 16686, 16687]
            }
            _ => return None,
        };
        if container.args.iter().any(|arg| !arg.known || arg.text.contains("host-port")) {
            return None;
        }
        match port {
            4317 | 4318 => match self.jaeger_setting(container, "COLLECTOR_OTLP_ENABLED") {
                Given::Text("true", _) => Some(true),
                Given::Text("false", _) => Some(false),
                // On by itself since 1.46, not there before 1.35.
                Given::Not if matches!(component, Component::Collector | Component::AllInOne) => {
                    let since = crate::lang::version::Version::parse("1.46")?;
                    Some(release? >= since)
                }
                Given::Not => Some(false),
                _ => None,
            },
            9411 => match self.jaeger_setting(container, "COLLECTOR_ZIPKIN_HOST_PORT") {
                Given::Not => Some(false),
                _ => None,
            },
            _ => Some(listens.contains(&port)),
        }
    }

    /// Receivers that are on, and that nothing names: the place to name them, and whether only
    /// the container does not.
    pub fn unnamed(&self, port: &TelemetryPort) -> Option<Gap> {
        let Role::Listens(ports) = &port.role else { return None };
        let mut own = self.facts.containers.iter().filter(|it| it.document == port.document);
        let container = own.find(|it| Some(it.name.span) == port.container)?;
        // In a compose network, and on a host's, every port is open.
        if container.workload == "compose" || container.host_network {
            return None;
        }
        let offered =
            |number: u16| container.offers.iter().any(|it| it.covers(number) != Some(false));
        let number = *ports.first()?;
        if self.document(port.document).masked || ports.iter().any(|&number| offered(number)) {
            return None;
        }
        let services: Vec<&Service> =
            self.facts.services.iter().filter(|it| self.selects(it, container)).collect();
        let leads = |service: &&Service| {
            ports.iter().any(|&number| self.service_gap(service, number).is_none())
        };
        if services.iter().any(leads) {
            return None;
        }
        let place = services.first().map(|service| service.anchor);
        let named_only = place.is_none();
        Some(Gap { place: place.unwrap_or(container.name.span), number, named_only })
    }

    /// Whether a target is Jaeger or a collector, by what has the name.
    pub fn is_collector(&self, port: &TelemetryPort, target: &Target<'_>) -> bool {
        let runs = |container: &Container| {
            let image = container.image.as_ref().and_then(|image| known_as(&image.text));
            image.is_some_and(|known| known.class == Class::Collector || known.name == "Jaeger")
        };
        let Target::Here(named) = target else { return port.is_jaeger() };
        port.is_jaeger()
            || named.iter().any(|one| match one {
                Named::Service(service) => {
                    self.behind(service).into_iter().any(runs)
                        || ["collector", "otel"].iter().any(|it| service.object.name.contains(it))
                }
                Named::Compose(container) => runs(container),
                Named::Operated(_) => true,
            })
    }
}

/// A port that nothing offers.
#[derive(Clone, Copy, Debug)]
pub struct Gap {
    /// What should offer it.
    pub place: Span,
    /// The port.
    pub number: u16,
    /// The container does not name it, which is information only in a cluster.
    pub named_only: bool,
}
