//! What stands around a place: found by the order of the text, not by a look at all of it.

use super::{ExprId, Place, StmtId, Unit};
use std::sync::OnceLock;

/// The index of a file's expressions and statements, each made when it is first asked for.
#[derive(Debug, Default)]
pub(super) struct Nesting {
    exprs: OnceLock<Index>,
    stmts: OnceLock<Index>,
}

/// Places in the order of the text, outer ones first.
#[derive(Debug)]
struct Index {
    /// A place and the number of what stands there.
    sorted: Vec<(Place, u32)>,
    /// For each, its position plus one of the nearest that begins before and ends behind its first
    /// byte; none: 0.
    outer: Vec<u32>,
}

impl Index {
    fn of(places: impl Iterator<Item = Place>) -> Self {
        let mut sorted: Vec<(Place, u32)> = places.zip(0..).collect();
        sorted.sort_unstable_by_key(|(at, number)| (at.start, u32::MAX - at.end, *number));
        let mut open: Vec<(u32, u32)> = Vec::new();
        let mut outer = Vec::with_capacity(sorted.len());
        for ((at, _), position) in sorted.iter().zip(1..) {
            while open.last().is_some_and(|(end, _)| *end <= at.start) {
                open.pop();
            }
            outer.push(open.last().map_or(0, |(_, position)| *position));
            open.push((at.end, position));
        }
        Index { sorted, outer }
    }

    /// The numbers of what holds a place whole, inner ones first.
    fn around(&self, at: Place) -> impl Iterator<Item = u32> + '_ {
        let last = self.sorted.partition_point(|(it, _)| it.start <= at.start);
        let up = |position: &usize| {
            let outer = *self.outer.get(position.checked_sub(1)?)?;
            (outer > 0).then_some(outer as usize)
        };
        let chain = std::iter::successors((last > 0).then_some(last), up);
        let held = chain.filter_map(|position| self.sorted.get(position - 1));
        held.filter(move |(it, _)| at.end <= it.end).map(|(_, number)| *number)
    }
}

impl Unit<'_> {
    /// The expressions that hold a place whole, inner ones first.
    pub fn exprs_around(&self, at: &Place) -> impl Iterator<Item = ExprId> + '_ {
        let index = || Index::of(self.exprs.iter().map(|expr| expr.at.clone()));
        self.nesting.exprs.get_or_init(index).around(at.clone()).map(ExprId)
    }

    /// The statements that hold a place whole, inner ones first.
    pub fn stmts_around(&self, at: &Place) -> impl Iterator<Item = StmtId> + '_ {
        let index = || Index::of(self.stmts.iter().map(|stmt| stmt.at.clone()));
        self.nesting.stmts.get_or_init(index).around(at.clone()).map(StmtId)
    }
}
