//! Whether anything writes a record of what a handler does: what it calls, or what stands around
//! it.

use super::Repo;
use crate::facts::DocumentId;
use crate::facts::code::audits::{Hears, SecurityHandler};
use crate::source::Span;
use std::collections::{BTreeMap, BTreeSet};

/// Who tells of what happens.
#[derive(Debug, Default)]
pub struct Told {
    /// Names of code that writes records, itself or by what it calls.
    tellers: BTreeSet<String>,
    /// Names that code which writes records calls.
    called: BTreeSet<String>,
    /// Services in which each request leaves a record.
    requests: BTreeSet<usize>,
    /// Such a record is written outside of all services.
    anywhere: bool,
    /// What hears of logins by the framework.
    framework: Option<Span>,
}

/// Most steps from a handler to the code that writes the record.
const STEPS: usize = 4;

impl Repo {
    /// Whether a handler certainly leaves no record.
    pub fn is_silent(&self, handler: &SecurityHandler) -> bool {
        let told = self.told();
        let around = self.services_with(handler.document).iter();
        !handler.told
            && !told.anywhere
            && !around.into_iter().any(|number| told.requests.contains(number))
            && !handler.calls.iter().any(|name| told.tellers.contains(name))
            && (handler.routed || !told.called.contains(&handler.name.text))
    }

    /// What hears of logins by the framework.
    pub fn audit_listener(&self) -> Option<Span> {
        self.told().framework
    }

    fn told(&self) -> &Told {
        self.told.get_or_init(|| gather(self))
    }
}

fn gather(repo: &Repo) -> Told {
    let facts = &repo.facts;
    let mut told = Told::default();
    let mut hear = |document: DocumentId| {
        let services = repo.services_with(document);
        told.anywhere |= services.is_empty();
        told.requests.extend(services.iter().copied());
    };
    for one in facts.tellers.iter().filter(|one| one.around && one.logs) {
        hear(one.document);
    }
    for one in &facts.listenings {
        match one.hears {
            Hears::Requests => hear(one.document),
            Hears::Framework => told.framework = told.framework.or(Some(one.at)),
        }
    }
    // From those who write records back to all who call them.
    let mut callers: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for one in &facts.tellers {
        for name in &one.calls {
            callers.entry(name).or_default().push(&one.name);
        }
        if one.logs {
            told.called.extend(one.calls.iter().cloned());
        }
    }
    for one in facts.security_handlers.iter().filter(|one| one.routed) {
        // What a handler calls is told of with the handler.
        told.called.extend(one.calls.iter().cloned());
    }
    let first = facts.tellers.iter().filter(|one| one.logs).map(|one| one.name.as_str());
    let mut all: BTreeSet<&str> = first.collect();
    let mut last: Vec<&str> = all.iter().copied().collect();
    for _ in 0..STEPS {
        let next = last.iter().filter_map(|name| callers.get(name)).flatten().copied();
        last = next.filter(|name| all.insert(name)).collect();
    }
    told.tellers = all.into_iter().map(str::to_owned).collect();
    told
}
