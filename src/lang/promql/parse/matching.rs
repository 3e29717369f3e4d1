//! Label lists: `by`, `without`, `on`, `ignoring`, `group_left`, `group_right`, and `fill`.

use super::super::ast::{Extent, GroupSide, Grouping, Matching, Name, NodeId, Op};
use super::super::lex::{Tok, Word};
use super::super::{Feature, HOLE, number};
use super::{Infix, Parser, number_fault};

impl Parser<'_> {
    /// Reads `by (…)` or `without (…)`.
    pub(super) fn grouping(&mut self) -> Grouping {
        let without = self.is(Tok::Word(Word::Without));
        let word = self.token.extent;
        self.advance();
        let labels = self.labels(if without { "without" } else { "by" });
        Grouping { without, extent: Extent { start: word.start, end: self.last.end }, labels }
    }

    /// Reads `(label, …)`.
    fn labels(&mut self, word: &str) -> Vec<Name> {
        let mut labels = Vec::new();
        if self.accept(Tok::OpenParen).is_none() {
            self.unexpected(&format!("`(` and the labels of `{word}`"));
            return labels;
        }
        loop {
            if self.accept(Tok::CloseParen).is_some() {
                return labels;
            }
            match self.label() {
                Some(label) => labels.push(label),
                None => {
                    self.unexpected("a label or `)`");
                    self.skip_label();
                }
            }
            if self.accept(Tok::CloseParen).is_some() || self.is(Tok::End) {
                return labels;
            }
            // A gap may bring its own comma.
            let gap = self.is(Tok::Hole) || self.text(self.last).contains(HOLE);
            if self.accept(Tok::Comma).is_none() && !gap {
                self.unexpected("`,` or `)`");
                self.skip_label();
                self.accept(Tok::Comma);
            }
        }
    }

    fn skip_label(&mut self) {
        while !matches!(self.token.tok, Tok::End | Tok::Comma | Tok::CloseParen) {
            self.advance();
        }
    }

    fn label(&mut self) -> Option<Name> {
        let extent = self.token.extent;
        let text = match self.token.tok {
            Tok::Text => {
                self.need(extent, Feature::QuotedName);
                let text = self.unquoted(extent);
                if text.is_empty() {
                    self.fault(extent, "a label has a name");
                }
                text
            }
            // Of all words only this one names no label.
            Tok::Word(Word::Without) => return None,
            Tok::Name
            | Tok::Colonised
            | Tok::Aggregator(_)
            | Tok::Word(_)
            | Tok::Hole
            | Tok::Op(Op::And | Op::Or | Op::Unless | Op::Atan2) => self.text(extent).into(),
            _ => return None,
        };
        self.advance();
        Some(Name { text, extent })
    }

    /// Reads what may stand between a binary operator and its right side.
    pub(super) fn infix(&mut self, op: Op, op_extent: Extent, left: NodeId) -> Infix {
        let returns_bool = self.accept(Tok::Word(Word::Bool));
        let matching = match self.token.tok {
            Tok::Word(word @ (Word::On | Word::Ignoring)) => Some(Box::new(self.matching(word))),
            _ => None,
        };
        let fill = self.fill();
        Infix { op, op_extent, returns_bool, matching, fill, left }
    }

    fn matching(&mut self, word: Word) -> Matching {
        let start = self.token.extent.start;
        let on = word == Word::On;
        self.advance();
        let labels = self.labels(if on { "on" } else { "ignoring" });
        let extent = Extent { start, end: self.last.end };
        let group = match self.token.tok {
            Tok::Word(side @ (Word::GroupLeft | Word::GroupRight)) => Some(self.group_side(side)),
            _ => None,
        };
        Matching { on, extent, labels, group }
    }

    fn group_side(&mut self, side: Word) -> GroupSide {
        let start = self.token.extent.start;
        let left = side == Word::GroupLeft;
        self.advance();
        let labels = match self.token.tok {
            Tok::OpenParen => self.labels(if left { "group_left" } else { "group_right" }),
            _ => Vec::new(),
        };
        GroupSide { left, extent: Extent { start, end: self.last.end }, labels }
    }

    /// Reads `fill (0)`, or `fill_left (0)` and `fill_right (0)` in either order.
    fn fill(&mut self) -> Option<Extent> {
        let start = self.token.extent.start;
        let Tok::Word(first @ (Word::Fill | Word::FillLeft | Word::FillRight)) = self.token.tok
        else {
            return None;
        };
        self.advance();
        self.fill_value();
        let second = match first {
            Word::FillLeft => Tok::Word(Word::FillRight),
            Word::FillRight => Tok::Word(Word::FillLeft),
            _ => Tok::End,
        };
        if second != Tok::End && self.accept(second).is_some() {
            self.fill_value();
        }
        let extent = Extent { start, end: self.last.end };
        self.need(extent, Feature::Fill);
        Some(extent)
    }

    fn fill_value(&mut self) {
        if self.accept(Tok::OpenParen).is_none() {
            return self.unexpected("`(` and a number");
        }
        if let Tok::Op(Op::Add | Op::Sub) = self.token.tok {
            self.advance();
        }
        let extent = self.token.extent;
        let duration = self.is(Tok::Duration);
        if self.is(Tok::Hole) {
            self.advance();
        } else if duration || self.is(Tok::Number) {
            let text = self.text(extent);
            let value = if duration { number::seconds(text) } else { number::value(text) };
            if value.is_none() {
                self.fault(extent, number_fault(duration));
            }
            self.advance();
        } else {
            self.unexpected("a number");
        }
        if self.accept(Tok::CloseParen).is_none() {
            self.unexpected("`)`");
        }
    }
}
