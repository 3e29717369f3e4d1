//! What speaks of what runs here, and what only shows it, tests it or serves those who work on it.

use super::Repo;
use super::images::known_as;
use crate::config::Profile;
use crate::facts::deploy::Container;
use crate::facts::{Document, DocumentId};
use crate::identify::Kind;
use crate::source::Origin;
use std::collections::BTreeSet;

/// Folders, and parts of file names, of those who work on the code.
const WORKSHOP: &[&str] = &[
    "bench",
    "benchmark",
    "benchmarks",
    "ci",
    "cypress",
    "debug",
    "dev",
    "devcontainer",
    "development",
    "devservices",
    "devtools",
    "e2e",
    "example",
    "github",
    "hack",
    "local",
    "localdev",
    "manual",
    "mock",
    "mocks",
    "override",
    "playwright",
    "quickstart",
    "regtest",
    "sample",
    "sandbox",
    "script",
    "scripts",
    "selenium",
    "template",
    "test",
    "tests",
];

/// Whether a path is one of tests or examples: nothing runs with it.
pub fn is_sample(path: &str) -> bool {
    const SAMPLES: &[&str] = &[
        "test",
        "tests",
        "testdata",
        "fixtures",
        "e2e",
        "examples",
        "example",
        "doc",
        "docs",
        "demo",
        "playground",
        "sample",
        "samples",
    ];
    let (folders, file) = path.rsplit_once('/').unwrap_or(("", path));
    folders.split('/').any(|part| SAMPLES.contains(&part))
        || [".example", ".sample"].iter().any(|ending| file.ends_with(ending))
}

impl Repo {
    /// Whether a document is the repository's own, and no test or example.
    pub fn is_ours(&self, document: DocumentId) -> bool {
        let source = self.source(document.source);
        source.origin != Origin::Vendored && !is_sample(&source.path)
    }

    /// Whether a document speaks of what runs for others than those who work on it. What a
    /// repository lacks as a whole is asked only where one does.
    pub fn stands(&self, document: DocumentId) -> bool {
        let rehearses = match self.profile(document.source) {
            Profile::Dev => true,
            Profile::Production => false,
            Profile::Unspecified => is_of_workshop(&self.source(document.source).path),
        };
        self.is_ours(document) && !rehearses
    }

    /// The first document of one of these kinds, in their order, that speaks of what runs.
    pub fn first_standing(&self, kinds: &[Kind]) -> Option<&Document> {
        let documents = || self.facts.documents.iter().filter(|document| self.stands(document.id));
        kinds.iter().find_map(|kind| documents().find(|document| document.kind == *kind))
    }

    /// Documents with containers that stay and that others use: not those of a Compose file that only starts
    /// what the code beside it needs on a developer's machine.
    pub fn deploying(&self) -> BTreeSet<DocumentId> {
        let stays = |container: &&Container| container.workload != "Job" && !only_tests(container);
        let containers = &self.facts.containers;
        if !self.has_source_code() {
            return containers.iter().filter(stays).map(|container| container.document).collect();
        }
        let of_services = self.services().iter().filter(|service| !service.rehearsal);
        let of_services: BTreeSet<usize> =
            of_services.flat_map(|service| &service.containers).copied().collect();
        let helps = |container: &Container| {
            let image = container.image.as_ref().and_then(|image| image.known_text());
            image.is_some_and(|image| known_as(image).is_some() || is_stand_in(image))
        };
        let own = |&(number, container): &(usize, &Container)| {
            container.workload != "compose"
                || container.build.is_some()
                || of_services.contains(&number)
                || !helps(container)
        };
        let own = containers.iter().enumerate().filter(own).map(|(_, container)| container);
        own.filter(stays).map(|container| container.document).collect()
    }

    /// Whether a chart starts nothing but jobs, which end by themselves.
    pub fn only_runs_jobs(&self, chart: &Document) -> bool {
        let path = &self.source(chart.id.source).path;
        let folder = path.strip_suffix("Chart.yaml").unwrap_or(path);
        let inside = |it: &&Container| self.source(it.document.source).path.starts_with(folder);
        let mut containers = self.facts.containers.iter().filter(inside).peekable();
        containers.peek().is_some() && containers.all(|it| it.workload == "Job")
    }
}

/// Whether an image stands in for what is elsewhere when the program is not at work, or shows a
/// developer what is in a database.
fn is_stand_in(image: &str) -> bool {
    const HELPERS: &[&str] = &[
        "adminer",
        "azurite",
        "dynamodb-local",
        "fake-gcs-server",
        "localstack",
        "maildev",
        "mailhog",
        "mailpit",
        "mockserver",
        "mongo-express",
        "pgadmin",
        "pgadmin4",
        "phpmyadmin",
        "redis-commander",
        "sqs-admin",
        "wiremock",
    ];
    let name = image.rsplit('/').next().unwrap_or(image);
    HELPERS.contains(&name.split([':', '@']).next().unwrap_or(name))
}

/// Whether a container runs tests, is told that it is a developer's, or only waits for one to enter
/// it.
fn only_tests(container: &Container) -> bool {
    const TESTS: &[&str] = &["axe", "cypress", "dev", "e2e", "lint", "playwright", "test", "tests"];
    const RUNNERS: &[&str] = &["cypress", "jest", "playwright", "pytest", "test"];
    let words = || container.args.iter().flat_map(|arg| arg.text.split_whitespace());
    let waits = words().eq(["sleep", "infinity"]) || words().eq(["tail", "-f", "/dev/null"]);
    // `NODE_ENV: development`
    let developed = container.env.entries.iter().any(|(name, value)| {
        let value = value.text.to_ascii_lowercase();
        (name.text.ends_with("_ENV") || name.text.ends_with("_ENVIRONMENT"))
            && ["dev", "development", "local", "test"].contains(&value.as_str())
    });
    container.workload == "compose"
        && (waits
            || developed
            || container.name.text.split(['-', '_']).any(|word| TESTS.contains(&word))
            || words().any(|word| RUNNERS.contains(&word)))
}

fn is_of_workshop(path: &str) -> bool {
    let (folders, file) = path.rsplit_once('/').unwrap_or(("", path));
    let is = |word: &str| WORKSHOP.contains(&word);
    // `local-otel-configuration`, `e2e_tests`
    let outer = |part: &str| {
        let mut words = part.trim_start_matches('.').split(['-', '_']);
        words.next().is_some_and(is) || words.next_back().is_some_and(is)
    };
    // `.woodpecker.yml` is read by a forge.
    let hidden = file.starts_with('.');
    hidden || folders.split('/').any(outer) || file.split(['.', '-', '_']).any(is)
}
