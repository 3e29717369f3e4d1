//! Programs that read objectives of the standard's format: which of its keys they name.

use crate::facts::{DocumentId, FileFacts};
use crate::parse::offsets::OffsetMap;
use crate::source::Span;

/// A place where a program names a key of the format.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct SloReader {
    /// The program's file.
    pub document: DocumentId,
    /// The key.
    #[borsh(deserialize_with = "crate::kept::word")]
    pub key: &'static str,
    /// The key, without its quotes.
    pub span: Span,
    /// The same file takes the first of several series.
    pub first: Option<Span>,
}

/// Keys that no other format has.
const KEYS: &[&str] =
    &["sli_definition", "measurement_window", "error_budget", "alerting_threshold"];

/// Finds the keys in quotes, as every language writes them.
pub(in crate::facts) fn read(text: &str, map: &OffsetMap, id: DocumentId, facts: &mut FileFacts) {
    for key in KEYS {
        let Some(at) = quoted(text, key) else { continue };
        let span = map.span(at, at + key.len());
        let first = takes_first(text).map(|(start, end)| map.span(start, end));
        facts.slo_readers.push(SloReader { document: id, key, span, first });
    }
}

/// The first place of a word between quotes of one kind.
fn quoted(text: &str, word: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    text.match_indices(word).map(|(at, _)| at).find(|&at| {
        let before = at.checked_sub(1).map(|at| bytes[at]);
        let after = bytes.get(at + word.len()).copied();
        before.is_some_and(|quote| matches!(quote, b'"' | b'\'' | b'`')) && before == after
    })
}

/// `[0]` before `value`: the first series of an instant query's result.
fn takes_first(text: &str) -> Option<(usize, usize)> {
    text.match_indices("[0]").map(|(at, _)| at).find_map(|at| {
        let rest = &text[at + 3..];
        let value = ["['value']", "[\"value\"]", ".value", ".Value", "?.value"];
        value.iter().any(|value| rest.starts_with(value)).then_some((at, at + 3))
    })
}
