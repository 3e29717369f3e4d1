//! Where an error of the YAML library is, and which are no errors to other readers.

use granit_parser::{ErrorKind, ScanError};
use std::ops::Range;

/// What other readers take as it is meant: `"value"#comment`, and tabs before lines inside of
/// brackets, so many of which are open. The parts of the text that are none to them.
pub(super) fn tolerated(error: &ScanError, text: &str, brackets: usize) -> Vec<Range<usize>> {
    let at = place(error, text);
    let end = memchr::memchr(b'\n', &text.as_bytes()[at..]).map_or(text.len(), |line| at + line);
    match error.kind() {
        ErrorKind::CommentNotSeparated => {
            text[at..end].find('#').map(|mark| at + mark..end).into_iter().collect()
        }
        ErrorKind::TabInBlockIndentation if brackets > 0 => {
            let start = memchr::memrchr(b'\n', &text.as_bytes()[..at]).map_or(0, |line| line + 1);
            tabs_in_brackets(text, start, brackets)
        }
        _ => Vec::new(),
    }
}

/// The blanks with tabs before lines, up to the end of the brackets.
fn tabs_in_brackets(text: &str, mut start: usize, mut brackets: usize) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut quote = None;
    for line in text[start..].split_inclusive('\n') {
        let blank = line.bytes().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        if line[..blank].contains('\t') {
            found.push(start..start + blank);
        }
        start += line.len();
        for byte in line.bytes() {
            match (quote, byte) {
                (Some(mark), byte) if mark == byte => quote = None,
                (Some(_), _) => {}
                (None, b'"' | b'\'') => quote = Some(byte),
                (None, b'[' | b'{') => brackets += 1,
                (None, b']' | b'}') => brackets -= 1,
                _ => {}
            }
            if brackets == 0 {
                return found;
            }
        }
    }
    found
}

/// Where an error is told.
pub(super) fn place(error: &ScanError, text: &str) -> usize {
    let mut at = error.marker().byte_offset().unwrap_or(0).min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
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
