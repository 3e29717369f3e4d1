//! Texts, statements and what they open and close.

use super::ast::{Block, Definition, Name, PipeId, Step, StepKind};
use super::lex::{self, Action, Keyword, Token, Word};
use super::pipeline::{Context, Reader, Variables, Words};
use super::{Fault, Language, Parsed, reads};
use crate::lang::promql::{Extent, text};
use std::collections::BTreeMap;

/// Reads a template.
pub fn parse(text: &str, language: Language) -> Parsed {
    let mut parser = Parser {
        text,
        language,
        out: Parsed::default(),
        variables: Variables::new(language.variables()),
        frames: vec![Frame::of(FrameKind::Root, Extent::default(), 0)],
        named: BTreeMap::new(),
        tokens: Vec::new(),
    };
    let actions = opens(text.as_bytes()).count();
    parser.out.steps.reserve_exact(2 * actions + 1);
    parser.out.pipes.reserve_exact(actions);
    parser.text();
    parser.finish();
    let mut out = parser.out;
    out.steps.shrink_to_fit();
    reads::place(&mut out);
    out
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FrameKind {
    Root,
    /// `define` or `block`.
    Template,
    Control(Block),
}

/// A block that is open.
#[derive(Debug)]
struct Frame {
    kind: FrameKind,
    /// The word that opened it.
    opener: Extent,
    /// Variables to go back to at its end.
    mark: usize,
    /// The base of variables outside a template.
    base: usize,
    /// How many `range` bodies of its template are open.
    ranges: usize,
    has_else: bool,
    /// Whether it holds nothing but blanks.
    empty: bool,
    /// Name and first step of a template.
    template: Option<(Name, usize)>,
}

impl Frame {
    fn of(kind: FrameKind, opener: Extent, mark: usize) -> Frame {
        Frame {
            kind,
            opener,
            mark,
            base: 0,
            ranges: 0,
            has_else: false,
            empty: true,
            template: None,
        }
    }
}

struct Parser<'t> {
    text: &'t str,
    language: Language,
    out: Parsed,
    variables: Variables<'t>,
    frames: Vec<Frame>,
    /// Whether a template of this name was defined and is not empty.
    named: BTreeMap<String, bool>,
    /// Room for the words of an action.
    tokens: Vec<Token>,
}

/// Where actions open.
fn opens(text: &[u8]) -> impl Iterator<Item = usize> {
    memchr::memchr_iter(b'{', text).filter(|at| text.get(at + 1) == Some(&b'{'))
}

/// Length of the blanks at the start.
fn blanks(text: &str) -> usize {
    text.bytes().take_while(|byte| lex::is_space(*byte)).count()
}

impl<'t> Parser<'t> {
    fn text(&mut self) {
        let mut at = 0;
        while let Some(found) = opens(&self.text.as_bytes()[at..]).next() {
            let open = at + found;
            let trims = lex::trims_left(&self.text[open + 2..]);
            let before = &self.text[at..open];
            let kept =
                if trims { before.trim_end_matches([' ', '\t', '\r', '\n']) } else { before };
            self.print(at, at + kept.len());
            let first = open + if trims { 4 } else { 2 };
            at = if self.text[first..].starts_with("/*") {
                self.comment(open, first)
            } else {
                self.action(open, first)
            };
        }
        self.print(at, self.text.len());
    }

    /// Text that is printed.
    fn print(&mut self, start: usize, end: usize) {
        if start < end {
            if !self.text[start..end].trim().is_empty() {
                self.fill();
            }
            self.step(Extent::new(start, end), StepKind::Text);
        }
    }

    fn comment(&mut self, open: usize, first: usize) -> usize {
        let Some(length) = self.text[first + 2..].find("*/") else {
            self.fault(
                Extent::new(open, first + 2),
                "this comment is never closed: expected `*/}}`",
            );
            return self.text.len();
        };
        let end = first + 2 + length + 2;
        match lex::comment_end(&self.text[end..]) {
            Some((length, trims)) => {
                let end = end + length;
                if trims { end + blanks(&self.text[end..]) } else { end }
            }
            None => {
                self.fault(Extent::new(end - 2, end), "`}}` must follow the end of a comment");
                self.text[end..].find("}}").map_or(self.text.len(), |close| end + close + 2)
            }
        }
    }

    fn action(&mut self, open: usize, first: usize) -> usize {
        let action = lex::action(self.text, first, std::mem::take(&mut self.tokens));
        let extent = Extent::new(open, action.end);
        if let Err(mut fault) = self.statement(&action, extent) {
            // What is never closed is shown where it begins.
            if fault.extent.range().is_empty() {
                fault.extent = Extent::new(open, first);
            }
            self.out.faults.push(fault);
            self.recover(&action, extent);
        }
        self.tokens = action.tokens;
        if action.trims { action.end + blanks(&self.text[action.end..]) } else { action.end }
    }

    fn words<'a>(&self, action: &'a Action) -> Words<'a, 't> {
        Words { text: self.text, tokens: &action.tokens, at: 0, language: self.language }
    }

    fn statement(&mut self, action: &Action, extent: Extent) -> Result<(), Fault> {
        let mut words = self.words(action);
        let first = words.next_solid();
        let Word::Keyword(keyword) = first.kind else {
            words.at = 0;
            let pipe = self.pipeline(&mut words, Context::Command)?;
            self.fill();
            self.step(extent, StepKind::Print(pipe));
            return Ok(());
        };
        match keyword {
            Keyword::If => self.control(&mut words, Block::If, extent, first.extent),
            Keyword::With => self.control(&mut words, Block::With, extent, first.extent),
            Keyword::Range => self.control(&mut words, Block::Range, extent, first.extent),
            Keyword::Define => self.define(&mut words, extent, first.extent),
            Keyword::Block => self.block(&mut words, extent, first.extent),
            Keyword::Template => {
                let name = self.name(&mut words, "`template`")?;
                let pipe = match words.peek_solid().kind {
                    Word::RightDelim => None,
                    _ => Some(self.pipeline(&mut words, Context::Template)?),
                };
                self.fill();
                self.step(extent, StepKind::Call(name, pipe));
                Ok(())
            }
            Keyword::End => {
                self.ends(&mut words)?;
                self.end(extent, first.extent)
            }
            Keyword::Else => self.otherwise(&mut words, extent, first.extent),
            Keyword::Break | Keyword::Continue => {
                self.ends(&mut words)?;
                let word = words.source(first);
                if self.frames.last().is_none_or(|frame| frame.ranges == 0) {
                    let message = format!("`{word}` stands outside `range`");
                    return Err(Fault { extent: first.extent, message });
                }
                self.fill();
                self.step(extent, StepKind::Jump);
                Ok(())
            }
        }
    }

    fn pipeline(&mut self, words: &mut Words<'_, 't>, context: Context) -> Result<PipeId, Fault> {
        let words = Words {
            text: words.text,
            tokens: words.tokens,
            at: words.at,
            language: words.language,
        };
        let mut reader = Reader {
            words,
            variables: &mut self.variables,
            pipes: &mut self.out.pipes,
            faults: &mut self.out.faults,
        };
        reader.pipeline(context)
    }

    /// The name after `define`, `block` and `template`.
    fn name(&mut self, words: &mut Words<'_, 't>, of: &str) -> Result<Name, Fault> {
        let token = words.next_solid();
        if !matches!(token.kind, Word::QuotedString | Word::RawString) {
            return Err(words.unexpected(token, &format!("the name after {of}, in quotes")));
        }
        match text::unquote(words.source(token)) {
            Some(name) => Ok(Name { text: name.into(), extent: token.extent }),
            None => Err(Fault {
                extent: token.extent,
                message: "this text has an escape that Go does not know".to_owned(),
            }),
        }
    }

    fn ends(&self, words: &mut Words<'_, 't>) -> Result<(), Fault> {
        let token = words.next_solid();
        match token.kind {
            Word::RightDelim => Ok(()),
            _ => Err(words.unexpected(token, "`}}`")),
        }
    }

    fn control(
        &mut self,
        words: &mut Words<'_, 't>,
        block: Block,
        extent: Extent,
        opener: Extent,
    ) -> Result<(), Fault> {
        let mark = self.variables.mark();
        let context = context_of(block);
        let pipe = self.pipeline(words, context)?;
        self.open(block, extent, opener, mark, Some(pipe));
        Ok(())
    }

    fn open(
        &mut self,
        block: Block,
        extent: Extent,
        opener: Extent,
        mark: usize,
        pipe: Option<PipeId>,
    ) {
        self.fill();
        self.step(extent, StepKind::Open(block, pipe));
        let mut frame = Frame::of(FrameKind::Control(block), opener, mark);
        frame.ranges = self.ranges() + usize::from(block == Block::Range);
        self.frames.push(frame);
    }

    fn ranges(&self) -> usize {
        self.frames.last().map_or(0, |frame| frame.ranges)
    }

    fn define(
        &mut self,
        words: &mut Words<'_, 't>,
        extent: Extent,
        opener: Extent,
    ) -> Result<(), Fault> {
        if self.frames.len() > 1 {
            let message = "`define` cannot stand inside another block".to_owned();
            return Err(Fault { extent: opener, message });
        }
        let name = self.name(words, "`define`")?;
        self.ends(words)?;
        self.enter(name.clone(), opener, extent, StepKind::Define(name));
        Ok(())
    }

    fn block(
        &mut self,
        words: &mut Words<'_, 't>,
        extent: Extent,
        opener: Extent,
    ) -> Result<(), Fault> {
        let name = self.name(words, "`block`")?;
        let pipe = self.pipeline(words, Context::Block)?;
        self.fill();
        self.enter(name.clone(), opener, extent, StepKind::Block(name, Some(pipe)));
        Ok(())
    }

    fn enter(&mut self, name: Name, opener: Extent, extent: Extent, kind: StepKind) {
        let mut frame = Frame::of(FrameKind::Template, opener, self.variables.mark());
        frame.template = Some((name, self.out.steps.len()));
        frame.base = self.variables.enter();
        self.step(extent, kind);
        self.frames.push(frame);
    }

    fn end(&mut self, extent: Extent, word: Extent) -> Result<(), Fault> {
        if self.frames.len() == 1 {
            let message =
                "`end` closes nothing: no `if`, `range`, `with`, `define` or `block` is open";
            return Err(Fault { extent: word, message: message.to_owned() });
        }
        self.step(extent, StepKind::Close);
        self.close();
        Ok(())
    }

    fn close(&mut self) {
        let Some(frame) = self.frames.pop() else { return };
        let Some((name, first)) = frame.template else {
            self.variables.back_to(frame.mark);
            return;
        };
        self.variables.leave(frame.base);
        let end = self.out.steps.len().saturating_sub(1);
        let known = self.named.entry(name.text.to_string()).or_default();
        if *known && !frame.empty {
            let message = format!("the template `{}` is defined twice in one text", name.text);
            self.out.faults.push(Fault { extent: name.extent, message });
        }
        *known |= !frame.empty;
        self.out.definitions.push(Definition { name, first, end, empty: frame.empty });
    }

    fn otherwise(
        &mut self,
        words: &mut Words<'_, 't>,
        extent: Extent,
        word: Extent,
    ) -> Result<(), Fault> {
        let fault = |message: &str| Fault { extent: word, message: message.to_owned() };
        let next = words.peek_solid();
        let condition = match next.kind {
            Word::Keyword(Keyword::If) => Some(Block::If),
            Word::Keyword(Keyword::With) => Some(Block::With),
            _ => {
                self.ends(words)?;
                None
            }
        };
        let Some(frame) = self.frames.last_mut() else { return Ok(()) };
        let FrameKind::Control(block) = frame.kind else {
            return Err(fault("`else` belongs to nothing: no `if`, `range` or `with` is open"));
        };
        if frame.has_else {
            return Err(fault("a second `else`: expected `end`"));
        }
        if let Some(condition) = condition {
            if condition != block {
                let message = "`else if` continues an `if`, `else with` a `with`: expected `else`";
                return Err(Fault { extent: next.extent, message: message.to_owned() });
            }
            words.next_solid();
            let pipe = self.pipeline(words, context_of(block))?;
            self.step(extent, StepKind::Else(Some((block, pipe))));
            return Ok(());
        }
        frame.has_else = true;
        frame.ranges -= usize::from(block == Block::Range);
        self.step(extent, StepKind::Else(None));
        Ok(())
    }

    /// After a fault: keeps opening and closing in step, and the variables known.
    fn recover(&mut self, action: &Action, extent: Extent) {
        let mut words = self.words(action);
        let mark = self.variables.mark();
        for pair in action
            .tokens
            .iter()
            .filter(|token| token.kind != Word::Space)
            .collect::<Vec<_>>()
            .windows(2)
        {
            if pair[0].kind == Word::Variable
                && matches!(pair[1].kind, Word::Declare | Word::Other(','))
            {
                self.variables.declare(&words.source(pair[0])[1..]);
            }
        }
        let first = words.next_solid();
        let Word::Keyword(keyword) = first.kind else { return };
        let name = Name { text: "".into(), extent: first.extent };
        match keyword {
            Keyword::If => self.open(Block::If, extent, first.extent, mark, None),
            Keyword::With => self.open(Block::With, extent, first.extent, mark, None),
            Keyword::Range => self.open(Block::Range, extent, first.extent, mark, None),
            Keyword::Define => {
                self.enter(name.clone(), first.extent, extent, StepKind::Define(name));
            }
            Keyword::Block => {
                self.enter(name.clone(), first.extent, extent, StepKind::Block(name, None));
            }
            // An end with a fault in it still ends.
            Keyword::End if self.frames.len() > 1 => {
                self.step(extent, StepKind::Close);
                self.close();
            }
            _ => {}
        }
    }

    fn finish(&mut self) {
        if let Some(frame) = self.frames.last().filter(|_| self.frames.len() > 1) {
            let opener = frame.opener;
            let word = &self.text[opener.range()];
            self.fault(opener, &format!("this `{word}` is never closed: expected `{{{{end}}}}`"));
        }
        while self.frames.len() > 1 {
            self.close();
        }
    }

    fn step(&mut self, extent: Extent, kind: StepKind) {
        self.out.steps.push(Step { extent, kind, at_root: false });
    }

    /// What is open prints something.
    fn fill(&mut self) {
        if let Some(frame) = self.frames.last_mut() {
            frame.empty = false;
        }
    }

    fn fault(&mut self, extent: Extent, message: &str) {
        self.out.faults.push(Fault { extent, message: message.to_owned() });
    }
}

fn context_of(block: Block) -> Context {
    match block {
        Block::If => Context::If,
        Block::With => Context::With,
        Block::Range => Context::Range,
    }
}
