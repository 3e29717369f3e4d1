//! How far the context of traces reaches: which programs make spans, and which of their libraries
//! hand context on by themselves.

use super::Repo;
use crate::facts::DocumentId;
use crate::identify::Kind;
use std::collections::{BTreeMap, BTreeSet};

/// What a program does with traces.
#[derive(Debug, Default)]
pub struct Reach {
    /// Its code makes a provider of spans.
    pub traced: bool,
    /// What is instrumented for requests it makes.
    pub clients: BTreeSet<&'static str>,
    /// What is instrumented for requests it answers.
    pub servers: BTreeSet<&'static str>,
    /// Threads hand context on.
    pub threads: bool,
    /// It has functions that must be waited for.
    pub waits: bool,
}

impl Reach {
    /// Whether one of these libraries, in words, writes context into its requests by itself.
    pub fn patches(&self, libraries: &str) -> bool {
        self.clients.contains("all")
            || libraries
                .split(' ')
                .any(|library| library == "always" || self.clients.contains(library))
    }
}

impl Repo {
    /// What the program of a document does with traces.
    pub fn reach(&self, document: DocumentId) -> &Reach {
        static NONE: Reach = Reach {
            traced: false,
            clients: BTreeSet::new(),
            servers: BTreeSet::new(),
            threads: false,
            waits: false,
        };
        let reaches = self.reaches.get_or_init(|| gather(self));
        reaches.get(&program(self, document)).unwrap_or(&NONE)
    }
}

/// A program: its folder and its language; a script beside a server is none of it.
pub type Program = (String, Kind);

fn program(repo: &Repo, document: DocumentId) -> Program {
    let folder = repo.program(&repo.source(document.source).path).to_owned();
    let language = match repo.document(document).kind {
        Kind::Typescript => Kind::Javascript,
        kind => kind,
    };
    (folder, language)
}

fn gather(repo: &Repo) -> BTreeMap<Program, Reach> {
    let mut found: BTreeMap<Program, Reach> = BTreeMap::new();
    for document in &repo.facts.span_providers {
        found.entry(program(repo, *document)).or_default().traced = true;
    }
    for document in &repo.facts.async_files {
        found.entry(program(repo, *document)).or_default().waits = true;
    }
    for one in &repo.facts.instrumentations {
        let reach = found.entry(program(repo, one.document)).or_default();
        if matches!(one.side, "client" | "both") {
            reach.clients.insert(one.of);
        }
        if matches!(one.side, "server" | "both") {
            reach.servers.insert(one.of);
        }
        reach.threads |= one.side == "threads";
    }
    found
}
