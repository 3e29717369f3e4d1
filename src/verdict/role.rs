//! What a repository is, from what it holds.

use crate::config::{self, Profile};
use crate::identify::Kind;

use crate::repo::Repo;
use crate::repo::services::{Certainty, Service};

/// The role of a repository: decides which requirements apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Runs something of its own.
    Service,
    /// Runs the observability of others.
    Platform,
    /// Code for others to build in; runs nothing.
    Library,
    /// Observability software: its configurations are examples and tests.
    Product,
    /// Rules and dashboards for others to load.
    RulesPack,
    /// Nothing to observe.
    Empty,
}

impl Role {
    /// Reads the word of the configuration.
    pub fn named(name: &str) -> Option<Role> {
        [Role::Service, Role::Platform, Role::Library, Role::Product, Role::RulesPack]
            .into_iter()
            .find(|role| role.name() == name)
    }

    /// The word used in configuration and output.
    pub fn name(self) -> &'static str {
        match self {
            Role::Service => "service",
            Role::Platform => "platform",
            Role::Library => "library",
            Role::Product => "product",
            Role::RulesPack => "rules-pack",
            Role::Empty => "empty",
        }
    }
}

/// Files whose presence says that code is packaged.
const MANIFESTS: &[&str] = &[
    "Cargo.toml",
    "go.mod",
    "package.json",
    "pyproject.toml",
    "setup.py",
    "pom.xml",
    "build.gradle",
    "build.gradle.kts",
    "composer.json",
    "Gemfile",
    "mix.exs",
];

const CODE: &[&str] = &[
    "py", "go", "java", "js", "ts", "jsx", "tsx", "rs", "cs", "rb", "php", "kt", "scala", "cpp",
    "cc", "c", "ex", "exs", "swift",
];

/// The first file of source code outside tests, examples and other people's folders.
pub(super) fn code(repo: &Repo) -> Option<&String> {
    repo.paths.iter().find(|path| {
        path.rsplit_once('.').is_some_and(|(_, ending)| CODE.contains(&ending))
            && config::profile(&repo.settings, path) != Profile::Dev
            && !crate::discover::is_vendored(path, &[])
    })
}

/// A file that deploys in a language of its own: Terraform, or machines in Nix.
fn deployed(repo: &Repo, serious: impl Fn(&str) -> bool) -> Option<&String> {
    // A few files of Nix are what developers work in.
    const MACHINES: usize = 5;
    let of = |endings: &'static [&'static str]| {
        let ends = move |path: &&String| endings.iter().any(|ending| path.ends_with(ending));
        repo.paths.iter().filter(ends).filter(|path| serious(path))
    };
    of(&[".tf", ".tofu"]).next().or_else(|| of(&[".nix"]).nth(MACHINES - 1))
}

/// The role and, in words, what shows it.
pub(super) fn infer(repo: &Repo) -> (Role, String) {
    let serious = |path: &str| config::profile(&repo.settings, path) != Profile::Dev;
    let documents = |wanted: fn(Kind) -> bool, all: bool| {
        repo.facts
            .documents
            .iter()
            .filter(|document| wanted(document.kind))
            .map(|document| repo.source(document.id.source).path.as_str())
            .find(|path| all || serious(path))
    };
    let server = |kind: Kind| {
        matches!(
            kind,
            Kind::PrometheusConfig
                | Kind::AlertmanagerConfig
                | Kind::PrometheusOperator
                | Kind::OtelCollector
                | Kind::JaegerConfig
                | Kind::LokiConfig
                | Kind::TempoConfig
                | Kind::MimirConfig
                | Kind::ElasticsearchConfig
                | Kind::LogstashPipeline
                | Kind::Strategy
        )
    };
    let pack =
        |kind: Kind| matches!(kind, Kind::PrometheusRules | Kind::GrafanaDashboard | Kind::Slo);
    let runs = |kind: Kind| matches!(kind, Kind::Compose | Kind::Kubernetes | Kind::HelmChart);
    let named = |names: &[&str]| {
        repo.paths
            .iter()
            .find(|path| serious(path) && names.contains(&path.rsplit('/').next().unwrap_or(path)))
    };
    let code = code(repo);
    let docker = repo.paths.iter().find(|path| {
        serious(path) && path.rsplit('/').next().is_some_and(|name| name.starts_with("Dockerfile"))
    });
    if let (Some(code), Some(example)) = (code, documents(server, true))
        && documents(server, false).is_none()
        && documents(runs, false).is_none()
    {
        let reason = format!("code ({code}); observability only as examples ({example})");
        return (Role::Product, reason);
    }
    if let Some(path) = documents(server, false) {
        return (Role::Platform, format!("observability configuration ({path})"));
    }
    if let Some(path) =
        documents(runs, false).or(docker.map(String::as_str).filter(|_| code.is_some()))
    {
        return (Role::Service, format!("something runs ({path})"));
    }
    let is_service =
        |it: &&Service| it.runs() && !it.rehearsal && it.certainty > Certainty::Doubtful;
    if let Some(service) = repo.services().iter().find(is_service) {
        let path = &repo.source(service.document.source).path;
        return (Role::Service, format!("a program that waits for others ({path})"));
    }
    if let Some(path) = documents(pack, true) {
        return (
            Role::RulesPack,
            format!("rules or dashboards, no server that loads them ({path})"),
        );
    }
    let package = named(MANIFESTS).or(code);
    if let Some(path) = deployed(repo, serious).filter(|_| package.is_some()) {
        return (Role::Service, format!("something is deployed ({path})"));
    }
    match (named(MANIFESTS), code) {
        (Some(path), _) => (Role::Library, format!("a package that runs nothing ({path})")),
        (None, Some(path)) => (Role::Library, format!("code that runs nothing ({path})")),
        (None, None) => (Role::Empty, "no code and no configuration".to_owned()),
    }
}
