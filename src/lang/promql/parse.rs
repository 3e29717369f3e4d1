//! The parser: operator precedence with a stack of its own.

use super::ast::{
    Aggregator, Binary, Call, Extent, Grouping, Kind, Matcher, Matching, Node, NodeId, Op,
};
use super::functions::Function;
use super::lex::{LexFault, Lexer, Tok, Token, Word};
use super::{Fault, Feature, Need, Parsed, number, text, types};

mod call;
mod length;
mod matching;
mod postfix;
mod selector;

/// Reads an expression; what is at fault is told, and the rest is read on.
pub fn parse(source: &str) -> Parsed {
    read(source, false).0
}

/// Reads an expression with gaps ([`super::HOLE`]); `None` if what fills a gap may decide whether it
/// is one.
pub fn parse_with_gaps(source: &str) -> Option<Parsed> {
    let (parsed, loose) = read(source, true);
    (!loose || parsed.faults.is_empty()).then_some(parsed)
}

/// The expression, and whether a gap stands where anything may.
fn read(source: &str, gaps: bool) -> (Parsed, bool) {
    let mut parser = Parser {
        source,
        lexer: Lexer::new(source, gaps),
        token: Token { tok: Tok::End, extent: Extent::default() },
        last: Extent::default(),
        ended: false,
        loose: false,
        frames: Vec::new(),
        matchers: Vec::new(),
        parsed: Parsed::default(),
    };
    parser.advance();
    if parser.token.tok == Tok::End && parser.parsed.faults.is_empty() {
        parser.fault(Extent::new(0, source.len()), "there is no expression here");
        return (parser.parsed, false);
    }
    let nodes = source.len() / 12 + 2;
    parser.parsed.ast.nodes.reserve_exact(nodes.min(64));
    parser.run();
    let (mut parsed, loose) = (parser.parsed, parser.loose);
    parsed.ast.nodes = exact(&mut parsed.ast.nodes);
    types::check(&parsed.ast, &mut parsed.faults);
    parsed.faults.truncate(MOST_FAULTS);
    (parsed, loose)
}

/// What a list holds in a list without further room: trees are kept to the end of a run.
fn exact<T>(list: &mut Vec<T>) -> Vec<T> {
    let mut exact = Vec::with_capacity(list.len());
    exact.append(list);
    exact
}

/// So many faults of one expression are told: nobody reads more.
const MOST_FAULTS: usize = 50;

struct Parser<'t> {
    source: &'t str,
    lexer: Lexer<'t>,
    token: Token,
    /// The token before this one.
    last: Extent,
    /// The lexer cannot go on.
    ended: bool,
    /// A gap stood where it may be filled with anything.
    loose: bool,
    frames: Vec<Frame>,
    /// Room for the matchers of a selector.
    matchers: Vec<Matcher>,
    parsed: Parsed,
}

/// What is open around the operand that is read.
enum Frame {
    Sign {
        negative: bool,
        start: u32,
        first: u32,
    },
    Infix(Box<Infix>),
    Paren {
        start: u32,
        first: u32,
    },
    Call {
        function: Option<&'static Function>,
        name: Extent,
        first: u32,
        args: Vec<NodeId>,
    },
    Aggregate {
        op: Aggregator,
        name: Extent,
        grouping: Option<Grouping>,
        first: u32,
        args: Vec<NodeId>,
    },
}

struct Infix {
    op: Op,
    op_extent: Extent,
    returns_bool: Option<Extent>,
    matching: Option<Box<Matching>>,
    fill: Option<Extent>,
    left: NodeId,
}

/// A sign binds like a product.
const SIGN_STRENGTH: u8 = 5;

impl<'t> Parser<'t> {
    fn advance(&mut self) {
        self.last = self.token.extent;
        if self.ended {
            return;
        }
        match self.lexer.next() {
            Ok(token) => self.token = token,
            Err(LexFault { extent, message }) => {
                // Nothing after it can be read with certainty.
                self.ended = true;
                self.fault(extent, message);
                let extent = Extent { start: self.last.end, end: self.last.end };
                self.token = Token { tok: Tok::End, extent };
            }
        }
    }

    fn fault(&mut self, extent: Extent, message: impl Into<String>) {
        self.parsed.faults.push(Fault { extent, message: message.into() });
    }

    fn need(&mut self, extent: Extent, feature: Feature) {
        self.parsed.needs.push(Need { extent, feature });
    }

    fn text(&self, extent: Extent) -> &'t str {
        self.source.get(extent.range()).unwrap_or_default()
    }

    /// The text of a quoted token, escapes resolved.
    fn unquoted(&self, extent: Extent) -> Box<str> {
        text::unquote(self.text(extent)).unwrap_or_default().into()
    }

    fn is(&self, tok: Tok) -> bool {
        self.token.tok == tok
    }

    /// Takes the token if it is this one.
    fn accept(&mut self, tok: Tok) -> Option<Extent> {
        self.is(tok).then(|| {
            let extent = self.token.extent;
            self.advance();
            extent
        })
    }

    /// Says that this token should not stand here; after the lexer gave up, it has said so.
    fn unexpected(&mut self, expected: &str) {
        if self.ended && self.is(Tok::End) {
            return;
        }
        self.loose |= self.is(Tok::Hole);
        // Where the text ends, its last token shows the place.
        let (at, place) = match self.token.tok {
            Tok::End => (self.last, "nothing follows"),
            _ => (self.token.extent, "unexpected"),
        };
        let found: String = self.text(at).chars().take(40).collect();
        self.fault(at, format!("{place} `{found}`: expected {expected}"));
    }

    fn next_id(&self) -> u32 {
        u32::try_from(self.parsed.ast.nodes.len()).unwrap_or(u32::MAX)
    }

    fn push(&mut self, extent: Extent, first: u32, kind: Kind) -> NodeId {
        let id = NodeId(self.next_id());
        self.parsed.ast.nodes.push(Node { extent, first, kind });
        id
    }

    fn leaf(&mut self, extent: Extent, kind: Kind) -> NodeId {
        self.push(extent, self.next_id(), kind)
    }

    fn invalid(&mut self, at: u32) -> NodeId {
        self.leaf(Extent { start: at, end: at }, Kind::Invalid)
    }

    fn node(&self, id: NodeId) -> &Node {
        &self.parsed.ast.nodes[id.index()]
    }

    fn node_mut(&mut self, id: NodeId) -> &mut Node {
        &mut self.parsed.ast.nodes[id.index()]
    }

    /// Reads operand, operator, operand … until the text ends.
    fn run(&mut self) {
        loop {
            let Some(mut operand) = self.operand() else { continue };
            loop {
                operand = self.postfix(operand);
                match self.operator(operand) {
                    Step::Operand => break,
                    Step::Operator(closed) => operand = closed,
                    Step::Done => return,
                }
            }
        }
    }

    /// Reads an operand; `None` if something opened that has its operands inside.
    fn operand(&mut self) -> Option<NodeId> {
        let Token { tok, extent } = self.token;
        match tok {
            Tok::Number | Tok::Duration => {
                self.advance();
                Some(self.number(tok, extent))
            }
            Tok::Text => {
                let value = self.unquoted(extent);
                self.advance();
                Some(self.leaf(extent, Kind::Text(value)))
            }
            Tok::Op(op @ (Op::Add | Op::Sub)) => {
                self.advance();
                let first = self.next_id();
                let negative = op == Op::Sub;
                self.frames.push(Frame::Sign { negative, start: extent.start, first });
                None
            }
            Tok::OpenParen => {
                self.advance();
                let first = self.next_id();
                self.frames.push(Frame::Paren { start: extent.start, first });
                None
            }
            Tok::OpenBrace => Some(self.selector(None)),
            Tok::Hole => {
                self.advance();
                self.hole(extent)
            }
            Tok::Aggregator(op) => {
                self.advance();
                self.aggregation_or_selector(op, extent)
            }
            Tok::Name | Tok::Word(_) | Tok::Colonised | Tok::Op(Op::And | Op::Or | Op::Unless)
                if is_metric_name(tok) =>
            {
                self.advance();
                self.call_or_selector(tok, extent)
            }
            _ => {
                self.unexpected("an expression");
                Some(self.recover())
            }
        }
    }

    /// After text that is no operand: skips it unless something can go on from here.
    fn recover(&mut self) -> NodeId {
        let at = self.token.extent.start;
        while !matches!(
            self.token.tok,
            Tok::End | Tok::Comma | Tok::CloseParen | Tok::CloseBracket | Tok::Op(_)
        ) {
            self.advance();
        }
        self.invalid(at)
    }

    fn number(&mut self, tok: Tok, extent: Extent) -> NodeId {
        let text = self.text(extent);
        let duration = tok == Tok::Duration;
        let value = if duration { number::seconds(text) } else { number::value(text) };
        if value.is_none() {
            self.fault(extent, number_fault(duration));
        }
        self.leaf(extent, Kind::Number { value: value.unwrap_or(0.0), duration })
    }

    /// After an operand: a binary operator, a closing parenthesis, a comma or the end.
    fn operator(&mut self, operand: NodeId) -> Step {
        let extent = self.token.extent;
        match self.token.tok {
            Tok::Op(op) => {
                let left = self.reduce(operand, op.strength() + u8::from(op == Op::Pow));
                self.advance();
                let infix = self.infix(op, extent, left);
                self.frames.push(Frame::Infix(Box::new(infix)));
                Step::Operand
            }
            Tok::CloseParen => {
                let inner = self.reduce(operand, 0);
                self.advance();
                Step::Operator(self.close(inner, extent.end))
            }
            Tok::Comma => self.comma(operand),
            Tok::End => {
                let mut done = self.reduce(operand, 0);
                while !self.frames.is_empty() {
                    done = self.close(done, self.last.end);
                    done = self.reduce(done, 0);
                }
                Step::Done
            }
            _ => {
                self.unexpected("an operator, `)` or the end of the expression");
                self.skip();
                Step::Operator(operand)
            }
        }
    }

    /// Skips what stands where an operator should.
    fn skip(&mut self) {
        loop {
            let opened = matches!(self.token.tok, Tok::OpenParen);
            self.advance();
            if opened {
                self.skip_nested();
            }
            if matches!(self.token.tok, Tok::End | Tok::Comma | Tok::CloseParen | Tok::Op(_)) {
                return;
            }
        }
    }

    /// Skips to behind the parenthesis that closes the one just read.
    fn skip_nested(&mut self) {
        let mut open = 1_usize;
        while open > 0 && !self.is(Tok::End) {
            match self.token.tok {
                Tok::OpenParen => open += 1,
                Tok::CloseParen => open -= 1,
                _ => {}
            }
            self.advance();
        }
    }

    fn comma(&mut self, operand: NodeId) -> Step {
        let arg = self.reduce(operand, 0);
        let extent = self.token.extent;
        let Some(Frame::Call { args, .. } | Frame::Aggregate { args, .. }) = self.frames.last_mut()
        else {
            self.unexpected("an operator or the end of the expression: no call is open here");
            self.skip();
            return Step::Operator(arg);
        };
        args.push(arg);
        self.advance();
        if self.is(Tok::CloseParen) {
            self.fault(extent, "unexpected `,`: an argument must follow it");
            let end = self.token.extent.end;
            let Some(frame) = self.frames.pop() else { return Step::Operator(arg) };
            self.advance();
            return Step::Operator(self.finish(frame, None, end));
        }
        Step::Operand
    }

    /// Applies signs and operators that bind at least as strongly as `strength`.
    fn reduce(&mut self, mut operand: NodeId, strength: u8) -> NodeId {
        loop {
            match self.frames.last() {
                Some(Frame::Sign { .. }) if SIGN_STRENGTH >= strength => {}
                Some(Frame::Infix(infix)) if infix.op.strength() >= strength => {}
                _ => return operand,
            }
            let Some(frame) = self.frames.pop() else { return operand };
            let end = self.node(operand).extent.end;
            operand = self.finish(frame, Some(operand), end);
        }
    }

    /// Closes what a parenthesis opened.
    fn close(&mut self, inner: NodeId, end: u32) -> NodeId {
        match self.frames.pop() {
            Some(frame) => self.finish(frame, Some(inner), end),
            None => inner,
        }
    }

    fn finish(&mut self, frame: Frame, inner: Option<NodeId>, end: u32) -> NodeId {
        match frame {
            Frame::Sign { negative, start, first } => {
                let Some(inner) = inner else { return self.invalid(end) };
                self.sign(negative, start, first, inner)
            }
            Frame::Infix(infix) => {
                let Some(right) = inner else { return self.invalid(end) };
                let left = self.node(infix.left);
                let (extent, first) = (Extent { start: left.extent.start, end }, left.first);
                let Infix { op, op_extent, returns_bool, matching, fill, left } = *infix;
                let binary = Binary { op, op_extent, returns_bool, matching, fill, left, right };
                self.push(extent, first, Kind::Binary(Box::new(binary)))
            }
            Frame::Paren { start, first } => {
                let Some(inner) = inner else { return self.invalid(end) };
                self.push(Extent { start, end }, first, Kind::Paren(inner))
            }
            Frame::Call { function, name, first, mut args } => {
                args.extend(inner);
                if function.is_none() {
                    self.late_grouping(name);
                }
                let extent = Extent { start: name.start, end };
                self.push(extent, first, Kind::Call(Call { function, name, args }))
            }
            Frame::Aggregate { op, name, grouping, first, mut args } => {
                args.extend(inner);
                self.close_aggregate(op, name, grouping, first, &args)
            }
        }
    }

    fn sign(&mut self, negative: bool, start: u32, first: u32, inner: NodeId) -> NodeId {
        let node = self.node_mut(inner);
        if let Kind::Number { value, .. } = &mut node.kind {
            if negative {
                *value = -*value;
            }
            node.extent.start = start;
            return inner;
        }
        let extent = Extent { start, end: node.extent.end };
        self.push(extent, first, Kind::Unary { negative, inner })
    }
}

/// What follows after a place for an operator.
enum Step {
    Operand,
    Operator(NodeId),
    Done,
}

fn number_fault(duration: bool) -> &'static str {
    if duration {
        "this is no duration: units are y, w, d, h, m, s, ms, each once and in this order"
    } else {
        "this is no number"
    }
}

/// Words that may name a metric too.
fn is_metric_name(tok: Tok) -> bool {
    !matches!(
        tok,
        Tok::Word(Word::On | Word::Ignoring | Word::GroupLeft | Word::GroupRight | Word::Bool)
    )
}
