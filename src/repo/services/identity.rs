//! What a unit is called, and where something that it lacks is reported.

use super::super::Repo;
use super::Service;
use super::deployed::plain;
use super::house::is_forge;
use super::kind::shows;
use crate::facts::code;
use crate::facts::deploy::Container;
use crate::facts::manifest::{Ecosystem, Manifest};
use crate::facts::owners::CatalogEntry;
use crate::facts::{Document, DocumentId};
use crate::identify::Kind;
use crate::lang::path::{folder, last};
use crate::source::Span;
use std::collections::{BTreeMap, BTreeSet};

/// Where something that the service lacks is reported.
pub(super) fn anchor(repo: &Repo, service: &Service) -> Option<(DocumentId, Span)> {
    let facts = &repo.facts;
    // Of several, the one in the language of what waits for requests.
    let kind = waiting(repo, service);
    let all = || service.manifests.iter().map(|&it| &facts.manifests[it]);
    // `requirements-dev.txt` is for those who work on it.
    let aside = |it: &&Manifest| {
        let name = last(&repo.source(it.document.source).path);
        name == "packages.config"
            || ["dev", "test", "tests", "docs", "lint"]
                .iter()
                .any(|word| name.split(['-', '_', '.']).skip(1).any(|part| part == *word))
    };
    let mut spoken = all().filter(|it| kind.is_some_and(|kind| reads(it.ecosystem, kind)));
    let spoken = spoken.clone().find(|it| !aside(it)).or_else(|| spoken.next());
    let manifest = spoken.or_else(|| all().next());
    let images = || service.images.iter().map(|&it| &facts.base_images[it]);
    let image = images().find(|it| !it.command.is_empty()).or_else(|| images().next());
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
pub(super) fn entries(repo: &Repo) -> BTreeMap<&str, Option<&CatalogEntry>> {
    let mut found: BTreeMap<&str, Option<&CatalogEntry>> = BTreeMap::new();
    let named = |entry: &&CatalogEntry| !crate::lang::placeholder::is_in(&entry.name.text);
    for entry in repo.facts.catalog_entries.iter().filter(named) {
        let home = folder(&repo.source(entry.document.source).path);
        found.entry(home).and_modify(|known| *known = None).or_insert(Some(entry));
    }
    found
}

/// What the configuration, else a catalogue, says of a service.
pub(super) fn stated(
    repo: &Repo,
    entries: &BTreeMap<&str, Option<&CatalogEntry>>,
    service: &mut Service,
) {
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
pub(super) fn name_of<'r>(repo: &'r Repo, service: &Service) -> String {
    let facts = &repo.facts;
    let containers = service.containers.iter().map(|&it| &facts.containers[it]);
    // What shows or tests it names what it needs for that.
    let aside = |part: &str| part.starts_with('.') || shows(part);
    let serious = |path: &str| !code::is_test(path) && !folder(path).split('/').any(aside);
    let containers = containers.filter(|it| serious(&repo.source(it.document.source).path));
    // What serves is not called as what runs once.
    let once = |workload: &str| matches!(workload, "Job" | "CronJob");
    let containers = containers.filter(|it| service.listens.is_empty() || !once(&it.workload));
    let name = |it: &'r Container| -> Option<&'r str> {
        let name = if it.workload == "compose" { &it.name.text } else { &it.owner.name };
        let known = !name.is_empty() && !crate::lang::placeholder::is_in(name);
        // What serves is not called as what helps it.
        (known && (service.listens.is_empty() || !is_helper(name))).then_some(name.as_str())
    };
    let run: BTreeSet<&str> = containers.clone().filter_map(name).collect();
    let opens = |it: &&Container| it.offers.iter().any(|port| port.bound.is_some());
    let reached: BTreeSet<&str> = containers.filter(opens).filter_map(name).collect();
    if let (Some(first), 1) = (run.first(), run.len()) {
        return (*first).to_owned();
    }
    let called = package_of(repo, service);
    let folder = last(&service.root);
    match called {
        Some(name) if is_general(folder) => name.to_owned(),
        Some(name) if plain(name) == plain(folder) => name.to_owned(),
        None if matches!(folder, "app" | "cmd" | "main" | "src") => {
            let module = module_of(repo, service).map(str::to_owned);
            module.or_else(|| readme_of(repo)).unwrap_or_else(|| folder.to_owned())
        }
        _ if !folder.is_empty() => folder.to_owned(),
        Some(name) => name.to_owned(),
        // Of several that run the same code, what serves is the one that others reach.
        None => match reached.first().filter(|_| reached.len() == 1).or(run.first()) {
            Some(name) => (*name).to_owned(),
            None => project_of(repo, service)
                .or_else(|| started(repo, service))
                .or_else(|| readme_of(repo))
                .or_else(|| begun(repo, service))
                .or_else(|| holds_waiting(repo, service))
                .or_else(|| foreign(repo, service))
                .or_else(|| file_of(repo, service))
                .unwrap_or_else(|| ".".to_owned()),
        },
    }
}

/// Whether a container is one that does something for another, in the same code.
fn is_helper(name: &str) -> bool {
    const HELPERS: &[&str] = &[
        "beat",
        "celery",
        "cron",
        "init",
        "migrate",
        "migration",
        "migrations",
        "migrator",
        "scheduler",
        "seed",
        "seeder",
        "test",
        "tests",
        "worker",
        "workers",
    ];
    name.split(['-', '_', '.']).any(|word| HELPERS.contains(&word.to_ascii_lowercase().as_str()))
}

/// The name of a project file at the root: `Shop` of `Shop.csproj`.
fn project_of(repo: &Repo, service: &Service) -> Option<String> {
    let manifests = service.manifests.iter().map(|&it| &repo.facts.manifests[it]);
    let mut paths = manifests.map(|it| repo.source(it.document.source).path.as_str());
    paths.find_map(|path| last(path).strip_suffix(".csproj").map(str::to_owned))
}

/// The heading of the page that introduces the repository, where that is a name.
fn readme_of(repo: &Repo) -> Option<String> {
    let mut pages = repo.facts.pages.iter();
    let own = |path: &str| path.eq_ignore_ascii_case("README.md");
    let page = pages.find(|page| own(&repo.source(page.document.source).path))?;
    // Parts of a page that has no heading of its own are not its name.
    if page.headings.first().is_some_and(|first| (2..=6).contains(&first.level)) {
        return None;
    }
    let words = page.title.text.split_whitespace().map(str::to_ascii_lowercase);
    let words: Vec<String> = words.collect();
    let name = words.join("-");
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
    (plain && (1..=3).contains(&words.len())).then_some(name)
}

/// Names of folders and files that say nothing of what is in them.
fn is_general(name: &str) -> bool {
    const GENERAL: &[&str] = &[
        "src", "app", "main", "server", "cmd", "index", "__init__", "__main__", "wsgi", "manage",
        "dotnet", "go", "java", "node", "python", "rust",
    ];
    name.is_empty() || GENERAL.contains(&name)
}

/// The name that a manifest of its folder gives: of several, the one in the language of what waits
/// for requests.
fn package_of<'r>(repo: &'r Repo, service: &Service) -> Option<&'r str> {
    let kind = waiting(repo, service);
    let manifests = service.manifests.iter().map(|&it| &repo.facts.manifests[it]);
    let own: Vec<&Manifest> = manifests
        .filter(|it| folder(&repo.source(it.document.source).path) == service.root)
        .collect();
    let speaks = |it: &&&Manifest| kind.is_some_and(|kind| reads(it.ecosystem, kind));
    let name = |it: &&'r Manifest| it.name.as_ref()?.known_text();
    // What is written in another language may be named for what surrounds it.
    let any = || own.iter().filter(|_| kind.is_none()).find_map(name);
    own.iter().filter(speaks).find_map(name).or_else(any).map(short)
}

/// The last part of a package's name.
pub(super) fn short(name: &str) -> &str {
    // `example.org/shop/v2` is the second major release.
    let release = |it: &str| it.strip_prefix('v').is_some_and(|it| it.parse::<u32>().is_ok());
    let whole = name.rsplit_once('/').filter(|(_, end)| release(end));
    let whole = whole.map_or(name, |(name, _)| name);
    // `example.org/shop/cmd` is the program of the module `example.org/shop`.
    let inner = |head: &str| {
        let (host, rest) = head.split_once('/').unwrap_or_default();
        host.contains('.') && (rest.contains('/') || !is_forge(host))
    };
    let module = whole.rsplit_once('/').filter(|(head, end)| is_general(end) && inner(head));
    last(module.map_or(whole, |(head, _)| head)).rsplit(':').next().unwrap_or(name)
}

/// The Go module that a program is built from.
fn module_of<'r>(repo: &'r Repo, service: &Service) -> Option<&'r str> {
    let mut manifests = service.manifests.iter().map(|&it| &repo.facts.manifests[it]);
    let module = manifests.find(|it| it.ecosystem == Ecosystem::Go)?;
    module.name.as_ref()?.known_text().map(short)
}

/// The folder at the root that holds what waits for requests.
fn holds_waiting(repo: &Repo, service: &Service) -> Option<String> {
    let path = &repo.source(service.listens.first()?.source).path;
    let (first, _) = path.split_once('/')?;
    (service.root.is_empty() && !is_general(first)).then(|| first.to_owned())
}

/// The name of a package in another language.
fn foreign(repo: &Repo, service: &Service) -> Option<String> {
    let mut manifests = service.manifests.iter().map(|&it| &repo.facts.manifests[it]);
    manifests.find_map(|it| it.name.as_ref()?.known_text()).map(|name| short(name).to_owned())
}

/// The language of what waits for requests.
fn waiting(repo: &Repo, service: &Service) -> Option<Kind> {
    let at = service.listens.first()?;
    let document = service.own.iter().find(|it| it.source == at.source)?;
    Some(repo.document(*document).kind)
}

/// The module that a command starts: `gunicorn shop:app`.
fn started(repo: &Repo, service: &Service) -> Option<String> {
    let commands = service.manifests.iter().map(|&it| &repo.facts.manifests[it].commands);
    let mut words = commands.flatten().flat_map(|it| it.text.split_whitespace());
    let plain = |it: &str| it.chars().all(|c| c.is_alphanumeric() || c == '_');
    words.find_map(|word| {
        let (module, app) = word.split_once(':')?;
        let named = plain(module) && plain(app) && !app.is_empty() && !is_general(module);
        named.then(|| module.to_owned())
    })
}

/// The file that begins or waits, whatever it is called.
fn file_of(repo: &Repo, service: &Service) -> Option<String> {
    let at = service.entries.first().or_else(|| service.listens.first())?;
    let stem = last(&repo.source(at.source).path).split('.').next()?;
    (!stem.is_empty()).then(|| stem.to_owned())
}

/// The file that begins.
fn begun(repo: &Repo, service: &Service) -> Option<String> {
    // Of several, none speaks for all.
    let only = match service.entries.as_slice() {
        [] => service.listens.first(),
        [at] => Some(at),
        _ => None,
    };
    let stem = last(&repo.source(only?.source).path).split('.').next()?;
    (!is_general(stem)).then(|| stem.to_owned())
}

/// Whether a manifest is one of a language.
fn reads(ecosystem: Ecosystem, kind: Kind) -> bool {
    match ecosystem {
        Ecosystem::Go => kind == Kind::Go,
        Ecosystem::Npm => matches!(kind, Kind::Javascript | Kind::Typescript),
        Ecosystem::Python => kind == Kind::Python,
        Ecosystem::Maven | Ecosystem::Gradle => kind == Kind::Java,
        Ecosystem::Cargo => kind == Kind::Rust,
        Ecosystem::Nuget => kind == Kind::Csharp,
        _ => false,
    }
}
