//! Exporters as they run and as they are scraped: which container is one, which job reads it.

mod monitored;
pub mod reduced;

use super::Repo;
use super::images::{Class, known_as};
use super::scrape::{is_loopback, split_address};
use crate::facts::deploy::{Container, Service};
use crate::facts::prometheus::{JobForm, ScrapeJob};
use crate::facts::scalar::{Pairs, Scalar};
use crate::facts::selector::{LabelSelector, Namespaces};
use crate::metrics::{self, Exporter};
use crate::source::{Origin, Span};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Numbers of services by the first label they ask for, and of those that cannot be told by one.
pub(super) type Services = (BTreeMap<(String, String), Vec<usize>>, Vec<usize>);

/// Whether a job reads something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reads {
    /// Certainly not.
    No,
    /// Nobody can tell.
    Maybe,
    /// By its name, its targets or what it selects.
    Yes,
}

/// What a job certainly scrapes: the kubelet, at this path and place.
#[derive(Debug)]
pub struct Kubelet {
    /// The path, if it is certain.
    pub path: Option<String>,
    /// What shows it.
    pub at: Option<Span>,
}

/// The kubelet, if that is what a job certainly scrapes.
pub fn kubelet(job: &ScrapeJob) -> Option<Kubelet> {
    let path = job.path();
    if let Some((text, at)) = &path
        && is_kubelet_path(text)
    {
        return Some(Kubelet { path: Some(text.clone()), at: *at });
    }
    let path = path.map(|(path, _)| path);
    // Another path through the API server leads elsewhere.
    if path.as_ref().is_some_and(|path| path.starts_with("/api/v1/")) {
        return None;
    }
    let addresses = job.addresses();
    if let Some(address) = addresses.iter().find(|address| address.port() == Some("10250")) {
        return Some(Kubelet { path, at: Some(address.span) });
    }
    // Nodes are discovered with the kubelet's port.
    let rewritten = job.relabels.iter().any(|step| step.writes("__address__"));
    let nodes = job.discovery.iter().find(|found| {
        let role = found.role.as_ref().and_then(|role| role.known_text());
        found.kind == "kubernetes" && role.is_some_and(|role| role.eq_ignore_ascii_case("node"))
    });
    let alone = job.discovery.len() == 1 && job.targets.is_empty() && !job.settings.open;
    nodes
        .filter(|_| alone && !rewritten && path.is_some())
        .map(|nodes| Kubelet { path, at: Some(nodes.key) })
}

/// `/api/v1/nodes/NODE/proxy/metrics`, also with the kubelet's port; another port is another
/// program on the node.
fn is_kubelet_path(path: &str) -> bool {
    let Some((_, rest)) = path.split_once("/nodes/") else { return false };
    let Some((node, rest)) = rest.split_once("/proxy/metrics") else { return false };
    let port = node.rsplit_once(':').map(|(_, port)| port);
    (rest.is_empty() || rest.starts_with('/')) && matches!(port, None | Some("10250"))
}

/// What a job says of itself, weighed once for all exporters.
#[derive(Debug)]
pub(super) struct Heard {
    /// Its words.
    spoken: Vec<String>,
    kubelet: Option<Kubelet>,
    /// Exporters it names, by key.
    named: Vec<&'static str>,
    /// What it reads if it names none.
    else_reads: Reads,
}

impl Heard {
    fn of(repo: &Repo, job: &ScrapeJob) -> Heard {
        let listed = repo.listed_targets(job);
        let spoken = spoken(job, &listed);
        let addresses = job.addresses();
        let asked = addresses.iter().map(|address| address.text);
        let ports: Vec<u16> = (job.targets.iter().chain(listed).map(|target| target.text.as_str()))
            .chain(asked)
            .filter_map(|text| split_address(text).1?.parse().ok())
            .collect();
        let is = |exporter: &&Exporter| {
            spoken.iter().any(|word| exporter.names().any(|name| is_named(word, name)))
                // Many programs listen at 8080.
                || ports.iter().any(|port| exporter.has_port(*port))
        };
        let named = metrics::exporters().iter().filter(is).map(|exporter| exporter.key).collect();
        let static_only = job.discovery.is_empty() && job.form == JobForm::Job;
        let known = static_only && job.targets.iter().all(|target| target.known);
        let else_reads = match known && is_other_program(job) {
            true => Reads::No,
            false => Reads::Maybe,
        };
        Heard { spoken, kubelet: kubelet(job), named, else_reads }
    }

    fn reads(&self, exporter: &Exporter) -> Reads {
        if let Some(kubelet) = &self.kubelet {
            let containers = kubelet.path.as_ref().is_none_or(|path| path.contains("cadvisor"));
            return match exporter.key {
                "kubelet" => Reads::Yes,
                "cadvisor" if containers => Reads::Yes,
                _ => Reads::No,
            };
        }
        // Names that read alike: the job of cAdvisor may be the kubelet's.
        match (self.named.contains(&exporter.key), self.named.is_empty()) {
            (true, _) => Reads::Yes,
            (false, false) => Reads::No,
            (false, true) => self.else_reads,
        }
    }
}

/// Whether all targets are well-known programs, or the server itself.
fn is_other_program(job: &ScrapeJob) -> bool {
    !job.targets.is_empty()
        && job.targets.iter().all(|target| {
            let host = split_address(&target.text).0;
            let first = host.split('.').next().unwrap_or(host);
            known_as(first).is_some()
        })
}

/// The words by which a job says what it scrapes: name, hosts, values its monitor selects.
fn spoken(job: &ScrapeJob, listed: &[&Scalar]) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut add = |text: &str| words.push(text.to_ascii_lowercase().replace('_', "-"));
    for name in job.name.iter().chain(&job.job_name).filter(|name| name.known) {
        add(&name.text);
    }
    let targets = job.targets.iter().chain(listed.iter().copied()).filter(|it| it.known);
    // Relabelling may lead elsewhere: a probe's targets are what the exporter asks.
    let addresses = job.addresses();
    let asked = addresses.iter().map(|address| address.text);
    for text in targets.map(|target| target.text.as_str()).chain(asked) {
        let host = split_address(text).0;
        if !is_loopback(host) {
            add(host.split('.').next().unwrap_or(host));
        }
    }
    if let Some((selector, _)) = &job.selects {
        for (_, value) in selector.labels.entries.iter().filter(|(_, value)| value.known) {
            add(&value.text);
        }
    }
    // What relabelling keeps by name.
    for step in job.relabels.iter().filter(|step| step.kind() == "keep") {
        let of_name = step.source_labels.iter().any(|label| {
            ["_name", "_label_app", "_label_k8s_app", "_name_label", "port_name"]
                .iter()
                .any(|part| label.text.contains(part))
        });
        if let Some(regex) = step.regex.as_ref().filter(|regex| regex.known && of_name) {
            for word in regex.text.split(['|', '(', ')', ';', '^', '$']) {
                add(word.trim_matches(['.', '*', '+']));
            }
        }
    }
    words
}

/// `prometheus-node-exporter`, `node-exporter-prod` for `node-exporter`.
fn is_named(word: &str, name: &str) -> bool {
    let name = match name.contains('_') {
        true => Cow::Owned(name.replace('_', "-")),
        false => Cow::Borrowed(name),
    };
    let bounded = |at: usize| {
        let before = word[..at].chars().next_back().is_none_or(|c| !c.is_alphanumeric());
        let after = word[at + name.len()..].chars().next().is_none_or(|c| !c.is_alphanumeric());
        before && after
    };
    // Everyday words must be the whole name.
    match name.len() > 5 && name.contains('-') || matches!(&*name, "cadvisor" | "kubelet") {
        true => word.match_indices(&*name).any(|(at, _)| bounded(at)),
        false => word == name,
    }
}

impl Exporter {
    /// Names of its images and jobs.
    fn names(&self) -> impl Iterator<Item = &'static str> {
        self.images.iter().chain(self.jobs).copied()
    }

    /// Whether a port is its own; ports that many programs share are nobody's.
    fn has_port(&self, port: u16) -> bool {
        !matches!(port, 8080 | 8443 | 443 | 80) && self.ports.contains(&port)
    }

    /// Whether a container runs it.
    pub fn runs_in(&self, container: &Container) -> bool {
        container.image_name().is_some_and(|name| {
            let bare = name.strip_prefix("prometheus-").unwrap_or(name);
            self.images
                .iter()
                .any(|image| name == *image || bare == *image || name.replace('_', "-") == *image)
        })
    }
}

/// Whether a container is an exporter: it shows the metrics of something else.
pub fn is_exporter(container: &Container) -> bool {
    let image = container.image.as_ref().and_then(|image| image.known_text());
    let known = image.and_then(known_as);
    let other = ["adapter", "pushgateway", "statsd"];
    known.is_some_and(|known| known.class == Class::Exporter)
        && container.image_name().is_some_and(|name| !other.iter().any(|it| name.contains(it)))
}

impl Repo {
    /// Whether a job reads an exporter of the catalogue.
    pub fn reads(&self, job: &ScrapeJob, exporter: &Exporter) -> Reads {
        match self.heard(job) {
            Some(heard) => heard.reads(exporter),
            None => Heard::of(self, job).reads(exporter),
        }
    }

    fn heard(&self, job: &ScrapeJob) -> Option<&Heard> {
        let heard = self.heard.get_or_init(|| {
            self.facts.scrape_jobs.iter().map(|job| (address(job), Heard::of(self, job))).collect()
        });
        heard.get(&address(job))
    }

    /// For every exporter of the catalogue, the best that any job here can say.
    pub fn collected(&self, exporter: &Exporter) -> Reads {
        let all = self.collected.get_or_init(|| {
            let said = |exporter| self.own_jobs().map(|job| self.reads(job, exporter)).max();
            let best = |exporter| match said(exporter).unwrap_or(Reads::No) {
                // By whatever name a monitor goes, it reads what its pods run.
                Reads::Maybe | Reads::No if self.is_monitored(exporter) => Reads::Yes,
                said => said,
            };
            metrics::exporters().iter().map(best).collect()
        });
        let at = metrics::exporters().iter().position(|known| known.key == exporter.key);
        at.and_then(|at| all.get(at)).copied().unwrap_or(Reads::No)
    }

    /// Containers that run here: not vendored.
    pub fn own_containers(&self) -> impl Iterator<Item = &Container> {
        let own =
            |container: &&Container| self.origin(container.document.source) != Origin::Vendored;
        self.facts.containers.iter().filter(own)
    }

    /// Jobs that run here: not vendored.
    pub fn own_jobs(&self) -> impl Iterator<Item = &ScrapeJob> {
        let own = |job: &&ScrapeJob| self.origin(job.document.source) != Origin::Vendored;
        self.facts.scrape_jobs.iter().filter(own)
    }

    /// A container with all that leads to it, weighed once for all jobs.
    pub fn reached<'r>(&'r self, container: &'r Container) -> Reached<'r> {
        let services: Vec<(&Service, Option<bool>)> = self
            .services_for(container)
            .filter(|service| !service.selector.entries.is_empty())
            .map(|service| {
                (service, selects(&LabelSelector::plain(&service.selector), &container.labels))
            })
            .filter(|(_, selected)| *selected != Some(false))
            .collect();
        let runs = metrics::exporters().iter().filter(|it| it.runs_in(container)).collect();
        Reached { container, hosts: hosts_of(container, &services), services, runs }
    }

    /// Services that may select a container: by a label that they ask for, or all where its labels
    /// are not known.
    fn services_for(&self, container: &Container) -> impl Iterator<Item = &Service> {
        let (by_label, unlike) = self.services.get_or_init(|| {
            let mut by_label: BTreeMap<(String, String), Vec<usize>> = BTreeMap::new();
            let mut unlike = Vec::new();
            for (number, service) in self.facts.services.iter().enumerate() {
                match service.selector.entries.first() {
                    Some((key, value)) if key.known && value.known && !service.selector.open => {
                        let label = (key.text.clone(), value.text.clone());
                        by_label.entry(label).or_default().push(number);
                    }
                    _ => unlike.push(number),
                }
            }
            (by_label, unlike)
        });
        let labels = &container.labels;
        let known = !labels.open && labels.entries.iter().all(|(_, value)| value.known);
        let mut numbers: Vec<usize> = match known {
            true => {
                let pairs = labels.entries.iter();
                let keys = pairs.map(|(key, value)| (key.text.clone(), value.text.clone()));
                keys.filter_map(|key| by_label.get(&key)).flatten().chain(unlike).copied().collect()
            }
            false => (0..self.facts.services.len()).collect(),
        };
        numbers.sort_unstable();
        numbers.dedup();
        numbers.into_iter().map(|number| &self.facts.services[number])
    }

    /// Whether a job reads a container.
    pub fn job_reads(&self, job: &ScrapeJob, reached: &Reached<'_>) -> Reads {
        if job.settings.open || job.name.as_ref().is_some_and(|name| !name.known) {
            return Reads::Maybe;
        }
        match job.form {
            JobForm::ServiceMonitor => self.monitor_reads(job, reached),
            JobForm::PodMonitor => selects_pod(job, reached.container),
            JobForm::Probe | JobForm::ScrapeConfig | JobForm::Job => {
                self.plain_job_reads(job, reached)
            }
        }
    }

    /// A monitor selects services, and these select pods.
    fn monitor_reads(&self, job: &ScrapeJob, reached: &Reached<'_>) -> Reads {
        let Some((selector, namespaces)) = &job.selects else { return Reads::Maybe };
        let mut best = Reads::No;
        for &(service, pod) in &reached.services {
            let labels = &service.object.labels;
            let label = |key: &str| {
                labels.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
            };
            let masked = self.document(service.document).masked;
            let here = in_namespace(namespaces, self.namespace(job), service);
            let answer = match (selector.selects(label, masked), pod, here) {
                (Some(false), ..) | (_, _, Some(false)) => Reads::No,
                (Some(true), Some(true), Some(true)) => Reads::Yes,
                _ => Reads::Maybe,
            };
            best = best.max(answer);
        }
        best
    }

    /// Targets and discoveries of a plain job.
    fn plain_job_reads(&self, job: &ScrapeJob, reached: &Reached<'_>) -> Reads {
        let container = reached.container;
        let heard = self.heard(job);
        let spoken =
            heard.map_or_else(|| Cow::Owned(spoken(job, &[])), |it| Cow::Borrowed(&it.spoken));
        let says =
            |word: &String| reached.hosts.iter().any(|name| name == word || is_named(word, name));
        if spoken.iter().any(says) {
            return Reads::Yes;
        }
        if reached.runs.iter().any(|exporter| self.reads(job, exporter) == Reads::Yes) {
            return Reads::Yes;
        }
        let addresses_known = job.targets.iter().all(|target| target.known);
        let by_address = job.targets.iter().any(|target| is_bare_address(&target.text));
        if !addresses_known || (by_address && reached.runs.is_empty()) {
            return Reads::Maybe;
        }
        let annotated = container.annotations.get("prometheus.io/scrape");
        let mut best = Reads::No;
        for discovery in &job.discovery {
            best = best.max(match discovery.kind.as_str() {
                "kubernetes" if container.workload == "compose" => Reads::No,
                "kubernetes" if asks_annotation(job) => match annotated {
                    Some(value) if value.boolean() == Some(true) => Reads::Yes,
                    _ if reached.has_annotated_service() => Reads::Yes,
                    _ if container.annotations.open => Reads::Maybe,
                    _ => Reads::No,
                },
                "kubernetes" => Reads::Maybe,
                "docker" | "dockerswarm" if container.workload != "compose" => Reads::No,
                _ => Reads::Maybe,
            });
        }
        best
    }

    fn namespace(&self, job: &ScrapeJob) -> Option<&str> {
        self.document(job.document).object.as_ref()?.namespace.as_deref()
    }
}

/// A container, and what leads to it.
#[derive(Debug)]
pub struct Reached<'r> {
    container: &'r Container,
    /// Names under which it is reached.
    hosts: Vec<String>,
    /// Services that select it, or may.
    services: Vec<(&'r Service, Option<bool>)>,
    /// Exporters that it runs.
    runs: Vec<&'static Exporter>,
}

impl Reached<'_> {
    fn has_annotated_service(&self) -> bool {
        self.services.iter().any(|(service, _)| {
            service.annotations.get("prometheus.io/scrape").and_then(|it| it.boolean())
                == Some(true)
        })
    }
}

fn hosts_of(container: &Container, services: &[(&Service, Option<bool>)]) -> Vec<String> {
    let mut names = vec![container.owner.name.clone(), container.name.text.clone()];
    names.extend(container.aliases.iter().map(|alias| alias.text.clone()));
    let certain = services.iter().filter(|(_, selected)| *selected == Some(true));
    names.extend(certain.map(|(service, _)| service.object.name.clone()));
    names.iter().map(|name| name.to_ascii_lowercase().replace('_', "-")).collect()
}

/// What tells a job from its equals.
fn address(job: &ScrapeJob) -> usize {
    std::ptr::from_ref(job).addr()
}

/// Whether a selector takes pods with these labels.
fn selects(selector: &LabelSelector, labels: &Pairs) -> Option<bool> {
    let unknown = |key: &str| labels.get(key).is_some_and(|value| !value.known);
    if selector.labels.entries.iter().any(|(key, _)| unknown(&key.text)) {
        return None;
    }
    selector.selects(|key| labels.get(key).map(|value| value.text.as_str()), labels.open)
}

fn selects_pod(job: &ScrapeJob, container: &Container) -> Reads {
    let Some((selector, _)) = &job.selects else { return Reads::Maybe };
    match selects(selector, &container.labels) {
        Some(true) => Reads::Yes,
        Some(false) => Reads::No,
        None => Reads::Maybe,
    }
}

fn in_namespace(namespaces: &Namespaces, own: Option<&str>, service: &Service) -> Option<bool> {
    let there = service.object.namespace.as_deref();
    match namespaces {
        Namespaces::Any => Some(true),
        Namespaces::Own => Some(own? == there?),
        Namespaces::Named(names) => {
            let there = there?;
            if names.iter().any(|name| !name.known) {
                return None;
            }
            Some(names.iter().any(|name| name.text == there))
        }
        Namespaces::Labelled(_) | Namespaces::Unknown => None,
    }
}

/// Whether a job keeps what carries the annotation of the upstream example.
fn asks_annotation(job: &ScrapeJob) -> bool {
    job.relabels.iter().filter(|step| step.kind() == "keep").any(|step| {
        step.source_labels.iter().any(|it| it.text.ends_with("annotation_prometheus_io_scrape"))
    })
}

/// A target that names a machine and not a program.
fn is_bare_address(target: &str) -> bool {
    let host = split_address(target).0;
    is_loopback(host) || host.contains(['.', ':'])
}
