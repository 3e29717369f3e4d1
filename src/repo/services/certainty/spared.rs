//! What is not asked of a unit, by what it is for: a job has no requests, an exporter is asked by
//! Prometheus alone, a plugin beside it gives what it lacks.

use super::super::super::Repo;
use super::super::{Service, Signal, modules};
use super::words::stem;
use crate::facts::code::{Listener, ListenerForm};
use crate::facts::manifest::{Ecosystem, Manifest};
use crate::facts::scalar::Scalar;
use crate::identify::Kind;
use crate::lang::path::{folder, join, last};
use crate::lang::sensitive::words;
use crate::source::Span;
use std::collections::BTreeSet;

/// Signals that are not asked of a unit.
pub(super) fn of(repo: &Repo, service: &Service) -> BTreeSet<Signal> {
    let mut spared = BTreeSet::new();
    let has_own =
        |it: &&Manifest| modules::home_of(&repo.source(it.document.source).path) == service.root;
    let all = || service.manifests.iter().map(|&it| &repo.facts.manifests[it]);
    // What ends with its work is asked for records, and seldom for more.
    if all().filter(has_own).any(|it| it.once) || is_job(repo, service) {
        spared.extend(Signal::ALL.into_iter().filter(|it| *it != Signal::Logs));
    }
    if all().any(is_of_conductor) {
        spared.extend(Signal::ALL);
    }
    if is_loaded(repo, service) {
        spared.extend(Signal::ALL);
    }
    if is_exporter(service)
        || only_exports(repo, service)
        || is_operator(repo, service)
        || is_name_server(repo, service)
        || only_sockets(repo, service)
        || is_called(service, &["logger"])
    {
        spared.extend([Signal::Traces, Signal::Propagation]);
    }
    if is_called(service, &["redirect", "redirector", "redirects"]) || only_probes(repo, service) {
        spared.extend([Signal::Metrics, Signal::Traces, Signal::Propagation]);
    }
    if all().filter(has_own).any(|it| has_plugins(repo, it)) {
        spared.extend([Signal::Metrics, Signal::Traces, Signal::Propagation]);
    }
    spared
}

/// Whether a unit is started by a clock, and ends: its folder says so, or its image starts what reads a
/// crontab.
fn is_job(repo: &Repo, service: &Service) -> bool {
    const FOLDERS: &[&str] = &["cron", "crons", "cronjob", "cronjobs", "cron-job", "cron-jobs"];
    const CLOCKS: &[&str] = &["cron", "crond", "go-crond", "ofelia", "supercronic", "yacron"];
    let clock = |it: &Scalar| it.text.split_whitespace().any(|word| CLOCKS.contains(&last(word)));
    let images = service.images.iter().map(|&it| &repo.facts.base_images[it]);
    let containers = service.containers.iter().map(|&it| &repo.facts.containers[it]);
    FOLDERS.contains(&last(&service.root).to_ascii_lowercase().as_str())
        || images.flat_map(|it| &it.command).any(clock)
        || containers.flat_map(|it| &it.args).any(clock)
}

/// Whether a package is code that a conductor of pipelines runs, which keeps each run and its records.
fn is_of_conductor(manifest: &Manifest) -> bool {
    const CONDUCTORS: &[&str] = &["apache-airflow", "dagster", "luigi", "prefect"];
    const SERVERS: &[&str] =
        &["aiohttp", "bottle", "django", "fastapi", "flask", "sanic", "starlette", "tornado"];
    let needs = |names: &[&str]| {
        let mut needed = manifest.dependencies.iter().filter(|it| !it.development);
        needed.any(|it| names.contains(&it.name.text.to_ascii_lowercase().as_str()))
    };
    manifest.ecosystem == Ecosystem::Python && needs(CONDUCTORS) && !needs(SERVERS)
}

/// Whether a unit only brings objects of Kubernetes to what they ask for: no request passes through it.
fn is_operator(repo: &Repo, service: &Service) -> bool {
    const MANAGERS: &[&str] =
        &["kopf", "sigs.k8s.io/controller-runtime", "sigs.k8s.io/controller-runtime/pkg/manager"];
    let manages = |import: &String| MANAGERS.contains(&import.as_str());
    let watches = |import: &String| import.starts_with("k8s.io/client-go/");
    let imports = |is: &dyn Fn(&String) -> bool| {
        repo.modules_of(service).any(|module| module.imports.iter().any(is))
    };
    // `shop-operator` answers probes.
    let named = service.name.rsplit(['-', '_', '.']).next() == Some("operator");
    service.listens.is_empty() && imports(&manages) || named && imports(&watches)
}

/// Whether a unit goes by the name of an exporter.
fn is_exporter(service: &Service) -> bool {
    is_called(service, &["exporter"])
}

/// Whether the name of a unit, or that of its folder, ends in one of these words.
fn is_called(service: &Service, words: &[&str]) -> bool {
    let says = |name: &str| {
        let word = name.rsplit(['-', '_', '.']).next().unwrap_or(name);
        words.iter().any(|it| word.eq_ignore_ascii_case(it))
    };
    says(last(&service.root)) || says(&service.name)
}

/// Whether a unit is code that another program loads, which writes its records and starts it: Cisco's
/// NSO.
fn is_loaded(repo: &Repo, service: &Service) -> bool {
    let loaded = |import: &String| import == "ncs" || import.starts_with("ncs.");
    service.languages.contains(&Kind::Python)
        && repo.modules_of(service).any(|module| module.imports.iter().any(loaded))
}

/// Whether a unit answers questions of DNS: they carry no context.
fn is_name_server(repo: &Repo, service: &Service) -> bool {
    const SERVERS: &[&str] = &[
        "dns2",
        "dnslib.server",
        "dnsrewriteproxy",
        "github.com/coredns/coredns",
        "github.com/miekg/dns",
        "hickory_server",
        "twisted.names.server",
    ];
    let serves = |import: &String| {
        SERVERS.iter().any(|known| {
            let rest = import.strip_prefix(known);
            rest.is_some_and(|it| it.is_empty() || it.starts_with(['.', '/', ':']))
        })
    };
    let named = format!("{}-{}", service.root, service.name).to_ascii_lowercase();
    named.split(['-', '_', '.', '/']).any(|word| matches!(word, "dns" | "nameserver"))
        && repo.modules_of(service).any(|module| module.imports.iter().any(serves))
}

/// Whether all that a unit waits for are bare connections, and nothing where it takes them speaks HTTP:
/// what it speaks has no place for context.
fn only_sockets(repo: &Repo, service: &Service) -> bool {
    const SPEAK: &[&str] = &["axum", "grpc", "http", "hyper", "tonic", "twisted", "warp", "web"];
    let bare = |at: &Span| {
        let connection = |it: &Listener| it.at == *at && it.form == ListenerForm::Connections;
        repo.facts.listeners.iter().any(connection)
    };
    let speaks = |import: &String| {
        let import = import.to_ascii_lowercase();
        SPEAK.iter().any(|word| import.contains(word))
    };
    let files: BTreeSet<_> = service.listens.iter().map(|at| at.source).collect();
    let mut modules = repo.modules_of(service).filter(|it| files.contains(&it.document.source));
    !service.listens.is_empty()
        && service.consumes.is_empty()
        && service.listens.iter().all(bare)
        && !modules.any(|module| module.imports.iter().any(speaks))
}

/// Whether each route of a unit asks whether something is there, and nothing else waits.
fn only_probes(repo: &Repo, service: &Service) -> bool {
    const PROBES: &[&str] = &[
        "alive",
        "check",
        "health",
        "healthcheck",
        "healthz",
        "heartbeat",
        "live",
        "liveness",
        "livez",
        "metrics",
        "ping",
        "readiness",
        "ready",
        "readyz",
    ];
    let says = |text: &str| words(text).iter().any(|word| PROBES.contains(&word.as_str()));
    let probes = |path: &str| words(path).first().is_some_and(|it| PROBES.contains(&it.as_str()));
    let mut routes = 0;
    let mut told = true;
    let waits = service.listens.iter().all(|at| {
        let source = repo.source(at.source);
        let text = source.look();
        // The call goes on behind what it is made by.
        let rest = text.get(at.start as usize..).unwrap_or_default();
        let line = rest.lines().next().unwrap_or_default();
        told &= says(line);
        match line.split(['"', '\'']).nth(1).filter(|it| it.starts_with('/')) {
            Some(path) => {
                routes += 1;
                probes(path)
            }
            None => repo.facts.listeners.iter().any(|it| it.starts && it.at == *at),
        }
    });
    if !waits || service.listens.is_empty() || !service.consumes.is_empty() {
        return false;
    }
    // Routers may stand in any file of it; the first that asks for something else ends the search.
    let mut found = routes > 0;
    for it in &service.documents {
        let paths = paths_in(&repo.source(it.source).look());
        if !paths.iter().all(|path| probes(path)) {
            return false;
        }
        found |= !paths.is_empty();
    }
    told || found
}

/// Paths that a text gives to what looks like routers: `web.get("/check", check)`.
fn paths_in(text: &str) -> Vec<String> {
    const CALLS: &[&str] = &["delete(", "get(", "handle(", "path(", "post(", "put(", "route("];
    let mut found = Vec::new();
    for call in CALLS {
        for (at, _) in text.match_indices(call) {
            let rest = text[at + call.len()..].trim_start().strip_prefix(['"', '\'']);
            let path = rest.and_then(|rest| rest.split(['"', '\'']).next());
            found.extend(path.filter(|it| it.starts_with('/')).map(str::to_owned));
        }
    }
    found
}

/// Whether all that a unit waits for stands in files that are about its own figures and health.
fn only_exports(repo: &Repo, service: &Service) -> bool {
    const FILES: &[&str] = &[
        "exporter",
        "health",
        "healthcheck",
        "metrics",
        "metrics_server",
        "monitoring",
        "probe",
        "probes",
        "prom",
        "prometheus",
    ];
    let mut waits = service.listens.iter().map(|at| repo.source(at.source).path.as_str());
    service.consumes.is_empty()
        && !service.listens.is_empty()
        && waits.all(|path| FILES.contains(&stem(path).to_ascii_lowercase().as_str()))
}

/// Whether plugins of the repository are built against a project of .NET, which loads them when it
/// runs, and give telemetry.
fn has_plugins(repo: &Repo, manifest: &Manifest) -> bool {
    let own = repo.source(manifest.document.source).path.as_str();
    manifest.ecosystem == Ecosystem::Nuget
        && repo.facts.manifests.iter().any(|it| {
            let path = &repo.source(it.document.source).path;
            let refers = || {
                it.projects.iter().any(|project| {
                    join(folder(path), &project.text.replace('\\', "/")).as_deref() == Some(own)
                })
            };
            let gives = || {
                let mut needed = it.dependencies.iter();
                needed.any(|it| {
                    let name = it.name.text.to_ascii_lowercase();
                    name.starts_with("opentelemetry") || name.starts_with("prometheus")
                })
            };
            it.ecosystem == Ecosystem::Nuget && path.contains("Plugin") && refers() && gives()
        })
}
