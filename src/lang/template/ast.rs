//! The tree of a template, flat: statements in the order of the text, pipelines beside them.

use crate::lang::promql::Extent;

/// A name or a text, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// Without quotes, dots and dollar signs.
    pub text: Box<str>,
    /// As written.
    pub extent: Extent,
}

/// A pipeline: its place in [`super::Parsed::pipes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PipeId(pub u32);

/// A text or an action, in the order of the template.
#[derive(Clone, Debug)]
pub struct Step {
    /// From `{{` to `}}`, or the text that is printed.
    pub extent: Extent,
    /// What it does.
    pub kind: StepKind,
    /// Whether `.` is what the template was given there.
    pub at_root: bool,
}

/// What a step does.
#[derive(Clone, Debug)]
pub enum StepKind {
    /// Text that is printed as it stands, trimmed.
    Text,
    /// `{{ pipeline }}`: printed, unless it declares a variable.
    Print(PipeId),
    /// `if`, `with` or `range`; `None` if its pipeline is at fault.
    Open(Block, Option<PipeId>),
    /// `else`, or with a further condition `else if` and `else with`.
    Else(Option<(Block, PipeId)>),
    /// `define`: what follows up to its end is a template of its own.
    Define(Name),
    /// `block`: a template of its own that is run at once.
    Block(Name, Option<PipeId>),
    /// `end`.
    Close,
    /// `template`.
    Call(Name, Option<PipeId>),
    /// `break` or `continue`.
    Jump,
}

/// Statements that open a block of the same template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Block {
    /// `if`.
    If,
    /// `with`.
    With,
    /// `range`.
    Range,
}

/// `$x := command | command`.
#[derive(Clone, Debug, Default)]
pub struct Pipe {
    /// From its first word to its last.
    pub extent: Extent,
    /// Variables it sets.
    pub variables: Vec<Name>,
    /// The variables exist already: `=`, not `:=`.
    pub assigns: bool,
    /// Its commands, in order; each gets the value of the one before as its last argument.
    pub commands: Vec<Command>,
    /// Number of the step it stands in.
    pub step: u32,
}

/// A function or method with arguments, or one value.
#[derive(Clone, Debug, Default)]
pub struct Command {
    /// From its first operand to its last.
    pub extent: Extent,
    /// Its words.
    pub operands: Vec<Operand>,
}

/// A value and the fields read of it.
#[derive(Clone, Debug)]
pub struct Operand {
    /// Fields included.
    pub extent: Extent,
    /// The value.
    pub term: Term,
    /// `.Labels.x` as `Labels`, `x`.
    pub fields: Vec<Name>,
}

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Term {
    /// `.`, or the start of `.Field`.
    Dot,
    /// `nil`.
    Nil,
    /// `true` or `false`.
    Bool,
    /// A number or a character.
    Number,
    /// A quoted text, escapes resolved.
    Text(Box<str>),
    /// `$name`, without its dollar sign.
    Variable(Box<str>),
    /// A function.
    Function(Box<str>),
    /// `( pipeline )`.
    Pipe(PipeId),
}

/// A template inside a text: `define` or `block`.
#[derive(Clone, Debug)]
pub struct Definition {
    /// Its name.
    pub name: Name,
    /// Number of the step that opens it.
    pub first: usize,
    /// Number of the step that closes it, or of the steps there are.
    pub end: usize,
    /// It prints nothing but blanks, and replaces no other template of its name.
    pub empty: bool,
}
