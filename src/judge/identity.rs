//! What makes a finding the same one tomorrow.

use super::Found;
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

/// What makes the fingerprint of each finding: rule, path, subject and redacted text of the primary
/// span, and which of its kind it is.
pub(super) fn fingerprints(
    repo: &Repo,
    redactions: &Redactions,
    found: &[Found],
) -> Vec<(Key, u32)> {
    let keys: Vec<Key> =
        found.par_iter().map(|found| key(repo, redactions, &found.finding)).collect();
    let mut seen: QuickMap<Key, u32> = QuickMap::default();
    seen.reserve(keys.len());
    let mut count = |key: Key| {
        let nth = seen.entry(key).or_insert(0);
        *nth += 1;
        (key, *nth)
    };
    keys.into_iter().map(&mut count).collect()
}

/// The fingerprint of the n-th finding (from 1) of a key: SHA-256, first 16 bytes in hex.
pub(super) fn numbered(key: &Key, nth: u32) -> String {
    let mut text = [0u8; 20];
    text[..16].copy_from_slice(key);
    text[16..].copy_from_slice(&nth.to_be_bytes());
    hex(&Sha256::digest(text)[..16])
}

pub(super) fn key(repo: &Repo, redactions: &Redactions, finding: &Finding) -> Key {
    let path = finding.span.map_or(".", |span| repo.path(span));
    key_at(repo, redactions, finding, path)
}

/// The key that a finding has where its file has another name.
pub(super) fn key_at(repo: &Repo, redactions: &Redactions, finding: &Finding, path: &str) -> Key {
    let head = |span: Span| Span { end: head_of(repo, span), ..span };
    let text = finding.span.map(|span| redactions.text(repo, head(span))).unwrap_or_default();
    // The hash is quickest where it is given all at once.
    let mut whole = String::with_capacity(256);
    for part in [finding.rule.code, path, &unnumbered(&finding.subject)] {
        whole.push_str(part);
        whole.push('\0');
    }
    for (number, word) in text.split_whitespace().enumerate() {
        whole.push_str(if number == 0 { "" } else { " " });
        whole.push_str(word);
    }
    whole.push('\0');
    let mut key = [0u8; 16];
    key.copy_from_slice(&Sha256::digest(whole)[..16]);
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
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut out = Vec::with_capacity(bytes.len() * 2);
    for byte in bytes {
        out.push(DIGITS[usize::from(byte >> 4)]);
        out.push(DIGITS[usize::from(byte & 15)]);
    }
    String::from_utf8(out).unwrap_or_default()
}
