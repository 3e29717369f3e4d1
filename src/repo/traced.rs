//! Which services make spans of which work.

use super::Repo;
use super::propagation::Reach;
use super::services::Service;
use crate::facts::DocumentId;
use crate::facts::code::ListenerForm;
use crate::facts::code::outbound::Protocol;
use crate::facts::code::spans::{SpanAttribute, SpanRole, SpanScope};
use crate::lang::quick::QuickMap;
use crate::source::Span;
use std::collections::BTreeMap;

/// Numbers of facts of code by their document.
#[derive(Debug, Default)]
pub struct CodeIndex {
    spans: QuickMap<DocumentId, Vec<usize>>,
    attributes: BTreeMap<Span, Vec<usize>>,
    calls: QuickMap<DocumentId, Vec<usize>>,
    listeners: QuickMap<DocumentId, Vec<usize>>,
    injections: QuickMap<DocumentId, usize>,
    extractions: QuickMap<DocumentId, usize>,
    handoffs: QuickMap<DocumentId, Vec<usize>>,
}

impl CodeIndex {
    fn of(repo: &Repo) -> CodeIndex {
        let facts = &repo.facts;
        let mut index = CodeIndex::default();
        for (number, one) in facts.span_scopes.iter().enumerate() {
            index.spans.entry(one.document).or_default().push(number);
        }
        for (number, one) in facts.span_attributes.iter().enumerate() {
            if let Some(scope) = one.scope {
                index.attributes.entry(scope).or_default().push(number);
            }
        }
        for (number, one) in facts.outbound_calls.iter().enumerate() {
            index.calls.entry(one.document).or_default().push(number);
        }
        for (number, one) in facts.listeners.iter().enumerate() {
            index.listeners.entry(one.document).or_default().push(number);
        }
        for (number, one) in facts.handoffs.iter().enumerate() {
            index.handoffs.entry(one.document).or_default().push(number);
        }
        for (number, one) in facts.injections.iter().enumerate() {
            index.injections.entry(one.document).or_insert(number);
        }
        for (number, one) in facts.extractions.iter().enumerate() {
            index.extractions.entry(one.document).or_insert(number);
        }
        index
    }

    /// Whether the code of a document does anything that spans could be made of.
    fn has_work(&self, document: DocumentId) -> bool {
        self.calls.contains_key(&document)
            || self.listeners.contains_key(&document)
            || self.handoffs.contains_key(&document)
    }
}

/// Work that a service does, and whether spans are made of it.
#[derive(Clone, Copy, Debug)]
pub struct Work {
    /// What it is, in a few words.
    pub what: &'static str,
    /// Where the code does it.
    pub at: Span,
    /// Spans are made of it, or context goes with it.
    pub traced: bool,
}

impl Repo {
    fn code_index(&self) -> &CodeIndex {
        self.code_index.get_or_init(|| CodeIndex::of(self))
    }

    /// The spans that the code of a document starts.
    pub fn spans_in(&self, document: DocumentId) -> impl Iterator<Item = &SpanScope> {
        let numbers = self.code_index().spans.get(&document);
        numbers.into_iter().flatten().map(|number| &self.facts.span_scopes[*number])
    }

    /// The attributes that code sets on a span.
    pub fn attributes_of(&self, scope: &SpanScope) -> impl Iterator<Item = &SpanAttribute> {
        let numbers = self.code_index().attributes.get(&scope.at);
        numbers.into_iter().flatten().map(|number| &self.facts.span_attributes[*number])
    }

    /// All spans of a service.
    pub fn spans_of<'r>(&'r self, service: &'r Service) -> impl Iterator<Item = &'r SpanScope> {
        service.documents.iter().flat_map(|document| self.spans_in(*document))
    }

    /// What a service, by its number, does with traces.
    pub fn reach_of(&self, service: &Service) -> Option<&Reach> {
        let all = self.services();
        let number = all.iter().position(|one| std::ptr::eq(one, service))?;
        self.all_reaches().get(number)
    }

    /// The first span of a service that answers requests or handles messages; any span counts
    /// where nobody says what it is.
    pub fn serving_span<'r>(&'r self, service: &'r Service) -> Option<&'r SpanScope> {
        let mut spans = self.spans_of(service);
        spans.find(|span| !matches!(span.role, SpanRole::Client | SpanRole::Producer))
    }

    /// Whether a file does not serve what its program is for: it asks how things are, shows
    /// figures, or is a command of a command line.
    fn is_beside(&self, document: DocumentId) -> bool {
        const ASIDE: &[&str] = &["health", "metrics", "prometheus", "pprof", "debug"];
        const COMMANDS: &[&str] =
            &["github.com/spf13/cobra", "github.com/urfave/cli", "github.com/alecthomas/kong"];
        let path = &self.source(document.source).path;
        let aside = path.split('/').any(|part| {
            let stem = part.split('.').next().unwrap_or(part).to_ascii_lowercase();
            part.starts_with('.') || ASIDE.iter().any(|word| stem.contains(word))
        });
        let modules = &self.facts.modules;
        let module = modules.binary_search_by_key(&document, |module| module.document).ok();
        let imports = module.and_then(|at| modules.get(at)).map_or(&[][..], |it| &it.imports);
        aside || imports.iter().any(|it| COMMANDS.iter().any(|known| it.starts_with(known)))
    }

    /// The work of a service that spans should be made of: the first place of each kind.
    pub fn traced_work(&self, service: &Service) -> Vec<Work> {
        let Some(reach) = self.reach_of(service) else { return Vec::new() };
        let facts = &self.facts;
        let index = self.code_index();
        let mut all: Vec<Work> = Vec::new();
        let mut add = |what: &'static str, at: Span, traced: bool| {
            match all.iter_mut().find(|work| work.what == what) {
                // One place without is enough to lack it; one with proves only itself.
                Some(known) if known.traced && !traced => *known = Work { what, at, traced },
                Some(_) => {}
                None => all.push(Work { what, at, traced }),
            }
        };
        let spans: Vec<&SpanScope> = self.spans_of(service).collect();
        let has = |role: SpanRole| spans.iter().any(|span| span.role == role);
        let keyed = |start: &str| {
            spans.iter().any(|span| {
                self.attributes_of(span).any(|it| {
                    let key = it.key.text.to_ascii_lowercase().replace('_', ".");
                    key.contains(start)
                })
            })
        };
        let injects = service.documents.iter().any(|it| index.injections.contains_key(it));
        let extracts = service.documents.iter().any(|it| index.extractions.contains_key(it));
        // A script or an example beside the program is none of it.
        let works = |document: &&DocumentId| {
            !self.is_rehearsal(**document)
                && !self.is_errand(**document)
                && !self.is_beside(**document)
                && (reach.languages.is_empty()
                    || reach.languages.contains(&super::propagation::language(self, **document)))
        };
        let busy = service.documents.iter().filter(|document| index.has_work(**document));
        for document in busy.filter(works) {
            for call in index.calls.get(document).into_iter().flatten() {
                let call = &facts.outbound_calls[*call];
                if call.once && call.protocol.is_request() {
                    continue;
                }
                let at = call.name.span;
                let patched = reach.patches(call.patched);
                match call.protocol {
                    Protocol::Database => {
                        add("database spans", at, patched || keyed("db.") || keyed("db"))
                    }
                    Protocol::Http | Protocol::Grpc => {
                        add("client spans", at, patched || has(SpanRole::Client));
                        add("context in requests", at, patched || call.injects || injects);
                    }
                    Protocol::Messaging => {
                        add("producer spans", at, patched || has(SpanRole::Producer));
                        add("context in messages", at, patched || call.injects || injects);
                    }
                }
            }
            for listener in index.listeners.get(document).into_iter().flatten() {
                let listener = &facts.listeners[*listener];
                match listener.form {
                    ListenerForm::Requests => {
                        add("context of callers", listener.at, reach.serves() || extracts)
                    }
                    ListenerForm::Messages => {
                        let traced = reach.serves() || reach.agent;
                        add("consumer spans", listener.at, traced || has(SpanRole::Consumer));
                        add("context of senders", listener.at, traced || extracts);
                    }
                    _ => {}
                }
            }
            for handoff in index.handoffs.get(document).into_iter().flatten() {
                let handoff = &facts.handoffs[*handoff];
                let around = self.spans_in(*document).any(|span| span.holds(handoff.name.span));
                if around {
                    add(
                        "context in other threads",
                        handoff.name.span,
                        handoff.keeps || reach.threads || reach.agent,
                    );
                }
            }
        }
        all
    }
}

impl SpanScope {
    /// Whether a place stands where the span is open.
    pub fn holds(&self, at: Span) -> bool {
        self.region.is_some_and(|region| {
            region.source == at.source && region.start <= at.start && at.end <= region.end
        })
    }
}
