//! Which containers run which unit: by what their image is built of, or by what it is called.

use super::super::super::images::{Class, known_as};
use super::super::super::runs::image_name;
use super::super::identity::short;
use super::super::kind::is_rehearsal;
use super::super::units::{Unit, is_in};
use super::{Deployed, plain};
use crate::facts::deploy::Container;
use crate::lang::path::{folder, join, last};
use crate::lang::placeholder;
use crate::lang::sensitive::words;
use std::collections::{BTreeMap, BTreeSet};

/// Words that say of a name only that a service has it.
const GENERAL: &[&str] =
    &["api", "app", "application", "backend", "host", "server", "service", "svc", "web"];

/// Names by which units may be run.
struct Names {
    /// Units by their name; none where several have it.
    units: BTreeMap<String, Option<usize>>,
    /// What the packages here are called.
    projects: BTreeSet<String>,
}

impl Names {
    fn add(&mut self, name: &str, unit: usize) {
        let name = plain(name);
        if !name.is_empty() {
            let known = self.units.entry(name).or_insert(Some(unit));
            *known = known.filter(|known| *known == unit);
        }
    }

    fn get(&self, name: &str) -> Option<usize> {
        self.units.get(&plain(name)).copied().flatten()
    }

    /// The unit that a name ends with: `shop-cart` is `cmd/cart` of the project `shop`.
    fn by_end(&self, name: &str) -> Option<usize> {
        name.match_indices('-').find_map(|(at, _)| {
            let (head, end) = (&name[..at], &name[at + 1..]);
            let ours = placeholder::is_in(head) || self.projects.contains(&plain(head));
            self.get(end).filter(|_| ours)
        })
    }
}

impl Deployed<'_> {
    /// Gives each container to the unit its image is built of.
    pub(super) fn containers(&mut self) {
        let mut names = self.names();
        let mut open = Vec::new();
        for (number, container) in self.repo.facts.containers.iter().enumerate() {
            match self.build_of(container) {
                Some(Some(unit)) => {
                    self.containers_of[unit].push(number);
                    names.add(&container.name.text, unit);
                    if let Some(image) = &container.image {
                        names.add(image_name(&image.text), unit);
                    }
                }
                Some(None) => {}
                None => open.push(number),
            }
        }
        let mut left = Vec::new();
        for number in open {
            match self.named_by(&self.repo.facts.containers[number], &names) {
                Some(unit) => self.containers_of[unit].push(number),
                None => left.push(number),
            }
        }
        self.by_parts(&left);
        self.only(&left);
        for list in &mut self.containers_of {
            list.sort_unstable();
        }
    }

    /// The names by which units may be run.
    fn names(&self) -> Names {
        let mut names = Names { units: BTreeMap::new(), projects: self.projects() };
        let all: Vec<usize> = self.numbers(|_| true).collect();
        for (number, unit) in self.units.iter().enumerate() {
            // What programs of Go share is not what is run.
            if !self.begins(number) && self.is_shared(number, &all) {
                continue;
            }
            names.add(last(&unit.root), number);
            // The root of many packages is none of the programs that go by its name.
            let list = join(&unit.root, "pnpm-workspace.yaml");
            let many = list.is_some_and(|path| self.repo.has_path(&path));
            for &manifest in unit.manifests.iter().filter(|_| !many) {
                let manifest = &self.repo.facts.manifests[manifest];
                if let Some(text) = manifest.name.as_ref() {
                    names.add(short(&text.text), number);
                    // `@acme/shop` is run as `acme/acme-shop`.
                    names.add(text.text.strip_prefix('@').unwrap_or_default(), number);
                }
            }
        }
        for image in &self.repo.facts.base_images {
            let path = self.path(image.document);
            if let Some(&unit) = self.by_file.get(path) {
                names.add(last(folder(path)), unit);
            }
        }
        names
    }

    /// The unit that a container runs which is not built where it is run.
    fn named_by(&self, container: &Container, names: &Names) -> Option<usize> {
        let image = container.image.as_ref()?;
        let short = image_name(&image.text);
        if let Some(known) = known_as(&image.text) {
            // The repository of a well-known tool runs it itself.
            let own = names.get(short).filter(|&it| self.units[it].root.is_empty());
            let tool = known.class == Class::Support;
            return own.filter(|_| tool && names.projects.contains(&plain(short)));
        }
        // Where the image cannot be known, the workload's own name says whose it is.
        let by_owner = || {
            let open = placeholder::is_in(short) || !image.known;
            let owner = names.get(&container.owner.name);
            owner.or_else(|| names.by_end(&container.name.text)).filter(|_| open)
        };
        let by_end = || names.by_end(short).filter(|_| image.known);
        names.get(short).or_else(by_end).or_else(by_owner)
    }

    /// Gives containers that no name fits whole to what they share all words of their names with, but for
    /// those that only say what it is: `Acme.Settlements.Api` is run as `settlements-api`.
    fn by_parts(&mut self, left: &[usize]) {
        let mut units: BTreeMap<String, Option<(usize, String)>> = BTreeMap::new();
        let programs: Vec<usize> = self.unplaced().collect();
        for &number in &programs {
            let unit = &self.units[number];
            let manifests = unit.manifests.iter().map(|&it| &self.repo.facts.manifests[it]);
            let named = manifests.filter_map(|it| it.name.as_ref());
            let named = named.flat_map(|name| cores(short(&name.text)));
            let all: BTreeMap<String, String> = named.chain(cores(last(&unit.root))).collect();
            for (name, end) in all {
                let known = units.entry(name).or_insert(Some((number, end)));
                known.take_if(|(known, _)| *known != number);
            }
        }
        for &number in left {
            let container = &self.repo.facts.containers[number];
            let Some(image) = container.image.as_ref().filter(|it| is_open(&it.text)) else {
                continue;
            };
            // `cart-web` is none of `cart-service`.
            let fits = |(name, end): &(String, String)| {
                let (unit, other) = units.get(name)?.as_ref()?;
                (end.is_empty() || other.is_empty() || end == other).then_some(*unit)
            };
            let names = image_names(&image.text);
            let mut found = names.iter().filter_map(fits);
            if let Some(unit) = found.next().filter(|unit| found.all(|it| it == *unit)) {
                self.containers_of[unit].push(number);
            }
        }
    }

    /// Gives the one workload of an unknown image, where it names its telemetry, to the one program
    /// that nothing else runs.
    fn only(&mut self, left: &[usize]) {
        let placed = |number: &usize| self.containers_of.iter().any(|it| it.contains(number));
        let facts = &self.repo.facts;
        let image = |number: usize| facts.containers[number].image.as_ref();
        let shown =
            |it: usize| is_rehearsal(self.repo, folder(self.path(facts.containers[it].document)));
        let open: Vec<usize> = left
            .iter()
            .copied()
            .filter(|it| !placed(it) && !shown(*it))
            .filter(|it| image(*it).is_some_and(|it| is_open(&it.text)))
            .collect();
        let images: BTreeSet<&str> =
            open.iter().filter_map(|it| image(*it)).map(|it| image_name(&it.text)).collect();
        let sends = |number: &usize| {
            let entries = &facts.containers[*number].env.entries;
            entries.iter().any(|(name, _)| name.text.starts_with("OTEL_"))
        };
        let unit = {
            let serious = |it: &usize| !is_rehearsal(self.repo, &self.units[*it].root);
            let mut all = (0..self.units.len()).filter(|it| self.is_program(*it)).filter(serious);
            all.next().filter(|it| all.next().is_none() && self.containers_of[*it].is_empty())
        };
        if let Some(unit) = unit
            && images.len() == 1
            && open.iter().any(sends)
        {
            self.containers_of[unit].extend(open);
        }
    }

    /// Programs that nothing is known to run.
    fn unplaced(&self) -> impl Iterator<Item = usize> {
        (0..self.units.len())
            .filter(|it| self.is_program(*it) && self.containers_of[*it].is_empty())
    }

    fn is_program(&self, unit: usize) -> bool {
        self.begins(unit) || !self.images_of[unit].is_empty()
    }

    /// The one program of an image of several that a container is told to start.
    fn commanded(&self, container: &Container, context: &str) -> Option<usize> {
        let words: Vec<String> =
            container.args.iter().take(2).map(|word| plain(last(&word.text))).collect();
        let named = |unit: &Unit| words.contains(&plain(last(&unit.root)));
        let mut found = self.numbers(|unit| is_in(&unit.root, context) && named(unit));
        found.next().filter(|it| self.begins(*it) && found.next().is_none())
    }

    /// What the packages here are called, in the form in which names are compared.
    fn projects(&self) -> BTreeSet<String> {
        let names =
            self.repo.facts.manifests.iter().filter_map(|it| it.name.as_ref()?.known_text());
        names.map(|name| plain(short(name))).filter(|name| !name.is_empty()).collect()
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
            // One image may hold many programs.
            let mut images = self.repo.facts.base_images.iter();
            let image = images.find(|it| self.path(it.document) == path);
            let started = image.and_then(|image| self.started_in(container, &context, image));
            let built = started.or_else(|| self.by_file.get(path.as_str()).copied());
            return Some(built.or_else(|| self.commanded(container, &context)));
        }
        let here: Vec<usize> = self.numbers(|unit| unit.root == context).collect();
        Some(if let [only] = here[..] { Some(only) } else { None })
    }
}

/// Whether an image may be one of the programs here: no name that is well known, and none that is put
/// in from elsewhere.
fn is_open(image: &str) -> bool {
    known_as(image).is_none() && !placeholder::is_in(image_name(image))
}

/// What is left of a name without the words that only say that it is a service, and those words: of
/// `Acme.Settlements.Api` both `acmesettlements` and, without what stands before a dot, `settlements`.
fn cores(name: &str) -> Vec<(String, String)> {
    let all = words(name);
    let general = |word: &&String| GENERAL.contains(&word.as_str());
    let ends = all.iter().rev().take_while(general).count();
    if ends == all.len() {
        return Vec::new();
    }
    let (core, end) = all.split_at(all.len() - ends);
    let end = end.concat();
    let dotted = name.rsplit('.').map(words).find(|part| !part.iter().all(|it| general(&it)));
    let dotted = dotted.filter(|_| name.contains('.')).map(|mut part| {
        part.truncate(part.len() - part.iter().rev().take_while(general).count());
        (part.concat(), end.clone())
    });
    std::iter::once((core.concat(), end.clone())).chain(dotted).collect()
}

/// The cores of an image's name, also without the organisation that stands before it:
/// `acme/acme-shop`.
fn image_names(image: &str) -> Vec<(String, String)> {
    let name = image_name(image);
    let path = image.split('@').next().unwrap_or(image);
    let mut found = cores(name);
    let owners = path.split('/').rev().skip(1);
    for rest in owners.filter_map(|owner| name.strip_prefix(owner)?.strip_prefix('-')) {
        found.extend(cores(rest));
    }
    found
}
