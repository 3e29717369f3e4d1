//! Where traces rest: Jaeger, or another store that takes its place; how long, on what, and who
//! can look at them.

mod jaeger;
mod other;
mod tempo;

use super::Repo;
use crate::facts::DocumentId;
use crate::lang::duration;
use crate::source::Span;

/// A store of traces.
#[derive(Clone, Debug)]
pub struct TraceStore {
    /// Where it came from.
    pub document: DocumentId,
    /// The token that shows it.
    pub span: Span,
    /// Its word in the configuration: `jaeger`, `tempo`, `zipkin`, `hosted`.
    pub product: &'static str,
    /// What it keeps traces on.
    pub storage: Storage,
    /// How long it keeps them.
    pub retention: Retention,
    /// Whether people can look at them.
    pub shown: Shown,
}

/// What traces are kept on.
#[derive(Clone, Debug)]
pub enum Storage {
    /// In memory: a restart forgets them.
    Memory(Span),
    /// On something that lasts, and where that is written.
    Lasting(String, Span),
    /// Nobody can know.
    Unknown,
}

/// How long traces are kept.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Retention {
    /// So many seconds, as written here.
    For(f64, Span),
    /// They are deleted by what is written here, after a time that is not read.
    Stated(Span),
    /// So many seconds, because the program does so by itself.
    Default(f64),
    /// Nothing deletes them.
    Never,
    /// Nobody can know.
    Unknown,
    /// A restart forgets them before.
    Moot,
}

/// Whether people can look at traces.
#[derive(Clone, Copy, Debug)]
pub enum Shown {
    /// Here.
    Yes(Span),
    /// Nothing shows them.
    No,
    /// Nobody can know.
    Unknown,
}

const DAY: f64 = 86_400.0;

/// Seconds of a duration as Go programs and Prometheus write it.
fn seconds(text: &str) -> Option<f64> {
    let text = text.trim();
    let prometheus = duration::prometheus(text).map(|ms| ms as f64 / 1e3);
    prometheus.or_else(|| duration::go(text).map(|ns| ns as f64 / 1e9)).filter(|it| *it > 0.0)
}

impl Repo {
    /// All stores of traces, in the order of the files; vendored ones prove nothing.
    pub fn trace_stores(&self) -> &[TraceStore] {
        self.trace_stores.get_or_init(|| {
            let mut stores = jaeger::stores(self);
            stores.extend(tempo::stores(self));
            stores.extend(other::stores(self));
            stores.retain(|store| {
                self.origin(store.document.source) != crate::source::Origin::Vendored
            });
            stores.sort_by_key(|store| (store.document, store.span));
            stores
        })
    }

    /// The store that a token shows.
    pub fn trace_store_at(&self, span: Span) -> Option<&TraceStore> {
        self.trace_stores().iter().find(|store| store.span == span)
    }
}
