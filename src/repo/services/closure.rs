//! The files that a unit is made of: its own, and what they import.

use super::modules::Modules;
use crate::facts::manifest::Ecosystem;
use crate::lang::path::{folder, join};
use std::collections::{BTreeMap, BTreeSet};

/// What each file imports, looked up once.
pub(super) struct Closure<'r> {
    modules: &'r Modules<'r>,
    meant: BTreeMap<usize, Vec<usize>>,
}

impl<'r> Closure<'r> {
    pub(super) fn new(modules: &'r Modules<'r>) -> Closure<'r> {
        Closure { modules, meant: BTreeMap::new() }
    }

    /// The files themselves and all that they lead to, sorted.
    pub(super) fn of(&mut self, own: &[usize], root: &str) -> Vec<usize> {
        let mut found: BTreeSet<usize> = own.iter().copied().collect();
        let mut open: Vec<usize> = own.to_vec();
        for project in self.projects(root) {
            open.extend(self.modules.below(&project).into_iter().filter(|it| found.insert(*it)));
        }
        while let Some(next) = open.pop() {
            let modules = self.modules;
            let meant = self.meant.entry(next).or_insert_with(|| {
                let imports = &modules.module(next).imports;
                let mut meant: Vec<usize> =
                    imports.iter().flat_map(|import| modules.meant(next, import)).collect();
                meant.sort_unstable();
                meant.dedup();
                meant
            });
            open.extend(meant.iter().copied().filter(|it| found.insert(*it)));
        }
        found.into_iter().collect()
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
