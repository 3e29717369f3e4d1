//! How certain it is that a unit is a service which this repository deploys.
//!
//! What a service lacks is an error only where that is certain; else it is told in a lower voice, and no
//! verdict rests on it.

mod spared;
mod words;

use super::super::Repo;
use super::kind::shows;
use super::{Service, house};
use crate::facts::code::{self, Listener};
use crate::facts::deploy::{BaseImage, Container};
use crate::facts::manifest::{Ecosystem, Manifest};
use crate::facts::markdown::Page;
use crate::facts::scalar::Scalar;
use crate::identify::Kind;
use crate::lang::path::{folder, join, last};
use crate::source::Span;
use std::collections::BTreeSet;
use words::{artifact, is_errand, is_idle, is_of_tool, is_stand_in, is_start, names, stem};

/// How certain it is that a unit is a service that this repository deploys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    /// Something speaks for a tool, a library or a part of a test.
    Doubtful,
    /// It waits for others; where it runs is not said here, or a part of it is not here.
    Likely,
    /// The repository says how it runs, or is nothing but this program.
    Certain,
}

impl Certainty {
    /// The word used in rule files.
    pub fn name(self) -> &'static str {
        match self {
            Certainty::Doubtful => "doubtful",
            Certainty::Likely => "likely",
            Certainty::Certain => "certain",
        }
    }
}

/// Files by which platforms start what stands in a folder.
pub(in crate::repo) const PLATFORMS: &[&str] = &[
    "app.yaml",
    "apprunner.yaml",
    "captain-definition",
    "fly.toml",
    "heroku.yml",
    "railway.json",
    "railway.toml",
    "render.yaml",
    "serverless.ts",
    "serverless.yaml",
    "serverless.yml",
];

/// Of more files than these no stand-in is made.
const FEW_FILES: usize = 6;

/// Sets the certainty of all units.
pub(super) fn weigh(repo: &Repo, found: &mut [Service]) {
    // Examples count where there is nothing else.
    let serious = found.iter().any(|it| it.runs() && !it.rehearsal);
    let begins = |it: &&Service| !it.entries.is_empty() || it.runs();
    let programs = found.iter().filter(|it| !(serious && it.rehearsal)).filter(begins).count();
    let waits: BTreeSet<Span> =
        repo.facts.listeners.iter().filter(|it| it.starts).map(|it: &Listener| it.at).collect();
    for service in found.iter_mut() {
        let weighed = Weighed { repo, service, starts: &waits, lone: programs == 1 };
        let placed = weighed.certainty();
        let asked = placed == Certainty::Certain && !weighed.is_stated();
        let mut hidden = if asked { house::hidden(repo, service) } else { BTreeSet::new() };
        if asked {
            hidden.extend(spared::of(repo, service));
        }
        service.certainty = if hidden.is_empty() { placed } else { Certainty::Likely };
        (service.placed, service.hidden) = (placed, hidden);
    }
}

/// What speaks for a unit and against it.
struct Weighed<'r, 's> {
    repo: &'r Repo,
    service: &'s Service,
    /// Where programs begin to listen.
    starts: &'s BTreeSet<Span>,
    /// It is the only program of the repository.
    lone: bool,
}

impl<'r> Weighed<'r, '_> {
    fn certainty(&self) -> Certainty {
        let service = self.service;
        if self.is_stated() {
            return Certainty::Certain;
        }
        if !service.runs() {
            // What is not read is a service where it is run.
            let runs = !service.unread.is_empty() && self.containers().any(|it| self.stands(it));
            return if runs { Certainty::Certain } else { Certainty::Doubtful };
        }
        if self.is_web_server() || self.tries() || self.stands_in() || self.is_empty() {
            return Certainty::Doubtful;
        }
        let placed = self.containers().any(|it| self.stands(it));
        let offers = self.containers().any(|it| self.stands(it) && is_open(it));
        let other = self.is_other();
        // What was never seen to wait does so by code that is not known, as it may do all else: unless
        // it is told to run its own code, and is reached.
        let open = |it: &BaseImage| offers || it.exposes;
        let waits = !service.listens.is_empty()
            || !service.consumes.is_empty()
            || self.own_manifests().any(|it| it.ecosystem == Ecosystem::Npm && it.serves)
            || self.images().any(|it| open(it) && self.names_own(&it.command))
            || self.images().any(open) && self.supervised().any(|it| self.names_own(it));
        let runs = placed && (offers || !other)
            || !other && (self.has_platform() || self.is_imaged() || self.is_application())
            || !other && self.lone && self.begins_to_wait() && !self.is_of_scripts();
        match (runs, other) {
            (true, _) if waits && !self.is_part() => Certainty::Certain,
            (true, _) | (false, false) => Certainty::Likely,
            (false, true) => Certainty::Doubtful,
        }
    }

    /// Whether the configuration names it as a service.
    fn is_stated(&self) -> bool {
        let service = self.service;
        let stated = |it: &crate::config::ServiceSettings| {
            it.path.as_deref() == Some(&service.root) || it.name == service.name
        };
        self.repo.settings.services.iter().any(stated)
    }

    fn containers(&self) -> impl Iterator<Item = &'r Container> {
        self.service.containers.iter().map(|&it| &self.repo.facts.containers[it])
    }

    fn images(&self) -> impl Iterator<Item = &'r BaseImage> {
        self.service.images.iter().map(|&it| &self.repo.facts.base_images[it])
    }

    /// Commands by which supervisord starts programs in its images.
    fn supervised(&self) -> impl Iterator<Item = &'r [Scalar]> {
        let all = &self.repo.facts.supervised;
        self.service.supervised.iter().map(|&it| all[it].words.as_slice())
    }

    fn manifests(&self) -> impl Iterator<Item = &'r Manifest> {
        self.service.manifests.iter().map(|&it| &self.repo.facts.manifests[it])
    }

    /// Manifests of its own folder: of Go, one may be that of many programs.
    fn own_manifests(&self) -> impl Iterator<Item = &'r Manifest> {
        let root = &self.service.root;
        self.manifests().filter(move |it| super::modules::home_of(self.path(it.document)) == root)
    }

    fn path(&self, document: crate::facts::DocumentId) -> &'r str {
        &self.repo.source(document.source).path
    }

    /// Whether a path is one of what runs, not of tests and work on the code.
    fn is_serious(&self, path: &str) -> bool {
        let name = last(path).to_ascii_lowercase();
        let mut words = name.split(['-', '_', '.']);
        self.service.rehearsal
            || !code::is_test(path)
                && !folder(path).split('/').any(|it| shows(it) || it.starts_with('.'))
                && !words.any(|word| {
                    matches!(word, "test" | "tests" | "e2e" | "ci" | "devcontainer" | "override")
                        || is_stand_in(word)
                })
    }

    /// Whether a container runs on and on.
    fn stands(&self, container: &Container) -> bool {
        let ends = matches!(container.workload.as_str(), "Job" | "CronJob");
        !ends
            && !is_errand(&container.name.text)
            && !container.image.as_ref().is_some_and(|it| is_stand_in(&it.text))
            && self.is_serious(self.path(container.document))
            && !is_idle(&container.args)
    }

    /// Whether a platform is told to start it.
    fn has_platform(&self) -> bool {
        let at =
            |name: &&str| join(&self.service.root, name).is_some_and(|it| self.repo.has_path(&it));
        self.manifests().any(|it| it.ecosystem == Ecosystem::Procfile)
            || PLATFORMS.iter().any(at)
            || self.lone && self.has_routes()
    }

    /// Whether Cloud Foundry is told to start the only program: `manifests/manifest_api_prod.yml`,
    /// `.cloudgov/manifest.yml`.
    fn has_routes(&self) -> bool {
        let object = |path: &str| {
            let mut documents = self.repo.facts.documents.iter();
            documents.any(|it| it.object.is_some() && self.path(it.id) == path)
        };
        let told = |path: &&String| {
            let name = last(path).to_ascii_lowercase();
            let stem = name.strip_suffix(".yml").or_else(|| name.strip_suffix(".yaml"));
            stem.and_then(|it| it.strip_prefix("manifest"))
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '_']))
                && !folder(path).split('/').any(shows)
        };
        self.repo.paths.iter().filter(told).any(|path| !object(path))
    }

    /// Whether an image starts what waits: it says which ports it has, or its command names the
    /// code that waits, or that is where the program begins.
    fn is_imaged(&self) -> bool {
        let begins = self.begins_to_wait();
        let waits = |it: &BaseImage| {
            !it.command.is_empty()
                && !is_idle(&it.command)
                && self.is_serious(self.path(it.document))
                && (it.exposes
                    || begins
                    || self.names_waiting(&it.command)
                    || self.supervised().any(|words| self.names_waiting(words)))
        };
        self.images().any(waits)
    }

    /// Whether a command names a file of its own: `server.js`, `shop.api:app`.
    fn names_own(&self, words: &[Scalar]) -> bool {
        let own = self.service.own.iter().map(|it| stem(self.path(*it)));
        let own: BTreeSet<&str> = own.collect();
        names(words).any(|name| own.contains(name))
    }

    /// Whether a command names a file of its own that waits.
    fn names_waiting(&self, words: &[Scalar]) -> bool {
        let waits: BTreeSet<&str> = self.own_waits().map(|at| stem(self.file(at))).collect();
        names(words).any(|name| waits.contains(name))
    }

    /// Where it waits in its own code.
    fn own_waits(&self) -> impl Iterator<Item = &Span> {
        let service = self.service;
        let here = move |at: &&Span| service.own.iter().any(|it| it.source == at.source);
        service.listens.iter().chain(&service.consumes).filter(here)
    }

    fn file(&self, at: &Span) -> &'r str {
        &self.repo.source(at.source).path
    }

    /// Whether it is made to be started: a web application of a framework, a package with a
    /// command that runs its own code.
    fn is_application(&self) -> bool {
        let waits = self.own_waits().next().is_some();
        let begins = !self.service.entries.is_empty();
        let starts = |it: &Manifest| match it.ecosystem {
            Ecosystem::Npm => waits && it.commands.iter().any(|it| is_start(&it.text)),
            // A lesson that starts Spring, and answers nothing, ends.
            Ecosystem::Maven | Ecosystem::Gradle => it.serves && begins && self.answers(),
            _ => it.serves && begins,
        };
        let named = |names: &[&str]| {
            self.service.own.iter().any(|it| names.contains(&last(self.path(*it))))
        };
        self.own_manifests().any(starts)
            || waits && named(&["manage.py"]) && named(&["wsgi.py", "asgi.py"])
    }

    /// Whether it is a web project of .NET as it was made: it starts, answers nothing, is built with
    /// nothing, and runs nowhere.
    fn is_empty(&self) -> bool {
        let bare = |it: &Manifest| {
            it.ecosystem == Ecosystem::Nuget
                && it.serves
                && it.dependencies.is_empty()
                && it.projects.is_empty()
        };
        let mut own = self.own_manifests().peekable();
        own.peek().is_some()
            && own.all(bare)
            && self.containers().next().is_none()
            && self.images().next().is_none()
            && self.own_waits().count() <= 1
    }

    /// Whether it does more than start a framework: it handles something, or is one of the servers
    /// that come as a whole.
    fn answers(&self) -> bool {
        const WHOLE: &[&str] =
            &["admin-starter-server", "config-server", "eureka", "gateway", "zuul"];
        self.own_waits().count() > 1
            || self
                .repo
                .dependencies_of(self.service)
                .any(|needed| WHOLE.iter().any(|part| needed.name.text.contains(part)))
    }

    /// Whether it begins to wait where it begins.
    fn begins_to_wait(&self) -> bool {
        const BEGIN: &[&str] =
            &["app", "asgi", "index", "main", "manage", "program", "run", "server", "wsgi", "www"];
        self.own_waits().any(|at| {
            let path = self.file(at);
            let begun = self.service.entries.iter().any(|entry| {
                // A package of Go is one in all its files.
                let package = path.ends_with(".go") && folder(self.file(entry)) == folder(path);
                entry.source == at.source || package
            });
            begun
                || self.starts.contains(at)
                    && BEGIN.contains(&stem(path).to_ascii_lowercase().as_str())
        })
    }

    /// Whether it is no more than a folder of scripts, each of which begins by itself: that one of them
    /// waits for something makes no service of all.
    fn is_of_scripts(&self) -> bool {
        const FEW: usize = 3;
        let service = self.service;
        service.manifests.is_empty() && service.images.is_empty() && service.entries.len() > FEW
    }

    /// Whether another program of the repository is built with it, and nothing here starts it alone:
    /// a module of Maven or Gradle, whose name stands in the build of another.
    fn is_part(&self) -> bool {
        // An image of its own may be what the template of its kind of project came with.
        if self.is_hosted() {
            return true;
        }
        let alone = self.containers().any(|it| self.stands(it)) || !self.service.images.is_empty();
        if alone || self.has_platform() {
            return false;
        }
        let built = |it: &&Manifest| matches!(it.ecosystem, Ecosystem::Maven | Ecosystem::Gradle);
        let own = self.own_manifests().filter(built);
        let named: BTreeSet<&str> =
            own.filter_map(|it| it.name.as_ref()?.known_text()).map(artifact).collect();
        if named.is_empty() {
            return false;
        }
        let others = self.repo.facts.manifests.iter().enumerate();
        let mut others = others.filter(|(number, _)| !self.service.manifests.contains(number));
        others.any(|(_, other)| {
            let mut needed = other.dependencies.iter().filter(|it| !it.development);
            needed.any(|it| named.contains(artifact(&it.name.text)))
        })
    }

    /// Whether another web project of .NET refers to it, and serves it with its own.
    fn is_hosted(&self) -> bool {
        let own: BTreeSet<&str> = self
            .own_manifests()
            .filter(|it| it.ecosystem == Ecosystem::Nuget)
            .map(|it| self.path(it.document))
            .collect();
        let others = self.repo.facts.manifests.iter().filter(|it| {
            it.ecosystem == Ecosystem::Nuget && it.serves && !own.contains(self.path(it.document))
        });
        !own.is_empty()
            && others.into_iter().any(|other| {
                let home = folder(self.path(other.document));
                let mut projects = other.projects.iter();
                projects.any(|it| {
                    join(home, &it.text.replace('\\', "/"))
                        .is_some_and(|path| own.contains(path.as_str()))
                })
            })
    }

    /// Whether something speaks for a library, a tool, a plugin or an image to build on.
    fn is_other(&self) -> bool {
        const ENDS: &[&str] = &[
            "action",
            "cli",
            "client",
            "common",
            "ctl",
            "framework",
            "lib",
            "library",
            "plugin",
            "sdk",
            "shared",
            "toolkit",
            "tools",
            "utils",
        ];
        let root = &self.service.root;
        // Of a package of Python whose image starts it, what its page in the index says is not all.
        let handed = |it: &Manifest| {
            it.builds_in || (it.published || self.installs(it)) && !self.is_started(it)
        };
        let names = self.own_manifests().filter_map(|it| it.name.as_ref()?.known_text());
        let mut names = names.map(last).chain([last(root)]);
        let ends = |name: &str| {
            let word = name.rsplit(['-', '_', '.']).next().unwrap_or_default();
            ENDS.contains(&word.to_ascii_lowercase().as_str())
        };
        let at = |name: &str| join(root, name).is_some_and(|it| self.repo.has_path(&it));
        let mut images = self.images().peekable();
        let bare = images.peek().is_some() && images.all(|it| it.command.is_empty());
        self.own_manifests().any(handed)
            || names.any(ends)
            || at("action.yml")
            || at("action.yaml")
            || self.service.languages.contains(&Kind::Python) && at("setup.py") && !self.is_imaged()
            || bare && self.service.containers.is_empty()
            || self.is_introduced_as_other()
    }

    /// Whether all its images are a web server as it comes, with settings alone: no code of the folder
    /// runs there.
    fn is_web_server(&self) -> bool {
        const SERVERS: &[&str] = &["apache", "apache2", "caddy", "haproxy", "httpd", "nginx"];
        let serves = |it: &BaseImage| {
            let name = last(&it.image.text).split([':', '@']).next().unwrap_or_default();
            it.command.is_empty() && SERVERS.contains(&name)
        };
        let mut images = self.images().peekable();
        self.service.manifests.is_empty() && images.peek().is_some() && images.all(serves)
    }

    /// Whether its package, or its folder, is called as what only stands in for something else, or
    /// serves a test of contracts: `shop-preferences-mock`, `pact/`.
    fn stands_in(&self) -> bool {
        let names = self.own_manifests().filter_map(|it| it.name.as_ref()?.known_text());
        let mut names = names.chain([self.service.name.as_str()]);
        names.any(is_stand_in) || last(&self.service.root) == "pact"
    }

    /// Whether it says of itself, where it starts, that it is there to try something with.
    fn tries(&self) -> bool {
        const SAY: &[&str] = &["dummy server", "mock server", "test server", "tester "];
        let calls = &self.repo.facts.log_calls;
        let of = |document: &crate::facts::DocumentId| {
            let start = calls.partition_point(|it| it.document < *document);
            let end = calls.partition_point(|it| it.document <= *document);
            &calls[start..end]
        };
        self.service.own.len() < FEW_FILES
            && self.service.own.iter().flat_map(of).any(|call| {
                let said = [&call.message, &call.template].into_iter().flatten().next();
                let starts = matches!(call.function.text.as_str(), "" | "main");
                starts
                    && said.is_some_and(|it| {
                        let text = it.text.to_ascii_lowercase();
                        text.contains("listening") && SAY.iter().any(|say| text.contains(say))
                    })
            })
    }

    /// Whether a package installs a command.
    fn installs(&self, manifest: &Manifest) -> bool {
        matches!(manifest.ecosystem, Ecosystem::Npm | Ecosystem::Python)
            && !manifest.programs.is_empty()
    }

    /// Whether the command that a package installs is the one that its image or a platform starts.
    fn is_started(&self, manifest: &Manifest) -> bool {
        manifest.ecosystem == Ecosystem::Python && (self.is_imaged() || self.has_platform())
    }

    /// Whether the page beside it says that it is something else than a service.
    fn is_introduced_as_other(&self) -> bool {
        let root = &self.service.root;
        let beside = |page: &&Page| {
            let path = self.path(page.document);
            folder(path) == root && last(path).to_ascii_lowercase().starts_with("readme.")
        };
        if (self.lone || root.is_empty()) && self.repo.is_introduced_as_shown() {
            return true;
        }
        let mut pages = self.repo.facts.pages.iter();
        // What introduces a repository of many programs speaks of none of them.
        let names = |page: &Page| {
            let word = page.title.text.split_whitespace().next().unwrap_or_default();
            word.eq_ignore_ascii_case(&self.service.name)
        };
        let of_it = |page: &&Page| self.lone || !root.is_empty() || names(page);
        let Some(page) = pages.find(beside).filter(of_it) else {
            return false;
        };
        is_of_tool(&format!("{} {}", page.title.text, page.opening))
    }
}

/// Whether others reach a container, or it is asked whether it lives.
fn is_open(container: &Container) -> bool {
    !container.offers.is_empty() || container.probed || container.workload != "compose"
}
