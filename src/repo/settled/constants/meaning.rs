//! Which constant a name means, by what its file imports; none where more than one could be meant.

use crate::facts::DocumentId;
use crate::facts::manifest::Ecosystem;
use crate::identify::Kind;
use crate::lang::path::{folder, last};
use crate::repo::Repo;
use crate::repo::services::modules::Modules;
use std::collections::BTreeMap;

/// Where a constant is at home: a file, a folder of Go, a package of Java or C#.
type Home<'r> = &'r str;

/// What names of constants stand for.
pub(super) struct Meaning<'r> {
    repo: &'r Repo,
    /// Texts by home and name; none where one name has several, for two systems or two builds.
    texts: Option<BTreeMap<(Home<'r>, &'r str), Option<&'r str>>>,
    modules: Option<Modules<'r>>,
}

impl<'r> Meaning<'r> {
    pub(super) fn of(repo: &'r Repo) -> Meaning<'r> {
        Meaning { repo, texts: None, modules: None }
    }

    /// Reads which constants there are, once anything asks.
    fn gather(&mut self) {
        let mut texts = BTreeMap::new();
        for constant in &self.repo.facts.constants {
            let key = (self.home(constant.document), constant.name.as_str());
            let known = texts.entry(key).or_insert(Some(constant.value.as_str()));
            if known.is_some_and(|known| known != constant.value) {
                *known = None;
            }
        }
        self.texts = Some(texts);
    }

    /// The text of the constant that a file names.
    pub(super) fn text(&mut self, from: DocumentId, path: &str) -> Option<String> {
        if self.texts.is_none() {
            self.gather();
        }
        let found = match self.repo.document(from).kind {
            Kind::Go => self.go(from, path),
            Kind::Java | Kind::Csharp => self.in_package(from, path),
            Kind::Rust => self.rust(from, path),
            Kind::Python => self.python(from, path),
            _ => self.script(from, path),
        };
        found.map(str::to_owned)
    }

    /// Where constants of a file are at home.
    fn home(&self, document: DocumentId) -> Home<'r> {
        match self.repo.document(document).kind {
            Kind::Go => folder(self.path(document)),
            Kind::Java | Kind::Csharp => self.package(document),
            _ => self.path(document),
        }
    }

    fn get(&self, home: &str, name: &str) -> Option<&'r str> {
        *self.texts.as_ref()?.get(&(home, name))?
    }

    fn path(&self, document: DocumentId) -> &'r str {
        &self.repo.source(document.source).path
    }

    /// The number of a file among the modules.
    fn number(&self, document: DocumentId) -> Option<usize> {
        self.repo.facts.modules.binary_search_by_key(&document, |it| it.document).ok()
    }

    fn package(&self, document: DocumentId) -> &'r str {
        let module = self.number(document).map(|number| &self.repo.facts.modules[number]);
        module.and_then(|module| module.package.as_deref()).unwrap_or_default()
    }

    /// The files that a module is.
    fn meant(&mut self, from: DocumentId, module: &str) -> Vec<&'r str> {
        let Some(number) = self.number(from) else { return Vec::new() };
        let repo = self.repo;
        let modules = self.modules.get_or_insert_with(|| Modules::of(repo));
        let meant = modules.meant(number, module);
        meant.into_iter().map(|it| self.path(repo.facts.modules[it].document)).collect()
    }

    fn go(&mut self, from: DocumentId, path: &str) -> Option<&'r str> {
        let Some((package, name)) = path.rsplit_once('.') else {
            return self.get(folder(self.path(from)), path);
        };
        let home = folder(self.meant(from, package).first()?);
        self.get(home, name)
    }

    /// `module.NAME`, `module.Class.NAME`; a class of the file itself.
    fn python(&mut self, from: DocumentId, path: &str) -> Option<&'r str> {
        if let Some(own) = self.get(self.path(from), path) {
            return Some(own);
        }
        splits(path).find_map(|(module, name)| {
            let stem = module.rsplit('.').next().filter(|stem| !stem.is_empty());
            let is_it = |file: &&str| {
                let module = file.strip_suffix("/__init__.py").or(file.strip_suffix(".py"));
                stem.is_none_or(|stem| module.is_some_and(|module| last(module) == stem))
            };
            let files = self.meant(from, module);
            let mut files = files.into_iter().filter(is_it);
            let (file, None) = (files.next()?, files.next()) else { return None };
            self.get(file, name)
        })
    }

    fn script(&mut self, from: DocumentId, path: &str) -> Option<&'r str> {
        if let Some(own) = self.get(self.path(from), path) {
            return Some(own);
        }
        splits(path).find_map(|(module, name)| match self.meant(from, module).as_slice() {
            [file] => self.get(file, name),
            _ => None,
        })
    }

    /// `package.Class.NAME`; `Class.NAME` of the own package, of one around it or one that is
    /// imported; `NAME` of a class whose members are imported.
    fn in_package(&self, from: DocumentId, path: &str) -> Option<&'r str> {
        let whole = splits(path).find_map(|(package, name)| self.get(package, name));
        if whole.is_some() {
            return whole;
        }
        let module = &self.repo.facts.modules[self.number(from)?];
        let mut known = Vec::new();
        if path.contains('.') {
            let mut own = self.package(from);
            known.push((own, path.to_owned()));
            let nested = self.repo.document(from).kind == Kind::Csharp;
            while let Some((outer, _)) = own.rsplit_once('.').filter(|_| nested) {
                known.push((outer, path.to_owned()));
                own = outer;
            }
            known.extend(module.imports.iter().map(|import| (import.as_str(), path.to_owned())));
        } else {
            let classes = module.imports.iter().filter_map(|import| import.rsplit_once('.'));
            known.extend(classes.map(|(package, class)| (package, format!("{class}.{path}"))));
        }
        let mut found = known.iter().filter_map(|(home, name)| self.get(home, name));
        let first = found.next()?;
        found.all(|other| other == first).then_some(first)
    }

    /// `crate.module.NAME`, `super.NAME`, `module.Type.NAME`, and those of other crates.
    fn rust(&mut self, from: DocumentId, path: &str) -> Option<&'r str> {
        let own = self.path(from);
        if let Some(found) = self.get(own, path) {
            return Some(found);
        }
        let (root, inside) = match own.rfind("src/") {
            Some(at) => own.split_at(at + "src/".len()),
            None => own.split_at(folder(own).len()),
        };
        let inside = inside.trim_start_matches('/').trim_end_matches(".rs");
        let mut parts: Vec<&str> = inside.split('/').collect();
        if matches!(parts.last(), Some(&("mod" | "lib" | "main"))) {
            parts.pop();
        }
        let mut names: Vec<&str> = path.split('.').collect();
        let mut root = root.trim_end_matches('/').to_owned();
        match names.first().copied()? {
            "crate" => parts.clear(),
            // In a module inside of the file it would be the file itself.
            "super" if self.get(own, names.last()?).is_none() => {
                parts.pop()?;
            }
            "super" => return None,
            first => {
                let repo = self.repo;
                let modules = self.modules.get_or_insert_with(|| Modules::of(repo));
                match modules.project(Ecosystem::Cargo, first) {
                    Some(home) => {
                        root = [home, "src"]
                            .into_iter()
                            .filter(|it| !it.is_empty())
                            .collect::<Vec<_>>()
                            .join("/");
                        parts.clear();
                    }
                    None => names.insert(0, "self"),
                }
            }
        }
        let names = names.get(1..)?.to_vec();
        // The name alone, or behind its type or the module inside of the file.
        (1..=names.len().min(2)).find_map(|count| {
            let (modules, name) = names.split_at(names.len() - count);
            let module = [parts.as_slice(), modules].concat().join("/");
            self.rust_file(&root, &module, &name.join("."))
        })
    }

    /// A constant of the file that a module is.
    fn rust_file(&self, root: &str, module: &str, name: &str) -> Option<&'r str> {
        let files = match module {
            "" => ["lib.rs".to_owned(), "main.rs".to_owned()],
            module => [format!("{module}.rs"), format!("{module}/mod.rs")],
        };
        let of = |file: &String| {
            let file = if root.is_empty() { file.clone() } else { format!("{root}/{file}") };
            self.get(&file, name)
        };
        let mut found = files.iter().filter_map(of);
        let first = found.next()?;
        found.all(|other| other == first).then_some(first)
    }
}

/// A path as a module and a name in it, the name alone first, then behind one and two classes.
fn splits(path: &str) -> impl Iterator<Item = (&str, &str)> {
    let dots = path.rmatch_indices('.').take(3);
    dots.map(|(at, _)| (&path[..at], &path[at + 1..]))
}
