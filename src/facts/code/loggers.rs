//! How loggers are set up: what records look like, where they go, which clock they show.

mod handlers;
mod levels;
mod mapping;
mod python;
mod read;
mod redacted;
mod scripts;
mod zones;

use crate::facts::deploy::LogDriver;
use crate::facts::scalar::Scalar;
use crate::facts::subject::{Held, SubjectKind};
use crate::facts::{DocumentId, Subject};
use crate::source::Span;

pub(super) use read::{asks, read};

/// What records look like.
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
pub enum Form {
    /// JSON, or records sent as what they are.
    Structured,
    /// Text.
    Text,
    /// Text of keys and values, which is read by rule and not by its place: `level=INFO msg="sold"`.
    Pairs,
    /// What a file or a value says that is not followed.
    Open,
}

/// What a place says of a logger.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum Setup {
    /// What records look like; not `sure` where only a name was seen.
    Form(Form, bool),
    /// A text that records are made by. NUL stands for a value the code puts in.
    Pattern {
        /// The text.
        text: String,
        /// Whose places are in it.
        places: Places,
    },
    /// A time as it is shown; in words what is wrong with it, and whether its value is right.
    Clock {
        /// What is wrong.
        #[borsh(deserialize_with = "crate::kept::word")]
        fault: Option<&'static str>,
        /// The time is right, the call is out of date.
        right: bool,
    },
    /// A file that records are written to.
    File {
        /// Something takes old records away.
        rotates: bool,
        /// The size at which it takes no more records.
        #[borsh(deserialize_with = "crate::kept::word")]
        ends: Option<&'static str>,
        /// The file, where it is written out.
        path: Option<Scalar>,
    },
    /// What a daemon of Docker does with what containers print.
    Driver(LogDriver),
    /// Records of this logger are kept from this level on.
    Level {
        /// The logger; `root` for all, `sql` where values in statements are written.
        logger: String,
        /// The profiles it holds in, where it holds in some only.
        only: Option<String>,
    },
    /// A handler is added to a logger.
    Handler {
        /// Again and again: the function it happens in, for each object or request.
        #[borsh(deserialize_with = "crate::kept::word")]
        again: Option<&'static str>,
        /// The root has a handler too, and gets every record again.
        doubled: Option<Span>,
    },
    /// A set-up that takes effect only where there is none yet.
    First {
        /// What came before.
        before: Option<Span>,
    },
    /// Records are encoded as JSON.
    Encoder {
        /// Values in it that nobody knows the types of.
        open: Option<Span>,
        /// What cannot be encoded is taken care of.
        guarded: bool,
        /// Where `default=str` may be put.
        end: Span,
    },
    /// A formatter gives a message back that parses as JSON.
    Passthrough {
        /// It asks whether that is an object.
        checked: bool,
    },
    /// Secrets are looked for in the text of a record, and masked.
    Masks,
    /// Values are masked before they are written.
    Redacts {
        /// Paths of keys; none where they are not known.
        keys: Vec<String>,
    },
}

/// Whose places a pattern has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum Places {
    /// `%(message)s`
    Python,
    /// `%s`
    Printf,
    /// Values that the code puts in.
    Code,
    /// `{message}`, `{Message}`
    Braces,
    /// `%msg`
    Logback,
    /// `$request`
    Nginx,
}

/// A place that says something of a logger.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct LoggerSetup {
    /// The file.
    pub document: DocumentId,
    /// What says it.
    pub name: Scalar,
    /// What it says.
    pub setup: Setup,
}

impl Subject for LoggerSetup {
    fn kind(&self) -> SubjectKind {
        SubjectKind::LoggerSetup
    }
    fn document(&self) -> Option<DocumentId> {
        Some(self.document)
    }
    fn title(&self) -> String {
        "logger".to_owned()
    }
    fn anchor(&self) -> Option<Span> {
        Some(self.name.span)
    }
    fn field(&self, path: &str) -> Held<'_> {
        if path == "name" { self.name.held() } else { Held::Nothing }
    }
    fn field_span(&self, path: &str) -> Option<Span> {
        (path == "name").then_some(self.name.span)
    }
}
