//! What may stand behind an operand: ranges, subqueries, `offset`, `@`, `anchored`, `smoothed`.

use super::super::Feature;
use super::super::ast::{
    At, Extent, Kind, Length, Modifiers, NodeId, Op, Point, Subquery, Written,
};
use super::super::lex::{Tok, Word};
use super::super::number;
use super::{Parser, number_fault};

impl Parser<'_> {
    /// Applies everything that stands behind `operand`.
    pub(super) fn postfix(&mut self, mut operand: NodeId) -> NodeId {
        loop {
            match self.token.tok {
                Tok::OpenBracket => operand = self.bracket(operand),
                Tok::Word(Word::Offset) => self.offset(operand),
                Tok::At => self.at(operand),
                Tok::Word(word @ (Word::Anchored | Word::Smoothed)) => {
                    self.extended(operand, word);
                }
                _ => return operand,
            }
        }
    }

    fn bracket(&mut self, inner: NodeId) -> NodeId {
        let open = self.token.extent;
        self.advance();
        let window = self.length("a duration such as `5m`");
        self.positive(window);
        if self.accept(Tok::Colon).is_none() {
            self.close_bracket("`:` or `]`");
            return self.range(inner, window, open);
        }
        let step = (!self.is(Tok::CloseBracket)).then(|| self.length("a duration or `]`"));
        if let Some(step) = step {
            self.positive(step);
        }
        self.close_bracket("`]`");
        let node = self.node(inner);
        let extent = Extent { start: node.extent.start, end: self.last.end };
        let first = node.first;
        let subquery = Subquery { inner, window, step, modifiers: Modifiers::default() };
        self.push(extent, first, Kind::Subquery(Box::new(subquery)))
    }

    fn close_bracket(&mut self, expected: &str) {
        if self.accept(Tok::CloseBracket).is_some() {
            return;
        }
        self.unexpected(expected);
        while !matches!(self.token.tok, Tok::End | Tok::CloseBracket) {
            self.advance();
        }
        self.accept(Tok::CloseBracket);
    }

    fn range(&mut self, inner: NodeId, window: Length, open: Extent) -> NodeId {
        let brackets = Extent { start: open.start, end: self.last.end };
        match &self.node(inner).kind {
            Kind::Selector(selector) => {
                let modifiers = &selector.modifiers;
                if is_offset(modifiers) {
                    self.fault(brackets, "the range must stand before `offset`");
                } else if modifiers.at.is_some() {
                    self.fault(brackets, "the range must stand before `@`");
                }
            }
            Kind::Invalid => {}
            _ => self.fault(
                brackets,
                "only a selector has a range; write a subquery with `:` for other expressions",
            ),
        }
        let node = self.node(inner);
        let extent = Extent { start: node.extent.start, end: self.last.end };
        let first = node.first;
        self.push(extent, first, Kind::Range { inner, window })
    }

    fn positive(&mut self, length: Length) {
        if length.literal && length.seconds.is_some_and(|seconds| seconds <= 0.0) {
            self.fault(length.extent, "this duration must be greater than 0");
        }
    }

    /// The modifiers of a selector, a range or a subquery.
    fn modifiers(&mut self, operand: NodeId) -> Option<&mut Modifiers> {
        let holder = match self.node(operand).kind {
            Kind::Range { inner, .. } => inner,
            _ => operand,
        };
        match &mut self.node_mut(holder).kind {
            Kind::Selector(selector) => Some(&mut selector.modifiers),
            Kind::Subquery(subquery) if holder == operand => Some(&mut subquery.modifiers),
            _ => None,
        }
    }

    fn misplaced(&mut self, operand: NodeId, word: Extent, name: &str) {
        if !matches!(self.node(operand).kind, Kind::Invalid) {
            let message =
                format!("`{name}` must stand directly behind a selector, a range or a subquery");
            self.fault(word, message);
        }
    }

    fn extend(&mut self, operand: NodeId) {
        self.node_mut(operand).extent.end = self.last.end;
    }

    fn offset(&mut self, operand: NodeId) {
        let word = self.token.extent;
        self.advance();
        let length = self.offset_length();
        match self.modifiers(operand) {
            Some(modifiers) if is_offset(modifiers) => {
                self.fault(word, "`offset` may stand only once");
            }
            Some(modifiers) => modifiers.offset = Some(length),
            None => return self.misplaced(operand, word, "offset"),
        }
        self.extend(operand);
    }

    fn at(&mut self, operand: NodeId) {
        let word = self.token.extent;
        self.advance();
        let Some(point) = self.point() else { return };
        let extent = Extent { start: word.start, end: self.last.end };
        match self.modifiers(operand) {
            Some(modifiers) if modifiers.at.is_some() => {
                self.fault(word, "`@` may stand only once")
            }
            Some(modifiers) => modifiers.at = Some(At { extent, point }),
            None => return self.misplaced(operand, word, "@"),
        }
        self.extend(operand);
    }

    fn point(&mut self) -> Option<Point> {
        if let Tok::Word(word @ (Word::Start | Word::End)) = self.token.tok {
            self.advance();
            for (tok, sign) in [(Tok::OpenParen, "`(`"), (Tok::CloseParen, "`)`")] {
                if self.accept(tok).is_none() {
                    self.unexpected(sign);
                    return None;
                }
            }
            return Some(if word == Word::Start { Point::Start } else { Point::End });
        }
        let negative = self.is(Tok::Op(Op::Sub));
        if negative || self.is(Tok::Op(Op::Add)) {
            self.advance();
        }
        let extent = self.token.extent;
        if self.accept(Tok::Hole).is_some() {
            // No point in time is known to be the same.
            return Some(Point::Seconds(f64::NAN));
        }
        let duration = self.is(Tok::Duration);
        if !duration && !self.is(Tok::Number) {
            self.unexpected("seconds since 1970, `start()` or `end()`");
            return None;
        }
        let text = self.text(extent);
        let value = if duration { number::seconds(text) } else { number::value(text) };
        self.advance();
        match value {
            None => self.fault(extent, number_fault(duration)),
            Some(value) if !value.is_finite() || value.abs() >= 9_223_372_036_854_775_807.0 => {
                self.fault(extent, "this point in time is out of range");
            }
            Some(_) => {}
        }
        let seconds = value.unwrap_or(0.0);
        Some(Point::Seconds(if negative { -seconds } else { seconds }))
    }

    fn extended(&mut self, operand: NodeId, word: Word) {
        let extent = self.token.extent;
        self.advance();
        self.need(extent, Feature::ExtendedRange);
        let name = if word == Word::Anchored { "anchored" } else { "smoothed" };
        if matches!(self.node(operand).kind, Kind::Subquery(_)) {
            return self.fault(extent, format!("`{name}` does not work on a subquery"));
        }
        let Some(modifiers) = self.modifiers(operand) else {
            return self.misplaced(operand, extent, name);
        };
        let modifiers: &mut Written = modifiers;
        let (slot, other) = match word {
            Word::Anchored => (&mut modifiers.anchored, modifiers.smoothed),
            _ => (&mut modifiers.smoothed, modifiers.anchored),
        };
        *slot = Some(extent);
        if other.is_some() {
            self.fault(extent, "`anchored` and `smoothed` exclude each other");
        }
        self.extend(operand);
    }
}

/// Whether an offset other than 0 is set; Prometheus takes 0 for none.
fn is_offset(modifiers: &Modifiers) -> bool {
    modifiers.offset.is_some_and(|offset| {
        !offset.literal || offset.seconds.is_some_and(|seconds| (seconds * 1e9).round() != 0.0)
    })
}
