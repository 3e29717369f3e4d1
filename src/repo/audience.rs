//! For whom a repository is: whether others install what it holds, or somebody runs it at home. What
//! is missing in either is missing from nothing that is owed.

use super::Repo;
use super::images::known_as;
use crate::config::Profile;
use crate::facts::Document;
use crate::facts::markdown::Page;
use crate::identify::Kind;
use crate::lang::path::last;
use std::collections::BTreeSet;

/// Files at the root that only what others install has: a collection of Ansible's, a mixin, projects
/// that say who maintains or uses them.
const HANDED_OUT: &[&str] = &[
    ".bumpversion.cfg",
    ".goreleaser.yaml",
    ".goreleaser.yml",
    "ADOPTERS.md",
    "CloudronManifest.json",
    "GOVERNANCE.md",
    "MAINTAINERS",
    "MAINTAINERS.md",
    "OWNERS_ALIASES",
    "PROJECT",
    "RELEASING.md",
    "changelogs",
    "galaxy.yml",
    "galaxy.yaml",
    "mixin.libsonnet",
    "snapcraft.yaml",
];

/// Folders at the root, one for each cloud that what is here can be deployed to.
const CLOUDS: &[&str] =
    &["alicloud", "aws", "azure", "gcp", "google", "hetzner", "libvirt", "openstack", "vsphere"];

/// Applications that people run at home.
const HOME_APPS: &[&str] = &[
    "adguard-home",
    "bazarr",
    "esphome",
    "frigate",
    "home-assistant",
    "homeassistant",
    "immich",
    "jellyfin",
    "overseerr",
    "paperless",
    "paperless-ngx",
    "pi-hole",
    "pihole",
    "plex",
    "prowlarr",
    "qbittorrent",
    "radarr",
    "sabnzbd",
    "sonarr",
    "unifi",
    "zigbee2mqtt",
];

/// Fewest of them, or of clouds, that say so.
const SEVERAL: usize = 3;

/// Words by which a page says that others install what it introduces.
const PRODUCTS: &[&str] = &[
    "all in one tool",
    "ansible collection",
    "ansible role",
    "boilerplate",
    "bosh release",
    "helm chart",
    "helm charts",
    "kubernetes distribution",
    "kubernetes operator",
    "monitoring mixin",
    "open source integrations",
    "resource catalog",
    "starter kit",
    "terraform module",
    "terraform modules",
    "this module deploys",
    "tool for deploying",
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
    "my own cloud",
    "my own cluster",
    "personal infrastructure",
    "raspberry pi",
];

/// Words of a heading that speak to a reader who is to do the same for himself.
const TAUGHT: &[&str] = &["how to", "tutorial", "your"];

/// Words of a heading of what others install into their clusters.
const INSTALLED: &[&str] =
    &["awesome", "boilerplate", "charts", "mixin", "mixins", "operator", "toolkit"];

/// Names at the root that allow everybody the use.
const LICENCES: &[&str] = &[
    "COPYING",
    "COPYING.md",
    "LICENCE",
    "LICENCE.md",
    "LICENCE.txt",
    "LICENSE",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "LICENSE.md",
    "LICENSE.rst",
    "LICENSE.txt",
    "LICENSES",
    "UNLICENSE",
];

/// Files and folders at the root that only what is released to others has.
const RELEASED: &[&str] = &[
    "CHANGELOG.md",
    "CITATION.cff",
    "CODE_OF_CONDUCT.md",
    "FUNDING.yml",
    "NOTICE",
    "RELEASES.md",
    "changelog",
    "mkdocs.yml",
    "releasenotes",
    "releases",
];

/// Fewest files of rules that are a collection.
const MIN_RULES: usize = 8;

impl Repo {
    /// Whether others install what the repository holds, or somebody runs it for himself. Who
    /// configures this tool runs what is here.
    pub fn is_for_others(&self) -> bool {
        let found = || {
            self.is_published()
                || self.is_home()
                || self.is_taught()
                || self.is_of_rules()
                || self.is_given_away()
        };
        !self.is_configured() && *self.for_others.get_or_init(found)
    }

    /// Whether the repository configures this tool: its owner asks what it lacks.
    pub fn is_configured(&self) -> bool {
        self.path_number("obsproof.toml").is_some()
    }

    /// Whether the heading of the first page tells its reader how to make such a thing himself, or
    /// names a program that others install.
    fn is_taught(&self) -> bool {
        self.is_course()
            || self.introduction().is_some_and(|page| {
                let title = words(&page.title.text);
                [TAUGHT, INSTALLED].iter().any(|list| list.iter().any(|it| has(&title, it)))
            })
    }

    /// Whether the folders of the root are steps, numbered from an introduction on.
    fn is_course(&self) -> bool {
        const FIRST: &[&str] = &["intro", "introduction", "overview", "prerequisites"];
        let mut steps = BTreeSet::new();
        for path in &self.paths {
            let Some((folder, _)) = path.split_once('/') else { continue };
            let number = folder.split(['-', '_', '.']).next().unwrap_or_default();
            if !number.is_empty() && number.bytes().all(|it| it.is_ascii_digit()) {
                steps.insert(folder);
            }
        }
        let first = |step: &&str| words(step).split(' ').any(|word| FIRST.contains(&word));
        steps.len() >= SEVERAL && steps.iter().any(first)
    }

    /// Whether everybody may take what is here, and nothing says that its owners run it; or it runs no
    /// program of its own: released as a whole, or deployed from elsewhere only.
    fn is_given_away(&self) -> bool {
        let at = |list: &[&str]| list.iter().any(|path| self.has_path(path));
        let bare = || {
            !self.services().iter().any(|it| it.runs() && it.is_certain())
                && (at(RELEASED) || !self.is_deployed() && self.own_servers().next().is_none())
        };
        at(LICENCES) && (!self.is_operated() || bare())
    }

    /// Whether what is here is released for everybody to run, and nothing here runs it for its owners: no
    /// pipeline deploys it, no path says production.
    pub fn is_only_released(&self) -> bool {
        let at = |list: &[&str]| list.iter().any(|path| self.has_path(path));
        let live = |it: &Document| self.profile(it.id.source) == Profile::Production;
        at(LICENCES)
            && at(RELEASED)
            && !self.has_deploying_job()
            && !self.deploying().iter().any(|id| live(self.document(*id)))
    }

    /// Whether the page that introduces the repository says that somebody runs this at home, or what is
    /// run is what people have at home.
    pub fn is_home(&self) -> bool {
        let said = self.introduction().is_some_and(|page| says(page, HOMES));
        said || self.count_parts(HOME_APPS) >= SEVERAL
    }

    /// How many of these are a folder, or the name of a file.
    fn count_parts(&self, list: &[&str]) -> usize {
        let named = |word: &&&str| {
            self.paths.iter().any(|path| {
                let mut parts = path.split('/');
                path.contains(**word) && parts.any(|it| it.split('.').next() == Some(**word))
            })
        };
        list.iter().filter(named).count()
    }

    /// Whether the root is a module of Terraform's, or what is here can be deployed to several clouds.
    fn is_module(&self) -> bool {
        let root = |path: &str| self.has_path(path);
        let titled = || {
            let titles = self.introduction().map(|page| words(&page.title.text));
            titles.is_some_and(|title| has(&title, "terraform"))
        };
        // `aws-github`, `azure-gitlab`: the cloud is the first word.
        let cloud = |path: &String| {
            let (folder, _) = path.split_once('/')?;
            let first = folder.split('-').next()?;
            CLOUDS.iter().find(|cloud| **cloud == first)
        };
        let clouds = || self.paths.iter().filter_map(cloud).collect::<BTreeSet<_>>().len();
        // Modules, and examples of how to take them.
        let several = root("modules") && root("examples");
        (root("variables.tf") && root("versions.tf") || several) && titled() || clouds() >= SEVERAL
    }

    /// Whether the repository is a chart, a role, a mixin or a product that others install.
    fn is_published(&self) -> bool {
        const CHARTS: &[&str] = &[
            ".helmdocsignore",
            "artifacthub-repo.yml",
            "chart-testing.yaml",
            "cr.yaml",
            "ct-config.yaml",
            "ct.yaml",
        ];
        let at = |path: &str| self.paths.iter().any(|it| it == path);
        let role = at("meta/main.yml") && at("tasks/main.yml");
        let charts = self.paths.iter().any(|path| CHARTS.contains(&last(path)));
        // An operator's project, at the root or in a folder of it.
        let project = |path: &String| path.split_once('/').is_some_and(|it| it.1 == "PROJECT");
        HANDED_OUT.iter().any(|path| at(path))
            || self.paths.iter().any(project)
            || role
            || self.is_module()
            || charts && !self.services().iter().any(|it| it.runs() && it.is_certain())
            || self.introduction().is_some_and(|page| says(page, PRODUCTS))
    }

    /// Whether the repository holds rules or objectives and next to nothing else: what collects,
    /// evaluates and tells is somewhere else.
    pub fn is_of_rules(&self) -> bool {
        let facts = &self.facts;
        let is_rules = |document: &&Document| {
            let object = document.object.as_ref().map_or("", |object| object.kind.as_str());
            matches!(document.kind, Kind::PrometheusRules | Kind::PrometheusRuleTest | Kind::Slo)
                || object == "PrometheusRule"
        };
        let says = |document: &&Document| {
            let kind = document.kind;
            let text = matches!(kind, Kind::Markdown | Kind::Text | Kind::Manifest)
                || matches!(kind, Kind::CiPipeline | Kind::CodeOwners | Kind::HelmChart);
            let text = text || matches!(kind, Kind::Dockerfile | Kind::EnvFile | Kind::HelmValues);
            !text && !kind.is_code()
        };
        let rules = facts.documents.iter().filter(is_rules).count();
        let all = facts.documents.iter().filter(says).count();
        let tells = facts.documents.iter().any(|it| it.kind == Kind::AlertmanagerConfig);
        rules >= MIN_RULES
            && rules * 4 >= all * 3
            && !tells
            && facts.prometheus.is_empty()
            && facts.scrape_jobs.is_empty()
            && !facts.packages.iter().any(|it| it.name.known_text().is_some_and(is_stack))
            && !self.services().iter().any(|it| it.runs() && it.is_certain())
    }

    /// Whether a chart is installed here that brings its own rules: those of Kubernetes and of the stack
    /// itself.
    pub fn has_default_rules(&self) -> bool {
        const STACK: &str = "kube-prometheus-stack";
        let brings = |name: &str| name.ends_with(STACK);
        let part = |document: &Document| {
            document.kind == Kind::HelmValues
                && self.source(document.id.source).text().contains("kube-prometheus-stack:")
        };
        self.facts.packages.iter().any(|it| it.name.known_text().is_some_and(brings))
            || self.facts.documents.iter().any(part)
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
    let texts = [words(&page.title.text), words(&page.opening)];
    list.iter().any(|word| texts.iter().any(|text| has(text, word)))
}

/// The words of a text, each between spaces.
fn words(text: &str) -> String {
    let text = text.to_ascii_lowercase();
    let words: Vec<&str> =
        text.split(|c: char| !c.is_alphanumeric()).filter(|it| !it.is_empty()).collect();
    format!(" {} ", words.join(" "))
}

fn has(words: &str, word: &str) -> bool {
    words.contains(&format!(" {word} "))
}
