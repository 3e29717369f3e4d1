//! Which unit a command starts: by the file, module or script that it names, in what an image takes in.
//!
//! Scripts alone are followed: what is compiled has another name in the image, and main functions say
//! where it begins.

use super::super::super::Repo;
use super::super::closure::Closure;
use super::super::units::Unit;
use super::Deployed;
use crate::facts::deploy::{BaseImage, Container};
use crate::facts::manifest::Ecosystem;
use crate::facts::scalar::Scalar;
use crate::identify::Kind;
use crate::lang::path::{folder, join, last};
use std::collections::{BTreeMap, BTreeSet};

/// Folders that builds of packages write to.
const BUILT: &[&str] = &["build", "dist", "lib", "out"];
/// Folders around the code in an image, before the path that it has in the context.
const MAX_AROUND: usize = 3;

/// Containers that Compose files build with each Dockerfile that they name, and the folder each is
/// built with.
pub(super) fn contexts(repo: &Repo) -> BTreeMap<String, Vec<(usize, String)>> {
    let mut found: BTreeMap<String, Vec<(usize, String)>> = BTreeMap::new();
    for (number, container) in repo.facts.containers.iter().enumerate() {
        let (Some(build), Some(file)) = (&container.build, &container.dockerfile) else { continue };
        let home = folder(&repo.source(container.document.source).path);
        let Some(context) = join(home, &repo.filled(container, &build.text)) else { continue };
        if let Some(path) = join(&context, &repo.filled(container, &file.text)) {
            found.entry(path).or_default().push((number, context));
        }
    }
    found
}

impl Deployed<'_> {
    /// Programs beside the one that an image starts: nothing imports them, and its command names
    /// another file.
    pub(super) fn aside(&self, unit: usize, closure: &Closure<'_>) -> BTreeSet<usize> {
        let modules = self.modules;
        let supervised = self.supervised(unit);
        let images = self.images_of[unit].iter().map(|&it| &self.repo.facts.base_images[it]);
        let containers = self.containers_of[unit].iter().map(|&it| &self.repo.facts.containers[it]);
        let words: BTreeSet<&str> = images
            .flat_map(|image| &image.command)
            .chain(containers.flat_map(|container| &container.args))
            .chain(supervised.iter().flat_map(|&it| &self.repo.facts.supervised[it].words))
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

    /// The unit whose code an image starts that is built with another folder than its own; `None`
    /// within where it is an image of several.
    pub(super) fn started_by(&self, image: &BaseImage, path: &str) -> Option<Option<usize>> {
        if let Some(built) = self.contexts.get(path) {
            let found = built.iter().filter_map(|(container, context)| {
                self.started_in(&self.repo.facts.containers[*container], context, image)
            });
            let found: BTreeSet<usize> = found.collect();
            let first = *found.first()?;
            return Some((found.len() == 1).then_some(first));
        }
        let words = texts(&image.command);
        let mut at = folder(path);
        if self.units.iter().any(|unit| unit.root == at) {
            return None;
        }
        loop {
            let found = self.started(&words, at, image);
            if found.is_some() || at.is_empty() {
                return found.map(Some);
            }
            at = folder(at);
        }
    }

    /// The unit that a container of an image starts: by its own command, else by the image's, with
    /// what its build is given.
    pub(super) fn started_in(
        &self,
        container: &Container,
        context: &str,
        image: &BaseImage,
    ) -> Option<usize> {
        let words = if container.args.is_empty() { &image.command } else { &container.args };
        let filled = |it: &Scalar| self.repo.filled(container, &it.text);
        let words: Vec<String> = words.iter().map(filled).collect();
        let words: Vec<&str> = words.iter().flat_map(|it| it.split_whitespace()).collect();
        self.started(&words, context, image).or_else(|| self.compiled(container, image))
    }

    /// The program that an image builds with an argument of a container: `go build ./cmd/${SERVICE}`.
    fn compiled(&self, container: &Container, image: &BaseImage) -> Option<usize> {
        let names = |text: &str| {
            container.build_args.entries.iter().any(|(name, _)| {
                [format!("${}", name.text), format!("${{{}}}", name.text)]
                    .iter()
                    .any(|it| text.contains(it.as_str()))
            })
        };
        let lines = image.copies.iter().chain(&image.runs).filter(|it| names(&it.text));
        let lines: Vec<String> = lines.map(|it| self.repo.filled(container, &it.text)).collect();
        let of = |unit: &Unit| {
            unit.root.contains('/') && lines.iter().any(|it| super::speaks_of(it, &unit.root))
        };
        let mut fits = self.numbers(of).filter(|&it| self.begins(it));
        fits.next().filter(|_| fits.next().is_none())
    }

    /// The one unit whose file, module or script a command names, in what an image takes out of
    /// its context.
    fn started(&self, words: &[&str], context: &str, image: &BaseImage) -> Option<usize> {
        let mut bases = BTreeSet::new();
        for copied in &image.copies {
            let target = join(context, copied.text.trim_end_matches('/')).unwrap_or_default();
            if target.len() > context.len() {
                bases.insert(folder(&target).to_owned());
            }
            bases.insert(target);
        }
        if image.copies.is_empty() {
            bases.insert(context.to_owned());
        }
        let found = bases.iter().flat_map(|base| self.named_at(words, base, image));
        let found: BTreeSet<usize> = found.collect();
        found.first().copied().filter(|_| found.len() == 1)
    }

    /// The unit that a command means where it runs in a folder.
    fn named_at(&self, words: &[&str], base: &str, image: &BaseImage) -> Option<usize> {
        let words: Vec<&str> = words.iter().map(|it| it.trim_matches(['"', '\'', ';'])).collect();
        let files = || words.iter().find_map(|word| self.file_at(word, base));
        let modules = || python_modules(&words).find_map(|name| self.module_at(name, base));
        let flask = || {
            let runs = words.contains(&"flask") && words.contains(&"run");
            let stated = image.env.get("FLASK_APP").map(|it| it.text.as_str());
            let names = [stated, Some("app"), Some("wsgi")].into_iter().flatten();
            names.filter(|_| runs).find_map(|name| {
                self.file_at(name, base).or_else(|| {
                    let module = name.split(':').next().unwrap_or(name);
                    self.module_at(module, base)
                })
            })
        };
        files().or_else(modules).or_else(flask).or_else(|| self.script_at(&words, base))
    }

    /// The unit of a file of Python or a script, by its path in an image.
    fn file_at(&self, word: &str, base: &str) -> Option<usize> {
        let (_, ending) = word.rsplit_once('.')?;
        let script = matches!(ending, "js" | "mjs" | "cjs" | "ts");
        if !script && ending != "py" {
            return None;
        }
        let parts: Vec<&str> = word.split('/').filter(|it| !matches!(*it, "" | ".")).collect();
        let around = if word.starts_with('/') { MAX_AROUND.min(parts.len() - 1) } else { 0 };
        (0..=around).find_map(|from| {
            let parts = &parts[from..];
            let whole = join(base, &parts.join("/"))?;
            let direct = || self.modules.script(&whole).first().copied();
            let file = if script { direct() } else { self.modules.file(&whole) };
            let unit = file.and_then(|file| self.home_of(file));
            unit.or_else(|| self.built_at(parts, base).filter(|_| script))
        })
    }

    /// The unit of a script that a build of its package writes: `apps/shop/dist/main.js`.
    fn built_at(&self, parts: &[&str], base: &str) -> Option<usize> {
        let at = parts.iter().position(|it| BUILT.contains(it))?;
        let home = join(base, &parts[..at].join("/"))?;
        let rest = parts[at + 1..].join("/");
        let sources = [join(&home, "src"), Some(home.clone())].into_iter().flatten();
        let mut files =
            sources.filter_map(|it| self.modules.script(&join(&it, &rest)?).first().copied());
        let written = files.next().and_then(|file| self.home_of(file));
        let package = || {
            let of = |unit: &Unit| unit.root == home && self.is_package(unit);
            self.numbers(of).next()
        };
        written.or_else(package)
    }

    /// The unit of a module of Python.
    fn module_at(&self, name: &str, base: &str) -> Option<usize> {
        let names: Vec<&str> = name.split('.').collect();
        let bases = [Some(base.to_owned()), join(base, "src")].into_iter().flatten();
        let mut found = bases.filter_map(|it| self.modules.python_in(&it, &names).last().copied());
        found.next().and_then(|file| self.home_of(file))
    }

    /// The package whose script a command runs: `npm start`.
    fn script_at(&self, words: &[&str], base: &str) -> Option<usize> {
        let managers = ["npm", "yarn", "pnpm", "bun"];
        if !words.iter().any(|it| managers.contains(it))
            || !words.iter().any(|it| it.starts_with("start") || it.starts_with("serve"))
        {
            return None;
        }
        let starts = |unit: &Unit| {
            let manifests = unit.manifests.iter().map(|&it| &self.repo.facts.manifests[it]);
            let mut own = manifests.filter(|it| it.ecosystem == Ecosystem::Npm);
            own.any(|it| {
                let words = it.commands.iter().flat_map(|it| it.text.split_whitespace());
                it.serves || words.into_iter().any(|it| self.file_at(it, base).is_some())
            })
        };
        self.numbers(|unit| unit.root == base && starts(unit)).next()
    }

    /// Whether a unit is a package with scripts of its own.
    fn is_package(&self, unit: &Unit) -> bool {
        let npm = |it: &usize| self.repo.facts.manifests[*it].ecosystem == Ecosystem::Npm;
        let script =
            |it: &usize| matches!(self.modules.kind(*it), Kind::Javascript | Kind::Typescript);
        unit.manifests.iter().any(npm) && unit.own.iter().any(script)
    }

    /// The unit that a file belongs to.
    fn home_of(&self, file: usize) -> Option<usize> {
        self.home.get(&file).copied()
    }
}

fn texts(words: &[Scalar]) -> Vec<&str> {
    words.iter().flat_map(|it| it.text.split_whitespace()).collect()
}

/// Modules of Python that a command names: `-m shop`, `-A shop`, `shop.wsgi:application`.
fn python_modules<'w>(words: &'w [&'w str]) -> impl Iterator<Item = &'w str> {
    let plain = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.bytes().all(|it| it.is_ascii_alphanumeric() || matches!(it, b'_' | b'.'))
    };
    words.iter().enumerate().filter_map(move |(number, word)| {
        let before = number.checked_sub(1).map_or("", |before| words[before]);
        let given = word.strip_prefix("--app=").unwrap_or(word);
        let name = match given.split_once(':') {
            Some((module, app)) => plain(app).then_some(module)?,
            None if matches!(before, "-m" | "-A" | "--app") || given != *word => given,
            None => return None,
        };
        plain(name).then_some(name)
    })
}
