//! What becomes of a file, as the warm cache keeps it.

use super::number;
use super::reading::Taken;
use crate::cache::{self, Cache, Hash, Name};
use crate::discover::{Content, Entry, Skip};
use crate::facts::FileFacts;
use crate::identify::Kind;
use crate::judge::redact;
use crate::report::{FileRow, FileStatus};
use crate::source::{Again, Encoding, Origin, Source};
use borsh::{BorshDeserialize, BorshSerialize};
use memchr::memmem;
use std::cmp::Reverse;
use std::sync::atomic::Ordering;

/// A file that was read, as far as later stages ask.
#[derive(BorshSerialize, BorshDeserialize)]
struct Value {
    /// Length of the text in bytes.
    length: u32,
    utf16: bool,
    generated: bool,
    vendored: bool,
    /// Of bytes that are not the text's.
    sha256: Option<String>,
    /// Whether anybody may ask for the text.
    wanted: bool,
    row: Option<Row>,
    /// Pieces of the text that were taken out of the facts: where they go, and where they stand.
    taken_out: Vec<Piece>,
    facts: Vec<u8>,
}

/// A piece of a file's text that its facts hold.
#[derive(BorshSerialize, BorshDeserialize)]
struct Piece {
    in_facts: u32,
    in_text: u32,
    length: u32,
}

/// A row of the report without its path.
#[derive(BorshSerialize, BorshDeserialize)]
struct Row {
    status: FileStatus,
    reason: Option<Skip>,
    documents: Vec<(Kind, u32)>,
}

/// A file as it was taken before, if the cache knows it; `index` is its number now.
pub(super) fn recall(
    cache: &Cache,
    (hash, bytes): (Hash, &[u8]),
    index: usize,
    entry: &Entry,
) -> Option<Taken> {
    let mut value = Value::try_from_slice(bytes).ok()?;
    if !value.taken_out.is_empty() {
        put_back(&mut value, &checked(cache, hash, entry)()?)?;
    }
    let facts = match value.facts.as_slice() {
        [] => FileFacts::default(),
        facts => FileFacts::of_bytes(facts, number(index), value.length)?,
    };
    let encoding = if value.utf16 { Encoding::Utf16 } else { Encoding::Utf8 };
    let mut source = if value.wanted {
        let again = checked(cache, hash, entry);
        Source::elsewhere(entry.path.clone(), value.length, encoding, again)
    } else {
        Source::new(entry.path.clone(), String::new(), encoding)
    };
    source.origin = match (value.generated, value.vendored) {
        (_, true) => Origin::Vendored,
        (true, false) => Origin::Generated,
        (false, false) => Origin::Own,
    };
    source.sha256 = value.sha256;
    let row = value.row.map(|row| FileRow {
        path: entry.path.clone(),
        status: row.status,
        reason: row.reason,
        documents: row.documents,
    });
    Some(Taken { source, facts, row })
}

/// Reads the text again, and doubts the cache if it is another than the cache knows.
fn checked(cache: &Cache, hash: Hash, entry: &Entry) -> Again {
    let content = entry.content.clone();
    if let Content::Git(_) = content {
        return content.again();
    }
    let doubt = cache.doubt();
    let mark = entry.mark.clone().filter(|mark| cache.is_certain(mark));
    Box::new(move || {
        let read = match &mark {
            Some(mark) => content.bytes_and_mark(mark),
            None => content.bytes().map(|bytes| (bytes, false)),
        };
        let read = read.ok().filter(|(bytes, same)| *same || cache::hash(bytes) == hash);
        if read.is_none() {
            doubt.store(true, Ordering::Relaxed);
        }
        crate::discover::decode(read?.0).ok().map(|(text, _)| text)
    })
}

/// Keeps what became of a file; credentials are not written down.
pub(super) fn keep(cache: &Cache, name: Name<'_>, hash: Hash, entry: &Entry, taken: &Taken) {
    let Taken { source, facts, row } = taken;
    let bytes = if facts.is_empty() { Some(Vec::new()) } else { facts.to_bytes() };
    let Some(mut bytes) = bytes else { return };
    let Some(taken_out) = take_out(&mut bytes, source, facts) else { return };
    let value = Value {
        length: source.len(),
        utf16: source.encoding == Encoding::Utf16,
        generated: source.origin == Origin::Generated,
        vendored: source.origin == Origin::Vendored,
        sha256: source.sha256.clone(),
        wanted: facts.needs_text(),
        row: row.as_ref().map(|row| Row {
            status: row.status,
            reason: row.reason,
            documents: row.documents.clone(),
        }),
        taken_out,
        facts: bytes,
    };
    if let Ok(value) = borsh::to_vec(&value) {
        cache.keep(name, hash, entry.mark.clone(), value);
    }
}

/// Takes out of facts what may be a credential, by what is known or by the look of the text.
///
/// `None` where that cannot be: a Secret, or a credential that the file writes in another form.
fn take_out(bytes: &mut [u8], source: &Source, facts: &FileFacts) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    if bytes.is_empty() {
        return Some(pieces);
    }
    let secret = |name: &str| matches!(name, "Secret" | "SealedSecret");
    let mut objects = facts.documents.iter().filter_map(|document| document.object.as_ref());
    if objects.any(|object| secret(&object.kind)) {
        return None;
    }
    let text = source.text();
    let code = facts.documents.iter().all(|document| document.kind.is_code());
    let known = facts.credentials.iter().map(|credential| credential.value.text.as_str());
    let named = facts.code_secrets.iter().map(|secret| secret.value.text.as_str());
    let seen = redact::secrets(text, code);
    let mut secrets: Vec<&str> =
        known.chain(named).chain(seen).filter(|secret| !secret.is_empty()).collect();
    // The longest first: one that holds another is taken out whole.
    secrets.sort_unstable_by_key(|secret| (Reverse(secret.len()), *secret));
    secrets.dedup();
    for secret in secrets {
        let places: Vec<usize> = memmem::find_iter(bytes, secret.as_bytes()).collect();
        if places.is_empty() {
            continue;
        }
        let in_text = u32::try_from(memmem::find(text.as_bytes(), secret.as_bytes())?).ok()?;
        let length = u32::try_from(secret.len()).ok()?;
        for place in places {
            bytes[place..place + secret.len()].fill(0);
            pieces.push(Piece { in_facts: u32::try_from(place).ok()?, in_text, length });
        }
    }
    Some(pieces)
}

/// Puts back into facts what the file's text alone holds.
fn put_back(value: &mut Value, text: &str) -> Option<()> {
    for piece in &value.taken_out {
        let range =
            |start: u32| start as usize..(start as usize).saturating_add(piece.length as usize);
        let from = text.as_bytes().get(range(piece.in_text))?;
        value.facts.get_mut(range(piece.in_facts))?.copy_from_slice(from);
    }
    Some(())
}
