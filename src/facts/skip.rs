//! What was recognised but could not be analysed, and why.

use crate::identify::Kind;
use crate::source::Span;

/// Why a file or a part of it was passed over, while it was read.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    borsh::BorshSerialize,
    borsh::BorshDeserialize,
)]
pub enum SkipReason {
    /// A template that does not parse even when its actions are masked.
    Templated,
    /// Collections nested deeper than [`crate::parse::yaml::MAX_DEPTH`].
    TooDeep,
    /// Written in a dialect that is recognised and not analysed, such as LogQL rules.
    Dialect,
    /// Source code that a program squeezed or wrote.
    Generated,
    /// Source code larger than people write, and than can be parsed in little memory.
    TooLarge,
}

impl SkipReason {
    /// The reason in output.
    pub fn name(self) -> &'static str {
        match self {
            SkipReason::Templated => "templated",
            SkipReason::TooDeep => "too-deep",
            SkipReason::Dialect => "dialect",
            SkipReason::Generated => "generated",
            SkipReason::TooLarge => "too-large",
        }
    }
}

/// One document that was passed over.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Skip {
    /// Where it stands; its source is the file.
    pub span: Span,
    /// Why.
    pub reason: SkipReason,
    /// What it seems to be.
    pub kind: Option<Kind>,
}
