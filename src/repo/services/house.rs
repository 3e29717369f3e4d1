//! Packages of the house that a program comes from: what they do nobody sees here, and setting up
//! records, figures and spans is what they are made for.

use super::super::Repo;
use super::Service;
use crate::facts::manifest::{Dependency, Ecosystem, Manifest};
use crate::lang::path::last;
use std::collections::BTreeSet;

/// What packages are called that other programs are built on.
const BASES: &[&str] = &[
    "base",
    "bootstrap",
    "common",
    "commons",
    "core",
    "foundation",
    "framework",
    "health",
    "infra",
    "infrastructure",
    "instrumentation",
    "kit",
    "lib",
    "libs",
    "log",
    "logger",
    "logging",
    "logs",
    "metric",
    "metrics",
    "monitoring",
    "observability",
    "platform",
    "sdk",
    "server",
    "service",
    "servicedefaults",
    "services",
    "shared",
    "starter",
    "stdlib",
    "telemetry",
    "tools",
    "tracing",
    "util",
    "utils",
];

/// How packages of a house end that say by a first word alone whose they are.
const OWN: &[&str] = &[
    "base",
    "common",
    "commons",
    "kit",
    "lib",
    "libs",
    "logging",
    "metrics",
    "monitoring",
    "observability",
    "shared",
    "telemetry",
    "tracing",
    "util",
    "utils",
    "Common",
    "Logging",
    "ServiceDefaults",
    "Shared",
    "Telemetry",
];

/// Hosts and groups under which packages of many houses stand.
const OPEN: &[&str] = &[
    "com.fasterxml",
    "com.github",
    "com.google",
    "com.h2database",
    "io.github",
    "io.grpc",
    "io.micronaut",
    "io.opentelemetry",
    "io.quarkus",
    "jakarta",
    "javax",
    "org.apache",
    "org.eclipse",
    "org.hibernate",
    "org.springframework",
    "golang.org/x",
    "gopkg.in",
    "google.golang.org",
    "k8s.io",
    "go.opentelemetry.io",
];

/// Packages that set up no records, figures or spans for who uses them, whosever the house is.
const SEEN: &[&str] = &[
    "github.com/prometheus/client_golang",
    "github.com/prometheus/common",
    "github.com/prometheus/exporter-toolkit",
    "github.com/prometheus/procfs",
];

/// Whether a program is built with a package of its own house that is not in this repository.
pub(super) fn is_needed(repo: &Repo, service: &Service) -> bool {
    let here: BTreeSet<&str> =
        repo.facts.manifests.iter().filter_map(|it| it.name.as_ref()?.known_text()).collect();
    let houses = Houses::of(repo, service);
    let manifests = service.built_with.iter().map(|&it| &repo.facts.manifests[it]);
    manifests.clone().any(|manifest| {
        let mut needed = manifest.dependencies.iter().filter(|it| !it.development);
        needed.any(|it| {
            let name = it.name.text.as_str();
            let artifact = name.rsplit(':').next().unwrap_or(name);
            !it.indirect
                && !SEEN.contains(&name)
                && !here.contains(name)
                && !here.contains(artifact)
                && is_base(name)
                && houses.holds(manifest.ecosystem, it)
        })
    })
}

/// Whether the name of a package says that others are built on it.
fn is_base(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let own = last(&name).rsplit(':').next().unwrap_or_default();
    // `v2` of `acme.io/kit/v2` says nothing.
    let own = match own.strip_prefix('v').is_some_and(|it| it.parse::<u32>().is_ok()) {
        true => last(name.rsplit_once('/').map_or("", |(head, _)| head)),
        false => own,
    };
    own == "git" || own.split(['-', '_', '.']).any(|word| BASES.contains(&word))
}

/// What packages of the house begin with.
struct Houses {
    go: BTreeSet<String>,
    scopes: BTreeSet<String>,
    groups: BTreeSet<String>,
    words: BTreeSet<String>,
}

impl Houses {
    fn of(repo: &Repo, service: &Service) -> Houses {
        let mut found = Houses {
            go: BTreeSet::new(),
            scopes: BTreeSet::new(),
            groups: BTreeSet::new(),
            words: BTreeSet::new(),
        };
        for manifest in service.manifests.iter().map(|&it| &repo.facts.manifests[it]) {
            let Some(name) = manifest.name.as_ref().and_then(|it| it.known_text()) else {
                continue;
            };
            match manifest.ecosystem {
                Ecosystem::Go => found.go.extend(owner_of(name)),
                Ecosystem::Npm if name.starts_with('@') => {
                    found.scopes.extend(name.split('/').next().map(str::to_owned));
                }
                Ecosystem::Maven | Ecosystem::Gradle => {}
                Ecosystem::Npm => {}
                _ => found.words.extend(first_word(manifest, name)),
            }
        }
        for package in repo.modules_of(service).filter_map(|it| it.package.as_deref()) {
            if package.contains('.') && package.starts_with(char::is_lowercase) {
                found.groups.extend(group_of(package));
            }
        }
        found
    }

    fn holds(&self, ecosystem: Ecosystem, needed: &Dependency) -> bool {
        let name = needed.name.text.as_str();
        match ecosystem {
            Ecosystem::Go => owner_of(name).is_some_and(|it| self.go.contains(&it)),
            Ecosystem::Npm if name.starts_with('@') => {
                name.split('/').next().is_some_and(|it| self.scopes.contains(it))
            }
            Ecosystem::Maven | Ecosystem::Gradle => {
                group_of(name.split(':').next().unwrap_or_default())
                    .is_some_and(|it| self.groups.contains(&it))
            }
            Ecosystem::Python if name == "git" => true,
            // A first word is shared by chance where the rest is as common.
            _ => self.words.contains(&word_of(name)) && OWN.iter().any(|it| name.ends_with(it)),
        }
    }
}

/// Whether a host is one where many keep their code, each below a name of their own.
pub(super) fn is_forge(host: &str) -> bool {
    ["github.com", "gitlab.com", "bitbucket.org", "codeberg.org"].contains(&host)
}

/// Whose a module of Go is: `github.com/acme`, `acme.io`.
fn owner_of(name: &str) -> Option<String> {
    let mut parts = name.split('/');
    let host = parts.next()?;
    let owner = if is_forge(host) { format!("{host}/{}", parts.next()?) } else { host.to_owned() };
    let known = OPEN.iter().any(|it| it.split('/').next() == Some(&owner));
    (host.contains('.') && !known).then_some(owner)
}

/// The first two parts of a group: `org.acme`.
fn group_of(name: &str) -> Option<String> {
    let mut parts = name.split('.');
    let group = format!("{}.{}", parts.next()?, parts.next()?);
    (!OPEN.contains(&group.as_str())).then_some(group)
}

fn word_of(name: &str) -> String {
    name.split(['-', '_', '.']).next().unwrap_or_default().to_ascii_lowercase()
}

/// The first of several words of a package's name, where it is no package by itself.
fn first_word(manifest: &Manifest, name: &str) -> Option<String> {
    const GENERAL: &[&str] = &[
        "azure",
        "google",
        "opentelemetry",
        "prometheus",
        "sentry",
        "api",
        "app",
        "asp",
        "aspnet",
        "aws",
        "django",
        "dotnet",
        "express",
        "fastapi",
        "flask",
        "go",
        "grpc",
        "http",
        "java",
        "microsoft",
        "my",
        "nest",
        "nestjs",
        "next",
        "node",
        "python",
        "react",
        "rust",
        "simple",
        "spring",
        "system",
        "the",
        "vue",
        "web",
    ];
    let word = word_of(name);
    let several = word.len() < name.len();
    let packaged = manifest.dependencies.iter().any(|it| it.name.text.eq_ignore_ascii_case(&word));
    (several && word.len() > 2 && !packaged && !GENERAL.contains(&word.as_str())).then_some(word)
}
