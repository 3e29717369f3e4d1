//! Comments of any language, with their places.
//!
//! One pass over the bytes, driven by a [`Language`] row: it tells comments from the strings,
//! characters, templates and regular expressions in which their markers may stand. What it
//! cannot tell it takes for code, never for a comment.

mod language;
mod prose;
mod scan;
mod special;

pub use language::{Language, Special, of as language_of};
pub(super) use prose::front_matter;
pub use scan::scan;

use std::ops::Range;

/// What a line of comment is part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A comment that ends with its line.
    Line,
    /// A line of a comment with an opening and a closing marker.
    Block,
    /// A line of a Python docstring.
    Docstring,
}

/// One line of a comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// From the marker, or the first visible character of the line, to the end of the text.
    pub range: Range<usize>,
    /// The text without markers and the blanks around it.
    pub text: Range<usize>,
    /// What it is part of.
    pub form: Form,
    /// Which comment of the file it belongs to: the lines of a block share a number.
    pub number: u32,
    /// Something else stands before it on its line.
    pub trailing: bool,
    /// It stands in a fenced block of Markdown.
    pub fenced: bool,
    /// For a docstring: where the statement starts that it documents; `None` is the module.
    pub owner: Option<usize>,
}

/// Comments of a file, and what must not be taken for code.
#[derive(Debug, Default)]
pub struct Scanned {
    /// Lines of comments, in order.
    pub comments: Vec<Comment>,
    /// String literals, quotes included, in order.
    pub strings: Vec<Range<usize>>,
}

impl Scanned {
    /// Whether this byte stands in a comment or in a string literal.
    pub fn is_code(&self, at: usize) -> bool {
        let inside = |range: &Range<usize>| range.contains(&at);
        let string = self.strings.partition_point(|range| range.end <= at);
        let comment = self.comments.partition_point(|comment| comment.range.end <= at);
        !self.strings.get(string).is_some_and(inside)
            && !self.comments.get(comment).is_some_and(|comment| inside(&comment.range))
    }
}

#[cfg(test)]
mod tests;
