//! Places in a text, for the languages that give no tokens of their own.

use std::ops::Range;

/// A range of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Piece {
    /// First byte.
    pub start: usize,
    /// After the last byte.
    pub end: usize,
}

impl Piece {
    /// The range without blanks at its ends.
    pub fn trimmed(text: &str, start: usize, end: usize) -> Piece {
        let body = &text[start..end];
        let from = start + (body.len() - body.trim_start().len());
        Piece { start: from, end: (start + body.trim_end().len()).max(from) }
    }

    /// As a range.
    pub fn range(self) -> Range<usize> {
        self.start..self.end
    }
}

/// What a reader refuses, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The place.
    pub piece: Piece,
    /// In words.
    pub message: &'static str,
}
