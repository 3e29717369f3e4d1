//! Selectors: a name and matchers in braces.

use super::super::ast::{Extent, Kind, Matcher, Name, NodeId, Selector};
use super::super::lex::Tok;
use super::super::{Feature, HOLE, ast::Op};
use super::{Parser, exact};
use crate::lang::matcher::MatchOp;
use crate::lang::re2;

impl Parser<'_> {
    /// Reads a selector whose name, if it has one, was just read.
    pub(super) fn selector(&mut self, name: Option<Extent>) -> NodeId {
        let name = name.map(|extent| Name { text: self.text(extent).into(), extent });
        let mut selector = Selector::of(name);
        let mut extent = selector.name.as_ref().map_or(self.token.extent, |name| name.extent);
        if let Some(open) = self.accept(Tok::OpenBrace) {
            self.matchers();
            selector.matchers = exact(&mut self.matchers);
            let braces = Extent { start: open.start, end: self.last.end };
            selector.braces = Some(braces);
            extent.end = braces.end;
        }
        selector.find_metric();
        self.leaf(extent, Kind::Selector(Box::new(selector)))
    }

    fn matchers(&mut self) {
        loop {
            if self.accept(Tok::CloseBrace).is_some() {
                return;
            }
            match self.token.tok {
                Tok::Name | Tok::Text | Tok::Hole => {
                    let matcher = self.matcher();
                    self.matchers.extend(matcher);
                }
                _ => {
                    self.unexpected("a label or `}`");
                    self.skip_matcher();
                }
            }
            if self.accept(Tok::CloseBrace).is_some() || self.is(Tok::End) {
                return;
            }
            // A gap may bring its own comma.
            let gap = self.is(Tok::Hole) || self.text(self.last).contains(HOLE);
            if self.accept(Tok::Comma).is_none() && !gap {
                self.unexpected("`,` or `}`");
                self.skip_matcher();
                self.accept(Tok::Comma);
            }
        }
    }

    fn skip_matcher(&mut self) {
        while !matches!(self.token.tok, Tok::End | Tok::Comma | Tok::CloseBrace) {
            self.advance();
        }
    }

    fn matcher(&mut self) -> Option<Matcher> {
        let quoted = self.is(Tok::Text);
        let extent = self.token.extent;
        let text = if quoted { self.unquoted(extent) } else { self.text(extent).into() };
        self.advance();
        if quoted {
            self.need(extent, Feature::QuotedName);
        }
        let op_extent = self.token.extent;
        let op = match self.token.tok {
            Tok::Assign => MatchOp::Equal,
            Tok::Op(Op::NotEqual) => MatchOp::NotEqual,
            Tok::EqualRegex => MatchOp::Regex,
            Tok::NotRegex => MatchOp::NotRegex,
            _ if quoted => {
                return Some(Matcher {
                    label: Name { text: "__name__".into(), extent },
                    op: MatchOp::Equal,
                    op_extent: Extent { start: extent.end, end: extent.end },
                    value: text,
                    value_extent: extent,
                });
            }
            // The gap holds the operator too, or whole matchers.
            _ if text.contains(HOLE) => {
                self.loose = true;
                self.accept(Tok::Text);
                let label = Name { text: text.clone(), extent };
                return Some(Matcher {
                    label,
                    op: MatchOp::Equal,
                    op_extent,
                    value: text,
                    value_extent: extent,
                });
            }
            _ => {
                self.unexpected("`=`, `!=`, `=~` or `!~`");
                self.skip_matcher();
                return None;
            }
        };
        self.advance();
        let value_extent = self.token.extent;
        if let Some(gap) = self.accept(Tok::Hole) {
            let (label, value) = (Name { text, extent }, self.text(gap).into());
            return Some(Matcher { label, op, op_extent, value, value_extent });
        }
        if !self.is(Tok::Text) {
            self.unexpected("a text in quotes");
            self.skip_matcher();
            return None;
        }
        let value = self.unquoted(value_extent);
        self.advance();
        if op.is_regex()
            && !is_plain(&value)
            && let Some(fault) = re2::fault_in_prometheus(&value)
        {
            self.fault(value_extent, format!("this regular expression does not compile: {fault}"));
        }
        let label = Name { text, extent };
        Some(Matcher { label, op, op_extent, value, value_extent })
    }
}

/// Patterns of alternatives without operators that could be at fault.
fn is_plain(pattern: &str) -> bool {
    // What stands in a gap is not known to be a pattern.
    pattern.contains(HOLE)
        || pattern == ".*"
        || pattern == ".+"
        || pattern.bytes().all(|c| {
            c.is_ascii_alphanumeric() || matches!(c, b'_' | b'-' | b'|' | b'.' | b':' | b'/')
        })
}
