//! What speaks of what runs here, and what only shows it, tests it or serves those who work on it.

use super::Repo;
use super::images::{known_as, named};
use crate::config::Profile;
use crate::facts::deploy::Container;
use crate::facts::markdown::Page;
use crate::facts::{Document, DocumentId};
use crate::identify::Kind;
use crate::lang::path::{folder, is_lesson, join, last, purpose};
use crate::source::Origin;
use std::collections::{BTreeMap, BTreeSet};

/// Folders, and parts of file names, of those who work on the code.
const WORKSHOP: &[&str] = &[
    "archive",
    "archived",
    "bench",
    "benchmark",
    "benchmarks",
    "ci",
    "contrib",
    "cypress",
    "debug",
    "demo",
    "demos",
    "deprecated",
    "dev",
    "devcontainer",
    "development",
    "devservices",
    "devtools",
    "disabled",
    "e2e",
    "example",
    "github",
    "hack",
    "inactive",
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
    "testing",
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
        "documentation",
        "demo",
        "playground",
        "sample",
        "samples",
    ];
    let (folders, file) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = file.split('.').next().unwrap_or(file);
    purpose(folders).split('/').any(|part| SAMPLES.contains(&part) || is_lesson(part))
        || matches!(stem, "example" | "sample")
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
        self.is_ours(document)
            && !rehearses
            && !self.is_disclaimed(document)
            && !self.is_chart_default(document)
            && !self.is_of_component(document)
    }

    /// Whether a collector's configuration, or what builds one, lies with the code of one of its components, which is tried
    /// with it.
    fn is_of_component(&self, document: DocumentId) -> bool {
        let path = &self.source(document.source).path;
        let code =
            || join(folder(path), "factory.go").is_some_and(|factory| self.has_path(&factory));
        let kind = self.document(document).kind;
        matches!(kind, Kind::OtelCollector | Kind::OtelBuilder) && code()
    }

    /// Whether a file is a copy of a chart's own values: its name says so, and comments document each.
    fn is_chart_default(&self, document: DocumentId) -> bool {
        let source = self.source(document.source);
        last(&source.path).contains("default") && source.text().contains("\n## @param ")
    }

    /// Whether a file says before all else that it only shows something.
    fn is_disclaimed(&self, document: DocumentId) -> bool {
        /// How much of a file is its head.
        const HEAD: usize = 800;
        const SAYS: &[&str] = &[
            "demonstration purposes",
            "development server",
            "local deployment",
            "local development",
            "not for production",
        ];
        const REFUSES: &[&str] = &["never use", "not be used", "not intended", "not use"];
        let kind = self.document(document).kind;
        let put_away = kind.is_code()
            || matches!(kind, Kind::Dockerfile | Kind::EnvFile | Kind::Manifest | Kind::Markdown)
            || matches!(kind, Kind::Terraform | Kind::Text);
        if put_away {
            return false;
        }
        let text = self.source(document.source).text();
        if !text.starts_with(['#', '/', ';']) {
            return false;
        }
        let lines = text.lines().take_while(|it| it.is_empty() || it.starts_with(['#', '/', ';']));
        let mut left = HEAD;
        lines.into_iter().any(|line| {
            let read = left > 0;
            left = left.saturating_sub(line.len());
            let line = line.to_ascii_lowercase();
            let refuses =
                || line.contains("production") && REFUSES.iter().any(|words| line.contains(words));
            read && (SAYS.iter().any(|words| line.contains(words)) || refuses())
        })
    }

    /// Whether the Compose files whose containers read a document all say that they are for developers.
    pub fn is_rehearsed(&self, document: DocumentId) -> bool {
        let reading = self.own_containers().filter(|container| {
            container.workload == "compose" && self.belongs(container, document)
        });
        let mut reading = reading.peekable();
        reading.peek().is_some() && reading.all(|it| self.is_disclaimed(it.document))
    }

    /// The first document of one of these kinds, in their order, that speaks of what runs.
    pub fn first_standing(&self, kinds: &[Kind]) -> Option<&Document> {
        let documents = || self.facts.documents.iter().filter(|document| self.stands(document.id));
        kinds.iter().find_map(|kind| documents().find(|document| document.kind == *kind))
    }

    /// Documents with containers that stay and that others use: not those of a Compose file that only starts
    /// what the code beside it needs on a developer's machine.
    pub fn deploying(&self) -> BTreeSet<DocumentId> {
        let early = |container: &Container| {
            only_tests(container)
                || container.workload == "compose" && self.mounts_source(container)
        };
        // Beside what whoever works on the code builds stands what that needs.
        let mut built: BTreeMap<DocumentId, bool> = BTreeMap::new();
        for container in self.facts.containers.iter().filter(|it| it.build.is_some()) {
            *built.entry(container.document).or_insert(true) &= early(container);
        }
        let stays = |container: &&Container| {
            let starts = container.image.is_some() || container.build.is_some();
            container.workload != "Job"
                && (starts || container.workload != "compose")
                && built.get(&container.document) != Some(&true)
                && !early(container)
        };
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

    /// Whether the code of what a container is built from is mounted over it: whoever works on the
    /// code starts it so.
    fn mounts_source(&self, container: &Container) -> bool {
        let Some(build) = &container.build else { return false };
        let home = folder(&self.source(container.document.source).path);
        let context = join(home, &self.filled(container, &build.text));
        let waits = self.facts.listeners.iter().map(|it| it.document);
        let begins = self.facts.modules.iter().filter(|it| it.entry.is_some());
        let mut code = waits.chain(begins.map(|it| it.document));
        let folders: Vec<String> = container
            .mounts
            .iter()
            .map(|mount| mount.source.replace("${PWD}", ".").replace("$PWD", "."))
            .filter(|source| source.starts_with('.') || source.contains('/'))
            .filter_map(|source| join(home, &source))
            .collect();
        folders.iter().any(|it| Some(it) == context.as_ref())
            || !folders.is_empty()
                && code.any(|document| {
                    let path = self.source(document.source).path.as_str();
                    folders.iter().any(|it| {
                        path.strip_prefix(it.as_str()).is_some_and(|rest| rest.starts_with('/'))
                    })
                })
    }

    /// Whether the repository holds no program that asks for others to watch it: nothing but known
    /// programs run here, or its page says that it shows something.
    pub fn only_shows(&self) -> bool {
        let known = |container: &Container| {
            let image = container.image.as_ref().and_then(|image| named(&image.text));
            container.build.is_none() && image.and_then(known_as).is_some()
        };
        let all = self.own_containers().count();
        let others = self.own_containers().filter(|it| !known(it)).count();
        // Among many a tool may be one that nobody knows.
        let bare = !self.has_source_code()
            && all > 0
            && others * 8 <= all
            && self.facts.packages.is_empty();
        bare || self.is_shown()
    }

    /// Whether something runs here, and all of it is programs that watch: what they watch is elsewhere.
    pub fn only_watches(&self) -> bool {
        let mut packages =
            self.facts.packages.iter().filter(|it| self.is_ours(it.document)).peekable();
        let some = packages.peek().is_some() || self.own_containers().next().is_some();
        some && !self.is_configured()
            && !self.has_source_code()
            && !self.runs_others()
            && packages.all(|it| {
                let name = it.name.text.as_str();
                known_as(name).is_some()
                    || name.contains("monitoring")
                    || name.contains("prometheus")
            })
            && !self.services().iter().any(|it| it.runs() && it.is_certain())
    }

    /// Whether a container here is none of the known programs that watch.
    pub fn runs_others(&self) -> bool {
        self.own_containers().any(|container| {
            let image = container.image.as_ref().and_then(|image| named(&image.text));
            image.and_then(known_as).is_none()
        })
    }

    /// Whether the page that introduces the repository says, or its heading ends with it, that all of
    /// it is a demonstration: `OpenTelemetry Demo`.
    pub fn is_shown(&self) -> bool {
        let own = |path: &str| path.eq_ignore_ascii_case("README.md");
        let mut pages = self.facts.pages.iter();
        let page = pages.find(|page| own(&self.source(page.document.source).path));
        let local = |page: &Page| [&page.title.text, &page.opening].iter().any(|it| is_on_kind(it));
        self.is_introduced_as_shown()
            || page.is_some_and(|page| is_called_demo(&page.title.text) || local(page))
    }

    /// Whether the page that introduces the repository says that it is a demonstration.
    pub(in crate::repo) fn is_introduced_as_shown(&self) -> bool {
        let own = |path: &str| path.eq_ignore_ascii_case("README.md");
        let mut pages = self.facts.pages.iter();
        let page = pages.find(|page| own(&self.source(page.document.source).path));
        page.is_some_and(|page| {
            let opening = page.opening.split(". ").next().unwrap_or_default();
            says_demo(&page.title.text) || says_demo(opening)
        })
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

/// Whether words say of a thing that it shows how something is done.
fn says_demo(text: &str) -> bool {
    const THINGS: &[&str] = &["app", "application", "project", "system"];
    const SHOWN: &[&str] = &["demo", "demonstration", "example", "sample"];
    let text = text.to_ascii_lowercase();
    let words: Vec<&str> =
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    // `Sample .NET Core REST API`, `a simple demo application`
    words.first().is_some_and(|word| SHOWN.contains(word))
        || words.windows(2).any(|pair| SHOWN.contains(&pair[0]) && THINGS.contains(&pair[1]))
}

/// Whether words say that all runs in a cluster on one's own machine: not "depending on kind of …".
fn is_on_kind(text: &str) -> bool {
    const CLUSTERS: &[[&str; 2]] =
        &[["kind", "cluster"], ["minikube", "cluster"], ["on", "kind"], ["on", "minikube"]];
    let text = text.to_ascii_lowercase();
    let words: Vec<&str> =
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let sort = |at: usize| words.get(at + 2) == Some(&"of");
    words
        .windows(2)
        .enumerate()
        .any(|(at, pair)| CLUSTERS.iter().any(|known| known == pair) && !sort(at))
}

/// Whether a heading is the name of a demonstration.
fn is_called_demo(title: &str) -> bool {
    let mut words = title.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let last = words.next_back().unwrap_or_default();
    ["demo", "demonstration", "example", "testbed"]
        .iter()
        .any(|word| last.eq_ignore_ascii_case(word))
}

/// Whether an image stands in for what is elsewhere when the program is not at work, or shows a
/// developer what is in a database.
fn is_stand_in(image: &str) -> bool {
    const HELPERS: &[&str] = &[
        "adminer",
        "azurite",
        "dynamodb-admin",
        "dynamodb-local",
        "elasticmq",
        "elasticmq-native",
        "fake-gcs-server",
        "greenmail",
        "localstack",
        "mailcatcher",
        "maildev",
        "mailhog",
        "mailpit",
        "mockserver",
        "mongo-express",
        "pgadmin",
        "pgadmin4",
        "phpmyadmin",
        "redis-commander",
        "redisinsight",
        "smtp4dev",
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
    let is_early = |text: &str| {
        ["dev", "develop", "development", "local", "test"]
            .contains(&text.to_ascii_lowercase().as_str())
    };
    let speaks = |text: &str| text.split(['-', '_', '.']).any(is_early);
    // `NODE_ENV: development`
    let developed = container.env.entries.iter().any(|(name, value)| {
        let last = name.text.rsplit('_').next().unwrap_or_default();
        matches!(last, "CHANNEL" | "ENV" | "ENVIRONMENT" | "STAGE") && is_early(&value.text)
    });
    // `target: web-dev`, `env_file: .env.dev`, `image: acme/shop:local`
    let built = container.build.is_some()
        && (container.target.as_ref().is_some_and(|it| speaks(&it.text))
            || container.env_files.iter().any(|it| speaks(last(&it.text)))
            || container.image.as_ref().is_some_and(|it| {
                last(&it.text).split_once(':').is_some_and(|(_, it)| is_early(it))
            }));
    // What nobody can fetch was built on the same machine.
    let built = built || container.image.as_ref().is_some_and(|it| it.text.starts_with("local/"));
    container.workload == "compose"
        && (waits
            || developed
            || built
            || container.name.text.split(['-', '_']).any(|word| TESTS.contains(&word))
            || words().any(|word| RUNNERS.contains(&word)))
}

fn is_of_workshop(path: &str) -> bool {
    let (folders, file) = path.rsplit_once('/').unwrap_or(("", path));
    // `appsettings.Development.json`
    let is = |word: &str| WORKSHOP.iter().any(|known| known.eq_ignore_ascii_case(word));
    // `local-otel-configuration`, `e2e_tests`
    let outer = |part: &str| {
        let mut words = part.trim_start_matches('.').split(['-', '_']);
        words.next().is_some_and(is) || words.next_back().is_some_and(is)
    };
    // `.woodpecker.yml` is read by a forge.
    let hidden = file.starts_with('.');
    hidden || folders.split('/').any(outer) || file.split(['.', '-', '_']).any(is)
}

#[cfg(test)]
mod tests {
    use super::is_on_kind;

    #[test]
    fn clusters_on_ones_own_machine_are_named() {
        for text in ["A demo on kind and minikube", "Runs in a kind cluster.", "On Minikube"] {
            assert!(is_on_kind(text), "{text}");
        }
        for text in ["depending on kind of service", "of this kind", "a cluster", ""] {
            assert!(!is_on_kind(text), "{text}");
        }
    }
}
