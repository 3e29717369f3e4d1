//! What is not asked of a unit, by what it is for: a job has no requests, an exporter is asked by
//! Prometheus alone, a plugin beside it gives what it lacks.

use super::super::super::Repo;
use super::super::{Service, Signal, modules};
use super::words::stem;
use crate::facts::manifest::{Ecosystem, Manifest};
use crate::facts::scalar::Scalar;
use crate::lang::path::{folder, join, last};
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
    if is_exporter(service) || only_exports(repo, service) {
        spared.extend([Signal::Traces, Signal::Propagation]);
    }
    if is_operator(repo, service) {
        spared.extend([Signal::Traces, Signal::Propagation]);
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
    let says = |name: &str| {
        let word = name.rsplit(['-', '_', '.']).next().unwrap_or(name);
        word.eq_ignore_ascii_case("exporter")
    };
    says(last(&service.root)) || says(&service.name)
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
