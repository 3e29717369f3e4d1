//! Units by their folders: which code belongs to which manifest, Dockerfile or main function.

use super::modules::{Modules, below, home_of};
use crate::facts::code;
use crate::facts::manifest::Ecosystem;
use crate::identify::Kind;
use crate::lang::path::folder;
use crate::source::Origin;
use std::collections::{BTreeMap, BTreeSet};

/// Languages that are not read, by the endings of their files; whether one file of it among many
/// others makes the rest of the program unknown, because both share a runtime.
const UNREAD: &[(&str, &str, bool)] = &[
    ("php", "PHP", false),
    ("rb", "Ruby", false),
    ("kt", "Kotlin", true),
    ("scala", "Scala", true),
    ("clj", "Clojure", true),
    ("fs", "F#", true),
    ("vb", "Visual Basic", true),
    ("c", "C", false),
    ("cc", "C++", false),
    ("cpp", "C++", false),
    ("cxx", "C++", false),
    ("swift", "Swift", false),
    ("ex", "Elixir", false),
    ("erl", "Erlang", false),
    ("dart", "Dart", false),
    ("pl", "Perl", false),
    ("hs", "Haskell", false),
    ("ml", "OCaml", false),
    ("zig", "Zig", false),
];

/// Of this many files of a unit, one of a language that is not read may be an aside.
const ASIDE: usize = 4;

/// Code that is built together.
#[derive(Debug, Default)]
pub(super) struct Unit {
    /// Its folder.
    pub(super) root: String,
    /// Its files, numbers in `facts.modules`.
    pub(super) own: Vec<usize>,
    /// Its manifests.
    pub(super) manifests: Vec<usize>,
    /// Languages of it that are not read.
    pub(super) unread: Vec<&'static str>,
}

/// The units of a repository, in the order of their folders.
pub(super) fn of(modules: &Modules<'_>) -> Vec<Unit> {
    let roots = roots(modules);
    let home = |path: &str| {
        let mut at = folder(path);
        while !at.is_empty() && !roots.contains(at) {
            at = folder(at);
        }
        at.to_owned()
    };
    let mut units: BTreeMap<String, Unit> = BTreeMap::new();
    // What a forge or an editor runs is part of no program.
    let hidden = |path: &str| folder(path).split('/').any(|it| it.len() > 1 && it.starts_with('.'));
    for (path, number) in modules.paths.iter().filter(|(path, _)| !hidden(path)) {
        let home = home(path);
        if !stands_beside(path, &home) {
            units.entry(home).or_default().own.push(*number);
        }
    }
    let mut foreign: BTreeMap<String, BTreeMap<&'static str, (usize, bool)>> = BTreeMap::new();
    for path in &modules.repo.paths {
        let Some((_, ending)) = path.rsplit_once('.') else { continue };
        let Some((_, name, shares)) = UNREAD.iter().find(|(known, ..)| *known == ending) else {
            continue;
        };
        if !code::is_test(path) && !is_foreign(path) {
            let home = home(path);
            foreign.entry(home).or_default().entry(name).or_insert((0, *shares)).0 += 1;
        }
    }
    for (root, languages) in foreign {
        let unit = units.entry(root).or_default();
        let total = unit.own.len();
        let counts =
            languages.iter().filter(|(_, (files, shares))| *shares || files * ASIDE >= total);
        unit.unread = counts.map(|(name, _)| *name).collect();
    }
    let mut found = Vec::new();
    for (root, mut unit) in units {
        unit.manifests = modules.manifests.get(root.as_str()).cloned().unwrap_or_default();
        unit.root = root;
        found.extend(split(modules, unit));
    }
    found.sort_by(|one, other| one.root.cmp(&other.root));
    found
}

/// Whether a file stands in a folder of a unit that shows how the unit is used, or serves those who
/// work on it: what is there is no part of what runs, unless what runs imports it.
fn stands_beside(path: &str, home: &str) -> bool {
    const BESIDE: &[&str] = &["demo", "demos", "dev", "docs", "example", "examples", "samples"];
    /// Where programs of Java and .NET keep what browsers load.
    const HANDED: &[&str] = &["src/main/resources/", "src/main/webapp/", "wwwroot/"];
    let inner = path.strip_prefix(home).unwrap_or(path).trim_start_matches('/');
    let script = [".js", ".mjs", ".ts"].iter().any(|end| inner.ends_with(end));
    script && HANDED.iter().any(|it| inner.starts_with(it))
        || inner.split_once('/').is_some_and(|(first, _)| BESIDE.contains(&first))
}

/// Paths of other people's code, which no fact comes from.
fn is_foreign(path: &str) -> bool {
    crate::discover::is_vendored(path, &[])
}

/// Folders that something builds: of manifests and of Dockerfiles.
fn roots<'r>(modules: &Modules<'r>) -> BTreeSet<&'r str> {
    let repo = modules.repo;
    let ours = |document: crate::facts::DocumentId| {
        let source = repo.source(document.source);
        (source.origin != Origin::Vendored && !code::is_test(&source.path))
            .then(|| home_of(&source.path))
    };
    let manifests = repo.facts.manifests.iter().map(|manifest| manifest.document);
    let images = repo.facts.base_images.iter().map(|image| image.document);
    let stated = repo.settings.services.iter().filter_map(|service| service.path.as_deref());
    manifests.chain(images).filter_map(ours).chain(stated).collect()
}

/// A unit for each program of Go that is built from one module.
fn split(modules: &Modules<'_>, unit: Unit) -> Vec<Unit> {
    let is_main = |number: &&usize| {
        modules.kind(**number) == Kind::Go && modules.module(**number).entry.is_some()
    };
    let mains: BTreeSet<&str> =
        unit.own.iter().filter(is_main).map(|number| folder(modules.path(*number))).collect();
    if mains.len() < 2 {
        return vec![unit];
    }
    let of = |number: &usize, kind| modules.repo.facts.manifests[*number].ecosystem == kind;
    let all = || unit.manifests.iter().copied();
    let manifests: Vec<usize> = all().filter(|it| of(it, Ecosystem::Go)).collect();
    // What a platform is told to start is the program that stands beside it.
    let (started, others): (Vec<usize>, Vec<usize>) =
        all().partition(|it| mains.contains(unit.root.as_str()) && of(it, Ecosystem::Procfile));
    let mut parts: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    let mut rest = Vec::new();
    for number in unit.own {
        let mut at = folder(modules.path(number));
        // What stands below a program is its own, but at the root of the module.
        loop {
            // Code in another language beside it is built by something else.
            if modules.kind(number) != Kind::Go {
                rest.push(number);
                break;
            }
            if mains.contains(at) && (at != unit.root || folder(modules.path(number)) == at) {
                parts.entry(at).or_default().push(number);
                break;
            }
            if at.is_empty() || at == unit.root {
                rest.push(number);
                break;
            }
            at = folder(at);
        }
    }
    let mut found: Vec<Unit> = parts
        .into_iter()
        .map(|(root, own)| {
            let beside = started.iter().filter(|_| root == unit.root);
            let manifests = manifests.iter().chain(beside).copied().collect();
            Unit { root: root.to_owned(), own, manifests, unread: Vec::new() }
        })
        .collect();
    if !rest.is_empty() || !unit.unread.is_empty() {
        found.push(Unit { root: unit.root, own: rest, manifests: others, unread: unit.unread });
    }
    found
}

/// Whether a path lies in a folder.
pub(super) fn is_in(path: &str, root: &str) -> bool {
    root.is_empty() || path == root || path.starts_with(&below(root, "/").replace("//", "/"))
}
