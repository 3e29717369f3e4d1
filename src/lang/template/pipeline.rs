//! One pipeline: declarations, commands, operands. Parentheses are kept on a stack of its own.

use super::ast::{Command, Name, Operand, Pipe, PipeId, Term};
use super::lex::{Token, Word};
use super::{Fault, Language, literal};
use crate::lang::distance;
use crate::lang::promql::{Extent, text};
use std::collections::BTreeMap;

/// Go gives up on deeper parentheses.
const MAX_DEPTH: usize = 10_000;

/// The variables that can be named here.
#[derive(Debug)]
pub(super) struct Variables<'t> {
    /// Those that are there from the start, outside of definitions.
    given: &'static [&'static str],
    names: Vec<&'t str>,
    places: BTreeMap<&'t str, Vec<usize>>,
    /// Where those of the template that is being read begin.
    base: usize,
}

impl<'t> Variables<'t> {
    pub(super) fn new(given: &'static [&'static str]) -> Variables<'t> {
        Variables { given, names: Vec::new(), places: BTreeMap::new(), base: 0 }
    }

    pub(super) fn declare(&mut self, name: &'t str) {
        self.places.entry(name).or_default().push(self.names.len());
        self.names.push(name);
    }

    fn has(&self, name: &str) -> bool {
        let last = || self.places.get(name).and_then(|places| places.last());
        // `$` alone is what each template is given.
        name.is_empty()
            || (self.base == 0 && self.given.contains(&name))
            || last().is_some_and(|&place| place >= self.base)
    }

    pub(super) fn mark(&self) -> usize {
        self.names.len()
    }

    pub(super) fn back_to(&mut self, mark: usize) {
        for name in self.names.drain(mark.min(self.names.len())..).rev() {
            if let Some(places) = self.places.get_mut(name) {
                places.pop();
            }
        }
    }

    /// Begins another template: none of the variables is known there. Returns the old base.
    pub(super) fn enter(&mut self) -> usize {
        let base = std::mem::replace(&mut self.base, self.names.len());
        self.declare("");
        base
    }

    pub(super) fn leave(&mut self, base: usize) {
        self.back_to(self.base);
        self.base = base;
    }
}

/// What a pipeline belongs to, for messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Context {
    Command,
    If,
    With,
    Range,
    Template,
    Block,
    Parentheses,
}

impl Context {
    fn name(self) -> &'static str {
        match self {
            Context::Command => "this action",
            Context::If => "`if`",
            Context::With => "`with`",
            Context::Range => "`range`",
            Context::Template => "`template`",
            Context::Block => "`block`",
            Context::Parentheses => "these parentheses",
        }
    }
}

/// The words of an action, read one after the other.
pub(super) struct Words<'a, 't> {
    pub(super) text: &'t str,
    pub(super) tokens: &'a [Token],
    pub(super) at: usize,
    pub(super) language: Language,
}

impl<'a, 't> Words<'a, 't> {
    pub(super) fn source(&self, token: &Token) -> &'t str {
        &self.text[token.extent.range()]
    }

    /// The next word, spaces included. The last word, a delimiter or a fault, never ends.
    fn peek(&self) -> &'a Token {
        &self.tokens[self.at.min(self.tokens.len() - 1)]
    }

    fn next(&mut self) -> &'a Token {
        let token = self.peek();
        self.at += 1;
        token
    }

    pub(super) fn peek_solid(&mut self) -> &'a Token {
        while self.peek().kind == Word::Space {
            self.at += 1;
        }
        self.peek()
    }

    pub(super) fn next_solid(&mut self) -> &'a Token {
        self.peek_solid();
        self.next()
    }

    pub(super) fn unexpected(&self, token: &Token, expected: &str) -> Fault {
        let message = match &token.kind {
            Word::Fault(message) => message.clone(),
            Word::RightDelim => format!("this action ends too early: expected {expected}"),
            Word::Other('/') => {
                "unexpected `/`: a comment begins right after `{{`, as in `{{/* … */}}`".to_owned()
            }
            _ => format!("unexpected `{}`: expected {expected}", self.source(token)),
        };
        Fault { extent: token.extent, message }
    }
}

/// A pipeline that is being read.
struct Open {
    pipe: Pipe,
    context: Context,
    command: Option<Command>,
    /// The parenthesis, or the first word.
    start: Extent,
}

/// Reads pipelines.
pub(super) struct Reader<'a, 'b, 't> {
    pub(super) words: Words<'a, 't>,
    pub(super) variables: &'b mut Variables<'t>,
    pub(super) pipes: &'b mut Vec<Pipe>,
    pub(super) faults: &'b mut Vec<Fault>,
}

impl<'t> Reader<'_, '_, 't> {
    /// Reads up to the delimiter that closes the action.
    pub(super) fn pipeline(&mut self, context: Context) -> Result<PipeId, Fault> {
        let mut open = self.open(context)?;
        // Those that wait for a parenthesis to close.
        let mut outer = Vec::new();
        loop {
            if open.command.is_some() {
                if self.words.peek_solid().kind == Word::LeftParen {
                    if outer.len() >= MAX_DEPTH {
                        return Err(Fault {
                            extent: self.words.peek().extent,
                            message: "parentheses are nested too deeply".to_owned(),
                        });
                    }
                    let start = self.words.next().extent;
                    let mut inner = self.open(Context::Parentheses)?;
                    inner.start = start;
                    outer.push(std::mem::replace(&mut open, inner));
                    continue;
                }
                self.operand(&mut open)?;
                continue;
            }
            let token = self.words.next_solid();
            let closing = if open.context == Context::Parentheses {
                Word::RightParen
            } else {
                Word::RightDelim
            };
            if token.kind == closing {
                let Some(next) = outer.pop() else { return self.close(open, token) };
                let start = open.start;
                let id = self.close(std::mem::replace(&mut open, next), token)?;
                self.fields(&mut open, Term::Pipe(id), start.to(token.extent))?;
                self.after_operand(&mut open)?;
            } else if starts_operand(&token.kind) {
                self.words.at -= 1;
                // Most commands have one or two words.
                open.command =
                    Some(Command { operands: Vec::with_capacity(1), ..Command::default() });
            } else {
                let expected = format!("a value, a function or the end of {}", open.context.name());
                return Err(self.words.unexpected(token, &expected));
            }
        }
    }

    /// Begins a pipeline: the variables it declares.
    fn open(&mut self, context: Context) -> Result<Open, Fault> {
        let start = self.words.peek_solid().extent;
        let mut pipe = Pipe { extent: start, ..Pipe::default() };
        loop {
            let before = self.words.at;
            let variable = self.words.peek_solid();
            if variable.kind != Word::Variable {
                break;
            }
            self.words.next();
            let next = self.words.peek_solid();
            let declares = matches!(next.kind, Word::Assign | Word::Declare);
            if !declares && next.kind != Word::Other(',') {
                self.words.at = before;
                break;
            }
            self.words.next();
            let name = &self.words.source(variable)[1..];
            pipe.variables.push(Name { text: name.into(), extent: variable.extent });
            self.variables.declare(name);
            if declares {
                pipe.assigns = next.kind == Word::Assign;
                break;
            }
            let message = if context != Context::Range || pipe.variables.len() > 1 {
                format!("{} declares too many variables", context.name())
            } else {
                let follows = &self.words.peek_solid().kind;
                if matches!(follows, Word::Variable | Word::RightDelim | Word::RightParen) {
                    continue;
                }
                "expected a second variable, as in `range $i, $x := …`".to_owned()
            };
            return Err(Fault { extent: next.extent, message });
        }
        Ok(Open { pipe, context, command: None, start })
    }

    fn close(&mut self, open: Open, end: &Token) -> Result<PipeId, Fault> {
        let mut pipe = open.pipe;
        let Some(last) = pipe.commands.last() else {
            let extent = if open.context == Context::Parentheses {
                open.start.to(end.extent)
            } else {
                end.extent
            };
            let message = format!("{} has no value", open.context.name());
            return Err(Fault { extent, message });
        };
        pipe.extent = pipe.extent.to(last.extent);
        let is_value = |command: &&Command| {
            command.operands.first().is_some_and(|operand| {
                operand.fields.is_empty()
                    && matches!(
                        operand.term,
                        Term::Bool | Term::Dot | Term::Nil | Term::Number | Term::Text(_)
                    )
            })
        };
        if let Some(command) = pipe.commands[1..].iter().find(is_value) {
            let message = "nothing can be piped into a plain value: expected a function";
            let extent = command.operands.first().map_or(command.extent, |first| first.extent);
            return Err(Fault { extent, message: message.to_owned() });
        }
        let id = PipeId(u32::try_from(self.pipes.len()).unwrap_or(u32::MAX));
        self.pipes.push(pipe);
        Ok(id)
    }

    /// An operand of the open command, or what ends it.
    fn operand(&mut self, open: &mut Open) -> Result<(), Fault> {
        let token = self.words.peek_solid();
        if let Some(term) = self.term(token)? {
            self.words.next();
            self.fields(open, term, token.extent)?;
        }
        self.after_operand(open)
    }

    fn term(&mut self, token: &Token) -> Result<Option<Term>, Fault> {
        let source = self.words.source(token);
        let fault = |message: &str| Fault { extent: token.extent, message: message.to_owned() };
        let term = match &token.kind {
            Word::Identifier => {
                if !self.words.language.has_function(source) {
                    let message = undefined_function(self.words.language, source);
                    self.faults.push(Fault { extent: token.extent, message });
                }
                Term::Function(source.into())
            }
            Word::Variable => {
                let name = &source[1..];
                if !self.variables.has(name) {
                    let message = format!("there is no variable `{source}` here");
                    self.faults.push(Fault { extent: token.extent, message });
                }
                Term::Variable(name.into())
            }
            // The name after the dot is read as the first field.
            Word::Dot | Word::Field => Term::Dot,
            Word::Nil => Term::Nil,
            Word::Bool => Term::Bool,
            Word::Char if literal::is_char(source) => Term::Number,
            Word::Char => {
                return Err(fault(
                    "single quotes hold exactly one character: write text in double quotes",
                ));
            }
            Word::Complex if literal::is_complex(source) => Term::Number,
            Word::Complex => return Err(fault("this is no number")),
            Word::Number => match literal::number_fault(source) {
                None => Term::Number,
                Some(message) => return Err(fault(message)),
            },
            Word::RawString => Term::Text(source[1..source.len() - 1].replace('\r', "").into()),
            Word::QuotedString => match text::unquote(source) {
                Some(text) => Term::Text(text.into()),
                None => return Err(fault("this text has an escape that Go does not know")),
            },
            _ => return Ok(None),
        };
        Ok(Some(term))
    }

    /// The fields behind a value.
    fn fields(&mut self, open: &mut Open, term: Term, mut extent: Extent) -> Result<(), Fault> {
        let first = self.words.tokens.get(self.words.at.wrapping_sub(1));
        let is_field = first.filter(|token| token.kind == Word::Field && term == Term::Dot);
        // Most values have one field, or none.
        let some = is_field.is_some() || self.words.peek().kind == Word::Field;
        let mut fields = Vec::with_capacity(usize::from(some));
        let mut add = |token: &Token, source: &str| {
            fields.push(Name { text: source[1..].into(), extent: token.extent });
        };
        if let Some(token) = is_field {
            add(token, self.words.source(token));
        }
        let is_literal = !matches!(term, Term::Variable(_) | Term::Function(_) | Term::Pipe(_))
            && is_field.is_none();
        while self.words.peek().kind == Word::Field {
            let token = self.words.next();
            if is_literal {
                let message = "a plain value has no fields".to_owned();
                return Err(Fault { extent: token.extent, message });
            }
            add(token, self.words.source(token));
            extent = extent.to(token.extent);
        }
        if let Some(command) = &mut open.command {
            if command.operands.is_empty() {
                command.extent = extent;
            }
            command.extent = command.extent.to(extent);
            command.operands.push(Operand { extent, term, fields });
        }
        Ok(())
    }

    fn after_operand(&mut self, open: &mut Open) -> Result<(), Fault> {
        let token = self.words.next();
        match token.kind {
            Word::Space => return Ok(()),
            Word::RightDelim | Word::RightParen => self.words.at -= 1,
            Word::Pipe => {}
            _ => return Err(self.words.unexpected(token, "a space, `|` or the end of the action")),
        }
        match open.command.take() {
            Some(command) if !command.operands.is_empty() => {
                if open.pipe.commands.is_empty() {
                    open.pipe.commands.reserve_exact(1);
                }
                open.pipe.commands.push(command);
            }
            _ => {
                let message = "nothing stands before this".to_owned();
                return Err(Fault { extent: token.extent, message });
            }
        }
        Ok(())
    }
}

fn starts_operand(word: &Word) -> bool {
    matches!(
        word,
        Word::Bool
            | Word::Char
            | Word::Complex
            | Word::Dot
            | Word::Field
            | Word::Identifier
            | Word::Number
            | Word::Nil
            | Word::RawString
            | Word::QuotedString
            | Word::Variable
            | Word::LeftParen
    )
}

fn undefined_function(language: Language, name: &str) -> String {
    if let Some(program) = language.elsewhere(name) {
        return format!("there is no function `{name}` here: only {program}'s templates have it");
    }
    match distance::nearest(name, language.functions(), 2) {
        Some(near) => format!("there is no function `{name}`, did you mean `{near}`?"),
        None => format!("there is no function `{name}`"),
    }
}
