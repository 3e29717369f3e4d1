//! Which function of the repository a call certainly calls.

use crate::facts::DocumentId;
use crate::identify::Kind;
use crate::lang::path::{folder, last};
use crate::repo::Repo;
use crate::repo::services::modules::Modules;
use std::collections::BTreeMap;

/// A call as a file names what it calls.
pub(super) struct Called<'a> {
    /// The file.
    pub(super) from: DocumentId,
    /// What is called.
    pub(super) name: &'a str,
    /// It is a function of the file itself.
    pub(super) own: bool,
}

/// A function that a call may lead to; its name is that of the call.
pub(super) struct Callee<'a> {
    /// Its file.
    pub(super) document: DocumentId,
    /// The class it is a method of.
    pub(super) class: Option<&'a str>,
    /// The package or namespace of its file.
    pub(super) package: Option<&'a str>,
}

/// What calls lead to.
pub(super) struct Calls<'r> {
    repo: &'r Repo,
    modules: Option<Modules<'r>>,
    /// Files that modules are, by the file that names them.
    meant: BTreeMap<(usize, String), Vec<usize>>,
}

impl<'r> Calls<'r> {
    pub(super) fn of(repo: &'r Repo) -> Calls<'r> {
        Calls { repo, modules: None, meant: BTreeMap::new() }
    }

    /// Whether a call on a value of an unknown type may be one of this method.
    pub(super) fn may_mean(&self, call: &Called<'_>, function: &Callee<'_>) -> bool {
        let (from, to) = (call.from, function.document);
        function.class.is_some()
            && is_one_family(self.repo.document(from).kind, self.repo.document(to).kind)
            && self.is_near(from, to)
    }

    /// Whether two files are parts of one program.
    fn is_near(&self, one: DocumentId, other: DocumentId) -> bool {
        let path = |document: DocumentId| self.repo.source(document.source).path.as_str();
        self.repo.program(path(one)) == self.repo.program(path(other))
    }

    /// Whether a call certainly calls a function of this name.
    pub(super) fn means(&mut self, call: &Called<'_>, function: &Callee<'_>) -> bool {
        let from = call.from;
        let kind = self.repo.document(from).kind;
        if call.own {
            return function.document == from;
        }
        if !is_one_family(kind, self.repo.document(function.document).kind) {
            return false;
        }
        let end = call.name.rfind(['.', '/', ':']).unwrap_or(0);
        let home = call.name[..end].trim_end_matches([':', '.', '>']).trim_start_matches('<');
        match kind {
            Kind::Java | Kind::Csharp => self.in_class(home, from, function),
            // A function of the package, or a method of one of its types.
            Kind::Go if home.is_empty() || function.class == Some(home) => {
                self.folder(from) == self.folder(function.document)
                    && function.class.is_some() != home.is_empty()
            }
            Kind::Rust => self.in_crate(home, from, function),
            _ if home.is_empty() => false,
            _ => self.in_module(home, from, function),
        }
    }

    /// Whether the name of a type leads to one that a file defines: where names come without an
    /// import (C#), one of that name is meant.
    pub(super) fn leads_to(&mut self, from: DocumentId, ty: &str, to: DocumentId) -> bool {
        if !is_one_family(self.repo.document(from).kind, self.repo.document(to).kind) {
            return false;
        }
        match self.repo.document(from).kind {
            Kind::Csharp => return true,
            Kind::Rust => return self.is_near(from, to),
            _ if from == to => return true,
            _ => {}
        }
        let Some((from, (module, _))) = self.number(from).zip(ty.rsplit_once('.')) else {
            return false;
        };
        // What a package shows may come from any of its files.
        !self.files(from, module).is_empty() || !self.files(from, ty).is_empty()
    }

    fn folder(&self, document: DocumentId) -> &'r str {
        folder(&self.repo.source(document.source).path)
    }

    /// The number of a file among the modules.
    fn number(&self, document: DocumentId) -> Option<usize> {
        self.repo.facts.modules.binary_search_by_key(&document, |it| it.document).ok()
    }

    /// `module.function`, `module.Class.method`.
    fn in_module(&mut self, home: &str, from: DocumentId, function: &Callee<'_>) -> bool {
        let (Some(from), Some(to)) = (self.number(from), self.number(function.document)) else {
            return false;
        };
        let module = match function.class {
            None => Some(home),
            Some(class) => home.strip_suffix(class).and_then(|it| it.strip_suffix('.')),
        };
        module.is_some_and(|module| self.files(from, module).contains(&to))
    }

    /// The files that a module is, as a file names it.
    fn files(&mut self, from: usize, module: &str) -> &[usize] {
        let modules = self.modules.get_or_insert_with(|| Modules::of(self.repo));
        let key = (from, module.to_owned());
        self.meant.entry(key).or_insert_with(|| modules.meant(from, module))
    }

    /// `package.Class.method`, or the class alone where its package is imported or is the own.
    fn in_class(&self, home: &str, from: DocumentId, function: &Callee<'_>) -> bool {
        let Some(class) = function.class else { return false };
        let (package, name) = home.rsplit_once('.').unwrap_or(("", home));
        let Some(module) = self.number(from).map(|at| &self.repo.facts.modules[at]) else {
            return false;
        };
        let its = function.package.unwrap_or_default();
        let near = || {
            let own = module.package.as_deref().unwrap_or_default();
            let inside =
                own.strip_prefix(its).is_some_and(|it| it.is_empty() || it.starts_with('.'));
            inside || module.imports.iter().any(|import| import == its)
        };
        name == class && (package == its || (package.is_empty() && near()))
    }

    /// `crate::module::function`, where the module is a file.
    fn in_crate(&self, home: &str, from: DocumentId, function: &Callee<'_>) -> bool {
        let mut parts = home.split(['.', ':']).filter(|part| !part.is_empty());
        let (first, end) = (parts.next(), parts.next_back());
        let path = self.repo.source(function.document.source).path.as_str();
        let stem = last(path).trim_end_matches(".rs");
        let module = if stem == "mod" { last(folder(path)) } else { stem };
        let source = |document: DocumentId| {
            let path = self.repo.source(document.source).path.as_str();
            path.find("src/").map_or(folder(path), |at| &path[..at])
        };
        let own = match (first, end) {
            (Some("crate" | "super" | "self"), Some(end)) => end == module,
            (Some(first), None) => first == module,
            _ => false,
        };
        own && function.class.is_none() && source(from) == source(function.document)
    }
}

/// Whether two files may call each other's functions.
fn is_one_family(one: Kind, other: Kind) -> bool {
    let script = |kind| matches!(kind, Kind::Javascript | Kind::Typescript);
    one == other || (script(one) && script(other))
}
