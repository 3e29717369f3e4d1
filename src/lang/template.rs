//! Templates of Go's `text/template` (release 1.26) as Prometheus and Alertmanager read them.
//!
//! A template is a flat list of steps in the order of the text; pipelines stand beside them in a
//! list in which inner ones come before outer ones. Nothing recurses, so no nesting can overflow
//! the stack, and every analysis is a loop.

pub mod ast;
pub mod data;
pub mod functions;
mod lex;
mod literal;
mod parse;
mod pipeline;
pub mod reads;

use crate::lang::promql::Extent;
pub use ast::{Block, Command, Definition, Name, Operand, Pipe, PipeId, Step, StepKind, Term};
pub use parse::parse;

/// Who runs a template: which functions it has, and which variables exist from the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum Language {
    /// Labels and annotations of alerting rules.
    Prometheus,
    /// Settings of integrations and template files.
    Alertmanager,
    /// Settings that Alertmanager reads before its functions are there.
    Bare,
    /// Texts of Grafana's alerts and contact points, whose functions are more than are known here.
    Grafana,
}

/// What is wrong with a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub extent: Extent,
    /// What is wrong and what was expected, in words.
    pub message: String,
}

/// A template as far as it could be read.
#[derive(Clone, Debug, Default)]
pub struct Parsed {
    /// Texts and actions.
    pub steps: Vec<Step>,
    /// Pipelines, inner ones before those that hold them.
    pub pipes: Vec<Pipe>,
    /// Templates inside it, in the order in which they end.
    pub definitions: Vec<Definition>,
    /// What the program refuses, in the order found.
    pub faults: Vec<Fault>,
}

impl Parsed {
    /// A pipeline.
    pub fn pipe(&self, id: PipeId) -> &Pipe {
        &self.pipes[id.0 as usize]
    }

    /// The steps that are no part of a `define`, with their numbers.
    pub fn main(&self) -> impl Iterator<Item = (usize, &Step)> {
        let mut defined: Vec<(usize, usize)> = self
            .definitions
            .iter()
            .filter(|one| matches!(self.steps[one.first].kind, StepKind::Define(_)))
            .map(|one| (one.first, one.end))
            .collect();
        defined.sort_unstable();
        let mut next = defined.into_iter().peekable();
        self.steps.iter().enumerate().filter(move |(number, _)| {
            while next.peek().is_some_and(|(_, end)| end < number) {
                next.next();
            }
            next.peek().is_none_or(|(first, _)| first > number)
        })
    }
}

#[cfg(test)]
mod tests;
