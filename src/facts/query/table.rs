//! The search language as `queries/` tells it, as the build wrote it.

/// What a query of one kind looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `{ FIELD: value }` or `{ FIELD: { options } }`.
    Field,
    /// `{ FIELD: { options } }`.
    Object,
    /// `{ FIELD: [values] }`, beside options.
    List,
    /// `{ options }`.
    Options,
    /// Not looked into.
    Any,
}

/// A kind of query.
#[derive(Debug)]
pub struct Clause {
    /// Its name.
    pub name: &'static str,
    /// What it looks like.
    pub form: Form,
    /// Options.
    pub takes: &'static [&'static str],
    /// Options that hold queries.
    pub queries: &'static [&'static str],
    /// Options that must be there.
    pub required: &'static [&'static str],
}

/// A kind of aggregation.
#[derive(Debug)]
pub struct Kind {
    /// Its name.
    pub name: &'static str,
    /// Options; `None` if it is not looked into.
    pub takes: Option<&'static [&'static str]>,
    /// One of these must be there.
    pub needs: &'static [&'static str],
}

/// The kind of query with this name.
pub fn clause(name: &str) -> Option<&'static Clause> {
    CLAUSES.iter().find(|clause| clause.name == name)
}

/// The kind of aggregation with this name.
pub fn aggregation(name: &str) -> Option<&'static Kind> {
    AGGREGATIONS.iter().find(|kind| kind.name == name)
}

/// Names of all kinds of queries.
pub fn clauses() -> impl Iterator<Item = &'static str> {
    CLAUSES.iter().map(|clause| clause.name)
}

/// Names of all kinds of aggregations.
pub fn aggregations() -> impl Iterator<Item = &'static str> {
    AGGREGATIONS.iter().map(|kind| kind.name)
}

/// Keys of a search.
pub fn body() -> &'static [&'static str] {
    BODY
}

include!(concat!(env!("OUT_DIR"), "/queries.rs"));
