//! What the grammar refuses, said so that the fault can be mended.

use super::tree::{Extent, Section};

/// A place that the grammar refuses.
#[derive(Clone, Debug, PartialEq, Eq, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Fault {
    /// What to mend.
    pub extent: Extent,
    /// What is wrong.
    pub kind: FaultKind,
    /// Where the reader stops, if that is another place.
    pub stops: Option<Extent>,
    /// The reader had to leave out a part of the text to go on.
    pub lost: bool,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum FaultKind {
    /// A comma between options or entries.
    Comma,
    /// A comma after the last item of a list.
    LastComma,
    /// No comma between items of a list.
    NoComma,
    /// `:`, `=` or `->` in place of `=>`.
    Arrow(String),
    /// Nothing between a name and its value.
    NoArrow(String),
    /// An option without a value.
    NoValue(String),
    /// A value or a key that needs quotes.
    Unquoted(String),
    /// A field in a condition that needs brackets.
    Field(String),
    /// An operator of another language, and the one to use.
    Operator(String, #[borsh(deserialize_with = "crate::kept::word")] &'static str),
    /// `elsif`, `elif` in place of `else if`.
    ElseIf(String),
    /// `---`, as YAML begins.
    Document,
    /// A block, list or parenthesis that is never closed.
    Unclosed(String),
    /// A text that is not closed on its line.
    OpenText,
    /// `}` with nothing to close.
    Stray,
    /// No `{` after this word.
    NoBrace(String),
    /// A word where a section must begin.
    Section(String, Option<Section>),
    /// Two things with nothing between them.
    Glued,
    /// Something else is expected here.
    Expected(#[borsh(deserialize_with = "crate::kept::word")] &'static str),
}

impl FaultKind {
    /// What is wrong, as a sentence without a full stop.
    pub fn message(&self) -> String {
        match self {
            FaultKind::Comma => {
                "options and entries are separated by blanks, not by a comma".to_owned()
            }
            FaultKind::LastComma => "a list must not end with a comma".to_owned(),
            FaultKind::NoComma => "a comma is missing before this item of the list".to_owned(),
            FaultKind::Arrow(sign) => format!("`{sign}` stands where `=>` must stand"),
            FaultKind::NoArrow(name) => format!("`=>` is missing after `{name}`"),
            FaultKind::NoValue(name) => format!("`{name} =>` has no value"),
            FaultKind::Unquoted(word) => format!("`{word}` needs quotes"),
            FaultKind::Field(word) => {
                format!("`{word}` is no value: a field is written `[{word}]`, a text in quotes")
            }
            FaultKind::Operator(sign, right) => {
                format!("`{sign}` is no operator here: use `{right}`")
            }
            FaultKind::ElseIf(word) => format!("`{word}` is written `else if`"),
            FaultKind::Document => "`---` begins a YAML document; a pipeline has none".to_owned(),
            FaultKind::Unclosed(what) => format!("`{what}` is never closed"),
            FaultKind::OpenText => "this text is not closed on its line".to_owned(),
            FaultKind::Stray => "`}` closes nothing".to_owned(),
            FaultKind::NoBrace(word) => format!("`{{` is missing after `{word}`"),
            FaultKind::Section(word, Some(meant)) => {
                format!("`{word}` is no section: did you mean `{}`?", meant.word())
            }
            FaultKind::Section(word, None) => {
                format!("`{word}` stands outside of `input`, `filter` and `output`")
            }
            FaultKind::Glued => "a blank is missing before this".to_owned(),
            FaultKind::Expected(what) => format!("{what} must stand here"),
        }
    }
}
