//! Spans that functions of the repository start for their callers (one hop): what a call certainly
//! calls is asked here, since the function stands in another file.

use crate::facts::DocumentId;
use crate::facts::code::spans::{SpanFunction, SpanScope, WrappedSpan};
use crate::identify::Kind;
use crate::lang::path::{folder, last};
use crate::repo::Repo;
use crate::repo::services::modules::Modules;
use crate::source::Span;
use std::collections::{BTreeMap, BTreeSet};

/// Adds the spans that own functions start to those of the files that call them. Calls that count
/// as those of a library for their name alone, and are calls of an own function, are put right.
pub(super) fn settle(mut repo: Repo) -> Repo {
    if repo.facts.wrapped_spans.is_empty() || repo.facts.span_functions.is_empty() {
        return repo;
    }
    let (found, wrong) = spans(&repo);
    let scopes = &mut repo.facts.span_scopes;
    scopes.retain(|scope| !wrong.contains(&scope.at));
    scopes.extend(found);
    scopes.sort_by_key(|scope| (scope.document, scope.at));
    repo
}

/// The spans that own functions start, and the calls that libraries do not start one with.
fn spans(repo: &Repo) -> (Vec<SpanScope>, BTreeSet<Span>) {
    let mut functions: BTreeMap<&str, Vec<&SpanFunction>> = BTreeMap::new();
    for function in &repo.facts.span_functions {
        functions.entry(&function.name).or_default().push(function);
    }
    let (mut found, mut wrong) = (Vec::new(), BTreeSet::new());
    let mut calls = Calls { repo, modules: None, meant: BTreeMap::new() };
    for call in &repo.facts.wrapped_spans {
        let name = call.called.rsplit(['.', '/', ':']).next().unwrap_or_default();
        let named = functions.get(name).map_or(&[][..], Vec::as_slice);
        let meant = named.iter().filter(|function| match call.called.starts_with('?') {
            // On a value of an unknown type only one method can be meant, if there is no other.
            true => named.len() == 1 && calls.may_mean(call, function),
            false => calls.means(call, function),
        });
        let meant: Vec<_> = meant.collect();
        let [function] = meant.as_slice() else { continue };
        let scope = function.gives.as_ref().and_then(|gives| gives.scope(call));
        if call.taken {
            wrong.insert(call.at());
        }
        found.extend(scope);
    }
    (found, wrong)
}

/// What calls lead to.
struct Calls<'r> {
    repo: &'r Repo,
    modules: Option<Modules<'r>>,
    /// Files that modules are, by the file that names them.
    meant: BTreeMap<(usize, String), Vec<usize>>,
}

impl<'r> Calls<'r> {
    /// Whether a call on a value of an unknown type may be one of this method.
    fn may_mean(&self, call: &WrappedSpan, function: &SpanFunction) -> bool {
        let (from, to) = (call.scope.document, function.document);
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
    fn means(&mut self, call: &WrappedSpan, function: &SpanFunction) -> bool {
        let from = call.scope.document;
        let kind = self.repo.document(from).kind;
        if call.own {
            return function.document == from;
        }
        if !is_one_family(kind, self.repo.document(function.document).kind) {
            return false;
        }
        let end = call.called.rfind(['.', '/', ':']).unwrap_or(0);
        let home = call.called[..end].trim_end_matches([':', '.', '>']).trim_start_matches('<');
        match kind {
            Kind::Java | Kind::Csharp => self.in_class(home, from, function),
            // A function of the package, or a method of one of its types.
            Kind::Go if home.is_empty() || function.class.as_deref() == Some(home) => {
                self.folder(from) == self.folder(function.document)
                    && function.class.is_some() != home.is_empty()
            }
            Kind::Rust => self.in_crate(home, from, function),
            _ if home.is_empty() => false,
            _ => self.in_module(home, from, function),
        }
    }

    fn folder(&self, document: DocumentId) -> &'r str {
        folder(&self.repo.source(document.source).path)
    }

    /// The number of a file among the modules.
    fn number(&self, document: DocumentId) -> Option<usize> {
        self.repo.facts.modules.binary_search_by_key(&document, |it| it.document).ok()
    }

    /// `module.function`, `module.Class.method`.
    fn in_module(&mut self, home: &str, from: DocumentId, function: &SpanFunction) -> bool {
        let (Some(from), Some(to)) = (self.number(from), self.number(function.document)) else {
            return false;
        };
        let module = match &function.class {
            None => Some(home),
            Some(class) => home.strip_suffix(class.as_str()).and_then(|it| it.strip_suffix('.')),
        };
        let Some(module) = module else { return false };
        let modules = self.modules.get_or_insert_with(|| Modules::of(self.repo));
        let key = (from, module.to_owned());
        self.meant.entry(key).or_insert_with(|| modules.meant(from, module)).contains(&to)
    }

    /// `package.Class.method`, or the class alone where its package is imported or is the own.
    fn in_class(&self, home: &str, from: DocumentId, function: &SpanFunction) -> bool {
        let Some(class) = &function.class else { return false };
        let (package, name) = home.rsplit_once('.').unwrap_or(("", home));
        let Some(module) = self.number(from).map(|at| &self.repo.facts.modules[at]) else {
            return false;
        };
        let its = function.package.as_deref().unwrap_or_default();
        let near = || {
            let own = module.package.as_deref().unwrap_or_default();
            let inside =
                own.strip_prefix(its).is_some_and(|it| it.is_empty() || it.starts_with('.'));
            inside || module.imports.iter().any(|import| import == its)
        };
        name == class && (package == its || (package.is_empty() && near()))
    }

    /// `crate::module::function`, where the module is a file.
    fn in_crate(&self, home: &str, from: DocumentId, function: &SpanFunction) -> bool {
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
