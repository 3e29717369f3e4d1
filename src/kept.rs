//! Facts as bytes, for the warm cache: what a derive cannot know.
//!
//! Facts of a file stand in that file, and its number changes from run to run: it is not written,
//! and comes from whoever reads. What is read is held against the file, since bytes from a disk
//! may be anything.

use crate::source::{SourceId, Span};
use borsh::io::{Error, ErrorKind, Read, Result, Write};
use borsh::{BorshDeserialize, BorshSerialize};
use std::cell::{Cell, RefCell};
use std::collections::HashSet;

/// Deepest nesting of values in values that is read.
const DEPTH: u32 = 128;

/// What is known while the facts of one file are read.
#[derive(Clone, Copy, Debug)]
pub struct Reading {
    /// The file's number.
    pub source: SourceId,
    /// The furthest byte that a span names.
    pub end: u32,
    /// How many documents the numbers of documents speak of.
    pub documents: u32,
    depth: u32,
}

thread_local! {
    static READING: Cell<Reading> =
        const { Cell::new(Reading { source: SourceId(0), end: 0, documents: 0, depth: 0 }) };
    static WORDS: RefCell<HashSet<&'static str>> = RefCell::new(HashSet::new());
}

/// Reads facts of a file with `read`, and says what they speak of.
pub fn reading<T>(source: SourceId, read: impl FnOnce() -> T) -> (T, Reading) {
    READING.set(Reading { source, end: 0, documents: 0, depth: 0 });
    let value = read();
    (value, READING.get())
}

/// Notes that a fact names this document of the file.
pub fn names_document(index: u32) {
    let known = READING.get();
    let documents = known.documents.max(index.saturating_add(1));
    READING.set(Reading { documents, ..known });
}

/// An error in the bytes.
pub fn damaged() -> Error {
    Error::new(ErrorKind::InvalidData, "no facts")
}

impl BorshSerialize for SourceId {
    fn serialize<W: Write>(&self, _: &mut W) -> Result<()> {
        Ok(())
    }
}

impl BorshDeserialize for SourceId {
    fn deserialize_reader<R: Read>(_: &mut R) -> Result<Self> {
        Ok(READING.get().source)
    }
}

impl BorshSerialize for Span {
    fn serialize<W: Write>(&self, writer: &mut W) -> Result<()> {
        self.start.serialize(writer)?;
        self.end.serialize(writer)
    }
}

impl BorshDeserialize for Span {
    fn deserialize_reader<R: Read>(reader: &mut R) -> Result<Self> {
        let start = u32::deserialize_reader(reader)?;
        let end = u32::deserialize_reader(reader)?;
        if start > end {
            return Err(damaged());
        }
        let known = READING.get();
        READING.set(Reading { end: known.end.max(end), ..known });
        Ok(Span { source: known.source, start, end })
    }
}

/// Text that lives as long as the program: words of tables, by which facts name things.
pub trait Word: Sized {
    /// Reads it.
    ///
    /// # Errors
    /// The bytes are no such text.
    fn read<R: Read>(reader: &mut R) -> Result<Self>;
}

/// Reads words of tables: for `#[borsh(deserialize_with)]`.
///
/// # Errors
/// The bytes are no such text.
pub fn word<T: Word, R: Read>(reader: &mut R) -> Result<T> {
    T::read(reader)
}

impl Word for &'static str {
    fn read<R: Read>(reader: &mut R) -> Result<Self> {
        let text = String::deserialize_reader(reader)?;
        Ok(WORDS.with_borrow_mut(|words| match words.get(text.as_str()) {
            Some(known) => known,
            None => {
                let word: &'static str = Box::leak(text.into_boxed_str());
                words.insert(word);
                word
            }
        }))
    }
}

impl Word for Option<&'static str> {
    fn read<R: Read>(reader: &mut R) -> Result<Self> {
        Ok(if bool::deserialize_reader(reader)? { Some(word(reader)?) } else { None })
    }
}

impl Word for Vec<&'static str> {
    fn read<R: Read>(reader: &mut R) -> Result<Self> {
        (0..u32::deserialize_reader(reader)?).map(|_| word(reader)).collect()
    }
}

impl<T: BorshDeserialize> Word for Vec<(T, &'static str)> {
    fn read<R: Read>(reader: &mut R) -> Result<Self> {
        let count = u32::deserialize_reader(reader)?;
        (0..count).map(|_| Ok((T::deserialize_reader(reader)?, word(reader)?))).collect()
    }
}

/// Reads values that may hold values of their own kind: for `#[borsh(deserialize_with)]`.
///
/// # Errors
/// The bytes are no such value, or one that nests deeper than any that was written.
pub fn nested<T: BorshDeserialize, R: Read>(reader: &mut R) -> Result<T> {
    let known = READING.get();
    if known.depth >= DEPTH {
        return Err(damaged());
    }
    READING.set(Reading { depth: known.depth + 1, ..known });
    let value = T::deserialize_reader(reader);
    READING.set(Reading { depth: known.depth, ..READING.get() });
    value
}
