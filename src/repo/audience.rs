//! For whom a repository is: whether others install what it holds, or somebody runs it at home. What
//! is missing in either is missing from nothing that is owed.

use super::Repo;
use super::images::known_as;
use crate::facts::DocumentId;
use crate::facts::markdown::Page;
use crate::identify::Kind;
use crate::lang::path::last;

/// Files at the root that only what others install has: a collection of Ansible's, a mixin, projects
/// that say who maintains or uses them.
const HANDED_OUT: &[&str] = &[
    "ADOPTERS.md",
    "GOVERNANCE.md",
    "MAINTAINERS",
    "MAINTAINERS.md",
    "OWNERS_ALIASES",
    "galaxy.yml",
    "galaxy.yaml",
    "mixin.libsonnet",
];

/// Words by which a page says that others install what it introduces.
const PRODUCTS: &[&str] = &[
    "ansible collection",
    "ansible role",
    "helm chart",
    "helm charts",
    "kubernetes operator",
    "monitoring mixin",
    "open source integrations",
    "resource catalog",
    "terraform module",
    "terraform modules",
];

/// Words by which a page says that it is somebody's home.
const HOMES: &[&str] = &[
    "home cluster",
    "home infrastructure",
    "home kubernetes",
    "home lab",
    "home network",
    "home operations",
    "home ops",
    "home server",
    "homelab",
    "homeserver",
    "internet pi",
    "my kubernetes cluster",
    "personal infrastructure",
    "raspberry pi",
];

/// Fewest files of rules that are a collection.
const MIN_RULES: usize = 8;

impl Repo {
    /// Whether others install what the repository holds, or somebody runs it for himself.
    pub fn is_for_others(&self) -> bool {
        self.is_published() || self.is_home() || self.is_of_rules()
    }

    /// Whether the page that introduces the repository says that somebody runs this at home.
    pub fn is_home(&self) -> bool {
        self.introduction().is_some_and(|page| says(page, HOMES))
    }

    /// Whether the repository is a chart, a role, a mixin or a product that others install.
    fn is_published(&self) -> bool {
        const CHARTS: &[&str] = &["artifacthub-repo.yml", "cr.yaml", "ct.yaml"];
        let at = |path: &str| self.paths.iter().any(|it| it == path);
        let role = at("meta/main.yml") && at("tasks/main.yml");
        let charts = self.paths.iter().any(|path| CHARTS.contains(&last(path)));
        HANDED_OUT.iter().any(|path| at(path))
            || role
            || charts && !self.has_source_code()
            || self.introduction().is_some_and(|page| says(page, PRODUCTS))
    }

    /// Whether the repository holds rules and next to nothing else: what collects, evaluates and tells
    /// is somewhere else.
    fn is_of_rules(&self) -> bool {
        let facts = &self.facts;
        let is_rules = |id: DocumentId| {
            let document = self.document(id);
            let object = document.object.as_ref().map_or("", |object| object.kind.as_str());
            document.kind == Kind::PrometheusRules || object == "PrometheusRule"
        };
        let rules = facts.documents.iter().filter(|document| is_rules(document.id)).count();
        let tells = facts.documents.iter().any(|it| it.kind == Kind::AlertmanagerConfig);
        rules >= MIN_RULES
            && !tells
            && facts.containers.is_empty()
            && facts.prometheus.is_empty()
            && facts.scrape_jobs.is_empty()
            && !facts.packages.iter().any(|it| it.name.known_text().is_some_and(is_stack))
            && !self.has_source_code()
    }

    /// Whether a chart is installed here that brings its own rules: those of Kubernetes and of the stack
    /// itself.
    pub fn has_default_rules(&self) -> bool {
        let brings = |name: &str| name.ends_with("kube-prometheus-stack");
        self.facts.packages.iter().any(|it| it.name.known_text().is_some_and(brings))
    }

    fn introduction(&self) -> Option<&Page> {
        let own = |path: &str| path.eq_ignore_ascii_case("README.md");
        self.facts.pages.iter().find(|page| own(&self.source(page.document.source).path))
    }
}

fn is_stack(chart: &str) -> bool {
    known_as(chart).is_some()
}

/// Whether the heading of a page, or its first sentences, have one of these words.
fn says(page: &Page, list: &[&str]) -> bool {
    let words = |text: &str| {
        let text = text.to_ascii_lowercase();
        let words: Vec<&str> =
            text.split(|c: char| !c.is_alphanumeric()).filter(|it| !it.is_empty()).collect();
        format!(" {} ", words.join(" "))
    };
    let texts = [words(&page.title.text), words(&page.opening)];
    list.iter().any(|word| texts.iter().any(|text| text.contains(&format!(" {word} "))))
}
