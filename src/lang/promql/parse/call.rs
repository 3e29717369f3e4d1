//! Function calls and aggregations.

use super::super::ast::{Aggregate, Aggregator, Call, Extent, Grouping, Kind, NodeId};
use super::super::functions::{self, Function, State};
use super::super::lex::{Tok, Word};
use super::super::{Feature, HOLE};
use super::{Frame, Parser};

impl Parser<'_> {
    pub(super) fn aggregation_or_selector(
        &mut self,
        op: Aggregator,
        name: Extent,
    ) -> Option<NodeId> {
        let grouping = match self.token.tok {
            Tok::Word(Word::By | Word::Without) => Some(self.grouping()),
            Tok::OpenParen => None,
            _ => return Some(self.selector(Some(name))),
        };
        if self.accept(Tok::OpenParen).is_none() {
            self.unexpected(&format!("`(` and what `{}` aggregates", op.name()));
            let inner = self.recover();
            let first = inner.0;
            return Some(self.aggregate(op, name, grouping, first, &[inner]));
        }
        let first = self.next_id();
        if self.accept(Tok::CloseParen).is_some() {
            return Some(self.close_aggregate(op, name, grouping, first, &[]));
        }
        self.frames.push(Frame::Aggregate { op, name, grouping, first, args: Vec::new() });
        None
    }

    pub(super) fn call_or_selector(&mut self, tok: Tok, name: Extent) -> Option<NodeId> {
        let callable = matches!(
            tok,
            Tok::Name
                | Tok::Word(
                    Word::Start | Word::End | Word::Step | Word::Range | Word::MaxOf | Word::MinOf
                )
        );
        if !callable || !self.is(Tok::OpenParen) {
            return Some(self.selector(Some(name)));
        }
        let function = self.function(name);
        self.advance();
        let first = self.next_id();
        if let Some(end) = self.accept(Tok::CloseParen) {
            let call = Call { function, name, args: Vec::new() };
            return Some(self.push(name.to(end), first, Kind::Call(call)));
        }
        self.frames.push(Frame::Call { function, name, first, args: Vec::new() });
        None
    }

    /// A gap as an operand: a metric, a call, an aggregation, a number, or anything else.
    pub(super) fn hole(&mut self, extent: Extent) -> Option<NodeId> {
        let grouped = matches!(self.token.tok, Tok::Word(Word::By | Word::Without));
        if grouped {
            self.grouping();
        }
        match self.token.tok {
            Tok::OpenParen => {
                self.advance();
                let first = self.next_id();
                let (function, name, args) = (None, extent, Vec::new());
                if let Some(end) = self.accept(Tok::CloseParen) {
                    let call = Call { function, name, args };
                    return Some(self.push(name.to(end), first, Kind::Call(call)));
                }
                self.frames.push(Frame::Call { function, name, first, args });
                None
            }
            Tok::OpenBrace | Tok::OpenBracket => Some(self.selector(Some(extent))),
            _ if self.is_part_of_a_name(extent) => Some(self.selector(Some(extent))),
            _ => {
                self.loose = true;
                Some(self.leaf(extent, Kind::Invalid))
            }
        }
    }

    /// Whether letters of the text itself stand beside a gap: `x_$a`, `${a}_x`, `$a:$b`.
    fn is_part_of_a_name(&self, extent: Extent) -> bool {
        let text = self.text(extent);
        match text.strip_prefix(HOLE) {
            None => true,
            Some(rest) => text.contains(':') || (rest.starts_with(HOLE) && !text.ends_with(HOLE)),
        }
    }

    /// After a call of nobody knows what: `by` and `without` may follow, if it aggregates.
    pub(super) fn late_grouping(&mut self, name: Extent) {
        let grouped = matches!(self.token.tok, Tok::Word(Word::By | Word::Without));
        if grouped && self.text(name).contains(HOLE) {
            self.grouping();
        }
    }

    pub(super) fn function(&mut self, name: Extent) -> Option<&'static Function> {
        let text = self.text(name);
        let Some(function) = functions::named(text) else {
            let near = functions::nearest(text)
                .map_or_else(String::new, |near| format!(", did you mean `{near}`?"));
            self.fault(name, format!("there is no function `{text}`{near}"));
            return None;
        };
        if function.state != State::Stable {
            self.need(name, Feature::Function(function));
        }
        Some(function)
    }

    /// After the closing parenthesis of an aggregation: `by` and `without` may follow.
    pub(super) fn close_aggregate(
        &mut self,
        op: Aggregator,
        name: Extent,
        grouping: Option<Grouping>,
        first: u32,
        args: &[NodeId],
    ) -> NodeId {
        let grouping = match (grouping, self.token.tok) {
            (None, Tok::Word(Word::By | Word::Without)) => Some(self.grouping()),
            (grouping, _) => grouping,
        };
        self.aggregate(op, name, grouping, first, args)
    }

    pub(super) fn aggregate(
        &mut self,
        op: Aggregator,
        op_extent: Extent,
        grouping: Option<Grouping>,
        first: u32,
        args: &[NodeId],
    ) -> NodeId {
        let extent = Extent { start: op_extent.start, end: self.last.end };
        let wanted = 1 + usize::from(op.has_param());
        if args.len() != wanted {
            let plural = if wanted == 1 { "" } else { "s" };
            let count = args.len();
            let message = format!("`{}` takes {wanted} argument{plural}, not {count}", op.name());
            self.fault(extent, message);
        }
        if op.is_experimental() {
            self.need(op_extent, Feature::Aggregation(op));
        }
        let (param, inner) = match (args, op.has_param()) {
            ([param, inner, ..], true) => (Some(*param), Some(*inner)),
            ([inner, ..], false) => (None, Some(*inner)),
            _ => (None, None),
        };
        let aggregate = Aggregate { op, op_extent, grouping, param, inner };
        self.push(extent, first, Kind::Aggregate(Box::new(aggregate)))
    }
}
