//! Whether somebody runs what the repository holds: names that only those have who operate it, not
//! those who hand it to others.

use super::Repo;
use super::images::{known_as, named};
use super::standing::is_sample;
use crate::facts::DocumentId;
use crate::facts::ci::CiJob;
use crate::facts::deploy::Container;
use crate::identify::Kind;
use crate::lang::path::last;

/// Words of folders and files for an environment that others use, or that comes before it.
const ENVIRONMENTS: &[&str] =
    &["live", "nonprod", "prd", "preprod", "prod", "production", "stage", "staging", "stg", "uat"];

/// Endings of files that configure what runs.
const CONFIGURES: &[&str] = &[
    ".cfg",
    ".conf",
    ".hcl",
    ".j2",
    ".json",
    ".jsonnet",
    ".libsonnet",
    ".nomad",
    ".properties",
    ".tf",
    ".tfvars",
    ".tmpl",
    ".toml",
    ".tpl",
    ".yaml",
    ".yml",
];

/// Files by which one platform runs what is here for its owners.
const PLACED: &[&str] = &[
    ".sops.yaml",
    "Dockerrun.aws.json",
    "apprunner.yaml",
    "appspec.yaml",
    "appspec.yml",
    "clowdapp.yaml",
    "clowdapp.yml",
    "fly.toml",
    "gotk-sync.yaml",
    "hiera.yaml",
    "samconfig.toml",
    "serverless.ts",
    "serverless.yaml",
    "serverless.yml",
];

/// Folders of the hosts that are run, and of what is set for each.
const HOSTS: &[&str] =
    &[".cloudgov", ".nais", "hieradata", "host_vars", "inventories", "inventory"];

/// Parts of the names of actions that sign in to the cloud of whoever runs the pipeline.
const SIGNS_IN: &[&str] =
    &["aws-actions/configure-aws-credentials", "azure/login", "google-github-actions/auth"];

/// Words of what a pipeline deploys that nobody is served by: pages of documentation, packages.
const PUBLISHED: &[&str] =
    &["doc", "docs", "pages", "site", "website", "book", "npm", "pypi", "demo", "preview"];

impl Repo {
    /// Whether something here says that whoever keeps the repository runs what it holds.
    pub fn is_operated(&self) -> bool {
        let ours = |path: &&String| !is_sample(path) && !is_copied(path);
        self.has_deploying_job()
            || self.deploys_by_name()
            || self.signs_in()
            || self.paths.iter().filter(ours).any(|path| is_operators(path))
            || self.is_cookbook()
            || self.watches_its_own()
    }

    /// Whether objects of a cluster, no templates, start a program that nobody else has, and a server
    /// that collects.
    fn watches_its_own(&self) -> bool {
        let stands =
            |id: DocumentId| self.is_in_cluster(id) && self.stands(id) && !self.document(id).masked;
        let own = |container: &Container| {
            let image = container.image.as_ref().and_then(|image| named(&image.text));
            image.is_some_and(|image| known_as(image).is_none())
        };
        self.own_containers().any(|it| own(it) && stands(it.document))
            && (self.own_servers().any(|it| stands(it.document))
                || self.scrapers().any(|it| stands(it.document)))
    }

    /// Whether a pipeline is called after what it does: `deploy-api.yml`, `cd.yml`.
    fn deploys_by_name(&self) -> bool {
        let named = |job: &CiJob| {
            let path = &self.source(job.document.source).path;
            let words = || last(path).split(['.', '-', '_']);
            self.document(job.document).kind == Kind::CiPipeline
                && words().any(|word| matches!(word, "cd" | "deploy" | "deployment"))
                && !words().any(|word| PUBLISHED.contains(&word))
        };
        self.facts.ci_jobs.iter().any(named)
    }

    /// Whether a pipeline signs in to a cloud of its owners, and not to try something there.
    fn signs_in(&self) -> bool {
        let tries = |job: &CiJob| {
            let path = &self.source(job.document.source).path;
            let mut words = last(path).split(['.', '-', '_']);
            words.any(|word| matches!(word, "e2e" | "test" | "tests"))
        };
        let jobs = self.facts.ci_jobs.iter().filter(|job| !tries(job));
        jobs.flat_map(|job| &job.steps).any(|step| {
            let text = step.text.text.to_ascii_lowercase();
            step.action && SIGNS_IN.iter().any(|action| text.contains(action))
        })
    }

    /// Whether the root is Chef's: cookbooks, and the roles of hosts that run them.
    fn is_cookbook(&self) -> bool {
        self.has_path("cookbooks") && self.has_path("roles")
    }
}

/// Whether a path is of somebody else's text.
fn is_copied(path: &str) -> bool {
    path.split('/').any(|part| matches!(part, "node_modules" | "third_party" | "vendor"))
}

/// Whether the name of a file is one that those have who run what is here.
fn is_operators(path: &str) -> bool {
    let (folders, file) = path.rsplit_once('/').unwrap_or(("", path));
    // Tools of programs for browsers have a build for production, and whoever takes a product starts it by Compose.
    let settings = !file.starts_with('.')
        && !file.contains("compose")
        && CONFIGURES.iter().any(|it| file.ends_with(it));
    let names = |part: &str| part.split(['-', '_', '.']).any(|word| ENVIRONMENTS.contains(&word));
    let feature = file == "Feature.yaml" && !folders.is_empty();
    feature
        || PLACED.contains(&file)
        || file.ends_with(".tfvars")
        || folders.split('/').any(|part| HOSTS.contains(&part))
        || settings && (names(file) || folders.split('/').any(names))
}
