//! Lengths of time: a number or a duration, or arithmetic with them, `step()` and `range()`.

use super::super::ast::{Extent, Length, Op};
use super::super::lex::{Tok, Word};
use super::super::{Feature, number};
use super::{Parser, SIGN_STRENGTH, number_fault};

/// Prometheus counts nanoseconds in 64 bits.
const MOST_SECONDS: f64 = 9_223_372_036.854_776;

/// A value while it is computed.
#[derive(Clone, Copy)]
struct Value {
    start: u32,
    end: u32,
    seconds: Option<f64>,
    literal: bool,
}

enum Open {
    Sign {
        negative: bool,
        start: u32,
    },
    Infix {
        op: Op,
        op_extent: Extent,
        left: Value,
    },
    Paren {
        start: u32,
    },
    /// `max_of` or `min_of`, with the first argument once it is read.
    Pick {
        max: bool,
        start: u32,
        first: Option<Value>,
    },
}

impl Parser<'_> {
    /// Reads a length with arithmetic.
    pub(super) fn length(&mut self, expected: &str) -> Length {
        let start = self.token.extent.start;
        let value = self.arithmetic(expected, Vec::new(), true);
        self.measured(value, start)
    }

    /// Reads the length after `offset`: arithmetic needs parentheses there, but for what follows
    /// a parenthesis.
    pub(super) fn offset_length(&mut self) -> Length {
        let start = self.token.extent.start;
        let expected = "a duration such as `5m`";
        let mut open = Vec::new();
        let sign = match self.token.tok {
            Tok::Op(op @ (Op::Add | Op::Sub)) => {
                self.advance();
                open.push(Open::Sign { negative: op == Op::Sub, start });
                true
            }
            _ => false,
        };
        // `-(…)` ends at its parenthesis, `(…)` and `--…` go on.
        let goes_on = match self.token.tok {
            Tok::OpenParen => !sign,
            Tok::Op(_) => sign,
            _ => false,
        };
        let value = self.arithmetic(expected, open, goes_on);
        let can_go_on =
            matches!(self.token.tok, Tok::End | Tok::Comma | Tok::CloseParen | Tok::Op(_));
        if value.is_none() && !can_go_on {
            self.advance();
        }
        self.measured(value, start)
    }

    fn measured(&mut self, value: Option<Value>, start: u32) -> Length {
        let Some(value) = value else {
            let extent = Extent { start, end: start };
            return Length { extent, seconds: None, literal: false };
        };
        let extent = Extent { start: value.start, end: value.end };
        if !value.literal {
            self.need(extent, Feature::DurationArithmetic);
        }
        Length { extent, seconds: value.seconds, literal: value.literal }
    }

    /// Operator precedence as for expressions. Operators at the top are read if `goes_on`.
    fn arithmetic(&mut self, expected: &str, mut open: Vec<Open>, goes_on: bool) -> Option<Value> {
        let mut nested = 0_usize;
        loop {
            let mut value = match self.length_operand(&mut open, &mut nested) {
                Operand::Value(value) => value,
                Operand::Opened => continue,
                Operand::Missing => {
                    self.unexpected(expected);
                    return None;
                }
            };
            loop {
                match self.token.tok {
                    Tok::Op(op) if is_length_op(op) && (goes_on || nested > 0) => {
                        let strength = op.strength() + u8::from(op == Op::Pow);
                        let left = self.reduce_length(&mut open, value, strength);
                        let op_extent = self.token.extent;
                        self.advance();
                        open.push(Open::Infix { op, op_extent, left });
                        break;
                    }
                    Tok::Comma if nested > 0 => {
                        let reduced = self.reduce_length(&mut open, value, 0);
                        let Some(Open::Pick { first: first @ None, .. }) = open.last_mut() else {
                            self.unexpected("`)`");
                            return None;
                        };
                        *first = Some(reduced);
                        self.advance();
                        break;
                    }
                    Tok::CloseParen if nested > 0 => {
                        let reduced = self.reduce_length(&mut open, value, 0);
                        let end = self.token.extent.end;
                        value = match open.pop() {
                            Some(Open::Pick { first: None, .. }) => {
                                self.unexpected("`,` and a second duration");
                                return None;
                            }
                            Some(Open::Pick { max, start, first: Some(first) }) => {
                                pick(max, start, end, first, reduced)
                            }
                            Some(Open::Paren { start }) => {
                                Value { start, end, seconds: reduced.seconds, literal: false }
                            }
                            _ => reduced,
                        };
                        nested -= 1;
                        self.advance();
                    }
                    _ if nested > 0 => {
                        self.unexpected("`)`");
                        return None;
                    }
                    _ => return Some(self.reduce_length(&mut open, value, 0)),
                }
            }
        }
    }

    fn length_operand(&mut self, open: &mut Vec<Open>, nested: &mut usize) -> Operand {
        let extent = self.token.extent;
        match self.token.tok {
            Tok::Number | Tok::Duration => Operand::Value(self.length_literal()),
            Tok::Hole => {
                self.advance();
                let Extent { start, end } = extent;
                Operand::Value(Value { start, end, seconds: None, literal: true })
            }
            Tok::Op(op @ (Op::Add | Op::Sub)) => {
                self.advance();
                open.push(Open::Sign { negative: op == Op::Sub, start: extent.start });
                Operand::Opened
            }
            Tok::OpenParen => {
                self.advance();
                *nested += 1;
                open.push(Open::Paren { start: extent.start });
                Operand::Opened
            }
            Tok::Word(word @ (Word::Step | Word::Range | Word::MaxOf | Word::MinOf)) => {
                self.advance();
                if self.accept(Tok::OpenParen).is_none() {
                    return Operand::Missing;
                }
                if let Word::MaxOf | Word::MinOf = word {
                    *nested += 1;
                    let max = word == Word::MaxOf;
                    open.push(Open::Pick { max, start: extent.start, first: None });
                    return Operand::Opened;
                }
                match self.accept(Tok::CloseParen) {
                    Some(close) => Operand::Value(Value {
                        start: extent.start,
                        end: close.end,
                        seconds: None,
                        literal: false,
                    }),
                    None => Operand::Missing,
                }
            }
            _ => Operand::Missing,
        }
    }

    fn length_literal(&mut self) -> Value {
        let Extent { start, end } = self.token.extent;
        let duration = self.is(Tok::Duration);
        let text = self.text(self.token.extent);
        let seconds = if duration { number::seconds(text) } else { number::value(text) };
        match seconds {
            None => self.fault(self.token.extent, number_fault(duration)),
            Some(seconds) => self.in_range(seconds, self.token.extent),
        }
        self.advance();
        Value { start, end, seconds: Some(seconds.unwrap_or(1.0)), literal: true }
    }

    fn in_range(&mut self, seconds: f64, extent: Extent) {
        if seconds.abs() > MOST_SECONDS {
            self.fault(extent, "this duration is out of range: it ends at 292 years");
        }
    }

    fn reduce_length(&mut self, open: &mut Vec<Open>, mut value: Value, strength: u8) -> Value {
        loop {
            value = match open.last() {
                Some(Open::Sign { negative, start }) if SIGN_STRENGTH >= strength => {
                    let sign = if *negative { -1.0 } else { 1.0 };
                    let seconds = value.seconds.map(|seconds| sign * seconds);
                    Value { start: *start, seconds, ..value }
                }
                Some(Open::Infix { op, op_extent, left }) if op.strength() >= strength => {
                    let (op, op_extent, left) = (*op, *op_extent, *left);
                    self.compute(op, op_extent, left, value)
                }
                _ => return value,
            };
            open.pop();
        }
    }

    fn compute(&mut self, op: Op, op_extent: Extent, left: Value, right: Value) -> Value {
        if matches!(op, Op::Div | Op::Mod) && right.literal && right.seconds == Some(0.0) {
            let extent = Extent { start: op_extent.start, end: right.end };
            self.fault(extent, "division by zero");
        }
        let seconds = left.seconds.zip(right.seconds).and_then(|(left, right)| {
            let value = match op {
                Op::Add => left + right,
                Op::Sub => left - right,
                Op::Mul => left * right,
                Op::Div => left / right,
                Op::Mod => left % right,
                _ => left.powf(right),
            };
            value.is_finite().then_some(value)
        });
        Value { start: left.start, end: right.end, seconds, literal: false }
    }
}

enum Operand {
    Value(Value),
    Opened,
    Missing,
}

fn pick(max: bool, start: u32, end: u32, first: Value, second: Value) -> Value {
    let choose = if max { f64::max } else { f64::min };
    let seconds = first.seconds.zip(second.seconds).map(|(a, b)| choose(a, b));
    Value { start, end, seconds, literal: false }
}

fn is_length_op(op: Op) -> bool {
    matches!(op, Op::Add | Op::Sub | Op::Mul | Op::Div | Op::Mod | Op::Pow)
}
