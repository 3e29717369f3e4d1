//! The language of Logstash pipelines: a parser with spans that goes on after a fault.
//!
//! It takes and refuses what the published grammar does. A tree is one flat list of nodes in
//! pre-order, built with explicit stacks, so that nesting of any depth is only memory.

mod condition;
pub mod event;
mod fault;
mod parse;
mod recover;
mod scan;
mod tree;
mod value;

pub use fault::{Fault, FaultKind};
pub use parse::parse;
pub use tree::{Boolean, Extent, Kind, Node, NodeId, Section, Test, Tree, unquoted};

#[cfg(test)]
mod tests;
