//! Spans that code starts: their name and kind, where they are open, how they end, and what is
//! done with the errors in them.

pub(super) mod attributes;
mod catches;
mod context;
mod current;
mod ends;
mod guards;
mod names;
mod passed;
mod starts;
mod wrapped;

use super::file::File;
use super::layout::Layout;
use crate::facts::scalar::Scalar;
use crate::facts::subject::{Held, SubjectKind};
use crate::facts::{DocumentId, FileFacts, Subject};
use crate::lang::sensitive::words;
use crate::source::Span;
use std::collections::BTreeSet;

pub use attributes::SpanAttribute;
pub use current::{CurrentSpan, EmptyTest};
pub use guards::SpanGuard;
pub use passed::PassedError;
pub use wrapped::{Given, SpanFunction, WrappedArg, WrappedSpan};

/// How code holds a span.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    borsh::BorshSerialize,
    borsh::BorshDeserialize,
)]
pub enum SpanForm {
    /// A block that ends it: `with`, `using`.
    Block,
    /// A variable: somebody has to end it.
    Manual,
    /// A function is called with it and has to end it.
    Callback,
    /// All of a function, by a decorator, an annotation or an attribute.
    Function,
    /// It ends when it is dropped.
    Dropped,
    /// The library ends it.
    Own,
}

/// What a span says it is.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    borsh::BorshSerialize,
    borsh::BorshDeserialize,
)]
pub enum SpanRole {
    /// Nobody said: internal.
    Default,
    /// Internal.
    Internal,
    /// Answers a request.
    Server,
    /// Makes one.
    Client,
    /// Sends a message.
    Producer,
    /// Handles one.
    Consumer,
    /// Nobody can know.
    Unknown,
}

/// How a span ends.
#[derive(Clone, Debug, PartialEq, Eq, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum SpanEnd {
    /// On all ways, or in a place that cannot be followed.
    Ended,
    /// On all ways but that of an error that something between start and end may raise.
    Straight {
        /// The call that ends it.
        end: Span,
        /// What may raise.
        risk: Span,
    },
    /// Nothing ends it.
    Never,
    /// What would start it is made and never entered.
    Unentered,
    /// Nothing here ends it, and its context goes on to others, who may take it from there.
    Handed,
    /// These leave the function while it is open.
    Left(Vec<Span>),
    /// A function that others may call gives it back.
    Returned,
}

/// An error that a span gets twice: by hand, and by what ends it.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct RecordedTwice {
    /// The call that records it.
    pub record: Span,
    /// What passes it on.
    pub again: Span,
    /// What to take away, where the call is a statement of its own.
    pub statement: Option<Span>,
}

/// How a span loses the trace it belongs to.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum ContextLoss {
    /// It starts from nothing although the function was given a context.
    Root {
        /// What it starts from.
        given: Span,
        /// The parameter that holds the context.
        param: Span,
        /// What it would start from.
        instead: String,
    },
    /// Its own context is thrown away, and a later call gets the old one.
    Dropped {
        /// The blank name.
        blank: Span,
        /// The context in the later call.
        later: Span,
        /// Its name; empty where it has none.
        instead: String,
        /// What is called with it, where the span is about little more than that call, and nobody
        /// knows whether spans are made there.
        brief: Option<String>,
    },
}

/// A span that code starts.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct SpanScope {
    /// The file.
    pub document: DocumentId,
    /// Its name, where it is a text.
    pub name: Option<Scalar>,
    /// The word that starts it.
    pub at: Span,
    /// How code holds it.
    pub form: SpanForm,
    /// What it says it is.
    pub role: SpanRole,
    /// Where it is open, as far as the text shows.
    pub region: Option<Span>,
    /// The name of the function around; empty of a lambda.
    pub function: String,
    /// Code outside of the file may call that function.
    pub exported: bool,
    /// How it ends.
    pub end: SpanEnd,
    /// A value in its name that takes any number of forms.
    pub unbounded: Option<Scalar>,
    /// Errors that it gets twice.
    pub twice: Vec<RecordedTwice>,
    /// Handlers in it that hide an error.
    pub swallowed: Vec<Span>,
    /// How it loses its trace.
    pub loss: Option<ContextLoss>,
}

impl Subject for SpanScope {
    fn kind(&self) -> SubjectKind {
        SubjectKind::SpanScope
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        match &self.name {
            Some(name) => format!("span {}", name.text),
            None if self.function.is_empty() => "span".to_owned(),
            None => format!("span in {}", self.function),
        }
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.at)
    }
    fn field(&self, path: &str) -> Held<'_> {
        match (path, &self.name) {
            ("name", Some(name)) => name.held(),
            ("name", None) => Held::Unknown,
            _ => Held::Nothing,
        }
    }
    fn field_span(&self, path: &str) -> Option<Span> {
        self.name.as_ref().filter(|_| path == "name").map(|name| name.span)
    }
}

/// Words of which names of functions that give spans have one.
const SPEAKS: &[&str] =
    &["span", "spans", "trace", "tracing", "activity", "segment", "transaction"];

/// Whether the name of a function speaks of spans: calls of such functions are known.
pub fn speaks_of_spans(name: &str) -> bool {
    // Most names do not: parts of the words, whatever their case, are quickly looked for.
    if !["pan", "rac", "ctivity", "egment", "ransaction"].iter().any(|part| name.contains(part)) {
        return false;
    }
    words(name).iter().any(|word| SPEAKS.contains(&word.as_str()))
}

/// Reads the spans of a file.
pub(super) fn read(file: &File<'_, '_>, facts: &mut FileFacts) {
    let called = file.unit.calls().filter_map(|call| file.called(call));
    let called: BTreeSet<&str> = called.filter(|name| speaks_of_spans(name)).collect();
    facts.span_calls.extend(called.into_iter().map(str::to_owned));
    let known = file.calls.iter().any(|call| call.roles.iter().any(|api| api.role.is_of_spans()));
    let mut seen = BTreeSet::new();
    if !known {
        return wrapped::read(file, &mut seen, facts);
    }
    let layout = Layout::of(file.unit);
    starts::read(file, &layout, &mut seen, facts);
    wrapped::read(file, &mut seen, facts);
    passed::read(file, &layout, facts);
    attributes::read(file, &layout, facts);
    current::read(file, &layout, facts);
    guards::read(file, &layout, facts);
}
