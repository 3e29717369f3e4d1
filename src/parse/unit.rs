//! A source file as a program, the same for all languages: functions, classes, statements and
//! expressions, each with its place in the text.
//!
//! One builder for each language in `unit/` makes it from the syntax tree; nothing after it asks
//! which language it was, but for the tables of libraries. What a builder does not know becomes
//! `Other` and keeps the expressions inside, so that nothing below is lost.

mod build;
#[cfg(feature = "csharp")]
mod csharp;
pub mod flow;
#[cfg(feature = "go")]
mod go;
#[cfg(feature = "java")]
mod java;
#[cfg(any(feature = "javascript", feature = "typescript"))]
mod javascript;
mod nesting;
#[cfg(feature = "python")]
mod python;
pub mod resolve;
#[cfg(feature = "rust")]
mod rust;
mod shapes;
mod text;
mod walk;

use super::code::{self, Language};
use std::borrow::Cow;
use std::ops::Range;

/// Bytes of the file.
pub type Place = Range<u32>;

/// Number of an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExprId(pub u32);

/// Number of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StmtId(pub u32);

/// Number of a function; 0 is the file itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FunctionId(pub u32);

/// Number of a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClassId(pub u32);

/// Statements in a row.
pub type Block = Vec<StmtId>;

/// A file.
#[derive(Debug)]
pub struct Unit<'a> {
    /// Its language.
    pub language: Language,
    /// Its text.
    pub text: &'a str,
    /// The package or namespace it says it is part of.
    pub package: Option<&'a str>,
    /// What it imports.
    pub imports: Vec<Import<'a>>,
    /// All expressions, those inside others before them.
    pub exprs: Vec<Expr<'a>>,
    /// All statements.
    pub stmts: Vec<Stmt<'a>>,
    /// All functions, lambdas too; the first is the file's own statements.
    pub functions: Vec<Function<'a>>,
    /// All classes, structs and traits.
    pub classes: Vec<Class<'a>>,
    /// Comments, in the order of the text.
    pub comments: Vec<Place>,
    /// Where the text could not be understood.
    pub faults: Vec<Place>,
    /// What stands around what.
    nesting: nesting::Nesting,
}

/// One imported name.
#[derive(Clone, Debug)]
pub struct Import<'a> {
    /// The module, package or full name, as the language writes it with dots or slashes.
    pub path: Cow<'a, str>,
    /// The name the file uses; empty where everything or nothing is named.
    pub local: &'a str,
    /// All names of the module come in.
    pub all: bool,
    /// Where.
    pub at: Place,
}

/// An expression.
#[derive(Debug)]
pub struct Expr<'a> {
    /// What it is.
    pub kind: ExprKind<'a>,
    /// Where it stands.
    pub at: Place,
    /// The function whose code it is.
    pub function: FunctionId,
}

/// A part of a text with values in it.
#[derive(Debug)]
pub enum Part<'a> {
    /// Plain text.
    Text(&'a str),
    /// A value, and how it is to be written: `:.2f`, `?`.
    Value(ExprId, &'a str),
}

/// An argument.
#[derive(Clone, Copy, Debug)]
pub struct Arg<'a> {
    /// Its name, where it is given by name.
    pub name: Option<&'a str>,
    /// Its value.
    pub value: ExprId,
    /// Its items are arguments: `*args`, `...args`.
    pub spread: bool,
}

/// How something is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallForm {
    /// `f(x)`.
    Call,
    /// `new T(x)`.
    New,
    /// `m!(x)`.
    Macro,
}

/// What an expression is.
#[derive(Debug)]
#[expect(missing_docs, reason = "the fields are named for what they are")]
pub enum ExprKind<'a> {
    /// A text without values in it, escapes resolved.
    Text(Cow<'a, str>),
    /// A text with values in it.
    Template(Vec<Part<'a>>),
    /// A number as written.
    Number(&'a str),
    /// True or false.
    Bool(bool),
    /// `None`, `nil`, `null`, `undefined`.
    Null,
    /// A name.
    Name(&'a str),
    /// A module, brought in where it stands: `require("a")`.
    Module(&'a str),
    /// `of.name`, `of::name`.
    Member { of: ExprId, name: &'a str },
    /// `of[key]`.
    Index { of: ExprId, key: Option<ExprId> },
    /// A call.
    Call { callee: ExprId, args: Vec<Arg<'a>>, form: CallForm },
    /// `left op right`.
    Binary { op: &'a str, left: ExprId, right: ExprId },
    /// `op of`.
    Unary { op: &'a str, of: ExprId },
    /// Keys and values: a dictionary, an object, a struct. A value without a key is spread in.
    Map { of: Option<ExprId>, entries: Vec<(Option<ExprId>, ExprId)> },
    /// A list, a tuple, a set.
    List(Vec<ExprId>),
    /// A function as a value.
    Lambda(FunctionId),
    /// `await of`.
    Await(ExprId),
    /// `of?` of Rust: leaves the function with the error.
    Propagate(ExprId),
    /// An assignment inside an expression.
    Assign { target: ExprId, op: &'a str, value: ExprId },
    /// `test ? yes : no`.
    Choice { test: ExprId, yes: ExprId, no: ExprId },
    /// A statement that has a value: `if`, `match`, a block.
    Flow(StmtId),
    /// What the builder does not know.
    Other(Vec<ExprId>),
}

/// A statement.
#[derive(Debug)]
pub struct Stmt<'a> {
    /// What it is.
    pub kind: StmtKind<'a>,
    /// Where it stands.
    pub at: Place,
}

/// What catches an error.
#[derive(Debug)]
pub struct Catch<'a> {
    /// Types it catches; empty for all.
    pub types: Vec<&'a str>,
    /// The name of the error.
    pub name: Option<&'a str>,
    /// What is done.
    pub body: Block,
    /// From its keyword to its end.
    pub at: Place,
}

/// An arm of a switch.
#[derive(Debug)]
pub struct Arm {
    /// What it is taken for; empty for all that is left.
    pub tests: Vec<ExprId>,
    /// What is done.
    pub body: Block,
}

/// What a statement is.
#[derive(Debug)]
#[expect(missing_docs, reason = "the fields are named for what they are")]
pub enum StmtKind<'a> {
    /// An expression.
    Expr(ExprId),
    /// Names get a value: declarations and assignments.
    Let { targets: Vec<ExprId>, value: Option<ExprId>, ty: Option<&'a str>, declares: bool },
    /// Leaves the function.
    Return(Option<ExprId>),
    /// Leaves with an error.
    Throw(Option<ExprId>),
    /// Leaves a loop or a switch.
    Break,
    /// Goes on with the next round.
    Continue,
    /// A condition; `first` runs before its test.
    If { first: Option<StmtId>, test: ExprId, then: Block, other: Block },
    /// A loop: what its head names, what it asks or iterates over, its body.
    Loop { targets: Vec<ExprId>, heads: Vec<ExprId>, body: Block, endless: bool },
    /// A block whose errors are caught; `other` runs without an error, `last` always.
    Try { body: Block, catches: Vec<Catch<'a>>, other: Block, last: Block },
    /// Values that are closed at the end of the body; of the block around it where there is none.
    With { items: Vec<(ExprId, Option<ExprId>)>, body: Option<Block> },
    /// One of several arms.
    Switch { on: Option<ExprId>, arms: Vec<Arm> },
    /// Runs when the function is left.
    Defer(ExprId),
    /// Runs beside.
    Spawn(ExprId),
    /// A function is defined.
    Define(FunctionId),
    /// A class is defined.
    Class(ClassId),
    /// A block of its own.
    Block(Block),
    /// Nothing: `pass`, `;`.
    Nothing,
    /// What the builder does not know.
    Other(Vec<ExprId>),
}

/// A parameter.
#[derive(Clone, Debug)]
pub struct Param<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its type as written.
    pub ty: Option<&'a str>,
    /// Its default.
    pub default: Option<ExprId>,
    /// Where its name stands.
    pub at: Place,
}

/// A function, a method or a lambda.
#[derive(Debug, Default)]
pub struct Function<'a> {
    /// Its name; empty of a lambda.
    pub name: &'a str,
    /// Where its name stands; of a lambda its first byte.
    pub name_at: Place,
    /// Its parameters, without the receiver.
    pub params: Vec<Param<'a>>,
    /// The name of its object inside: `self`, `this`, the receiver of Go.
    pub receiver: Option<&'a str>,
    /// Decorators, annotations, attributes.
    pub decorators: Vec<ExprId>,
    /// It may wait for others.
    pub is_async: bool,
    /// Code outside its file or class may call it.
    pub exported: bool,
    /// The class it is a method of.
    pub class: Option<ClassId>,
    /// The function it is written in.
    pub outer: Option<FunctionId>,
    /// The type it gives back, as written.
    pub returns: Option<&'a str>,
    /// Its statements.
    pub body: Block,
    /// All of it.
    pub at: Place,
}

/// A field of a class.
#[derive(Clone, Debug)]
pub struct Field<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its type as written.
    pub ty: Option<&'a str>,
    /// Its value where it is declared.
    pub value: Option<ExprId>,
    /// Where its name stands.
    pub at: Place,
}

/// A class, a struct, a trait, an interface.
#[derive(Debug, Default)]
pub struct Class<'a> {
    /// Its name.
    pub name: &'a str,
    /// Where its name stands.
    pub name_at: Place,
    /// What it extends or implements, as written.
    pub bases: Vec<&'a str>,
    /// Decorators, annotations, attributes.
    pub decorators: Vec<ExprId>,
    /// Its fields.
    pub fields: Vec<Field<'a>>,
    /// Its methods.
    pub methods: Vec<FunctionId>,
    /// All of it.
    pub at: Place,
}

/// Reads a file; `None` where it nests too deep, or its language was left out of this build.
pub fn parse(language: Language, text: &str) -> Option<Unit<'_>> {
    let code = code::parse(language, text)?;
    build::unit(language, &code)
}

impl<'a> Unit<'a> {
    fn empty(language: Language, text: &'a str) -> Unit<'a> {
        Unit {
            language,
            text,
            package: None,
            imports: Vec::new(),
            exprs: Vec::new(),
            stmts: Vec::new(),
            functions: Vec::new(),
            classes: Vec::new(),
            comments: Vec::new(),
            faults: Vec::new(),
            nesting: nesting::Nesting::default(),
        }
    }

    /// An expression.
    pub fn expr(&self, id: ExprId) -> &ExprKind<'a> {
        &self.exprs[id.0 as usize].kind
    }

    /// Where an expression stands.
    pub fn place(&self, id: ExprId) -> Place {
        self.exprs[id.0 as usize].at.clone()
    }

    /// The function whose code an expression is.
    pub fn function_of(&self, id: ExprId) -> FunctionId {
        self.exprs[id.0 as usize].function
    }

    /// A statement.
    pub fn stmt(&self, id: StmtId) -> &StmtKind<'a> {
        &self.stmts[id.0 as usize].kind
    }

    /// A function.
    pub fn function(&self, id: FunctionId) -> &Function<'a> {
        &self.functions[id.0 as usize]
    }

    /// A class.
    pub fn class(&self, id: ClassId) -> &Class<'a> {
        &self.classes[id.0 as usize]
    }

    /// The text at a place.
    pub fn slice(&self, at: &Place) -> &'a str {
        self.text.get(at.start as usize..at.end as usize).unwrap_or_default()
    }

    /// A text without values in it.
    pub fn literal(&self, id: ExprId) -> Option<&str> {
        match self.expr(id) {
            ExprKind::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The arguments of a call.
    pub fn args(&self, id: ExprId) -> &[Arg<'a>] {
        match self.expr(id) {
            ExprKind::Call { args, .. } => args,
            _ => &[],
        }
    }

    /// The argument of this name, or the one that stands at this position.
    pub fn arg(&self, call: ExprId, position: usize, name: &str) -> Option<ExprId> {
        let args = self.args(call);
        let named = args.iter().find(|arg| arg.name == Some(name));
        let placed = || {
            let before = args.get(..position)?;
            // After `*args` nobody knows which is which.
            let certain = before.iter().all(|arg| arg.name.is_none() && !arg.spread);
            args.get(position).filter(|arg| certain && arg.name.is_none() && !arg.spread)
        };
        named.or_else(placed).map(|arg| arg.value)
    }

    /// Whether a place touches text that could not be understood.
    pub fn is_faulty(&self, at: &Place) -> bool {
        let next = self.faults.partition_point(|fault| fault.end < at.start);
        self.faults.get(next).is_some_and(|fault| fault.start <= at.end)
    }

    /// All calls, in the order they are made.
    pub fn calls(&self) -> impl Iterator<Item = ExprId> + '_ {
        let calls = self.exprs.iter().enumerate();
        let calls = calls.filter(|(_, expr)| matches!(expr.kind, ExprKind::Call { .. }));
        calls.map(|(number, _)| ExprId(u32::try_from(number).unwrap_or(u32::MAX)))
    }

    /// Whether a comment stands inside a place.
    pub fn has_comment(&self, at: &Place) -> bool {
        let next = self.comments.partition_point(|comment| comment.start < at.start);
        self.comments.get(next).is_some_and(|comment| comment.end <= at.end)
    }
}
