//! Records that code writes to its log: how the message is made, and which values go into it.

mod absent;
mod arguments;
mod asides;
mod bound;
mod collisions;
mod developing;
mod fit;
mod objects;
mod own;
mod read;
mod shape;
mod tracebacks;
mod values;

pub use collisions::{FieldPass, Passing};
pub(super) use read::{is_encoded, template};
pub(super) use shape::is_same;
pub use tracebacks::Traceback;

use crate::facts::scalar::Scalar;
use crate::facts::subject::{Held, SubjectKind};
use crate::facts::{DocumentId, FileFacts, Subject};
use crate::source::Span;

/// How urgent a record is.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    borsh::BorshSerialize,
    borsh::BorshDeserialize,
)]
pub enum Level {
    /// Every step.
    Trace,
    /// For who looks for a fault.
    Debug,
    /// What happens.
    Info,
    /// What should not happen.
    Warn,
    /// What went wrong.
    Error,
    /// The end.
    Fatal,
}

impl Level {
    /// The level that a word names, in any library.
    pub fn named(word: &str) -> Option<Level> {
        let lower = word.to_ascii_lowercase();
        let word = lower.trim_start_matches("log").trim_start_matches('_');
        let word = word.strip_suffix("context").or(word.strip_suffix("request")).unwrap_or(word);
        let word = word.trim_end_matches(['f', 'w']);
        Some(match word {
            "atfiner" | "atfinest" | "attrace" | "trace" | "verbose" | "silly" | "finest"
            | "finer" | "all" => Level::Trace,
            "atdebug" | "atfine" | "debug" | "fine" => Level::Debug,
            "atinfo" | "in" | "info" | "information" | "notice" | "success" | "http" | "config" => {
                Level::Info
            }
            "warn" | "warning" | "atwarn" | "atwarning" => Level::Warn,
            "aterror" | "atsevere" | "error" | "err" | "exception" | "severe" => Level::Error,
            "critical" | "crit" | "fatal" | "panic" | "dpanic" | "alert" | "emergency" => {
                Level::Fatal
            }
            _ => return None,
        })
    }
}

/// How a value comes into a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum Way {
    /// It is the message.
    Message,
    /// It is written into the message by the code itself.
    Text,
    /// It fills a place that the message keeps for it.
    Argument,
    /// It has a key of its own.
    Field,
}

/// What a value certainly is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum Shape {
    /// A map.
    Map,
    /// A map made to text as the language prints it.
    MapText,
    /// Nobody can know.
    Open,
}

/// A value in a record.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Logged {
    /// Its key.
    pub key: Option<Scalar>,
    /// The constant of another file that is its key, until that is known.
    pub named_by: Option<Scalar>,
    /// The constant of another file that it may be, until that is known.
    pub stands_for: Option<Scalar>,
    /// The name that says what it is: `password` of `user.password`, `email` of `getEmail()`.
    pub name: Option<String>,
    /// Where it is passed.
    pub span: Span,
    /// How it comes in.
    pub way: Way,
    /// What it is.
    pub shape: Shape,
    /// It is read from a request, or from the environment: which part.
    #[borsh(deserialize_with = "crate::kept::word")]
    pub request: Option<&'static str>,
    /// The text it is, where that is certain.
    pub constant: Option<String>,
    /// A configuration as it was loaded.
    pub configuration: bool,
    /// All of that part: every header, the whole body.
    pub whole: bool,
    /// Line breaks in it are written as text.
    pub quoted: bool,
}

/// How the places of a message and what is to fill them do not fit.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Mismatch {
    /// Where.
    pub span: Span,
    /// In words.
    pub text: String,
    /// The record is written without what has no place.
    pub dropped: bool,
}

/// A call that writes a record, or prints.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct LogCall {
    /// The file.
    pub document: DocumentId,
    /// The library.
    #[borsh(deserialize_with = "crate::kept::word")]
    pub library: &'static str,
    /// The function as written: `info`.
    pub method: Scalar,
    /// It prints: no logger has it.
    pub printed: bool,
    /// What it prints is meant for who looks on: it stands in a page of a browser, in the main part
    /// of a script, or in a function made to print.
    pub aside: bool,
    /// A condition around it holds on a developer's machine alone.
    pub developing: bool,
    /// Its text has colours, for who looks at a terminal.
    pub coloured: bool,
    /// The file speaks with a public ledger, whose tokens are addresses that everybody sees.
    pub ledger: bool,
    /// How urgent the record is, where that is certain.
    pub level: Option<Level>,
    /// The message, where it is one text.
    pub message: Option<Scalar>,
    /// The message where it is made of texts and values: the texts, with a NUL for each value.
    pub template: Option<Scalar>,
    /// Its values.
    pub values: Vec<Logged>,
    /// What fills places of the message becomes its text.
    pub written: bool,
    /// Values may be passed that nobody sees here.
    pub open: bool,
    /// It has nothing but a message.
    pub alone: bool,
    /// All that it says is a value as JSON: `console.log(JSON.stringify(record))`.
    pub encoded: bool,
    /// An error, or its stack, is passed.
    pub error: bool,
    /// It stands where an error is handled.
    pub caught: bool,
    /// The name of its function, empty for the file's own statements, and where that stands.
    pub function: Scalar,
    /// Places and what fills them.
    pub mismatch: Option<Mismatch>,
}

impl LogCall {
    /// Values that have a key of their own.
    pub fn fields(&self) -> impl Iterator<Item = &Logged> {
        self.values.iter().filter(|value| value.way == Way::Field)
    }
}

impl Subject for LogCall {
    fn kind(&self) -> SubjectKind {
        SubjectKind::LogCall
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        match self.function.text.as_str() {
            "" => format!("record by {}", self.method.text),
            function => format!("record by {} in {function}", self.method.text),
        }
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.method.span)
    }
    fn field(&self, path: &str) -> Held<'_> {
        match path {
            "method" => self.method.held(),
            "function" => self.function.held(),
            _ => Held::Nothing,
        }
    }
    fn field_span(&self, path: &str) -> Option<Span> {
        match path {
            "method" => Some(self.method.span),
            _ => None,
        }
    }
}

/// Reads the records of a file.
pub(super) fn read(file: &super::file::File<'_, '_>, facts: &mut FileFacts) {
    read::read(file, facts);
    bound::read(file, facts);
    collisions::read(file, facts);
    tracebacks::read(file, facts);
}
