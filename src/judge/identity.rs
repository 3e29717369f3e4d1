//! What makes a finding the same one tomorrow.

use super::Judged;
use super::redact::Redactions;
use crate::finding::Finding;
use crate::lang::quick::QuickMap;
use crate::repo::Repo;
use crate::source::Span;
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use std::borrow::Cow;

/// What findings share that differ only in which of their kind they are.
pub(super) type Key = [u8; 16];

/// Gives each finding its fingerprint: rule, path, subject, redacted text of the primary span, and
/// which of its kind it is. SHA-256, first 16 bytes in hex.
pub(super) fn fingerprint(repo: &Repo, redactions: &Redactions, judged: &mut [Judged]) {
    let keys: Vec<Key> =
        judged.par_iter().map(|entry| key(repo, redactions, &entry.finding)).collect();
    let mut seen: QuickMap<Key, u32> = QuickMap::default();
    let mut count = |key: Key| {
        let nth = seen.entry(key).or_insert(0);
        *nth += 1;
        (key, *nth)
    };
    let numbers: Vec<(Key, u32)> = keys.into_iter().map(&mut count).collect();
    let entries = judged.par_iter_mut().zip(numbers);
    entries.for_each(|(entry, (key, nth))| entry.fingerprint = numbered(&key, nth));
}

/// The fingerprint of the n-th finding (from 1) of a key.
pub(super) fn numbered(key: &Key, nth: u32) -> String {
    let mut hash = Sha256::new();
    hash.update(key);
    hash.update(nth.to_be_bytes());
    hex(&hash.finalize()[..16])
}

pub(super) fn key(repo: &Repo, redactions: &Redactions, finding: &Finding) -> Key {
    let path = finding.span.map_or(".", |span| repo.path(span));
    key_at(repo, redactions, finding, path)
}

/// The key that a finding has where its file has another name.
pub(super) fn key_at(repo: &Repo, redactions: &Redactions, finding: &Finding, path: &str) -> Key {
    let head = |span: Span| Span { end: head_of(repo, span), ..span };
    let text = finding.span.map(|span| redactions.text(repo, head(span))).unwrap_or_default();
    let mut hash = Sha256::new();
    for part in [finding.rule.code, path, &unnumbered(&finding.subject)] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    for (number, word) in text.split_whitespace().enumerate() {
        hash.update(if number == 0 { "" } else { " " });
        hash.update(word);
    }
    hash.update([0]);
    let mut key = [0u8; 16];
    key.copy_from_slice(&hash.finalize()[..16]);
    key
}

/// So many bytes of a span tell it from others: thousands of findings may share a span that is as
/// long as its file.
const HEAD: u32 = 4096;

fn head_of(repo: &Repo, span: Span) -> u32 {
    let text = repo.text(span);
    let mut borders = (0..=text.len().min(HEAD as usize)).rev();
    let most = borders.find(|&at| text.is_char_boundary(at)).unwrap_or_default();
    span.start + u32::try_from(most).unwrap_or(HEAD)
}

/// A subject without places in lists (`receivers[2]`): what is put in before it makes no other of it.
fn unnumbered(subject: &str) -> Cow<'_, str> {
    if !subject.contains('[') {
        return Cow::Borrowed(subject);
    }
    let mut out = String::with_capacity(subject.len());
    let mut rest = subject;
    while let Some((before, after)) = rest.split_once('[') {
        out.push_str(before);
        out.push('[');
        let digits = after.bytes().take_while(u8::is_ascii_digit).count();
        rest = if after[digits..].starts_with(']') { &after[digits..] } else { after };
    }
    out.push_str(rest);
    Cow::Owned(out)
}

pub(super) fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    let mut out = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        out.push(DIGITS[usize::from(byte >> 4)]);
        out.push(DIGITS[usize::from(byte & 15)]);
    }
    out
}
