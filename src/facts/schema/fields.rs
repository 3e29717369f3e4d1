//! A mapping of a document, its keys compared with a table.

use super::table::{Field, TypeTable};
use crate::parse::tree::NodeRef;
use crate::source::Span;

/// A mapping with its fields looked up.
pub(crate) struct Fields<'t> {
    pub(crate) table: &'static TypeTable,
    pub(crate) entries: Vec<(&'static Field, NodeRef<'t>, NodeRef<'t>)>,
    /// Keys may be missing here.
    pub(crate) open: bool,
    pub(crate) owner: Span,
}

impl<'t> Fields<'t> {
    pub(crate) fn get(&self, name: &str) -> Option<NodeRef<'t>> {
        self.entry(name).map(|(_, value)| value)
    }

    pub(crate) fn entry(&self, name: &str) -> Option<(NodeRef<'t>, NodeRef<'t>)> {
        let found = self.entries.iter().find(|(field, ..)| field.name == name);
        found.map(|(_, key, value)| (*key, *value))
    }
}
