//! What parsers say, as bytes for the cache (see [`crate::kept`]).

use super::offsets::OffsetMap;
use super::tree::{Issue, IssueKind};
use crate::kept::damaged;
use crate::source::{SourceId, Span};
use borsh::io::{Read, Result, Write};
use borsh::{BorshDeserialize, BorshSerialize};

const KINDS: [IssueKind; 6] = [
    IssueKind::Syntax,
    IssueKind::TooDeep,
    IssueKind::DuplicateKey,
    IssueKind::BadMerge,
    IssueKind::UnknownAnchor,
    IssueKind::CyclicAlias,
];

impl BorshSerialize for Issue {
    fn serialize<W: Write>(&self, writer: &mut W) -> Result<()> {
        let kind = KINDS.iter().position(|kind| *kind == self.kind);
        u8::try_from(kind.ok_or_else(damaged)?).map_err(|_| damaged())?.serialize(writer)?;
        (self.span, &self.message, self.first).serialize(writer)
    }
}

impl BorshDeserialize for Issue {
    fn deserialize_reader<R: Read>(reader: &mut R) -> Result<Self> {
        let kind = KINDS.get(usize::from(u8::deserialize_reader(reader)?));
        let kind = kind.ok_or_else(damaged)?.clone();
        let (span, message, first): (Span, String, Option<Span>) =
            BorshDeserialize::deserialize_reader(reader)?;
        Ok(Issue { kind, span, message, first })
    }
}

impl BorshSerialize for OffsetMap {
    fn serialize<W: Write>(&self, writer: &mut W) -> Result<()> {
        self.plain().serialize(writer)
    }
}

impl BorshDeserialize for OffsetMap {
    fn deserialize_reader<R: Read>(reader: &mut R) -> Result<Self> {
        let source = SourceId::deserialize_reader(reader)?;
        let (runs, span): (Option<Vec<(u32, u32)>>, Option<Span>) =
            BorshDeserialize::deserialize_reader(reader)?;
        match (runs, span) {
            (Some(runs), Some(span)) => Ok(OffsetMap::runs(source, runs, span.end)),
            (None, Some(span)) => Ok(OffsetMap::whole(span)),
            (Some(runs), None) => {
                let start = runs.first().ok_or_else(damaged)?.1;
                Ok(OffsetMap::slice(source, start as usize))
            }
            (None, None) => Err(damaged()),
        }
    }
}
