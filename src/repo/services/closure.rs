//! The files that a unit is made of: its own, and what they import.

use super::modules::Modules;
use crate::facts::manifest::Ecosystem;
use crate::lang::path::{folder, join};
use std::cell::OnceCell;
use std::collections::BTreeSet;

/// What each file imports, looked up once.
pub(super) struct Closure<'r> {
    modules: &'r Modules<'r>,
    /// For each file those that it imports, where somebody asked.
    meant: Vec<OnceCell<Vec<usize>>>,
    /// For each file whether something it imports is not here, where somebody asked.
    lacking: Vec<OnceCell<bool>>,
}

impl<'r> Closure<'r> {
    pub(super) fn new(modules: &'r Modules<'r>) -> Closure<'r> {
        let cells = modules.paths.len();
        let (mut meant, mut lacking) = (Vec::new(), Vec::new());
        meant.resize_with(cells, OnceCell::new);
        lacking.resize_with(cells, OnceCell::new);
        Closure { modules, meant, lacking }
    }

    /// The files themselves and all that they lead to, sorted.
    pub(super) fn of(&self, own: &[usize], root: &str) -> Vec<usize> {
        let mut met = vec![false; self.meant.len()];
        let mut found = Vec::new();
        // What is found is what is still to be followed, from `next` on.
        let mut add = |found: &mut Vec<usize>, files: &[usize]| {
            found.extend(files.iter().filter(|it| !std::mem::replace(&mut met[**it], true)));
        };
        add(&mut found, own);
        for project in self.projects(root) {
            add(&mut found, &self.modules.below(&project));
        }
        let mut next = 0;
        while let Some(&file) = found.get(next) {
            add(&mut found, self.meant(file));
            next += 1;
        }
        found.sort_unstable();
        found
    }

    /// The files that a file imports.
    fn meant(&self, file: usize) -> &[usize] {
        self.meant[file].get_or_init(|| {
            let imports = self.modules.module(file).imports.iter();
            let mut meant: Vec<usize> =
                imports.flat_map(|import| self.modules.meant(file, import)).collect();
            meant.sort_unstable();
            meant.dedup();
            meant
        })
    }

    /// Whether a file, and all that it imports of the repository, was read.
    pub(super) fn is_whole(&self, file: usize) -> bool {
        let lacks = || self.modules.lacks_own(file);
        !self.modules.module(file).unread && !self.lacking[file].get_or_init(lacks)
    }

    /// Manifests whose dependencies a program has: its own, those they take over, and those of the
    /// projects it is built with; sorted.
    pub(super) fn manifests(&self, own: &[usize]) -> Vec<usize> {
        let repo = self.modules.repo;
        let mut found: BTreeSet<usize> = own.iter().copied().collect();
        let mut open = own.to_vec();
        while let Some(next) = open.pop() {
            let manifest = &repo.facts.manifests[next];
            let home = folder(&repo.source(manifest.document.source).path);
            let mut homes = self.projects(home);
            let above = manifest.parent.as_deref().and_then(|path| join(home, path));
            // A folder stands for the file in it.
            homes.extend(above.map(|path| match path.strip_suffix("pom.xml") {
                Some(folder) => folder.trim_end_matches('/').to_owned(),
                None => path,
            }));
            let here = homes.iter().flat_map(|home| self.modules.manifests.get(home.as_str()));
            let here = here.flatten().copied();
            let same = here.filter(|&it| repo.facts.manifests[it].ecosystem == manifest.ecosystem);
            let shared = self.shared_above(manifest.ecosystem, home);
            open.extend(same.chain(shared).filter(|it| found.insert(*it)));
        }
        found.into_iter().collect()
    }

    /// Builds above a folder that give all projects below them what they depend on.
    fn shared_above(&self, ecosystem: Ecosystem, home: &str) -> Vec<usize> {
        let manifests = &self.modules.repo.facts.manifests;
        let gives = |it: &usize| manifests[*it].shared && manifests[*it].ecosystem == ecosystem;
        let mut found = Vec::new();
        let mut at = home;
        while !at.is_empty() {
            at = folder(at);
            found.extend(
                self.modules.manifests.get(at).into_iter().flatten().copied().filter(gives),
            );
        }
        found
    }

    /// Folders of projects that the manifests of a folder are built with.
    fn projects(&self, root: &str) -> Vec<String> {
        let repo = self.modules.repo;
        let mut found = Vec::new();
        let numbers = self.modules.manifests.get(root).into_iter().flatten();
        for manifest in numbers.map(|&number| &repo.facts.manifests[number]) {
            let home = root;
            for project in &manifest.projects {
                match manifest.ecosystem {
                    // `:libs:log` from the root of the build.
                    Ecosystem::Gradle => {
                        let path = project.text.trim_start_matches(':').replace(':', "/");
                        let mut above = home;
                        loop {
                            let target = super::modules::below(above, &path);
                            if repo.has_path(&target) {
                                found.push(target);
                                break;
                            }
                            if above.is_empty() {
                                break;
                            }
                            above = folder(above);
                        }
                    }
                    _ => {
                        let target = join(home, &project.text);
                        found.extend(target.map(|target| folder(&target).to_owned()));
                    }
                }
            }
            if manifest.ecosystem == Ecosystem::Cargo {
                // `shop_log::init()` needs no `use`.
                let needed = manifest.dependencies.iter().filter(|it| !it.development);
                let crates = needed.filter_map(|it| {
                    self.modules.project(Ecosystem::Cargo, &it.name.text.replace('-', "_"))
                });
                found.extend(crates.map(|home| super::modules::below(home, "src")));
            }
            let group = |name: &str| name.rsplit(':').next().unwrap_or(name).to_owned();
            if manifest.ecosystem == Ecosystem::Maven {
                for dependency in &manifest.dependencies {
                    let name = group(&dependency.name.text);
                    found.extend(self.modules.project(Ecosystem::Maven, &name).map(str::to_owned));
                }
            }
        }
        found
    }
}
