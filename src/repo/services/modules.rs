//! The repository's code files, looked up by what imports write.

use super::super::Repo;
use crate::facts::code::Module;
use crate::facts::manifest::Ecosystem;
use crate::identify::Kind;
use crate::lang::path::{folder, is_requirements, join, last};
use crate::lang::quick::QuickMap;

/// Most files that one import may mean; a name that so many have says nothing.
const MAX_MEANT: usize = 400;

/// Code files by path, package and module name.
pub(in crate::repo) struct Modules<'r> {
    pub(super) repo: &'r Repo,
    /// Paths, sorted, with their numbers in `facts.modules`.
    pub(super) paths: Vec<(&'r str, usize)>,
    /// The same numbers by path.
    by_path: QuickMap<&'r str, usize>,
    /// By folder, the files right in it.
    by_folder: QuickMap<&'r str, Vec<usize>>,
    /// Folders by their last part.
    folders: QuickMap<&'r str, Vec<&'r str>>,
    /// Java and C#: files of a package or namespace.
    by_package: QuickMap<&'r str, Vec<usize>>,
    /// Folders of packages by their name, for each ecosystem.
    packages: QuickMap<(Ecosystem, String), &'r str>,
    /// Numbers of manifests by their folder.
    pub(super) manifests: QuickMap<&'r str, Vec<usize>>,
    /// Folders by the path of their Go module, longest first.
    go: Vec<(&'r str, &'r str)>,
}

impl<'r> Modules<'r> {
    pub(in crate::repo) fn of(repo: &'r Repo) -> Modules<'r> {
        let mut modules = Modules {
            repo,
            paths: Vec::with_capacity(repo.facts.modules.len()),
            by_path: QuickMap::default(),
            by_folder: QuickMap::default(),
            folders: QuickMap::default(),
            by_package: QuickMap::default(),
            packages: QuickMap::default(),
            manifests: QuickMap::default(),
            go: Vec::new(),
        };
        for (number, module) in repo.facts.modules.iter().enumerate() {
            let path = modules.path(number);
            modules.paths.push((path, number));
            modules.by_path.insert(path, number);
            let files = modules.by_folder.entry(folder(path)).or_default();
            files.push(number);
            if files.len() == 1 {
                modules.folders.entry(last(folder(path))).or_default().push(folder(path));
            }
            if let Some(package) = &module.package {
                modules.by_package.entry(package).or_default().push(number);
            }
        }
        for (number, manifest) in repo.facts.manifests.iter().enumerate() {
            let path = &repo.source(manifest.document.source).path;
            modules.manifests.entry(home_of(path)).or_default().push(number);
            let Some(name) = manifest.name.as_ref().map(|name| name.text.as_str()) else {
                continue;
            };
            match manifest.ecosystem {
                Ecosystem::Go => modules.go.push((name, folder(path))),
                Ecosystem::Cargo => {
                    let name = name.replace('-', "_");
                    modules.packages.insert((Ecosystem::Cargo, name), folder(path));
                }
                ecosystem => {
                    modules.packages.insert((ecosystem, name.to_owned()), folder(path));
                }
            }
        }
        modules.paths.sort_unstable();
        modules.go.sort_by_key(|(name, _)| (std::cmp::Reverse(name.len()), *name));
        modules
    }

    pub(super) fn path(&self, number: usize) -> &'r str {
        let document = self.repo.facts.modules[number].document;
        &self.repo.source(document.source).path
    }

    pub(super) fn kind(&self, number: usize) -> Kind {
        self.repo.document(self.repo.facts.modules[number].document).kind
    }

    /// The file of a path.
    pub(super) fn file(&self, path: &str) -> Option<usize> {
        self.by_path.get(path).copied()
    }

    /// Files right in a folder.
    pub(super) fn inside(&self, folder: &str) -> &[usize] {
        self.by_folder.get(folder).map_or(&[], Vec::as_slice)
    }

    /// Files in a folder and below it.
    pub(super) fn below(&self, folder: &str) -> Vec<usize> {
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let files = self.from(&prefix).iter();
        files.take_while(|(path, _)| path.starts_with(&prefix)).map(|(_, it)| *it).collect()
    }

    /// The files that an import of a module means; empty where it leads out of the repository.
    pub(in crate::repo) fn meant(&self, from: usize, import: &str) -> Vec<usize> {
        let module = &self.repo.facts.modules[from];
        let path = self.path(from);
        let found = match self.kind(from) {
            Kind::Python => self.python(path, import),
            Kind::Go => self.go(import),
            Kind::Java => self.java(import),
            Kind::Csharp => self.by_package.get(import).cloned().unwrap_or_default(),
            Kind::Rust => self.rust(path, import),
            _ => self.javascript(path, import),
        };
        if found.len() > MAX_MEANT && module.imports.len() > 1 { Vec::new() } else { found }
    }

    fn python(&self, path: &str, import: &str) -> Vec<usize> {
        let dots = import.len() - import.trim_start_matches('.').len();
        let names: Vec<&str> = import[dots..].split('.').filter(|name| !name.is_empty()).collect();
        if dots > 0 {
            let mut base = folder(path);
            for _ in 1..dots {
                base = folder(base);
            }
            return self.python_in(base, &names);
        }
        // What a program can import stands below a folder above it.
        let mut base = folder(path);
        loop {
            for base in [base.to_owned(), below(base, "src"), below(base, "app")] {
                // A package whose name is not found there is not meant itself.
                let first = names.first().copied().unwrap_or_default();
                if !self.begins(&below(&base, first)) {
                    continue;
                }
                let found = self.python_in(&base, &names);
                if !found.is_empty() {
                    return found;
                }
            }
            if base.is_empty() {
                break;
            }
            base = folder(base);
        }
        // A package that is installed from another folder of the repository.
        let Some((first, rest)) = names.split_first() else { return Vec::new() };
        let homes = self.folders.get(first).map_or(&[][..], Vec::as_slice);
        // An empty file is no module, and makes a package all the same.
        let is_package = |home: &str| self.repo.has_path(&below(home, "__init__.py"));
        let packages = homes.iter().filter(|home| is_package(home) && !is_package(folder(home)));
        packages.flat_map(|home| self.python_in(home, rest)).collect()
    }

    /// `a.b.name` in a folder: the longest part that is a file or a package, and the packages
    /// around it.
    pub(super) fn python_in(&self, base: &str, names: &[&str]) -> Vec<usize> {
        let mut found = Vec::new();
        let mut at = base.to_owned();
        let init = |at: &str| self.by_path.get(below(at, "__init__.py").as_str()).copied();
        if names.is_empty() {
            found.extend(init(base));
        }
        for (number, name) in names.iter().enumerate() {
            let next = below(&at, name);
            if !self.begins(&next) {
                if number == 0 {
                    found.extend(init(base).filter(|_| !base.is_empty()));
                }
                break;
            }
            if let Some(file) = self.by_path.get(format!("{next}.py").as_str()) {
                found.push(*file);
                break;
            }
            match init(&next) {
                Some(package) => found.push(package),
                None if self.by_folder.contains_key(next.as_str()) || self.has_below(&next) => {}
                None => {
                    // The rest are names inside the package.
                    if number == 0 {
                        found.extend(init(base).filter(|_| !base.is_empty() && found.is_empty()));
                    }
                    break;
                }
            }
            at = next;
        }
        found
    }

    fn has_below(&self, folder: &str) -> bool {
        self.begins(&format!("{folder}/"))
    }

    /// Whether the path of any file begins so: most imports lead out, and end here.
    fn begins(&self, prefix: &str) -> bool {
        self.from(prefix).first().is_some_and(|(path, _)| path.starts_with(prefix))
    }

    /// The files from this path on.
    fn from(&self, path: &str) -> &[(&'r str, usize)] {
        &self.paths[self.paths.partition_point(|(known, _)| *known < path)..]
    }

    fn go(&self, import: &str) -> Vec<usize> {
        let home = self.go_home(import);
        home.map_or_else(Vec::new, |home| self.inside(&home).to_vec())
    }

    /// Whether a file of Go imports a package of its own module that is not here: another step
    /// makes it, or what was read is a part of the repository. What is made of a protocol only
    /// carries data.
    pub(super) fn lacks_own(&self, number: usize) -> bool {
        const MADE: &[&str] = &["pb", "proto", "protos", "genproto", "gen", "generated", "mocks"];
        if self.kind(number) != Kind::Go {
            return false;
        }
        let imports = &self.repo.facts.modules[number].imports;
        imports.iter().any(|import| {
            let Some(home) = self.go_home(import) else { return false };
            let made = import.split('/').any(|part| MADE.contains(&part) || part.ends_with("pb"));
            !made && !home.is_empty() && !self.repo.has_path(&home)
        })
    }

    /// The folder of a package of Go that the repository holds.
    fn go_home(&self, import: &str) -> Option<String> {
        self.go.iter().find_map(|(name, home)| {
            let rest = import.strip_prefix(name)?;
            let inside = rest.is_empty() || rest.starts_with('/');
            inside.then(|| below(home, rest.trim_start_matches('/')))
        })
    }

    fn java(&self, import: &str) -> Vec<usize> {
        if let Some(files) = self.by_package.get(import) {
            return files.clone();
        }
        // `a.b.Type`, or `a.b.Type.member`.
        let mut path = import;
        while let Some((package, name)) = path.rsplit_once('.') {
            if let Some(files) = self.by_package.get(package) {
                let is = |number: &&usize| {
                    let file = last(self.path(**number));
                    file.strip_suffix(".java").is_some_and(|stem| stem == name)
                };
                return files.iter().filter(is).copied().collect();
            }
            path = package;
        }
        Vec::new()
    }

    fn rust(&self, path: &str, import: &str) -> Vec<usize> {
        if let Some(name) = import.strip_prefix("self::") {
            let stem = last(path).trim_end_matches(".rs");
            let own = !matches!(stem, "main" | "lib" | "mod");
            let base = if own { below(folder(path), stem) } else { folder(path).to_owned() };
            let files =
                [below(&base, &format!("{name}.rs")), below(&base, &format!("{name}/mod.rs"))];
            return files.iter().filter_map(|it| self.by_path.get(it.as_str()).copied()).collect();
        }
        let first = import.split("::").next().unwrap_or_default();
        let home = self.packages.get(&(Ecosystem::Cargo, first.to_owned()));
        home.map_or_else(Vec::new, |home| self.below(&below(home, "src")))
    }

    fn javascript(&self, path: &str, import: &str) -> Vec<usize> {
        if import.starts_with('.') {
            let target = join(folder(path), import);
            return target.map_or_else(Vec::new, |target| self.script(&target));
        }
        // Aliases of the folder with the code: `@/lib/log`, `~/lib/log`, `src/lib/log`.
        let alias = ["@/", "~/", "src/", "#/"].iter().find_map(|it| import.strip_prefix(it));
        if let Some(rest) = alias {
            let mut base = folder(path);
            loop {
                for base in [below(base, "src"), base.to_owned(), below(base, "app")] {
                    let found = self.script(&below(&base, rest));
                    if !found.is_empty() {
                        return found;
                    }
                }
                if base.is_empty() {
                    return Vec::new();
                }
                base = folder(base);
            }
        }
        self.package(import)
    }

    /// A file by its path without its ending.
    pub(super) fn script(&self, target: &str) -> Vec<usize> {
        const ENDINGS: &[&str] = &[
            "",
            ".ts",
            ".tsx",
            ".js",
            ".jsx",
            ".mjs",
            ".cjs",
            ".mts",
            ".cts",
            "/index.ts",
            "/index.tsx",
            "/index.js",
            "/index.mjs",
            "/index.cjs",
        ];
        // TypeScript names the file that it becomes.
        let bare = target.strip_suffix(".js").or(target.strip_suffix(".mjs"));
        if !self.begins(bare.unwrap_or(target)) {
            return Vec::new();
        }
        let names = [Some(target), bare].into_iter().flatten();
        let mut files =
            names.flat_map(|name| ENDINGS.iter().map(move |end| format!("{name}{end}")));
        files.find_map(|file| self.by_path.get(file.as_str()).copied()).into_iter().collect()
    }

    /// A package of the repository's own, or a file in it.
    fn package(&self, import: &str) -> Vec<usize> {
        let parts = if import.starts_with('@') { 2 } else { 1 };
        let end = import.match_indices('/').nth(parts - 1).map_or(import.len(), |(at, _)| at);
        let home = self.packages.get(&(Ecosystem::Npm, import[..end].to_owned()));
        let Some(home) = home else { return Vec::new() };
        let rest = import[end..].trim_start_matches('/');
        if !rest.is_empty() {
            for base in [below(home, rest), below(home, &format!("src/{rest}"))] {
                let found = self.script(&base);
                if !found.is_empty() {
                    return found;
                }
            }
        }
        // What it is built of, whatever its `main` points at.
        self.below(home)
    }

    /// The folder of a package by its name.
    pub(in crate::repo) fn project(&self, ecosystem: Ecosystem, name: &str) -> Option<&str> {
        self.packages.get(&(ecosystem, name.to_owned())).copied()
    }

    /// The module behind a number.
    pub(super) fn module(&self, number: usize) -> &'r Module {
        &self.repo.facts.modules[number]
    }
}

/// The folder of the program that a manifest is of: `requirements/prod.txt` speaks of what stands
/// beside its folder.
pub(super) fn home_of(path: &str) -> &str {
    let home = folder(path);
    if last(home) == "requirements" && is_requirements(path) { folder(home) } else { home }
}

/// A path in a folder.
pub(super) fn below(folder: &str, name: &str) -> String {
    match (folder, name) {
        ("", name) => name.to_owned(),
        (folder, "") => folder.to_owned(),
        (folder, name) => format!("{folder}/{name}"),
    }
}
