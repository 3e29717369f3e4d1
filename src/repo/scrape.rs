//! Scrape jobs and the servers that run them: what is scraped where, after relabelling.

use super::Repo;
use super::images::known_as;
use super::standing::is_sample;
use crate::facts::DocumentId;
use crate::facts::deploy::Container;
use crate::facts::prometheus::{PrometheusConfig, Relabel, ScrapeJob, ServerForm};
use crate::facts::scalar::Scalar;
use crate::identify::Kind;
use crate::source::{Origin, Span};
use std::collections::BTreeSet;

/// The API server's name inside a cluster.
const API_SERVER: &str = "kubernetes.default.svc";

/// An address that certainly is scraped.
#[derive(Clone, Debug)]
pub struct Address<'j> {
    /// `host:port` as written.
    pub text: &'j str,
    /// The target or the replacement.
    pub span: Span,
}

impl<'j> Address<'j> {
    /// The host.
    pub fn host(&self) -> &'j str {
        split_address(self.text).0
    }

    /// The port, if one is written.
    pub fn port(&self) -> Option<&'j str> {
        split_address(self.text).1
    }

    /// Whether it is the API server by its name in the cluster.
    pub fn is_api_server(&self) -> bool {
        let host = self.host();
        host.strip_prefix(API_SERVER).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }
}

/// Host and port of `host:port`, `[::1]:port`.
pub fn split_address(text: &str) -> (&str, Option<&str>) {
    if let Some((host, rest)) = text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return (host, rest.strip_prefix(':'));
    }
    match text.rsplit_once(':') {
        Some((host, port)) if !host.contains(':') => (host, Some(port)),
        _ => (text, None),
    }
}

/// The host of a URL.
pub fn host_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    split_address(authority).0
}

/// Whether a host is this machine.
pub fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host == "::1"
        || host == "0.0.0.0"
        || host.strip_prefix("127.").is_some_and(|rest| rest.split('.').count() == 3)
}

/// Whether a host lies in the cluster, the compose network or on this machine.
pub fn is_inside(repo: &Repo, host: &str) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let last = host.rsplit('.').next().unwrap_or_default();
    is_loopback(&host)
        || !host.contains(['.', ':'])
        || host == "host.docker.internal"
        || host.ends_with(".svc")
        || host.contains(".svc.")
        || host.ends_with(".cluster.local")
        // `service.namespace`, where the repository shows the namespace.
        || (host.split('.').count() == 2
            && repo.facts.documents.iter().filter_map(|document| document.object.as_ref()).any(
                |object| {
                    object.namespace.as_deref() == Some(last)
                        || (object.kind == "Namespace" && object.name == last)
                },
            ))
}

impl Relabel {
    /// Whether the step writes `label`.
    pub fn writes(&self, label: &str) -> bool {
        let replaces = self.action.as_ref().is_none_or(|action| {
            matches!(
                action.text.to_ascii_lowercase().as_str(),
                "replace" | "hashmod" | "lowercase" | "uppercase"
            )
        });
        replaces && self.target_label.as_ref().is_some_and(|target| target.text == label)
    }

    /// The name of its action.
    pub fn kind(&self) -> String {
        self.action.as_ref().map_or_else(|| "replace".into(), |it| it.text.to_ascii_lowercase())
    }

    /// The replacement, if it holds no capture.
    fn literal(&self) -> Option<&Scalar> {
        let replacement = self.replacement.as_ref()?;
        (replacement.known && !replacement.text.contains(['$', '{'])).then_some(replacement)
    }
}

impl ScrapeJob {
    /// A setting, where an empty one counts as unset.
    pub fn setting(&self, name: &str) -> Option<&Scalar> {
        self.settings.get(name).filter(|value| !value.text.is_empty())
    }

    /// Addresses that certainly are scraped: literal targets that no step rewrites, and literal
    /// replacements of the address.
    pub fn addresses(&self) -> Vec<Address<'_>> {
        let mut steps = self.relabels.iter().filter(|step| step.writes("__address__")).peekable();
        if steps.peek().is_none() {
            let known = self.targets.iter().filter(|target| target.known);
            return known
                .filter(|target| !target.text.contains("://"))
                .map(|target| Address { text: &target.text, span: target.span })
                .collect();
        }
        let mut found: Vec<Address<'_>> = Vec::new();
        for step in steps {
            // A later step may rewrite what an earlier one wrote.
            found.clear();
            if let Some(literal) = step.literal() {
                found.push(Address { text: &literal.text, span: literal.span });
            }
        }
        found
    }

    /// The path that certainly is scraped, captures as `*`; `None` where targets decide.
    pub fn path(&self) -> Option<(String, Option<Span>)> {
        if self.labels.get("__metrics_path__").is_some() {
            return None;
        }
        let last = self.relabels.iter().rfind(|step| step.writes("__metrics_path__"));
        if let Some(step) = last {
            let replacement = step.replacement.as_ref().filter(|text| text.known)?;
            let path = without_captures(&replacement.text);
            // The whole path comes from the target.
            return path.starts_with('/').then_some((path, Some(replacement.span)));
        }
        match self.setting("metrics_path") {
            Some(path) => path.known.then(|| (path.text.clone(), Some(path.span))),
            None => (!self.settings.open).then(|| ("/metrics".to_owned(), None)),
        }
    }

    /// The scheme that certainly is used.
    pub fn scheme(&self) -> Option<&str> {
        let relabelled = self.relabels.iter().any(|step| step.writes("__scheme__"))
            || self.labels.get("__scheme__").is_some()
            || self.discovery.iter().any(|it| matches!(it.kind.as_str(), "file" | "http"));
        match self.setting("scheme") {
            _ if relabelled => None,
            Some(scheme) => scheme.known_text(),
            None => (!self.settings.open).then_some("http"),
        }
    }

    /// Whether the job's name, targets, path, or what its relabelling selects names one of these.
    pub fn speaks_of(&self, words: &[&str]) -> bool {
        let says = |text: &str| {
            let text = text.to_ascii_lowercase().replace('_', "-");
            words.iter().any(|word| text.contains(word))
        };
        let steps = || self.relabels.iter();
        self.name.as_ref().is_some_and(|name| says(&name.text))
            || self.targets.iter().any(|target| says(&target.text))
            || self.labels.entries.iter().any(|(_, value)| says(&value.text))
            || self.settings.get("metrics_path").is_some_and(|path| says(&path.text))
            || steps().filter(|step| matches!(step.kind().as_str(), "keep" | "replace")).any(|it| {
                [&it.regex, &it.replacement].into_iter().flatten().any(|text| says(&text.text))
            })
    }
}

/// `/api/v1/nodes/${1}/proxy` as `/api/v1/nodes/*/proxy`.
fn without_captures(text: &str) -> String {
    let mut path = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        path.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        path.push('*');
        rest = match rest.strip_prefix('{') {
            Some(inner) => inner.split_once('}').map_or("", |(_, after)| after),
            None => rest.trim_start_matches(|c: char| c.is_ascii_alphanumeric()),
        };
    }
    path.push_str(rest);
    path
}

impl Repo {
    /// The server configuration of a document.
    pub fn server(&self, document: DocumentId) -> Option<&PrometheusConfig> {
        let servers = &self.facts.prometheus;
        let at = servers.binary_search_by_key(&document, |server| server.document).ok()?;
        servers.get(at)
    }

    /// The scrape jobs of a document.
    pub fn jobs(&self, document: DocumentId) -> &[ScrapeJob] {
        let jobs = &self.facts.scrape_jobs;
        let start = jobs.partition_point(|job| job.document < document);
        let end = jobs.partition_point(|job| job.document <= document);
        &jobs[start..end]
    }

    /// Whole servers that run here: not fragments, not a collector's receiver, not a chart's values,
    /// not vendored.
    pub fn own_servers(&self) -> impl Iterator<Item = &PrometheusConfig> {
        self.facts.prometheus.iter().filter(|server| self.is_server(server))
    }

    /// Whether a configuration is a whole server's, and ours.
    pub fn is_server(&self, server: &PrometheusConfig) -> bool {
        let document = self.document(server.document);
        let collector = document.host.is_some_and(|host| {
            // A chart completes what its values hold.
            matches!(
                self.document(host).kind,
                Kind::OtelCollector | Kind::JaegerConfig | Kind::HelmValues
            )
        });
        server.form != ServerForm::Fragment
            && !collector
            && self.origin(server.document.source) != Origin::Vendored
    }

    /// Whether a server scrapes and sends on, and evaluates no rules by design.
    pub fn is_agent(&self, server: &PrometheusConfig) -> bool {
        let document = self.document(server.document);
        let path = &self.source(server.document.source).path;
        let name = path.rsplit('/').next().unwrap_or(path);
        let object = document.object.as_ref().map_or("", |object| object.name.as_str());
        let named =
            |text: &str| text.split(['-', '_', '.']).any(|it| it == "agent" || it == "vmagent");
        // Amazon's agent reads jobs from a ConfigMap of its namespace.
        let amazon = document.object.as_ref().and_then(|object| object.namespace.as_deref());
        server.agent
            || amazon == Some("amazon-cloudwatch")
            || named(name)
            || named(object)
            || document.dialect == Some(crate::facts::Dialect::VictoriaMetrics)
            || self.scrapes_as_agents()
    }

    /// Whether every container here that reads a Prometheus configuration only sends on.
    fn scrapes_as_agents(&self) -> bool {
        *self
            .agents
            .get_or_init(|| self.scrapers().next().is_some() && self.scrapers().all(is_agent_mode))
    }

    /// Containers that read a Prometheus configuration.
    pub fn scrapers(&self) -> impl Iterator<Item = &Container> {
        self.scraper_numbers().iter().map(|&number| &self.facts.containers[number])
    }

    fn scraper_numbers(&self) -> &[usize] {
        self.scrapers.get_or_init(|| {
            let reads = |container: &Container| {
                let is_server =
                    |name: &str| matches!(name, "prometheus" | "vmagent" | "prometheus-distroless");
                container.image.is_some() && container.image_name().is_some_and(is_server)
            };
            let all = self.facts.containers.iter().enumerate();
            all.filter(|(_, container)| reads(container)).map(|(number, _)| number).collect()
        })
    }

    /// Those of them in which something is mounted; of those of a document that are mounted alike
    /// the first.
    pub fn mounted_scrapers(&self) -> impl Iterator<Item = &Container> {
        let numbers = self.mounted.get_or_init(|| {
            let mut seen = BTreeSet::new();
            let mut first = |number: &&usize| {
                let container = &self.facts.containers[**number];
                let mounts = container.mounts.iter();
                let mounts: Vec<_> =
                    mounts.map(|it| (&it.source, &it.target, &it.sub_path)).collect();
                !mounts.is_empty() && seen.insert((container.document, &container.workload, mounts))
            };
            self.scraper_numbers().iter().filter(|number| first(number)).copied().collect()
        });
        numbers.iter().map(|&number| &self.facts.containers[number])
    }

    /// Whether another program than the servers here sends the alerts: a ruler with its own
    /// list of Alertmanagers.
    pub fn has_ruler(&self) -> bool {
        *self.ruler.get_or_init(|| self.finds_ruler())
    }

    fn finds_ruler(&self) -> bool {
        const FLAGS: &[&str] = &[
            "alertmanagers.url",
            "alertmanagers.config",
            "alertmanagers.config-file",
            "alertmanager.url",
            "ruler.alertmanager-url",
            "notifier.url",
            "notifier.config",
        ];
        let flagged =
            |container: &Container| FLAGS.iter().any(|flag| container.flag(flag).is_some());
        self.facts.containers.iter().any(flagged)
            || self.facts.containers.iter().any(evaluates_rules)
            || self.paths.iter().any(|path| is_of_ruler(path))
            || self.facts.documents.iter().any(|document| {
                let object = document.object.as_ref().map_or("", |object| object.kind.as_str());
                document.kind == Kind::MimirConfig || matches!(object, "ThanosRuler" | "VMAlert")
            })
    }
}

/// Whether a program evaluates rules from files or stores of its own.
fn evaluates_rules(container: &Container) -> bool {
    match container.image_name() {
        Some("vmalert") => true,
        Some("thanos") => container.args.iter().any(|arg| arg.text == "rule"),
        // Without a target they do everything.
        Some("mimir" | "cortex") => container.flag_value("target").is_none_or(|(target, _)| {
            let part = |part| matches!(part, "all" | "ruler" | "backend");
            target.is_none_or(|target| target.split(',').any(part))
        }),
        _ => false,
    }
}

/// Whether a file's name or folder says that Thanos Ruler runs, by whatever starts it, or that it has
/// rules of its own.
fn is_of_ruler(path: &str) -> bool {
    const NAMES: &[&str] = &["thanos-ruler", "thanos_ruler", "thanosruler", "thanos/rule"];
    const SHOWN: &[&str] = &[".json", ".libsonnet", ".jsonnet", ".md"];
    NAMES.iter().any(|it| path.contains(it))
        && !SHOWN.iter().any(|it| path.ends_with(it))
        && !is_sample(path)
}

fn is_agent_mode(container: &Container) -> bool {
    container.image_name() == Some("vmagent")
        || container.flag("agent").is_some()
        || container.args.iter().any(|arg| {
            arg.text.contains("enable-feature=")
                && arg.text.split(['=', ',']).any(|it| it == "agent")
        })
}

/// Job and target names of well-known infrastructure: what is left is the application.
const INFRASTRUCTURE: &[&str] = &[
    "prometheus",
    "alertmanager",
    "grafana",
    "node",
    "cadvisor",
    "kubelet",
    "kube-state-metrics",
    "kube",
    "kubernetes-nodes",
    "kubernetes-apiservers",
    "apiserver",
    "blackbox",
    "pushgateway",
    "loki",
    "promtail",
    "tempo",
    "jaeger",
    "etcd",
    "coredns",
    "nginx-exporter",
    "postgres-exporter",
    "redis-exporter",
    "mysqld-exporter",
    "snmp",
    "docker",
    "otel-collector",
    "otelcol",
    "thanos",
    "mimir",
    "cortex",
    "victoriametrics",
    "traefik",
    "federate",
];

/// Whether a job scrapes well-known infrastructure, by its name.
pub fn is_infrastructure(job: &ScrapeJob) -> bool {
    is_infrastructure_name(job.label())
}

/// Whether a name is that of well-known infrastructure.
pub fn is_infrastructure_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace('_', "-");
    name.ends_with("exporter")
        || known_as(&name).is_some()
        || INFRASTRUCTURE.iter().any(|known| {
            name == *known
                || name.strip_prefix(known).is_some_and(|rest| rest.starts_with(['-', ' ']))
        })
}
