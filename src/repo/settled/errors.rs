//! Errors that answers show and the program itself has made: what another file says of their text.

use super::calls::{Called, Callee, Calls};
use crate::facts::DocumentId;
use crate::facts::code::errors::{Origin, OwnError, PlainFunction};
use crate::facts::code::responses::{Response, Shows};
use crate::lang::sensitive::words;
use crate::repo::Repo;
use std::collections::{BTreeMap, BTreeSet};
use std::mem::take;

/// Marks answers whose text the program itself has made. Those that a page takes the place of show
/// nothing.
pub(super) fn settle(mut repo: Repo) -> Repo {
    let mut responses = take(&mut repo.facts.responses);
    let pages = Pages::of(&repo);
    for response in &mut responses {
        response.internal |= pages.is_of_operators(&repo, response);
        if pages.replaces(&repo, response) {
            response.shows = Shows::Nothing;
        }
    }
    let asks = |it: &Response| it.shows == Shows::Text && it.origin != Origin::Any;
    if responses.iter().any(asks) {
        let mut known = Known::of(&repo);
        for response in responses.iter_mut().filter(|it| asks(it)) {
            response.made = known.makes(response);
            response.expected &= !known.carries(response);
        }
    }
    repo.facts.responses = responses;
    repo
}

/// Routes of those who run a program, and the pages that take the place of its answers.
struct Pages {
    /// Program and function.
    operators: BTreeSet<(String, String)>,
    /// Program and status, `None` for any.
    errors: BTreeSet<(String, Option<u16>)>,
}

impl Pages {
    fn of(repo: &Repo) -> Pages {
        let facts = &repo.facts;
        let mut lone: BTreeMap<&str, bool> = BTreeMap::new();
        let mut is_lone = |document| {
            let program = program(repo, document);
            *lone.entry(program).or_insert_with(|| has_one_user(repo, program))
        };
        let routes = facts.operator_routes.iter().filter(|it| !it.shared || is_lone(it.document));
        let pages = facts.error_pages.iter();
        Pages {
            operators: routes
                .map(|it| (program(repo, it.document).to_owned(), it.handler.clone()))
                .collect(),
            errors: pages.map(|it| (program(repo, it.document).to_owned(), it.status)).collect(),
        }
    }

    /// Whether the function that answers stands on a router of those who run the program.
    fn is_of_operators(&self, repo: &Repo, response: &Response) -> bool {
        let Some(function) = response.function.as_ref().filter(|_| !self.operators.is_empty())
        else {
            return false;
        };
        let program = program(repo, response.document).to_owned();
        self.operators.contains(&(program, function.clone()))
    }

    /// Whether a page of the program takes the place of an answer.
    fn replaces(&self, repo: &Repo, response: &Response) -> bool {
        let Some(status) = response.leaves.filter(|_| !self.errors.is_empty()) else {
            return false;
        };
        let program = program(repo, response.document).to_owned();
        self.errors.contains(&(program.clone(), Some(status)))
            || self.errors.contains(&(program, None))
    }
}

/// Whether a program lets in whoever has its one secret: `handlers/auth/shared_secret`; what keeps users
/// has more of them.
fn has_one_user(repo: &Repo, of: &str) -> bool {
    let paths = || {
        let modules = repo.facts.modules.iter().filter(|it| program(repo, it.document) == of);
        modules.map(|it| repo.source(it.document.source).path.as_str())
    };
    let is = |parts: &[&str], list: &[&str]| parts.iter().any(|it| list.contains(it));
    let has =
        |list: &[&str]| paths().any(|path| is(&path.split(['/', '.']).collect::<Vec<_>>(), list));
    has(&["shared-secret", "shared_secret", "sharedsecret", "single-user", "single_user"])
        && !has(&["user", "users", "account", "accounts"])
}

fn program(repo: &Repo, document: DocumentId) -> &str {
    repo.program(&repo.source(document.source).path)
}

/// The errors that the repository makes, by name.
struct Known<'r> {
    classes: BTreeMap<&'r str, Vec<&'r OwnError>>,
    /// Names of classes that are given texts of other errors.
    carrying: BTreeSet<&'r str>,
    functions: BTreeMap<&'r str, Vec<&'r PlainFunction>>,
    calls: Calls<'r>,
}

impl<'r> Known<'r> {
    fn of(repo: &'r Repo) -> Known<'r> {
        let mut known = Known {
            classes: BTreeMap::new(),
            carrying: BTreeSet::new(),
            functions: BTreeMap::new(),
            calls: Calls::of(repo),
        };
        for error in &repo.facts.own_errors {
            if error.carries {
                known.carrying.insert(&error.name);
            } else {
                known.classes.entry(&error.name).or_default().push(error);
            }
        }
        for function in &repo.facts.plain_functions {
            known.functions.entry(&function.name).or_default().push(function);
        }
        known
    }

    fn makes(&mut self, response: &Response) -> bool {
        match &response.origin {
            Origin::Any => false,
            Origin::Types(types) => types.iter().all(|ty| self.is_own(response.document, ty)),
            Origin::Call { called, own } => {
                let call = Called { from: response.document, name: called, own: *own };
                let name = called.rsplit(['.', '/', ':']).next().unwrap_or_default();
                let functions = self.functions.get(name).map_or(&[][..], Vec::as_slice);
                let calls = &mut self.calls;
                functions.iter().any(|function| {
                    let callee = Callee {
                        document: function.document,
                        class: function.class.as_deref(),
                        package: function.package.as_deref(),
                    };
                    calls.means(&call, &callee)
                })
            }
        }
    }

    /// Whether some code gives the text of another error to one of the types of an error.
    fn carries(&self, response: &Response) -> bool {
        // What the language itself has is raised everywhere, for other things.
        let name = |ty: &'_ str| {
            ty.rsplit('.').next().is_some_and(|it| it != "ValueError" && self.carrying.contains(it))
        };
        matches!(&response.origin, Origin::Types(types) if types.iter().any(|ty| name(ty)))
    }

    /// Whether a class of errors is one of the program's own, for something that it expects, and
    /// nobody gives it the text of another error.
    fn is_own(&mut self, from: DocumentId, ty: &str) -> bool {
        let name = ty.rsplit('.').next().unwrap_or(ty);
        let Some(classes) = self.classes.get(name) else { return false };
        if self.carrying.contains(name) || is_of_anything(name) {
            return false;
        }
        let calls = &mut self.calls;
        classes.iter().any(|class| calls.leads_to(from, ty, class.document))
    }
}

/// Whether the name of a class of errors says that it is one for whatever happens.
pub(in crate::repo) fn is_of_anything(name: &str) -> bool {
    const ANY: &[&str] =
        &["any", "base", "generic", "internal", "runtime", "unexpected", "unhandled", "unknown"];
    words(name).iter().any(|word| ANY.contains(&word.as_str()))
}
