//! Where an error of the YAML library is, and which are no errors to other readers.

use granit_parser::{ErrorKind, ScanError};
use std::ops::Range;

/// What other readers take as it is meant: `"value"#comment`, and tabs before a line inside of
/// brackets. The rest of the line, or the blanks before it.
pub(super) fn tolerated(error: &ScanError, text: &str, brackets: bool) -> Option<Range<usize>> {
    let at = place(error, text);
    let line = memchr::memrchr(b'\n', &text.as_bytes()[..at]).map_or(0, |line| line + 1);
    let end = memchr::memchr(b'\n', &text.as_bytes()[at..]).map_or(text.len(), |line| at + line);
    let range = match error.kind() {
        ErrorKind::CommentNotSeparated => at + text[at..end].find('#')?..end,
        ErrorKind::TabInBlockIndentation if brackets => {
            let blank = text[line..end].len() - text[line..end].trim_start().len();
            line..line + blank
        }
        _ => return None,
    };
    (!range.is_empty() && !text[range.clone()].trim_matches(' ').is_empty()).then_some(range)
}

/// Where an error is told.
pub(super) fn place(error: &ScanError, text: &str) -> usize {
    let at = error.marker().byte_offset().unwrap_or(0).min(text.len());
    text.floor_char_boundary(at)
}

/// The word that starts at `at`, or the last visible character before it at a line's end.
pub(super) fn word_at(text: &str, at: usize) -> Range<usize> {
    let word: usize = text[at..]
        .chars()
        .take_while(|c| !c.is_whitespace() && !matches!(c, ':' | ',' | '[' | ']' | '{' | '}' | '#'))
        .map(char::len_utf8)
        .sum();
    if word > 0 {
        return at..at + word;
    }
    match text[at..].chars().next() {
        Some(c) if !matches!(c, '\n' | '\r') => at..at + c.len_utf8(),
        _ => {
            let end = text[..at].trim_end().len();
            let start = text[..end].char_indices().next_back().map_or(end, |(start, _)| start);
            start..end
        }
    }
}
