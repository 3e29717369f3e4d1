//! What builds and runs each unit, and what follows for what it is.

use super::super::Repo;
use super::super::images::{Class, known_as};
use super::super::runs::image_name;
use super::closure::Closure;
use super::modules::Modules;
use super::units::{self, Unit, is_in};
use super::{Service, ServiceKind};
use crate::config::{self, Profile};
use crate::facts::code::{self, Listener, ListenerForm};
use crate::facts::deploy::{BaseImage, Container};
use crate::facts::manifest::Manifest;
use crate::facts::owners::CatalogEntry;
use crate::facts::{Document, DocumentId};
use crate::identify::Kind;
use crate::lang::path::{folder, join, last};
use crate::source::Span;
use std::collections::{BTreeMap, BTreeSet};

/// Base images of programs that serve files.
const FILE_SERVERS: &[&str] =
    &["nginx", "nginx-unprivileged", "httpd", "caddy", "static-web-server"];

/// All units with what runs them.
pub(super) fn services(repo: &Repo) -> Vec<Service> {
    let modules = Modules::of(repo);
    let units = units::of(&modules);
    let mut closure = Closure::new(&modules);
    let mut deployed = Deployed::new(repo, &units);
    deployed.images();
    deployed.containers();
    let index = Index::of(repo);
    let entries = entries(repo);
    let mut found: Vec<Service> = Vec::with_capacity(units.len());
    for (number, unit) in units.iter().enumerate() {
        let reached = closure.of(&unit.own, &unit.root);
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
            document: DocumentId { source: crate::source::SourceId(0), index: 0 },
            anchor: Span::new(crate::source::SourceId(0), 0, 0),
            own: documents(&unit.own),
            documents: documents(&reached),
            languages: Vec::new(),
            unread: unit.unread.clone(),
            complete: reached.iter().all(|&it| !modules.module(it).unread),
            entries: unit.own.iter().filter_map(|&it| modules.module(it).entry).collect(),
            listens: Vec::new(),
            consumes: Vec::new(),
            containers: std::mem::take(&mut deployed.containers_of[number]),
            images: std::mem::take(&mut deployed.images_of[number]),
            manifests: unit.manifests.clone(),
            rehearsal: is_rehearsal(repo, &unit.root),
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
    found
}

fn is_rehearsal(repo: &Repo, root: &str) -> bool {
    config::profile(&repo.settings, &format!("{root}/x")) == Profile::Dev
}

/// Listeners by their document.
struct Index<'r> {
    listeners: BTreeMap<DocumentId, Vec<&'r Listener>>,
}

impl<'r> Index<'r> {
    fn of(repo: &'r Repo) -> Index<'r> {
        let mut listeners: BTreeMap<DocumentId, Vec<&Listener>> = BTreeMap::new();
        for listener in &repo.facts.listeners {
            listeners.entry(listener.document).or_default().push(listener);
        }
        Index { listeners }
    }

    /// What a service waits for: all that its own code says, and what shared code starts for it.
    fn listeners(&self, service: &mut Service) {
        for document in &service.documents {
            let own = service.own.binary_search(document).is_ok();
            for listener in self.listeners.get(document).into_iter().flatten() {
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

    fn path(&self, document: DocumentId) -> &'r str {
        &self.repo.source(document.source).path
    }

    /// Gives each Dockerfile to the unit it builds.
    fn images(&mut self) {
        for (number, image) in self.repo.facts.base_images.iter().enumerate() {
            let path = self.path(image.document);
            // Settings on top of another program do not make it ours.
            let other = image.image.known_text().and_then(known_as);
            if code::is_test(path) || other.is_some_and(|it| it.class != Class::Proxy) {
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
                ([only], _) | (_, [only]) => return Some(*only),
                ([], _) => {}
                // Several, and nothing says which.
                _ if !home.is_empty() || !near.is_empty() => return None,
                _ => {}
            }
        }
        None
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
fn plain(name: &str) -> String {
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

/// What a unit is, by what runs it and what it waits for.
fn kind_of(repo: &Repo, service: &Service) -> ServiceKind {
    if service.own.is_empty() {
        return ServiceKind::Unknown;
    }
    let manifests = || service.manifests.iter().map(|&it| &repo.facts.manifests[it]);
    let images = || service.images.iter().map(|&it| &repo.facts.base_images[it]);
    let containers = || service.containers.iter().map(|&it| &repo.facts.containers[it]);
    let deployed = !service.images.is_empty() || !service.containers.is_empty();
    let script = |kind: &Kind| matches!(kind, Kind::Javascript | Kind::Typescript);
    let served = images().any(|it| FILE_SERVERS.contains(&image_name(&it.image.text)));
    let pages = service.languages.iter().all(script);
    if pages && (served || manifests().any(is_page)) && service.listens.is_empty() {
        return ServiceKind::Site;
    }
    let starts = !service.entries.is_empty()
        || deployed
        || manifests().any(|it| it.serves || !it.commands.is_empty());
    let offers =
        images().any(|it| it.exposes) || containers().any(|it| !it.offers.is_empty() || it.probed);
    // A script that a tool's own image runs is no program of its own.
    let begins = !service.entries.is_empty() || manifests().any(is_program);
    if starts && (!service.listens.is_empty() || (deployed && offers && begins)) {
        ServiceKind::Server
    } else if starts && !service.consumes.is_empty() {
        ServiceKind::Worker
    } else if !service.containers.is_empty() || (deployed && begins) {
        ServiceKind::Unknown
    } else if !service.entries.is_empty() || manifests().any(|it| !it.programs.is_empty()) {
        ServiceKind::Cli
    } else {
        ServiceKind::Library
    }
}

/// Whether a manifest says that its package is started.
fn is_program(manifest: &Manifest) -> bool {
    manifest.serves || !manifest.commands.is_empty() || !manifest.mains.is_empty()
}

/// Whether a package makes a page that runs in a browser, without a server for it.
fn is_page(manifest: &Manifest) -> bool {
    const PAGES: &[&str] = &["react-dom", "vue", "@angular/core", "svelte", "preact", "solid-js"];
    const SERVERS: &[&str] =
        &["next", "nuxt", "@remix-run/node", "@sveltejs/adapter-node", "astro", "@nestjs/core"];
    PAGES.iter().any(|name| manifest.dependency(name).is_some())
        && !SERVERS.iter().any(|name| manifest.dependency(name).is_some())
}

/// Where something that the service lacks is reported.
fn anchor(repo: &Repo, service: &Service) -> Option<(DocumentId, Span)> {
    let facts = &repo.facts;
    let manifest = service.manifests.first().map(|&it| &facts.manifests[it]);
    let image = service.images.first().map(|&it| &facts.base_images[it]);
    let container = service.containers.first().map(|&it| &facts.containers[it]);
    let entry = || {
        let span = *service.entries.first()?;
        let of = |it: &&DocumentId| it.source == span.source;
        Some((*service.own.iter().find(of)?, span))
    };
    let first = || {
        let document: &Document = repo.document(*service.own.first()?);
        Some((document.id, document.anchor))
    };
    // A module of Go holds many programs: each is known by its own file.
    let shared =
        |manifest: &&Manifest| folder(&repo.source(manifest.document.source).path) == service.root;
    manifest
        .filter(shared)
        .map(|it| (it.document, it.anchor))
        .or_else(|| image.map(|it| (it.document, it.image.span)))
        .or_else(|| container.map(|it| (it.document, it.name.span)))
        .or_else(entry)
        .or_else(first)
}

/// Components of a catalogue by their folder; none where a folder holds several.
fn entries(repo: &Repo) -> BTreeMap<&str, Option<&CatalogEntry>> {
    let mut found: BTreeMap<&str, Option<&CatalogEntry>> = BTreeMap::new();
    for entry in &repo.facts.catalog_entries {
        let home = folder(&repo.source(entry.document.source).path);
        found.entry(home).and_modify(|known| *known = None).or_insert(Some(entry));
    }
    found
}

/// What the configuration, else a catalogue, says of a service.
fn stated(repo: &Repo, entries: &BTreeMap<&str, Option<&CatalogEntry>>, service: &mut Service) {
    if let Some(Some(entry)) = entries.get(service.root.as_str()) {
        service.name.clone_from(&entry.name.text);
        service.owner = entry.owner.as_ref().and_then(|it| it.known_text()).map(str::to_owned);
    }
    let settings = repo.settings.services.iter().find(|it| match &it.path {
        Some(path) => *path == service.root,
        None => it.name == service.name || it.names.contains(&service.name),
    });
    if let Some(settings) = settings {
        service.name.clone_from(&settings.name);
        if settings.owner.is_some() {
            service.owner.clone_from(&settings.owner);
        }
    }
}

/// What a service is called: as it is run, as its manifest says, or as its folder.
fn name_of(repo: &Repo, service: &Service) -> String {
    let facts = &repo.facts;
    let containers = service.containers.iter().map(|&it| &facts.containers[it]);
    let run: BTreeSet<&str> = containers
        .map(|it| if it.workload == "compose" { &it.name.text } else { &it.owner.name })
        .map(String::as_str)
        .filter(|name| !name.is_empty() && !crate::lang::placeholder::is_in(name))
        .collect();
    if let (Some(first), 1) = (run.first(), run.len()) {
        return (*first).to_owned();
    }
    let own =
        |manifest: &&Manifest| folder(&repo.source(manifest.document.source).path) == service.root;
    let manifests = service.manifests.iter().map(|&it| &facts.manifests[it]);
    let named = manifests.filter(own).find_map(|it| it.name.as_ref()?.known_text());
    let called = named.map(|name| last(name).rsplit(':').next().unwrap_or(name));
    let folder = last(&service.root);
    let general = |name: &str| matches!(name, "src" | "app" | "main" | "server" | "cmd" | "");
    match called {
        Some(name) if general(folder) => name.to_owned(),
        Some(name) if plain(name) == plain(folder) => name.to_owned(),
        _ if !folder.is_empty() => folder.to_owned(),
        Some(name) => name.to_owned(),
        None => run.first().map_or_else(|| ".".to_owned(), |name| (*name).to_owned()),
    }
}
