//! Packages of the house that a program comes from: what they do nobody sees here, and setting up
//! records, figures and spans is what they are made for.

use super::super::Repo;
use super::{Service, Signal, modules, units};
use crate::facts::manifest::{Dependency, Ecosystem, Manifest};
use crate::identify::Kind;
use crate::lang::path::last;
use crate::source::Origin;
use std::collections::{BTreeMap, BTreeSet};

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
    "runtime",
    "sdk",
    "server",
    "service",
    "servicedefaults",
    "services",
    "shared",
    "starter",
    "stdlib",
    "telemetry",
    "toolkit",
    "tools",
    "tracing",
    "util",
    "utils",
];

/// Words of such names that say which signal alone a package is for.
const SPEAK: &[(&str, Signal)] = &[
    ("log", Signal::Logs),
    ("logger", Signal::Logs),
    ("logging", Signal::Logs),
    ("logs", Signal::Logs),
    ("metric", Signal::Metrics),
    ("metrics", Signal::Metrics),
    ("tracing", Signal::Traces),
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

/// Signals that a package of the program's own house, which is not in this repository, may set up.
pub(super) fn hidden(repo: &Repo, service: &Service) -> BTreeSet<Signal> {
    let here: BTreeSet<&str> =
        repo.facts.manifests.iter().filter_map(|it| it.name.as_ref()?.known_text()).collect();
    let houses = Houses::of(repo, service);
    let mut found = BTreeSet::new();
    // Of a module above the folder of a program, only what it imports is its own.
    let above = module_above(repo, service).into_iter().flat_map(|it| &it.dependencies);
    for needed in above.filter(|it| houses.holds(Ecosystem::Go, it)) {
        let name = needed.name.text.as_str();
        let taken = |import: &String| {
            let rest = import.strip_prefix(name);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let mut modules = repo.modules_of(service);
        if !here.contains(name) && modules.any(|it| it.imports.iter().any(taken)) {
            found.extend(signals_of(name));
            found.extend(signals_of_parts(repo, service, name));
        }
    }
    for manifest in service.built_with.iter().map(|&it| &repo.facts.manifests[it]) {
        for needed in manifest.dependencies.iter().filter(|it| !it.development && !it.indirect) {
            let name = needed.name.text.as_str();
            let artifact = name.rsplit(':').next().unwrap_or(name);
            if manifest.ecosystem == Ecosystem::Cargo && is_own_logger(name) && !here.contains(name)
            {
                found.extend([Signal::Logs, Signal::Traces]);
            }
            if !SEEN.contains(&name)
                && !here.contains(name)
                && !here.contains(artifact)
                && houses.holds(manifest.ecosystem, needed)
            {
                found.extend(signals_of(name));
                if manifest.ecosystem == Ecosystem::Go {
                    found.extend(signals_of_parts(repo, service, name));
                }
            }
        }
    }
    found
}

/// Go: the module that a program is part of, where it stands above its folder.
fn module_above<'r>(repo: &'r Repo, service: &Service) -> Option<&'r Manifest> {
    let is_go = |it: &&Manifest| it.ecosystem == Ecosystem::Go;
    let mut own = service.built_with.iter().map(|&it| &repo.facts.manifests[it]);
    if !service.languages.contains(&Kind::Go) || own.any(|it| is_go(&it)) {
        return None;
    }
    let home = |it: &Manifest| modules::home_of(&repo.source(it.document.source).path);
    let above = repo.facts.manifests.iter().filter(is_go);
    let above = above.filter(|it| units::is_in(&service.root, home(it)));
    above.max_by_key(|it| home(it).len())
}

/// Rust: whether a crate is a logger of somebody's house: in one crate tracing's records and spans are
/// set up.
fn is_own_logger(name: &str) -> bool {
    const PUBLIC: &[&str] = &[
        "android",
        "asynchronous",
        "best",
        "buffered",
        "c",
        "colog",
        "console",
        "cute",
        "db",
        "defmt",
        "drain",
        "dioxus",
        "env",
        "eyre",
        "file",
        "flexi",
        "fast",
        "fern",
        "ftlog",
        "gelf",
        "json",
        "kern",
        "loki",
        "oslog",
        "pretty",
        "pretty_env",
        "simple",
        "simplelog",
        "stderr",
        "structured",
        "stackdriver",
        "syslog",
        "systemd_journal",
        "term",
        "test",
        "test_env",
        "tui",
        "wasm",
        "web",
        "win_dbg",
    ];
    let name = name.replace('-', "_");
    let own = ["_logger", "_logging", "_telemetry", "_observability"]
        .iter()
        .find_map(|end| name.strip_suffix(end));
    own.is_some_and(|own| {
        !PUBLIC.contains(&own) && !own.starts_with("opentelemetry") && !own.starts_with("tracing")
    })
}

/// What a package may set up, as its name says: all of it, where others are built on it.
fn signals_of(name: &str) -> BTreeSet<Signal> {
    let name = name.to_ascii_lowercase();
    let own = last(&name).rsplit(':').next().unwrap_or_default();
    // `v2` of `acme.io/kit/v2` says nothing.
    let own = match own.strip_prefix('v').is_some_and(|it| it.parse::<u32>().is_ok()) {
        true => last(name.rsplit_once('/').map_or("", |(head, _)| head)),
        false => own,
    };
    if own == "git" {
        return Signal::ALL.into();
    }
    let mut found = BTreeSet::new();
    for word in own.split(['-', '_', '.']).filter(|word| BASES.contains(word)) {
        match SPEAK.iter().find(|(known, _)| *known == word) {
            Some((_, signal)) => found.extend([*signal]),
            None => found.extend(Signal::ALL),
        }
    }
    found
}

/// What parts of a module may set up that a program takes in: `acme.io/server/public/shared/mlog`.
fn signals_of_parts(repo: &Repo, service: &Service, module: &str) -> BTreeSet<Signal> {
    let imports = repo.modules_of(service).flat_map(|it| &it.imports);
    let parts =
        imports.filter(|it| it.strip_prefix(module).is_some_and(|rest| rest.starts_with('/')));
    let mut found = BTreeSet::new();
    for part in parts.map(|it| last(it)) {
        match part {
            // `mlog`, `xlog`
            _ if part.len() < 6 && part.ends_with("log") => found.extend([Signal::Logs]),
            "bootstrap" | "instrumentation" | "observability" | "telemetry" => {
                found.extend(Signal::ALL);
            }
            _ => {
                let known = SPEAK.iter().find(|(known, _)| *known == part);
                found.extend(known.map(|(_, signal)| *signal));
            }
        }
    }
    found
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
        let own = service.manifests.iter().map(|&it| &repo.facts.manifests[it]);
        for manifest in own.chain(module_above(repo, service)) {
            let Some(name) = manifest.name.as_ref().and_then(|it| it.known_text()) else {
                continue;
            };
            match manifest.ecosystem {
                Ecosystem::Go => found.go.extend(owner_of(name)),
                Ecosystem::Maven | Ecosystem::Gradle => {}
                Ecosystem::Npm if name.starts_with('@') => {}
                _ => found.words.extend(first_word(manifest, name)),
            }
        }
        // Whoever publishes one package from here owns the scope.
        let published = repo.facts.manifests.iter().filter(|it| {
            it.ecosystem == Ecosystem::Npm && repo.origin(it.document.source) != Origin::Vendored
        });
        let names = published.filter_map(|it| it.name.as_ref()?.known_text());
        let scopes = names.filter(|it| it.starts_with('@')).filter_map(|it| it.split('/').next());
        found.scopes.extend(scopes.map(str::to_owned));
        found.words.extend(shared_words(repo, service));
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

/// First words that several packages of Python share with which a program is built, or that are
/// a namespace, and that are no packages by themselves: `acme.flask-base` beside `acme.search`.
fn shared_words(repo: &Repo, service: &Service) -> BTreeSet<String> {
    let manifests = service.built_with.iter().map(|&it| &repo.facts.manifests[it]);
    let mut counts: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for manifest in manifests.filter(|it| it.ecosystem == Ecosystem::Python) {
        for needed in manifest.dependencies.iter().filter(|it| !it.development) {
            let name = needed.name.text.as_str();
            if let Some(word) = first_word(manifest, name) {
                counts.entry(word).or_default().insert(name);
            }
        }
    }
    counts.into_iter().filter(|(_, names)| names.len() > 1).map(|(word, _)| word).collect()
}

/// The first of several words of a package's name, where it is no package by itself.
fn first_word(manifest: &Manifest, name: &str) -> Option<String> {
    const GENERAL: &[&str] = &[
        "apache",
        "api",
        "app",
        "asp",
        "aspnet",
        "aws",
        "azure",
        "django",
        "dotnet",
        "express",
        "fastapi",
        "flask",
        "go",
        "google",
        "grpc",
        "http",
        "java",
        "langchain",
        "llama",
        "microsoft",
        "my",
        "nest",
        "nestjs",
        "next",
        "node",
        "opentelemetry",
        "prometheus",
        "pytest",
        "python",
        "react",
        "rust",
        "sentry",
        "simple",
        "spring",
        "system",
        "the",
        "types",
        "vue",
        "web",
    ];
    let word = word_of(name);
    let several = word.len() < name.len();
    let packaged = manifest.dependencies.iter().any(|it| it.name.text.eq_ignore_ascii_case(&word));
    (several && word.len() > 2 && !packaged && !GENERAL.contains(&word.as_str())).then_some(word)
}
