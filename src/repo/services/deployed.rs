//! What builds and runs each unit, and what follows for what it is.

mod containers;
mod started;

use super::super::Repo;
use super::super::images::{Class, known_as, named};
use super::closure::Closure;
use super::identity::{anchor, entries, name_of, short, stated};
use super::kind::{is_of_tests, is_rehearsal, kind_of};
use super::modules::Modules;
use super::units::{self, Unit, is_in};
use super::{Certainty, Service, ServiceKind, certainty};
use crate::facts::DocumentId;
use crate::facts::code::{self, Listener, ListenerForm};
use crate::facts::deploy::BaseImage;
use crate::facts::manifest::Ecosystem;
use crate::identify::Kind;
use crate::lang::path::{folder, join, last};
use crate::lang::quick::QuickMap;
use crate::libraries;
use crate::source::Span;
use std::collections::{BTreeMap, BTreeSet};

/// All units with what runs them.
pub(super) fn services(repo: &Repo) -> Vec<Service> {
    let modules = Modules::of(repo);
    let units = units::of(&modules);
    let closure = Closure::new(&modules);
    let mut deployed = Deployed::new(&modules, &units);
    deployed.images();
    deployed.containers();
    let index = Index::of(repo);
    let entries = entries(repo);
    let mut found: Vec<Service> = Vec::with_capacity(units.len());
    for (number, unit) in units.iter().enumerate() {
        let aside = deployed.aside(number, &closure);
        let own: Vec<usize> = unit.own.iter().copied().filter(|it| !aside.contains(it)).collect();
        let reached = closure.of(&own, &unit.root);
        let documents = |numbers: &[usize]| -> Vec<DocumentId> {
            let mut ids: Vec<DocumentId> =
                numbers.iter().map(|&it| modules.module(it).document).collect();
            ids.sort_unstable();
            ids
        };
        let mut service = Service {
            name: String::new(),
            root: unit.root.clone(),
            kind: ServiceKind::Unknown,
            certainty: Certainty::Doubtful,
            placed: Certainty::Doubtful,
            hidden: BTreeSet::new(),
            document: DocumentId { source: crate::source::SourceId(0), index: 0 },
            anchor: Span::new(crate::source::SourceId(0), 0, 0),
            own: documents(&unit.own),
            documents: documents(&reached),
            languages: Vec::new(),
            unread: unit.unread.clone(),
            complete: reached.iter().all(|&it| closure.is_whole(it)),
            entries: unit.own.iter().filter_map(|&it| modules.module(it).entry).collect(),
            listens: Vec::new(),
            consumes: Vec::new(),
            containers: std::mem::take(&mut deployed.containers_of[number]),
            supervised: deployed.supervised(number),
            agent_lines: deployed.agent_lines(number),
            images: std::mem::take(&mut deployed.images_of[number]),
            manifests: unit.manifests.clone(),
            built_with: closure.manifests(&unit.manifests),
            rehearsal: is_rehearsal(repo, &unit.root) || is_of_tests(repo, unit),
            owner: None,
        };
        let languages: BTreeSet<Kind> = unit.own.iter().map(|&it| modules.kind(it)).collect();
        service.languages = languages.into_iter().collect();
        index.listeners(&mut service);
        service.kind = kind_of(repo, &service);
        let Some((document, anchor)) = anchor(repo, &service) else { continue };
        (service.document, service.anchor) = (document, anchor);
        service.name = name_of(repo, &service);
        stated(repo, &entries, &mut service);
        found.push(service);
    }
    built_in(&modules, &mut found);
    beside_programs(&mut found);
    certainty::weigh(repo, &mut found);
    found
}

/// Takes for commands what waits for nobody but by the code of another program: a tool that is
/// built with a server.
fn beside_programs(found: &mut [Service]) {
    let mut home: BTreeMap<crate::source::SourceId, usize> = BTreeMap::new();
    for (number, service) in found.iter().enumerate() {
        if service.runs() && !service.entries.is_empty() {
            home.extend(service.own.iter().map(|document| (document.source, number)));
        }
    }
    let beside = |number: usize, service: &Service| {
        let waits: Vec<&Span> = service.listens.iter().chain(&service.consumes).collect();
        let of_others = |span: &&Span| home.get(&span.source).is_some_and(|it| *it != number);
        service.runs()
            && service.images.is_empty()
            && service.containers.is_empty()
            && !waits.is_empty()
            && waits.iter().all(of_others)
    };
    let numbers: Vec<usize> = (0..found.len()).filter(|&it| beside(it, &found[it])).collect();
    for number in numbers {
        found[number].kind = ServiceKind::Cli;
    }
}

/// Takes for libraries what other programs of the repository are built with, and what nothing
/// starts by itself: neither an image nor a main function of its own.
fn built_in(modules: &Modules<'_>, found: &mut [Service]) {
    let repo = modules.repo;
    let mut parts: BTreeSet<String> = BTreeSet::new();
    for service in found.iter().filter(|it| !it.rehearsal) {
        for manifest in service.manifests.iter().map(|&it| &repo.facts.manifests[it]) {
            if manifest.ecosystem == Ecosystem::Gradle {
                // `project(':shop-client')`, from the root of the build.
                let homes = manifest.projects.iter();
                let home = |it: &crate::facts::scalar::Scalar| {
                    it.text.trim_start_matches(':').replace(':', "/")
                };
                parts.extend(homes.map(home).filter(|home| *home != service.root));
            }
            if !matches!(manifest.ecosystem, Ecosystem::Cargo | Ecosystem::Maven) {
                continue;
            }
            let needed = manifest.dependencies.iter().filter(|it| !it.development);
            let homes = needed.filter_map(|it| {
                let name = it.name.text.rsplit(':').next().unwrap_or_default().replace('-', "_");
                let exact = it.name.text.rsplit(':').next().unwrap_or_default();
                let of = |name: &str| modules.project(manifest.ecosystem, name);
                of(if manifest.ecosystem == Ecosystem::Cargo { &name } else { exact })
            });
            parts.extend(homes.filter(|home| *home != service.root).map(str::to_owned));
        }
    }
    for service in found.iter_mut() {
        let starts = |span: &Span| {
            let path = &repo.source(span.source).path;
            path.ends_with("src/main.rs") || repo.text(*span).starts_with('@')
        };
        if parts.contains(&service.root)
            && service.images.is_empty()
            && service.containers.is_empty()
            && !service.entries.iter().any(starts)
        {
            service.kind = ServiceKind::Library;
        }
    }
}

/// Listeners by their document.
struct Index<'r> {
    listeners: QuickMap<DocumentId, Vec<&'r Listener>>,
    /// Files that take in the handlers of profiles.
    profiled: BTreeSet<DocumentId>,
}

impl<'r> Index<'r> {
    fn of(repo: &'r Repo) -> Index<'r> {
        let mut listeners: QuickMap<DocumentId, Vec<&Listener>> = QuickMap::default();
        for listener in &repo.facts.listeners {
            listeners.entry(listener.document).or_default().push(listener);
        }
        let profiles = libraries::words("profiles").imports;
        let mut profiled = BTreeSet::new();
        for module in &repo.facts.modules {
            if module.imports.iter().any(|import| profiles.contains(&import.as_str())) {
                profiled.insert(module.document);
            }
        }
        Index { listeners, profiled }
    }

    /// What a service waits for: all that its own code says, and what shared code starts for it.
    fn listeners(&self, service: &mut Service) {
        let runs = !service.images.is_empty() || !service.containers.is_empty();
        for document in &service.documents {
            let own = service.own.binary_search(document).is_ok();
            let here = self.listeners.get(document).map_or(&[][..], Vec::as_slice);
            // A door for profiles is no service.
            let door = |it: &&Listener| it.starts && it.library.starts_with("net/http");
            if let [only] = here
                && door(only)
                && self.profiled.contains(document)
            {
                continue;
            }
            for listener in here {
                if own || listener.starts {
                    match listener.form {
                        ListenerForm::Requests => service.listens.push(listener.at),
                        // Tools open sockets too: for who started them.
                        ListenerForm::Connections if !runs => {}
                        ListenerForm::Connections => service.listens.push(listener.at),
                        _ => service.consumes.push(listener.at),
                    }
                }
            }
        }
    }
}

/// Which images and containers belong to which unit.
struct Deployed<'r> {
    repo: &'r Repo,
    modules: &'r Modules<'r>,
    units: &'r [Unit],
    /// Numbers of units by their files.
    home: QuickMap<usize, usize>,
    /// Containers that Compose files build with a Dockerfile, and with which folders, by its path.
    contexts: BTreeMap<String, Vec<(usize, String)>>,
    images_of: Vec<Vec<usize>>,
    containers_of: Vec<Vec<usize>>,
    /// Units by the path of a Dockerfile.
    by_file: BTreeMap<&'r str, usize>,
}

impl<'r> Deployed<'r> {
    fn new(modules: &'r Modules<'r>, units: &'r [Unit]) -> Deployed<'r> {
        let own = units.iter().enumerate();
        let own = own.flat_map(|(number, unit)| unit.own.iter().map(move |&it| (it, number)));
        Deployed {
            repo: modules.repo,
            modules,
            units,
            home: own.collect(),
            contexts: started::contexts(modules.repo),
            images_of: vec![Vec::new(); units.len()],
            containers_of: vec![Vec::new(); units.len()],
            by_file: BTreeMap::new(),
        }
    }

    fn path(&self, document: DocumentId) -> &'r str {
        &self.repo.source(document.source).path
    }

    /// What supervisord starts in the images of a unit: files that they take in, or scripts that do.
    fn supervised(&self, unit: usize) -> Vec<usize> {
        let all = &self.repo.facts.supervised;
        let images: Vec<&BaseImage> =
            self.images_of[unit].iter().map(|&it| &self.repo.facts.base_images[it]).collect();
        let numbers = 0..all.len();
        numbers
            .filter(|&it| images.iter().any(|image| self.takes(image, all[it].document)))
            .collect()
    }

    /// Lines of scripts that start something under an agent: of those that its images take in, and of
    /// those that something named here starts.
    fn agent_lines(&self, unit: usize) -> Vec<usize> {
        let facts = &self.repo.facts;
        if facts.agent_lines.is_empty() {
            return Vec::new();
        }
        // An image of nobody is that of the only program.
        let alone = self.numbers(|_| true).filter(|&it| self.begins(it)).take(2).eq([unit]);
        let nobody = |image: &&BaseImage| !self.by_file.contains_key(self.path(image.document));
        let manifests = self.units[unit].manifests.iter().map(|&it| &facts.manifests[it]);
        // What is built with the command of an agent is started by it, whichever image that is.
        let meant = manifests.clone().any(|it| it.dependency("opentelemetry-distro").is_some());
        let images: Vec<&BaseImage> = self.images_of[unit]
            .iter()
            .map(|&it| &facts.base_images[it])
            .chain(facts.base_images.iter().filter(|it| meant || alone && nobody(it)))
            .collect();
        let containers = self.containers_of[unit].iter().map(|&it| &facts.containers[it]);
        let words: BTreeSet<&str> = images
            .iter()
            .flat_map(|image| &image.command)
            .chain(containers.flat_map(|it| &it.args))
            .chain(manifests.flat_map(|it| &it.commands))
            .flat_map(|word| word.text.split_whitespace().map(last))
            .collect();
        let starts = |number: &usize| {
            let script = facts.agent_lines[*number].document;
            let path = self.path(script);
            !code::is_test(path)
                && (words.contains(last(path))
                    || images.iter().any(|image| self.takes(image, script)))
        };
        (0..facts.agent_lines.len()).filter(starts).collect()
    }

    /// Whether an image takes a file in, by its path or with its folder.
    fn takes(&self, image: &BaseImage, file: DocumentId) -> bool {
        let path = self.path(file);
        let home = folder(self.path(image.document));
        image.copies.iter().any(|copied| {
            let from = |base: &str| join(base, copied.text.trim_end_matches('/'));
            // The whole context of an image of many programs says nothing.
            let below = |target: &str| !target.is_empty() && is_in(path, target);
            let targets = [from(home), from("")].into_iter().flatten();
            folder(path) == home
                || !home.is_empty() && is_in(path, home)
                || targets.into_iter().any(|target| below(&target))
        })
    }

    /// Gives each Dockerfile to the unit it builds.
    fn images(&mut self) {
        for (number, image) in self.repo.facts.base_images.iter().enumerate() {
            let path = self.path(image.document);
            // Settings on top of another program do not make it ours; a shell is no program.
            let other = named(&image.image.text).and_then(known_as);
            let other = other.filter(|it| it.class != Class::Proxy && !it.is_shell());
            let tests = last(path).strip_prefix("Dockerfile.").is_some_and(|end| {
                ["e2e", "test", "tests", "ci"].iter().any(|word| end.eq_ignore_ascii_case(word))
            });
            // What an editor works in is not what runs.
            let hidden = folder(path).split('/').any(|it| it.starts_with('.'));
            if tests || hidden || code::is_test(path) || other.is_some() {
                continue;
            }
            if let Some(unit) = self.built(image, path) {
                self.images_of[unit].push(number);
                self.by_file.insert(path, unit);
            }
        }
    }

    /// The unit a Dockerfile builds: that of its folder, one that it names, or the only program
    /// around it.
    fn built(&self, image: &BaseImage, path: &str) -> Option<usize> {
        let home = folder(path);
        if let Some(started) = self.started_by(image, path) {
            return started;
        }
        let here: Vec<usize> = self.numbers(|unit| unit.root == home).collect();
        let near: Vec<usize> = self.numbers(|unit| is_in(&unit.root, home)).collect();
        let around: Vec<usize> = self.around(home).collect();
        let all: Vec<usize> = self.numbers(|_| true).collect();
        for candidates in [&here, &near, &around, &all] {
            if let Some(named) = self.named(image, path, candidates) {
                return Some(named);
            }
            let mut programs: Vec<usize> =
                candidates.iter().copied().filter(|&it| self.begins(it)).collect();
            // Of what stands in one folder a module of Go is what is built there.
            if programs.iter().all(|&it| self.units[it].root == home) && programs.len() > 1 {
                let starts = |it: &usize| self.repo.facts.modules[*it].entry.is_some();
                programs.retain(|&it| self.in_go(it).any(|file| starts(&file)));
            }
            // What is built with nothing but its own folder is none of those around it.
            let own = std::ptr::eq(candidates, &all) && self.is_alone(home);
            match (candidates.as_slice(), programs.as_slice()) {
                _ if own => return None,
                // What several programs of Go, or of a workspace, share is none of them.
                ([only], []) if self.is_shared(*only, &near) => {}
                ([only], _) | (_, [only]) => return Some(*only),
                ([], _) => {}
                // Several, and nothing says which.
                _ if !home.is_empty() || !near.is_empty() => return None,
                _ => {}
            }
        }
        None
    }

    /// The units of the nearest folder around a folder, but for the root.
    fn around(&self, home: &str) -> impl Iterator<Item = usize> {
        let mut at = folder(home);
        while !at.is_empty() && !self.units.iter().any(|unit| unit.root == at) {
            at = folder(at);
        }
        self.numbers(move |unit| !at.is_empty() && unit.root == at && !unit.manifests.is_empty())
    }

    /// The files of a unit that are in Go.
    fn in_go(&self, unit: usize) -> impl Iterator<Item = usize> {
        let modules = &self.repo.facts.modules;
        let go = |it: &usize| self.repo.document(modules[*it].document).kind == Kind::Go;
        self.units[unit].own.iter().copied().filter(go)
    }

    /// Whether Compose builds what stands in a folder with that alone.
    fn is_alone(&self, home: &str) -> bool {
        let mut containers = self.repo.facts.containers.iter();
        !home.is_empty()
            && containers.any(|it| {
                let around = folder(self.path(it.document));
                let context = it.build.as_ref().and_then(|build| join(around, &build.text));
                it.dockerfile.is_none() && context.as_deref() == Some(home)
            })
    }

    /// Whether a unit of Go has no program of its own, and others near it do.
    fn is_shared(&self, unit: usize, near: &[usize]) -> bool {
        let lists = |&it: &usize| {
            let manifest = &self.repo.facts.manifests[it];
            manifest.ecosystem == Ecosystem::Cargo && manifest.name.is_none()
        };
        let list = self.units[unit].manifests.iter().any(lists);
        (self.in_go(unit).next().is_some() || list)
            && near.iter().any(|&it| it != unit && self.begins(it))
    }

    fn numbers(&self, test: impl Fn(&Unit) -> bool) -> impl Iterator<Item = usize> {
        self.units.iter().enumerate().filter(move |(_, unit)| test(unit)).map(|(number, _)| number)
    }

    fn begins(&self, unit: usize) -> bool {
        let modules = &self.repo.facts.modules;
        self.units[unit].own.iter().any(|&it| modules[it].entry.is_some())
    }

    /// The one candidate that the Dockerfile's name or its lines speak of.
    fn named(&self, image: &BaseImage, path: &str, candidates: &[usize]) -> Option<usize> {
        let name = last(path);
        let hint = ["Dockerfile.", "Dockerfile-"].iter().find_map(|it| name.strip_prefix(it));
        let hint = hint.or(name.strip_suffix(".Dockerfile"));
        let hint = hint.or(name.strip_suffix(".dockerfile")).map(plain);
        let one = |test: &dyn Fn(&Unit) -> bool| {
            let mut fits = candidates.iter().filter(|&&it| test(&self.units[it]));
            fits.next().copied().filter(|_| fits.next().is_none())
        };
        if let Some(hint) = hint
            && let Some(found) = one(&|unit| plain(last(&unit.root)) == hint)
        {
            return Some(found);
        }
        let texts = image.copies.iter().chain(&image.runs).chain(&image.command);
        let texts: Vec<&str> = texts.map(|text| text.text.as_str()).collect();
        one(&|unit| unit.root.contains('/') && texts.iter().any(|text| speaks_of(text, &unit.root)))
            .or_else(|| {
                let below_cmd = |unit: &Unit| {
                    let name = last(&unit.root);
                    let parent = last(folder(&unit.root));
                    format!("{parent}/{name}")
                };
                one(&|unit| {
                    unit.root.contains('/')
                        && texts.iter().any(|text| speaks_of(text, &below_cmd(unit)))
                })
            })
            // `ENTRYPOINT ["/bin/shop"]` starts `cmd/shop`, or the module `shop`.
            .or_else(|| {
                let words = image.command.iter().take(3).map(|word| plain(last(&word.text)));
                let words: Vec<String> = words.filter(|word| !word.is_empty()).collect();
                let called = |it: &usize| {
                    let name = self.repo.facts.manifests[*it].name.as_ref();
                    name.is_some_and(|name| words.contains(&plain(short(&name.text))))
                };
                one(&|unit| {
                    let programs =
                        unit.own.iter().any(|&it| self.repo.facts.modules[it].entry.is_some());
                    let root = unit.root.is_empty() && unit.manifests.iter().any(called);
                    programs && (root || words.contains(&plain(last(&unit.root))))
                })
            })
    }
}

/// A name as it is compared: `cart-service` and `cartService` are one.
pub(super) fn plain(name: &str) -> String {
    name.chars()
        .filter(|c| !matches!(c, '-' | '_' | '.' | ' ' | '/'))
        .flat_map(char::to_lowercase)
        .collect()
}

/// Whether a text holds a path as whole segments.
fn speaks_of(text: &str, path: &str) -> bool {
    text.match_indices(path).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + path.len()..].chars().next();
        let edge =
            |c: Option<char>| c.is_none_or(|c| !(c.is_alphanumeric() || matches!(c, '-' | '_')));
        edge(before) && edge(after)
    })
}
