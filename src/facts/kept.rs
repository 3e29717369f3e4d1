//! The facts of a file as bytes for the cache (see [`crate::kept`]).

use super::expression::{Expression, Text};
use super::scalar::Scalar;
use super::{DocumentId, FileFacts};
use crate::kept;
use crate::source::SourceId;
use borsh::io::{Read, Result, Write};
use borsh::{BorshDeserialize, BorshSerialize};
use std::sync::Arc;

impl FileFacts {
    /// The facts as bytes; `None` where they cannot be written, such as a number that is none.
    pub fn to_bytes(&self) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        self.write(&mut bytes).ok().map(|()| bytes)
    }

    /// The facts that [`FileFacts::to_bytes`] wrote, of the file with this number and length.
    ///
    /// `None` where the bytes are no facts, or speak of what the file does not have.
    pub fn of_bytes(mut bytes: &[u8], source: SourceId, length: u32) -> Option<FileFacts> {
        let (facts, seen) = kept::reading(source, || FileFacts::read(&mut bytes));
        let facts = facts.ok()?;
        let documents = facts.documents.iter().enumerate();
        let numbered = documents.into_iter().all(|(at, one)| one.id.index as usize == at);
        let inside = seen.end <= length && seen.documents as usize <= facts.documents.len();
        (bytes.is_empty() && numbered && inside).then_some(facts)
    }
}

impl BorshSerialize for DocumentId {
    fn serialize<W: Write>(&self, writer: &mut W) -> Result<()> {
        self.index.serialize(writer)
    }
}

impl BorshDeserialize for DocumentId {
    fn deserialize_reader<R: Read>(reader: &mut R) -> Result<Self> {
        let source = SourceId::deserialize_reader(reader)?;
        let index = u32::deserialize_reader(reader)?;
        kept::names_document(index);
        Ok(DocumentId { source, index })
    }
}

/// An expression is read again: that is faster than its tree would be.
impl BorshSerialize for Expression {
    fn serialize<W: Write>(&self, writer: &mut W) -> Result<()> {
        (&self.scalar, &self.read, self.parsed.is_some()).serialize(writer)
    }
}

impl BorshDeserialize for Expression {
    fn deserialize_reader<R: Read>(reader: &mut R) -> Result<Self> {
        let scalar = Scalar::deserialize_reader(reader)?;
        let read = Text::deserialize_reader(reader)?;
        let parsed = match bool::deserialize_reader(reader)? {
            true => Some(Arc::new(read.parse(&scalar.text).ok_or_else(kept::damaged)?)),
            false => None,
        };
        Ok(Expression { scalar, parsed, read })
    }
}
