//! What builds and runs each unit, and what follows for what it is.

use super::super::Repo;
use super::super::images::{Class, known_as};
use super::super::runs::image_name;
use super::closure::Closure;
use super::identity::{anchor, entries, name_of, stated};
use super::kind::{is_of_tests, is_rehearsal, kind_of};
use super::modules::Modules;
use super::units::{self, Unit, is_in};
use super::{Certainty, Service, ServiceKind, certainty};
use crate::facts::DocumentId;
use crate::facts::code::{self, Listener, ListenerForm};
use crate::facts::deploy::{BaseImage, Container};
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
    let mut deployed = Deployed::new(repo, &units);
    deployed.images();
    deployed.containers();
    let index = Index::of(repo);
    let entries = entries(repo);
    let mut found: Vec<Service> = Vec::with_capacity(units.len());
    for (number, unit) in units.iter().enumerate() {
        let aside = deployed.aside(number, &modules, &closure);
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
        for document in &service.documents {
            let own = service.own.binary_search(document).is_ok();
            let here = self.listeners.get(document).map_or(&[][..], Vec::as_slice);
            // A door for profiles is no service.
            if here.iter().all(|it| it.starts) && self.profiled.contains(document) {
                continue;
            }
            for listener in here {
                if own || listener.starts {
                    match listener.form {
                        ListenerForm::Requests => service.listens.push(listener.at),
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
    units: &'r [Unit],
    images_of: Vec<Vec<usize>>,
    containers_of: Vec<Vec<usize>>,
    /// Units by the path of a Dockerfile.
    by_file: BTreeMap<&'r str, usize>,
}

impl<'r> Deployed<'r> {
    fn new(repo: &'r Repo, units: &'r [Unit]) -> Deployed<'r> {
        Deployed {
            repo,
            units,
            images_of: vec![Vec::new(); units.len()],
            containers_of: vec![Vec::new(); units.len()],
            by_file: BTreeMap::new(),
        }
    }

    /// Programs beside the one that an image starts: nothing imports them, and its command names
    /// another file.
    fn aside(&self, unit: usize, modules: &Modules<'_>, closure: &Closure<'_>) -> BTreeSet<usize> {
        let images = self.images_of[unit].iter().map(|&it| &self.repo.facts.base_images[it]);
        let containers = self.containers_of[unit].iter().map(|&it| &self.repo.facts.containers[it]);
        let words: BTreeSet<&str> = images
            .flat_map(|image| &image.command)
            .chain(containers.flat_map(|container| &container.args))
            .flat_map(|word| word.text.split_whitespace().map(last))
            .collect();
        let own = &self.units[unit].own;
        let started = |it: &usize| words.contains(last(modules.path(*it)));
        if words.is_empty() || !own.iter().any(started) {
            return BTreeSet::new();
        }
        let begins =
            |it: &usize| modules.kind(*it) == Kind::Python && modules.module(*it).entry.is_some();
        let beside: BTreeSet<usize> =
            own.iter().copied().filter(|it| begins(it) && !started(it)).collect();
        if beside.is_empty() {
            return beside;
        }
        let rest: Vec<usize> = own.iter().copied().filter(|it| !beside.contains(it)).collect();
        let needed = closure.of(&rest, &self.units[unit].root);
        beside.into_iter().filter(|it| needed.binary_search(it).is_err()).collect()
    }

    fn path(&self, document: DocumentId) -> &'r str {
        &self.repo.source(document.source).path
    }

    /// Gives each Dockerfile to the unit it builds.
    fn images(&mut self) {
        for (number, image) in self.repo.facts.base_images.iter().enumerate() {
            let path = self.path(image.document);
            // Settings on top of another program do not make it ours.
            let other = image.image.known_text().and_then(known_as);
            let tests = last(path).strip_prefix("Dockerfile.").is_some_and(|end| {
                ["e2e", "test", "tests", "ci"].iter().any(|word| end.eq_ignore_ascii_case(word))
            });
            if tests || code::is_test(path) || other.is_some_and(|it| it.class != Class::Proxy) {
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
        let here: Vec<usize> = self.numbers(|unit| unit.root == home).collect();
        let near: Vec<usize> = self.numbers(|unit| is_in(&unit.root, home)).collect();
        let all: Vec<usize> = self.numbers(|_| true).collect();
        for candidates in [&here, &near, &all] {
            if let Some(named) = self.named(image, path, candidates) {
                return Some(named);
            }
            let programs: Vec<usize> =
                candidates.iter().copied().filter(|&it| self.begins(it)).collect();
            match (candidates.as_slice(), programs.as_slice()) {
                // What several programs of Go share is none of them.
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

    /// Whether a unit of Go has no program of its own, and others near it do.
    fn is_shared(&self, unit: usize, near: &[usize]) -> bool {
        let modules = &self.repo.facts.modules;
        let go = |it: &usize| self.repo.document(modules[*it].document).kind == Kind::Go;
        let mut own = self.units[unit].own.iter();
        own.any(go) && near.iter().any(|&it| it != unit && self.begins(it))
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
        let hint = name.strip_prefix("Dockerfile.").or(name.strip_suffix(".Dockerfile"));
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
    }

    /// Gives each container to the unit its image is built of.
    fn containers(&mut self) {
        let mut names: BTreeMap<String, Option<usize>> = BTreeMap::new();
        let mut name = |text: &str, unit: usize| {
            let text = plain(text);
            if text.is_empty() {
                return;
            }
            let known = names.entry(text).or_insert(Some(unit));
            *known = known.filter(|known| *known == unit);
        };
        for (number, unit) in self.units.iter().enumerate() {
            name(last(&unit.root), number);
            // The root of many packages is none of the programs that go by its name.
            let list = join(&unit.root, "pnpm-workspace.yaml");
            let many = list.is_some_and(|path| self.repo.has_path(&path));
            for &manifest in unit.manifests.iter().filter(|_| !many) {
                if let Some(text) = self.repo.facts.manifests[manifest].name.as_ref() {
                    name(last(&text.text), number);
                }
            }
        }
        for image in &self.repo.facts.base_images {
            let path = self.path(image.document);
            if let Some(&unit) = self.by_file.get(path) {
                name(last(folder(path)), unit);
            }
        }
        let mut open = Vec::new();
        for (number, container) in self.repo.facts.containers.iter().enumerate() {
            match self.build_of(container) {
                Some(Some(unit)) => {
                    self.containers_of[unit].push(number);
                    name(&container.name.text, unit);
                    if let Some(image) = &container.image {
                        name(image_name(&image.text), unit);
                    }
                }
                Some(None) => {}
                None => open.push(number),
            }
        }
        for number in open {
            let container = &self.repo.facts.containers[number];
            let Some(image) = &container.image else { continue };
            if known_as(&image.text).is_some() {
                continue;
            }
            let short = image_name(&image.text);
            let by_image = names.get(&plain(short)).copied().flatten();
            // Where the image cannot be known, the workload's own name says whose it is.
            let by_owner = || {
                let open = crate::lang::placeholder::is_in(short) || !image.known;
                names.get(&plain(&container.owner.name)).copied().flatten().filter(|_| open)
            };
            if let Some(unit) = by_image.or_else(by_owner) {
                self.containers_of[unit].push(number);
            }
        }
        for list in &mut self.containers_of {
            list.sort_unstable();
        }
    }

    /// The unit a compose service is built of; `None` where it is not built here.
    fn build_of(&self, container: &Container) -> Option<Option<usize>> {
        let build = container.build.as_ref()?;
        let home = folder(self.path(container.document));
        let context = join(home, &self.repo.filled(container, &build.text));
        let Some(context) = context else { return Some(None) };
        let file = match &container.dockerfile {
            Some(file) => self.repo.filled(container, &file.text),
            None => "Dockerfile".to_owned(),
        };
        let path = join(&context, &file);
        if let Some(path) = path.filter(|path| self.repo.has_path(path)) {
            return Some(self.by_file.get(path.as_str()).copied());
        }
        let here: Vec<usize> = self.numbers(|unit| unit.root == context).collect();
        Some(if let [only] = here[..] { Some(only) } else { None })
    }
}

/// A name as it is compared: `cart-service` and `cartService` are one.
pub(super) fn plain(name: &str) -> String {
    name.chars()
        .filter(|c| !matches!(c, '-' | '_' | '.' | ' '))
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
